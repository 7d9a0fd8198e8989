// `/mcp`: streamable HTTP, stateless, for both revisions of the protocol (2026-07-28, and 2025 with its handshake). Any replica
// answers any request; a session id that a client still has from elsewhere is ignored.
import { createMcpHandler } from '@modelcontextprotocol/server';
import type { Logger } from '@todo/runtime/log';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { callerOf } from './authenticate.ts';
import type { Caller } from '../identity/caller.ts';
import type { TaskContext } from '../tasks/task-context.ts';
import type { ToolContext } from '../tools/tool.ts';
import { createMcpServer } from './mcp-server.ts';

/** What `/mcp` is made of. */
export interface McpOptions {
  readonly toolContext: (context: TaskContext) => ToolContext;
  readonly log: Logger;
}

/** Registers `/mcp`; a plugin, so that its body parser stays its own. */
export async function mcp(app: FastifyInstance, options: McpOptions): Promise<void> {
  const { log } = options;
  const handler = createMcpHandler(
    ({ authInfo }) => {
      const caller = authInfo?.extra?.['caller'] as Caller;
      const context = options.toolContext({
        userId: caller.userId,
        zone: caller.zone,
        zoneAsOf: caller.zoneAsOf,
        locale: caller.locale,
        listIds: caller.listIds,
        actor: { kind: 'mcp', id: caller.accessTokenId ?? caller.userId },
      });
      return createMcpServer(caller, context, (err, tool) => {
        log.error({ err, tool }, 'a tool failed');
      });
    },
    {
      // the tools never change while we run: nothing to subscribe to, and no stream to keep open
      maxSubscriptions: 0,
      onerror: (err) => {
        log.debug({ err }, 'rejected an MCP request');
      },
    },
  );
  app.addHook('onClose', handler.close);

  // The SDK reads the body: what is not JSON is answered as JSON-RPC says.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => {
    done(null, body);
  });
  app.route({
    method: ['POST', 'GET', 'DELETE'],
    url: '/mcp',
    exposeHeadRoute: false,
    config: { action: 'mcp.use' },
    schema: { hide: true },
    handler: async (request, reply) => {
      const caller = callerOf(request);
      const gone = new AbortController();
      reply.raw.once('close', () => {
        if (!reply.raw.writableFinished) gone.abort();
      });
      const response = await handler.fetch(toRequest(request, gone.signal), {
        authInfo: {
          token: '',
          clientId: caller.accessTokenId ?? caller.userId,
          scopes: [...caller.scopes],
          extra: { caller },
        },
      });
      return reply.header('cache-control', 'no-store').send(response);
    },
  });
  await Promise.resolve();
}

function toRequest(request: FastifyRequest, signal: AbortSignal): Request {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers))
    if (value !== undefined && name !== 'authorization' && name !== 'cookie')
      headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  return new Request('http://todo.local/mcp', {
    method: request.method,
    headers,
    signal,
    ...(request.method === 'POST' ? { body: new Uint8Array(request.body as Buffer) } : {}),
  });
}

// The server process: one plain Node server, whose requests go through our door first and to Next after that. Next's own
// `server.js` keeps its server to itself; this stands in its place (build-standalone.mjs, docs/decisions/0017-web-server-of-our-own.md).
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import { keepEarlyAnswers, refuseMalformed } from '@todo/runtime/lingering-close';
import next from 'next';
import { handover } from './handover.ts';

const { HOST = '0.0.0.0', PORT = '3000', NODE_ENV } = process.env;
const dir = path.join(import.meta.dirname, NODE_ENV === 'production' ? '.' : '..');

const server = createServer((request, response) => {
  answer(request, response).catch((error: unknown) => {
    process.stderr.write(
      `${JSON.stringify({ level: 'error', service: 'web', msg: String(error) })}\n`,
    );
    if (response.headersSent) response.destroy();
    else response.writeHead(500).end();
  });
});
keepEarlyAnswers(server);
server.on('clientError', refuseMalformed);
handover.server = server;

const app = next({
  dev: NODE_ENV !== 'production',
  dir,
  hostname: HOST,
  port: Number(PORT),
  httpServer: server,
});
// Listening first: who asks now waits for an answer, and is not refused a connection.
server.listen(Number(PORT), HOST);
const ready = app.prepare();
await ready;
const handle = app.getRequestHandler();

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  await ready;
  if (handover.door?.(request, response) !== true) await handle(request, response);
}

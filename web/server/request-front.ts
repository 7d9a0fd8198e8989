// Answers requests before a framework sees them, for where the framework keeps its server to itself.
import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';

/**
 * From now on, every HTTP server of this process offers each request to `handle` first.
 * @param handle gives true when it answers the request; otherwise the server's own listeners get it
 */
export function answerFirst(
  handle: (request: IncomingMessage, response: ServerResponse) => boolean,
): void {
  const known = new WeakSet<Server>();
  // Published before the server tells its listeners of the request, so the first one comes here too.
  subscribe('http.server.request.start', (message) => {
    const { server } = message as { server: Server };
    if (known.has(server)) return;
    known.add(server);
    const own = server.listeners('request');
    server.removeAllListeners('request');
    server.on('request', (request, response) => {
      if (handle(request, response)) return;
      for (const listener of own) listener.call(server, request, response);
    });
  });
}

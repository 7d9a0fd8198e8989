// How clients leave a server that is about to end. A server may close a connection that rests, but it can't know whether the
// next request is already on its way there: that request fails, and nobody may repeat a POST. So each answer says that its
// connection ends with it, and when the server closes, only connections are left that nobody has used for a while.
import { subscribe } from 'node:diagnostics_channel';
import type { Server, ServerResponse } from 'node:http';

interface RequestStart {
  response: ServerResponse;
  server: Server;
}

function onRequest(listener: (request: RequestStart) => void): void {
  subscribe('http.server.request.start', (message) => {
    listener(message as RequestStart);
  });
}

/** From now on, each answer of every HTTP server in this process ends its connection. */
export function endConnectionsWithTheirAnswers(): void {
  onRequest(({ response }) => {
    response.shouldKeepAlive = false;
  });
}

/**
 * Remembers the HTTP servers of this process that are asked anything, for where a framework keeps its server to itself.
 * @returns stops them all: resolves when what is being answered is answered, or after `patienceMs`, which cuts the rest off
 */
export function watchServers(): (patienceMs: number) => Promise<void> {
  const servers = new Set<Server>();
  onRequest(({ server }) => {
    servers.add(server);
  });
  return async (patienceMs) => {
    const cut = setTimeout(() => {
      for (const server of servers) server.closeAllConnections();
    }, patienceMs);
    await Promise.all(
      [...servers].map((server) => new Promise((closed) => server.close(closed))), // ends idle connections too
    );
    clearTimeout(cut);
  };
}

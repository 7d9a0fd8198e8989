// How clients leave a server that is about to end. A server may close a connection that rests, but it can't know whether the
// next request is already on its way there: that request fails, and nobody may repeat a POST. So each answer says that its
// connection ends with it, and when the server closes, only connections are left that nobody has used for a while.
import { subscribe } from 'node:diagnostics_channel';
import type { Server, ServerResponse } from 'node:http';

/** From now on, each answer of every HTTP server in this process ends its connection. */
export function endConnectionsWithTheirAnswers(): void {
  subscribe('http.server.request.start', (message) => {
    (message as { response: ServerResponse }).response.shouldKeepAlive = false;
  });
}

/**
 * Closes a server.
 * @param patienceMs answers that take longer are cut off: streams never end by themselves
 * @returns resolves when the last connection is closed
 */
export async function closeServer(server: Server, patienceMs: number): Promise<void> {
  const cut = setTimeout(() => {
    server.closeAllConnections();
  }, patienceMs);
  await new Promise((closed) => server.close(closed)); // ends idle connections too
  clearTimeout(cut);
}

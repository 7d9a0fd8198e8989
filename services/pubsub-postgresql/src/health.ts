// Answers probes over HTTP: a process that hangs does not answer, and is restarted by whoever asks.
import { createServer } from 'node:http';

/** A running health endpoint. */
export interface Health {
  port: number;
  close: () => void;
}

/**
 * `GET /health`: the process runs. `GET /readyz`: the socket is there as well (503 until then).
 * @param isReady - whether daprd can connect
 */
export async function serveHealth(port: number, isReady: () => boolean): Promise<Health> {
  const server = createServer((request, response) => {
    const ready = isReady();
    const known = request.url === '/health' || request.url === '/readyz';
    const code = !known ? 404 : request.url === '/readyz' && !ready ? 503 : 200;
    response.writeHead(code, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ status: !known ? 'not found' : ready ? 'ready' : 'starting' }));
  });
  await new Promise<void>((done, failed) => {
    server.once('error', failed);
    server.listen(port, done);
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : port,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

// Answers probes and scrapes over HTTP: a process that hangs does not answer, and is restarted by whoever asks.
import { createServer, type ServerResponse } from 'node:http';
import type { Metrics } from './metrics.ts';

/** A running health endpoint. */
export interface Health {
  port: number;
  close: () => void;
}

/**
 * `GET /health`: the process runs. `GET /readyz`: the socket is there as well (503 until then). `GET /metrics`: Prometheus's
 * text format.
 * @param isReady - whether daprd can connect
 */
export async function serveHealth(
  port: number,
  isReady: () => boolean,
  metrics: Metrics,
): Promise<Health> {
  const server = createServer((request, response) => {
    if (request.url === '/metrics') {
      sendMetrics(metrics, response);
      return;
    }
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

function sendMetrics(metrics: Metrics, response: ServerResponse): void {
  metrics.text().then(
    (text) => {
      response.writeHead(200, { 'content-type': metrics.contentType });
      response.end(text);
    },
    () => {
      response.writeHead(500).end();
    },
  );
}

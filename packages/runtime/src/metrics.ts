// What a process measures of itself, in Prometheus' text format on a port of its own: never on the public one, and only where
// METRICS_PORT is set. A scrape reads numbers that are in memory. It asks the database nothing, so an idle one stays asleep.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DatabaseClock } from './database-clock.ts';
import type { Pool } from './database.ts';
import { onAnswered } from './server.ts';
import type { Server } from './server.ts';

/** Upper bounds of the request histogram, s: around the promise of 300 ms, and what takes seconds. */
const BUCKETS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2.5, 10];

/** The endpoint. */
export interface MetricsEndpoint {
  /** Where it listens. */
  readonly port: number;
  close: () => Promise<void>;
}

/**
 * Starts to measure, and serves `GET /metrics`.
 *
 *   todo_http_request_duration_seconds      histogram by method, route pattern and status: bounded by the routes there are
 *   todo_database_pool_connections          by state: total, idle, waiting
 *   todo_clock_ahead_of_database_seconds    negative: behind; absent before the first measurement
 *   todo_process_…                          prom-client's own: CPU, memory, heap, event loop delay
 *
 * @param options `service` is a label of every metric; port 0 takes any free one, without a port nothing is measured.
 */
export async function startMetrics(options: {
  readonly host: string;
  readonly port: number | undefined;
  readonly service: string;
  readonly app: Server;
  readonly pool: Pool;
  readonly clock: DatabaseClock;
}): Promise<MetricsEndpoint | undefined> {
  if (options.port === undefined) return undefined;
  const { app, pool, clock } = options;
  // Loaded only where somebody scrapes: a process without the port pays nothing.
  const { collectDefaultMetrics, Gauge, Histogram, Registry } = await import('prom-client');
  const registry = new Registry();
  registry.setDefaultLabels({ service: options.service });
  collectDefaultMetrics({ register: registry, prefix: 'todo_' });
  const requests = new Histogram({
    name: 'todo_http_request_duration_seconds',
    help: 'Time from a request to its answer, by route pattern',
    labelNames: ['method', 'route', 'status'],
    buckets: BUCKETS_S,
    registers: [registry],
  });
  const stopObserving = onAnswered(app, ({ method, route, status, ms }) => {
    requests.observe({ method, route, status }, ms / 1_000);
  });
  new Gauge({
    name: 'todo_database_pool_connections',
    help: 'Connections in the pool, and callers waiting for one',
    labelNames: ['state'],
    registers: [registry],
    collect() {
      this.set({ state: 'total' }, pool.totalCount);
      this.set({ state: 'idle' }, pool.idleCount);
      this.set({ state: 'waiting' }, pool.waitingCount);
    },
  });
  const skew = new Gauge({
    name: 'todo_clock_ahead_of_database_seconds',
    help: 'How far this machine’s clock is ahead of the database’s clock, as last measured',
    registers: [registry],
    collect() {
      const ahead = clock.aheadMs();
      if (ahead === undefined) skew.remove();
      else this.set(ahead / 1_000);
    },
  });
  const server = createServer((request, response) => {
    if (request.method !== 'GET' || request.url?.split('?')[0] !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    registry.metrics().then(
      (text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        stopObserving();
        server.closeAllConnections();
        server.close(() => {
          resolve();
        });
      }),
  };
}

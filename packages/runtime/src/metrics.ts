// What a process measures of itself, in Prometheus' text format on a port of its own: never on the public one, and only where
// METRICS_PORT is set. A scrape reads numbers that are in memory. It asks the database nothing, so an idle one stays asleep.
// Every metric is in docs/reference/metrics.md, which a test compares with the code.
import { createServer, METHODS } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DatabaseClock } from './database-clock.ts';
import type { Pool } from './database.ts';
import { collectEventMetrics } from './event-metrics.ts';
import type { Answered } from './server.ts';
import { version } from './version.ts';

/** Upper bounds of the request histogram, s: around the promise of 300 ms, and what takes seconds. */
const BUCKETS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2.5, 10];

const methods = new Set(METHODS);

/** The endpoint. */
export interface MetricsEndpoint {
  /** Where it listens. */
  readonly port: number;
  close: () => Promise<void>;
}

/**
 * Starts to measure, and serves `GET /metrics`: see docs/reference/metrics.md.
 * @param options `service` is a label of every metric; port 0 takes any free one, without a port nothing is measured; `requests`
 *   calls its argument with each answered request, whose `route` is a pattern, and gives what stops it.
 * @throws the error of a port that can't be listened on
 */
export async function startMetrics(options: {
  readonly host: string;
  readonly port: number | undefined;
  readonly service: string;
  readonly requests: (observe: (answered: Answered) => void) => () => void;
  readonly pool: Pool;
  readonly clock: DatabaseClock;
}): Promise<MetricsEndpoint | undefined> {
  if (options.port === undefined) return undefined;
  const { pool, clock } = options;
  // Loaded only where somebody scrapes: a process without the port pays nothing.
  const { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } =
    await import('prom-client');
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
  const stopObserving = options.requests(({ method, route, status, ms }) => {
    requests.observe({ method: methods.has(method) ? method : 'other', route, status }, ms / 1_000);
  });
  const stopCounting = collectEventMetrics({ Counter, Gauge, Histogram }, registry);
  new Gauge({
    name: 'todo_build_info',
    help: 'Always 1; the version is a label',
    labelNames: ['version'],
    registers: [registry],
  }).set({ version: version() }, 1);
  new Gauge({
    name: 'todo_database_pool_connections',
    help: 'Connections of the pool by state (total, idle), its limit, and callers waiting for one',
    labelNames: ['state'],
    registers: [registry],
    collect() {
      this.set({ state: 'total' }, pool.totalCount);
      this.set({ state: 'idle' }, pool.idleCount);
      this.set({ state: 'waiting' }, pool.waitingCount);
      this.set({ state: 'limit' }, pool.options.max);
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
        stopCounting();
        server.closeAllConnections();
        server.close(() => {
          resolve();
        });
      }),
  };
}

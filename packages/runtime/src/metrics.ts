// What a process measures of itself: in Prometheus' text format on a port of its own, never on the public one, where METRICS_PORT
// is set; and by OTLP where OpenTelemetry's variables ask for it (metrics-export.ts). Both read numbers that are in memory.
// Nothing is asked of the database, so an idle one stays asleep.
// Every metric is in docs/reference/metrics.md, which a test compares with the code.
import { createServer, METHODS } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';
import type { DatabaseClock } from './database-clock.ts';
import type { Pool } from './database.ts';
import { collectEventMetrics } from './event-metrics.ts';
import type { Logger } from './log.ts';
import type { Answered } from './server.ts';
import { wantedSignals } from './telemetry-config.ts';
import type { TelemetryConfig } from './telemetry-config.ts';
import { version } from './version.ts';

/** Upper bounds of the request histogram, s: around the promise of 300 ms, and what takes seconds. */
const BUCKETS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2.5, 10];

const methods = new Set(METHODS);

/** Measuring under way. */
export interface Metrics {
  /** Where scrapes are answered; undefined without METRICS_PORT. */
  readonly port: number | undefined;
  /** Sends what is left by OTLP, and stops. */
  close: () => Promise<void>;
}

/**
 * Starts to measure, serves `GET /metrics` and exports by OTLP: see docs/reference/metrics.md.
 * @param options `service` is a label of every metric; port 0 takes any free one; `requests` calls its argument with each
 *   answered request, whose `route` is a pattern, and gives what stops it.
 * @returns undefined without a port and without OTLP: nothing is measured
 * @throws the error of a port that can't be listened on
 */
export async function startMetrics(options: {
  readonly host: string;
  readonly port: number | undefined;
  readonly service: string;
  readonly config: TelemetryConfig;
  readonly log: Logger;
  readonly requests: (observe: (answered: Answered) => void) => () => void;
  readonly pool: Pool;
  readonly clock: DatabaseClock;
}): Promise<Metrics | undefined> {
  const exported = wantedSignals(options.config).metrics;
  if (options.port === undefined && !exported) return undefined;
  const { pool, clock } = options;
  // Loaded only where somebody reads it: a process that nobody observes pays nothing.
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
  const endpoint =
    options.port === undefined ? undefined : await serve(registry, options.host, options.port);
  const stopExport = exported
    ? (await import('./metrics-export.ts')).exportMetrics({ ...options, registry })
    : undefined;
  return {
    port: endpoint?.port,
    close: async () => {
      stopObserving();
      stopCounting();
      await Promise.all([stopExport?.(), endpoint?.close()]);
    },
  };
}

/** Answers scrapes. @throws the error of a port that can't be listened on */
async function serve(
  registry: Registry,
  host: string,
  port: number,
): Promise<{ readonly port: number; readonly close: () => Promise<void> }> {
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
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => {
          resolve();
        });
      }),
  };
}

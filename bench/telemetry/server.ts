// One backend in a process of its own, for run.ts: telemetry as the environment says, the sidecar played by an object that takes
// every event. Says its address once, and what it uses whenever it is asked.
import { createLocalJWKSet } from 'jose';
import type { JSONWebKeySet } from 'jose';
import { buildBackend } from '@todo/backend/app';
import { readConfig } from '@todo/runtime/config';
import { databaseClock } from '@todo/runtime/database-clock';
import { createPool } from '@todo/runtime/database';
import { createLogger } from '@todo/runtime/log';
import { startMetrics } from '@todo/runtime/metrics';
import { onAnswered } from '@todo/runtime/server';
import type { Sidecar } from '@todo/runtime/sidecar';
import { startTelemetry } from '@todo/runtime/telemetry';
import { telemetryConfig } from '@todo/runtime/telemetry-config';

const { BENCH_DATABASE: url = '', BENCH_KEYS = '{}', BENCH_ISSUER: issuer = '' } = process.env;
const log = createLogger({ service: 'bench', level: 'warn' });
const config = readConfig(telemetryConfig);
const telemetry = await startTelemetry({ service: 'todo-backend', config, log });
const pool = createPool({ url, application: 'bench', log });
const sidecar = {
  isReady: () => Promise.resolve(true),
  publish: () => Promise.resolve(),
} as unknown as Sidecar;
const backend = await buildBackend({
  pool,
  directUrl: url,
  sidecar,
  log,
  appApiToken: 'bench-bench-bench-bench',
  auth: {
    keys: createLocalJWKSet(JSON.parse(BENCH_KEYS) as JSONWebKeySet),
    issuer,
    audience: 'todo',
  },
  auditEnabled: false,
  rateLimitPerMinute: 0,
  corsOrigins: [],
});
const metrics = await startMetrics({
  ...{ host: '127.0.0.1', port: undefined, service: 'todo-backend', config, log, pool },
  requests: (observe) => onAnswered(backend.app, observe),
  clock: databaseClock(pool, { log }),
});
backend.start();
process.on('message', (message) => {
  if (message === 'use') process.send?.(use());
  if (message === 'stop') stop().catch(() => process.exit(1));
});
process.send?.({ url: await backend.app.listen({ host: '127.0.0.1', port: 0 }) });

/** Resident memory, bytes, and processor time so far, ms. */
function use(): { rss: number; cpuMs: number } {
  const { user, system } = process.cpuUsage();
  return { rss: process.memoryUsage.rss(), cpuMs: (user + system) / 1_000 };
}

async function stop(): Promise<void> {
  await backend.close();
  await metrics?.close();
  await telemetry?.close();
  await pool.end();
  process.exit(0);
}

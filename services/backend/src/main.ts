// Starts the backend and stops it cleanly.
import { createPool } from '@todo/runtime/database';
import { databaseClock } from '@todo/runtime/database-clock';
import { readConfigOrExit } from '@todo/runtime/config';
import { prepareDaprState } from '@todo/runtime/dapr-state';
import { pruneInbox } from '@todo/messaging/inbox';
import { closeOnSignal, endOnUnhandledError } from '@todo/runtime/lifecycle';
import { createLogger } from '@todo/runtime/log';
import { startMetrics } from '@todo/runtime/metrics';
import { migrate } from '@todo/runtime/migrate';
import { onAnswered } from '@todo/runtime/server';
import { createSidecar } from '@todo/runtime/sidecar';
import { startTelemetry } from '@todo/runtime/telemetry';
import { buildBackend } from './app.ts';
import { keySources } from './identity/key-sources.ts';
import { backendConfig } from './config.ts';
import { pruneChanges } from './live/change-log.ts';
import { APP_ID, backendMigrations, SCHEMA } from './schema.ts';
import { pruneIdempotencyKeys } from './tasks/idempotency.ts';

const config = readConfigOrExit(APP_ID, backendConfig);
const log = createLogger({ service: APP_ID, level: config.LOG_LEVEL });
const telemetry = await startTelemetry({ service: APP_ID, config, log });
const directUrl = config.DATABASE_DIRECT_URL ?? config.DATABASE_URL;
const pool = createPool({
  url: config.DATABASE_URL,
  application: APP_ID,
  max: config.DATABASE_POOL_SIZE,
  log,
});
const sidecar = createSidecar({
  host: config.DAPR_HOST,
  port: config.DAPR_HTTP_PORT,
  apiToken: config.DAPR_API_TOKEN,
  pubsub: config.DAPR_PUBSUB,
  statestore: config.DAPR_STATESTORE,
});
const backend = await buildBackend({
  pool,
  directUrl,
  sidecar,
  log,
  appApiToken: config.APP_API_TOKEN,
  auth: {
    keys: keySources(config.AUTH_JWKS_URLS),
    issuer: config.AUTH_ISSUER,
    audience: config.AUTH_AUDIENCE,
  },
  auditEnabled: config.AUDIT_ENABLED,
  rateLimitPerMinute: config.RATE_LIMIT_PER_MINUTE,
  corsOrigins: config.CORS_ORIGINS,
  allowedHosts: config.ALLOWED_HOSTS,
  trustedProxies: config.TRUSTED_PROXIES,
  chat: {
    states: sidecar,
    model:
      config.CHAT_MODEL_URL === undefined
        ? undefined
        : (await import('./chat/model-engine.ts')).modelEngine({
            url: config.CHAT_MODEL_URL,
            model: config.CHAT_MODEL,
            apiKey: config.CHAT_API_KEY,
          }),
  },
});
const metrics = await startMetrics({
  host: config.HOST,
  port: config.METRICS_PORT,
  service: APP_ID,
  requests: (observe) => onAnswered(backend.app, observe),
  pool,
  clock: databaseClock(pool, { log }),
});
const stopping = new AbortController();
endOnUnhandledError(log);
closeOnSignal({
  log,
  delayMs: config.SHUTDOWN_DELAY_MS,
  closers: [
    () => {
      stopping.abort();
      return Promise.resolve();
    },
    backend.close,
    sidecar.close,
    async () => await metrics?.close(),
    () => pool.end(),
    async () => await telemetry?.close(),
  ],
});
// Listening first: the sidecar waits for our port, and readiness tells that the database is not there yet.
await backend.app.listen({ host: config.HOST, port: config.PORT });
log.info({ port: config.PORT }, 'listening');
await migrate({
  url: directUrl,
  schema: SCHEMA,
  migrations: backendMigrations(),
  log,
  signal: stopping.signal,
});
await databaseClock(pool, { log }).measure();
// The release plan and `npm run up` did it before; here for a release by hand, whose sidecar then starts at its next try.
await prepareDaprState({ url: directUrl, log, signal: stopping.signal });
await pruneInbox(pool, SCHEMA);
await pruneChanges(pool);
await pruneIdempotencyKeys(pool);
backend.start();
log.info('ready');

// Starts the backend: listens at once (the sidecar waits for our port), then migrates and starts what needs the database.
import { systemClock } from '@todo/common/clock';
import { readConfigOrExit } from '@todo/common/config';
import { createPool } from '@todo/common/database';
import { deadLetterMigrations } from '@todo/common/dead-letters';
import { inboxMigrations, pruneInbox } from '@todo/common/inbox';
import { closeOnSignal } from '@todo/common/lifecycle';
import { createLogger } from '@todo/common/log';
import { migrate, readMigrations } from '@todo/common/migrate';
import { outboxMigrations } from '@todo/common/outbox';
import { createSidecar } from '@todo/common/sidecar';
import { buildBackend } from './app.ts';
import { createTokenVerifier } from './auth/verify-token.ts';
import { APP_ID, backendConfig, SCHEMA } from './config.ts';
import { pruneChanges } from './live/change-log.ts';

const config = readConfigOrExit(APP_ID, backendConfig);
const log = createLogger({ service: APP_ID, level: config.LOG_LEVEL });
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
  verifyToken: createTokenVerifier({
    issuer: config.AUTH_ISSUER,
    audience: config.AUTH_AUDIENCE,
    jwksUrls: config.AUTH_JWKS_URLS,
  }),
  appApiToken: config.APP_API_TOKEN,
  auditEnabled: config.AUDIT_ENABLED,
  clock: systemClock,
  log,
});
closeOnSignal({
  log,
  delayMs: config.SHUTDOWN_DELAY_MS,
  closers: [() => backend.app.close(), backend.stop, sidecar.close, () => pool.end()],
});
await backend.app.listen({ host: config.HOST, port: config.PORT });
await migrate({
  url: directUrl,
  schema: SCHEMA,
  migrations: [
    ...outboxMigrations,
    ...inboxMigrations,
    ...deadLetterMigrations,
    ...readMigrations(new URL('../migrations/', import.meta.url)),
  ],
  log,
});
await pruneInbox(pool, SCHEMA);
await pruneChanges(pool);
backend.start();
log.info('ready for work');

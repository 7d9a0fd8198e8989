// Starts the backend and stops it cleanly.
import { databaseClock } from '@todo/runtime/database-clock';
import { readConfigOrExit } from '@todo/runtime/config';
import { prepareDaprState } from '@todo/runtime/dapr-state';
import { pruneInbox } from '@todo/messaging/inbox';
import { migrate } from '@todo/runtime/migrate';
import { startPruning } from '@todo/runtime/pruning';
import { openServiceProcess } from '@todo/runtime/service-process';
import { noteVersion } from '@todo/runtime/versions';
import { buildBackend } from './app.ts';
import { keySources } from './identity/key-sources.ts';
import { backendConfig } from './config.ts';
import { pruneEndedSessions } from './identity/ended-sessions.ts';
import { pruneChanges } from './live/change-log.ts';
import { APP_ID, backendMigrations, SCHEMA } from './schema.ts';
import { pruneIdempotencyKeys } from './tasks/idempotency.ts';

const config = readConfigOrExit(APP_ID, backendConfig);
const service = await openServiceProcess(APP_ID, config);
const { log, pool, sidecar, directUrl } = service;
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
  quotas: {
    tasks: config.QUOTA_TASKS,
    reminders: config.QUOTA_REMINDERS,
    textBytes: config.QUOTA_TEXT_BYTES,
    lists: config.QUOTA_LISTS,
    filters: config.QUOTA_FILTERS,
    tokens: config.QUOTA_TOKENS,
    imports: config.QUOTA_IMPORTS_PER_DAY,
  },
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
const stopping = new AbortController();
const running: { pruning?: ReturnType<typeof startPruning> } = {};
await service.listen(backend.app, [
  () => {
    stopping.abort();
    return Promise.resolve();
  },
  backend.close,
  async () => await running.pruning?.stop(),
]);
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
await noteVersion(pool, SCHEMA);
running.pruning = startPruning({
  pool,
  log,
  prunes: {
    inbox: pruneInbox(SCHEMA),
    changes: pruneChanges,
    ended_sessions: pruneEndedSessions,
    idempotency_keys: pruneIdempotencyKeys,
  },
});
backend.start();
log.info('ready');

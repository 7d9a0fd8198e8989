// Makes the place of Dapr's state before any sidecar starts: a step of the release plan and of `npm run up`, run from the
// backend's image (`node /app/dist/prepare-state-store.js`) or its source. Twice is the same as once.
import { postgresUrl, readConfigOrExit } from '@todo/runtime/config';
import { prepareDaprState } from '@todo/runtime/dapr-state';
import { createLogger } from '@todo/runtime/log';

const NAME = 'prepare-state-store';

const config = readConfigOrExit(NAME, {
  DATABASE_URL: postgresUrl,
  DATABASE_DIRECT_URL: postgresUrl.optional(),
});
const log = createLogger({ service: NAME, level: 'info' });
try {
  await prepareDaprState({ url: config.DATABASE_DIRECT_URL ?? config.DATABASE_URL, log });
} catch (error) {
  log.fatal({ err: error }, 'could not prepare the state store');
  process.exitCode = 1;
}

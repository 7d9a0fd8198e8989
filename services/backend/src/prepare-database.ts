// Prepares the database before any part or sidecar starts: the place of Dapr's state, and a login for each part. A step of the
// release plan and of `npm run up`, run from the backend's image (`node /app/dist/prepare-database.js`) or its source, with the
// operator's login. Twice is the same as once. Its last line of log says what the parts log in with.
import { postgresUrl, readConfigOrExit } from '@todo/runtime/config';
import { prepareDaprState } from '@todo/runtime/dapr-state';
import { prepareLogins } from '@todo/runtime/database-logins';
import { createLogger } from '@todo/runtime/log';
import { z } from 'zod';

const NAME = 'prepare-database';

const loginList = z.array(
  z.object({
    schema: z.string(),
    url: postgresUrl,
    directUrl: postgresUrl,
    roles: z.array(z.object({ name: z.string(), member: z.boolean() })),
    forgetsState: z.boolean(),
  }),
);

const config = readConfigOrExit(NAME, {
  DATABASE_URL: postgresUrl,
  DATABASE_DIRECT_URL: postgresUrl.optional(),
  /** The logins to make, as JSON; none: all parts use the one above. */
  LOGINS_TO_MAKE: z.string().optional(),
});
const url = config.DATABASE_DIRECT_URL ?? config.DATABASE_URL;
const log = createLogger({ service: NAME, level: 'info' });
try {
  await prepareDaprState({ url, log });
  if (config.LOGINS_TO_MAKE !== undefined) {
    const logins = loginList.parse(JSON.parse(config.LOGINS_TO_MAKE));
    const used = await prepareLogins({ url, logins, log });
    log.info(
      { logins: used.kind, ...(used.kind === 'one' && { why: used.why }) },
      'database logins',
    );
  }
} catch (error) {
  log.fatal({ err: error }, 'could not prepare the database');
  process.exitCode = 1;
}

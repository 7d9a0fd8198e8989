// The first thing a new server process does: check its configuration, then prepare its schema.
import { config } from './config';
import { log } from './log';
import { prepareDatabase } from './readiness';

/** Exits 78 when the configuration is wrong; otherwise prepares the database in the background. */
export function start(): void {
  config();
  // Not awaited: `/health` must answer while the database is away; `/readyz` tells the difference.
  prepareDatabase().catch((error: unknown) => {
    log.fatal({ err: error }, 'could not prepare the database');
    process.exit(1);
  });
}

// What Next runs before it answers anything: checks the configuration, opens the door, prepares the end, then the schema.
import { closeServer } from '@todo/runtime/connection-drain';
import { closeOnSignal } from '@todo/runtime/lifecycle';
import { config } from './config';
import { createDoor } from './door';
import { handover } from './handover';
import { log } from './log';
import { prepareDatabase } from './readiness';

/** How long answers that are under way may take once the server closes, in ms; streams never end by themselves. */
const CLOSE_PATIENCE_MS = 3_000;

/** Exits 78 when the configuration is wrong; otherwise prepares the database in the background. */
export function start(): void {
  const { SHUTDOWN_DELAY_MS: delayMs } = config();
  handover.door = createDoor();
  const { server } = handover;
  if (server !== undefined)
    closeOnSignal({ log, delayMs, closers: [() => closeServer(server, CLOSE_PATIENCE_MS)] });
  // Not awaited: `/health` must answer while the database is away; `/readyz` tells the difference.
  prepareDatabase().catch((error: unknown) => {
    log.fatal({ err: error }, 'could not prepare the database');
    process.exit(1);
  });
}

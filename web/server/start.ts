// What Next runs before it answers anything: checks the configuration, opens the door, prepares the end, then the schema.
import type { Server } from 'node:http';
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
    closeOnSignal({ log, delayMs, closers: [() => close(server, CLOSE_PATIENCE_MS)] });
  // Not awaited: `/health` must answer while the database is away; `/readyz` tells the difference.
  prepareDatabase().catch((error: unknown) => {
    log.fatal({ err: error }, 'could not prepare the database');
    process.exit(1);
  });
}

/** Resolves when what is being answered is answered, or after `patienceMs`, which cuts the rest off. */
async function close(server: Server, patienceMs: number): Promise<void> {
  const cut = setTimeout(() => {
    server.closeAllConnections();
  }, patienceMs);
  await new Promise((closed) => server.close(closed)); // ends idle connections too
  clearTimeout(cut);
}

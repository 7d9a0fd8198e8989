// The first thing a new server process does: check its configuration, prepare its end, then its schema.
import { watchServers } from '@todo/runtime/connection-drain';
import { closeOnSignal } from '@todo/runtime/lifecycle';
import { answerFirst } from './request-front.ts';
import { passToBackend } from './backend-proxy';
import { config } from './config';
import { log } from './log';
import { prepareDatabase } from './readiness';

/** How long answers that are under way may take once the server closes, in ms; streams never end by themselves. */
const CLOSE_PATIENCE_MS = 3_000;

/** Exits 78 when the configuration is wrong; otherwise prepares the database in the background. */
export function start(): void {
  const { SHUTDOWN_DELAY_MS: delayMs } = config();
  answerFirst(passToBackend);
  // Set in the image. Next's own way closes connections at once, with requests on their way, and then waits for the streams.
  if (process.env['NEXT_MANUAL_SIG_HANDLE']) {
    const closeServers = watchServers();
    closeOnSignal({ log, delayMs, closers: [() => closeServers(CLOSE_PATIENCE_MS)] });
  }
  // Not awaited: `/health` must answer while the database is away; `/readyz` tells the difference.
  prepareDatabase().catch((error: unknown) => {
    log.fatal({ err: error }, 'could not prepare the database');
    process.exit(1);
  });
}

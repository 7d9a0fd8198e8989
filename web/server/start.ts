// What Next runs before it answers anything: checks the configuration, opens the door, prepares the end, then the schema.
import { closeServer } from '@todo/runtime/connection-drain';
import { closeOnSignal } from '@todo/runtime/lifecycle';
import { startTelemetry } from '@todo/runtime/telemetry';
import { config } from './config';
import { createDoor } from './door';
import { handover } from './handover';
import { log } from './log';
import { prepareDatabase } from './readiness';

/** How long answers that are under way may take once the server closes, in ms; streams never end by themselves. */
const CLOSE_PATIENCE_MS = 3_000;

/** Exits 78 when the configuration is wrong; otherwise prepares the database in the background. */
export async function start(): Promise<void> {
  const settings = config();
  const { SHUTDOWN_DELAY_MS: delayMs } = settings;
  const telemetry = await startTelemetry({ service: 'web', config: settings, log, edge: true });
  handover.door = createDoor();
  const { server } = handover;
  if (server !== undefined)
    closeOnSignal({
      log,
      delayMs,
      closers: [() => closeServer(server, CLOSE_PATIENCE_MS), async () => await telemetry?.close()],
    });
  // Not awaited: `/health` must answer while the database is away; `/readyz` tells the difference.
  prepareDatabase().catch((error: unknown) => {
    log.fatal({ err: error }, 'could not prepare the database');
    process.exit(1);
  });
}

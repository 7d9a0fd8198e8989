// What Next runs before it answers anything: checks the configuration, opens the door, prepares the end, then the schema.
import { closeServer } from '@todo/runtime/connection-drain';
import { closeOnSignal } from '@todo/runtime/lifecycle';
import { startTelemetry } from '@todo/runtime/telemetry';
import { startMetrics } from '@todo/runtime/metrics';
import type { Metrics } from '@todo/runtime/metrics';
import type { Answered } from '@todo/runtime/server';
import { observedDoor } from './answered-requests';
import { tellStatus } from './disabled-accounts';
import { config } from './config';
import { database } from './database';
import { createDoor } from './door';
import { startEndedSessionsWatch } from './ended-sessions-watch';
import { startErasures } from './erasures';
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
  const metrics = measure();
  metrics.catch((error: unknown) => {
    log.fatal({ err: error }, 'could not serve the metrics');
    process.exit(1);
  });
  const { server } = handover;
  if (server !== undefined)
    closeOnSignal({
      log,
      delayMs,
      closers: [
        () => closeServer(server, CLOSE_PATIENCE_MS),
        async () => await (await metrics)?.close(),
        async () => await telemetry?.close(),
      ],
    });
  // Not awaited: `/health` must answer while the database is away; `/readyz` tells the difference.
  const prepared = prepareDatabase();
  void prepared.then(startErasures, () => undefined);
  void prepared.then(startEndedSessionsWatch, () => undefined);
  void prepared.then(tellStatus).catch(() => undefined); // both failures are logged where they happen
  prepared.catch((error: unknown) => {
    log.fatal({ err: error }, 'could not prepare the database');
    process.exit(1);
  });
}

/** Measures and counts what is answered, where METRICS_PORT is set or OTLP is asked for. */
async function measure(): Promise<Metrics | undefined> {
  const settings = config();
  const { HOST: host, METRICS_PORT: port } = settings;
  const { pool, clock } = database();
  return await startMetrics({
    ...{ host, port, service: 'web', config: settings, log, pool, clock },
    requests: (observe: (answered: Answered) => void) => {
      const { door } = handover;
      if (door !== undefined) handover.door = observedDoor(door, observe);
      return () => {
        if (door !== undefined) handover.door = door;
      };
    },
  });
}

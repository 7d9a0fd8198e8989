// How every service's process begins and ends: what it stands on, in which order it listens, and in which order all of it ends.
import type { z } from 'zod';
import type { serviceConfig } from './config.ts';
import { databaseClock } from './database-clock.ts';
import { createPool } from './database.ts';
import type { Pool } from './database.ts';
import { closeOnSignal, endOnUnhandledError } from './lifecycle.ts';
import type { Closer } from './lifecycle.ts';
import { createLogger } from './log.ts';
import type { Logger } from './log.ts';
import { startMetrics } from './metrics.ts';
import { onAnswered } from './server.ts';
import type { Server } from './server.ts';
import { createSidecar } from './sidecar.ts';
import { startTelemetry } from './telemetry.ts';

/** What a service's process stands on. */
export interface ServiceProcess {
  readonly log: Logger;
  readonly pool: Pool;
  readonly sidecar: ReturnType<typeof createSidecar>;
  /** The database without a pooler in between: for migrations and LISTEN. */
  readonly directUrl: string;
  /**
   * Listens, with metrics where they are asked for, and closes everything when a signal comes.
   * @param stop ends what the service does, in this order; the sidecar, the pool and telemetry close after it
   */
  readonly listen: (app: Server, stop: readonly Closer[]) => Promise<void>;
}

/**
 * Opens what a service's process stands on. Nothing is asked of the database yet: it may come later.
 * @param appId the Dapr app id, which is also the name in logs, spans and metrics
 */
export async function openServiceProcess(
  appId: string,
  config: z.output<z.ZodObject<typeof serviceConfig>>,
): Promise<ServiceProcess> {
  const log = createLogger({ service: appId, level: config.LOG_LEVEL });
  const telemetry = await startTelemetry({ service: appId, config, log });
  const pool = createPool({
    url: config.DATABASE_URL,
    application: appId,
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
  return {
    log,
    pool,
    sidecar,
    directUrl: config.DATABASE_DIRECT_URL ?? config.DATABASE_URL,
    listen: async (app, stop) => {
      const metrics = await startMetrics({
        host: config.HOST,
        port: config.METRICS_PORT,
        service: appId,
        config,
        log,
        requests: (observe) => onAnswered(app, observe),
        pool,
        clock: databaseClock(pool, { log }),
      });
      endOnUnhandledError(log);
      closeOnSignal({
        log,
        delayMs: config.SHUTDOWN_DELAY_MS,
        closers: [
          ...stop,
          sidecar.close,
          async () => await metrics?.close(),
          () => pool.end(),
          async () => await telemetry?.close(),
        ],
      });
      // Before the database is there: the sidecar waits for our port, and readiness says what is missing.
      await app.listen({ host: config.HOST, port: config.PORT });
      log.info({ port: config.PORT }, 'listening');
    },
  };
}

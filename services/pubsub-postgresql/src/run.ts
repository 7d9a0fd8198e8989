// Starts the component beside a daprd, and stops it: configuration, socket, health, healing, signals.
import pino from 'pino';
import {
  ConfigurationError,
  exportsMetrics,
  readConfiguration,
  type Configuration,
} from './configuration.ts';
import { describeError } from './database-errors.ts';
import { serveHealth } from './health.ts';
import { createMetrics } from './metrics.ts';
import { createService } from './service.ts';
import { createSidecar } from './sidecar.ts';
import { bindSocket } from './socket.ts';

/** sysexits.h: configuration error. */
const EX_CONFIG = 78;
/** How long subscriptions may take to write down what they know before streams are cut. */
const DRAIN_MS = 4_000;

const HELP = `pubsub-postgresql: Dapr pluggable component pubsub.postgresql

Serves <DAPR_COMPONENTS_SOCKETS_FOLDER>/postgresql.sock for the daprd beside it. Environment (NAME_FILE=/path works too):
  DAPR_COMPONENTS_SOCKETS_FOLDER  where the socket goes (/tmp/dapr-components-sockets)
  SOCKET_MODE                     the socket's file mode, octal (0660)
  DAPR_HOST, DAPR_HTTP_PORT       daprd's HTTP API (127.0.0.1, 3500)
  DAPR_API_TOKEN                  token for calls to daprd (none)
  HEALTH_PORT                     serves GET /health, /readyz and /metrics when set (none)
  OTEL_EXPORTER_OTLP_ENDPOINT     collector to send the metrics to, OTLP over HTTP (none); also OTEL_EXPORTER_OTLP_METRICS_ENDPOINT,
                                  OTEL_METRICS_EXPORTER (none turns it off) and OTEL_METRIC_EXPORT_INTERVAL in ms (60000)
  LOG_LEVEL                       trace, debug, info, warn, error, fatal, silent (info)
The database and everything else is configured in the Component manifest: see README.md.

  pubsub-postgresql topics --help  the tool for operators
`;

function configurationOrExit(): Configuration {
  try {
    return readConfiguration(process.env);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    process.stderr.write(
      `${error.problems.map((problem) => `pubsub-postgresql: ${problem}`).join('\n')}\n`,
    );
    process.exit(EX_CONFIG);
  }
}

/** Runs until a signal; ends the process with code 78 when the environment is wrong. */
export async function run(): Promise<void> {
  if (process.argv.includes('--help') || process.argv.includes('-h')) {
    process.stdout.write(HELP);
    return;
  }
  const configuration = configurationOrExit();
  const log = pino({ level: configuration.LOG_LEVEL, base: { service: 'pubsub-postgresql' } });
  let bound = false;
  const exporting = exportsMetrics(configuration);
  const measured = configuration.HEALTH_PORT !== undefined || exporting;
  const metrics = measured ? createMetrics() : undefined;

  const sidecar = createSidecar({
    url: `http://${configuration.DAPR_HOST}:${configuration.DAPR_HTTP_PORT}`,
    token: configuration.DAPR_API_TOKEN,
    log,
  });
  const service = createService({
    log,
    metrics,
    onLostStream: (component, topic, isOver) => {
      sidecar.watchLost(component, topic, isOver);
    },
    onBrokenStream: (reason) => {
      sidecar.shutDown(reason).catch((error: unknown) => {
        log.warn({ error: describeError(error) }, 'healing failed');
      });
    },
  });
  const health =
    configuration.HEALTH_PORT === undefined || metrics === undefined
      ? undefined
      : await serveHealth(configuration.HEALTH_PORT, () => bound, metrics);
  const stopExport =
    metrics && exporting
      ? (await import('./metrics-export.ts')).exportMetrics(
          metrics,
          configuration.OTEL_METRIC_EXPORT_INTERVAL,
          configuration.OTEL_METRIC_EXPORT_TIMEOUT,
          log,
        )
      : undefined;
  const path = await bindSocket(
    service.server,
    configuration.DAPR_COMPONENTS_SOCKETS_FOLDER,
    Number.parseInt(configuration.SOCKET_MODE, 8),
  );
  bound = true;
  log.info({ socket: path }, 'waiting for the sidecar');
  sidecar.watchUntil(service.initialized);

  let stopping = false;
  const stop = async (signal: string): Promise<void> => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, 'stopping');
    sidecar.close();
    health?.close();
    // With the database away it cannot end cleanly: what is not written down will be delivered again.
    await Promise.race([
      service.close(),
      new Promise((done) => {
        setTimeout(done, DRAIN_MS);
      }),
    ]);
    await stopExport?.();
    service.server.forceShutdown();
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      stop(signal).catch((error: unknown) => {
        log.error({ error: describeError(error) }, 'stopping failed');
        process.exit(1);
      });
    });
  }
}

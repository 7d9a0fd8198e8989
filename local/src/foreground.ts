// A system in a terminal: what `npm run up` and `npm run dev` share. It shows the parts becoming healthy, and stops them
// cleanly on Ctrl-C.
import { InvalidArgumentError, Option, type Command } from 'commander';
import { DEFAULT_DATA_DIR, fromCaller } from './data-folder.ts';
import { DEFAULT_OPERATOR } from './launch.ts';
import type { PubsubKind } from './parts/dapr-resources.ts';
import { DEFAULT_PORT_BASE, PORTS_USED } from './ports.ts';
import type { PartEvent } from './supervisor.ts';
import { startSystem, type System, type SystemOptions } from './system.ts';

/** Options of every command that starts a system. */
export interface ForegroundOptions {
  portBase: number;
  pubsub: PubsubKind;
  dataDir: string;
  reset: boolean;
  observe: boolean;
  web: boolean;
}

/** Adds {@link ForegroundOptions} to a command, and what it reads from the environment to its help. */
export function withSystemOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--port-base <port>', `first of the ${PORTS_USED} ports used`)
        .default(DEFAULT_PORT_BASE)
        .argParser((text) => {
          const port = Number(text);
          if (Number.isInteger(port) && port >= 1024 && port + PORTS_USED <= 65_535) return port;
          throw new InvalidArgumentError(`expected a number from 1024 to ${65_535 - PORTS_USED}`);
        }),
    )
    .addOption(
      new Option('--pubsub <kind>', 'the pub/sub component for events')
        .choices(['postgresql', 'kafka'])
        .default('postgresql'),
    )
    .option(
      '--data-dir <folder>',
      'folder for data, logs and secrets',
      fromCaller,
      DEFAULT_DATA_DIR,
    )
    .option('--reset', 'delete all data first', false)
    .option('--observe', 'serve metrics and traces, and start Prometheus and a trace store', false)
    .option('--no-web', 'start without the web app')
    .addHelpText(
      'after',
      `
Environment:
  DATABASE_URL    a PostgreSQL to use instead of the embedded one (DATABASE_DIRECT_URL: its unpooled address)
  KAFKA_BROKERS   a broker to use with --pubsub=kafka instead of starting one
  DAPRD           path of the daprd program, if it is not on PATH or in ~/.dapr/bin
  OPERATOR_EMAILS accounts that may use the operator's pages (default ${DEFAULT_OPERATOR})

A token for curl:  npm run token -- --help`,
    );
}

const started = Date.now();

/** Prints a line with the time since the start. */
export function print(line: string): void {
  console.log(`${((Date.now() - started) / 1000).toFixed(1).padStart(6)} s  ${line}`);
}

function show(event: PartEvent): void {
  const name = event.part.padEnd(20);
  switch (event.kind) {
    case 'healthy':
      print(
        `${name} ${event.again ? 'healthy again' : 'healthy'} after ${(event.afterMs / 1000).toFixed(1)} s${event.url ? `   ${event.url}` : ''}`,
      );
      break;
    case 'ended':
      print(`${name} ${event.how}; starting it again in ${event.restartInMs / 1000} s`);
      break;
    case 'waiting':
      print(`${name} not healthy after ${(event.afterMs / 1000).toFixed(0)} s: ${event.reason}`);
      break;
  }
}

/** A terminal and npm may both pass on one Ctrl-C: a second one within this time is the same. */
const SAME_SIGNAL_MS = 500;

/**
 * Starts a system and keeps it until Ctrl-C (SIGTERM, SIGHUP); a second one ends it at once. Ends the process: 0 when it was
 * stopped, 1 when it does not start, 130 when it was stopped before it was up.
 * @param onUp called once everything is healthy
 * @param onPart gets what happens to the parts, until the system stops
 * @param beforeStop ends what works on the system, before its parts are stopped; not at once
 */
export async function runInForeground(
  options: SystemOptions,
  onUp: (system: System) => void | Promise<void>,
  onPart: (event: PartEvent) => void = () => undefined,
  beforeStop: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  let stopping: number | undefined;
  let system: System | undefined;
  const starting = new AbortController();

  async function stop(): Promise<void> {
    if (stopping !== undefined) {
      if (Date.now() - stopping < SAME_SIGNAL_MS) return;
      print('stopping immediately');
      await system?.stop(true);
      process.exit(130);
    }
    stopping = Date.now();
    print('stopping (Ctrl-C again: at once)');
    starting.abort(new Error('Stopped during start-up.'));
    if (!system) return; // startSystem ends what runs already
    await beforeStop();
    await system.stop();
    print(`stopped; the data is kept in ${system.dataDir}`);
    process.exit(0);
  }

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      stop().catch((error: unknown) => {
        console.error(error);
        process.exit(1);
      });
    });
  }

  try {
    system = await startSystem({
      ...options,
      signal: starting.signal,
      say: print,
      onPart: (event) => {
        if (stopping !== undefined) return;
        show(event);
        onPart(event);
      },
    });
    print('everything is healthy');
    await onUp(system);
  } catch (error) {
    console.error(`\n${error instanceof Error ? error.message : String(error)}`);
    process.exit(stopping === undefined ? 1 : 130);
  }
}

function observation({ prometheus, traces }: System['urls']): string {
  if (prometheus === undefined) return '';
  const store =
    traces === undefined ? '' : `\n  Traces     ${traces}      slowest: ${traces}/?order=slowest`;
  return `${store}
  Metrics    ${prometheus}      alerts: ${prometheus}/alerts   targets: ${prometheus}/targets
  Dashboards charts/todo-backend/observability/dashboards, for a Grafana with that address as its data source`;
}

/** How somebody becomes an operator here, who sees /status and /admin. */
function operators({ web, dataDir }: Pick<SystemOptions, 'web' | 'dataDir'>): string {
  if (!web) return '';
  const named = process.env['OPERATOR_EMAILS'] ?? DEFAULT_OPERATOR;
  const folder = dataDir === DEFAULT_DATA_DIR ? '' : ` --data-dir ${dataDir}`;
  return `
  Operators  sign up as ${named} to see /status and /admin, or make any account one:
             npm run -s account -- operator add YOU@EXAMPLE.COM${folder}`;
}

/** What people do next with a running system. */
export function nextSteps(system: System, options: ForegroundOptions): string {
  const flag = options.dataDir === DEFAULT_DATA_DIR ? '' : ` -- --data-dir ${options.dataDir}`;
  const { urls, logs, daprd } = system;
  return `
  ${options.web ? 'Web app  ' : 'Backend  '}  ${urls.public}${options.web ? '      sign up there with any e-mail address' : ''}${operators(options)}
  API        ${urls.public}/api/v1      its description: ${urls.public}/docs
  Logs       ${logs}${observation(urls)}
  Sidecar    daprd ${daprd.version} from ${daprd.source}

  Next, in another terminal:
    curl -s ${urls.public}/api/v1/tasks -H "Authorization: Bearer $(npm run -s token${flag})"
`;
}

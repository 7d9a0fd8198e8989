// `npm run up`: starts the whole system on this machine, shows it becoming healthy, and stops it cleanly on Ctrl-C.
import { InvalidArgumentError, program, Option } from 'commander';
import { DEFAULT_DATA_DIR, fromCaller, ROOT } from '../data-folder.ts';
import type { PubsubKind } from '../parts/dapr-resources.ts';
import { DEFAULT_PORT_BASE, PORTS_USED } from '../ports.ts';
import { startSystem, type System } from '../system.ts';
import type { PartEvent } from '../supervisor.ts';
import { webServerFolder } from '../parts/web-build.ts';

const started = Date.now();

program
  .name('npm run up --')
  .description(
    'Starts PostgreSQL, the Dapr sidecars, all services and the web app on this machine, without containers. Ctrl-C stops them.',
  )
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
    new Option('--pubsub <kind>', 'where events go')
      .choices(['postgresql', 'kafka'])
      .default('postgresql'),
  )
  .option(
    '--data-dir <folder>',
    'where data, logs and secrets are kept',
    fromCaller,
    DEFAULT_DATA_DIR,
  )
  .option('--reset', 'throw away all data first', false)
  .option('--no-web', 'without the web app')
  .option('--build-only', 'build the web app if its sources have changed, and end', false)
  .addHelpText(
    'after',
    `
Environment:
  DATABASE_URL    a PostgreSQL to use instead of the embedded one (DATABASE_DIRECT_URL: its unpooled address)
  KAFKA_BROKERS   a broker to use with --pubsub=kafka instead of one started here
  DAPRD           the sidecar's program, if it is not on PATH or in ~/.dapr/bin
  OPERATOR_EMAILS accounts that may see the operator's pages (default operator@example.com)

A token for curl:  npm run token -- --help`,
  )
  .parse();

const options = program.opts<{
  portBase: number;
  pubsub: PubsubKind;
  dataDir: string;
  reset: boolean;
  web: boolean;
  buildOnly: boolean;
}>();

const clock = (): string => `${((Date.now() - started) / 1000).toFixed(1).padStart(6)} s`;
const print = (line: string): void => {
  console.log(`${clock()}  ${line}`);
};

function show(event: PartEvent): void {
  const name = event.part.padEnd(20);
  switch (event.kind) {
    case 'healthy':
      print(
        `${name} ${event.again ? 'healthy again' : 'healthy'} after ${(event.afterMs / 1000).toFixed(1)} s${event.url ? `   ${event.url}` : ''}`,
      );
      break;
    case 'ended':
      if (stopping === undefined)
        print(`${name} ${event.how}; starting it again in ${event.restartInMs / 1000} s`);
      break;
    case 'waiting':
      print(`${name} not healthy after ${(event.afterMs / 1000).toFixed(0)} s: ${event.reason}`);
      break;
  }
}

/** A terminal and npm may both pass on one Ctrl-C: a second one within this time is the same. */
const SAME_SIGNAL_MS = 500;
let stopping: number | undefined;
let system: System | undefined;
const starting = new AbortController();

async function stop(): Promise<void> {
  if (stopping !== undefined) {
    if (Date.now() - stopping < SAME_SIGNAL_MS) return;
    print('stopping at once');
    await system?.stop(true);
    process.exit(130);
  }
  stopping = Date.now();
  print('stopping (Ctrl-C again: at once)');
  starting.abort(new Error('Stopped before it was up.'));
  if (!system) return; // startSystem ends what runs already
  await system.stop();
  print(`stopped; the data stays in ${system.dataDir}`);
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
  if (options.buildOnly) {
    await webServerFolder(ROOT, print);
    print('the web app is built');
    process.exit(0);
  }
  system = await startSystem({ ...options, signal: starting.signal, say: print, onPart: show });
  print('everything is healthy');
  console.log(`
  ${options.web ? 'Web app  ' : 'Backend  '}  ${system.urls.public}${options.web ? '      sign up there, any address will do' : ''}
  API        ${system.urls.public}/api/v1      its description: ${system.urls.public}/docs
  Logs       ${system.logs}
  Sidecar    daprd ${system.daprd.version} from ${system.daprd.source}

  Next, in another terminal:
    curl -s ${system.urls.public}/api/v1/tasks -H "Authorization: Bearer $(npm run -s token${dataDirFlag()})"

  Ctrl-C stops everything.
`);
} catch (error) {
  console.error(`\n${error instanceof Error ? error.message : String(error)}`);
  process.exit(stopping === undefined ? 1 : 130);
}

function dataDirFlag(): string {
  return options.dataDir === DEFAULT_DATA_DIR ? '' : ` -- --data-dir ${options.dataDir}`;
}

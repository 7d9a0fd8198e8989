// Runs the conformance suite of Dapr's own pub/sub components (components-contrib, tests/conformance/pubsub) against this
// component's socket. The suite and daprd's client come as Go modules when this runs; nothing of them is kept here.
//
//   npm run conformance --workspace services/pubsub-postgresql [-- --verbose]
//
// Needs Go (the version that Dapr's module asks for) and nothing else: the database is the embedded PostgreSQL, or the one
// DATABASE_URL names. The first run on a machine compiles about 400 packages; Go keeps them.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { startComponentProcess } from '@todo/testing/component-process';
import { startDatabaseServer } from '@todo/testing/database-server';

const HELP = `npm run conformance [-- --verbose] [-- --require]
Runs Dapr's pub/sub conformance suite against the component. DATABASE_URL: a database to use instead of the embedded one.
  --verbose  print what the suite prints
  --require  fail, instead of skip, where there is no Go
Exit status: 0 passed or skipped, 1 failed.
`;
const TEST_TIMEOUT = '10m';
const PROGRESS_MS = 20_000;

interface TestEvent {
  Action: string;
  Test?: string;
  Output?: string;
}

const { values } = parseArgs({
  options: {
    verbose: { type: 'boolean', default: false },
    require: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (values.help) {
  process.stdout.write(HELP);
} else {
  process.exitCode = await main();
}

async function main(): Promise<number> {
  if (!(await hasGo())) {
    say('skipped: there is no `go` on PATH (https://go.dev/dl); the suite is a Go module');
    return values.require ? 1 : 0;
  }
  const given = process.env['DATABASE_URL'];
  const server = given ? undefined : await startDatabaseServer();
  const component = await startComponentProcess();
  try {
    return await runSuite(component.socket, server?.url ?? given ?? '');
  } finally {
    await component.remove();
    await server?.remove();
  }
}

/** The component's configurations that are put to the test. */
function profiles(connectionString: string): object[] {
  const run = randomBytes(4).toString('hex');
  const common = { connectionString, consumerID: 'conformance', retryBackoff: '100ms' };
  return [
    {
      Name: `unordered-${run}`,
      Properties: { ...common, ordering: 'none' },
      // One partition: without it there is no order to check.
      PublishMetadata: { partitionKey: 'conformance' },
    },
    {
      Name: `ordered-${run}`,
      Properties: { ...common, ordering: 'partitionKey', initialPosition: 'earliest' },
      PublishMetadata: { partitionKey: 'conformance' },
    },
  ];
}

/** Compiles and runs; prints each test's end, and the sums last. */
async function runSuite(socket: string, connectionString: string): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'pubsub-conformance-'));
  for (const file of ['go.mod', 'conformance_test.go'])
    await copyFile(join(import.meta.dirname, file), join(folder, file));
  const started = performance.now();
  const seconds = (): string => `${((performance.now() - started) / 1_000).toFixed(0)} s`;
  let passed = 0;
  let failed = 0;
  const last: string[] = [];
  say('fetching and compiling the suite (once per machine, a few minutes)');
  const ticker = setInterval(() => {
    say(`${seconds()} so far, ${passed} passed, ${failed} failed`);
  }, PROGRESS_MS);
  try {
    const child = spawn(
      'go',
      ['test', '-mod=mod', '-count=1', '-timeout', TEST_TIMEOUT, '-json', '-v', '.'],
      {
        cwd: folder,
        stdio: ['ignore', 'pipe', 'pipe'],
        env: {
          ...process.env,
          GOWORK: 'off',
          CGO_ENABLED: '0', // no C compiler needed, and what a build of daprd compiled is used again
          COMPONENT_SOCKET: socket,
          COMPONENT_PROFILES: JSON.stringify(profiles(connectionString)),
        },
      },
    );
    const remember = (line: string): void => {
      last.push(line);
      if (last.length > 200) last.shift();
      if (values.verbose) say(line);
    };
    createInterface({ input: child.stderr }).on('line', remember);
    createInterface({ input: child.stdout }).on('line', (line) => {
      const event = parseEvent(line);
      if (!event) remember(line);
      else if (event.Output !== undefined) remember(event.Output.trimEnd());
      else if (event.Test !== undefined && (event.Action === 'pass' || event.Action === 'fail')) {
        say(`${event.Action === 'pass' ? 'ok  ' : 'FAIL'} ${event.Test}`);
        if (event.Action === 'pass') passed++;
        else failed++;
      }
    });
    const code = await new Promise<number | null>((done, broken) => {
      child.once('error', broken);
      child.once('close', done);
    });
    if (code !== 0 && !values.verbose) for (const line of last) say(line);
    if (code !== 0 && failed === 0) failed++;
    say(`conformance: ${seconds()}`);
    say(`${passed} passed, ${failed} failed`);
    return failed === 0 && passed > 0 ? 0 : 1;
  } finally {
    clearInterval(ticker);
    await rm(folder, { recursive: true, force: true });
  }
}

function parseEvent(line: string): TestEvent | undefined {
  try {
    return JSON.parse(line) as TestEvent;
  } catch {
    return undefined;
  }
}

function hasGo(): Promise<boolean> {
  return new Promise((done) => {
    const child = spawn('go', ['version'], { stdio: 'ignore' });
    child.once('error', () => {
      done(false);
    });
    child.once('close', (code) => {
      done(code === 0);
    });
  });
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

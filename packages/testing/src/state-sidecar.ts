// A real daprd with only the state store, and a database whose user is called like a schema: what decides where an unqualified
// name leads. Needs daprd: the variable DAPRD, or `daprd` on the PATH.
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from '@todo/local/free-port';
import { createTestDatabase } from './test-database-client.ts';
import pg from 'pg';
import { createSidecar } from '@todo/runtime/sidecar';
import type { Sidecar, VersionedStates } from '@todo/runtime/sidecar';

/** The path of a daprd; undefined where there is none. */
export const DAPRD: string | undefined = [process.env['DAPRD'], 'daprd'].find(
  (path) => path && spawnSync(path, ['--version'], { stdio: 'ignore' }).status === 0,
);
if (!DAPRD)
  process.stderr.write(
    'SKIPPED: the tests of the state store need daprd (set DAPRD to its path)\n',
  );

/** The component as this version has it. */
export const STATESTORE: string = await readFile(
  new URL('../../../dapr/components/statestore.yaml', import.meta.url),
  'utf8',
);

const START_LIMIT_MS = 30_000;

/** A sidecar of the backend. */
export interface StateSidecar extends Sidecar, VersionedStates {
  /** Ends it: `now` as a crash does. */
  stop: (now?: boolean) => Promise<void>;
}

/**
 * Starts a daprd with the state store alone, as app `todo-backend`.
 * @param component a Component named `statestore` whose connectionString is a reference to a Secret
 * @throws Error with daprd's last words when it ends or is not ready within 30 s
 */
export async function startStateSidecar(component: string, url: string): Promise<StateSidecar> {
  const folder = await mkdtemp(join(tmpdir(), 'state-sidecar-'));
  const text = component
    .replace(/secretKeyRef:\s+name: \S+\s+key: \S+/, `value: ${JSON.stringify(url)}`)
    .replace(/auth:\s+secretStore: \S+\n/, '');
  await writeFile(join(folder, 'statestore.yaml'), text);
  const [http = 0, grpc = 0, internal = 0, metrics = 0] = await freePorts(4);
  const daprd = spawn(
    DAPRD ?? '',
    [
      ['--app-id', 'todo-backend'],
      ['--resources-path', folder],
      ['--dapr-http-port', String(http)],
      ['--dapr-grpc-port', String(grpc)],
      ['--dapr-internal-grpc-port', String(internal)],
      ['--metrics-port', String(metrics)],
      ['--dapr-listen-addresses', '127.0.0.1'],
      ['--dapr-graceful-shutdown-seconds', '2'],
    ].flat(),
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let words = '';
  const keep = (chunk: Buffer): void => {
    words = (words + chunk.toString()).slice(-3_000);
  };
  daprd.stdout.on('data', keep);
  daprd.stderr.on('data', keep);
  const ended = new Promise<void>((done) =>
    daprd.once('exit', () => {
      done();
    }),
  );
  const sidecar = createSidecar({
    host: '127.0.0.1',
    port: http,
    pubsub: 'pubsub',
    statestore: 'statestore',
  });
  const stop = async (now = false): Promise<void> => {
    await sidecar.close();
    daprd.kill(now ? 'SIGKILL' : 'SIGTERM');
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  const limit = Date.now() + START_LIMIT_MS;
  while (!(await sidecar.isReady())) {
    if (daprd.exitCode !== null || Date.now() > limit) {
      await stop(true);
      throw new Error(`daprd is not ready:\n${words}`);
    }
    await sleep(100);
  }
  return { ...sidecar, stop };
}

/** A database that belongs to a user of its own, without superuser rights. */
export interface UserDatabase {
  /** Its address, as that user. */
  readonly url: string;
  /** The user's name, and the schema's that comes first in its search_path once it is there. */
  readonly user: string;
  query: (statement: string, values?: unknown[]) => Promise<Record<string, unknown>[]>;
  drop: () => Promise<void>;
}

/** Makes one, empty. */
export async function createUserDatabase(): Promise<UserDatabase> {
  const database = await createTestDatabase();
  const user = `todo_${randomBytes(4).toString('hex')}`;
  const name = new URL(database.url).pathname.slice(1);
  const admin = new pg.Client({ connectionString: database.url });
  await admin.connect();
  await admin.query(`CREATE ROLE ${user} LOGIN PASSWORD 'secret'`);
  await admin.query(`ALTER DATABASE ${name} OWNER TO ${user}`);
  await admin.end();
  const url = new URL(database.url);
  url.username = user;
  url.password = 'secret';
  const pool = new pg.Pool({ connectionString: url.href, max: 2 });
  pool.on('error', () => undefined);
  return {
    url: url.href,
    user,
    query: async (statement, values = []) =>
      (await pool.query<Record<string, unknown>>(statement, values)).rows,
    drop: async () => {
      await pool.end();
      await database.drop();
      const last = new pg.Client({
        connectionString: database.url.replace(`/${name}`, '/postgres'),
      });
      await last.connect();
      await last.query(`DROP ROLE IF EXISTS ${user}`);
      await last.end();
    },
  };
}

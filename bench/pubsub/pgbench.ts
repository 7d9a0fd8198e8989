// The ceiling: what the same server takes from PostgreSQL's own pgbench, one row of 1 KB a transaction.
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';

const run = promisify(execFile);

const TABLE = `create table pgbench_messages (id bigint generated always as identity primary key,
  at timestamptz not null default now(), data bytea not null)`;
const INSERT = `insert into pgbench_messages (data) values (decode(repeat('78', 1024), 'hex'));`;

/**
 * Inserts a second with so many clients, prepared statements (pgbench's fastest mode).
 * @returns undefined where there is no pgbench
 */
export async function pgbenchInserts(
  url: string,
  clients: number,
  seconds: number,
): Promise<number | undefined> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(TABLE);
  await client.end();
  const folder = await mkdtemp(join(tmpdir(), 'pubsub-bench-'));
  try {
    const script = join(folder, 'insert.sql');
    await writeFile(script, `${INSERT}\n`);
    const { stdout } = await run('pgbench', [
      ...['--no-vacuum', '--protocol=prepared', `--file=${script}`],
      ...[`--client=${clients}`, '--jobs=1', `--time=${seconds}`, url],
    ]);
    const tps = /tps = ([\d.]+)/.exec(stdout)?.[1];
    if (tps === undefined) throw new Error(`pgbench printed no tps: ${stdout}`);
    return Number(tps);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

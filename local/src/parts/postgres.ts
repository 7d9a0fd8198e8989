// The embedded PostgreSQL as a part of the system, and the database that the services share.
import { readFileSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { describe } from '../errors.ts';
import { endGroup, identify } from '../process-identity.ts';
import type { Secrets } from '../secrets.ts';
import type { PartSpec } from '../supervisor.ts';
import { prepareServer, serverUrl, SUPERUSER } from './postgres-server.ts';

export function postgresPart(dataDir: string, port: number, secrets: Secrets): Promise<PartSpec> {
  const options = { dataDir: join(dataDir, 'postgres'), port, password: secrets.postgresPassword };
  return prepareServer(options).then((server) => ({
    name: 'postgres',
    command: server.command,
    args: server.args,
    ...(server.uid !== undefined && { uid: server.uid }),
    ...(server.gid !== undefined && { gid: server.gid }),
    url: `127.0.0.1:${port}`,
    stopSignal: 'SIGINT', // "fast": clients are cut off, nothing committed is lost
    stopGraceMs: 20_000,
    beforeStart: () => clearStaleLock(server.dataDir),
    health: async () => {
      await query(serverUrl(port, secrets.postgresPassword, SUPERUSER), 'SELECT 1');
      return undefined;
    },
  }));
}

/**
 * A postmaster.pid outlives a crash. PostgreSQL refuses to start while any process of the same user has that pid, even
 * if the machine was restarted and it is another program. What really is an old server on this data is ended.
 */
async function clearStaleLock(dataDir: string): Promise<void> {
  const lock = join(dataDir, 'postmaster.pid');
  const text = await readFile(lock, 'utf8').catch(() => undefined);
  const pid = Number(text?.split('\n')[0]);
  if (!Number.isInteger(pid) || pid <= 0) return;
  const holder = identify(pid);
  if (holder && isServerOn(pid, dataDir)) await endGroup(holder, 'SIGINT', 10_000);
  else if (holder) await rm(lock, { force: true });
}

function isServerOn(pid: number, dataDir: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(dataDir);
  } catch {
    return true; // not Linux: leave the judgement to PostgreSQL
  }
}

/**
 * Makes the database `todo` and the role that owns it, the operator's login; keeps the role's password right.
 * @returns its address
 */
export async function makeDatabase(port: number, secrets: Secrets): Promise<string> {
  const admin = serverUrl(port, secrets.postgresPassword, SUPERUSER);
  const client = new pg.Client({ connectionString: admin });
  await client.connect();
  try {
    const role = await client.query("SELECT 1 FROM pg_roles WHERE rolname = 'todo'");
    if (role.rowCount === 0) await client.query('CREATE ROLE todo LOGIN');
    const password = client.escapeLiteral(secrets.databasePassword);
    // It makes the parts' logins.
    await client.query(`ALTER ROLE todo CREATEROLE PASSWORD ${password}`);
    const database = await client.query("SELECT 1 FROM pg_database WHERE datname = 'todo'");
    if (database.rowCount === 0) await client.query('CREATE DATABASE todo OWNER todo');
  } finally {
    await client.end();
  }
  return databaseUrl(port, secrets);
}

/** The address of the database `todo`, for the operator's login. */
export function databaseUrl(port: number, secrets: Secrets): string {
  return `postgresql://todo:${encodeURIComponent(secrets.databasePassword)}@127.0.0.1:${port}/todo`;
}

export async function requireDatabase(url: string): Promise<void> {
  try {
    await query(url, 'SELECT 1');
  } catch (error) {
    const { host } = new URL(url);
    throw new Error(
      `DATABASE_URL is set, but the database at ${host} cannot be used: ${describe(error)}. ` +
        'Correct it, or unset it to run the embedded PostgreSQL.',
      { cause: error },
    );
  }
}

async function query(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query(statement);
  } finally {
    await client.end().catch(() => undefined);
  }
}

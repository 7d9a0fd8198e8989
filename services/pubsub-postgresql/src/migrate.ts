// Makes and updates the component's schema. Every process tries at its start; one does it, under a transaction lock, and
// the others find it done. Forward only; each file once; all of them or none.
import { readdirSync, readFileSync } from 'node:fs';
import pg from 'pg';
import { endClient } from './client-end.ts';
import { parseConnectionString } from './connection-string.ts';
import { APPLICATION_NAME, withSchema } from './database.ts';

const FOLDER = new URL('../migrations/', import.meta.url);
/** A statement that takes longer is stuck on a dead connection, or behind the lock of one, ms; then all of it is tried again. */
const STATEMENT_WITHIN_MS = 60_000;
/** First half of the advisory lock's key: 'dapr' in ASCII. The second half is a hash of the schema's name. */
const LOCK = 0x64617072;

/**
 * Brings the schema to the newest version.
 * @param connectionString - the direct address, not a transaction-mode pooler
 * @returns the names of the files that were applied now
 */
export async function migrate(connectionString: string, schema: string): Promise<string[]> {
  const client = new pg.Client({
    ...parseConnectionString(connectionString),
    application_name: APPLICATION_NAME,
    connectionTimeoutMillis: 5_000,
    query_timeout: STATEMENT_WITHIN_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: 5_000,
  });
  client.on('error', () => undefined); // the statement under way fails with it
  await client.connect();
  try {
    const files = readdirSync(FOLDER)
      .filter((name) => name.endsWith('.sql'))
      .sort();
    if ((await pending(client, schema, files)).length === 0) return [];
    // The lock must end with its holder, also when only the server thinks that the connection lives.
    await client.query("begin; set local idle_in_transaction_session_timeout = '45s'");
    await client.query('select pg_advisory_xact_lock($1, hashtext($2))', [LOCK, schema]);
    await client.query(`create schema if not exists ${schema}`);
    await client.query(
      `create table if not exists ${schema}.migrations (name text primary key, applied_at timestamptz not null default now())`,
    );
    const due = await pending(client, schema, files);
    for (const name of due) {
      await client.query(withSchema(readFileSync(new URL(name, FOLDER), 'utf8'), schema));
      await client.query(`insert into ${schema}.migrations (name) values ($1)`, [name]);
    }
    await client.query('commit');
    return due;
  } finally {
    await endClient(client);
  }
}

async function pending(client: pg.Client, schema: string, files: string[]): Promise<string[]> {
  const table = await client.query<{ there: boolean }>(
    'select to_regclass($1) is not null as there',
    [`${schema}.migrations`],
  );
  if (!table.rows[0]?.there) return files;
  const done = await client.query<{ name: string }>(`select name from ${schema}.migrations`);
  const applied = new Set(done.rows.map((row) => row.name));
  return files.filter((name) => !applied.has(name));
}

// Forward-only migrations. All pending ones of a service run in one transaction under an advisory lock, so that eight
// replicas starting at once do it once, and a killed one leaves nothing half done. A transaction lock, not a session
// lock: it holds through a pooler too.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import pg from 'pg';
import { BEGIN, endClient, identifier } from './database.ts';
import type { Queryable } from './database.ts';
import type { Logger } from './log.ts';
import { waitForDatabase } from './wait-for-database.ts';

/** One step forward. `{schema}` in its SQL becomes the service's quoted schema name. */
export interface Migration {
  /** Unique within its service and sorted as text: `001-tasks`. */
  readonly name: string;
  readonly sql: string;
}

/** A step that takes longer counts as stuck on a dead connection, in ms: 5 minutes, for steps that rewrite a table. */
const STATEMENT_TIMEOUT_MS = 300_000;

/**
 * Reads `*.sql` of a folder, in the order of their names.
 * @throws when two begin with the same number: two changes that were made side by side, whose order nobody decided
 */
export function readMigrations(folder: URL): Migration[] {
  const files = readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .sort();
  const twice = files.find((file, i) => file.split('-')[0] === files[i - 1]?.split('-')[0]);
  if (twice !== undefined)
    throw new Error(`${twice} has the number of another migration; give it the next free one`);
  return files.map((file) => ({
    name: file.slice(0, -4),
    sql: readFileSync(new URL(file, folder), 'utf8'),
  }));
}

/**
 * Applies what is missing. Waits for a database that is not there yet (bounded: about 5 minutes), since services start in any order.
 * @param options `url`: the direct (unpooled) address; `migrations` in order.
 * @returns the names that were applied now.
 * @throws Error when a migration fails (nothing is applied), or when one that was applied has been edited since.
 */
export async function migrate(options: {
  url: string;
  schema: string;
  migrations: readonly Migration[];
  log: Logger;
  signal?: AbortSignal;
}): Promise<string[]> {
  const { log, schema } = options;
  return await waitForDatabase(() => applyPending(options), {
    ...{ log, waiting: 'waiting for the database', fields: { schema } },
    signal: options.signal,
  });
}

async function applyPending(options: {
  url: string;
  schema: string;
  migrations: readonly Migration[];
  log: Logger;
}): Promise<string[]> {
  const client = new pg.Client({
    connectionString: options.url,
    application_name: `migrate ${options.schema}`,
    connectionTimeoutMillis: 10_000,
    query_timeout: STATEMENT_TIMEOUT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  });
  client.on('error', (error) => {
    options.log.warn({ err: error }, 'the migration connection was closed');
  });
  await client.connect();
  try {
    await client.query(BEGIN);
    const now = await applyMigrations(client, options.schema, options.migrations);
    await client.query('COMMIT');
    if (now.length > 0)
      options.log.info({ schema: options.schema, migrations: now }, 'database migrated');
    return now;
  } finally {
    await endClient(client); // an open transaction ends with its connection: nothing half done
  }
}

/**
 * Applies what is missing in the caller's transaction, under a lock that lasts until its end.
 * @param client inside a transaction
 * @param migrations in order; those that the schema has and that are not listed are left alone
 * @returns the names that were applied now
 * @throws Error when a migration that was applied has been edited since, or the server's error; the transaction is then lost
 */
export async function applyMigrations(
  client: Queryable,
  schemaName: string,
  migrations: readonly Migration[],
): Promise<string[]> {
  const schema = identifier(schemaName);
  await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [
    `migrate:${schemaName}`,
  ]);
  // not IF NOT EXISTS alone: that asks for the right to create schemas even when this one is there
  if (!(await schemaExists(client, schemaName)))
    await client.query(`CREATE SCHEMA IF NOT EXISTS ${schema}`);
  await client.query(
    `CREATE TABLE IF NOT EXISTS ${schema}.migrations (name text PRIMARY KEY, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())`,
  );
  const { rows } = await client.query<{ name: string; checksum: string }>(
    `SELECT name, checksum FROM ${schema}.migrations`,
  );
  const applied = new Map(rows.map((row) => [row.name, row.checksum]));
  const now: string[] = [];
  for (const migration of migrations) {
    const checksum = migrationChecksum(migration);
    const before = applied.get(migration.name);
    if (before === checksum) continue;
    if (before !== undefined) {
      throw new Error(
        `migration ${migration.name} of ${schemaName} was edited after it was applied: restore it and add a new migration instead`,
      );
    }
    await client.query(migration.sql.replaceAll('{schema}', schema));
    await client.query(`INSERT INTO ${schema}.migrations (name, checksum) VALUES ($1, $2)`, [
      migration.name,
      checksum,
    ]);
    now.push(migration.name);
  }
  return now;
}

/** Whether a database has a schema, whoever may use it. */
export async function schemaExists(client: Queryable, schema: string): Promise<boolean> {
  const { rowCount } = await client.query(
    'SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = $1',
    [schema],
  );
  return rowCount === 1;
}

/** What the table `migrations` records of one: the SHA-256 of its SQL, in hexadecimal. */
export function migrationChecksum(migration: Migration): string {
  return createHash('sha256').update(migration.sql).digest('hex');
}

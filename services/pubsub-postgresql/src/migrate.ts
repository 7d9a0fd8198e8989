// Makes and updates the component's schema. Every process tries at its start; one does it, under a transaction lock, and
// the others find it done. All of it in one transaction, or none.
//
// `migrations/` holds tables: numbered files, each applied once and never changed. `sql/` holds functions, each a file with
// its current text, applied when that text is new to the database. What was applied is in the table `migrations`, with the
// SHA-256 of the text.
//
// Forward only: a text that a later one has replaced is not applied again. So a process of the version before, started
// while a new version rolls out, leaves the new functions in place.
import { readFileSync, readdirSync } from 'node:fs';
import { createHash } from 'node:crypto';
import pg from 'pg';
import { endClient } from './client-end.ts';
import { parseConnectionString } from './connection-string.ts';
import { APPLICATION_NAME, withSchema } from './database.ts';
import { BASELINE, BASELINE_REPLACES } from './migration-baseline.ts';

const FOLDERS = {
  migrations: new URL('../migrations/', import.meta.url),
  sql: new URL('../sql/', import.meta.url),
};
/** A statement that takes longer is stuck on a dead connection, or behind the lock of one, ms; then all of it is tried again. */
const STATEMENT_WITHIN_MS = 60_000;
/** First half of the advisory lock's key: 'dapr' in ASCII. The second half is a hash of the schema's name. */
const LOCK = 0x64617072;

/** The schema is not what any version of this component makes of it; only a person can help. */
export class SchemaMismatchError extends Error {}

/** A file of `migrations/` (applied once) or `sql/` (applied when it changed). */
export interface SchemaFile {
  /** Unique: `0001_tables.sql`, `sql/claim.sql`. */
  name: string;
  text: string;
  repeatable: boolean;
}

/** The files of this version, in the order in which they are applied. */
export function schemaFiles(): SchemaFile[] {
  const read = (folder: URL, prefix: string, repeatable: boolean): SchemaFile[] =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.sql'))
      .sort()
      .map((name) => ({
        name: `${prefix}${name}`,
        text: readFileSync(new URL(name, folder), 'utf8'),
        repeatable,
      }));
  return [...read(FOLDERS.migrations, '', false), ...read(FOLDERS.sql, 'sql/', true)];
}

/** What the table `migrations` says of one file. */
interface Applied {
  name: string;
  /** SHA-256 in hexadecimal; null: applied by a version that did not write it down. */
  checksum: string | null;
  /** Checksums of texts that a later one has replaced. */
  superseded: string[];
}

/**
 * Brings the schema to this version.
 * @param connectionString - the direct address, not a transaction-mode pooler
 * @returns the names of the files that were applied now
 * @throws SchemaMismatchError when a migration was changed after it was applied; pg's errors
 */
export async function migrate(
  connectionString: string,
  schema: string,
  files: SchemaFile[] = schemaFiles(),
): Promise<string[]> {
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
    const before = await readApplied(client, schema);
    if (before && due(files, before, schema).length === 0) return [];
    // The lock must end with its holder, also when only the server thinks that the connection lives.
    await client.query("begin; set local idle_in_transaction_session_timeout = '45s'");
    const applied = await applySchema(client, schema, files);
    await client.query('commit');
    return applied;
  } finally {
    await endClient(client);
  }
}

/**
 * Applies what is missing in the caller's transaction, under a lock that lasts until its end.
 * @param client - inside a transaction; functions are no longer checked as they are made until it ends
 * @returns the names of the files that were applied now
 * @throws SchemaMismatchError when a migration was changed after it was applied; pg's errors
 */
export async function applySchema(
  client: pg.ClientBase,
  schema: string,
  files: SchemaFile[],
): Promise<string[]> {
  await client.query('select pg_advisory_xact_lock($1, hashtext($2))', [LOCK, schema]);
  await prepareTable(client, schema);
  await adoptBaseline(client, schema, files);
  const dueNow = due(files, (await readApplied(client, schema)) ?? [], schema);
  // A function may name another one that a later file makes.
  await client.query('set local check_function_bodies = off');
  for (const file of dueNow) {
    await client.query(withSchema(file.text, schema));
    await client.query(
      `insert into ${schema}.migrations as m (name, checksum) values ($1, $2)
       on conflict (name) do update set checksum = excluded.checksum, applied_at = now(),
         superseded = m.superseded || m.checksum`,
      [file.name, checksumOf(file.text)],
    );
  }
  return dueNow.map((file) => file.name);
}

/** Undefined: there is no table yet. Reads the table of earlier versions too, which has no checksums. */
async function readApplied(client: pg.ClientBase, schema: string): Promise<Applied[] | undefined> {
  const table = await client.query<{ there: boolean }>(
    'select to_regclass($1) is not null as there',
    [`${schema}.migrations`],
  );
  if (!table.rows[0]?.there) return undefined;
  const { rows } = await client.query<Applied>(
    `select name, to_jsonb(m) ->> 'checksum' as checksum,
       coalesce(array(select jsonb_array_elements_text(to_jsonb(m) -> 'superseded')), '{}') as superseded
     from ${schema}.migrations m`,
  );
  return rows;
}

function due(files: SchemaFile[], rows: Applied[], schema: string): SchemaFile[] {
  const applied = new Map(rows.map((row) => [row.name, row]));
  return files.filter((file) => {
    const row = applied.get(file.name);
    if (!row) return true;
    const checksum = checksumOf(file.text);
    if (row.checksum === checksum) return false;
    if (file.repeatable) return !row.superseded.includes(checksum);
    throw new SchemaMismatchError(
      `migration ${file.name} was changed after it was applied to the schema ${schema}: ` +
        'run the version that applied it, or put the file back as it was and make the change in a new migration',
    );
  });
}

async function prepareTable(client: pg.ClientBase, schema: string): Promise<void> {
  // not `if not exists` alone: that asks for the right to create schemas even when this one is there
  const { rowCount } = await client.query('select 1 from pg_namespace where nspname = $1', [
    schema,
  ]);
  if (rowCount === 0) await client.query(`create schema if not exists ${schema}`);
  await client.query(
    `create table if not exists ${schema}.migrations (name text primary key, applied_at timestamptz not null default now())`,
  );
  await client.query(
    `alter table ${schema}.migrations add column if not exists checksum text,
       add column if not exists superseded text[] not null default '{}'`,
  );
}

/** A database made by the migrations that the baseline stands for has its tables: it is only written down. */
async function adoptBaseline(
  client: pg.ClientBase,
  schema: string,
  files: SchemaFile[],
): Promise<void> {
  const baseline = files.find((file) => file.name === BASELINE);
  const names = new Set(((await readApplied(client, schema)) ?? []).map((row) => row.name));
  if (!baseline || names.has(BASELINE)) return;
  const missing = BASELINE_REPLACES.filter((name) => !names.has(name));
  if (missing.length === BASELINE_REPLACES.length) return;
  if (missing.length > 0) {
    throw new SchemaMismatchError(
      `the schema ${schema} was made by a development version, without ${missing.join(', ')}: ` +
        'run the last version before the first release once, or start with an empty schema',
    );
  }
  await client.query(`insert into ${schema}.migrations (name, checksum) values ($1, $2)`, [
    BASELINE,
    checksumOf(baseline.text),
  ]);
}

/** What the table `migrations` records of a file: the SHA-256 of its text, in hexadecimal. */
export function checksumOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

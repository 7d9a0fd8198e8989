// Where Dapr's state store keeps its rows: schema `dapr_state`, named in dapr/components/statestore.yaml. Dapr makes the tables
// there but no schema, so it is made here, before a sidecar starts.
//
// An earlier version named no schema. PostgreSQL's search_path decided: `public` at the first start and, for a database user
// `todo`, the backend's schema `todo` from the next start on, where the tables were new and empty. Both may hold rows. They are
// brought together, and the old names become views of the one table that is left:
//
//   <schema>.dapr_state_state (table) → rows to dapr_state.state, the newest of each key → <schema>.dapr_state_state (view)
//
// So a sidecar that still has the former component, or gets it back by a roll-back, reads and writes the same rows. One
// transaction under a lock: a statement of a running sidecar waits for it and then meets the view, nobody sees half of it.
// What lost against a newer row of its key stays in dapr_state.superseded for KEEP_SUPERSEDED_DAYS.
import pg from 'pg';
import type { Queryable } from './database.ts';
import { schemaExists } from './migrate.ts';
import type { Logger } from './log.ts';
import { waitForDatabase } from './wait-for-database.ts';

/** The schema of the state store's tables; dapr/components/statestore.yaml names the same. */
export const STATE_SCHEMA = 'dapr_state';
const TARGET = `${STATE_SCHEMA}.state`;
const TARGET_METADATA = `${STATE_SCHEMA}.metadata`;
const SUPERSEDED = `${STATE_SCHEMA}.superseded`;
/** The former names, without a schema. */
const FORMER = 'dapr_state_state';
const FORMER_METADATA = 'dapr_state_metadata';
/** What {@link prepareDaprState} leaves under the former names: it belongs to the login that prepared it. */
export const FORMER_STATE_NAMES: readonly string[] = [FORMER, FORMER_METADATA];
/** Keys under which Dapr notes how far it has migrated its tables: `migrations-state-v2-` and the component's tablePrefix. */
const FORMER_VERSION = 'migrations-state-v2-dapr_state_';
const TARGET_VERSION = `migrations-state-v2-${STATE_SCHEMA}.`;
/** Dapr's columns that carry the state; whatever else a version of it adds gets its default. */
const COLUMNS = ['key', 'value', 'etag', 'created_at', 'updated_at', 'expires_at'];
const KEEP_SUPERSEDED_DAYS = 30;
/** How long to wait for a running sidecar's transaction before trying again, ms. */
const LOCK_TIMEOUT_MS = 5_000;

/**
 * Somebody else was faster or holds a lock: a sidecar that makes its tables in this moment (unique_violation, duplicate_table),
 * one in the middle of a transaction (lock_not_available).
 */
const TRY_AGAIN = new Set(['23505', '42P07', '55P03']);

/** What {@link prepareDaprState} did: rows moved, and rows that were older than another of their key. */
export interface PreparedState {
  readonly moved: number;
  readonly superseded: number;
}

/**
 * Makes the state store's schema and moves what earlier versions left elsewhere. Run it before a sidecar starts; again, and by
 * several at once, it changes nothing more. Waits for a database that is not there yet (bounded: about 5 minutes).
 * A login that is not the schema's owner only removes superseded rows that are too old, if it may: the operator's login prepares
 * the rest (database-logins.ts).
 * @param options `url`: of the operator's login, or of the one that all parts share; best the direct (unpooled) address.
 * @throws the database's error when it refuses; nothing is changed then.
 */
export async function prepareDaprState(options: {
  url: string;
  log: Logger;
  signal?: AbortSignal;
}): Promise<PreparedState> {
  return await waitForDatabase(() => prepareOnce(options), {
    ...{ log: options.log, waiting: 'waiting to prepare the state store', tryAgain: TRY_AGAIN },
    signal: options.signal,
  });
}

async function prepareOnce(options: { url: string; log: Logger }): Promise<PreparedState> {
  const client = new pg.Client({
    connectionString: options.url,
    application_name: 'prepare state store',
    connectionTimeoutMillis: 10_000,
  });
  client.on('error', (error) => {
    options.log.warn({ err: error }, 'the connection for the state store was closed');
  });
  await client.connect();
  try {
    await client.query('BEGIN');
    await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [
      `prepare:${STATE_SCHEMA}`,
    ]);
    await client.query(`SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}`);
    if (await isSomebodyElses(client)) {
      if (await mayForget(client)) await forgetSuperseded(client);
      await client.query('COMMIT');
      return { moved: 0, superseded: 0 };
    }
    // not IF NOT EXISTS alone: that asks for the right to create even when the schema is there
    if (!(await schemaExists(client, STATE_SCHEMA)))
      await client.query(`CREATE SCHEMA IF NOT EXISTS ${STATE_SCHEMA}`);
    const sources = await formerTables(client);
    const done = sources.length === 0 ? { moved: 0, superseded: 0 } : await move(client, sources);
    await forgetSuperseded(client);
    const { command } = await client.query('COMMIT');
    if (command !== 'COMMIT') throw new Error('could not prepare the state store; rolled back');
    if (sources.length > 0) {
      const from = sources.map(({ schema }) => schema);
      options.log.info({ from, ...done }, `moved the state store's rows to ${TARGET}`);
    }
    return done;
  } finally {
    await client.end().catch(() => undefined); // an open transaction ends with its connection: nothing half done
  }
}

interface Source {
  readonly schema: string;
  /** Quoted and with its schema. */
  readonly table: string;
}

/**
 * Tables with the former name, each locked against everybody: first the one that an unqualified name means now. Other schemas
 * than those below were never in the way of the former name.
 */
async function formerTables(client: Queryable): Promise<Source[]> {
  const { rows } = await client.query<{ schema: string; table: string }>(
    `SELECT n.nspname AS schema, format('%I.%I', n.nspname, c.relname) AS table
     FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relname = $1 AND c.relkind = 'r'
       AND (n.nspname = ANY (current_schemas(false)) OR n.nspname IN ('public', 'todo', session_user))
       AND $2::text[] <@ ARRAY(SELECT attname::text FROM pg_catalog.pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped)
     ORDER BY array_position(current_schemas(false), n.nspname) NULLS LAST, n.nspname`,
    [FORMER, COLUMNS],
  );
  for (const { table } of rows) await client.query(`LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
  return rows;
}

async function move(client: Queryable, sources: readonly Source[]): Promise<PreparedState> {
  await makeTables(client, sources);
  const columns = COLUMNS.join(', ');
  // The newest of each key, of all places and the target; of two that are equally new, the one in use.
  const everywhere = [{ schema: STATE_SCHEMA, table: TARGET }, ...sources]
    .map(({ table }, rank) => `SELECT ${columns}, ${rank} AS rank FROM ${table}`)
    .join(' UNION ALL ');
  await client.query(
    `CREATE TEMPORARY TABLE state_candidates ON COMMIT DROP AS
     SELECT *, row_number() OVER (PARTITION BY key ORDER BY coalesce(updated_at, created_at) DESC, rank) AS place FROM (${everywhere}) AS every`,
  );
  const superseded = await client.query(
    `INSERT INTO ${SUPERSEDED} (${columns}) SELECT ${columns} FROM pg_temp.state_candidates WHERE place > 1`,
  );
  const moved = await client.query(
    `INSERT INTO ${TARGET} AS kept (${columns}) SELECT ${columns} FROM pg_temp.state_candidates WHERE place = 1 AND rank > 0
     ON CONFLICT (key) DO UPDATE SET ${COLUMNS.slice(1)
       .map((column) => `${column} = excluded.${column}`)
       .join(', ')}`,
  );
  for (const { table } of sources) await client.query(`DROP TABLE ${table}`);
  await leaveFormerNames(client, sources);
  return { moved: moved.rowCount ?? 0, superseded: superseded.rowCount ?? 0 };
}

/** The tables as Dapr would make them: with the columns and indexes, and the migrations' version, that a former place has. */
async function makeTables(client: Queryable, sources: readonly Source[]): Promise<void> {
  const template = sources[0]?.table ?? '';
  if (!(await exists(client, TARGET))) {
    await client.query(`CREATE TABLE ${TARGET} (LIKE ${template} INCLUDING ALL)`);
    await makeMetadata(client, TARGET_METADATA);
    for (const { schema } of sources.slice(0, 1)) {
      const metadata = `${quoted(schema)}.${FORMER_METADATA}`;
      if (!(await exists(client, metadata))) continue;
      await client.query(
        `INSERT INTO ${TARGET_METADATA} (key, value) SELECT $2, value FROM ${metadata} WHERE key = $1 ON CONFLICT DO NOTHING`,
        [FORMER_VERSION, TARGET_VERSION],
      );
    }
  }
  // Sidecars of this version write here already: they wait.
  await client.query(`LOCK TABLE ${TARGET} IN SHARE ROW EXCLUSIVE MODE`);
  await client.query(
    `CREATE TABLE IF NOT EXISTS ${SUPERSEDED} (
       key text NOT NULL, value bytea NOT NULL, etag uuid NOT NULL, created_at timestamptz NOT NULL,
       updated_at timestamptz, expires_at timestamptz, superseded_at timestamptz NOT NULL DEFAULT now())`,
  );
}

/**
 * Views for sidecars with the former component: in the places that had tables, and where such a sidecar would make new ones at
 * its start. It finds its migrations done, as noted in its own metadata table.
 */
async function leaveFormerNames(client: Queryable, sources: readonly Source[]): Promise<void> {
  const { rows } = await client.query<{ schema: string | null; mayCreate: boolean | null }>(
    `SELECT current_schema() AS schema, has_schema_privilege(current_schema(), 'CREATE') AS "mayCreate"`,
  );
  const { schema: current = null, mayCreate = null } = rows[0] ?? {};
  const schemas = new Set(sources.map(({ schema }) => schema));
  if (current !== null && mayCreate === true) schemas.add(current);
  for (const schema of schemas) {
    await client.query(
      `CREATE OR REPLACE VIEW ${quoted(schema)}.${FORMER} AS SELECT * FROM ${TARGET}`,
    );
    const metadata = `${quoted(schema)}.${FORMER_METADATA}`;
    await makeMetadata(client, metadata);
    await client.query(
      `INSERT INTO ${metadata} (key, value) SELECT $2, value FROM ${TARGET_METADATA} WHERE key = $1 ON CONFLICT DO NOTHING`,
      [TARGET_VERSION, FORMER_VERSION],
    );
  }
}

async function makeMetadata(client: Queryable, table: string): Promise<void> {
  await client.query(
    `CREATE TABLE IF NOT EXISTS ${table} (key text NOT NULL PRIMARY KEY, value text NOT NULL)`,
  );
}

/** Superseded rows are somebody's texts: they end with the state's own lifetime, or after KEEP_SUPERSEDED_DAYS. */
async function forgetSuperseded(client: Queryable): Promise<void> {
  if (!(await exists(client, SUPERSEDED))) return;
  await client.query(
    `DELETE FROM ${SUPERSEDED} WHERE expires_at < now() OR superseded_at < now() - make_interval(days => $1)`,
    [KEEP_SUPERSEDED_DAYS],
  );
}

/**
 * Forgets what is left of a value that was superseded: Dapr's own API does not know of it.
 * @param key as the application wrote it, without Dapr's prefix
 */
export async function forgetSupersededState(
  client: Queryable,
  appId: string,
  key: string,
): Promise<void> {
  if (!(await exists(client, SUPERSEDED))) return;
  await client.query(`DELETE FROM ${SUPERSEDED} WHERE key = $1`, [`${appId}||${key}`]);
}

/**
 * Lets logins that are not the schema's owner forget superseded rows, by their keys and times; they can't read the values.
 * @param roles of the parts that keep state
 */
export async function grantForgetting(client: Queryable, roles: readonly string[]): Promise<void> {
  if (roles.length === 0 || !(await exists(client, SUPERSEDED))) return;
  const to = roles.map(quoted).join(', ');
  await client.query(`GRANT USAGE ON SCHEMA ${STATE_SCHEMA} TO ${to}`);
  await client.query(
    `GRANT DELETE, SELECT (key, expires_at, superseded_at) ON ${SUPERSEDED} TO ${to}`,
  );
}

async function isSomebodyElses(client: Queryable): Promise<boolean> {
  const { rowCount } = await client.query(
    "SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = $1 AND NOT pg_has_role(nspowner, 'USAGE')",
    [STATE_SCHEMA],
  );
  return rowCount === 1;
}

async function mayForget(client: Queryable): Promise<boolean> {
  const { rowCount } = await client.query(
    `SELECT 1 FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = $1 AND c.relname = 'superseded'
       AND has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'DELETE')`,
    [STATE_SCHEMA],
  );
  return rowCount === 1;
}

/** @param table `schema.table`; by the catalog, because to_regclass refuses who may not use the schema */
async function exists(client: Queryable, table: string): Promise<boolean> {
  const dot = table.lastIndexOf('.');
  const [schema, name] = [table.slice(0, dot).replaceAll('"', ''), table.slice(dot + 1)];
  const { rowCount } = await client.query(
    `SELECT 1 FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = $1 AND c.relname = $2`,
    [schema, name],
  );
  return rowCount === 1;
}

/** A schema's name as SQL: a database user's name may need quotes. */
function quoted(name: string): string {
  return pg.escapeIdentifier(name);
}

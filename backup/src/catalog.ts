// What is in a database: the tables of our schemas in an order that their foreign keys allow, their sequences, and what was
// migrated. Read from the server's catalog, so that a backup of any version's schema is whole.
import pg from 'pg';
import { STATE_SCHEMA } from '@todo/runtime/dapr-state';
import { BackupError } from './errors.ts';
import type { Manifest, SequenceInBackup, TableDefinition } from './manifest.ts';
import { PUBSUB } from './schemas.ts';

/** A table and the columns that are stored. */
export interface Table {
  readonly schema: string;
  readonly name: string;
  readonly columns: readonly string[];
}

/** Where Dapr's state was before it had a schema of its own; a table of this name still has rows of somebody. */
const FORMER_STATE = 'dapr_state_state';
/** Rows that mean nothing elsewhere: what is migrated (the manifest says it), and marks for a roll-back. */
const LEFT_OUT = ['migrations', 'dapr_state_metadata'];
/** Addresses of running processes: in another system they would be called, and are not there. */
const EPHEMERAL = [`${PUBSUB}.listeners`];

/** A table's name as SQL. */
export function quoted({ schema, name }: { schema: string; name: string }): string {
  return `${pg.escapeIdentifier(schema)}.${pg.escapeIdentifier(name)}`;
}

/** Which of the schemas are there. */
export async function existingSchemas(
  client: pg.ClientBase,
  schemas: readonly string[],
): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    'SELECT nspname AS name FROM pg_namespace WHERE nspname = ANY($1)',
    [schemas],
  );
  return rows.map(({ name }) => name).sort((a, b) => schemas.indexOf(a) - schemas.indexOf(b));
}

/**
 * The tables with rows to keep, each after those that it refers to.
 * @throws BackupError when tables refer to each other, or Dapr's state is still in its former place
 */
export async function readTables(
  client: pg.ClientBase,
  schemas: readonly string[],
): Promise<Table[]> {
  const { rows } = await client.query<{
    oid: string;
    schema: string;
    name: string;
    columns: string[];
    refersTo: string[];
  }>(
    `SELECT c.oid::text AS oid, n.nspname AS schema, c.relname AS name,
       ARRAY(SELECT attname::text FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum) AS columns,
       ARRAY(SELECT DISTINCT confrelid::text FROM pg_constraint WHERE conrelid = c.oid AND contype = 'f' AND confrelid <> conrelid) AS "refersTo"
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = ANY($1) AND c.relkind IN ('r', 'p') AND NOT c.relispartition
       -- not what an extension brought
       AND NOT EXISTS (SELECT 1 FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = c.oid AND deptype = 'e')
     ORDER BY array_position($1, n.nspname::text), c.relname`,
    [schemas],
  );
  const former = rows.find(({ schema, name }) => name === FORMER_STATE && schema !== STATE_SCHEMA);
  if (former)
    throw new BackupError(
      `${former.schema}.${former.name} holds Dapr's state in its former place. Start this version once, which moves it, and try again.`,
    );
  const waiting = new Map(rows.map((row) => [row.oid, row]));
  const ordered: Table[] = [];
  while (waiting.size > 0) {
    const next = [...waiting.values()].find((row) =>
      row.refersTo.every((other) => !waiting.has(other)),
    );
    if (!next)
      throw new BackupError(
        `These tables refer to each other, so no order can restore them: ${[...waiting.values()].map(quoted).join(', ')}.`,
      );
    waiting.delete(next.oid);
    const { schema, name, columns } = next;
    const isKept = !(schema !== STATE_SCHEMA && LEFT_OUT.includes(name));
    if (isKept && !EPHEMERAL.includes(`${schema}.${name}`)) ordered.push({ schema, name, columns });
  }
  return ordered;
}

/** What was migrated in each schema. */
export async function readMigrated(
  client: pg.ClientBase,
  schemas: readonly string[],
): Promise<Manifest['schemas']> {
  const migrated: Manifest['schemas'] = [];
  for (const name of schemas) {
    if (name === STATE_SCHEMA) {
      migrated.push({ name, migrations: [] });
      continue;
    }
    // as JSON: a table of the component's first version has no checksums
    const { rows } = await client.query<{ name: string; checksum: string | null }>(
      `SELECT name, to_jsonb(m) ->> 'checksum' AS checksum FROM ${quoted({ schema: name, name: 'migrations' })} AS m
       WHERE name NOT LIKE 'sql/%' ORDER BY name`,
    );
    migrated.push({ name, migrations: rows });
  }
  return migrated;
}

/**
 * The sequences and where they are. Not of the snapshot: read after the rows, so that none is behind them.
 */
export async function readSequences(
  client: pg.ClientBase,
  schemas: readonly string[],
): Promise<SequenceInBackup[]> {
  const { rows } = await client.query<{
    schema: string;
    name: string;
    last: string | null;
    table: string | null;
    column: string | null;
  }>(
    // last_value is null for a role that may not read the sequence, and before the first nextval
    `SELECT n.nspname AS schema, c.relname AS name, s.last_value::text AS last, t.relname AS table, a.attname AS column
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     JOIN pg_sequences s ON s.schemaname = n.nspname AND s.sequencename = c.relname
     LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0
     LEFT JOIN pg_class t ON t.oid = d.refobjid
     LEFT JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
     WHERE n.nspname = ANY($1) AND c.relkind = 'S' ORDER BY 1, 2`,
    [schemas],
  );
  return rows.map(({ schema, name, last, table, column }) => ({
    schema,
    name,
    last,
    owner: table !== null && column !== null ? { table, column } : null,
  }));
}

/** How Dapr's tables look, which it makes itself and no migration of ours. */
export async function readDefinitions(client: pg.ClientBase): Promise<TableDefinition[]> {
  const { rows } = await client.query<TableDefinition>(
    `SELECT c.relname AS name,
       (SELECT jsonb_agg(jsonb_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod),
          'notNull', a.attnotnull, 'identity', a.attidentity, 'default', pg_get_expr(d.adbin, d.adrelid)) ORDER BY a.attnum)
        FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns,
       ARRAY(SELECT a.attname::text FROM pg_index i, unnest(i.indkey) WITH ORDINALITY AS k (attnum, n), pg_attribute a
         WHERE i.indrelid = c.oid AND i.indisprimary AND a.attrelid = c.oid AND a.attnum = k.attnum ORDER BY k.n) AS "primaryKey",
       coalesce((SELECT jsonb_agg(columns) FROM (
         SELECT (SELECT jsonb_agg(a.attname ORDER BY k.n) FROM unnest(i.indkey) WITH ORDINALITY AS k (attnum, n), pg_attribute a
           WHERE a.attrelid = c.oid AND a.attnum = k.attnum) AS columns
         FROM pg_index i WHERE i.indrelid = c.oid AND NOT i.indisprimary) AS others), '[]') AS indexes
     FROM pg_class c WHERE c.relnamespace = to_regnamespace($1) AND c.relkind = 'r' ORDER BY 1`,
    [STATE_SCHEMA],
  );
  return rows;
}

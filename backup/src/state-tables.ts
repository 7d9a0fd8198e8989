// Makes the tables of Dapr's state store as the backup had them. Dapr makes them itself, at its first start; it then finds them
// there, with the version of their schema in its metadata table.
import pg from 'pg';
import { STATE_SCHEMA } from '@todo/runtime/dapr-state';
import { quoted } from './catalog.ts';
import { BackupError } from './errors.ts';
import type { TableDefinition } from './manifest.ts';

/** Types and defaults become SQL, so a file can't name any other. */
const TYPES = [
  'text',
  'bytea',
  'uuid',
  'boolean',
  'integer',
  'bigint',
  'jsonb',
  'timestamp with time zone',
];
const DEFAULTS = ['gen_random_uuid()', 'now()', 'CURRENT_TIMESTAMP', 'false', 'true'];

/** @throws BackupError for a column that this version does not know how to make */
export async function makeStateTables(
  client: pg.ClientBase,
  definitions: readonly TableDefinition[],
): Promise<void> {
  await client.query(`CREATE SCHEMA ${STATE_SCHEMA}`);
  for (const table of definitions) {
    const place = quoted({ schema: STATE_SCHEMA, name: table.name });
    const columns = table.columns.map((column) => columnOf(table.name, column));
    if (table.primaryKey.length > 0) columns.push(`PRIMARY KEY ${list(table.primaryKey)}`);
    await client.query(`CREATE TABLE ${place} (${columns.join(', ')})`);
    for (const index of table.indexes)
      await client.query(`CREATE INDEX ON ${place} ${list(index)}`);
  }
}

function columnOf(table: string, column: TableDefinition['columns'][number]): string {
  const { name, type, notNull, default: value } = column;
  if (!TYPES.includes(type) || (value !== null && !DEFAULTS.includes(value)))
    throw new BackupError(
      `${STATE_SCHEMA}.${table}.${name} is ${type} with the default ${value ?? 'null'}, which this version can't make. Restore with a later version.`,
    );
  return `${pg.escapeIdentifier(name)} ${type}${notNull ? ' NOT NULL' : ''}${value === null ? '' : ` DEFAULT ${value}`}`;
}

function list(columns: readonly string[]): string {
  return `(${columns.map((column) => pg.escapeIdentifier(column)).join(', ')})`;
}

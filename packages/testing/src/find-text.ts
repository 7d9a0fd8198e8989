// Where a text is in a database: in every table of every schema, as the catalogue lists them, so that a table which is added
// later is searched too.
import type { Pool, Queryable } from '@todo/runtime/database';
import pg from 'pg';

/** Opens a database by its address, for a test that only looks into it. The caller ends it. */
export function openDatabase(url: string): Pool {
  const pool = new pg.Pool({ connectionString: url, max: 2 });
  pool.on('error', () => undefined);
  return pool;
}

/**
 * Names the tables with a row that contains a text, also as bytes or in base64.
 * @param text of ASCII letters and digits, at least six, that nothing else contains
 * @returns `schema.table`, sorted
 */
export async function tablesWith(client: Queryable, text: string): Promise<string[]> {
  const { rows: tables } = await client.query<{ name: string; table: string }>(
    `SELECT n.nspname || '.' || c.relname AS name, format('%I.%I', n.nspname, c.relname) AS table
     FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'm') AND c.relpersistence <> 't' AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_toast'
     ORDER BY 1`,
  );
  const found: string[] = [];
  for (const { name, table } of tables) {
    const { rowCount } = await client.query(
      `SELECT 1 FROM ${table} AS searched WHERE searched::text ILIKE ANY ($1) LIMIT 1`,
      [formsOf(text).map((form) => `%${form}%`)],
    );
    if (rowCount) found.push(name);
  }
  return found;
}

/** As it is, as PostgreSQL shows bytes, and in base64 at each of the three places it can begin. */
function formsOf(text: string): string[] {
  const bytes = Buffer.from(text);
  const encoded = [0, 1, 2].map((offset) => {
    const whole = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
    // the characters that only these bytes decide
    return whole.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6));
  });
  return [
    text,
    bytes.toString('hex'),
    ...encoded.map((one) => Buffer.from(one).toString('hex')),
    ...encoded,
  ];
}

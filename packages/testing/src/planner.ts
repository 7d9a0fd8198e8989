// Makes PostgreSQL believe what a test says about its tables, and plan a statement in the way a test names: what a statement
// does must not hang on how it is planned.
import type { Pool, PoolClient } from '@todo/runtime/database';

/** What the statistics say: of a table that is empty, small or huge, or never looked at. */
export const STATISTICS = ['an empty', 'a small', 'a huge', 'a never analyzed'] as const;

/** Which joins there are; PostgreSQL avoids the others. */
export const JOINS = ['any join', 'nested loops', 'hash joins', 'merge joins'] as const;

const SETTINGS: Readonly<Record<(typeof JOINS)[number], readonly string[]>> = {
  'any join': [],
  'nested loops': [
    'enable_hashjoin',
    'enable_mergejoin',
    'enable_hashagg',
    'enable_material',
    'enable_memoize',
  ],
  'hash joins': ['enable_nestloop', 'enable_mergejoin', 'enable_indexscan', 'enable_bitmapscan'],
  'merge joins': ['enable_nestloop', 'enable_hashjoin'],
};

/**
 * Runs `work` in a transaction that sees such a world, with plans made without the statement's values. Everything is gone afterwards.
 * @param world `fill` puts so many rows into the tables, of which the statistics are made; they stay, so they must not be what
 *   the statement takes.
 */
export async function withPlanner(
  pool: Pool,
  world: {
    tables: readonly string[];
    statistics: (typeof STATISTICS)[number];
    join: (typeof JOINS)[number];
    fill: (count: number) => Promise<void>;
  },
  work: (client: PoolClient) => Promise<void>,
): Promise<void> {
  const tables = world.tables.join(', ');
  await pool.query(`TRUNCATE ${tables} CASCADE`);
  if (world.statistics === 'a huge') await world.fill(5_000);
  if (world.statistics === 'a small') await world.fill(1);
  if (world.statistics !== 'a never analyzed') await pool.query(`ANALYZE ${tables}`);
  const client = await pool.connect();
  try {
    for (const setting of SETTINGS[world.join]) await client.query(`SET ${setting} = off`);
    await client.query('SET plan_cache_mode = force_generic_plan');
    await client.query('SET jit = off');
    await work(client);
  } finally {
    await client.query('RESET ALL');
    client.release();
    await pool.query(`TRUNCATE ${tables} CASCADE`);
  }
}

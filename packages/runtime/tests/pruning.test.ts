// What nobody needs any more goes while the process runs, in small steps, and what is needed stays.
import { createTestDatabase } from '@todo/testing/test-database-client';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { createPool } from '../src/database.ts';
import type { Pool } from '../src/database.ts';
import { createLogger } from '../src/log.ts';
import { pruneRows, startPruning, type Prune } from '../src/pruning.ts';

const log = createLogger({ service: 'test', level: 'silent' });
let database: Awaited<ReturnType<typeof createTestDatabase>>;
let pool: Pool;
let pruning: { stop: () => Promise<void> } | undefined;
beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool({ url: database.url, application: 'pruning-test', log });
  await pool.query('CREATE TABLE kept (id int PRIMARY KEY, at timestamptz NOT NULL)');
});
beforeEach(() => pool.query('TRUNCATE kept'));
afterEach(() => pruning?.stop());
afterAll(async () => {
  await pool.end();
  await database.drop();
});

const old = pruneRows('kept', `at < now() - interval '3 days'`);
/** @param age in days */
const add = (from: number, to: number, age: number) =>
  pool.query(
    'INSERT INTO kept SELECT id, now() - make_interval(days => $3) FROM generate_series($1::int, $2::int) AS id',
    [from, to, age],
  );
const ids = async (): Promise<number[]> =>
  (await pool.query<{ id: number }>('SELECT id FROM kept ORDER BY id')).rows.map(({ id }) => id);

it('deletes what is old, at most so many rows at once, and says how many', async () => {
  await add(1, 25, 4);
  await add(26, 28, 2);
  expect(await old(pool, 10)).toBe(10);
  expect(await old(pool, 10)).toBe(10);
  expect(await old(pool, 10)).toBe(5);
  expect(await old(pool, 10)).toBe(0);
  expect(await ids()).toEqual([26, 27, 28]);
});

it('goes on for as long as the process runs, not only when it starts', async () => {
  await add(1, 25, 4);
  pruning = startPruning({ pool, log, prunes: { old }, everyMs: 20, rowsAtOnce: 10 });
  await expect.poll(ids).toEqual([]);
  await add(30, 55, 4);
  await add(60, 60, 1);
  await expect.poll(ids).toEqual([60]);
  await pruning.stop();
  await add(70, 71, 4);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(await ids()).toEqual([60, 70, 71]);
});

it('one that fails is logged, keeps no other from its turn, and is tried again', async () => {
  const lines: unknown[] = [];
  let fails = true;
  const failing: Prune = async () => {
    if (fails) throw new Error('canceling statement due to statement timeout');
    return await old(pool, 10);
  };
  const warn = ((fields: { table: string }) => lines.push(fields.table)) as typeof log.warn;
  const young = pruneRows('kept', 'id > 1000');
  pruning = startPruning({ pool, log: { warn }, prunes: { failing, young }, everyMs: 20 });
  await add(1, 3, 4);
  await add(1_001, 1_002, 1);
  await expect.poll(ids).toEqual([1, 2, 3]);
  expect(lines).toContain('failing');
  fails = false;
  await expect.poll(ids).toEqual([]);
});

it('several processes that prune at once delete each row once, and wait for none of them', async () => {
  await add(1, 200, 4);
  const counts = await Promise.all(Array.from({ length: 4 }, () => old(pool, 100)));
  const more = await old(pool, 1_000);
  expect(counts.reduce((sum, count) => sum + count, more)).toBe(200);
  expect(await ids()).toEqual([]);
});

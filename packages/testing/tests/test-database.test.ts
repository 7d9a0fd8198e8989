// The tests' own database server: real, fast, and nothing of a killed run stays.
import pg from 'pg';
import { expect, test } from 'vitest';
import { createTestDatabase } from '../src/test-database-client.ts';

async function ask(url: string, statement: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return ((await client.query(statement)).rows[0] as { value: unknown }).value;
  } finally {
    await client.end();
  }
}

test('each test file gets an empty database of its own on PostgreSQL 18', async () => {
  const [one, two] = [await createTestDatabase(), await createTestDatabase()];
  try {
    expect(one.url).not.toBe(two.url);
    expect(
      await ask(one.url, "SELECT current_setting('server_version_num')::int / 10000 AS value"),
    ).toBe(18);
    expect(
      await ask(
        one.url,
        "SELECT count(*)::int AS value FROM pg_class WHERE relnamespace = 'public'::regnamespace",
      ),
    ).toBe(0);
  } finally {
    await one.drop();
    await two.drop();
  }
  await expect(ask(one.url, 'SELECT 1 AS value')).rejects.toThrow(/does not exist/);
});

test.each([
  ['a table', 'CREATE TABLE stray (n int)', /stray/],
  ['a view', 'CREATE VIEW seen AS SELECT 1 AS one', /seen/],
  ['a function', "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'", /f\(\)/],
])('%s that is made without naming a schema is found out', async (_what, statement, found) => {
  const database = await createTestDatabase({ qualifiedNames: true });
  await ask(database.url, `${statement}; SELECT 1 AS value`).catch(() => undefined);
  await expect(database.drop()).rejects.toThrow(found);
});

test('what names its schema passes, and an extension that finds its own', async () => {
  const database = await createTestDatabase({ qualifiedNames: true });
  const statements = [
    'CREATE SCHEMA mine',
    'CREATE TABLE mine.things (n int)',
    'CREATE EXTENSION IF NOT EXISTS pg_trgm',
  ];
  for (const statement of statements) await ask(database.url, statement).catch(() => undefined);
  expect(await ask(database.url, 'SELECT count(*)::int AS value FROM mine.things')).toBe(0);
  await expect(ask(database.url, 'SELECT count(*) AS value FROM things')).rejects.toThrow();
  await database.drop();
});

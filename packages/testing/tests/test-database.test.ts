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

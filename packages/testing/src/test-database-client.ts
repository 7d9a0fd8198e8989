// What a test that needs PostgreSQL asks for: a database of its own on the real server that
// `test-database.ts` started, empty, and gone after the test.
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';

/** A database that only one test file uses. */
export interface TestDatabase {
  /** Its address, with superuser rights. */
  url: string;
  /** Removes it, whoever is still connected. */
  drop: () => Promise<void>;
}

/**
 * Makes an empty database on the tests' server. Call it in `beforeAll`, and `drop` in `afterAll`.
 * @throws Error if vitest runs without the global setup `packages/testing/src/test-database.ts`
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  const server = inject('databaseUrl') as string | undefined;
  if (!server) {
    throw new Error(
      'No database server for tests: run vitest from the root, with its vitest.config.ts',
    );
  }
  const name = `test_${randomBytes(8).toString('hex')}`;
  await query(server, `CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    drop: async () => {
      await query(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    },
  };
}

async function query(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

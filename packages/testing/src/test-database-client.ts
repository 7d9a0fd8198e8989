// What a test that needs PostgreSQL asks for: a database of its own on the real server that
// `test-database.ts` started, empty, and gone after the test.
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';

/** A database that only one test file uses. */
export interface TestDatabase {
  /** Its address, with superuser rights. */
  url: string;
  /** Removes it, whoever is still connected. @throws Error that names what was made without a schema, if that was forbidden */
  drop: () => Promise<void>;
}

/** Where names without a schema lead in a database made with `qualifiedNames`. */
const NOWHERE = 'made_without_a_schema';

/**
 * Makes an empty database on the tests' server. Call it in `beforeAll`, and `drop` in `afterAll`.
 * @param options `qualifiedNames`: statements must name the schema of what they make or use. PostgreSQL's search_path decides
 *   otherwise, and that depends on the user's name and on which schemas there are at that moment.
 * @throws Error if vitest runs without the global setup `packages/testing/src/test-database.ts`
 */
export async function createTestDatabase(
  options: { qualifiedNames?: boolean } = {},
): Promise<TestDatabase> {
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
  if (options.qualifiedNames) {
    await query(url.href, `CREATE SCHEMA ${NOWHERE}`);
    await query(url.href, `ALTER DATABASE ${name} SET search_path TO ${NOWHERE}`);
  }
  return {
    url: url.href,
    drop: async () => {
      const strays = options.qualifiedNames ? await madeWithoutSchema(url.href) : [];
      await query(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      if (strays.length > 0) throw new Error(`made without a schema: ${strays.join(', ')}`);
    },
  };
}

/** Relations and functions of NOWHERE; an extension's own may be there, as its user finds them by their schema. */
async function madeWithoutSchema(url: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>(
      `SELECT made.oid::regclass::text AS name FROM pg_class AS made WHERE made.relnamespace = $1::regnamespace
       UNION ALL
       SELECT made.oid::regprocedure::text FROM pg_proc AS made WHERE made.pronamespace = $1::regnamespace
         AND NOT EXISTS (SELECT 1 FROM pg_depend WHERE classid = 'pg_proc'::regclass AND objid = made.oid AND deptype = 'e')`,
      [NOWHERE],
    );
    return rows.map(({ name }) => name);
  } finally {
    await client.end();
  }
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

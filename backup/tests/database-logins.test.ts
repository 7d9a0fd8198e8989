// Each part's database login on a real PostgreSQL with every schema of the system: what it can do, and what it can't.
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { addressesOf, LOGINS, loginsToMake, roleOf } from '@todo/deploy/plan/database-logins';
import {
  giveToLogins,
  prepareLogins,
  scramVerifier,
  type DatabaseLogin,
} from '@todo/runtime/database-logins';
import { prepareDaprState } from '@todo/runtime/dapr-state';
import { createLogger } from '@todo/runtime/log';
import { createTestDatabase, type TestDatabase } from '@todo/testing/test-database-client';
import { ownedSchemas } from '../src/schemas.ts';
import { fill, withClient } from './filled-database.ts';

const SECRET = 'what passwords come from';
const log = createLogger({ service: 'test', level: 'silent' });
/** As Dapr's state store makes them at its first start, with its own login. */
const STATE_TABLES = `CREATE TABLE IF NOT EXISTS dapr_state.metadata (key text PRIMARY KEY, value text NOT NULL);
  CREATE TABLE IF NOT EXISTS dapr_state.state (key text PRIMARY KEY, value bytea NOT NULL, etag uuid NOT NULL DEFAULT gen_random_uuid(),
    created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz, expires_at timestamptz)`;

/** A database of its own with an operator's login. */
interface World {
  database: TestDatabase;
  /** The operator's address. */
  operator: { url: string; directUrl: string };
  logins: DatabaseLogin[];
  addressOf: (login: (typeof LOGINS)[number]['name']) => string;
  remove: () => Promise<void>;
}

/** @param rights of the operator's role */
async function worldWith(rights: string): Promise<World> {
  const database = await createTestDatabase();
  const name = new URL(database.url).pathname.slice(1);
  const url = new URL(database.url);
  [url.username, url.password] = [`${name}_operator`, 'operator'];
  await withClient(database.url, async (client) => {
    await client.query(`CREATE ROLE ${name}_operator LOGIN PASSWORD 'operator' ${rights}`);
    await client.query(`ALTER DATABASE ${name} OWNER TO ${name}_operator`);
    await client.query('ALTER SCHEMA public OWNER TO pg_database_owner');
  });
  const operator = { url: url.href, directUrl: url.href };
  return {
    database,
    operator,
    logins: loginsToMake(operator, SECRET),
    addressOf: (login) => addressesOf(operator, login, SECRET).url,
    remove: async () => {
      await database.drop();
      await withClient(inject('databaseUrl'), async (client) => {
        const { rows } = await client.query<{ role: string }>(
          'SELECT rolname AS role FROM pg_roles WHERE rolname LIKE $1',
          [`%${name}%`],
        );
        // made by one another, so not all go in the first round
        for (let round = 0; round < 3; round += 1)
          for (const { role } of rows)
            await client.query(`DROP ROLE IF EXISTS ${role}`).catch(() => undefined);
      });
    },
  };
}

/** SQLSTATE of what a statement fails with; undefined: it works. Changes nothing. */
async function refusal(client: pg.Client, statement: string): Promise<string | undefined> {
  await client.query('BEGIN');
  try {
    await client.query(statement);
    return undefined;
  } catch (error) {
    return (error as { code?: string }).code;
  } finally {
    await client.query('ROLLBACK');
  }
}

/** What becomes of each statement in one round trip: `allowed`, or its SQLSTATE. */
async function outcomes(client: pg.Client, statements: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  client.on('notice', ({ message }) => found.push(message ?? ''));
  const list = statements.map((statement) => pg.escapeLiteral(statement)).join(', ');
  await client.query(`DO $all$
    DECLARE statement text;
    BEGIN
      FOREACH statement IN ARRAY ARRAY[${list}] LOOP
        BEGIN
          EXECUTE statement;
          RAISE NOTICE 'allowed';
        EXCEPTION WHEN OTHERS THEN
          -- a value of the wrong type is past the question of rights
          RAISE NOTICE '%', CASE SQLSTATE WHEN '42804' THEN 'allowed' ELSE SQLSTATE END;
        END;
      END LOOP;
    END $all$`);
  return found;
}

interface Table {
  schema: string;
  name: string;
  column: string;
}

async function allTables(url: string): Promise<Table[]> {
  return await withClient(url, async (client) => {
    const { rows } = await client.query<Table>(
      `SELECT n.nspname AS schema, c.relname AS name, quote_ident(a.attname) AS column
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       JOIN LATERAL (SELECT attname FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped AND attidentity <> 'a'
         AND attgenerated = '' ORDER BY attnum LIMIT 1) a ON true
       WHERE c.relkind IN ('r', 'p', 'v') AND n.nspname = ANY ($1) AND c.relname !~ '^dapr_state_' ORDER BY 1, 2`,
      [LOGINS.map(({ schema }) => schema)],
    );
    return rows;
  });
}

/** What a login may do with a table, beside all with those of its own schema. */
const EXCEPTIONS: Readonly<Record<string, readonly string[]>> = {
  // append-only: the login adds and reads, and can't change
  'audit audit.history': ['SELECT', 'INSERT'],
  // what is left of superseded state is forgotten by the parts that keep state, who read its keys and not its values
  'backend dapr_state.superseded': ['SELECT', 'DELETE'],
  'notification dapr_state.superseded': ['SELECT', 'DELETE'],
};
const ALL = ['SELECT', 'INSERT', 'UPDATE', 'DELETE'];

/** Tries everything with every table as every login. @returns what differs from what is expected, as `login table action` */
async function differences(world: World): Promise<string[]> {
  const tables = await allTables(world.database.url);
  expect(tables.length).toBeGreaterThan(40);
  const wrong: string[] = [];
  for (const { name: login, schema } of LOGINS) {
    const tries = tables.flatMap((table) => {
      const place = `"${table.schema}"."${table.name}"`;
      const own = table.schema === schema ? ALL : [];
      const expected = EXCEPTIONS[`${login} ${table.schema}.${table.name}`] ?? own;
      const statements = {
        SELECT: `SELECT ${table.column} FROM ${place} LIMIT 0`,
        INSERT: `INSERT INTO ${place} (${table.column}) SELECT NULL WHERE false`,
        UPDATE: `UPDATE ${place} SET ${table.column} = DEFAULT WHERE false`,
        DELETE: `DELETE FROM ${place} WHERE false`,
      };
      return Object.entries(statements).map(([action, statement]) => ({
        ...{ what: `${login} ${place} ${action}`, statement },
        expected: expected.includes(action) ? 'allowed' : '42501',
      }));
    });
    const became = await withClient(world.addressOf(login), (client) =>
      outcomes(
        client,
        tries.map(({ statement }) => statement),
      ),
    );
    tries.forEach(({ what, expected }, index) => {
      if (became[index] !== expected) wrong.push(`${what}: ${String(became[index])}`);
    });
  }
  return wrong;
}

/** Brings every schema to this version, each with its part's login. */
async function migrateAsParts(world: World): Promise<void> {
  for (const schema of ownedSchemas()) {
    const login = LOGINS.find((one) => one.schema === schema.name);
    await withClient(world.addressOf(login!.name), async (client) => {
      await client.query('BEGIN');
      await schema.apply(client);
      await client.query('COMMIT');
    });
  }
  await withClient(world.addressOf('state'), (client) => client.query(STATE_TABLES));
}

async function prepare(world: World): Promise<string> {
  await prepareDaprState({ url: world.operator.directUrl, log });
  const used = await prepareLogins({ url: world.operator.directUrl, logins: world.logins, log });
  return used.kind === 'one' ? `one: ${used.why}` : used.kind;
}

describe('a new database', () => {
  let world: World;
  beforeAll(async () => {
    world = await worldWith('CREATEROLE');
    expect(await prepare(world)).toBe('one per part');
    await migrateAsParts(world);
  });
  afterAll(() => world.remove());

  test('each login reads and writes its own tables and no others', async () => {
    expect(await differences(world)).toEqual([]);
  });

  test('the history is append-only for the audit login too', async () => {
    await withClient(world.addressOf('audit'), async (client) => {
      await client.query(
        `INSERT INTO audit.history (event_source, event_id, type, user_id, at, data) VALUES ('s', 'e', 't', 'u', now(), '{}')`,
      );
      for (const statement of ['TRUNCATE audit.history', "UPDATE audit.history SET type = 'x'"])
        expect(await refusal(client, statement)).toBe('42501');
      await client.query("SELECT audit.erase_person('u')");
      expect((await client.query('SELECT user_id FROM audit.history')).rows).toEqual([
        { user_id: 'erased' },
      ]);
    });
  });

  test('no login makes roles, schemas or databases, calls others’ functions or becomes another', async () => {
    const functions = ["dapr_pubsub.key_hash('a')", "audit.erase_person('u')"];
    for (const { name } of LOGINS)
      await withClient(world.addressOf(name), async (client) => {
        const forbidden = [
          'CREATE ROLE somebody',
          'CREATE SCHEMA mine',
          'CREATE TABLE public.mine (a int)',
          ...LOGINS.filter((other) => other.name !== name).flatMap(({ name: other, schema }) => [
            `CREATE TABLE ${schema}.mine (a int)`,
            `SET ROLE ${roleOf(new URL(world.operator.url).pathname.slice(1), other)}`,
            `DROP SCHEMA ${schema} CASCADE`,
          ]),
          ...functions
            .filter((call) => !call.startsWith(LOGINS.find((one) => one.name === name)!.schema))
            .map((call) => `SELECT ${call}`),
        ];
        for (const statement of forbidden)
          expect([name, statement, await refusal(client, statement)]).toEqual([
            name,
            statement,
            '42501',
          ]);
      });
  });

  test('again, by several at once, it changes nothing', async () => {
    const owners = `SELECT n.nspname, c.relname, pg_get_userbyid(c.relowner) AS owner FROM pg_class c
      JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname !~ '^pg_' ORDER BY 1, 2`;
    const before = await withClient(world.database.url, (client) => client.query(owners));
    expect(await Promise.all([prepare(world), prepare(world), prepare(world)])).toEqual(
      Array(3).fill('one per part'),
    );
    const after = await withClient(world.database.url, (client) => client.query(owners));
    expect(after.rows).toEqual(before.rows);
    await migrateAsParts(world);
  });
});

describe.each([
  ['a login that may create roles', 'CREATEROLE'],
  ['a superuser', 'SUPERUSER'],
])('a database of the version with one login, %s', (_name, rights) => {
  let world: World;
  beforeAll(async () => {
    world = await worldWith(rights);
    await withClient(world.operator.url, async (client) => {
      await client.query('BEGIN');
      for (const schema of ownedSchemas()) await schema.apply(client);
      await client.query('COMMIT');
      await client.query('CREATE SCHEMA dapr_state');
      await client.query(STATE_TABLES);
      await client.query("INSERT INTO dapr_state.state (key, value) VALUES ('k', 'v')");
      // of the version before that one
      await client.query(
        'CREATE TABLE public.dapr_state_state (LIKE dapr_state.state INCLUDING ALL)',
      );
      await client.query("INSERT INTO public.dapr_state_state (key, value) VALUES ('k', 'older')");
      await fill(client);
    });
  });
  afterAll(() => world.remove());

  test('goes to the new logins while the former one works on, also in the middle of a transaction', async () => {
    await withClient(world.operator.url, async (former) => {
      // holds up the first tries
      await former.query('BEGIN');
      await former.query('UPDATE todo.users SET locale = locale');
      const prepared = prepare(world);
      await expect
        .poll(async () => {
          const { rowCount } = await withClient(world.database.url, (client) =>
            client.query("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"),
          );
          return (rowCount ?? 0) > 0;
        })
        .toBe(true);
      await former.query('COMMIT');
      expect(await prepared).toBe('one per part');
      await former.query(`INSERT INTO todo.users (id, zone, locale) VALUES ('u9', 'UTC', 'en')`);
      await former.query("UPDATE public.dapr_state_state SET value = 'new' WHERE key = 'k'");
      const { rows } = await former.query(
        "SELECT value::text FROM dapr_state.state WHERE key = 'k'",
      );
      expect(rows).toEqual([{ value: `\\x${Buffer.from('new').toString('hex')}` }]);
    });
    expect(await differences(world)).toEqual([]);
  });

  test('goes back: the former login migrates and makes tables, and the next deploy hands them over', async () => {
    await withClient(world.operator.url, async (former) => {
      await former.query('BEGIN');
      for (const schema of ownedSchemas()) await schema.apply(former);
      await former.query('CREATE TABLE todo.of_the_former_login (a int)');
      await former.query('CREATE FUNCTION todo.of_it(a int) RETURNS int LANGUAGE sql RETURN a');
      await former.query("CREATE TYPE todo.kind AS ENUM ('a')");
      await former.query('COMMIT');
    });
    await withClient(world.addressOf('backend'), async (client) => {
      expect(await refusal(client, 'SELECT * FROM todo.of_the_former_login')).toBe('42501');
    });
    expect(await prepare(world)).toBe('one per part');
    await withClient(world.addressOf('backend'), async (client) => {
      for (const what of [
        'TABLE todo.of_the_former_login',
        'FUNCTION todo.of_it',
        'TYPE todo.kind',
      ])
        expect(await refusal(client, `DROP ${what}`)).toBeUndefined();
    });
    expect(await differences(world)).toEqual([]);
  });

  test('what is left of superseded state is forgotten by the parts that keep state', async () => {
    await withClient(world.addressOf('backend'), async (client) => {
      expect(await refusal(client, 'SELECT value FROM dapr_state.superseded')).toBe('42501');
      await client.query("DELETE FROM dapr_state.superseded WHERE key = 'k'");
    });
    await prepareDaprState({ url: world.addressOf('notification'), log });
    await prepareDaprState({ url: world.addressOf('recurring'), log });
  });

  test('after a restore, as the operator, each part owns what is its own', async () => {
    await withClient(world.operator.url, async (client) => {
      await client.query('BEGIN');
      const schemas = ownedSchemas().map(({ name }) => name);
      await client.query(`DROP SCHEMA ${schemas.join(', ')} CASCADE`);
      for (const schema of ownedSchemas()) await schema.apply(client);
      await giveToLogins(client, world.logins);
      await client.query('COMMIT');
    });
    expect(await differences(world)).toEqual([]);
  });
});

describe('where there can be one login only', () => {
  test('a login that may create no roles goes on as before, and the reason is given', async () => {
    const world = await worldWith('');
    try {
      const name = new URL(world.operator.url).username;
      expect(await prepare(world)).toBe(`one: the login ${name} may not create roles`);
      await withClient(world.operator.url, async (client) => {
        await client.query('BEGIN');
        for (const schema of ownedSchemas()) await schema.apply(client);
        // a restore asks for the same
        await giveToLogins(client, world.logins);
        await client.query('COMMIT');
      });
    } finally {
      await world.remove();
    }
  });

  test('roles of the same names that belong to somebody else are left alone', async () => {
    const world = await worldWith('CREATEROLE');
    try {
      const role = roleOf(new URL(world.operator.url).pathname.slice(1), 'web');
      await withClient(world.database.url, (client) =>
        client.query(`CREATE ROLE ${role} LOGIN PASSWORD 'theirs'`),
      );
      expect(await prepare(world)).toMatch(/^one: permission denied/);
      const theirs = new URL(world.operator.url);
      [theirs.username, theirs.password] = [role, 'theirs'];
      await withClient(theirs.href, (client) => client.query('SELECT 1'));
    } finally {
      await world.remove();
    }
  });

  test('an address that does not take the new logins, as a pooler with a list of its own, is named', async () => {
    const world = await worldWith('CREATEROLE');
    try {
      const logins = world.logins.map((login) => ({
        ...login,
        url: login.url.replace(/:[^:@]+@/, ':another@'),
      }));
      // as a pooler does that knows another password
      await prepareDaprState({ url: world.operator.directUrl, log });
      const directUrl = world.operator.directUrl;
      const used = await prepareLogins({
        url: directUrl,
        logins: logins.map((login, index) => ({ ...login, directUrl: world.logins[index]!.url })),
        log,
      });
      expect(used.kind === 'one' && used.why).toMatch(/refuses the login/);
    } finally {
      await world.remove();
    }
  });
});

test('the verifier is the one PostgreSQL makes of the same password, salt and count', async () => {
  const url = inject('databaseUrl');
  await withClient(url, async (client) => {
    await client.query('BEGIN');
    await client.query("SET LOCAL password_encryption = 'scram-sha-256'");
    await client.query("CREATE ROLE verifier_of_this_test PASSWORD 'a-Password_1'");
    const { rows } = await client.query<{ verifier: string }>(
      "SELECT rolpassword AS verifier FROM pg_authid WHERE rolname = 'verifier_of_this_test'",
    );
    await client.query('ROLLBACK');
    const made = rows[0]!.verifier;
    const [, iterations, salt] = /^SCRAM-SHA-256\$(\d+):([^$]+)\$/.exec(made)!;
    expect(scramVerifier('a-Password_1', Buffer.from(salt!, 'base64'), Number(iterations))).toBe(
      made,
    );
  });
});

describe('names and addresses', () => {
  const of = (url: string, login: Parameters<typeof addressesOf>[1]) =>
    new URL(addressesOf({ url, directUrl: url }, login, SECRET).url);
  test('a role is named after the database, and fits', () => {
    expect(roleOf('todo', 'web')).toBe('todo_web');
    expect(roleOf('todo', 'pubsub-postgresql')).toBe('todo_pubsub_postgresql');
    expect(roleOf('d'.repeat(63), 'notification')).toHaveLength(63);
  });
  test.each([
    'postgres://u:p@h/todo',
    'postgresql://u:p%40@h:6432/todo?sslmode=require',
    'postgres://u@h:1/my%20db',
  ])('host, database and options stay: %s', (url) => {
    const [was, is] = [new URL(url), of(url, 'audit')];
    expect([is.protocol, is.host, is.pathname, is.search]).toEqual([
      was.protocol,
      was.host,
      was.pathname,
      was.search,
    ]);
    expect(decodeURIComponent(is.username)).toMatch(/_audit$/);
    expect(is.password).not.toBe(was.password);
  });
});

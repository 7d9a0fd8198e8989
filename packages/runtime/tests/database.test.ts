import { execFileSync } from 'node:child_process';
import { createTestDatabase } from '@todo/testing/test-database-client';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPool, identifier, withTransaction } from '../src/database.ts';
import type { Pool, PoolClient } from '../src/database.ts';
import { databaseCheck } from '../src/health.ts';
import { createLogger } from '../src/log.ts';

const log = createLogger({ service: 'test', level: 'silent' });

describe('database access', () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  let pool: Pool;
  let admin: pg.Client;
  beforeAll(async () => {
    database = await createTestDatabase();
    pool = createPool({ url: database.url, application: 'under-test', max: 3, log });
    admin = new pg.Client({ connectionString: database.url });
    await admin.connect();
    await admin.query('CREATE TABLE days (id bigint, day date)');
  });
  afterAll(async () => {
    await pool.end();
    await admin.end();
    await database.drop();
  });
  const CUT_ALL = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'under-test'`;
  const cutAll = () => admin.query(CUT_ALL);
  // By another process while this one stands still: the pool can't know yet that its connections are gone.
  const cutAllUnseen = () =>
    execFileSync(process.execPath, [
      '--input-type=module',
      '-e',
      `import pg from 'pg';
       const client = new pg.Client({ connectionString: process.argv[1] });
       await client.connect();
       await client.query(process.argv[2]);
       await client.end();`,
      database.url,
      CUT_ALL,
    ]);

  it('C03: idle connections cut by the server end nothing, and the next transaction works', async () => {
    await Promise.all([1, 2, 3].map(() => pool.query('SELECT pg_sleep(0.05)')));
    expect(pool.idleCount).toBe(3);
    cutAllUnseen();
    await expect(
      withTransaction(
        pool,
        async (client) => (await client.query<{ one: number }>('SELECT 1 AS one')).rows,
      ),
    ).resolves.toEqual([{ one: 1 }]);
  });

  it('a transaction that failed commits nothing and does not poison the pool', async () => {
    for (let round = 0; round < 5; round += 1) {
      await expect(
        withTransaction(pool, async (client) => {
          await client.query('INSERT INTO days (id) VALUES (1)');
          await client.query('SELECT 1/0');
        }),
      ).rejects.toThrow('division by zero');
    }
    expect((await pool.query('SELECT * FROM days')).rows).toEqual([]);
  });

  describe('a transaction whose work swallows a database error is not told as done', () => {
    const rows = async () =>
      (await admin.query<{ id: string }>('SELECT id FROM days WHERE id >= 100')).rows;
    const swallow =
      (statement: string, values: unknown[] = []) =>
      (client: PoolClient) =>
        client.query(statement, values).catch(() => undefined);

    it.each<[string, (client: PoolClient) => Promise<unknown>]>([
      ['a division by zero', swallow('SELECT 1/0')],
      ['a value that does not fit', swallow('INSERT INTO days (id) VALUES ($1)', ['x'])],
      ['a table that is not there', swallow('SELECT * FROM not_there')],
      ['an error raised by the database', swallow(`DO $$ BEGIN RAISE EXCEPTION 'no'; END $$`)],
      [
        'one of several that were not waited for one by one',
        (client) =>
          Promise.allSettled([
            client.query('INSERT INTO days (id) VALUES (101)'),
            client.query('SELECT 1/0'),
            client.query('INSERT INTO days (id) VALUES (102)'),
          ]),
      ],
    ])('%s', async (_what, fail) => {
      const work = withTransaction(pool, async (client) => {
        await client.query('INSERT INTO days (id) VALUES (100)');
        await fail(client);
        return 'done';
      });
      await expect(work).rejects.toThrow(/rolled back/);
      expect(await rows()).toEqual([]);
    });

    it('what failed first is the cause', async () => {
      const error: unknown = await withTransaction(pool, async (client) => {
        await swallow('SELECT 1/0')(client);
        await swallow('SELECT 2')(client); // refused only because of the one before
      }).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ cause: { code: '22012' } });
    });

    it('an error behind a savepoint is the work’s own business', async () => {
      await withTransaction(pool, async (client) => {
        await client.query('INSERT INTO days (id) VALUES (100)');
        await client.query('SAVEPOINT before');
        await swallow('SELECT 1/0')(client);
        await client.query('ROLLBACK TO SAVEPOINT before');
      });
      expect(await rows()).toEqual([{ id: '100' }]);
      await admin.query('DELETE FROM days WHERE id >= 100');
    });

    it('a work that ended the transaction by itself is told, and the connection is good again', async () => {
      const ended = withTransaction(pool, async (client) => {
        await client.query('INSERT INTO days (id) VALUES (100)');
        await client.query('ROLLBACK');
      });
      await expect(ended).rejects.toThrow();
      expect(await rows()).toEqual([]);
    });
  });

  it('a connection cut in the middle of a transaction fails it and leaves nothing', async () => {
    const cut = withTransaction(pool, async (client) => {
      await client.query('INSERT INTO days (id) VALUES (2)');
      await cutAll();
      await client.query('SELECT 1');
    });
    await expect(cut).rejects.toThrow();
    expect((await pool.query('SELECT * FROM days')).rows).toEqual([]);
  });

  it('C11: a bigint arrives digit for digit, a date as the same day', async () => {
    await pool.query(`INSERT INTO days VALUES (6988425757655564289, '2027-05-10')`);
    expect((await pool.query('SELECT * FROM days')).rows).toEqual([
      { id: '6988425757655564289', day: '2027-05-10' },
    ]);
  });

  it('readiness: proved by use, asked only while the last use failed', async () => {
    const away = createPool({ url: 'postgres://u@127.0.0.1:1/none', application: 'away', log });
    const awayCheck = databaseCheck(away);
    expect(await awayCheck()).toContain('unreachable');
    const watched = createPool({ url: database.url, application: 'watched', log });
    const check = databaseCheck(watched);
    expect(await check()).toBeUndefined();
    await admin.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'watched'`,
    );
    await expect.poll(() => watched.totalCount).toBe(0);
    expect(await check()).toBeUndefined();
    expect(watched.totalCount).toBe(0); // it did not ask
    await Promise.all([away.end(), watched.end()]);
  });

  it('readiness: a check reads the pool’s use and leaves the pool as it is', async () => {
    const watched = createPool({ url: database.url, application: 'left-alone', log });
    const calls = (): unknown[] => [Reflect.get(watched, 'query'), Reflect.get(watched, 'connect')];
    const [query, connect] = calls();
    await watched.query('SELECT 1'); // before there is a check
    const check = databaseCheck(watched);
    expect(calls()[0]).toBe(query);
    expect(calls()[1]).toBe(connect);
    await watched.end(); // a question would fail now
    expect(await check()).toBeUndefined();
  });

  it('only plain names become SQL identifiers', () => {
    expect(identifier('todo')).toBe('"todo"');
    expect(() => identifier('a"; DROP TABLE x')).toThrow();
  });
});

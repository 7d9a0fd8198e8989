import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createTestDatabase } from '@todo/testing/test-database-client';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createLogger } from '../src/log.ts';
import { migrate, readMigrations } from '../src/migrate.ts';

const log = createLogger({ service: 'test', level: 'silent' });
const migrations = [
  { name: '001-things', sql: 'CREATE TABLE {schema}.things (id int PRIMARY KEY)' },
  { name: '002-names', sql: 'ALTER TABLE {schema}.things ADD COLUMN name text' },
];

describe('migrate', () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  let client: pg.Client;
  beforeAll(async () => {
    database = await createTestDatabase();
    client = new pg.Client({ connectionString: database.url });
    await client.connect();
  });
  afterAll(async () => {
    await client.end();
    await database.drop();
  });

  const sleeping = async () =>
    (
      await client.query(
        `SELECT 1 FROM pg_stat_activity WHERE application_name = 'migrate killed' AND query LIKE '%pg_sleep%'`,
      )
    ).rowCount;

  it('C06: eight starters at once apply each migration once, and none fails', async () => {
    for (let round = 0; round < 10; round += 1) {
      const options = { url: database.url, schema: `round_${round}`, migrations, log };
      const applied = await Promise.all(Array.from({ length: 8 }, () => migrate(options)));
      expect(applied.flat()).toEqual(['001-things', '002-names']);
    }
  });

  it('C06: a starter killed in the middle leaves nothing, and another takes over', async () => {
    const slow = [...migrations, { name: '003-slow', sql: 'SELECT pg_sleep(30)' }];
    const kill = new AbortController();
    const killed = migrate({
      url: database.url,
      schema: 'killed',
      migrations: slow,
      log,
      signal: kill.signal,
    });
    const failed = expect(killed).rejects.toThrow();
    await expect.poll(sleeping).toBe(1);
    kill.abort(new Error('killed'));
    await client.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'migrate killed'`,
    );
    await failed;
    const applied = await migrate({ url: database.url, schema: 'killed', migrations, log });
    expect(applied).toEqual(['001-things', '002-names']);
    const { rows } = await client.query(`SELECT count(*)::int AS n FROM killed.things`);
    expect(rows).toEqual([{ n: 0 }]);
  });

  it('a failed migration leaves no half of it', async () => {
    const broken = [{ name: '001-broken', sql: 'CREATE TABLE {schema}.half (id int); SELECT 1/0' }];
    await expect(
      migrate({ url: database.url, schema: 'broken', migrations: broken, log }),
    ).rejects.toThrow('division by zero');
    const { rows } = await client.query(`SELECT to_regclass('broken.half') AS half`);
    expect(rows).toEqual([{ half: null }]);
  });

  it('refuses a migration that was edited after it was applied', async () => {
    const options = { url: database.url, schema: 'edited', log };
    await migrate({ ...options, migrations });
    await expect(
      migrate({ ...options, migrations: [{ name: '001-things', sql: 'SELECT 1' }] }),
    ).rejects.toThrow('001-things');
  });

  it('an older version starts on a newer schema', async () => {
    const options = { url: database.url, schema: 'newer', log };
    await migrate({ ...options, migrations });
    await expect(migrate({ ...options, migrations: migrations.slice(0, 1) })).resolves.toEqual([]);
  });
});

describe('readMigrations', () => {
  it('refuses two files with one number', () => {
    const folder = mkdtempSync(join(tmpdir(), 'migrations-'));
    onTestFinished(() => {
      rmSync(folder, { recursive: true });
    });
    const put = (name: string): void => {
      writeFileSync(join(folder, name), 'SELECT 1');
    };
    put('001-first.sql');
    put('002-names.sql');
    const url = pathToFileURL(`${folder}/`);
    expect(readMigrations(url).map(({ name }) => name)).toEqual(['001-first', '002-names']);
    put('002-colours.sql');
    expect(() => readMigrations(url)).toThrow('002-names.sql has the number of another migration');
  });
});

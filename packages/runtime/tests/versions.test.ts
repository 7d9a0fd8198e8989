// The deploy history: which versions ran, and since when.
import { createTestDatabase } from '@todo/testing/test-database-client';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createPool } from '../src/database.ts';
import type { Pool } from '../src/database.ts';
import { createLogger } from '../src/log.ts';
import { migrate } from '../src/migrate.ts';
import { noteVersion, startedVersions, versionMigrations } from '../src/versions.ts';

const log = createLogger({ service: 'test', level: 'silent' });
let database: Awaited<ReturnType<typeof createTestDatabase>>;
let pool: Pool;
beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool({ url: database.url, application: 'versions-test', log });
  await migrate({ url: database.url, schema: 'versions', migrations: versionMigrations, log });
});
beforeEach(() => pool.query('DELETE FROM versions.versions'));
afterAll(async () => {
  await pool.end();
  await database.drop();
});
const names = async (): Promise<string[]> =>
  (await startedVersions(pool, 'versions')).map(({ version }) => version);

it('has each version once, newest first, with the moment it began', async () => {
  for (const version of ['1.0.0', '1.0.0', '1.1.0', '1.1.0', '1.0.0'])
    await noteVersion(pool, 'versions', version);
  const started = await startedVersions(pool, 'versions');
  expect(started.map(({ version }) => version)).toEqual(['1.0.0', '1.1.0', '1.0.0']);
  const moments = started.map(({ since }) => Date.parse(since));
  expect([...moments].sort((a, b) => b - a)).toEqual(moments);
  expect(moments.every((moment) => Math.abs(moment - Date.now()) < 3_600_000)).toBe(true);
});

it('has a version once, however many replicas start with it at the same moment', async () => {
  await noteVersion(pool, 'versions', 'old');
  await Promise.all(Array.from({ length: 12 }, () => noteVersion(pool, 'versions', 'new')));
  expect(await names()).toEqual(['new', 'old']);
});

it('keeps the newest twenty', async () => {
  for (let n = 0; n < 90; n += 1) await noteVersion(pool, 'versions', `v${n}`);
  const kept = await names();
  expect(kept).toHaveLength(20);
  expect(kept.slice(0, 2)).toEqual(['v89', 'v88']);
  const { rows } = await pool.query('SELECT 1 FROM versions.versions');
  expect(rows.length).toBeLessThanOrEqual(40);
});

it('is empty before the first', async () => {
  expect(await names()).toEqual([]);
});

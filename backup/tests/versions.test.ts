// A backup of an older version ends with this version's schema; one of a newer version changes nothing and says so.
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '@todo/local/data-folder';
import { createTestDatabase, type TestDatabase } from '@todo/testing/test-database-client';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { writeArchiveFile } from '../src/archive/write-archive.ts';
import { restoreBackup } from '../src/restore-backup.ts';
import { ownedSchemas } from '../src/schemas.ts';
import { takeBackup } from '../src/take-backup.ts';
import { copyOf, databaseWithSchemas, schemasOf, withClient } from './filled-database.ts';

// Databases and scrypt take their time on a busy machine.
vi.setConfig({ testTimeout: 180_000 });

let folder: string;
const databases: TestDatabase[] = [];
/** Of this version, empty. */
let current: string;
beforeAll(async () => {
  const database = await databaseWithSchemas();
  databases.push(database);
  current = database.url;
  folder = await mkdtemp(join(tmpdir(), 'todo-versions-'));
});
afterAll(async () => {
  await Promise.all(databases.map((database) => database.drop()));
  await rm(folder, { recursive: true });
});

let files = 0;
async function backupOf(url: string): Promise<string> {
  const file = join(folder, `${++files}.backup`);
  await writeArchiveFile(file, undefined, (add) =>
    takeBackup({ url, version: '9.8.7', encrypted: false }, add),
  );
  return file;
}

async function empty(): Promise<string> {
  const database = await createTestDatabase();
  databases.push(database);
  return database.url;
}

test('every service with migrations is in a backup', () => {
  const services = readdirSync(join(ROOT, 'services')).filter((name) =>
    existsSync(join(ROOT, 'services', name, 'migrations')),
  );
  const schemas = ownedSchemas().map(({ name }) => name);
  // and the web app
  expect(schemas).toHaveLength(services.length + 1);
  for (const service of services.filter((name) => name !== 'backend' && !name.includes('-')))
    expect(schemas).toContain(service);
});

test('an older backup is migrated forward, with its rows', async () => {
  const old = await databaseWithSchemas([
    'todo 007-zone-since',
    'todo 010-successors',
    'todo 009-change-trace',
    'notification 003-unread',
    'audit 002-append-only-by-privilege',
  ]);
  databases.push(old);
  await withClient(old.url, (client) =>
    client.query(`
      INSERT INTO todo.users (id, zone, locale) VALUES ('u1', 'UTC', 'en');
      INSERT INTO todo.changes (user_id, seq, type, data, at) VALUES ('u1', 1, 't', '{}', now());
      INSERT INTO audit.history (event_source, event_id, type, user_id, at, data) VALUES ('s', '1', 't', 'u1', now(), '{}')`),
  );
  const target = await empty();
  await restoreBackup({ url: target, file: await backupOf(old.url), secret: undefined });
  await withClient(target, async (client) => {
    for (const schema of ownedSchemas()) {
      const { rows } = await client.query<{ name: string }>(
        `SELECT name FROM ${schema.name}.migrations WHERE name NOT LIKE 'sql/%'`,
      );
      expect(new Set(rows.map(({ name }) => name)), schema.name).toEqual(
        new Set(schema.known.keys()),
      );
    }
    const changes = await client.query('SELECT seq, traceparent FROM todo.changes');
    expect(changes.rows).toEqual([{ seq: '1', traceparent: null }]);
    expect((await client.query('SELECT 1 FROM audit.history')).rowCount).toBe(1);
    // functions of the log are there
    await client.query("SELECT dapr_pubsub.publish('t', '{}')");
  });
});

test.each([
  [
    'a later migration',
    `INSERT INTO todo.migrations (name, checksum) VALUES ('999-later', repeat('0', 64))`,
    /version 9\.8\.7.*migration 999-later of todo/,
  ],
  [
    'another text of a migration',
    `UPDATE audit.migrations SET checksum = repeat('1', 64) WHERE name = '001-history'`,
    /migration 001-history of audit/,
  ],
  [
    'a later migration of the log',
    `INSERT INTO dapr_pubsub.migrations (name, checksum) VALUES ('0002_more.sql', repeat('0', 64))`,
    /migration 0002_more\.sql of dapr_pubsub/,
  ],
  [
    "a column of Dapr's state that this version can't make",
    'ALTER TABLE dapr_state.state ADD COLUMN place point',
    /dapr_state\.state\.place is point/,
  ],
])('a backup with %s is refused, and nothing is changed', async (_what, change, message) => {
  const newer = await copyOf(current);
  databases.push(newer);
  await withClient(newer.url, (client) => client.query(change));
  const target = await empty();
  await expect(
    restoreBackup({ url: target, file: await backupOf(newer.url), secret: undefined }),
  ).rejects.toThrow(message);
  expect(await schemasOf(target)).toEqual([]);
});

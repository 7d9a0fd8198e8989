// What is backed up is there after a restore, row for row, and an archive that is not whole changes nothing.
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '@todo/testing/test-database-client';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { verifyArchive } from '../src/archive/read-archive.ts';
import { writeArchiveFile } from '../src/archive/write-archive.ts';
import { restoreBackup } from '../src/restore-backup.ts';
import { takeBackup } from '../src/take-backup.ts';
import {
  contentOf,
  copyOf,
  databaseWithSchemas,
  fill,
  schemasOf,
  withClient,
} from './filled-database.ts';

const SECRET = 'a secret of more than sixteen characters';
// Each makes databases, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 180_000 });

let folder: string;
const databases: TestDatabase[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'todo-backup-'));
  const database = await databaseWithSchemas();
  databases.push(database);
  template = database.url;
  await withClient(template, fill);
});
afterAll(async () => {
  await Promise.all(databases.map((database) => database.drop()));
  await rm(folder, { recursive: true });
});

let template: string;
async function filled(): Promise<string> {
  const database = await copyOf(template);
  databases.push(database);
  return database.url;
}

async function empty(): Promise<string> {
  const database = await createTestDatabase();
  databases.push(database);
  return database.url;
}

let files = 0;
async function backupOf(url: string, secret?: string): Promise<string> {
  const file = join(folder, `${++files}.backup`);
  await writeArchiveFile(file, secret, (add) =>
    takeBackup({ url, version: '0.1.0', encrypted: secret !== undefined }, add),
  );
  return file;
}

describe('a restore', () => {
  test('gives every row and sequence back, from an encrypted file', async () => {
    const secret = SECRET;
    const [source, target] = [await filled(), await empty()];
    const file = await backupOf(source, secret);
    await restoreBackup({ url: target, file, secret });
    const [before, after] = [await contentOf(source), await contentOf(target)];
    for (const one of [before, after]) {
      // a lease ends, as its relay is gone
      one['todo.outbox'] = one['todo.outbox']!.map((row) => row.replace(/,[^,]*,[^,]*\)$/, ')'));
    }
    expect(Object.keys(after)).toEqual(Object.keys(before));
    expect(after).toEqual(before);
    await withClient(target, async (client) => {
      const leases = await client.query('SELECT 1 FROM todo.outbox WHERE lease_until IS NOT NULL');
      expect(leases.rowCount).toBe(0);
      const next = await client.query<{ id: string }>(
        `INSERT INTO audit.history (event_source, event_id, type, user_id, at, data) VALUES ('s', 'next', 't', 'u1', now(), '{}') RETURNING id`,
      );
      expect(next.rows[0]!.id).toBe('8');
      await expect(client.query('DELETE FROM audit.history')).rejects.toThrow(/append-only/);
      const chain = await client.query('SELECT 1 FROM audit.history WHERE link IS NOT NULL');
      expect(chain.rowCount).toBe(8);
      expect((await client.query('SELECT audit.broken_links()')).rows).toEqual([]);
      // triggers work again
      await expect(
        client.query("INSERT INTO todo.users (id, zone, locale) VALUES ('u3', 'UTC', 'en')"),
      ).rejects.toThrow(/erased/);
      const message = await client.query<{ id: string }>(
        "SELECT nextval('dapr_pubsub.message_id') AS id",
      );
      expect(message.rows[0]!.id).toBe('10');
    });
  });

  test('refuses a database with data, unless it may replace it', async () => {
    const [source, target] = [await filled(), await filled()];
    const file = await backupOf(source);
    await withClient(target, (client) => client.query("UPDATE todo.users SET locale = 'fr'"));
    const before = await contentOf(target);
    await expect(restoreBackup({ url: target, file, secret: undefined })).rejects.toThrow(
      /not empty.*todo.*--replace/,
    );
    expect(await contentOf(target)).toEqual(before);
    await restoreBackup({ url: target, file, secret: undefined, replace: true });
    expect((await contentOf(target))['todo.users']).toEqual(
      (await contentOf(source))['todo.users'],
    );
  });

  test('refuses a database that something uses, and names it', async () => {
    const [source, target] = [await filled(), await empty()];
    const file = await backupOf(source);
    const user = new pg.Client({ connectionString: target, application_name: 'todo-backend' });
    await user.connect();
    await expect(restoreBackup({ url: target, file, secret: undefined })).rejects.toThrow(
      /in use by todo-backend/,
    );
    await user.end();
    expect(await schemasOf(target)).toEqual([]);
  });

  test('that is cut off leaves nothing, and what was there with --replace', async () => {
    const [source, fresh, used] = [await filled(), await empty(), await filled()];
    const file = await backupOf(source);
    const before = await contentOf(used);
    for (const [url, replace, cutAfter] of [
      [fresh, false, 'dapr_pubsub.cursors'],
      [used, true, 'todo.tasks'],
    ] as const) {
      const server = new URL(url);
      server.pathname = '/postgres';
      const cut: Promise<unknown>[] = [];
      const restored = restoreBackup({
        ...{ url, file, replace, secret: undefined },
        onTable: ({ schema, name }) => {
          if (`${schema}.${name}` !== cutAfter) return;
          cut.push(
            withClient(server.href, (client) =>
              client.query(
                `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1`,
                [new URL(url).pathname.slice(1)],
              ),
            ),
          );
        },
      });
      await expect(restored).rejects.toThrow();
      expect(cut).toHaveLength(1);
      await Promise.all(cut);
    }
    expect(await schemasOf(fresh)).toEqual([]);
    expect(await contentOf(used)).toEqual(before);
  });

  test('ends sessions, tokens and devices of everybody when asked, and keeps passwords and tasks', async () => {
    const [source, target] = [await filled(), await empty()];
    const file = await backupOf(source);
    await restoreBackup({ url: target, file, secret: undefined, signOut: 'everybody' });
    const after = await contentOf(target);
    expect(after['auth.session']).toEqual([]);
    expect(after['auth.jwks']).toEqual([]);
    expect(after['notification.push_subscriptions']).toEqual([]);
    expect(after['auth.user']).toHaveLength(2);
    expect(after['todo.tasks']).toHaveLength(500);
    await withClient(target, async (client) => {
      const valid = await client.query('SELECT 1 FROM todo.access_tokens WHERE revoked_at IS NULL');
      expect(valid.rowCount).toBe(0);
    });
  });

  test.each(['CREATEROLE', 'NOCREATEROLE'])(
    'works as a role with %s that owns the database, and the history stays append-only',
    async (right) => {
      const [source, target] = [await filled(), await empty()];
      const file = await backupOf(source);
      const name = new URL(target).pathname.slice(1);
      const role = `role_${name}`;
      await withClient(target, (client) =>
        client.query(
          `CREATE ROLE ${role} LOGIN ${right} PASSWORD 'pw'; ALTER DATABASE ${name} OWNER TO ${role}`,
        ),
      );
      const url = new URL(target);
      [url.username, url.password] = [role, 'pw'];
      try {
        await restoreBackup({ url: url.href, file, secret: undefined });
        // and once more, over itself
        if (right === 'CREATEROLE')
          await restoreBackup({ url: url.href, file, secret: undefined, replace: true });
        await withClient(url.href, async (client) => {
          const next = await client.query<{ id: string }>(
            `INSERT INTO audit.history (event_source, event_id, type, user_id, at, data) VALUES ('s', 'next', 't', 'u1', now(), '{}') RETURNING id`,
          );
          expect(next.rows[0]!.id).toBe('8');
          await expect(client.query('DELETE FROM audit.history')).rejects.toThrow();
          expect((await client.query('SELECT audit.broken_links()')).rows).toEqual([]);
        });
        // its backup has the sequence of the history, which the role may not read
        await restoreBackup({
          ...{ url: await empty(), file: await backupOf(url.href), secret: undefined },
        });
      } finally {
        const owners = [`todo_audit_owner_${name}`, `todo_audit_writer_${name}`];
        await withClient(target, async (client) => {
          await client.query(`ALTER DATABASE ${name} OWNER TO CURRENT_USER`);
          await client.query(
            'DROP SCHEMA auth, todo, notification, recurring, audit, dapr_pubsub, dapr_state CASCADE',
          );
          for (const one of [...owners, role]) {
            const { rowCount } = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [
              one.slice(0, 63),
            ]);
            if (rowCount === 0) continue;
            await client.query(`DROP OWNED BY ${one}`);
            await client.query(`DROP ROLE ${one}`);
          }
        });
      }
    },
  );
});

describe('a backup', () => {
  test('is of one instant while others write', async () => {
    const source = await filled();
    const stop = new AbortController();
    const written = { transactions: 0 };
    const writers = Promise.all(
      [1, 2, 3].map(() =>
        withClient(source, async (client) => {
          while (!stop.signal.aborted) {
            // in one transaction, in tables that are read at different times
            await client.query(
              `BEGIN; UPDATE todo.users SET change_seq = change_seq + 1 WHERE id = 'u2';
               INSERT INTO audit.inbox (source, id, type) VALUES ('writer', gen_random_uuid()::text, 't');
               INSERT INTO dapr_pubsub.messages (segment, shard, topic_id, data) VALUES (0, 2, 1, ''); COMMIT`,
            );
            written.transactions += 1;
          }
        }),
      ),
    );
    await expect.poll(() => written.transactions).toBeGreaterThan(20);
    const before = written.transactions;
    const file = await backupOf(source);
    await expect.poll(() => written.transactions).toBeGreaterThan(before);
    stop.abort();
    await writers;
    const target = await empty();
    await restoreBackup({ url: target, file, secret: undefined });
    await withClient(target, async (client) => {
      const { rows } = await client.query<{ users: number; inbox: number; messages: number }>(
        `SELECT (SELECT change_seq::int FROM todo.users WHERE id = 'u2') AS users,
           (SELECT count(*)::int FROM audit.inbox WHERE source = 'writer') AS inbox,
           (SELECT count(*)::int FROM dapr_pubsub.messages WHERE shard = 2) AS messages`,
      );
      const [sums] = rows;
      expect(sums!.users).toBeGreaterThanOrEqual(20);
      expect(sums).toEqual({ users: sums!.users, inbox: sums!.users, messages: sums!.users });
    });
  });

  test('holds what is emptied while it is made', async () => {
    const source = await filled();
    const file = join(folder, 'emptied.backup');
    let emptied: Promise<unknown> | undefined;
    await writeArchiveFile(file, undefined, (add) =>
      takeBackup(
        {
          ...{ url: source, version: '0.1.0', encrypted: false },
          onTable: () => {
            // as the component's maintenance does it
            emptied ??= withClient(source, (client) =>
              client.query(
                "SET lock_timeout = '50ms'; TRUNCATE dapr_pubsub.messages_0, dapr_pubsub.messages_1",
              ),
            ).catch((error: unknown) => error);
          },
        },
        add,
      ),
    );
    await emptied;
    const { manifest } = await verifyArchive(file, undefined);
    expect(manifest.tables.find(({ name }) => name === 'messages')?.rows).toBe(9);
  });

  test('of an empty database is refused', async () => {
    await expect(backupOf(await empty())).rejects.toThrow(/nothing to back up/);
    expect((await readdir(folder)).filter((name) => name.endsWith('.unfinished'))).toEqual([]);
  });
});

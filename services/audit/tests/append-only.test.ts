// The history can't be changed, in each kind of database there is: with a superuser (on a laptop), with an owner that may
// make roles (most managed databases), and with one that may not.
import { consumerMigrations } from '@todo/messaging/consumer-service';
import { createPool, withTransaction } from '@todo/runtime/database';
import type { Pool } from '@todo/runtime/database';
import type { TodoEvent } from '@todo/contracts/events';
import { createLogger } from '@todo/runtime/log';
import { migrate, readMigrations } from '@todo/runtime/migrate';
import { uuidv7 } from '@todo/runtime/uuid';
import { createTestDatabase } from '@todo/testing/test-database-client';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { exampleChange, exampleTask } from '@todo/testing/example-task';
import { SCHEMA } from '../src/app.ts';
import { appendEntry, readHistory } from '../src/history.ts';

const log = createLogger({ service: 'test', level: 'silent' });
const DENIED = { code: '42501' };

describe.each([
  { kind: 'a superuser', role: undefined, makesRoles: true },
  { kind: 'an owner that may make roles', role: 'CREATEROLE', makesRoles: true },
  { kind: 'an owner that may make no roles', role: 'NOCREATEROLE', makesRoles: false },
])('the history with $kind', ({ role, makesRoles }) => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  let pool: Pool;
  const name = `audit_test_${uuidv7().replaceAll('-', '').slice(0, 24)}`;
  let databaseName: string;
  beforeAll(async () => {
    database = await createTestDatabase({ qualifiedNames: true });
    const root = createPool({ url: database.url, application: 'test', log });
    const url = new URL(database.url);
    databaseName = url.pathname.slice(1);
    if (role !== undefined) {
      await root.query(`CREATE ROLE ${name} LOGIN PASSWORD 'test-only' ${role}`);
      await root.query(`GRANT ALL ON DATABASE ${databaseName} TO ${name}`);
      url.username = name;
      url.password = 'test-only';
    }
    await root.end();
    await migrate({
      url: url.href,
      schema: SCHEMA,
      migrations: consumerMigrations(readMigrations(new URL('../migrations/', import.meta.url))),
      log,
    });
    pool = createPool({ url: url.href, application: 'audit-test', log });
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
    const left = [name, `todo_audit_writer_${databaseName}`, `todo_audit_owner_${databaseName}`];
    const server = createPool({
      url: inject('databaseUrl'),
      application: 'test',
      log,
    });
    for (const each of left) await server.query(`DROP ROLE IF EXISTS ${each}`);
    await server.end();
  });

  const event = (): TodoEvent => {
    const data = exampleChange(exampleTask());
    const type = 'todo.task.created.v1';
    return { id: uuidv7(), source: '/todo/x', type, subject: data.taskId, time: data.at, data };
  };
  const add = async () => {
    const made = event();
    await withTransaction(pool, (client) => appendEntry(client, made));
    return made;
  };

  it('adds and reads', async () => {
    const made = await add();
    const { items } = await readHistory(pool, { userId: 'anna', limit: 200 });
    expect(items.map((entry) => entry.eventId)).toContain(made.id);
  });

  it.each([
    'UPDATE audit.history SET type = type',
    'DELETE FROM audit.history',
    'TRUNCATE audit.history',
  ])('refuses the service: %s', async (statement) => {
    await add();
    const before = (await pool.query('SELECT 1 FROM audit.history')).rowCount;
    await expect(pool.query(statement)).rejects.toMatchObject(DENIED);
    expect((await pool.query('SELECT 1 FROM audit.history')).rowCount).toBe(before);
  });

  it('by privilege: the role that adds entries has no other right', async () => {
    const rights = async (who: string) => {
      const { rows } = await pool.query<{ right: string }>(
        `SELECT privilege AS right FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) AS privilege
         WHERE has_table_privilege($1, 'audit.history', privilege)`,
        [who],
      );
      return rows.map((row) => row.right);
    };
    const asAdding = await withTransaction(pool, async (client) => {
      await appendEntry(client, event());
      const { rows } = await client.query<{ who: string }>('SELECT current_user AS who');
      return rows[0]!.who;
    });
    if (makesRoles) {
      expect(asAdding).toBe(`todo_audit_writer_${databaseName}`);
      expect(await rights(asAdding)).toEqual(['SELECT', 'INSERT']);
    } else {
      expect(asAdding).toBe(name);
      expect(await rights(asAdding)).toEqual(['SELECT', 'INSERT', 'REFERENCES', 'TRIGGER']);
    }
    if (role !== undefined) {
      const own = await rights(name);
      for (const right of ['UPDATE', 'DELETE', 'TRUNCATE']) expect(own).not.toContain(right);
    }
  });

  it.runIf(makesRoles)(
    'the service’s role does not own the table, nor can it become who does',
    async () => {
      const { rows } = await pool.query<{ owner: string }>(
        `SELECT tableowner AS owner FROM pg_tables WHERE schemaname = 'audit' AND tablename = 'history'`,
      );
      expect(rows[0]!.owner).toBe(`todo_audit_owner_${databaseName}`);
      if (role === undefined) return; // a superuser can become anybody: the triggers are what stops it
      for (const statement of [
        `SET ROLE todo_audit_owner_${databaseName}`,
        'ALTER TABLE audit.history DISABLE TRIGGER ALL',
        'DROP TRIGGER history_is_append_only ON audit.history',
        'CREATE OR REPLACE FUNCTION audit.refuse_change() RETURNS trigger LANGUAGE sql AS $$SELECT NULL$$',
      ])
        await expect(pool.query(statement), statement).rejects.toThrow(
          /permission denied|must be owner/,
        );
      await pool.query(`GRANT DELETE ON audit.history TO ${name}`); // a warning: nothing was granted
      await expect(pool.query('DELETE FROM audit.history')).rejects.toMatchObject(DENIED);
    },
  );

  it('inside the transaction that adds, nothing else can be done to the history or beside it', async () => {
    for (const statement of [
      'DELETE FROM audit.history',
      'UPDATE audit.history SET type = $$x$$',
    ]) {
      const attempt = withTransaction(pool, async (client) => {
        await appendEntry(client, event());
        await client.query(statement);
      });
      await expect(attempt).rejects.toMatchObject(DENIED);
    }
    // and the connection that goes back to the pool is the service's own again
    const { rows } = await pool.query<{ same: boolean }>(
      'SELECT current_user = session_user AS same',
    );
    expect(rows[0]!.same).toBe(true);
  });
});

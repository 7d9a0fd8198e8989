// The history's chain, and what is left of a person who was erased: hashes, which say nothing and still fit.
import { createPool } from '@todo/runtime/database';
import type { Pool } from '@todo/runtime/database';
import { createLogger } from '@todo/runtime/log';
import { uuidv7 } from '@todo/runtime/uuid';
import { consumerMigrations } from '@todo/messaging/consumer-service';
import { migrate, readMigrations } from '@todo/runtime/migrate';
import { envelope, startConsumerUnderTest } from '@todo/testing/consumer-under-test';
import type { ConsumerUnderTest } from '@todo/testing/consumer-under-test';
import { exampleChange, exampleTask } from '@todo/testing/example-task';
import { tablesWith } from '@todo/testing/find-text';
import { createTestDatabase } from '@todo/testing/test-database-client';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { APP_ID, audit, SCHEMA } from '../src/app.ts';
import { brokenLinks, erasePerson } from '../src/history.ts';

const log = createLogger({ service: 'test', level: 'silent' });
const CANARY = 'Canary2Hw9Pf4Yc';
const FOLDER = new URL('../migrations/', import.meta.url);

describe('erasing a person from the history', () => {
  let service: ConsumerUnderTest;
  beforeAll(async () => {
    service = await startConsumerUnderTest({
      appId: APP_ID,
      schema: SCHEMA,
      migrations: FOLDER,
      build: audit,
    });
  });
  afterAll(() => service.close());

  const change = (userId: string, title: string) =>
    envelope(
      'task-events',
      'todo.task.created.v1',
      exampleChange(exampleTask({ title }), { userId, actor: { kind: 'user', id: userId } }),
    );
  const erased = (userId: string) =>
    envelope('task-events', 'todo.account.erased.v1', { userId, at: new Date().toISOString() });
  const historyOf = async (userId: string) =>
    ((await service.ask('GET', `/internal/history?userId=${userId}`)).body as { items: unknown[] })
      .items;
  /** Runs a statement as somebody above the history's protection. */
  const tamper = async (statement: string, values: unknown[] = []) => {
    await service.pool.query('ALTER TABLE audit.history DISABLE TRIGGER USER');
    await service.pool.query(statement, values);
    await service.pool.query('ALTER TABLE audit.history ENABLE TRIGGER USER');
  };

  it('takes their content, leaves everybody else’s, and the chain fits', async () => {
    const id = `Anna${CANARY}`;
    for (let n = 0; n < 3; n++) {
      expect(await service.deliver(change(id, CANARY))).toBe('SUCCESS');
      expect(await service.deliver(change('ben', 'Another3Text'))).toBe('SUCCESS');
    }
    const before = await historyOf('ben');
    const counted = async () =>
      Number(
        (await service.pool.query<{ n: string }>('SELECT count(*) AS n FROM audit.history'))
          .rows[0]!.n,
      );
    const all = await counted();
    const event = erased(id);
    expect(await service.deliver(event)).toBe('SUCCESS');
    expect(await service.deliver(event)).toBe('SUCCESS');

    expect(await tablesWith(service.pool, CANARY)).toEqual([]);
    expect(await historyOf(id)).toEqual([]);
    expect(await historyOf('ben')).toEqual(before);
    expect(await counted()).toBe(all + 1);
    expect(await brokenLinks(service.pool)).toEqual([]);
    expect((await service.ask('GET', '/internal/history/broken-links')).body).toEqual({
      items: [],
    });
  });

  it('what comes later adds nothing', async () => {
    await service.deliver(erased('carl'));
    expect(await service.deliver(change('carl', CANARY))).toBe('SUCCESS');
    expect(await tablesWith(service.pool, CANARY)).toEqual([]);
  });

  it('a person who is called like the mark of the erased erases nobody else’s', async () => {
    await service.deliver(change('dora', 'x'));
    await service.deliver(erased('erased'));
    expect(await historyOf('dora')).toHaveLength(1);
  });

  it('entries that are added at once make one chain', async () => {
    const events = Array.from({ length: 40 }, (_, n) => change(`user-${n % 5}`, 'x'));
    const answers = await Promise.all(events.map((event) => service.deliver(event)));
    expect(new Set(answers)).toEqual(new Set(['SUCCESS']));
    expect(await brokenLinks(service.pool)).toEqual([]);
  });

  it.each([
    [
      'a changed title',
      `UPDATE audit.history SET task = jsonb_set(task, '{title}', '"y"') WHERE link = $1`,
    ],
    [
      'another actor',
      `UPDATE audit.history SET actor = '{"kind":"user","id":"eve"}' WHERE link = $1`,
    ],
    ['another time', `UPDATE audit.history SET at = at - interval '1 second' WHERE link = $1`],
    ['a removed entry', 'DELETE FROM audit.history WHERE link = $1'],
    [
      'content removed without the person',
      `UPDATE audit.history SET nonce = NULL, task = NULL, data = '{}' WHERE link = $1`,
    ],
    ['another hash', `UPDATE audit.history SET hash = sha256('x') WHERE link = $1`],
  ])('the chain shows %s', async (_what, statement) => {
    for (let n = 0; n < 3; n++) await service.deliver(change('fay', 'x'));
    const { rows } = await service.pool.query<{ link: string }>(
      `SELECT link FROM audit.history WHERE user_id = 'fay' ORDER BY link DESC OFFSET 1 LIMIT 1`,
    );
    await service.pool.query('CREATE TABLE audit.spare AS TABLE audit.history');
    await tamper(statement, [rows[0]!.link]);
    expect(await brokenLinks(service.pool)).not.toEqual([]);
    await tamper('DELETE FROM audit.history');
    await tamper('INSERT INTO audit.history OVERRIDING SYSTEM VALUE SELECT * FROM audit.spare');
    await service.pool.query('DROP TABLE audit.spare');
    expect(await brokenLinks(service.pool)).toEqual([]);
  });
});

describe.each([
  { kind: 'an owner that may make roles', role: 'CREATEROLE' },
  { kind: 'an owner that may make no roles', role: 'NOCREATEROLE' },
])('the history of $kind', ({ role }) => {
  it('can be erased a person at a time, and changed in no other way', async () => {
    const database = await createTestDatabase({ qualifiedNames: true });
    const name = `audit_erase_${uuidv7().replaceAll('-', '').slice(0, 20)}`;
    const url = new URL(database.url);
    const databaseName = url.pathname.slice(1);
    const root = createPool({ url: database.url, application: 'test', log });
    await root.query(`CREATE ROLE ${name} LOGIN PASSWORD 'test-only' ${role}`);
    await root.query(`GRANT ALL ON DATABASE ${databaseName} TO ${name}`);
    url.username = name;
    url.password = 'test-only';
    const pools: Pool[] = [];
    try {
      await migrate({
        url: url.href,
        schema: SCHEMA,
        migrations: consumerMigrations(readMigrations(FOLDER)),
        log,
      });
      const pool = createPool({ url: url.href, application: 'audit-test', log });
      pools.push(pool);
      for (const user of ['anna', 'ben'])
        await pool.query(
          `INSERT INTO audit.history (event_source, event_id, type, user_id, at, data) VALUES ('x', $1, 'y', $2, now(), '{"a":1}')`,
          [uuidv7(), user],
        );
      await Promise.all([
        erasePerson(pool, 'anna'),
        erasePerson(pool, 'anna'),
        erasePerson(pool, 'nobody'),
      ]);
      const { rows } = await pool.query('SELECT user_id, data FROM audit.history ORDER BY link');
      expect(rows).toEqual([
        { user_id: 'erased', data: {} },
        { user_id: 'ben', data: { a: 1 } },
      ]);
      expect(await brokenLinks(pool)).toEqual([]);
      for (const statement of [
        `UPDATE audit.history SET data = '{}'`,
        `UPDATE audit.history SET user_id = 'erased', nonce = NULL, data = '{}'`,
        'DELETE FROM audit.history',
        'TRUNCATE audit.history',
      ])
        await expect(pool.query(statement), statement).rejects.toMatchObject({ code: '42501' });
    } finally {
      for (const pool of pools) await pool.end();
      await root.end();
      await database.drop();
      const server = createPool({ url: inject('databaseUrl'), application: 'test', log });
      for (const each of [
        name,
        `todo_audit_writer_${databaseName}`,
        `todo_audit_owner_${databaseName}`,
      ])
        await server.query(`DROP ROLE IF EXISTS ${each}`);
      await server.end();
    }
  });
});

// Erasing a person from what a service's messaging keeps: the outbox, the dead letters, and whatever is still on its way.
import { createPool, withTransaction } from '@todo/runtime/database';
import type { Pool } from '@todo/runtime/database';
import { createLogger } from '@todo/runtime/log';
import { migrate } from '@todo/runtime/migrate';
import { createServer } from '@todo/runtime/server';
import type { Server } from '@todo/runtime/server';
import { uuidv7 } from '@todo/runtime/uuid';
import { envelope } from '@todo/testing/consumer-under-test';
import { exampleChange, exampleTask } from '@todo/testing/example-task';
import { tablesWith } from '@todo/testing/find-text';
import { createTestDatabase } from '@todo/testing/test-database-client';
import type { TestDatabase } from '@todo/testing/test-database-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { consumerMigrations } from '../src/consumer-service.ts';
import { isErased } from '../src/erased-people.ts';
import { eraseMessages } from '../src/erasure.ts';
import { appendEvent } from '../src/outbox.ts';
import { subscriber } from '../src/subscriber.ts';

const log = createLogger({ service: 'test', level: 'silent' });
const schema = 'erasure_test';
const token = 'sidecar-token-for-tests';
const CANARY = 'Canary7Kx9Qz2Wv';

describe('erasing a person from messaging', () => {
  let database: TestDatabase;
  let pool: Pool;
  let app: Server;
  let effects = 0;
  /** Runs in the middle of an effect. */
  let during: (() => Promise<void>) | undefined;
  beforeAll(async () => {
    database = await createTestDatabase({ qualifiedNames: true });
    await migrate({
      url: database.url,
      schema,
      log,
      migrations: consumerMigrations([
        { name: '001', sql: 'CREATE TABLE {schema}.effects (user_id text, text text)' },
      ]),
    });
    pool = createPool({ url: database.url, application: 'erasure-test', log });
    app = createServer({ log });
    await app.register(subscriber, {
      pool,
      schema,
      appApiToken: token,
      handlers: {
        'task-events': async (event, once) => {
          if (!('task' in event.data)) return;
          const { userId, task } = event.data;
          await once(async (client) => {
            effects += 1;
            await client.query(`INSERT INTO ${schema}.effects VALUES ($1, $2)`, [
              userId,
              task?.title,
            ]);
            await during?.();
          });
        },
      },
    });
  });
  afterAll(async () => {
    await app.close();
    await pool.end();
    await database.drop();
  });

  const created = (userId: string, more: object = {}) =>
    envelope(
      'task-events',
      'todo.task.created.v1',
      exampleChange(exampleTask({ title: CANARY }), { userId }),
      more,
    );
  const deliver = async (event: object, path = 'task-events'): Promise<string> => {
    const answer = await app.inject({
      method: 'POST',
      url: `/events/${path}`,
      headers: { 'content-type': 'application/cloudevents+json', 'dapr-api-token': token },
      payload: JSON.stringify(event),
    });
    return answer.json<{ status: string }>().status;
  };
  const append = (userId: string) =>
    withTransaction(pool, (client) => {
      const task = exampleTask({ title: CANARY });
      return appendEvent(client, schema, {
        topic: 'task-events',
        type: 'todo.task.created.v1',
        key: task.id,
        time: new Date(),
        data: exampleChange(task, { userId }),
      });
    });
  const erase = (userId: string) =>
    withTransaction(pool, async (client) => {
      await eraseMessages(client, schema, userId);
      await client.query(`DELETE FROM ${schema}.effects WHERE user_id = $1`, [userId]);
    });
  const lettersOf = async () =>
    (
      await pool.query<{ id: string }>(`SELECT event_id AS id FROM ${schema}.dead_letters`)
    ).rows.map(({ id }) => id);

  it('deletes what waits in the outbox, and nobody else’s', async () => {
    await append('olga');
    const kept = await append('olga2');
    await erase('olga');
    const { rows } = await pool.query<{ id: string }>(`SELECT id FROM ${schema}.outbox`);
    expect(rows.map(({ id }) => id)).toEqual([kept]);
    await erase('olga2');
    expect(await tablesWith(pool, CANARY)).toEqual([]);
  });

  it.each([
    ['an event with its data', (id: string) => created(id)],
    ['data as text', (id: string) => ({ ...created(id), data: JSON.stringify(created(id).data) })],
    [
      'data in base64',
      (id: string) => ({
        ...created(id),
        data: undefined,
        data_base64: Buffer.from(JSON.stringify(created(id).data)).toString('base64'),
      }),
    ],
    ['an event of an unknown type', (id: string) => created(id, { type: 'todo.task.painted.v9' })],
    [
      'data that nobody can read',
      (id: string) => created(id, { data: { owner: id, text: CANARY } }),
    ],
  ])('deletes dead letters: %s', async (what, event) => {
    const id = `pia-${what.length}`;
    const dead = event(id);
    const other = event(`${id}x`);
    for (const each of [dead, other]) expect(await deliver(each, 'dead')).toBe('SUCCESS');
    await erase(id);
    expect(await lettersOf()).toEqual([other.id]);
    await pool.query(`DELETE FROM ${schema}.dead_letters`);
  });

  it('what mentions a person but is another’s stays', async () => {
    const event = created('rosa');
    const mention = { ...event, data: { ...(event.data as object), before: { note: 'quentin' } } };
    await deliver(mention, 'dead');
    await erase('quentin');
    expect(await lettersOf()).toEqual([event.id]);
    await erase('rosa');
    expect(await lettersOf()).toEqual([]);
  });

  it('drops what comes later: an event, its repetition, and its dead letter', async () => {
    await erase('sara');
    expect(await isErased(pool, schema, 'sara')).toBe(true);
    expect(await isErased(pool, schema, 'sar')).toBe(false);
    const before = effects;
    const late = created('sara');
    expect(await deliver(late)).toBe('SUCCESS');
    expect(await deliver(late)).toBe('SUCCESS');
    expect(await deliver(late, 'dead')).toBe('SUCCESS');
    expect(effects).toBe(before);
    expect(await tablesWith(pool, CANARY)).toEqual([]);
    expect(await deliver(created('tom'))).toBe('SUCCESS');
    expect(effects).toBe(before + 1);
    await erase('tom');
  });

  it('waits for an effect that is being stored, and deletes it', async () => {
    let finish = (): void => undefined;
    const finished = new Promise<void>((done) => (finish = done));
    let began = (): void => undefined;
    const begun = new Promise<void>((done) => (began = done));
    during = async () => {
      began();
      await finished;
    };
    const delivery = deliver(created('uma'));
    await begun;
    during = undefined;
    const erased = erase('uma');
    // it is queued behind the effect's transaction
    await expect
      .poll(async () => (await pool.query(`SELECT 1 FROM pg_locks WHERE NOT granted`)).rowCount)
      .toBeGreaterThan(0);
    finish();
    expect(await delivery).toBe('SUCCESS');
    await erased;
    expect(await tablesWith(pool, CANARY)).toEqual([]);
  });

  it('remembers nobody by name', async () => {
    const id = `Vera${uuidv7().replaceAll('-', '')}`;
    await erase(id);
    expect(await tablesWith(pool, id)).toEqual([]);
  });
});

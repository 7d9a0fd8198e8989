import { createTestDatabase } from '@todo/testing/test-database-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPool } from '@todo/runtime/database';
import type { Pool } from '@todo/runtime/database';
import { deadLetterMigrations } from '../src/dead-letters.ts';
import type { DeadLetter } from '../src/dead-letters.ts';
import { inboxMigrations } from '../src/inbox.ts';
import { createLogger } from '@todo/runtime/log';
import { migrate } from '@todo/runtime/migrate';
import { createServer } from '@todo/runtime/server';
import type { Server } from '@todo/runtime/server';
import { subscriber } from '../src/subscriber.ts';
import { uuidv7 } from '@todo/runtime/uuid';

const log = createLogger({ service: 'test', level: 'silent' });
const schema = 'subscriber_test';
const token = 'sidecar-token-for-tests';

describe('a subscriber', () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  let pool: Pool;
  let app: Server;
  let trouble: Error | undefined;
  let whileHandling: (() => Promise<void>) | undefined;
  beforeAll(async () => {
    database = await createTestDatabase();
    await migrate({
      url: database.url,
      schema,
      log,
      migrations: [
        ...inboxMigrations,
        ...deadLetterMigrations,
        { name: '001', sql: 'CREATE TABLE {schema}.effects (event_id text, text text)' },
      ],
    });
    pool = createPool({ url: database.url, application: 'subscriber-test', log });
    app = createServer({ log });
    await app.register(subscriber, {
      pool,
      schema,
      appApiToken: token,
      handlers: {
        reminders: async (event, once) => {
          if (trouble) throw trouble;
          await whileHandling?.();
          if (event.type !== 'todo.reminder.due.v1') return;
          await once(async (client) => {
            await client.query(`INSERT INTO ${schema}.effects VALUES ($1, $2)`, [
              event.id,
              event.data.title,
            ]);
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

  const event = (id: string, more: object = {}) => ({
    specversion: '1.0',
    id,
    source: '/todo/todo-backend',
    type: 'todo.reminder.due.v1',
    subject: 't1',
    topic: 'reminders',
    data: {
      userId: 'u',
      reminderId: uuidv7(),
      taskId: uuidv7(),
      title: 'Zażółć 😀',
      dueAt: null,
      remindAt: '',
      zone: 'UTC',
      locale: 'en',
    },
    ...more,
  });
  const deliver = async (
    body: unknown,
    path = 'reminders',
    contentType = 'application/cloudevents+json',
  ) =>
    await app.inject({
      method: 'POST',
      url: `/events/${path}`,
      headers: { 'content-type': contentType, 'dapr-api-token': token },
      payload: typeof body === 'string' ? body : JSON.stringify(body),
    });
  const effects = async (id: string) =>
    (
      await pool.query<{ text: string }>(`SELECT text FROM ${schema}.effects WHERE event_id = $1`, [
        id,
      ])
    ).rows;
  const ops = async (method: 'GET' | 'POST', url: string) =>
    await app.inject({
      method,
      url,
      headers: { 'dapr-api-token': token, 'dapr-caller-app-id': 'todo-backend' },
    });
  const letter = async (eventId: string) =>
    (await ops('GET', '/ops/dead-letters'))
      .json<{ items: DeadLetter[] }>()
      .items.find((item) => item.eventId === eventId);

  it('refuses callers without the sidecar’s token', async () => {
    for (const headers of [{}, { 'dapr-api-token': 'wrong' }]) {
      const answer = await app.inject({
        method: 'POST',
        url: '/events/reminders',
        headers,
        payload: '{}',
      });
      expect(answer.statusCode).toBe(401);
      expect((await app.inject({ url: '/ops/dead-letters', headers })).statusCode).toBe(401);
    }
  });

  it('B01: one effect for an event delivered in parallel and again; another source is another event', async () => {
    const id = uuidv7();
    const answers = await Promise.all(Array.from({ length: 6 }, () => deliver(event(id))));
    answers.push(await deliver(event(id)));
    for (const answer of answers)
      expect([answer.statusCode, answer.body]).toEqual([200, '{"status":"SUCCESS"}']);
    expect(await effects(id)).toEqual([{ text: 'Zażółć 😀' }]);
    await deliver(event(id, { source: '/elsewhere' }));
    expect(await effects(id)).toHaveLength(2);
  });

  it.each([
    'application/cloudevents+json',
    'application/cloudevents+json; charset=utf-8',
    'application/json',
    'text/plain',
  ])('B05: takes content type %s', async (contentType) => {
    const id = uuidv7();
    expect((await deliver(event(id), 'reminders', contentType)).json()).toEqual({
      status: 'SUCCESS',
    });
    expect(await effects(id)).toEqual([{ text: 'Zażółć 😀' }]);
  });

  it('B02: a failure is RETRY and leaves no trace; the next delivery has its effect', async () => {
    const id = uuidv7();
    trouble = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    expect((await deliver(event(id))).json()).toEqual({ status: 'RETRY' });
    trouble = undefined;
    expect(await effects(id)).toEqual([]);
    expect((await deliver(event(id))).json()).toEqual({ status: 'SUCCESS' });
    expect(await effects(id)).toHaveLength(1);
  });

  it.each([
    ['not JSON', '{', 'not JSON'],
    ['no envelope', { hello: 1 }, 'not a CloudEvent'],
    ['an unknown version', { type: 'todo.reminder.due.v9' }, 'unknown event type'],
    ['C04: text the database refuses', { data: { title: 'a\0b' } }, 'invalid byte sequence'],
  ])(
    'poison (%s) is dropped, kept as a dead letter with its reason',
    async (_what, change, reason) => {
      const id = uuidv7();
      const good = event(id);
      let body: unknown = change;
      if (typeof change === 'object' && !('hello' in change))
        body = {
          ...good,
          ...change,
          data: { ...good.data, ...('data' in change ? change.data : {}) },
        };
      expect((await deliver(body)).json()).toEqual({ status: 'DROP' });
      expect((await deliver(body, 'dead')).json()).toEqual({ status: 'SUCCESS' });
      const items = (await ops('GET', '/ops/dead-letters?status=waiting')).json<{
        items: DeadLetter[];
      }>().items;
      expect(items[0]?.reason).toContain(reason);
    },
  );

  it.each([
    ['without an id', { id: undefined }],
    ['with an empty id', { id: '' }],
    ['with an id that is no text', { id: 7 }],
    ['with neither id nor source', { id: undefined, source: undefined }],
  ])('dead letters %s are each kept, and one that comes again counts up', async (_what, change) => {
    const subject = uuidv7();
    const [one, two] = [1, 2].map((n) => ({ ...event('x', { subject, n }), ...change }));
    for (const body of [one, two, two])
      expect((await deliver(body, 'dead')).json()).toEqual({ status: 'SUCCESS' });
    const kept = (await ops('GET', '/ops/dead-letters?status=waiting'))
      .json<{ items: DeadLetter[] }>()
      .items.filter((item) => item.subject === subject);
    expect(kept.map((item) => item.times).sort()).toEqual([1, 2]);
    expect(new Set(kept.map((item) => (JSON.parse(item.event) as { n: number }).n)).size).toBe(2);
    expect(kept.every((item) => /^sha256:[0-9a-f]{64}$/.test(item.eventId))).toBe(true);
  });

  it.each([null, 7, {}, [], true, '', '00-zz-1-01'])(
    'an event whose traceparent is %j is handled',
    async (traceparent) => {
      const id = uuidv7();
      const answer = await deliver(event(id, { traceparent, traceid: traceparent }));
      expect(answer.json()).toEqual({ status: 'SUCCESS' });
      expect(await effects(id)).toHaveLength(1);
    },
  );

  it('a dead letter is replayed through the same handler, once; or discarded', async () => {
    const id = uuidv7();
    trouble = new Error('a bug, mended later');
    await deliver(event(id));
    await deliver(event(id), 'dead');
    const kept = await letter(id);
    expect(kept).toMatchObject({
      status: 'waiting',
      topic: 'reminders',
      reason: 'a bug, mended later',
    });
    expect((await ops('POST', `/ops/dead-letters/${kept!.id}/replay`)).statusCode).toBe(422);
    trouble = undefined;
    expect((await ops('POST', `/ops/dead-letters/${kept!.id}/replay`)).json()).toMatchObject({
      status: 'replayed',
    });
    expect(await effects(id)).toHaveLength(1);
    expect((await ops('POST', `/ops/dead-letters/${kept!.id}/discard`)).statusCode).toBe(409);
    expect((await ops('POST', `/ops/dead-letters/${uuidv7()}/replay`)).statusCode).toBe(404);
    expect((await ops('POST', '/ops/dead-letters/x/replay')).statusCode).toBe(400);
  });

  it('a dead letter that is decided twice at once, or comes again meanwhile, is decided as it was read', async () => {
    const id = uuidv7();
    trouble = new Error('a bug, mended later');
    await deliver(event(id));
    await deliver(event(id), 'dead');
    const kept = await letter(id);
    const discard = () => ops('POST', `/ops/dead-letters/${kept!.id}/discard`);
    const replay = () => ops('POST', `/ops/dead-letters/${kept!.id}/replay`);
    whileHandling = async () => {
      await deliver(event(id), 'dead');
    };
    trouble = undefined;
    expect((await replay()).statusCode).toBe(409);
    expect(await letter(id)).toMatchObject({ status: 'waiting', times: 2 });
    whileHandling = undefined;
    const answers = await Promise.all([discard(), discard(), discard()]);
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 409, 409]);
  });
});

// What the outbox and the subscriber measure, on a real database: each outcome once, the outbox's depth and age while events
// can't leave, and nothing that waits once they have.
import { onMeasured } from '@todo/runtime/measurements';
import type { Measurements } from '@todo/runtime/measurements';
import { createPool, withTransaction } from '@todo/runtime/database';
import type { Pool } from '@todo/runtime/database';
import { createLogger } from '@todo/runtime/log';
import { migrate } from '@todo/runtime/migrate';
import { createServer } from '@todo/runtime/server';
import { uuidv7 } from '@todo/runtime/uuid';
import { createTestDatabase } from '@todo/testing/test-database-client';
import { startTcpProxy } from '@todo/testing/tcp-proxy';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { deadLetterMigrations } from '../src/dead-letters.ts';
import { inboxMigrations } from '../src/inbox.ts';
import { appendEvent, outboxMigrations, startOutboxRelay } from '../src/outbox.ts';
import { PoisonEvent, subscriber } from '../src/subscriber.ts';

const log = createLogger({ service: 'test', level: 'silent' });
const schema = 'measured_test';
const token = 'sidecar-token-for-tests';
const TYPE = 'todo.occurrence.created.v1';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let pool: Pool;
let stops: (() => unknown)[] = [];
beforeAll(async () => {
  database = await createTestDatabase();
  const migrations = [...outboxMigrations, ...inboxMigrations, ...deadLetterMigrations];
  await migrate({ url: database.url, schema, migrations, log });
  pool = createPool({ url: database.url, application: 'measured-test', log });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});
beforeEach(async () => {
  await pool.query(`TRUNCATE ${schema}.outbox`);
});
afterEach(async () => {
  for (const stop of stops.reverse()) await stop();
  stops = [];
});

function record<K extends keyof Measurements>(name: K): Measurements[K][] {
  const seen: Measurements[K][] = [];
  stops.push(onMeasured(name, (value) => seen.push(value)));
  return seen;
}

const data = (key: string) => ({
  userId: 'u',
  seriesId: key,
  taskId: key,
  previousTaskId: key,
  occurrence: 1,
  at: '',
});
const append = (key: string, time = new Date()) =>
  withTransaction(pool, (client) =>
    appendEvent(client, schema, { topic: 'task-updates', type: TYPE, key, time, data: data(key) }),
  );
const relay = (publish: Parameters<typeof startOutboxRelay>[0]['publish'], of = pool) => {
  const started = startOutboxRelay({ pool: of, schema, source: '/todo/test', publish, log });
  stops.push(started.stop);
  started.wake();
  return started;
};

describe('the outbox', () => {
  it('shows what waits while the broker is away, from the oldest event on, and nothing afterwards', async () => {
    let away = true;
    const waiting = record('outbox.waiting');
    const published = record('event.published');
    await append('a', new Date(Date.now() - 90_000));
    await append('b');
    await append('c');
    const started = relay(() => (away ? Promise.reject(new Error('away')) : Promise.resolve()));
    await expect.poll(() => waiting.some(({ rows }) => rows === 3)).toBe(true);
    const { oldestAt } = waiting.findLast(({ rows }) => rows === 3)!;
    const ageMs = performance.now() - oldestAt!;
    expect(ageMs).toBeGreaterThan(89_000);
    expect(ageMs).toBeLessThan(150_000);
    away = false;
    started.wake();
    await started.idle();
    expect(waiting.at(-1)).toEqual({ rows: 0, oldestAt: undefined });
    const outcomes = published.map(({ outcome }) => outcome);
    expect(outcomes.filter((outcome) => outcome === 'published')).toHaveLength(3);
    expect(outcomes.filter((outcome) => outcome === 'failed').length).toBeGreaterThanOrEqual(3);
    expect(new Set(published.map(({ topic, type }) => `${topic} ${type}`))).toEqual(
      new Set([`task-updates ${TYPE}`]),
    );
  });

  it('a full batch leaves what waits behind it, and counts it', async () => {
    const waiting = record('outbox.waiting');
    for (let n = 0; n < 130; n += 1) await append(`key-${n}`);
    await relay(() => Promise.resolve()).idle();
    expect(waiting.some(({ rows }) => rows === 30)).toBe(true);
    expect(waiting.at(-1)).toEqual({ rows: 0, oldestAt: undefined });
  });

  it('grows older while the database does not answer', async () => {
    const address = new URL(database.url);
    const proxy = await startTcpProxy(Number(address.port));
    address.hostname = '127.0.0.1';
    address.port = String(proxy.port);
    const cut = createPool({ url: address.href, application: 'measured-test', max: 1, log });
    const waiting = record('outbox.waiting');
    const started = relay(() => Promise.resolve(), cut);
    await started.idle();
    expect(waiting.at(-1)?.oldestAt).toBeUndefined();
    proxy.cut();
    const before = performance.now();
    started.wake();
    await expect.poll(() => waiting.at(-1)?.oldestAt).toBeGreaterThanOrEqual(before);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(waiting.at(-1)?.oldestAt).toBeLessThan(before + 100);
    await started.stop();
    await cut.end();
    await proxy.close();
  });

  it('an idle relay sends no statement to measure', async () => {
    await relay(() => Promise.resolve()).idle();
    const statements: unknown[] = [];
    const query = pool.query.bind(pool);
    stops.push(() => Object.assign(pool, { query }));
    Object.assign(pool, {
      query: (...args: unknown[]) => {
        statements.push(args[0]);
        return (query as (...all: unknown[]) => unknown)(...args);
      },
    });
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(statements).toEqual([]);
  });
});

describe('a subscriber', () => {
  it('measures each outcome, and the age of an event at its effect', async () => {
    let trouble: Error | undefined;
    const app = createServer({ log });
    stops.push(() => app.close());
    await app.register(subscriber, {
      pool,
      schema,
      appApiToken: token,
      handlers: {
        'task-updates': async (_event, once) => {
          if (trouble) throw trouble;
          await once(() => Promise.resolve());
        },
      },
    });
    const delivered = record('event.delivered');
    const dead = record('event.dead');
    const deliver = async (more: object = {}, path = 'task-updates') => {
      const id = uuidv7();
      const event = { specversion: '1.0', id, source: '/todo/test', type: TYPE, subject: 'k' };
      const body = { ...event, topic: 'task-updates', data: data(uuidv7()), ...more };
      return await app.inject({
        method: 'POST',
        url: `/events/${path}`,
        headers: { 'content-type': 'application/json', 'dapr-api-token': token },
        payload: JSON.stringify(body),
      });
    };
    const ofType = { topic: 'task-updates', type: TYPE };

    const id = uuidv7();
    await deliver({ id, time: new Date(Date.now() - 5_000).toISOString() });
    expect(delivered.at(-1)).toMatchObject({ ...ofType, outcome: 'handled' });
    expect(delivered.at(-1)!.ageMs).toBeGreaterThanOrEqual(4_900);
    expect(delivered.at(-1)!.ageMs).toBeLessThan(60_000);
    await deliver({ id });
    expect(delivered.at(-1)).toEqual({ ...ofType, outcome: 'duplicate' });
    trouble = new Error('not now');
    await deliver();
    expect(delivered.at(-1)).toEqual({ ...ofType, outcome: 'retried' });
    trouble = new PoisonEvent('never');
    await deliver();
    expect(delivered.at(-1)).toEqual({ ...ofType, outcome: 'refused' });
    trouble = undefined;
    await deliver({ type: 'todo.occurrence.created.v99' });
    expect(delivered.at(-1)).toMatchObject({ outcome: 'refused' });
    expect(delivered).toHaveLength(5);

    const lost = uuidv7();
    await deliver({ id: lost }, 'dead');
    await deliver({ id: lost }, 'dead');
    expect(dead).toHaveLength(1);
    expect(dead[0]).toMatchObject(ofType);
  });
});

import { createTestDatabase } from '@todo/testing/test-database-client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createPool, withTransaction } from '@todo/runtime/database';
import type { Pool } from '@todo/runtime/database';
import { createLogger } from '@todo/runtime/log';
import { migrate } from '@todo/runtime/migrate';
import { appendEvent, outboxMigrations, startOutboxRelay } from '../src/outbox.ts';
import type { OutboxRelay } from '../src/outbox.ts';

const log = createLogger({ service: 'test', level: 'silent' });
const schema = 'outbox_test';
/** Long before a lease ends. */
const SOON = { timeout: 10_000 };

describe('the outbox', () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  let pool: Pool;
  let relays: OutboxRelay[] = [];
  beforeAll(async () => {
    database = await createTestDatabase();
    await migrate({ url: database.url, schema, migrations: outboxMigrations, log });
    pool = createPool({ url: database.url, application: 'outbox-test', log });
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });
  beforeEach(async () => {
    await pool.query(`TRUNCATE ${schema}.outbox`);
    relays = [];
  });
  afterEach(async () => {
    await Promise.all(relays.map((relay) => relay.stop()));
  });

  const append = (key: string, n: number) =>
    withTransaction(pool, (client) =>
      appendEvent(client, schema, {
        topic: 'task-updates',
        type: 'todo.occurrence.created.v1',
        key,
        time: new Date(),
        data: {
          userId: 'u',
          seriesId: key,
          taskId: key,
          previousTaskId: key,
          occurrence: n,
          at: '',
        },
      }),
    );
  const relay = (publish: Parameters<typeof startOutboxRelay>[0]['publish']) => {
    const started = startOutboxRelay({ pool, schema, source: '/todo/test', publish, log });
    relays.push(started);
    started.wake();
    return started;
  };
  const left = async () =>
    (await pool.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${schema}.outbox`)).rows[0]!.n;

  it('publishes what was committed, once, in order for each key, through two relays at once', async () => {
    const keys = ['a', 'b', 'c'];
    const seen: { key: string; n: number }[] = [];
    const publish = async (_topic: string, event: { subject: string; data: unknown }) => {
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 3));
      seen.push({ key: event.subject, n: (event.data as { occurrence: number }).occurrence });
    };
    const two = [relay(publish), relay(publish)];
    for (let n = 1; n <= 150; n += 1) {
      for (const key of keys) await append(key, n);
      two[n % 2]!.wake();
    }
    await expect.poll(left, { timeout: 15_000 }).toBe(0);
    for (const key of keys) {
      expect(seen.filter((event) => event.key === key).map((event) => event.n)).toEqual(
        Array.from({ length: 150 }, (_, i) => i + 1),
      );
    }
  });

  it('an event of a transaction that rolled back is never published', async () => {
    const seen: string[] = [];
    await expect(
      withTransaction(pool, async (client) => {
        await appendEvent(client, schema, {
          topic: 'task-updates',
          type: 'todo.occurrence.created.v1',
          key: 'x',
          time: new Date(),
          data: {
            userId: 'u',
            seriesId: 'x',
            taskId: 'x',
            previousTaskId: 'x',
            occurrence: 1,
            at: '',
          },
        });
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    await relay((_topic, event) => Promise.resolve(void seen.push(event.id))).idle();
    expect(seen).toEqual([]);
  });

  it('keeps events while publishing fails, without passing an earlier one of the same key, and sends them later', async () => {
    const failing = new Set(['a']);
    const seen: string[] = [];
    await append('a', 1);
    await append('a', 2);
    await append('b', 1);
    relay((_topic, event) => {
      if (failing.has(event.subject)) return Promise.reject(new Error('broker is away'));
      seen.push(`${event.subject}${(event.data as { occurrence: number }).occurrence}`);
      return Promise.resolve();
    });
    await expect.poll(() => seen.join()).toBe('b1');
    failing.clear();
    await expect.poll(() => seen.join(), { timeout: 10_000 }).toBe('b1,a1,a2');
    await expect.poll(left).toBe(0);
  });

  it('what a dead relay had claimed is published when its lease has ended', async () => {
    await append('a', 1);
    await pool.query(`UPDATE ${schema}.outbox SET lease_until = now() + interval '1 second'`);
    await append('a', 2);
    const seen: number[] = [];
    relay((_topic, event) =>
      Promise.resolve(void seen.push((event.data as { occurrence: number }).occurrence)),
    );
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(seen).toEqual([]); // not 2 before 1
    await expect.poll(() => seen, { timeout: 10_000 }).toEqual([1, 2]);
  });

  it('and also when the pass that saw it had other rows to publish, and nobody wakes the relay again', async () => {
    await append('held', 1);
    await pool.query(`UPDATE ${schema}.outbox SET lease_until = now() + interval '1 second'`);
    await append('free', 1);
    const seen: string[] = [];
    relay((_topic, event) => {
      seen.push(event.subject);
      return Promise.resolve();
    });
    await expect.poll(() => seen).toEqual(['free', 'held']);
    await expect.poll(left).toBe(0);
  });

  it('a relay whose connection is cut while it deletes what it published does so at the next pass, and publishes none of it again', async () => {
    const seen: number[] = [];
    const other = createPool({ url: database.url, application: 'outbox-cut', log, max: 2 });
    const holding = await other.connect();
    await append('a', 1);
    const cutOff = relay(async (_topic, event) => {
      seen.push((event.data as { occurrence: number }).occurrence);
      if (seen.length > 1) return;
      await holding.query('BEGIN');
      await holding.query(`SELECT FROM ${schema}.outbox FOR UPDATE`); // the delete has to wait
    });
    const cut = async () =>
      (
        await other.query(
          `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
           WHERE datname = current_database() AND application_name = 'outbox-test' AND wait_event_type = 'Lock'`,
        )
      ).rowCount;
    await expect.poll(cut, SOON).toBe(1);
    await holding.query('COMMIT');
    await append('a', 2);
    cutOff.wake(); // its next pass may have come before
    await expect.poll(() => seen, SOON).toEqual([1, 2]);
    await expect.poll(left, SOON).toBe(0);
    holding.release();
    await other.end();
  });

  it('a relay whose claim was committed without an answer takes the rows again at once', async () => {
    await append('a', 1);
    const seen: number[] = [];
    const publish = (_topic: string, event: { data: unknown }) =>
      Promise.resolve(void seen.push((event.data as { occurrence: number }).occurrence));
    const started = relay(publish);
    await started.idle();
    await append('a', 2);
    // as it stands after such a claim
    await pool.query(
      `UPDATE ${schema}.outbox SET lease_until = now() + interval '30 seconds', holder = $1`,
      [started.holder],
    );
    await append('a', 3);
    started.wake();
    await expect.poll(() => seen, SOON).toEqual([1, 2, 3]);
    await expect.poll(left, SOON).toBe(0);
  });

  it('an idle relay sends no statement', async () => {
    const started = relay(() => Promise.resolve());
    await started.idle();
    // Of what runs now, not of the statistics, which a connection tells up to a second late.
    const observer = createPool({ url: database.url, application: 'observer', log, max: 1 });
    const since = async () =>
      (await observer.query<{ now: string }>('SELECT clock_timestamp()::text AS now')).rows[0]!.now;
    const statementsSince = async (begun: string) =>
      (
        await observer.query(
          `SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'outbox-test' AND query_start > $1`,
          [begun],
        )
      ).rowCount;
    const idle = await since();
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(await statementsSince(idle)).toBe(0);
    started.wake();
    await started.idle();
    expect(await statementsSince(idle), 'one that works is seen').toBeGreaterThan(0);
    await observer.end();
  });
});

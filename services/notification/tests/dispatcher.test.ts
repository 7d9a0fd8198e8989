// The sender by itself, on the machine's clock: when it wakes, when it sleeps, and what it does without a database.
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '@todo/runtime/clock';
import type { Channel } from '@todo/contracts/notification-preferences';
import { uuidv7 } from '@todo/runtime/uuid';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startConsumerUnderTest } from '@todo/testing/consumer-under-test';
import type { ConsumerUnderTest } from '@todo/testing/consumer-under-test';
import { APP_ID, SCHEMA } from '../src/app.ts';
import { startDispatcher } from '../src/dispatcher.ts';
import type { Dispatcher, SendResult } from '../src/dispatcher.ts';

describe('the sender', () => {
  let service: ConsumerUnderTest;
  const running: Dispatcher[] = [];
  beforeAll(async () => {
    service = await startConsumerUnderTest({
      appId: APP_ID,
      schema: SCHEMA,
      migrations: new URL('../migrations/', import.meta.url),
      build: () => ({ handlers: {} }), // no sender but those of the tests
    });
  });
  afterEach(async () => {
    for (const dispatcher of running.splice(0)) await dispatcher.stop();
  });
  afterAll(() => service.close());

  const start = (
    send: (channel: Channel, notificationId: string) => Promise<SendResult>,
    pool = service.pool,
  ) => {
    const dispatcher = startDispatcher({
      pool,
      clock: systemClock,
      log: service.parts.log,
      send: ({ channel, notificationId }) => send(channel, notificationId),
    });
    running.push(dispatcher);
    return dispatcher;
  };
  const plan = async (channel: Channel, at = new Date()): Promise<string> => {
    const id = uuidv7();
    await service.pool.query(
      `INSERT INTO notification.notifications (id, user_id, kind, text, late, created_at) VALUES ($1, 'anna', 'reminder', 'x', false, now())`,
      [id],
    );
    await service.pool.query(
      `INSERT INTO notification.deliveries (notification_id, channel, target, status, next_at) VALUES ($1, $2, '', 'waiting', $3)`,
      [id, channel, at],
    );
    return id;
  };
  const statusOf = async (id: string) =>
    (
      await service.pool.query<{ status: string }>(
        'SELECT status FROM notification.deliveries WHERE notification_id = $1',
        [id],
      )
    ).rows[0]!.status;

  it('sleeps until the next instant in the table, and wakes by itself', async () => {
    const due = new Date(Date.now() + 4_000);
    const id = await plan('webhook', due);
    const sentAt: number[] = [];
    const dispatcher = start(() => {
      sentAt.push(Date.now());
      return Promise.resolve({ kind: 'delivered' });
    });
    await dispatcher.asleep();
    expect(sentAt).toEqual([]);
    await expect.poll(() => statusOf(id), { timeout: 20_000 }).toBe('delivered');
    expect(sentAt).toHaveLength(1);
    expect(sentAt[0]).toBeGreaterThanOrEqual(due.getTime());
  });

  it('a channel that hangs holds back no other', async () => {
    let release: (result: SendResult) => void = () => undefined;
    const mail = await plan('email');
    const push = await plan('push');
    start((channel) =>
      channel === 'email'
        ? new Promise((done) => (release = done))
        : Promise.resolve({ kind: 'delivered' }),
    );
    await expect.poll(() => statusOf(push), { timeout: 10_000 }).toBe('delivered');
    expect(await statusOf(mail)).toBe('sending');
    const later = await plan('push');
    running[0]!.wake();
    await expect.poll(() => statusOf(later), { timeout: 10_000 }).toBe('delivered');
    release({ kind: 'delivered' });
    await expect.poll(() => statusOf(mail), { timeout: 10_000 }).toBe('delivered');
  });

  it('an error that nobody expected is not tried again', async () => {
    const id = await plan('webhook');
    const dispatcher = start(() => Promise.reject(new Error('a bug')));
    await dispatcher.asleep();
    expect(await statusOf(id)).toBe('uncertain');
  });

  it('B02: the database is away: it goes on by itself when it is back', async () => {
    const id = await plan('webhook');
    await service.outage.down();
    const dispatcher = start(() => Promise.resolve({ kind: 'delivered' }), service.parts.pool);
    await dispatcher.asleep();
    expect(await statusOf(id)).toBe('waiting');
    await service.outage.up();
    await expect.poll(() => statusOf(id), { timeout: 20_000 }).toBe('delivered');
  });

  it('with nothing to send it sends the database no statement', async () => {
    const dispatcher = start(() => Promise.resolve({ kind: 'delivered' }), service.parts.pool);
    await dispatcher.asleep();
    const { rows } = await service.pool.query<{ now: string }>(
      'SELECT clock_timestamp()::text AS now',
    );
    await sleep(2_000);
    const { rowCount } = await service.pool.query(
      `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'consumer-test' AND query_start > $1`,
      [rows[0]!.now],
    );
    expect(rowCount).toBe(0);
    const { rowCount: known } = await service.pool.query(
      `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'consumer-test'`,
    );
    expect(known).toBeGreaterThan(0); // its connections are seen here
  });
});

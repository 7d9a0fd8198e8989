// How much one claim takes, whatever PostgreSQL believes about the table: statistics of an empty, a small and a huge one, every
// kind of join, and plans made without the values.
import { uuidv7 } from '@todo/runtime/uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startConsumerUnderTest } from '@todo/testing/consumer-under-test';
import type { ConsumerUnderTest } from '@todo/testing/consumer-under-test';
import { JOINS, STATISTICS, withPlanner } from '@todo/testing/planner';
import { APP_ID, SCHEMA } from '../src/app.ts';
import { CLAIM_MS, claimDeliveries, giveUpClaims, recordOutcome } from '../src/deliveries.ts';

describe('a claim of deliveries', () => {
  let service: ConsumerUnderTest;
  beforeAll(async () => {
    service = await startConsumerUnderTest({
      appId: APP_ID,
      schema: SCHEMA,
      migrations: new URL('../migrations/', import.meta.url),
      build: () => ({ handlers: {} }),
    });
  });
  afterAll(() => service.close());
  beforeEach(() => service.pool.query('TRUNCATE notification.notifications CASCADE'));

  const fill = async (count: number, status: 'waiting' | 'delivered') => {
    const ids = Array.from({ length: count }, () => uuidv7());
    await service.pool.query(
      `INSERT INTO notification.notifications (id, user_id, kind, text, late, created_at)
       SELECT id, 'anna', 'reminder', 'x', false, now() FROM unnest($1::uuid[]) AS id`,
      [ids],
    );
    await service.pool.query(
      `INSERT INTO notification.deliveries (notification_id, channel, target, status, next_at)
       SELECT id, 'push', '', $2, now() - (1000 - n) * interval '1 second' FROM unnest($1::uuid[]) WITH ORDINALITY AS t (id, n)`,
      [ids, status],
    );
    return ids;
  };

  it.each([
    { kind: 'delivered' } as const,
    { kind: 'retry', reason: 'busy' } as const,
    { kind: 'cancelled', reason: 'switched off' } as const,
  ])('a claim that was given up meanwhile is not told as $kind', async (outcome) => {
    await fill(1, 'waiting');
    const now = new Date();
    const [delivery] = await claimDeliveries(service.pool, 'push', now, 1);
    const later = new Date(now.getTime() + CLAIM_MS + 1);
    expect(await giveUpClaims(service.pool, 'push', later)).toBe(1);
    expect(await recordOutcome(service.pool, delivery!, outcome, { now: later, late: false })).toBe(
      'uncertain',
    );
  });

  const cases = STATISTICS.flatMap((statistics) =>
    JOINS.flatMap((join) =>
      (join === 'any join' ? [1, 8, 39, 100] : [8]).map(
        (limit) => [limit, statistics, join] as const,
      ),
    ),
  );
  it.each(cases)(
    'takes %i at most, with statistics of %s table, by %s',
    async (limit, statistics, join) => {
      await withPlanner(
        service.pool,
        {
          tables: ['notification.deliveries', 'notification.notifications'],
          statistics,
          join,
          fill: (count) => fill(count, 'delivered').then(() => undefined),
        },
        async (client) => {
          const due = await fill(40, 'waiting');
          const claimed = await claimDeliveries(
            client,
            'push',
            new Date(Date.now() + 60_000),
            limit,
          );
          expect(claimed.map(({ notificationId }) => notificationId).sort()).toEqual(
            due.slice(0, limit).sort(),
          );
          const { rows } = await client.query<{ n: number }>(
            `SELECT count(*)::int AS n FROM notification.deliveries WHERE status = 'sending'`,
          );
          expect(rows[0]!.n).toBe(Math.min(limit, 40));
        },
      );
    },
  );
});

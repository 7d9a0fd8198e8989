// What a subscription does when the database answers late: with a database of the test's own, which answers when it is told
// to, and a clock that stands still meanwhile.
import pino from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createByteBudget } from '../src/byte-budget.ts';
import type { Database, Row } from '../src/database.ts';
import { startSubscription, type Subscription } from '../src/subscription.ts';

const LEASE_MS = 3_000;
const NOTHING = [{ source: 'wait', wait_ms: null, ttl_ms: null }];

/** A statement that waits for its answer. */
interface Asked {
  /** Shards that it settles or renews; for each, how far, and whether it gives the shard back. */
  shards: number[];
  ids: (string | null)[];
  releases: boolean[];
  /** Messages it asks for. */
  limit: number;
  /** What it says of slow messages; undefined: another statement. */
  slow: object[] | undefined;
  over: boolean;
  answer: (rows: object[]) => Promise<void>;
  fail: () => Promise<void>;
}

let subscription: Subscription;
let asked: Asked[];
let sent: string[];
let started: number;

beforeEach(async () => {
  vi.useFakeTimers({
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'],
  });
  asked = [];
  sent = [];
  started = performance.now();
  const query = <T extends Row>(text: string, values: unknown[] = []) =>
    new Promise<T[]>((done, failed) => {
      if (text.startsWith('update')) {
        done([]); // nothing was taken by a claim that failed here
        return;
      }
      const one: Asked = {
        shards: values[3] as number[],
        ids: values[6] as (string | null)[],
        releases: values[7] as boolean[],
        limit: Number(values[11] ?? 0),
        slow: values.length === 3 ? (JSON.parse(values[1] as string) as object[]) : undefined,
        over: false,
        answer: (rows) => {
          one.over = true;
          done(rows as T[]);
          return settled();
        },
        fail: () => {
          one.over = true;
          failed(Object.assign(new Error('the database is away'), { code: 'ECONNREFUSED' }));
          return settled();
        },
      };
      asked.push(one);
    });
  subscription = startSubscription({
    database: { query, withRetries: query } as Partial<Database> as Database,
    groupId: () => Promise.resolve(1),
    settings: {
      ordered: true,
      maxDeliveries: 3,
      backoffMs: () => 1_000,
      deadMetadata: () => ({}),
      onDead: () => undefined,
      visibilityTimeout: LEASE_MS,
      handlerTimeout: 60_000,
      maxInFlight: 10,
      pollInterval: 60_000,
      pollIntervalMax: 60_000,
      idleAfter: 60_000,
      deadTopicId: () => Promise.resolve(null),
    },
    budget: createByteBudget(1_000_000),
    send: (id) => {
      sent.push(id);
    },
    onActivity: () => undefined,
    onStuck: () => undefined,
    log: pino({ level: 'silent' }),
  });
  await settled();
});
afterEach(async () => {
  const closing = subscription.close();
  await settled();
  for (let n = 0; n < asked.length; n++) await asked[n]!.answer([]);
  await closing;
  vi.useRealTimers();
});

/** Lets everything run that needs no time. */
async function settled(): Promise<void> {
  await vi.advanceTimersByTimeAsync(0);
}

/** What a claim brings: one shard with these messages, all of one key. */
function claimed(epoch: number, ...ids: number[]): object[] {
  const message = { source: 'log', shard: 4, epoch: String(epoch), xid: '100', key: '1' };
  return [
    ...ids.map((id) => ({
      ...{ ...message, id: String(id), attempts: 1, ttl_ms: null, content_type: null },
      ...{ metadata: null, data: Buffer.from('x'), wait_ms: null },
    })),
    { source: 'lease', shard: 4, epoch: String(epoch) },
    ...NOTHING,
  ];
}

function last(): Asked {
  return asked.at(-1)!;
}

test.each([LEASE_MS, LEASE_MS - 100])(
  'a claim that was answered after %d of 3000 ms: nothing is sent before the lease is renewed',
  async (late) => {
    await vi.advanceTimersByTimeAsync(late);
    await last().answer(claimed(7, 1, 2));
    expect(sent).toEqual([]);
    expect(last(), 'the renewal').toMatchObject({ shards: [4], ids: ['-1'], releases: [false] });
    await last().answer(NOTHING);
    expect(sent).toEqual(['4.7.1']);
  },
);

test('a claim that was answered too late, and meanwhile another has the shard: nothing is sent', async () => {
  await vi.advanceTimersByTimeAsync(LEASE_MS + 1);
  await last().answer(claimed(7, 1, 2));
  await last().answer([{ source: 'lost', shard: 4 }, ...NOTHING]);
  await vi.advanceTimersByTimeAsync(2 * LEASE_MS);
  expect(sent).toEqual([]);
});

test('the renewal is late: what follows waits for it, and what was handled meanwhile is written down, not handled again', async () => {
  await last().answer(claimed(7, 1, 2, 3, 4, 5, 6, 7, 8));
  while (performance.now() - started < LEASE_MS + 500) {
    await vi.advanceTimersByTimeAsync(500);
    subscription.acknowledge(sent.at(-1)!, undefined); // whose handler took that long; then comes the next of its key
    await settled();
  }
  expect(asked).toHaveLength(2);
  expect(last(), 'the renewal, which is on its way since').toMatchObject({ shards: [4] });
  expect(sent, 'until shortly before the end of the lease').toHaveLength(6);
  await last().answer(NOTHING);
  expect(last(), 'the next renewal').toMatchObject({ shards: [4], ids: ['6'], releases: [false] });
  await last().answer(NOTHING);
  expect(sent).toHaveLength(7);
});

test('the database is away for longer than a lease: the first statement that it takes renews what is held', async () => {
  await last().answer(claimed(7, ...Array.from({ length: 50 }, (_, n) => n + 1)));
  await vi.advanceTimersByTimeAsync(20);
  subscription.wake();
  await settled();
  expect(last(), 'a claim').toMatchObject({ shards: [], limit: expect.any(Number) as number });
  while (performance.now() - started < 2 * LEASE_MS) {
    if (!last().over) await last().fail();
    await vi.advanceTimersByTimeAsync(500);
    subscription.acknowledge(sent.at(-1)!, undefined);
  }
  while (last().over) await vi.advanceTimersByTimeAsync(500);
  expect(last()).toMatchObject({ shards: [4], ids: [String(sent.length)], releases: [false] });
});

test('a lease that ran out and was claimed by the same subscription: its messages are in one batch only', async () => {
  await last().answer(claimed(7, 1, 2));
  await vi.advanceTimersByTimeAsync(20);
  subscription.wake();
  await settled();
  expect(last().limit, 'another claim').toBeGreaterThan(0);
  await last().answer(claimed(8, 1, 2)); // on its way for so long that the first lease had run out
  subscription.acknowledge('4.7.1', undefined);
  await settled();
  expect(sent).toEqual(['4.7.1', '4.8.1']);
});

test('a slow message whose lease ran out is renewed before anything is claimed, and its answer counts', async () => {
  await last().answer(claimed(7, 1));
  while (last().ids[0] !== null) {
    await vi.advanceTimersByTimeAsync(100);
    if (last().ids[0] === '-1') await last().answer(NOTHING); // a renewal
  }
  await last().answer(NOTHING); // the shard goes on; message 1 has a lease of its own
  subscription.wake();
  await settled();
  const until = performance.now() + 2 * LEASE_MS;
  while (performance.now() < until) {
    if (!last().over) await last().fail();
    await vi.advanceTimersByTimeAsync(500);
  }
  while (last().over) await vi.advanceTimersByTimeAsync(500);
  expect(last()).toMatchObject({ shards: [], limit: 0 });
  await last().answer(NOTHING);
  expect(last().slow).toMatchObject([{ op: 'renew', id: '1', attempts: 1 }]);
  await last().answer([{ lost: [] }]);
  expect(last().limit, 'now it claims').toBeGreaterThan(0);
  await last().answer(NOTHING);
  subscription.acknowledge('4.7.1', undefined);
  await settled();
  while (last().slow === undefined) await last().answer(NOTHING);
  expect(last().slow).toEqual([{ op: 'ack', id: '1', attempts: 1 }]);
});

// Through a daprd that hands an app several messages of a subscription at once, as releases after 1.18.3 do: what bounds them,
// and what keeps their order. `npm run daprd -- --concurrent` builds it.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { findConcurrentDaprd } from '@todo/local/parts/daprd';
import { startDatabaseServer, type DatabaseServer } from '@todo/testing/database-server';
import { until } from '@todo/testing/sidecar-client';
import {
  startSidecar,
  type AppAnswer,
  type AppHandler,
  type BulkSettings,
  type Sidecar,
} from '@todo/testing/sidecar-process';

const PATIENCE_MS = 120_000;
const daprd = await findConcurrentDaprd();
if (typeof daprd === 'string') process.stderr.write(`SKIPPED: concurrent deliveries: ${daprd}\n`);

/** Counts how many handlers run at once. */
function gauge(): {
  during: (work: () => Promise<AppAnswer>) => Promise<AppAnswer>;
  now: () => number;
  most: () => number;
} {
  let now = 0;
  let most = 0;
  return {
    now: () => now,
    most: () => most,
    during: async (work) => {
      most = Math.max(most, ++now);
      try {
        return await work();
      } finally {
        now--;
      }
    },
  };
}

describe.skipIf(typeof daprd === 'string')('through a daprd that delivers side by side', () => {
  let server: DatabaseServer;
  const toClose: Sidecar[] = [];

  beforeAll(async () => {
    server = await startDatabaseServer();
  });
  afterEach(async () => {
    for (const sidecar of toClose.splice(0)) await sidecar.close();
  });
  afterAll(async () => {
    await server.remove();
  });

  async function app(
    topic: string,
    handle: AppHandler,
    options: {
      metadata?: Record<string, string>;
      bulk?: BulkSettings;
      appMaxConcurrency?: number;
    } = {},
  ): Promise<Sidecar> {
    if (typeof daprd === 'string') throw new Error(daprd);
    const started = await startSidecar({
      daprd: daprd.path,
      appId: topic,
      topic,
      handle,
      connectionString: server.url,
      ...options,
      metadata: {
        initialPosition: 'earliest',
        retryBackoff: '50ms',
        visibilityTimeout: '3s',
        ...options.metadata,
      },
    });
    toClose.push(started);
    return started;
  }

  async function publishAll(
    sidecar: Sidecar,
    topic: string,
    count: number,
    keys = 0,
  ): Promise<void> {
    for (let from = 0; from < count; from += 20) {
      await Promise.all(
        Array.from({ length: Math.min(20, count - from) }, (_, index) => {
          const number = from + index;
          return sidecar.publish(
            topic,
            String(number),
            keys > 0 ? { partitionKey: `key${number % keys}` } : {},
          );
        }),
      );
    }
  }

  test('the order of a key: never two of it at once, each after its predecessor, others beside it', async () => {
    const all = gauge();
    const busy = new Set<string>();
    const clashes: string[] = [];
    const handled: string[] = [];
    const sidecar = await app(
      'order',
      (text) =>
        all.during(async () => {
          const key = text.split(':')[0] ?? '';
          if (busy.has(key)) clashes.push(text);
          busy.add(key);
          await sleep(text.length % 2 === 0 ? 25 : 5);
          busy.delete(key);
          handled.push(text);
          return 'SUCCESS';
        }),
      { metadata: { ordering: 'partitionKey' } },
    );
    const keys = ['a', 'bb', 'c', 'dd', 'e', 'ff'];
    await Promise.all(
      keys.map(async (key) => {
        for (let number = 0; number < 25; number++)
          await sidecar.publish('order', `${key}:${number}`, { partitionKey: key });
      }),
    );
    await until('all are handled', () => handled.length >= 150, PATIENCE_MS);
    expect(clashes).toEqual([]);
    for (const key of keys) {
      expect(handled.filter((text) => text.startsWith(`${key}:`))).toEqual(
        Array.from({ length: 25 }, (_, number) => `${key}:${number}`),
      );
    }
    expect(all.most()).toBeGreaterThan(1); // or this daprd is not what it is taken for
  });

  test('a slow app is not flooded: at most maxInFlight messages are with it', async () => {
    const all = gauge();
    let handled = 0;
    const sidecar = await app(
      'slow',
      () =>
        all.during(async () => {
          await sleep(60);
          handled++;
          return 'SUCCESS';
        }),
      { metadata: { maxInFlight: '7' } },
    );
    await publishAll(sidecar, 'slow', 140);
    await until('all are handled', () => handled >= 140, PATIENCE_MS);
    expect(all.most()).toBeLessThanOrEqual(7);
    expect(all.most()).toBeGreaterThan(1);
  });

  test('dapr.io/app-max-concurrency below maxInFlight: the app gets that many, the rest waits in daprd and is not redelivered', async () => {
    const all = gauge();
    const handled: string[] = [];
    const sidecar = await app(
      'concurrency',
      (text) =>
        all.during(async () => {
          await sleep(40);
          handled.push(text);
          return 'SUCCESS';
        }),
      { appMaxConcurrency: 3, metadata: { maxInFlight: '50' } },
    );
    await publishAll(sidecar, 'concurrency', 120);
    await until('all are handled', () => handled.length >= 120, PATIENCE_MS);
    expect(all.most()).toBeLessThanOrEqual(3);
    expect(new Set(handled).size).toBe(handled.length);
  });

  test('maxInFlightBytes bounds the payload with the app, and the process stays small', async () => {
    const size = 200_000;
    const all = gauge();
    let handled = 0;
    const sidecar = await app(
      'bytes',
      () =>
        all.during(async () => {
          await sleep(30);
          handled++;
          return 'SUCCESS';
        }),
      { metadata: { maxInFlight: '100', maxInFlightBytes: String(5 * size) } },
    );
    for (let number = 0; number < 60; number++)
      await sidecar.publish('bytes', String(number).padEnd(size, 'x'));
    await until('all are handled', () => handled >= 60, PATIENCE_MS);
    expect(all.most()).toBeLessThanOrEqual(6); // one message more than fits may be taken
  });

  test('what is with the app when the component ends is given back, and that delivery does not count', async () => {
    const seen: string[] = [];
    const first = await app(
      'shutdown',
      async (text): Promise<AppAnswer> => {
        seen.push(text);
        await sleep(PATIENCE_MS, undefined, { ref: false });
        return 'SUCCESS';
      },
      { metadata: { maxDeliveries: '1', maxInFlight: '10' } },
    );
    await publishAll(first, 'shutdown', 10);
    await until('ten are with the app', () => seen.length === 10, PATIENCE_MS);
    toClose.splice(0);
    await first.close(); // daprd is killed, the component ends in order
    const again = new Set<string>();
    await app(
      'shutdown',
      (text) => {
        again.add(text);
        return 'SUCCESS';
      },
      { metadata: { maxDeliveries: '1' } },
    );
    await until('all ten came again', () => again.size === 10, PATIENCE_MS);
  });

  test('bulk subscribe gets batches', async () => {
    const handled = new Set<string>();
    const sidecar = await app(
      'bulk',
      (text) => {
        handled.add(text);
        return 'SUCCESS';
      },
      { bulk: { maxMessagesCount: 50, maxAwaitDurationMs: 200 } },
    );
    await publishAll(sidecar, 'bulk', 400);
    await until('all are handled', () => handled.size === 400, PATIENCE_MS);
    expect(sidecar.calls()).toBeLessThan(200);
  });
});

// The scenarios of the certification plans of Dapr's own pub/sub components (components-contrib, tests/certification), on
// this component: processes as in production, a durable database, and a network between them that can be cut.
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Answer, Delivered } from '@todo/testing/sidecar-client';
import { until } from '@todo/testing/sidecar-client';
import { startComponentProcess, type ComponentProcess } from '@todo/testing/component-process';
import { startDatabaseServer, type DatabaseServer } from '@todo/testing/database-server';
import {
  keepPublishing,
  keepSubscribed,
  type Subscriber,
} from '@todo/testing/component-subscriber';
import { startTcpProxy, type TcpProxy } from '@todo/testing/tcp-proxy';

/** How long all of a scenario's messages may take; nothing is asserted about speed. */
const PATIENCE_MS = 60_000;

let server: DatabaseServer;
let proxy: TcpProxy;
let topicNumber = 0;
const toClose: (() => void | Promise<void>)[] = [];

beforeAll(async () => {
  server = await startDatabaseServer();
  proxy = await startTcpProxy(server.port);
});
afterEach(async () => {
  proxy.restore();
  for (const close of toClose.splice(0).toReversed()) await close();
});
afterAll(async () => {
  await proxy.close();
  await server.remove();
});

function properties(consumerID: string, more: Record<string, string> = {}): Record<string, string> {
  const url = new URL(server.url);
  url.port = String(proxy.port);
  return {
    connectionString: url.href,
    consumerID,
    ordering: 'partitionKey',
    initialPosition: 'earliest',
    retryBackoff: '50ms',
    visibilityTimeout: '3s',
    ...more,
  };
}

function nextTopic(): string {
  return `topic-${++topicNumber}`;
}

async function component(): Promise<ComponentProcess> {
  const started = await startComponentProcess({ env: { LOG_LEVEL: 'warn' } });
  toClose.push(started.remove);
  return started;
}

async function subscribe(
  socket: string,
  topic: string,
  group: string,
  handle: (message: Delivered) => Answer | Promise<Answer>,
  more: Record<string, string> = {},
): Promise<Subscriber> {
  const subscriber = keepSubscribed({ socket, topic, handle, properties: properties(group, more) });
  toClose.push(subscriber.close);
  await subscriber.started;
  return subscriber;
}

function publisherFor(socket: string): ReturnType<typeof keepPublishing> {
  const publisher = keepPublishing(socket, properties('publisher'));
  toClose.push(publisher.close);
  return publisher;
}

/** Publishes `count` numbered messages of each key, in order. */
async function publishKeyed(
  publisher: ReturnType<typeof keepPublishing>,
  topic: string,
  keys: string[],
  count: number,
  pauseMs = 0,
): Promise<void> {
  await Promise.all(
    keys.map(async (key) => {
      for (let number = 0; number < count; number++) {
        await publisher.publish(topic, `${key}:${number}`, { partitionKey: key });
        if (pauseMs > 0) await sleep(pauseMs);
      }
    }),
  );
}

/** Collects what was handled, by key, and says whether each key has all numbers in order. */
function createRecord(): {
  add: (message: Delivered) => { key: string; number: number };
  /** Numbers of a key as they first came. */
  firsts: (key: string) => number[];
  total: () => number;
  distinct: () => number;
} {
  const all: string[] = [];
  const firsts = new Map<string, number[]>();
  const seen = new Set<string>();
  return {
    add: (message) => {
      const text = message.data.toString();
      const [key = '', number = ''] = text.split(':');
      all.push(text);
      if (!seen.has(text)) firsts.set(key, [...(firsts.get(key) ?? []), Number(number)]);
      seen.add(text);
      return { key, number: Number(number) };
    },
    firsts: (key) => firsts.get(key) ?? [],
    total: () => all.length,
    distinct: () => seen.size,
  };
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

function deadLetterCount(): Promise<number> {
  return withDatabase(async (client) => {
    const { rows } = await client.query<{ count: number }>(
      'select count(*)::int as count from dapr_pubsub.dead_letters',
    );
    return rows[0]?.count ?? -1;
  });
}

async function withDatabase<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

const KEYS = ['a', 'b', 'c', 'd', 'e'];

describe('keyed messages with periodic errors', () => {
  test('each is handled in the end, in the order of its key, and none is given up', async () => {
    const { socket } = await component();
    const topic = nextTopic();
    const handled = createRecord();
    const failedOnce = new Set<string>();
    await subscribe(socket, topic, 'errors', (message) => {
      const text = message.data.toString();
      const number = Number(text.split(':')[1]);
      if (number % 5 === 3 && !failedOnce.has(text)) {
        failedOnce.add(text);
        return { error: 'this one fails the first time' };
      }
      handled.add(message);
      return undefined;
    });
    await publishKeyed(publisherFor(socket), topic, KEYS, 40);
    await until('all are handled', () => handled.distinct() === 200, PATIENCE_MS);
    for (const key of KEYS) expect(handled.firsts(key)).toEqual(range(40));
    expect(failedOnce.size).toBe(40);
    expect(handled.total()).toBe(200);
    expect(await deadLetterCount()).toBe(0);
  });
});

describe('consumer ids', () => {
  test('subscribers with the same id share the messages: each goes to one of them', async () => {
    const [one, two] = [await component(), await component()];
    const topic = nextTopic();
    const [first, second] = [createRecord(), createRecord()];
    const slow =
      (record: ReturnType<typeof createRecord>) =>
      async (message: Delivered): Promise<undefined> => {
        await sleep(5);
        record.add(message);
      };
    const few = { maxInFlight: '5' };
    await subscribe(one.socket, topic, 'same', slow(first), few);
    await subscribe(two.socket, topic, 'same', slow(second), few);
    const publisher = publisherFor(one.socket);
    let published = 0;
    const handled = (): number => first.total() + second.total();
    // Who has time takes what is there, so both get some of a stream that lasts.
    await until(
      'both got some',
      async () => {
        const key = `key${published % 20}`;
        await publisher.publish(topic, `${key}:${published++}`, { partitionKey: key });
        return first.total() > 0 && second.total() > 0;
      },
      PATIENCE_MS,
    );
    await until('all are handled', () => handled() >= published, PATIENCE_MS);
    await sleep(500);
    expect(handled()).toBe(published);
    expect(first.distinct() + second.distinct()).toBe(published);
  });

  test('subscribers with different ids each get every message', async () => {
    const [one, two] = [await component(), await component()];
    const topic = nextTopic();
    const [first, second] = [createRecord(), createRecord()];
    await subscribe(one.socket, topic, 'left', (message) => void first.add(message));
    await subscribe(two.socket, topic, 'right', (message) => void second.add(message));
    await publishKeyed(publisherFor(one.socket), topic, KEYS, 20);
    await until('both have all', () => first.distinct() + second.distinct() >= 200, PATIENCE_MS);
    for (const key of KEYS) {
      expect(first.firsts(key)).toEqual(range(20));
      expect(second.firsts(key)).toEqual(range(20));
    }
    expect(first.total() + second.total()).toBe(200);
  });
});

describe('message TTL', () => {
  test('what expired before a subscriber came is not delivered; what has time left is', async () => {
    const { socket } = await component();
    const topic = nextTopic();
    const publisher = publisherFor(socket);
    await publisher.publish(topic, 'short:0', { ttlInSeconds: '1', partitionKey: 'short' });
    await publisher.publish(topic, 'long:0', { ttlInSeconds: '600', partitionKey: 'long' });
    await publisher.publish(topic, 'none:0', { partitionKey: 'none' });
    await sleep(1_500);
    const handled = createRecord();
    await subscribe(socket, topic, 'late', (message) => void handled.add(message));
    await until('two came', () => handled.distinct() === 2, PATIENCE_MS);
    await sleep(500);
    expect(handled.firsts('short')).toEqual([]);
    expect(handled.firsts('long')).toEqual([0]);
    expect(handled.firsts('none')).toEqual([0]);
  });
});

describe('network interruption', () => {
  test.each([
    [
      'cut: connections are reset and refused',
      (): void => {
        proxy.cut();
      },
    ],
    [
      'stalled: nothing is answered, nothing is closed',
      (): void => {
        proxy.stall();
      },
    ],
  ])('%s for 4 s: nothing is lost and keys stay in order', async (_, interrupt) => {
    const [publishing, consuming] = [await component(), await component()];
    const topic = nextTopic();
    const handled = createRecord();
    await subscribe(consuming.socket, topic, 'network', (message) => void handled.add(message));
    const publisher = publisherFor(publishing.socket);
    const published = publishKeyed(publisher, topic, KEYS, 60, 50);
    await until('it flows', () => handled.distinct() > 10, PATIENCE_MS);
    interrupt();
    await sleep(4_000);
    proxy.restore();
    await published;
    await until('all are handled', () => handled.distinct() === 300, PATIENCE_MS);
    for (const key of KEYS) expect(handled.firsts(key)).toEqual(range(60));
    expect(await deadLetterCount()).toBe(0);
  });
});

describe('database restart', () => {
  test.each(['fast', 'immediate'] as const)(
    'stopped (%s) for 2 s and started again: nothing is lost and keys stay in order',
    async (mode) => {
      const [publishing, consuming] = [await component(), await component()];
      const topic = nextTopic();
      const handled = createRecord();
      await subscribe(consuming.socket, topic, 'restart', (message) => void handled.add(message));
      const publisher = publisherFor(publishing.socket);
      const published = publishKeyed(publisher, topic, KEYS, 60, 50);
      await until('it flows', () => handled.distinct() > 10, PATIENCE_MS);
      await server.stop(mode);
      await sleep(2_000);
      await server.start();
      await published;
      await until('all are handled', () => handled.distinct() === 300, PATIENCE_MS);
      for (const key of KEYS) expect(handled.firsts(key)).toEqual(range(60));
      expect(await deadLetterCount()).toBe(0);
    },
  );
});

describe('partitions with two subscribers', () => {
  test('both work, each key keeps its order, and when one is killed the other takes its keys', async () => {
    const [one, two, publishing] = [await component(), await component(), await component()];
    const topic = nextTopic();
    const together = createRecord();
    const byOne = createRecord();
    const byTwo = createRecord();
    let inFlightKeys = new Set<string>();
    const overlaps: string[] = [];
    const handler =
      (own: ReturnType<typeof createRecord>) =>
      async (message: Delivered): Promise<undefined> => {
        const key = message.data.toString().split(':')[0] ?? '';
        if (inFlightKeys.has(key)) overlaps.push(message.data.toString());
        inFlightKeys.add(key);
        await sleep(3);
        inFlightKeys.delete(key);
        own.add(message);
        together.add(message);
      };
    const few = { maxInFlight: '5' };
    await subscribe(one.socket, topic, 'partitions', handler(byOne), few);
    await subscribe(two.socket, topic, 'partitions', handler(byTwo), few);
    const keys = range(16).map((index) => `key${index}`);
    const published = publishKeyed(publisherFor(publishing.socket), topic, keys, 30, 20);
    await until('both work', () => byOne.total() > 20 && byTwo.total() > 20, PATIENCE_MS);
    expect(overlaps).toEqual([]);
    await two.end('SIGKILL');
    inFlightKeys = new Set();
    await published;
    await until('all are handled', () => together.distinct() === 480, PATIENCE_MS);
    for (const key of keys) expect(together.firsts(key)).toEqual(range(30));
    expect(await deadLetterCount()).toBe(0);
  });
});

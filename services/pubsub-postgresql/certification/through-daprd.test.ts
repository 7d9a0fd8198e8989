// The certification scenarios again, through real daprds: an app published to over HTTP, delivered to over HTTP.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { until } from '@todo/testing/sidecar-client';
import { startDatabaseServer, type DatabaseServer } from '@todo/testing/database-server';
import {
  findDaprd,
  startSidecar,
  type AppAnswer,
  type Sidecar,
} from '@todo/testing/sidecar-process';

const PATIENCE_MS = 90_000;
const daprd = findDaprd();
if (daprd === undefined)
  process.stderr.write('SKIPPED: the scenarios through daprd need one (set DAPRD to its path)\n');

describe.skipIf(daprd === undefined)('through daprd', () => {
  let server: DatabaseServer;
  let topicNumber = 0;
  const toClose: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    server = await startDatabaseServer();
  });
  afterEach(async () => {
    for (const close of toClose.splice(0)) await close();
  });
  afterAll(async () => {
    await server.remove();
  });

  async function app(
    appId: string,
    topic: string,
    handle: (text: string) => AppAnswer,
  ): Promise<Sidecar> {
    const started = await startSidecar({
      daprd: daprd ?? '',
      appId,
      topic,
      handle,
      connectionString: server.url,
      metadata: {
        ordering: 'partitionKey',
        initialPosition: 'earliest',
        retryBackoff: '50ms',
        visibilityTimeout: '3s',
      },
    });
    toClose.push(started.close);
    return started;
  }
  const nextTopic = (): string => `daprd-${++topicNumber}`;

  test('keyed messages with periodic errors: RETRY brings each again, in the order of its key', async () => {
    const topic = nextTopic();
    const failed = new Set<string>();
    const handled: string[] = [];
    const sidecar = await app('errors', topic, (text) => {
      if (Number(text.split(':')[1]) % 5 === 3 && !failed.has(text)) {
        failed.add(text);
        return 'RETRY';
      }
      handled.push(text);
      return 'SUCCESS';
    });
    const keys = ['a', 'b', 'c'];
    await Promise.all(
      keys.map(async (key) => {
        for (let number = 0; number < 20; number++)
          await sidecar.publish(topic, `${key}:${number}`, { partitionKey: key });
      }),
    );
    await until('all are handled', () => handled.length >= 60, PATIENCE_MS);
    for (const key of keys) {
      expect(handled.filter((text) => text.startsWith(`${key}:`))).toEqual(
        Array.from({ length: 20 }, (_, number) => `${key}:${number}`),
      );
    }
    expect(failed.size).toBe(12);
  });

  test('the same app id shares the messages, another app id gets all of them', async () => {
    const topic = nextTopic();
    const [one, two, other]: string[][] = [[], [], []];
    const collect =
      (list: string[] | undefined) =>
      (text: string): AppAnswer => {
        list?.push(text);
        return 'SUCCESS';
      };
    const first = await app('shared', topic, collect(one));
    await app('shared', topic, collect(two));
    await app('other', topic, collect(other));
    for (let number = 0; number < 200; number++)
      await first.publish(topic, String(number), { partitionKey: `key${number % 40}` });
    await until(
      'both groups have all',
      () => (one?.length ?? 0) + (two?.length ?? 0) >= 200 && (other?.length ?? 0) >= 200,
      PATIENCE_MS,
    );
    await sleep(500);
    const all = Array.from({ length: 200 }, (_, number) => String(number)).toSorted();
    expect([...(one ?? []), ...(two ?? [])].toSorted()).toEqual(all);
    expect(other?.toSorted()).toEqual(all);
  });

  test('an idle sidecar keeps its subscription: a message after more than two pings arrives', async () => {
    const topic = nextTopic();
    const handled: string[] = [];
    const sidecar = await app('idle', topic, (text) => {
      handled.push(text);
      return 'SUCCESS';
    });
    await sleep(35_000); // the component pings each 15 s, and asks a sidecar whose stream was lost to shut down
    await sidecar.publish(topic, 'still there');
    await until('it came', () => handled.length > 0, PATIENCE_MS);
    expect(handled).toEqual(['still there']);
  });

  test('TTL: what expired while no subscriber was there is not delivered', async () => {
    const topic = nextTopic();
    const publisher = await app('publisher', nextTopic(), () => 'SUCCESS');
    await publisher.publish(topic, 'short', { ttlInSeconds: '1' });
    await publisher.publish(topic, 'long', { ttlInSeconds: '600' });
    await sleep(1_500);
    const handled: string[] = [];
    await app('late', topic, (text) => {
      handled.push(text);
      return 'SUCCESS';
    });
    await until('one came', () => handled.length > 0, PATIENCE_MS);
    await sleep(500);
    expect(handled).toEqual(['long']);
  });

  test('the database crashes and comes back: what was accepted is delivered, in the order of its key', async () => {
    const topic = nextTopic();
    const handled: string[] = [];
    const sidecar = await app('restart', topic, (text) => {
      if (!handled.includes(text)) handled.push(text);
      return 'SUCCESS';
    });
    const publish = async (number: number): Promise<void> => {
      for (;;) {
        try {
          await sidecar.publish(topic, String(number), { partitionKey: 'one' });
          return;
        } catch {
          await sleep(100);
        }
      }
    };
    for (let number = 0; number < 20; number++) await publish(number);
    await server.stop('immediate');
    const during = publish(20);
    await sleep(2_000);
    await server.start();
    await during;
    for (let number = 21; number < 40; number++) await publish(number);
    await until('all are handled', () => handled.length === 40, PATIENCE_MS);
    expect(handled).toEqual(Array.from({ length: 40 }, (_, number) => String(number)));
  });
});

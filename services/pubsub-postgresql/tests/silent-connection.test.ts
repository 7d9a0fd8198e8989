// A connection that is dead and does not say so: something on the way goes on acknowledging and swallows every byte, so that
// no error and no keep-alive of TCP tells. Polling is out of the picture.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startTcpProxy, type TcpProxy } from '@todo/testing/tcp-proxy';
import { until } from '@todo/testing/sidecar-client';
import { createWorld, fresh, pause, texts, type Pull, type Replica, type World } from './world.ts';

/** Nothing that looks by itself. */
const SILENT = {
  pollInterval: '1h',
  pollIntervalMax: '1h',
  idleAfter: '0s',
  wakeHost: '127.0.0.1',
};
/** What is promised is a minute; a test gives up a little before. */
const FOUND_MS = 50_000;

let world: World;
let proxies: TcpProxy[] = [];
beforeAll(async () => {
  world = await createWorld();
});
afterEach(async () => {
  await world.stopAll();
  await Promise.all(proxies.map((proxy) => proxy.close()));
  proxies = [];
});
afterAll(() => world.close());

const listeners = (): Promise<{ pid: number }[]> =>
  world.sql(
    `select pid from pg_stat_activity where application_name = 'dapr-pubsub-postgresql-listen' and datname = current_database()`,
  );

/** The database's address through a proxy of its own. */
async function through(): Promise<{ proxy: TcpProxy; url: string }> {
  const url = new URL(world.url);
  const proxy = await startTcpProxy(Number(url.port));
  proxies.push(proxy);
  url.hostname = '127.0.0.1';
  url.port = String(proxy.port);
  return { proxy, url: url.href };
}

/** A subscriber whose LISTEN session alone goes through a proxy, and which is idle. */
async function idleSubscriber(
  topic: string,
  settings: Record<string, string> = {},
): Promise<{ proxy: TcpProxy; subscriber: Replica; pull: Pull }> {
  const { proxy, url } = await through();
  const before = (await listeners()).length;
  const subscriber = await world.replica({
    ...SILENT,
    directConnectionString: url,
    consumerID: fresh('group'),
    ...settings,
  });
  const pull = subscriber.pull(topic);
  await until('it listens', async () => (await listeners()).length > before);
  return { proxy, subscriber, pull };
}

describe('LISTEN through something that acknowledges and swallows', () => {
  test('an idle subscriber: the publisher calls it back, it gets the message, and its connection is replaced', async () => {
    const topic = fresh('deaf');
    const { proxy, subscriber, pull } = await idleSubscriber(topic);
    const publisher = await world.replica({ ...SILENT, consumerID: fresh('publisher') });
    await publisher.publish(topic, 'first');
    await until('it has the first', () => pull.received.length === 1);
    await pause(1_000);
    const made = proxy.count();
    expect(proxy.swallow()).toBeGreaterThan(0);
    const deafFrom = performance.now();
    await publisher.publish(topic, 'second');
    await until('it was called back', () => pull.received.length === 2, FOUND_MS);
    await until('it made another connection', () => proxy.count() > made, FOUND_MS);
    await until(
      'the log has the delay',
      () => subscriber.logged('the listening connection was replaced').length === 1,
      FOUND_MS,
    );
    expect(performance.now() - deafFrom).toBeLessThan(60_000);
    const [line] = subscriber.logged('the listening connection was replaced');
    expect(line).toMatchObject({
      silentForMs: expect.any(Number) as number,
      replacedAfterMs: expect.any(Number) as number,
    });
    await publisher.publish(topic, 'third');
    await until('it hears again', () => pull.received.length === 3, 2_000);
    expect(texts(pull.received)).toEqual(['first', 'second', 'third']);
  }, 90_000);

  test('the same for a bulk of messages, for a dead-letter topic, and in `sleep` mode', async () => {
    const topic = fresh('deaf-bulk');
    const deadTopic = fresh('deaf-dead');
    const bulk = await idleSubscriber(topic);
    const asleep = await idleSubscriber(topic, { idleMode: 'sleep', sleepPoll: '0s' });
    const dead = await idleSubscriber(deadTopic);
    const failing = await world.replica({
      ...SILENT,
      consumerID: fresh('failing'),
      maxDeliveries: '1',
      deadLetterTopic: deadTopic,
    });
    failing.pull(topic, () => ({ error: 'no' }));
    const publisher = await world.replica({ ...SILENT, consumerID: fresh('publisher') });
    await publisher.publish(topic, 'first');
    const all = [bulk, asleep, dead];
    for (const { pull } of all) await until('it has the first', () => pull.received.length === 1);
    await pause(1_000);
    for (const { proxy } of all) proxy.swallow();
    await publisher.call('bulkPublish', {
      topic,
      entries: [1, 2, 3].map((n) => ({ entryId: String(n), event: Buffer.from(String(n)) })),
    });
    for (const { pull } of all)
      await until('it was called back', () => pull.received.length === 4, FOUND_MS);
    for (const { subscriber } of all)
      await until(
        'its connection was replaced',
        () => subscriber.logged('the listening connection was replaced').length === 1,
        FOUND_MS,
      );
  }, 120_000);

  test('a subscriber that publishes finds its own dead connection, without being called', async () => {
    const topic = fresh('deaf-busy');
    const { proxy, subscriber } = await idleSubscriber(topic, { wakeHost: '192.0.2.1' });
    await pause(1_000);
    proxy.swallow();
    const from = performance.now();
    await until(
      'its connection was replaced',
      async () => {
        await subscriber.publish(fresh('elsewhere'), 'x');
        return subscriber.logged('the listening connection was replaced').length === 1;
      },
      FOUND_MS,
    );
    expect(performance.now() - from).toBeLessThan(60_000);
  }, 90_000);

  test('swallowed while it connects: after the connection, before LISTEN is answered', async () => {
    const topic = fresh('deaf-early');
    const { proxy, url } = await through();
    const subscriber = await world.replica({
      ...SILENT,
      directConnectionString: url,
      consumerID: fresh('group'),
    });
    proxy.muffle();
    const pull = subscriber.pull(topic);
    await pause(2_000);
    proxy.swallow();
    proxy.restore();
    const publisher = await world.replica({ ...SILENT, consumerID: fresh('publisher') });
    await publisher.publish(topic, 'first');
    await until('it has it', () => pull.received.length === 1, FOUND_MS);
    const before = performance.now();
    await until('it listens', async () => (await listeners()).length >= 1, FOUND_MS);
    await publisher.publish(topic, 'second');
    await until('it hears', () => pull.received.length === 2, FOUND_MS);
    expect(performance.now() - before).toBeLessThan(60_000);
  }, 120_000);
});

describe('statements through something that acknowledges and swallows', () => {
  test('a publish that was under way and the ones after it are answered; nothing is lost', async () => {
    const topic = fresh('deaf-pool');
    const { proxy, url } = await through();
    const publisher = await world.replica({
      ...SILENT,
      connectionString: url,
      directConnectionString: world.url,
      consumerID: fresh('publisher'),
    });
    const subscriber = await world.replica({ ...SILENT, consumerID: fresh('group') });
    const pull = subscriber.pull(topic);
    await publisher.publish(topic, 'first');
    proxy.swallow();
    const from = performance.now();
    const answered: string[] = [];
    for (let n = 0; answered.length < 3 && performance.now() - from < FOUND_MS; n++)
      await publisher.publish(topic, `next ${n}`).then(
        () => answered.push(`next ${n}`),
        () => undefined,
      );
    expect(answered).toHaveLength(3);
    await until('all are delivered', () =>
      ['first', ...answered].every((text) => texts(pull.received).includes(text)),
    );
  }, 90_000);
});

test('publishers call nobody while everything is claimed', async () => {
  const topic = fresh('claimed');
  const subscriber = await world.replica({ ...SILENT, consumerID: fresh('group') });
  const pull = subscriber.pull(topic);
  const publisher = await world.replica({ ...SILENT, consumerID: fresh('publisher') });
  for (let n = 1; n <= 3; n++) {
    await publisher.publish(topic, String(n));
    await pause(3_000);
  }
  await pause(6_000);
  expect(pull.received).toHaveLength(3);
  expect(publisher.logged('messages are waiting unclaimed; notified their subscribers')).toEqual(
    [],
  );
  expect(subscriber.logged('the listening connection was replaced')).toEqual([]);
}, 60_000);

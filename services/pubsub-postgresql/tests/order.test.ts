// Order within a key, and nothing skipped when transactions become visible out of order.
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { until } from '@todo/testing/sidecar-client';
import { createWorld, fresh, pause, texts, type World } from './world.ts';

vi.setConfig({ testTimeout: 60_000 });

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterEach(() => world.stopAll());
afterAll(() => world.close());

const ORDERED = { ordering: 'partitionKey', retryBackoff: '100ms', retryBackoffMax: '200ms' };

describe('order of a key', () => {
  test('is kept over failures, replicas that come and go, and lost leases', async () => {
    const topic = fresh('order');
    const group = { ...ORDERED, consumerID: fresh('group'), visibilityTimeout: '3s' };
    const keys = Array.from({ length: 12 }, (_, n) => `key-${n}`);
    const seen = new Map<string, number[]>(keys.map((key) => [key, []]));
    let calls = 0;
    const start = async (): Promise<() => Promise<void>> => {
      const replica = await world.replica(group);
      replica.pull(topic, async ({ data, metadata }) => {
        if (++calls % 7 === 0) return { error: 'every seventh fails' };
        await pause(2);
        seen.get(metadata['partitionKey']!)!.push(Number(data.toString()));
        return undefined;
      });
      return () => replica.stop();
    };
    const publisher = await world.replica(group);
    const stops = [await start(), await start()];
    for (let n = 0; n < 240; n++) {
      await publisher.publish(topic, String(n), { partitionKey: keys[n % 12]! });
      if (n === 80) await stops[0]!();
      if (n === 160) stops.push(await start());
    }
    const distinct = (): number =>
      [...seen.values()].reduce((sum, list) => sum + new Set(list).size, 0);
    await until('every message', () => distinct() === 240, 60_000);
    for (const list of seen.values()) {
      const first = [...new Set(list)]; // a second delivery is allowed, a first one out of turn is not
      expect(first).toEqual(first.toSorted((a, b) => a - b));
    }
  }, 90_000);

  test('a key has one message in flight; the next comes when it is answered', async () => {
    const topic = fresh('one');
    const replica = await world.replica(ORDERED);
    const pull = replica.pull(topic, () => 'hold');
    for (const text of ['1', '2', '3']) await replica.publish(topic, text, { partitionKey: 'k' });
    await until('the first', () => pull.received.length === 1);
    await pause(1_600); // slow, with a lease of its own, and still the only one
    expect(texts(pull.received)).toEqual(['1']);
    pull.ack(pull.received[0]!.id);
    await until('the second', () => pull.received.length === 2);
    pull.ack(pull.received[1]!.id);
    await until('the third', () => pull.received.length === 3);
    pull.ack(pull.received[2]!.id);
    expect(texts(pull.received)).toEqual(['1', '2', '3']);
  });

  test('a key whose first message hangs or fails blocks no other key, not even of its shard', async () => {
    const topic = fresh('block');
    const replica = await world.replica({
      ...ORDERED,
      shards: '1',
      retryBackoff: '1h',
      retryBackoffMax: '1h',
    });
    const pull = replica.pull(topic, ({ metadata }) =>
      metadata['partitionKey'] === 'hangs'
        ? 'hold'
        : metadata['partitionKey'] === 'fails'
          ? { error: 'no' }
          : undefined,
    );
    for (let n = 0; n < 3; n++)
      for (const key of ['hangs', 'fails', 'works'])
        await replica.publish(topic, `${key} ${n}`, { partitionKey: key });
    for (let n = 3; n < 20; n++)
      await replica.publish(topic, `works ${n}`, { partitionKey: 'works' });
    await until('the key that works', () => pull.received.length === 22);
    expect(
      texts(pull.received)
        .filter((text) => !text.startsWith('works'))
        .sort(),
    ).toEqual(['fails 0', 'hangs 0']);
  });

  test('what fails is delivered again before what comes after it for its key', async () => {
    const topic = fresh('again');
    const replica = await world.replica(ORDERED);
    let failures = 3;
    const handled: string[] = [];
    replica.pull(topic, ({ data }) => {
      if (failures > 0) {
        failures--;
        return { error: 'no' };
      }
      handled.push(data.toString());
      return undefined;
    });
    for (const text of ['1', '2', '3', '4'])
      await replica.publish(topic, text, { partitionKey: 'k' });
    await until('all', () => handled.length === 4);
    expect(handled).toEqual(['1', '2', '3', '4']);
  });

  test('a message that was given up lets the rest of its key go on', async () => {
    const topic = fresh('dead');
    const replica = await world.replica({ ...ORDERED, maxDeliveries: '2' });
    const handled: string[] = [];
    replica.pull(topic, ({ data }) => {
      if (data.toString() === '1') return { error: 'no' };
      handled.push(data.toString());
      return undefined;
    });
    for (const text of ['1', '2', '3']) await replica.publish(topic, text, { partitionKey: 'k' });
    await until('the others', () => handled.length === 2);
    expect(handled).toEqual(['2', '3']);
  });

  test('one transaction’s messages keep their order: a bulk', async () => {
    const topic = fresh('bulk');
    const replica = await world.replica(ORDERED);
    const pull = replica.pull(topic);
    const entries = Array.from({ length: 300 }, (_, n) => ({
      entryId: String(n),
      event: Buffer.from(String(n)),
      metadata: { partitionKey: `k${n % 3}` },
    }));
    await replica.call('bulkPublish', { topic, entries });
    await until('all', () => pull.received.length === 300);
    for (const key of ['k0', 'k1', 'k2']) {
      const own = pull.received.filter((message) => message.metadata['partitionKey'] === key);
      const order = texts(own).map(Number);
      expect(order).toEqual(order.toSorted((a, b) => a - b));
    }
  });
});

describe('visibility out of order', () => {
  test('a message whose transaction took its id first and commits last is delivered, exactly like the others', async () => {
    const topic = fresh('late');
    const replica = await world.replica();
    const pull = replica.pull(topic);
    await replica.publish(topic, 'first');
    await until('the first', () => pull.received.length === 1);
    const slow = new pg.Client({ connectionString: world.url });
    await slow.connect();
    try {
      await slow.query('begin');
      for (let n = 0; n < 3; n++) await insert(slow, topic, `slow ${n}`, n);
      for (let n = 0; n < 60; n++) await replica.publish(topic, String(n));
      await until('the later ones are not held back', () => pull.received.length === 61);
      await slow.query('commit');
    } finally {
      await slow.end();
    }
    await replica.publish(topic, 'wakes');
    await until('the slow transaction’s too', () => pull.received.length === 65);
    await pause(300);
    expect(
      texts(pull.received)
        .filter((text) => text.startsWith('slow'))
        .sort(),
    ).toEqual(['slow 0', 'slow 1', 'slow 2']);
    expect(pull.received).toHaveLength(65);
  });

  test('many transactions that commit in any order, or roll back: all that committed, and nothing else', async () => {
    const topic = fresh('storm');
    const replica = await world.replica();
    const pull = replica.pull(topic);
    await replica.publish(topic, 'committed: made the topic');
    const wanted = ['committed: made the topic'];
    const clients = await Promise.all(
      Array.from({ length: 8 }, async () => {
        const client = new pg.Client({ connectionString: world.url });
        await client.connect();
        return client;
      }),
    );
    await Promise.all(
      clients.map(async (client, who) => {
        for (let n = 0; n < 12; n++) {
          await client.query('begin');
          const commits = (who + n) % 4 !== 0;
          const text = `${commits ? 'committed' : 'rolled back'}: ${who}/${n}`;
          await insert(client, topic, text, n % 8);
          await pause((who * 7 + n * 13) % 60);
          await client.query(commits ? 'commit' : 'rollback');
          if (commits) wanted.push(text);
        }
        await client.end();
      }),
    );
    await replica.publish(topic, 'committed: wakes');
    wanted.push('committed: wakes');
    await until('all', () => pull.received.length >= wanted.length);
    await pause(300);
    expect(texts(pull.received).sort()).toEqual(wanted.sort());
  });

  test('a new group sees what commits after its first subscription, whatever its id', async () => {
    const topic = fresh('begin');
    const publisher = await world.replica();
    await publisher.publish(topic, 'before');
    const slow = new pg.Client({ connectionString: world.url });
    await slow.connect();
    await slow.query('begin');
    await insert(slow, topic, 'begun before, committed after', 1);
    const group = fresh('group');
    const replica = await world.replica({ consumerID: group, initialPosition: 'latest' });
    const pull = replica.pull(topic);
    await until(
      'the group exists',
      async () =>
        (await world.sql('select 1 from dapr_pubsub.groups where name = $1', [group])).length === 1,
    );
    await slow.query('commit');
    await slow.end();
    await publisher.publish(topic, 'wakes');
    await until('both', () => pull.received.length === 2);
    expect(texts(pull.received).sort()).toEqual(['begun before, committed after', 'wakes']);
  });
});

/** As the publisher does, but in a transaction of the test's own. */
async function insert(
  client: pg.Client,
  topic: string,
  text: string,
  shard: number,
): Promise<void> {
  await client.query(
    `insert into dapr_pubsub.messages (segment, shard, topic_id, data)
     select s.segment, $2, t.topic_id, convert_to($3, 'UTF8')
     from dapr_pubsub.topics t, dapr_pubsub.segments s where t.name = $1 and s.is_current`,
    [topic, shard, text],
  );
}

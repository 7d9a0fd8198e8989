// What a publisher and a subscriber are promised when nothing breaks: durability, groups, where a group starts, TTL,
// bulk, sizes, pause, the declared features.
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { FEATURES } from '../src/service.ts';
import { until } from '@todo/testing/sidecar-client';
import { createWorld, fresh, pause, texts, type World } from './world.ts';

vi.setConfig({ testTimeout: 60_000 });

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterEach(() => world.stopAll());
afterAll(() => world.close());

describe('publish', () => {
  test('a message is in the database, committed, when Publish has answered', async () => {
    const topic = fresh('durable');
    const replica = await world.replica();
    for (let n = 0; n < 20; n++) {
      await replica.publish(topic, `message ${n}`);
      const [row] = await world.sql<{ count: string }>(
        `select count(*) from dapr_pubsub.messages m join dapr_pubsub.topics t using (topic_id) where t.name = $1`,
        [topic],
      );
      expect(Number(row!.count)).toBe(n + 1);
    }
  });

  test('what another session can see is what survives: synchronous_commit is not switched off', async () => {
    const topic = fresh('sync');
    await world.sql(`create table if not exists seen_setting (value text)`);
    await world.sql(`create or replace function note_setting() returns trigger language plpgsql as
      $$ begin insert into seen_setting values (current_setting('synchronous_commit')); return null; end $$`);
    const replica = await world.replica();
    await replica.publish(topic, 'first');
    await world.sql(`create or replace trigger note after insert on dapr_pubsub.messages_0
      for each statement execute function note_setting()`);
    const [server] = await world.sql<{ reset_val: string }>(
      `select reset_val from pg_settings where name = 'synchronous_commit'`,
    );
    await replica.publish(topic, 'second');
    await world.sql('drop trigger note on dapr_pubsub.messages_0');
    const rows = await world.sql<{ value: string }>('select distinct value from seen_setting');
    expect(rows.map((row) => row.value)).toEqual([server!.reset_val]);
  });

  test('refuses a message over maxMessageBytes, names the limit, and keeps the subscription alive', async () => {
    const topic = fresh('large');
    const replica = await world.replica({ maxMessageBytes: '1000' });
    const pull = replica.pull(topic);
    await expect(replica.publish(topic, Buffer.alloc(1001))).rejects.toThrow(
      /larger than maxMessageBytes \(1000\)/,
    );
    await replica.publish(topic, Buffer.alloc(1000, 'x'));
    await until('the allowed one arrives', () => pull.received.length === 1);
    expect(pull.received[0]!.data).toHaveLength(1000);
    expect(replica.broken).toEqual([]);
  });

  test('the largest message the metadata allows arrives whole', async () => {
    const topic = fresh('largest');
    const replica = await world.replica({ maxMessageBytes: String(4 * 1024 * 1024 - 64 * 1024) });
    const pull = replica.pull(topic);
    const data = Buffer.alloc(4 * 1024 * 1024 - 64 * 1024);
    for (let at = 0; at < data.length; at++) data[at] = at % 251;
    await replica.publish(topic, data);
    await until('it arrives', () => pull.received.length === 1);
    expect(pull.received[0]!.data.equals(data)).toBe(true);
  });

  test('content type and metadata arrive as given', async () => {
    const topic = fresh('metadata');
    const replica = await world.replica();
    const pull = replica.pull(topic);
    await replica.call('publish', {
      topic,
      data: Buffer.from('{}'),
      metadata: { partitionKey: 'a', traceid: 'ü😀' },
      contentType: 'application/cloudevents+json',
    });
    await until('it arrives', () => pull.received.length === 1);
    expect(pull.received[0]).toMatchObject({
      contentType: 'application/cloudevents+json',
      topicName: topic,
      metadata: { partitionKey: 'a', traceid: 'ü😀' },
    });
  });

  test('C04: U+0000, lone surrogates and any bytes pass through payload and metadata unharmed', async () => {
    const topic = fresh('bytes');
    const replica = await world.replica();
    const pull = replica.pull(topic);
    const payloads = [
      Buffer.from('a\u0000b'),
      Buffer.from([0xed, 0xa0, 0xbd, 0xff, 0x00]),
      Buffer.from('\\u0000'),
      Buffer.alloc(0),
    ];
    for (const data of payloads)
      await replica.call('publish', { topic, data, metadata: { note: 'a\u0000b' } });
    await until('all arrive', () => pull.received.length === payloads.length);
    const got = pull.received.map((message) => message.data.toString('hex')).sort();
    expect(got).toEqual(payloads.map((data) => data.toString('hex')).sort());
    expect(pull.received.every((message) => message.metadata['note'] === 'a\u0000b')).toBe(true);
  });

  test('refuses a topic that has no name, or one PostgreSQL cannot store', async () => {
    const replica = await world.replica();
    await expect(replica.publish('', 'x')).rejects.toThrow(/topic: required/);
    await expect(replica.publish('x'.repeat(250), 'x')).rejects.toThrow(/topic: longer/);
    await expect(replica.publish('a\u0000b', 'x')).rejects.toThrow(/topic: must not contain/);
  });
});

describe('bulk publish', () => {
  test('stores all entries in their order and reports none as failed', async () => {
    const topic = fresh('bulk');
    const replica = await world.replica({ ordering: 'partitionKey' });
    const answer = await replica.call('bulkPublish', {
      topic,
      entries: Array.from({ length: 450 }, (_, n) => ({
        entryId: `e${n}`,
        event: Buffer.from(String(n)),
        metadata: { partitionKey: 'one' },
      })),
    });
    expect(answer['failedEntries']).toEqual([]);
    const pull = replica.pull(topic);
    await until('all arrive', () => pull.received.length === 450);
    expect(texts(pull.received)).toEqual(Array.from({ length: 450 }, (_, n) => String(n)));
  });

  test('an entry that is wrong fails alone and is named', async () => {
    const topic = fresh('bulk');
    const replica = await world.replica({ maxMessageBytes: '10' });
    const answer = await replica.call('bulkPublish', {
      topic,
      entries: [
        { entryId: 'good', event: Buffer.from('1') },
        { entryId: 'large', event: Buffer.alloc(11) },
        { entryId: 'ttl', event: Buffer.from('2'), metadata: { ttlInSeconds: '-1' } },
        { entryId: 'fine', event: Buffer.from('3') },
      ],
    });
    const failed = answer['failedEntries'] as { entryId: string; error: string }[];
    expect(failed.map((entry) => entry.entryId)).toEqual(['large', 'ttl']);
    expect(failed[0]!.error).toMatch(/maxMessageBytes/);
    expect(failed[1]!.error).toMatch(/ttlInSeconds/);
    const pull = replica.pull(topic);
    await until('the good ones arrive', () => pull.received.length === 2);
    expect(texts(pull.received).sort()).toEqual(['1', '3']);
  });

  test('an entry that the database refuses fails alone, though it shared a statement', async () => {
    const topic = fresh('bulk');
    const replica = await world.replica();
    await world.sql(
      `alter table dapr_pubsub.messages add constraint not_poison check (data <> 'poison') not valid`,
    );
    try {
      const answer = await replica.call('bulkPublish', {
        topic,
        entries: ['1', 'poison', '2'].map((text) => ({ entryId: text, event: Buffer.from(text) })),
      });
      const failed = answer['failedEntries'] as { entryId: string; error: string }[];
      expect(failed.map(({ entryId }) => entryId)).toEqual(['poison']);
      expect(failed[0]!.error).toMatch(/not_poison/);
    } finally {
      await world.sql('alter table dapr_pubsub.messages drop constraint not_poison');
    }
    const pull = replica.pull(topic);
    await until('the others arrive', () => pull.received.length === 2);
    expect(texts(pull.received)).toEqual(['1', '2']);
  });
});

describe('consumer groups', () => {
  test('each group gets every message once; replicas of a group share them', async () => {
    const topic = fresh('groups');
    const replicas = await Promise.all(
      ['a', 'a', 'b'].map((group) => world.replica({ consumerID: `${topic}-${group}` })),
    );
    const pulls = replicas.map((replica) => replica.pull(topic));
    for (let n = 0; n < 60; n++) await replicas[n % 3]!.publish(topic, String(n));
    await until(
      'all arrive in both groups',
      () =>
        pulls[0]!.received.length + pulls[1]!.received.length >= 60 &&
        pulls[2]!.received.length >= 60,
    );
    await pause(300); // a second delivery would come now
    const wanted = Array.from({ length: 60 }, (_, n) => String(n)).sort();
    expect(texts([...pulls[0]!.received, ...pulls[1]!.received]).sort()).toEqual(wanted);
    expect(texts(pulls[2]!.received).sort()).toEqual(wanted);
  });

  test('latest: a group sees everything from its first subscription on, also while nobody of it runs', async () => {
    const topic = fresh('latest');
    const publisher = await world.replica({ consumerID: fresh('publisher') });
    await publisher.publish(topic, 'before');
    const group = { consumerID: fresh('group'), initialPosition: 'latest' };
    const first = await world.replica(group);
    const pull = first.pull(topic);
    await until('the group exists', async () => (await groups(topic)).length === 1);
    await publisher.publish(topic, 'while it runs');
    await until('it arrives', () => pull.received.length === 1);
    await pause(100); // let the acknowledgement be written down
    await first.stop();
    await publisher.publish(topic, 'while it is away');
    const again = await world.replica(group);
    const second = again.pull(topic);
    await until('the rest arrives', () => second.received.length === 1);
    expect(texts(pull.received)).toEqual(['while it runs']);
    expect(texts(second.received)).toEqual(['while it is away']);
  });

  test('B10: earliest, a group that comes late gets what is kept, 31 of 31 for each of three', async () => {
    const topic = fresh('earliest');
    const publisher = await world.replica({ consumerID: fresh('publisher') });
    for (let n = 0; n < 31; n++) await publisher.publish(topic, String(n));
    const pulls = await Promise.all(
      [1, 2, 3].map(async () => (await world.replica({ consumerID: fresh('late') })).pull(topic)),
    );
    await until('all get all', () => pulls.every((pull) => pull.received.length === 31));
  });

  test('two topics of one component do not mix', async () => {
    const [one, two] = [fresh('one'), fresh('two')];
    const replica = await world.replica();
    const first = replica.pull(one);
    const second = replica.pull(two);
    await replica.publish(one, '1');
    await replica.publish(two, '2');
    await until('both', () => first.received.length === 1 && second.received.length === 1);
    expect([texts(first.received), texts(second.received)]).toEqual([['1'], ['2']]);
  });

  test('a process serves several components by name, each with its own settings', async () => {
    const topic = fresh('instances');
    const replica = await world.replica({ maxMessageBytes: '10' });
    await expect(replica.instance('other').publish(topic, 'x'), 'before its Init').rejects.toThrow(
      /'other' has not received Init/,
    );
    const other = replica.instance('other');
    await other.init({ connectionString: world.url, consumerID: fresh('other') });
    await other.publish(topic, 'longer than ten bytes');
    await expect(replica.publish(topic, 'longer than ten bytes')).rejects.toThrow(
      /maxMessageBytes/,
    );
  });
});

describe('time to live', () => {
  test('a message whose ttlInSeconds has passed is not delivered, one without is', async () => {
    const topic = fresh('ttl');
    const replica = await world.replica();
    await replica.publish(topic, 'short', { ttlInSeconds: '1' });
    await replica.publish(topic, 'long', { ttlInSeconds: '600' });
    await replica.publish(topic, 'for ever');
    await pause(1_300);
    const pull = replica.pull(topic);
    await until('the others arrive', () => pull.received.length === 2);
    await pause(200);
    expect(texts(pull.received).sort()).toEqual(['for ever', 'long']);
  });

  test('it also ends while a message waits for its next delivery', async () => {
    const topic = fresh('ttl-retry');
    const replica = await world.replica({ retryBackoff: '1500ms', retryBackoffMax: '2s' });
    const pull = replica.pull(topic, () => ({ error: 'not now' }));
    await replica.publish(topic, 'x', { ttlInSeconds: '1' });
    await until('first delivery', () => pull.received.length === 1);
    await until('gone from the retries', async () => (await retries(topic)) === 0);
    expect(pull.received).toHaveLength(1);
    expect(
      await world.sql('select * from dapr_pubsub.dead_letters where topic = $1', [topic]),
    ).toEqual([]);
  });

  test.each(['0', '-5', '1.5', 'soon', '99999999999'])(
    'ttlInSeconds %j is refused by name',
    async (ttl) => {
      const replica = await world.replica();
      await expect(replica.publish(fresh('ttl'), 'x', { ttlInSeconds: ttl })).rejects.toThrow(
        /ttlInSeconds/,
      );
    },
  );
});

describe('the rest of the service', () => {
  test('Pause holds deliveries back, Resume brings them, nothing is lost between', async () => {
    const topic = fresh('pause');
    const replica = await world.replica();
    const pull = replica.pull(topic);
    await replica.publish(topic, 'before');
    await until('before', () => pull.received.length === 1);
    await replica.call('pause', {});
    await replica.publish(topic, 'while paused');
    await pause(500);
    expect(pull.received).toHaveLength(1);
    await replica.call('resume', {});
    await until('after', () => pull.received.length === 2);
    expect(texts(pull.received)).toEqual(['before', 'while paused']);
  });

  test('Ping answers while the database does, and fails when it does not', async () => {
    const replica = await world.replica();
    await expect(replica.call('ping', {})).resolves.toEqual({});
    const away = await world.replica({ connectionString: 'postgresql://u:p@127.0.0.1:1/none' });
    await expect(away.call('ping', {})).rejects.toThrow();
  });

  test('declares message TTL, bulk publish and immediate bulk subscribe, which the tests above show', async () => {
    const replica = await world.replica();
    const { features } = await replica.call('features', {});
    expect(features).toEqual(FEATURES);
    expect(features).toEqual(['MESSAGE_TTL', 'BULK_PUBSUB', 'BULK_SUBSCRIBE_IMMEDIATE']);
  });

  test('immediate: a lone message is delivered without waiting for a bulk to fill', async () => {
    const topic = fresh('immediate');
    const replica = await world.replica();
    const pull = replica.pull(topic, () => 'hold');
    await replica.publish(topic, 'one');
    await until(
      'it is with the subscriber before anything is answered',
      () => pull.received.length === 1,
    );
    await replica.publish(topic, 'two');
    await until('a second one too', () => pull.received.length === 2);
  });

  test('before Init everything but Init and Features is UNAVAILABLE and says why', async () => {
    const replica = await world.replica();
    const stranger = replica.instance('never-initialized');
    for (const method of ['publish', 'pause', 'resume', 'ping'])
      await expect(stranger.call(method, { topic: 'x' })).rejects.toMatchObject({ code: 14 });
    const pull = stranger.pull('x');
    await pull.ended;
    expect(replica.broken).toHaveLength(1); // daprd would never come back by itself
  });

  test('a second Init replaces the first: old subscriptions end, new settings count', async () => {
    const topic = fresh('again');
    const replica = await world.replica({ maxMessageBytes: '10' });
    const old = replica.pull(topic);
    await replica.publish(topic, 'short');
    await until('the first is delivered', () => old.received.length === 1);
    await replica.init({
      connectionString: world.url,
      consumerID: 'group-a',
      maxMessageBytes: '20',
    });
    await old.ended; // a stream that stayed open would be silent for ever
    const pull = replica.pull(topic);
    await replica.publish(topic, 'fifteen bytes..');
    await until('the new stream gets what follows', () => pull.received.length === 1);
    expect(replica.broken, 'who calls Init subscribes after it: nothing to heal').toEqual([]);
  });

  test('the schema is the configured one, and nothing is written elsewhere', async () => {
    const topic = fresh('schema');
    const replica = await world.replica({ schema: 'my_queue' });
    const pull = replica.pull(topic);
    await replica.publish(topic, 'x');
    await until('it arrives', () => pull.received.length === 1);
    const [row] = await world.sql<{ count: string }>('select count(*) from my_queue.messages');
    expect(row!.count).toBe('1');
    expect(await groups(topic)).toEqual([]);
  });
});

async function groups(topic: string): Promise<object[]> {
  return world.sql(
    'select g.* from dapr_pubsub.groups g join dapr_pubsub.topics t using (topic_id) where t.name = $1',
    [topic],
  );
}

async function retries(topic: string): Promise<number> {
  const [row] = await world.sql<{ count: string }>(
    `select count(*) from dapr_pubsub.retries r join dapr_pubsub.groups g using (group_id)
     join dapr_pubsub.topics t using (topic_id) where t.name = $1`,
    [topic],
  );
  return Number(row!.count);
}

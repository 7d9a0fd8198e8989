// The log shrinks when it has been read, and never before; a group that nobody serves is given up, loudly.
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { until } from '@todo/testing/sidecar-client';
import { createWorld, fresh, texts, type World } from './world.ts';

vi.setConfig({ testTimeout: 60_000 });

// maintain() works on the whole schema: each test has a database of its own.
let world: World;
const worlds: World[] = [];
beforeEach(async () => {
  world = await createWorld();
  worlds.push(world);
});
afterEach(() => world.stopAll());
afterAll(async () => {
  await Promise.all(worlds.map((one) => one.close()));
});

interface Event {
  event: string;
  topic: string | null;
  group_name: string | null;
}

/** One run of maintenance; by default everything closed is old enough. */
async function maintain(retention = '0s', expiry = '7 days', bytes = 1): Promise<Event[]> {
  return world.sql<Event>(
    `select event, topic, group_name from dapr_pubsub.maintain($1::interval, $2::interval, $3, interval '1 hour')`,
    [retention, expiry, bytes],
  );
}

async function stored(): Promise<number> {
  const [row] = await world.sql<{ count: string }>('select count(*) from dapr_pubsub.messages');
  return Number(row!.count);
}

async function settled(): Promise<void> {
  await until('all is written down', async () => {
    const rows = await world.sql(
      'select 1 from dapr_pubsub.cursors where lease_until is not null limit 1',
    );
    return rows.length === 0;
  });
}

describe('retention', () => {
  test('a segment that every group has read is emptied, and its space returns', async () => {
    const topic = fresh('space');
    const replica = await world.replica();
    const pull = replica.pull(topic);
    for (let n = 0; n < 20; n++) await replica.publish(topic, randomBytes(50_000));
    await until('all read', () => pull.received.length === 20);
    await settled();
    const [before] = await world.sql<{ size: string }>(sizeOfSegments);
    expect(await stored()).toBe(20);
    expect((await maintain()).map((event) => event.event)).toContain('emptied');
    const [after] = await world.sql<{ size: string }>(sizeOfSegments);
    expect(await stored()).toBe(0);
    expect(Number(after!.size)).toBeLessThan(Number(before!.size) / 5);
    await replica.publish(topic, 'goes on');
    await until('after it', () => pull.received.length === 21);
  });

  test('a few small messages go too, once their segment is a day old', async () => {
    const topic = fresh('small');
    const replica = await world.replica();
    const pull = replica.pull(topic);
    await replica.publish(topic, 'small');
    await until('read', () => pull.received.length === 1);
    await settled();
    const often = () => maintain('0s', '7 days', 67_108_864);
    expect(await often()).toEqual([]);
    await world.sql(`update dapr_pubsub.segments set opened_at = opened_at - interval '23 hours'`);
    expect(await often()).toEqual([]);
    expect(await stored()).toBe(1);
    await world.sql(`update dapr_pubsub.segments set opened_at = opened_at - interval '2 hours'`);
    expect((await often()).map(({ event }) => event)).toEqual(['emptied']);
    expect(await stored()).toBe(0);
    // an empty one is left alone, however old
    await world.sql(`update dapr_pubsub.segments set opened_at = opened_at - interval '9 days'`);
    expect(await often()).toEqual([]);
  });

  test('what a live group has not read stays, however old, and is delivered when it comes', async () => {
    const topic = fresh('unread');
    const reader = await world.replica({ consumerID: 'reader' });
    const pull = reader.pull(topic);
    const absent = await world.replica({ consumerID: 'absent' });
    absent.pull(topic);
    await until(
      'both groups are there',
      async () => (await world.sql('select 1 from dapr_pubsub.groups')).length === 2,
    );
    await absent.stop();
    for (let n = 0; n < 30; n++) await reader.publish(topic, String(n));
    await until('one has read all', () => pull.received.length === 30);
    await settled();
    for (let n = 0; n < 6; n++) await maintain();
    expect(await stored()).toBe(30);
    const back = await world.replica({ consumerID: 'absent' });
    const late = back.pull(topic);
    await until('all of it', () => late.received.length === 30);
  });

  test('what is parked for a retry outlives its segment', async () => {
    const topic = fresh('parked');
    const replica = await world.replica({ retryBackoff: '3s', retryBackoffMax: '3s' });
    const pull = replica.pull(topic, () =>
      pull.received.length < 2 ? { error: 'later' } : undefined,
    );
    await replica.publish(topic, 'x');
    await until('first delivery', () => pull.received.length === 1);
    await settled();
    await maintain();
    expect(await stored()).toBe(0);
    await until('second delivery', () => pull.received.length === 2);
    expect(texts(pull.received)).toEqual(['x', 'x']);
  });

  test('an open transaction’s message is not lost with its segment', async () => {
    const topic = fresh('open');
    const replica = await world.replica();
    const pull = replica.pull(topic);
    await replica.publish(topic, 'x');
    await until('read', () => pull.received.length === 1);
    await settled();
    const pgClient = new pg.Client({ connectionString: world.url });
    pgClient.on('error', () => undefined);
    await pgClient.connect();
    await pgClient.query('begin');
    await pgClient.query(
      `insert into dapr_pubsub.messages (segment, shard, topic_id, data)
       select s.segment, 0, t.topic_id, 'open' from dapr_pubsub.topics t, dapr_pubsub.segments s where s.is_current`,
    );
    for (let n = 0; n < 4; n++) await maintain();
    await pgClient.query('commit');
    await pgClient.end();
    for (let n = 0; n < 4; n++) await maintain();
    expect(await stored()).toBeGreaterThanOrEqual(1);
    await replica.publish(topic, 'wakes');
    await until('it arrives', () => pull.received.length === 3);
    expect(texts(pull.received).sort()).toEqual(['open', 'wakes', 'x']);
  });

  test('retention keeps what has been read for at least so long: a group that comes late gets it', async () => {
    const topic = fresh('kept');
    const replica = await world.replica();
    const pull = replica.pull(topic);
    await replica.publish(topic, 'x');
    await until('read', () => pull.received.length === 1);
    await settled();
    for (let n = 0; n < 3; n++) await maintain('1 hour');
    const late = (await world.replica({ consumerID: 'late' })).pull(topic);
    await until('it too', () => late.received.length === 1);
  });

  test('messages of a topic nobody has subscribed to yet wait for groupExpiry', async () => {
    const replica = await world.replica();
    const topic = fresh('nobody');
    await replica.publish(topic, 'x');
    for (let n = 0; n < 3; n++) await maintain('0s', '1 hour');
    expect(await stored()).toBe(1);
    for (let n = 0; n < 3; n++) await maintain('0s', '0s');
    expect(await stored()).toBe(0);
  });
});

describe('dead groups', () => {
  async function deadGroup(topic: string, silent: string): Promise<void> {
    const dead = await world.replica({ consumerID: 'dead' });
    dead.pull(topic);
    await until(
      'it is there',
      async () => (await world.sql('select 1 from dapr_pubsub.groups')).length === 1,
    );
    await dead.publish(topic, 'made the topic');
    await settled();
    await dead.stop();
    await world.sql(`update dapr_pubsub.groups set last_active_at = now() - $1::interval`, [
      silent,
    ]);
    const publisher = await world.replica({ consumerID: 'publisher' });
    await publisher.publish(topic, 'unread');
    await maintain('0s', '1000 years');
  }

  test('silent for half of groupExpiry with messages waiting: an alarm, and nothing is removed', async () => {
    const topic = fresh('lagging');
    await deadGroup(topic, '4 days');
    const events = await maintain('0s', '7 days');
    expect(events).toContainEqual(
      expect.objectContaining({ event: 'lagging', topic, group_name: 'dead' }),
    );
    expect(events.map((event) => event.event)).not.toContain('expired');
    expect(await stored()).toBeGreaterThan(0);
  });

  test('silent for groupExpiry: given up with an alarm, and the log shrinks again', async () => {
    const topic = fresh('expired');
    await deadGroup(topic, '8 days');
    const events = await maintain('0s', '7 days');
    expect(events).toContainEqual(
      expect.objectContaining({ event: 'expired', topic, group_name: 'dead' }),
    );
    await maintain('0s', '7 days');
    expect(await stored()).toBe(0);
  });

  test('a group that was given up and comes back goes on with what is published from then on', async () => {
    const topic = fresh('back');
    await deadGroup(topic, '8 days');
    for (let n = 0; n < 3; n++) await maintain('0s', '7 days');
    const back = await world.replica({ consumerID: 'dead' });
    const pull = back.pull(topic);
    await until(
      'it is live again',
      async () =>
        (await world.sql(`select 1 from dapr_pubsub.groups where expired_at is null`)).length === 1,
    );
    await back.publish(topic, 'new');
    await until('it hears', () => pull.received.length === 1);
    expect(texts(pull.received)).toEqual(['new']);
  });

  test('maintenance that many call at once is done by one, and none fails', async () => {
    const replica = await world.replica();
    await replica.publish(fresh('many'), 'x');
    await Promise.all(Array.from({ length: 8 }, () => maintain()));
  });
});

const sizeOfSegments = `select sum(pg_total_relation_size(format('dapr_pubsub.messages_%s', segment)::regclass)) as size
  from dapr_pubsub.segments`;

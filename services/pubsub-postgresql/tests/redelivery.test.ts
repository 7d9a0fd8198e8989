// What happens to a message whose handler fails, is slow, never answers, or dies with it.
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { until, type Delivered } from '@todo/testing/sidecar-client';
import { createWorld, fresh, pause, texts, type World } from './world.ts';

// A lease that the machine is too busy to renew is lost, and rightly so: leases here are long enough for a busy one.
vi.setConfig({ testTimeout: 90_000 });

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterEach(() => world.stopAll());
afterAll(() => world.close());

const QUICK = { retryBackoff: '50ms', retryBackoffMax: '200ms', visibilityTimeout: '3s' };

describe('failures', () => {
  test('a failed message comes again after the backoff, which grows; a success ends it', async () => {
    const topic = fresh('fail');
    const replica = await world.replica({
      ...QUICK,
      retryBackoff: '200ms',
      retryBackoffMax: '10s',
    });
    const times: number[] = [];
    const pull = replica.pull(topic, () => {
      times.push(performance.now());
      return times.length <= 3 ? { error: 'not now' } : undefined;
    });
    await replica.publish(topic, 'x');
    await until('the fourth delivery', () => pull.received.length === 4);
    expect(times[1]! - times[0]!).toBeGreaterThanOrEqual(195);
    expect(times[2]! - times[1]!).toBeGreaterThanOrEqual(395);
    expect(times[3]! - times[2]!).toBeGreaterThanOrEqual(795);
    await until('nothing is left of it', async () => (await leftOver(topic)) === 0);
    expect(pull.received).toHaveLength(4);
  });

  test('a failing message does not hold back the others', async () => {
    const topic = fresh('others');
    const replica = await world.replica({ ...QUICK, retryBackoff: '1h', retryBackoffMax: '1h' });
    const pull = replica.pull(topic, ({ data }) =>
      data.toString() === 'bad' ? { error: 'never' } : undefined,
    );
    await replica.publish(topic, 'bad');
    for (let n = 0; n < 30; n++) await replica.publish(topic, String(n));
    await until('all others', () => pull.received.length === 31);
  });

  test('after maxDeliveries it goes to the dead letters with the reason, and never comes again', async () => {
    const topic = fresh('dead');
    const group = fresh('group');
    const replica = await world.replica({ ...QUICK, consumerID: group, maxDeliveries: '3' });
    const pull = replica.pull(topic, () => ({ error: 'the card is\u0000 broken' }));
    await replica.publish(topic, 'x', { partitionKey: 'k' });
    await until('a dead letter', async () => (await deadLetters(topic)).length === 1);
    expect(pull.received).toHaveLength(3);
    const [letter] = await deadLetters(topic);
    expect(letter).toMatchObject({
      group_name: group,
      attempts: 3,
      reason: 'the card is\uFFFD broken',
    });
    expect(letter!.data.toString()).toBe('x');
    await pause(500);
    expect(pull.received).toHaveLength(3);
    expect(await leftOver(topic)).toBe(0);
  });

  test('with deadLetterTopic it is published there, with its history in the metadata', async () => {
    const topic = fresh('dead');
    const grave = fresh('grave');
    const group = fresh('group');
    const replica = await world.replica({
      ...QUICK,
      consumerID: group,
      maxDeliveries: '2',
      deadLetterTopic: grave,
    });
    const pull = replica.pull(topic, () => ({ error: 'no' }));
    const dead = replica.pull(grave);
    await replica.publish(topic, 'x', { partitionKey: 'k', note: 'kept' });
    await until('it arrives there', () => dead.received.length === 1);
    expect(pull.received).toHaveLength(2);
    expect(texts(dead.received)).toEqual(['x']);
    expect(dead.received[0]!.metadata).toEqual({
      partitionKey: 'k',
      note: 'kept',
      deadLetterReason: 'no',
      deadLetterTopic: topic,
      deadLetterGroup: group,
      deadLetterAttempts: '2',
    });
    expect(await deadLetters(topic)).toEqual([]);
  });
});

describe('leases', () => {
  test('C08: a consumer that dies with a message: another gets it after the visibility timeout', async () => {
    const topic = fresh('dies');
    const group = { ...QUICK, consumerID: fresh('group') };
    const dying = await world.replica(group);
    const first = dying.pull(topic, () => 'hold');
    await dying.publish(topic, 'x');
    await until('it has it', () => first.received.length === 1);
    await dying.call('pause', {}); // it takes nothing new, and its renewals are refused: as if it were gone
    await world.sql(
      `update dapr_pubsub.cursors set owner = gen_random_uuid() where lease_until is not null`,
    );
    const other = await world.replica(group);
    const second = other.pull(topic);
    await until('the other gets it', () => second.received.length === 1);
    first.ack(first.received[0]!.id); // late: changes nothing
    await pause(4_000);
    expect(second.received).toHaveLength(1);
    expect(await leftOver(topic)).toBe(0);
  });

  test('a message that kills every consumer runs out of deliveries too', async () => {
    const topic = fresh('killer');
    const group = { ...QUICK, consumerID: fresh('group'), maxDeliveries: '2' };
    for (let n = 0; n < 2; n++) {
      const victim = await world.replica(group);
      const pull = victim.pull(topic, () => 'hold');
      if (n === 0) await victim.publish(topic, 'x');
      await until('it has it', () => pull.received.length === 1);
      await world.sql(`update dapr_pubsub.cursors set owner = gen_random_uuid()`);
      await victim.stop();
    }
    const survivor = await world.replica(group);
    const pull = survivor.pull(topic);
    await until('a dead letter', async () => (await deadLetters(topic)).length === 1);
    expect((await deadLetters(topic))[0]!.reason).toMatch(/never acknowledged/);
    expect(pull.received).toEqual([]);
    await survivor.publish(topic, 'y');
    await until('what follows is delivered', () => pull.received.length === 1);
  });

  test('a handler three times slower than the visibility timeout keeps its message', async () => {
    const topic = fresh('slow');
    const group = { ...QUICK, consumerID: fresh('group') };
    const slow = await world.replica(group);
    const other = await world.replica(group);
    const first = slow.pull(topic, async () => {
      await pause(9_200);
      return undefined;
    });
    await slow.publish(topic, 'x');
    await until('it works on it', () => first.received.length === 1);
    const second = other.pull(topic);
    await pause(9_600);
    await until('written down', async () => (await leftOver(topic)) === 0);
    expect(first.received).toHaveLength(1);
    expect(second.received).toHaveLength(0);
  });

  test('SIGTERM: what was answered counts, the rest is another replica’s at once, undelivered', async () => {
    const topic = fresh('stop');
    const group = { ...QUICK, consumerID: fresh('group'), visibilityTimeout: '1h' };
    const leaving = await world.replica(group);
    const held: Delivered[] = [];
    const first = leaving.pull(topic, (message) => {
      if (held.length < 10) {
        held.push(message);
        return 'hold';
      }
      return undefined;
    });
    for (let n = 0; n < 30; n++) await leaving.publish(topic, String(n));
    await until('all out', () => first.received.length === 30);
    await pause(100);
    await leaving.stop();
    const other = await world.replica(group);
    const second = other.pull(topic);
    await until('the ten', () => second.received.length >= 10);
    await pause(300);
    expect(texts(second.received).sort()).toEqual(texts(held).sort());
  });

  test('C08: a late answer after the lease was taken over is refused: the new owner decides', async () => {
    const topic = fresh('late');
    const group = { ...QUICK, consumerID: fresh('group'), retryBackoff: '50ms' };
    const slow = await world.replica(group);
    const first = slow.pull(topic, () => 'hold');
    await slow.publish(topic, 'x');
    await until('it has it', () => first.received.length === 1);
    await slow.call('pause', {});
    await world.sql(
      `update dapr_pubsub.cursors set lease_until = now(), owner = gen_random_uuid() where owner is not null`,
    );
    const other = await world.replica(group);
    const second = other.pull(topic, () =>
      second.received.length < 2 ? { error: 'no' } : undefined,
    );
    await until('the other has it', () => second.received.length >= 1);
    first.ack(first.received[0]!.id);
    await until(
      'and tries again: the late success did not count',
      () => second.received.length === 2,
    );
  });
});

describe('slow and hanging handlers', () => {
  test('a slow message does not keep what comes after it in its shard waiting', async () => {
    const topic = fresh('one-shard');
    const replica = await world.replica({ shards: '1' });
    const pull = replica.pull(topic, ({ data }) =>
      data.toString() === 'slow' ? 'hold' : undefined,
    );
    await replica.publish(topic, 'slow');
    await until('it is out', () => pull.received.length === 1);
    for (let n = 0; n < 20; n++) await replica.publish(topic, String(n));
    await until('the others', () => pull.received.length === 21);
    pull.ack(pull.received[0]!.id);
    await until('nothing is left', async () => (await leftOver(topic)) === 0);
    expect(texts(pull.received).filter((text) => text === 'slow')).toHaveLength(1);
  });

  test('a slow message that fails in the end is counted, comes again, and dies in its time', async () => {
    const topic = fresh('slow-fail');
    const replica = await world.replica({ ...QUICK, shards: '1', maxDeliveries: '2' });
    const pull = replica.pull(topic, async ({ data }) => {
      if (data.toString() !== 'slow') return undefined;
      await pause(2_000);
      return { error: 'slow and wrong' };
    });
    await replica.publish(topic, 'slow');
    await replica.publish(topic, 'quick');
    await until('a dead letter', async () => (await deadLetters(topic)).length === 1, 30_000);
    expect((await deadLetters(topic))[0]).toMatchObject({ attempts: 2, reason: 'slow and wrong' });
    expect(texts(pull.received).filter((text) => text === 'slow')).toHaveLength(2);
  });

  test('a slow message’s lease is renewed, and lost with its holder', async () => {
    const topic = fresh('slow-lost');
    const group = { ...QUICK, consumerID: fresh('group'), shards: '1' };
    const slow = await world.replica(group);
    const first = slow.pull(topic, ({ data }) => (data.toString() === 'slow' ? 'hold' : undefined));
    await slow.publish(topic, 'slow');
    await until('it has a lease of its own', async () => (await leftOver(topic)) === 1);
    const other = await world.replica(group);
    const second = other.pull(topic);
    await pause(4_500);
    expect(second.received, 'renewed').toHaveLength(0);
    await slow.call('pause', {});
    // Another delivery has begun, as far as the database knows: this one's answer must change nothing.
    await world.sql('update dapr_pubsub.retries set attempts = attempts + 5, due_at = now()');
    first.ack(first.received[0]!.id);
    await until('the other takes over', () => second.received.length === 1);
    await until('nothing is left', async () => (await leftOver(topic)) === 0);
    expect(second.received).toHaveLength(1);
  });

  test('what is without an answer for handlerTimeout has failed, while others are answered', async () => {
    const topic = fresh('hangs');
    const replica = await world.replica({ ...QUICK, handlerTimeout: '2s', maxDeliveries: '1' });
    const pull = replica.pull(topic, ({ data }) =>
      data.toString() === 'hangs' ? 'hold' : undefined,
    );
    await replica.publish(topic, 'hangs');
    for (let n = 0; (await deadLetters(topic)).length === 0; n++) {
      expect(n).toBeLessThan(150);
      await replica.publish(topic, String(n));
      await pause(100);
    }
    expect((await deadLetters(topic))[0]!.reason).toBe('no answer within handlerTimeout (2 s)');
    expect(replica.broken).toEqual([]);
    const before = pull.received.length;
    await replica.publish(topic, 'still alive');
    await until('it goes on', () => pull.received.length === before + 1);
  });

  test('when nothing at all is answered, the stream ends, the sidecar is told, and others get the messages', async () => {
    const topic = fresh('stuck');
    const group = { ...QUICK, consumerID: fresh('group'), handlerTimeout: '2s' };
    const stuck = await world.replica(group);
    const first = stuck.pull(topic, () => 'hold');
    for (let n = 0; n < 5; n++) await stuck.publish(topic, String(n));
    await until('they are out', () => first.received.length === 5);
    await first.ended;
    expect(stuck.broken).toHaveLength(1);
    expect(stuck.broken[0]).toMatch(/no answer within/);
    const other = await world.replica(group);
    const second = other.pull(topic);
    await until('all five', () => second.received.length === 5);
  });

  test('handlers that are slow one after another are not stuck, however long the queue before them', async () => {
    const topic = fresh('serial');
    const replica = await world.replica({ ...QUICK, handlerTimeout: '2s' });
    let turn = Promise.resolve();
    const pull = replica.pull(topic, () => {
      turn = turn.then(() => pause(700));
      return turn.then(() => undefined);
    });
    for (let n = 0; n < 8; n++) await replica.publish(topic, String(n)); // 5.6 s in a row
    await until(
      'all are handled',
      async () => (await leftOver(topic)) === 0 && pull.received.length >= 8,
      20_000,
    );
    await turn;
    await pause(500);
    expect(texts(pull.received)).toHaveLength(8);
    expect(replica.broken).toEqual([]);
  });
});

describe('what may be in hand at once', () => {
  test('maxInFlight bounds the messages with the sidecar', async () => {
    const topic = fresh('in-flight');
    const replica = await world.replica({ maxInFlight: '7' });
    for (let n = 0; n < 40; n++) await replica.publish(topic, String(n));
    const pull = replica.pull(topic, () => 'hold');
    await until('seven', () => pull.received.length === 7);
    await pause(500);
    expect(pull.received).toHaveLength(7);
    pull.ack(pull.received[0]!.id);
    await until('one more', () => pull.received.length === 8);
  });

  test('maxInFlightBytes bounds the payload in hand, over all subscriptions, retries included', async () => {
    const topics = [fresh('bytes'), fresh('bytes')];
    const replica = await world.replica({
      ...QUICK,
      maxInFlightBytes: String(256 * 1024),
      retryBackoff: '500ms',
      retryBackoffMax: '500ms',
    });
    const open = new Set<string>();
    let most = 0;
    let failOnce = 40;
    const handle = async ({ id }: Delivered) => {
      open.add(id);
      most = Math.max(most, open.size);
      await pause(20);
      open.delete(id);
      return failOnce-- > 0 ? { error: 'once more' } : undefined;
    };
    for (let n = 0; n < 40; n++)
      await replica.publish(topics[n % 2]!, Buffer.alloc(32 * 1024, String(n)));
    const pulls = topics.map((topic) => replica.pull(topic, handle));
    const received = (): number => pulls.reduce((sum, pull) => sum + pull.received.length, 0);
    await until('all, and the failed ones again', () => received() >= 80, 20_000);
    // 8 fit; each of two subscriptions may go over by one message.
    expect(most).toBeLessThanOrEqual(10);
    expect(most).toBeGreaterThan(1);
  });

  test('a message larger than maxInFlightBytes still gets through, alone', async () => {
    const topic = fresh('over');
    const replica = await world.replica({ maxInFlightBytes: String(64 * 1024) });
    const pull = replica.pull(topic);
    for (let n = 0; n < 3; n++) await replica.publish(topic, Buffer.alloc(300 * 1024, 'x'));
    await until('all three', () => pull.received.length === 3);
  });
});

async function leftOver(topic: string): Promise<number> {
  const [row] = await world.sql<{ count: string }>(
    `select (select count(*) from dapr_pubsub.retries r where r.group_id = g.group_id)
          + (select count(*) from dapr_pubsub.cursors c where c.group_id = g.group_id and c.lease_until is not null) as count
     from dapr_pubsub.groups g join dapr_pubsub.topics t using (topic_id) where t.name = $1`,
    [topic],
  );
  return Number(row?.count ?? 0);
}

async function deadLetters(
  topic: string,
): Promise<{ group_name: string; attempts: number; reason: string; data: Buffer }[]> {
  return world.sql('select * from dapr_pubsub.dead_letters where topic = $1', [topic]);
}

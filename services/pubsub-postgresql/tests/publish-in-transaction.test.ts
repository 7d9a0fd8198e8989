// dapr_pubsub.publish: an event in the transaction of the change that it is about. Delivered after the commit and not before,
// never after a rollback, whoever the caller is and however long the transaction was open.
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { until } from '@todo/testing/sidecar-client';
import { keyHash } from '../src/message.ts';
import { createWorld, fresh, pause, type Replica, type World } from './world.ts';

vi.setConfig({ testTimeout: 60_000 });

interface Envelope {
  id: string;
  data: unknown;
  [attribute: string]: unknown;
}

let world: World;
let replica: Replica;
const clients: pg.Client[] = [];
beforeAll(async () => {
  world = await createWorld();
  replica = await world.replica({ ordering: 'partitionKey' });
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.end()));
});
afterAll(() => world.close());

/** A connection of an application, which knows nothing of the component. */
async function application(url = world.url): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  clients.push(client);
  return client;
}

function envelopes(received: { data: Buffer }[]): Envelope[] {
  return received.map((message) => JSON.parse(message.data.toString('utf8')) as Envelope);
}

const numbers = (received: { data: Buffer }[]): unknown[] =>
  envelopes(received).map(({ data }) => (data as { n: number }).n);

describe('an event in the caller’s transaction', () => {
  test('is delivered after the commit, as the CloudEvent that daprd would make', async () => {
    const topic = fresh('commit');
    const pull = replica.pull(topic);
    const client = await application();
    await client.query('begin');
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const { rows } = await client.query<{ id: string }>(
      'select dapr_pubsub.publish($1, $2, $3, $4) as id',
      [
        topic,
        '{"n": 1, "nothing": null, "text": "Zażółć 😀"}',
        'task-1',
        { 'cloudevent.type': 'order.made.v1', 'cloudevent.traceparent': traceparent },
      ],
    );
    await pause(300);
    expect(pull.received).toHaveLength(0);
    await client.query('commit');
    await until('it is delivered', () => pull.received.length === 1);
    const [event] = envelopes(pull.received);
    expect(event).toMatchObject({
      specversion: '1.0',
      id: rows[0]?.id,
      source: 'postgres',
      type: 'order.made.v1',
      topic,
      pubsubname: 'pubsub',
      datacontenttype: 'application/json',
      traceparent,
      traceid: traceparent,
      data: { n: 1, nothing: null, text: 'Zażółć 😀' },
    });
    expect(new Date(event?.['time'] as string).getTime()).toBeCloseTo(Date.now(), -5);
    expect(pull.received[0]?.metadata['partitionKey']).toBe('task-1');
  });

  test('traceparent is text or absent: daprd before 1.18.3 ends at an event in which it is anything else', async () => {
    const topic = fresh('traceparent');
    const pull = replica.pull(topic);
    const publish = (metadata: object) =>
      world.sql('select dapr_pubsub.publish($1, $2, null, $3)', [topic, { n: 1 }, metadata]);
    for (const wrong of [5, null, true, ['00-1'], { value: '00-1' }])
      await expect(publish({ 'cloudevent.traceparent': wrong })).rejects.toThrow(/strings/);
    for (const metadata of [
      {},
      { 'cloudevent.traceparent': '' },
      { 'cloudevent.traceparent': '5' },
    ])
      await publish(metadata);
    await until('three are delivered', () => pull.received.length === 3);
    for (const event of envelopes(pull.received)) {
      for (const attribute of ['traceparent', 'traceid'])
        expect(['string', 'undefined']).toContain(typeof event[attribute]);
    }
  });

  test('is not delivered after a rollback, nor from a savepoint that was rolled back', async () => {
    const topic = fresh('rollback');
    const pull = replica.pull(topic);
    const client = await application();
    const publish = (n: number) =>
      client.query('select dapr_pubsub.publish($1, $2)', [topic, { n }]);
    await client.query('begin');
    await publish(1);
    await client.query('rollback');
    await client.query('begin');
    await publish(2);
    await client.query('savepoint before');
    await publish(3);
    await client.query('rollback to before');
    await publish(4);
    await client.query('commit');
    await until('the rest is delivered', () => pull.received.length >= 2);
    await pause(300);
    expect(numbers(pull.received).sort()).toEqual([2, 4]);
  });

  test('a transaction that commits late is read, although later ones were read before', async () => {
    const topic = fresh('late');
    const pull = replica.pull(topic);
    const early = await application();
    await early.query('begin');
    await early.query('select dapr_pubsub.publish($1, $2)', [topic, { n: 0 }]);
    for (let n = 1; n <= 50; n++)
      await world.sql('select dapr_pubsub.publish($1, $2)', [topic, { n }]);
    await until('the later ones are read', () => pull.received.length === 50);
    await early.query('commit');
    await until('the early one too', () => pull.received.length === 51);
    expect(numbers(pull.received).at(-1)).toBe(0);
  });

  test('a connection that is cut takes its events with it; what was committed is there', async () => {
    const topic = fresh('cut');
    const pull = replica.pull(topic);
    for (let n = 0; n < 20; n++) {
      const client = await application();
      await client.query('begin');
      await client.query('select dapr_pubsub.publish($1, $2)', [topic, { n }]);
      if (n % 2 === 0) await client.query('commit');
      const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
      await world.sql('select pg_terminate_backend($1)', [rows[0]?.pid]);
    }
    await until('what was committed is delivered', () => pull.received.length >= 10);
    await pause(300);
    expect(numbers(pull.received).sort((a, b) => Number(a) - Number(b))).toEqual(
      Array.from({ length: 10 }, (_, n) => 2 * n),
    );
  });

  test('many at once stay in the order of their key', async () => {
    const topic = fresh('many');
    const pull = replica.pull(topic);
    const data = Array.from({ length: 200 }, (_, n) => JSON.stringify({ n }));
    const keys = data.map((_, n) => `key-${n % 7}`);
    const ids = await world.sql<{ id: string }>(
      'select dapr_pubsub.publish_many($1, $2::json[], $3) as id',
      [topic, data, keys],
    );
    expect(new Set(ids.map(({ id }) => id)).size).toBe(200);
    await until('all are delivered', () => pull.received.length === 200);
    const got = numbers(pull.received) as number[];
    for (let key = 0; key < 7; key++)
      expect(got.filter((n) => n % 7 === key)).toEqual(
        Array.from({ length: 200 }, (_, n) => n).filter((n) => n % 7 === key),
      );
    await expect(
      world.sql('select dapr_pubsub.publish_many($1, $2::json[], $3)', [topic, ['1', '2'], ['a']]),
    ).rejects.toThrow('keys: expected 2 elements');
  });

  test('shares the order of a key with what is published through daprd', async () => {
    const keys = ['a', 'task-1', 'Zażółć', '😀', 'x'.repeat(500), randomUUID()];
    for (const key of keys) {
      const [row] = await world.sql<{ hash: string }>('select dapr_pubsub.key_hash($1) as hash', [
        key,
      ]);
      expect(row?.hash).toBe(keyHash(key).toString());
    }
  });

  test('raw payloads, times to live and limits are those of a publish through daprd', async () => {
    const topic = fresh('limits');
    const pull = replica.pull(topic);
    const publish = (data: unknown, metadata: unknown = {}, name = topic) =>
      world.sql('select dapr_pubsub.publish($1, $2, null, $3)', [
        name,
        JSON.stringify(data),
        JSON.stringify(metadata),
      ]);
    await publish({ raw: true }, { rawPayload: 'true' });
    await until('it is delivered', () => pull.received.length === 1);
    expect(pull.received[0]?.data.toString()).toBe('{"raw":true}');
    await expect(publish('x'.repeat(4_200_000))).rejects.toThrow(/4128768 are the most/);
    await expect(publish(1, { ttlInSeconds: '0' })).rejects.toThrow(/ttlInSeconds: expected/);
    await expect(publish(1, { ttlInSeconds: 5 })).rejects.toThrow(/metadata: expected an object/);
    await expect(publish(1, {}, '')).rejects.toThrow(/topic: expected/);
    await expect(world.sql('select dapr_pubsub.publish($1, null)', [topic])).rejects.toThrow(
      /data: required/,
    );
  });

  test('a role that may publish can do nothing else', async () => {
    const topic = fresh('role');
    const role = `app_${randomUUID().slice(0, 8)}`;
    await world.sql(`create role ${role} login password 'secret'`);
    const url = new URL(world.url);
    url.username = role;
    url.password = 'secret';
    const client = await application(url.href);
    await expect(
      client.query('select dapr_pubsub.publish($1, $2)', [topic, { n: 1 }]),
    ).rejects.toThrow(/permission denied/);
    await world.sql(`grant usage on schema dapr_pubsub to ${role}`);
    await expect(
      client.query('select dapr_pubsub.publish($1, $2)', [topic, { n: 1 }]),
    ).rejects.toThrow(/permission denied/);
    await world.sql(
      `grant execute on function dapr_pubsub.publish(text, json, text, json) to ${role}`,
    );
    const pull = replica.pull(topic);
    await client.query('select dapr_pubsub.publish($1, $2)', [topic, { n: 1 }]);
    await until('it is delivered', () => pull.received.length === 1);
    expect(envelopes(pull.received)[0]?.['source']).toBe(role);
    for (const statement of [
      'select * from dapr_pubsub.messages',
      "insert into dapr_pubsub.topics (name, shards) values ('mine', 1)",
      'truncate dapr_pubsub.messages_0',
    ])
      await expect(client.query(statement)).rejects.toThrow(/permission denied/);
    await client.end();
    await world.sql(`drop owned by ${role}`);
    await world.sql(`drop role ${role}`);
  });
});

// How subscribers hear of messages, what that survives, and that silence costs the database nothing.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import pg from 'pg';
import { startDatabaseServer, type DatabaseServer } from '@todo/testing/database-server';
import { until } from '@todo/testing/sidecar-client';
import { createWorld, fresh, pause, texts, type World } from './world.ts';

/** Polling is out of the picture. */
const NO_POLL = { pollInterval: '1h', pollIntervalMax: '1h', idleAfter: '0s' };

describe('wake-ups', () => {
  let world: World;
  beforeAll(async () => {
    world = await createWorld();
  });
  afterEach(() => world.stopAll());
  afterAll(() => world.close());

  const listeners = (): Promise<{ pid: number }[]> =>
    world.sql(
      `select pid from pg_stat_activity where application_name = 'dapr-pubsub-postgresql-listen' and datname = current_database()`,
    );

  test('C01: the LISTEN session is killed 50 times while messages come: each is delivered within 2 s', async () => {
    const topic = fresh('listen');
    const subscriber = await world.replica({ ...NO_POLL, consumerID: fresh('group') });
    const publisher = await world.replica({ consumerID: fresh('publisher') });
    const pull = subscriber.pull(topic);
    await until('it listens', async () => (await listeners()).length === 1);
    for (let n = 1; n <= 50; n++) {
      await world.sql(
        `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'dapr-pubsub-postgresql-listen' and datname = current_database()`,
      );
      await pause((n * 37) % 80);
      await publisher.publish(topic, String(n));
      await until(`message ${n}`, () => pull.received.length >= n, 2_000);
    }
    expect(texts(pull.received)).toEqual(Array.from({ length: 50 }, (_, n) => String(n + 1)));
    await until('one listener, a new one', async () => (await listeners()).length === 1);
  }, 90_000);

  test('a publisher that dies right after its commit: an idle subscriber knows all the same', async () => {
    const topic = fresh('dies');
    const subscriber = await world.replica({ ...NO_POLL, consumerID: fresh('group') });
    const pull = subscriber.pull(topic);
    await until('it listens', async () => (await listeners()).length >= 1);
    await pause(300); // its own first look is over
    // Every statement after the insert fails: as if the process had gone with its first commit.
    const publisher = await world.replica({ consumerID: fresh('publisher') });
    await publisher.publish(fresh('other'), 'warm');
    await world.sql('alter table dapr_pubsub.listeners rename to listeners_away');
    try {
      await publisher.publish(topic, 'last words');
      await until('it is delivered', () => pull.received.length === 1, 3_000);
    } finally {
      await world.sql('alter table dapr_pubsub.listeners_away rename to listeners');
    }
  });

  test('… and a busy subscriber finds what came after the last announcement by its poll', async () => {
    const topic = fresh('busy');
    const subscriber = await world.replica({
      consumerID: fresh('group'),
      pollInterval: '500ms',
      pollIntervalMax: '2s',
      idleAfter: '1m',
    });
    const pull = subscriber.pull(topic);
    const publisher = await world.replica({ consumerID: fresh('publisher') });
    await publisher.publish(topic, 'first');
    await until('first', () => pull.received.length === 1);
    // As the publisher inserts, without any NOTIFY.
    await world.sql(
      `insert into dapr_pubsub.messages (segment, shard, topic_id, data)
       select s.segment, 3, t.topic_id, 'unannounced' from dapr_pubsub.topics t, dapr_pubsub.segments s
       where t.name = $1 and s.is_current`,
      [topic],
    );
    await until('the second', () => pull.received.length === 2, 5_000);
  });

  test('under load NOTIFY stays out of the publishing transactions but for one a second', async () => {
    const topic = fresh('load');
    const publisher = await world.replica({ consumerID: fresh('publisher') });
    await publisher.publish(topic, 'first');
    await world.sql('create table if not exists notes (n int)');
    const [before] = await world.sql<{ n: string }>(
      `select count(*) as n from dapr_pubsub.messages`,
    );
    const started = performance.now();
    for (let n = 0; n < 100; n++) await publisher.publish(topic, String(n));
    const seconds = (performance.now() - started) / 1_000;
    const [after] = await world.sql<{ n: string }>(
      `select count(*) as n from dapr_pubsub.messages`,
    );
    expect(Number(after!.n) - Number(before!.n)).toBe(100);
    const listening = new pg.Client({ connectionString: world.url });
    await listening.connect();
    let heard = 0;
    listening.on('notification', () => heard++);
    await listening.query('listen dapr_pubsub');
    await Promise.all(Array.from({ length: 300 }, (_, n) => publisher.publish(topic, String(n))));
    await pause(500);
    await listening.end();
    expect(heard).toBeGreaterThan(0);
    expect(heard).toBeLessThan(150 + seconds); // 300 messages share few notifications
  });
});

describe('silence', () => {
  let server: DatabaseServer;
  let world: World;
  beforeAll(async () => {
    server = await startDatabaseServer();
    world = await createWorld(server.url);
    await world.sql('create extension pg_stat_statements');
  });
  afterAll(async () => {
    await world.close();
    await server.remove();
  });

  test('idle means idle: not one statement from us, then a publish from elsewhere is delivered within 1 s', async () => {
    const topic = fresh('idle');
    const idle = { pollInterval: '100ms', pollIntervalMax: '300ms', idleAfter: '1s' };
    const subscriber = await world.replica({ ...idle, consumerID: fresh('group') });
    const other = await world.replica({ ...idle, consumerID: fresh('group') });
    const pulls = [subscriber.pull(topic), other.pull(topic)];
    await other.publish(topic, 'first');
    await until('both have it', () => pulls.every((pull) => pull.received.length === 1));
    await pause(13_000); // idleAfter, and the last two rounds of maintenance, 5 s apart
    const before = await statements();
    await pause(10_000);
    expect(await statements()).toEqual(before);
    await other.publish(topic, 'second');
    await until('both have it', () => pulls.every((pull) => pull.received.length === 2), 1_000);
    await world.stopAll();
  }, 60_000);

  test('idleMode sleep: a suspended database is not woken by us, and a publisher elsewhere calls the subscriber back', async () => {
    const topic = fresh('sleep');
    const sleepy = {
      idleMode: 'sleep',
      suspendsAfter: '1s',
      sleepPoll: '0s',
      idleAfter: '0s',
      pollInterval: '1h',
      pollIntervalMax: '1h',
      wakeHost: '127.0.0.1',
    };
    const subscriber = await world.replica({ ...sleepy, consumerID: fresh('group') });
    const publisher = await world.replica({ ...sleepy, consumerID: fresh('publisher') });
    const pull = subscriber.pull(topic);
    await publisher.publish(topic, 'first');
    await until('it has it', () => pull.received.length === 1);
    await pause(13_000); // the last two rounds of maintenance, 5 s apart
    await server.stop('fast');
    await server.start();
    await pause(4_000);
    expect(
      await world.sql(
        `select pid from pg_stat_activity where application_name like 'dapr-pubsub-postgresql%'`,
      ),
    ).toEqual([]);
    await publisher.publish(topic, 'second');
    await until('it was called back', () => pull.received.length === 2, 3_000);
    await publisher.publish(topic, 'third');
    await until('it listens again', () => pull.received.length === 3, 3_000);
    await world.stopAll();
  }, 90_000);

  /** What everybody but this test's own connection has run so far. */
  async function statements(): Promise<{ query: string; calls: string }[]> {
    return world.sql(
      `select query, calls from pg_stat_statements where query not like '%pg_stat_statements%' order by query`,
    );
  }
});

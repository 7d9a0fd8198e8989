// The database goes away in every way it can; nothing that Publish answered for is lost.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { migrate } from '../src/migrate.ts';
import { startDatabaseServer, type DatabaseServer } from '@todo/testing/database-server';
import { startTcpProxy } from '@todo/testing/tcp-proxy';
import { until } from '@todo/testing/sidecar-client';
import { createWorld, fresh, pause, texts, type Replica, type World } from './world.ts';

let server: DatabaseServer;
let world: World;
beforeAll(async () => {
  server = await startDatabaseServer();
  world = await createWorld(server.url);
});
afterEach(() => world.stopAll());
afterAll(async () => {
  await world.close();
  await server.remove();
});

const SETTINGS = { visibilityTimeout: '2s', retryBackoff: '100ms', retryBackoffMax: '500ms' };

/** Publishes until told to stop; what was answered for goes to `stored`. */
function publishSteadily(
  replica: Replica,
  topic: string,
): { stored: string[]; stop: () => Promise<void> } {
  const stored: string[] = [];
  let running = true;
  const publishing = Promise.all(
    [0, 1, 2].map(async (who) => {
      for (let n = 0; running; n++) {
        const text = `${who}/${n}`;
        await replica.publish(topic, text, { partitionKey: `k${n % 7}` }).then(
          () => stored.push(text),
          () => undefined, // not answered for: may be there or not
        );
        await pause(5);
      }
    }),
  );
  return {
    stored,
    stop: async () => {
      running = false;
      await publishing;
    },
  };
}

async function survives(fault: () => Promise<void>): Promise<void> {
  const topic = fresh('fault');
  const group = { ...SETTINGS, consumerID: fresh('group') };
  const [publisher, one, two] = await Promise.all([
    world.replica({ ...SETTINGS, consumerID: fresh('publisher') }),
    world.replica(group),
    world.replica(group),
  ]);
  const handled = new Set<string>();
  for (const replica of [one, two]) {
    replica.pull(topic, ({ data }) => {
      handled.add(data.toString());
      return undefined;
    });
  }
  const publishing = publishSteadily(publisher, topic);
  await until('it runs', () => handled.size > 20, 30_000);
  await fault();
  const reached = publishing.stored.length;
  await until('publishing goes on', () => publishing.stored.length > reached + 20, 30_000);
  await publishing.stop();
  await until(
    'every message that was answered for is delivered',
    () => publishing.stored.every((text) => handled.has(text)),
    60_000,
  );
  expect([publisher, one, two].flatMap((replica) => replica.broken)).toEqual([]);
}

test(
  'every connection is terminated in mid-statement, ten times',
  () =>
    survives(async () => {
      for (let n = 0; n < 10; n++) {
        await world.sql(
          `select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'dapr-pubsub-postgresql%'`,
        );
        await pause(150);
      }
    }),
  150_000,
);

test(
  'the database restarts in order',
  () =>
    survives(async () => {
      await server.stop('fast');
      await pause(1_000);
      await server.start();
    }),
  150_000,
);

test(
  'the database crashes and recovers',
  () =>
    survives(async () => {
      await server.stop('immediate');
      await server.start();
    }),
  150_000,
);

test(
  'the database refuses writes for a while, as after a failover',
  () =>
    survives(async () => {
      await world.sql('alter system set default_transaction_read_only = on');
      await world.sql('select pg_reload_conf()');
      await pause(3_000);
      await world
        .sql('begin read write; alter system reset default_transaction_read_only; commit')
        .catch(async () => {
          // ALTER SYSTEM runs outside transactions only.
          await world.sql('alter system reset default_transaction_read_only');
        });
      await world.sql('select pg_reload_conf()');
    }),
  150_000,
);

/** How many shards of a topic somebody has taken. */
async function leasesOf(topic: string): Promise<number> {
  const rows = await world.sql(
    `select 1 from dapr_pubsub.cursors c join dapr_pubsub.groups g using (group_id)
     join dapr_pubsub.topics t on t.topic_id = g.topic_id where t.name = '${topic}' and c.lease_until is not null`,
  );
  return rows.length;
}

test('a claim that was committed and never answered: its messages come at once, not when the lease ends', async () => {
  const topic = fresh('unanswered');
  const proxy = await startTcpProxy(Number(new URL(server.url).port));
  const through = new URL(server.url);
  through.port = String(proxy.port);
  const replica = await world.replica({
    ...SETTINGS,
    connectionString: through.href,
    directConnectionString: server.url,
    visibilityTimeout: '1m',
    consumerID: fresh('group'),
  });
  const publisher = await world.replica({ ...SETTINGS, consumerID: fresh('publisher') });
  const pull = replica.pull(topic, ({ data }) => {
    if (data.toString() === 'third') proxy.stall(); // before its answer can be written down
    return undefined;
  });
  await publisher.publish(topic, 'first');
  await until('first', () => pull.received.length === 1);
  await pause(500); // settled
  proxy.muffle();
  await publisher.publish(topic, 'second');
  await until('claimed', async () => (await leasesOf(topic)) > 0);
  expect(pull.received).toHaveLength(1);
  proxy.reset();
  proxy.restore();
  await until('second', () => pull.received.length === 2, 20_000);

  await pause(500); // settled
  await publisher.publish(topic, 'third');
  await until('third', () => pull.received.length === 3);
  await pause(300); // its answer is on the way
  proxy.reset();
  proxy.restore();
  await publisher.publish(topic, 'fourth');
  await until('fourth', () => texts(pull.received).includes('fourth'), 20_000);
  expect(texts(pull.received), 'what was answered does not come again').toEqual([
    ...['first', 'second', 'third', 'fourth'],
  ]);
  await proxy.close();
}, 90_000);

test('a replica ends while its claim was committed and never answered: another gets the messages at once', async () => {
  const topic = fresh('ended');
  const proxy = await startTcpProxy(Number(new URL(server.url).port));
  const through = new URL(server.url);
  through.port = String(proxy.port);
  const group = { ...SETTINGS, visibilityTimeout: '1h', consumerID: fresh('group') };
  const leaving = await world.replica({
    ...group,
    connectionString: through.href,
    directConnectionString: server.url,
  });
  const publisher = await world.replica({ ...SETTINGS, consumerID: fresh('publisher') });
  const first = leaving.pull(topic);
  await publisher.publish(topic, 'first');
  await until('first', () => first.received.length === 1);
  await pause(500); // settled
  proxy.muffle();
  await publisher.publish(topic, 'second');
  await until('claimed', async () => (await leasesOf(topic)) > 0);
  const stopping = leaving.stop();
  await pause(200); // it knows that it ends before it learns that the claim failed
  proxy.cut();
  await pause(300); // its first try to give back what it took fails too
  proxy.restore();
  await stopping;
  expect(first.received).toHaveLength(1);
  const second = (await world.replica(group)).pull(topic);
  await until('second', () => texts(second.received).includes('second'), 20_000);
  await proxy.close();
}, 90_000);

test('C03: idle connections are cut, as a suspending server does: the process lives, the next message goes both ways', async () => {
  const topic = fresh('suspend');
  const replica = await world.replica({ ...SETTINGS, pollInterval: '1h', pollIntervalMax: '1h' });
  const pull = replica.pull(topic);
  await replica.publish(topic, 'before');
  await until('before', () => pull.received.length === 1);
  await world.sql(
    `select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'dapr-pubsub-postgresql%'`,
  );
  await pause(1_000);
  await replica.publish(topic, 'after');
  await until('after', () => pull.received.length === 2);
  expect(texts(pull.received)).toEqual(['before', 'after']);
}, 60_000);

test('the database is away when the component starts: Init succeeds, and all of it works when it comes', async () => {
  const topic = fresh('away');
  const others = world;
  await server.stop('fast');
  const replica = await others.replica({ ...SETTINGS, consumerID: fresh('group') });
  const pull = replica.pull(topic);
  const publishing = replica.publish(topic, 'patient');
  await pause(1_000);
  await server.start();
  await publishing;
  await until('it arrives', () => pull.received.length === 1, 20_000);
}, 90_000);

test('a second Init while the database is away answers in time: daprd waits for 5 s, and ends', async () => {
  const topic = fresh('twice');
  const properties = { ...SETTINGS, connectionString: server.url, consumerID: fresh('group') };
  const replica = await world.replica(properties);
  const pull = replica.pull(topic, () => 'hold');
  await replica.publish(topic, 'x');
  await until('it is in hand', () => pull.received.length === 1);
  await server.stop('fast');
  try {
    const started = performance.now();
    await replica.init(properties);
    expect(performance.now() - started).toBeLessThan(5_000);
  } finally {
    await server.start();
  }
  const again = replica.pull(topic);
  await until('and all of it works when it comes back', () => again.received.length === 1, 20_000);
}, 90_000);

test('a restart that is shorter than Publish’s patience fails no publish', async () => {
  const topic = fresh('short');
  const replica = await world.replica({ ...SETTINGS, consumerID: fresh('group') });
  await replica.publish(topic, 'first');
  await server.stop('fast');
  const publishing = Promise.all(
    Array.from({ length: 20 }, (_, n) => replica.publish(topic, String(n))),
  );
  await pause(500);
  await server.start();
  await publishing;
  const pull = replica.pull(topic);
  await until('they arrive', () => new Set(texts(pull.received)).size === 21, 20_000);
}, 90_000);

test('sessions that still refuse writes after a failover are given up for new ones', async () => {
  const topic = fresh('stale');
  const replica = await world.replica({ ...SETTINGS, consumerID: fresh('group') });
  const pull = replica.pull(topic);
  await replica.publish(topic, 'before');
  const readOnly = (value: string): Promise<object[]> =>
    world.sql(`do $$ begin set transaction read write;
      execute format('alter database %I ${value}', current_database()); end $$`);
  // a session keeps the default that it began with: the component's next ones refuse writes for as long as they live
  await readOnly('set default_transaction_read_only = on');
  await world.sql(
    `select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'dapr-pubsub-postgresql%'`,
  );
  const publishing = replica.publish(topic, 'meanwhile');
  await pause(500);
  await readOnly('reset default_transaction_read_only');
  await publishing;
  await until('both arrive', () => new Set(texts(pull.received)).size === 2, 20_000);
}, 90_000);

test('publish gives up in time, as UNAVAILABLE, when the database stays away', async () => {
  const topic = fresh('long');
  const replica = await world.replica({ ...SETTINGS, consumerID: fresh('group') });
  await replica.publish(topic, 'x');
  await server.stop('fast');
  try {
    await expect(replica.publish(topic, 'y')).rejects.toMatchObject({ code: 14 });
  } finally {
    await server.start();
  }
}, 90_000);

describe('migrations', () => {
  test('C06: eight starters at once on an empty schema all come up; each file is applied once', async () => {
    for (let round = 0; round < 3; round++) {
      const schema = `together_${round}`;
      const applied = await Promise.all(
        Array.from({ length: 8 }, () => migrate(server.url, schema)),
      );
      const rows = await world.sql<{ name: string }>(`select name from ${schema}.migrations`);
      expect(applied.flat().sort()).toEqual(rows.map((row) => row.name).sort());
      expect(applied.filter((names) => names.length > 0)).toHaveLength(1);
    }
  }, 60_000);

  test('a starter that is killed in the middle leaves nothing half done, and the next one finishes', async () => {
    await world.sql('begin; create schema if not exists halfway; rollback');
    const killed = migrate(server.url, 'halfway');
    const killing = (async (): Promise<void> => {
      for (let n = 0; n < 50; n++) {
        await world.sql(
          `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'dapr-pubsub-postgresql' and state <> 'idle'`,
        );
        await pause(2);
      }
    })();
    await killed.catch(() => undefined);
    await killing;
    await migrate(server.url, 'halfway');
    const done = await world.sql(`select name from halfway.migrations`);
    expect(done.length).toBeGreaterThanOrEqual(8);
  }, 60_000);
});

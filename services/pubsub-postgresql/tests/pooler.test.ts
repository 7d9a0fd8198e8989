// C10: a real PgBouncer in transaction mode between the component and its database.
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { PGBOUNCER, startPooler } from '@todo/testing/pooler-server';
import { until } from '@todo/testing/sidecar-client';
import { createWorld, fresh, texts, type World } from './world.ts';

vi.setConfig({ testTimeout: 60_000 });

if (!PGBOUNCER)
  process.stderr.write('SKIPPED: the pooler tests need PgBouncer (apt-get install pgbouncer)\n');

describe.skipIf(!PGBOUNCER)('C10: behind a transaction-mode pooler', () => {
  let world: World;
  let pooler: { url: string; stop: () => Promise<void> };
  beforeAll(async () => {
    world = await createWorld();
    pooler = await startPooler(world.url, 2);
  });
  afterEach(() => world.stopAll());
  afterAll(async () => {
    await world.close();
    await pooler.stop();
  });

  test('only a pooled address: Init is refused and says which setting is missing', async () => {
    await expect(world.replica({ connectionString: pooler.url })).rejects.toThrow(
      /connectionString: notifications .* transaction-mode pooler.*Set directConnectionString/,
    );
  });

  test('a pooled directConnectionString is refused too', async () => {
    await expect(
      world.replica({ connectionString: world.url, directConnectionString: pooler.url }),
    ).rejects.toThrow(/directConnectionString: notifications/);
  });

  test('a direct address of another database is refused', async () => {
    const other = await createWorld();
    try {
      await expect(world.replica({ directConnectionString: other.url })).rejects.toThrow(
        /another database/,
      );
    } finally {
      await other.close();
    }
  });

  test('pooled with a direct address for LISTEN: hundreds of calls at once through two connections, none fails, none is lost', async () => {
    const topic = fresh('pooled');
    const both = {
      connectionString: pooler.url,
      directConnectionString: world.url,
      poolSize: '10',
    };
    const group = fresh('group');
    const replicas = await Promise.all(
      [1, 2, 3].map(() => world.replica({ ...both, consumerID: group })),
    );
    let failures = 0;
    const pulls = replicas.map((replica) =>
      replica.pull(topic, () => (++failures % 10 === 0 ? { error: 'every tenth' } : undefined)),
    );
    const wanted: string[] = [];
    for (let round = 0; round < 3; round++) {
      await Promise.all(
        Array.from({ length: 200 }, async (_, n) => {
          const text = `${round}/${n}`;
          wanted.push(text);
          await replicas[n % 3]!.publish(topic, text, { partitionKey: String(n % 20) });
        }),
      );
    }
    const received = (): Set<string> => new Set(pulls.flatMap((pull) => texts(pull.received)));
    await until('all', () => received().size === wanted.length, 25_000);
    expect(replicas.flatMap((replica) => replica.broken)).toEqual([]);
  });

  test('wakes up by LISTEN, not by chance: a publisher in another process is heard while polling is as good as off', async () => {
    const topic = fresh('wakes');
    const both = { connectionString: pooler.url, directConnectionString: world.url };
    const subscriber = await world.replica({ ...both, pollInterval: '1h', pollIntervalMax: '1h' });
    const pull = subscriber.pull(topic);
    const publisher = await world.replica({ ...both, consumerID: fresh('publisher') });
    for (let n = 1; n <= 5; n++) {
      await publisher.publish(topic, String(n));
      await until('it is heard', () => pull.received.length === n, 3_000);
    }
  });
});

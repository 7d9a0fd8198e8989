// How much one pass of the outbox claims, whatever PostgreSQL believes about the table.
import { createTestDatabase } from '@todo/testing/test-database-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPool } from '../src/database.ts';
import type { Pool } from '../src/database.ts';
import { createLogger } from '../src/log.ts';
import { migrate } from '../src/migrate.ts';
import { outboxMigrations, startOutboxRelay } from '@todo/messaging/outbox';
import { JOINS, STATISTICS, withPlanner } from '@todo/testing/planner';

const log = createLogger({ service: 'test', level: 'silent' });
const schema = 'outbox_claims';
/** What a pass may take. */
const BATCH = 100;

describe('a claim of the outbox', () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  let pool: Pool;
  beforeAll(async () => {
    database = await createTestDatabase();
    await migrate({ url: database.url, schema, migrations: outboxMigrations, log });
    pool = createPool({ url: database.url, application: 'outbox-claims', log });
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  const fill = async (count: number) => {
    await pool.query(
      `INSERT INTO ${schema}.outbox (id, topic, type, key, time, data, lease_until)
       SELECT gen_random_uuid(), 't', 'x', n::text, now(), '{}', now() + interval '1 hour' FROM generate_series(1, $1::int) AS n`,
      [count],
    );
  };

  it.each(STATISTICS.flatMap((statistics) => JOINS.map((join) => [statistics, join] as const)))(
    'is a batch at most, the oldest first, with statistics of %s table, by %s',
    async (statistics, join) => {
      await withPlanner(
        pool,
        { tables: [`${schema}.outbox`], statistics, join, fill },
        async (client) => {
          await client.query(
            `INSERT INTO ${schema}.outbox (id, topic, type, key, time, data)
             SELECT gen_random_uuid(), 't', 'x', 'free' || n, now(), '{}' FROM generate_series(1, 250) AS n`,
          );
          // one connection, so that the relay works on the one with the planner's settings
          const giveBack = client.release.bind(client);
          const one = {
            query: client.query.bind(client),
            connect: () => Promise.resolve(Object.assign(client, { release: () => undefined })),
            options: { max: 1 },
          } as unknown as Pool;
          const release = Promise.withResolvers<undefined>();
          const relay = startOutboxRelay({
            pool: one,
            schema,
            source: '/todo/test',
            publish: () => release.promise,
            log,
          });
          relay.wake();
          const held = async () =>
            (
              await pool.query<{ key: string }>(
                `SELECT key FROM ${schema}.outbox WHERE holder = $1 ORDER BY seq`,
                [relay.holder],
              )
            ).rows.map(({ key }) => key);
          try {
            await expect.poll(async () => (await held()).length).toBeGreaterThan(0);
            expect(await held()).toEqual(Array.from({ length: BATCH }, (_, n) => `free${n + 1}`));
          } finally {
            release.resolve(undefined);
            await relay.stop();
            client.release = giveBack;
          }
        },
      );
    },
  );
});

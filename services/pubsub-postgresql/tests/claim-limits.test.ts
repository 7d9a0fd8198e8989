// What one claim of retries takes, and what it costs, whatever PostgreSQL believes about the table: statistics of an empty, a
// small and a huge one, or none.
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createWorld, fresh, type World } from './world.ts';

let world: World;
let client: pg.Client;
beforeAll(async () => {
  world = await createWorld();
  await (await world.replica()).stop(); // makes the schema
  client = new pg.Client({ connectionString: world.url });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await world.close();
});

async function subscribe(): Promise<number> {
  const { rows } = await client.query<{ group_id: number }>(
    `select group_id from dapr_pubsub.subscribe($1, 1::smallint, 'group-a', true)`,
    [fresh('claims')],
  );
  return rows[0]?.group_id ?? 0;
}

/** Retries of a group; `due`: since some time, the first longest. */
async function park(group: number, count: number, due: boolean, bytes = 10): Promise<void> {
  await client.query(
    `insert into dapr_pubsub.retries (group_id, id, shard, xid, key, attempts, due_at, published_at, data)
     select $1, nextval('dapr_pubsub.message_id'), 0, '5', null, 1,
       now() + case when $3 then n * interval '1 ms' - interval '1 hour' else interval '1 day' end, now(), sha256(n::text::bytea) || $4::bytea
     from generate_series(1, $2::int) as n`,
    [group, count, due, Buffer.alloc(bytes)],
  );
}

async function claim(group: number, limit: number, bytes: number): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(
    `select id from dapr_pubsub.claim($1, gen_random_uuid(), interval '30 seconds', true, $2, $3) where source = 'retry'`,
    [group, limit, bytes],
  );
  return rows.map(({ id }) => id);
}

async function believe(statistics: string, group: number): Promise<void> {
  await client.query('delete from dapr_pubsub.retries');
  await client.query('vacuum dapr_pubsub.retries');
  const other = await subscribe();
  if (statistics === 'a small') await park(other, 1, false);
  if (statistics === 'a huge') await park(other, 20_000, false);
  if (statistics === 'a group of its own') await park(group, 3, false);
  if (statistics !== 'a never analyzed') await client.query('analyze dapr_pubsub.retries');
  await client.query('discard plans');
}

const STATISTICS = ['an empty', 'a small', 'a huge', 'a group of its own', 'a never analyzed'];

test.each(
  STATISTICS.flatMap((statistics) => [1, 8, 39].map((limit) => [limit, statistics] as const)),
)(
  'takes %i of 40 that are due, the oldest, with statistics of %s table',
  async (limit, statistics) => {
    const group = await subscribe();
    await believe(statistics, group);
    await park(group, 40, true);
    const { rows } = await client.query<{ id: string }>(
      `select id from dapr_pubsub.retries where group_id = $1 and due_at <= now() order by xid, id limit $2`,
      [group, limit],
    );
    expect((await claim(group, limit, 1_000_000)).sort()).toEqual(rows.map(({ id }) => id).sort());
    const [taken] = await world.sql<{ n: number }>(
      'select count(*)::int as n from dapr_pubsub.retries where group_id = $1 and attempts = 2',
      [group],
    );
    expect(taken?.n).toBe(limit);
  },
);

test.each(STATISTICS)(
  'and no more bytes than asked for, with statistics of %s table',
  async (statistics) => {
    const group = await subscribe();
    await believe(statistics, group);
    await park(group, 40, true, 968); // 1,000 bytes each
    expect(await claim(group, 40, 4_500)).toHaveLength(5);
  },
);

test('500 of 1,000 cost about the same, whatever the statistics say', async () => {
  const fastest = async (statistics: string): Promise<number> => {
    const times: number[] = [];
    for (let n = 0; n < 3; n++) {
      const group = await subscribe();
      await believe(statistics, group);
      await park(group, 1_000, true, 1_000);
      const started = performance.now();
      expect(await claim(group, 500, 10_000_000)).toHaveLength(500);
      times.push(performance.now() - started);
    }
    return Math.min(...times);
  };
  const usual = await fastest('a huge');
  // joined row by row it was 15 to 25 times as much
  for (const statistics of STATISTICS)
    expect(await fastest(statistics), statistics).toBeLessThan(7 * usual);
}, 60_000);

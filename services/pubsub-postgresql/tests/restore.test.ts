// The tables are restored from a dump into another cluster, whose transaction ids are lower: nothing unread is skipped,
// nothing new is lost. The dump is made here, table by table: pg_dump of the server's version is not on every machine.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrate } from '../src/migrate.ts';
import { startDatabaseServer, type DatabaseServer } from '@todo/testing/database-server';
import { until } from '@todo/testing/sidecar-client';
import { createWorld, fresh, pause, texts, type World } from './world.ts';

let servers: DatabaseServer[];
let old: World;
let fresher: World;
beforeAll(async () => {
  servers = await Promise.all([startDatabaseServer(), startDatabaseServer()]);
  old = await createWorld(servers[0]!.url);
  fresher = await createWorld(servers[1]!.url);
}, 120_000);
afterAll(async () => {
  await old.close();
  await fresher.close();
  await Promise.all(servers.map((server) => server.remove()));
});

const TABLES = [
  'topics',
  'messages',
  'segments',
  'groups',
  'cursors',
  'retries',
  'dead_letters',
  'listeners',
  'origin',
];

async function dumpAndRestore(): Promise<void> {
  await migrate(servers[1]!.url, 'dapr_pubsub');
  await fresher.sql(`truncate ${TABLES.map((table) => `dapr_pubsub.${table}`).join(', ')}`);
  for (const table of TABLES) {
    const [dump] = await old.sql<{ rows: string | null }>(
      `select json_agg(t)::text as rows from dapr_pubsub.${table} t`,
    );
    await fresher.sql(
      `insert into dapr_pubsub.${table} overriding system value
       select * from json_populate_recordset(null::dapr_pubsub.${table}, $1::json)`,
      [dump?.rows ?? '[]'],
    );
  }
  const [sequence] = await old.sql<{ value: string }>(
    'select last_value as value from dapr_pubsub.message_id',
  );
  await fresher.sql(`select setval('dapr_pubsub.message_id', $1)`, [sequence!.value]);
}

async function nextXid(world: World): Promise<number> {
  const [row] = await world.sql<{ xid: string }>('select pg_current_xact_id()::text as xid');
  return Number(row!.xid);
}

test('unread messages, retries and everything published afterwards are delivered; what was read is not', async () => {
  const topic = fresh('restored');
  const later = fresh('later');
  const settings = { ordering: 'partitionKey', retryBackoff: '5s', retryBackoffMax: '5s' };
  await old.sql(
    'do $$ begin for i in 1..20000 loop perform pg_current_xact_id(); commit; end loop; end $$',
  );
  const reader = await old.replica({ ...settings, consumerID: 'reader' });
  const pull = reader.pull(topic, ({ data }) =>
    data.toString() === 'fails' ? { error: 'not here' } : undefined,
  );
  reader.pull(later);
  for (let n = 0; n < 10; n++) await reader.publish(topic, `read ${n}`, { partitionKey: `k${n}` });
  await reader.publish(topic, 'fails', { partitionKey: 'f' });
  await until('read', () => pull.received.length === 11);
  await until(
    'written down',
    async () =>
      (await old.sql('select 1 from dapr_pubsub.cursors where lease_until is not null')).length ===
      0,
  );
  await reader.stop();
  const publisher = await old.replica({ consumerID: 'publisher' });
  for (let n = 0; n < 10; n++)
    await publisher.publish(topic, `unread ${n}`, { partitionKey: `k${n}` });
  await publisher.stop();

  await dumpAndRestore();
  expect(await nextXid(fresher)).toBeLessThan((await nextXid(old)) - 10_000);

  // A publisher is the first to come; its messages have lower transaction ids than everything restored.
  const first = await fresher.replica({ consumerID: 'publisher' });
  for (let n = 0; n < 10; n++) await first.publish(topic, `new ${n}`, { partitionKey: `k${n}` });
  await first.publish(later, 'new');
  const back = await fresher.replica({ ...settings, consumerID: 'reader' });
  const again = back.pull(topic);
  const other = back.pull(later);
  await until('all that was not read', () => again.received.length >= 21, 20_000);
  await until('the other topic', () => other.received.length === 1);
  await pause(500);
  const got = texts(again.received);
  expect(new Set(got)).toEqual(
    new Set(['fails', ...Array.from({ length: 10 }, (_, n) => [`unread ${n}`, `new ${n}`]).flat()]),
  );
  for (let n = 0; n < 10; n++)
    expect(got.indexOf(`unread ${n}`)).toBeLessThan(got.indexOf(`new ${n}`));
}, 120_000);

test('in its own cluster check_origin changes nothing', async () => {
  await expect(old.sql('select dapr_pubsub.check_origin() as moved')).resolves.toEqual([
    { moved: false },
  ]);
  await expect(fresher.sql('select dapr_pubsub.check_origin() as moved')).resolves.toEqual([
    { moved: false },
  ]);
});

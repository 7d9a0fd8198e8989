// What a backlog costs: publishes and deliveries a second with an empty log and with a large unread one, and whether the
// table's size returns when it has been read.
//
//   npm run bench:backlog -- [--messages 1000000] [--sample 50000]
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { readArguments } from '@todo/deploy/run/usage';
import pg from 'pg';
import { startComponentProcess } from '@todo/testing/component-process';
import { startDatabaseServer } from '@todo/testing/database-server';
import { connectSidecar, type SidecarClient } from '@todo/testing/sidecar-client';

const HELP = `npm run bench:backlog -- [--messages N] [--sample N]
  --messages N  the backlog (1000000)
  --sample N    how many messages each rate is measured over (50000)
Exit status: 0 when both rates with the backlog are within 20 % of those without, and the size returned; else 1.
`;
const TOPIC = 'backlog';
const MESSAGE_BYTES = 1_024;
/** Messages in one bulk publish, and how many of those at a time. */
const BULK = 100;
const LOOPS = 4;
const STALL_MS = 120_000;
/** Maintenance runs at most every 5 s, and some rounds are needed. */
const SHRINK_MS = 120_000;
/** Empty segments and what is still in the current one. */
const SMALL_BYTES = 8 * 1024 * 1024;

const { values } = readArguments(HELP, {
  options: {
    messages: { type: 'string', default: '1000000' },
    sample: { type: 'string', default: '50000' },
  },
});
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    process.exit(1);
  });
process.exitCode = await main();

async function main(): Promise<number> {
  const backlog = Number(values.messages);
  const sample = Number(values.sample);
  const server = await startDatabaseServer({ settings: { max_wal_size: '4GB' } });
  const component = await startComponentProcess({ env: { LOG_LEVEL: 'warn' } });
  const socket = connectSidecar(component.socket);
  const database = new pg.Client({ connectionString: server.url });
  await database.connect();
  const group = socket.instance('group');
  // Retention 0 and small segments: what was read may go at once.
  await group.init({
    connectionString: server.url,
    consumerID: 'group',
    initialPosition: 'earliest',
    retention: '0s',
    segmentBytes: String(4 * 1024 * 1024),
  });

  console.log('with an empty log:');
  const emptyPublish = await publish(group, sample);
  const emptyDeliver = await deliver(group, sample);
  const sizeBefore = await settledSize(database, group);
  console.log(`filling up to ${backlog} messages`);
  await publish(group, backlog - sample);
  console.log(`with a backlog (${megabytes(await size(database))}):`);
  const fullPublish = await publish(group, sample);
  const fullDeliver = await deliver(group, sample);
  console.log('reading the rest:');
  await deliver(group, backlog - sample);
  const sizeAfter = await settledSize(database, group);

  const publishShare = fullPublish / emptyPublish;
  const deliverShare = fullDeliver / emptyDeliver;
  const shrunk = sizeAfter <= Math.max(sizeBefore, SMALL_BYTES) * 1.2;
  console.log(`publish with the backlog: ${percent(publishShare)} of without (to reach: 80 %)`);
  console.log(`deliver with the backlog: ${percent(deliverShare)} of without (to reach: 80 %)`);
  console.log(`the log's size: ${megabytes(sizeBefore)} before, ${megabytes(sizeAfter)} after`);
  socket.close();
  await database.end();
  await component.remove();
  await server.remove();
  const good = publishShare >= 0.8 && deliverShare >= 0.8 && shrunk;
  console.log(good ? 'PASSED' : 'FAILED');
  return good ? 0 : 1;
}

/** Bulk publishes so many messages; a second. */
async function publish(client: SidecarClient, count: number): Promise<number> {
  const started = performance.now();
  let next = 0;
  await Promise.all(
    Array.from({ length: LOOPS }, async () => {
      while (next < count) {
        const many = Math.min(BULK, count - next);
        next += many;
        const entries = Array.from({ length: many }, (_, index) => ({
          entryId: String(index),
          event: Buffer.alloc(MESSAGE_BYTES, 'x'),
          contentType: '',
          metadata: {},
        }));
        const { failedEntries } = await client.call('bulkPublish', { topic: TOPIC, entries });
        if (Array.isArray(failedEntries) && failedEntries.length > 0)
          throw new Error(`not published: ${JSON.stringify(failedEntries[0])}`);
      }
    }),
  );
  const rate = (count * 1_000) / (performance.now() - started);
  console.log(`  published ${count}: ${rate.toFixed(0)}/s`);
  return rate;
}

/** Consumes so many messages, from the first to the last; a second. @throws Error when they stop coming */
async function deliver(client: SidecarClient, count: number): Promise<number> {
  let seen = 0;
  let first = 0;
  let last = performance.now();
  const pull = client.pull(TOPIC, () => {
    pull.received.length = 0;
    if (seen >= count) return 'hold'; // goes back when the stream ends
    last = performance.now();
    if (seen++ === 0) first = last;
    return undefined;
  });
  while (seen < count) {
    await sleep(20);
    if (performance.now() - last > STALL_MS) throw new Error(`only ${seen} of ${count} came`);
  }
  pull.cancel();
  await pull.ended;
  const rate = (count * 1_000) / (last - first);
  console.log(`  delivered ${count}: ${rate.toFixed(0)}/s`);
  return rate;
}

async function size(database: pg.Client): Promise<number> {
  const { rows } = await database.query<{ bytes: string }>(
    `select coalesce(sum(pg_total_relation_size(relid)), 0) as bytes from pg_partition_tree('dapr_pubsub.messages')`,
  );
  return Number(rows[0]?.bytes);
}

/** The log's size when it shrinks no more; a message now and then keeps maintenance going, as traffic does. */
async function settledSize(database: pg.Client, client: SidecarClient): Promise<number> {
  const pull = client.pull(TOPIC);
  const deadline = performance.now() + SHRINK_MS;
  let smallest = await size(database);
  while (smallest > SMALL_BYTES && performance.now() < deadline) {
    await client.publish(TOPIC, 'x');
    await sleep(2_000);
    smallest = Math.min(smallest, await size(database));
  }
  pull.cancel();
  await pull.ended;
  return smallest;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MB`;
}

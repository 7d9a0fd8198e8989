// Messages for several groups while component processes, connections and the database are killed at random: nothing may be
// lost, nothing may come twice without a kill that explains it, and each key stays in order.
//
//   npm run bench:chaos -- [--help]
import { setTimeout as sleep } from 'node:timers/promises';
import { readArguments } from '@todo/deploy/run/usage';
import pg from 'pg';
import { startComponentProcess, type ComponentProcess } from '@todo/testing/component-process';
import { startDatabaseServer } from '@todo/testing/database-server';
import { startTcpProxy } from '@todo/testing/tcp-proxy';
import { keepPublishing, keepSubscribed } from '@todo/testing/component-subscriber';
import { createLedger, type Disruption, type Ledger } from './ledger.ts';
import { seededRandom } from '@todo/testing/seeded-random';

const HELP = `npm run bench:chaos -- [options]
  --messages N     messages to publish (100000)
  --groups N       consumer groups, a component process each (3)
  --keys N         partition keys; each is published in order, one message at a time (64)
  --seed N         what is killed, and when (the time; printed)
  --minutes N      publish for at most N minutes, and judge what was published until then (no limit)
  --every MS       a kill every MS milliseconds on average (3000)
  --patience S     how long the groups may take for the rest after the last kill (180)
Prints every kill, and at the end a verdict. Exit status: 0 nothing lost, no unexplained duplicate, order kept; else 1.
`;
const TOPIC = 'chaos';
const MESSAGE_BYTES = 256;
const PROGRESS_MS = 5_000;
/** Short, so that what a killed component held comes again soon. */
const LEASE = '10s';
/** Broken connections are noticed, and what was in flight is given to another, some time after all works again. */
const AFTERMATH_MS = 2_000;

const { values } = readArguments(HELP, {
  options: {
    messages: { type: 'string', default: '100000' },
    groups: { type: 'string', default: '3' },
    keys: { type: 'string', default: '64' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    minutes: { type: 'string', default: 'Infinity' },
    every: { type: 'string', default: '3000' },
    patience: { type: 'string', default: '180' },
  },
});
// As an orderly end: what was started is ended too.
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    process.exit(1);
  });
process.exitCode = await main();

async function main(): Promise<number> {
  const total = Number(values.messages);
  const groups = Array.from({ length: Number(values.groups) }, (_, index) => `group${index + 1}`);
  const random = seededRandom(Number(values.seed));
  const ledger = createLedger(groups);
  const started = performance.now();
  console.log(
    `seed ${values.seed}: ${total} messages, ${groups.length} groups, ${values.keys} keys`,
  );

  const server = await startDatabaseServer();
  const proxy = await startTcpProxy(server.port);
  const url = new URL(server.url);
  url.port = String(proxy.port);
  const properties = (consumerID: string): Record<string, string> => ({
    connectionString: url.href,
    consumerID,
    ordering: 'partitionKey',
    initialPosition: 'earliest',
    visibilityTimeout: LEASE,
    pollIntervalMax: '2s',
    retention: '0s',
    segmentBytes: String(16 * 1024 * 1024),
  });
  const publisher = await startComponentProcess({ env: { LOG_LEVEL: 'error' } });
  const components = new Map<string, ComponentProcess>();
  for (const group of groups)
    components.set(group, await startComponentProcess({ env: { LOG_LEVEL: 'error' } }));

  const consumers = [...components].map(([group, { socket }]) =>
    keepSubscribed({
      socket,
      topic: TOPIC,
      properties: properties(group),
      handle: (message) => {
        const { key, number } = JSON.parse(message.data.toString()) as {
          key: string;
          number: number;
        };
        // The last part of a delivery's id is the message's number in the log.
        ledger.delivered(group, key, number, message.id.split('.').at(-1) ?? '');
        return undefined;
      },
    }),
  );
  const publishing = publishAll(
    keepPublishing(publisher.socket, properties('publisher')),
    total,
    ledger,
    started + Number(values.minutes) * 60_000,
  );
  let isPublished = false;
  const published = publishing.then(() => {
    isPublished = true;
  });

  const kinds: [string, () => Promise<Disruption>][] = [
    ['kill the publisher component', () => killComponent(publisher, 'SIGKILL', [], true)],
    ...groups.map((group): [string, () => Promise<Disruption>] => [
      `kill ${group}'s component`,
      () => killComponent(components.get(group), 'SIGKILL', [group], false),
    ]),
    [
      'end a component in order',
      () => killComponent(components.get(pick(groups)), 'SIGTERM', groups, false),
    ],
    [
      'reset every connection',
      () =>
        forAll(() => {
          proxy.reset();
          return Promise.resolve();
        }),
    ],
    [
      'cut the network',
      () =>
        forAll(async () => {
          proxy.cut();
          await sleep(random() * 3_000);
          proxy.restore();
        }),
    ],
    ['terminate some backends', () => forAll(() => terminateSome(server.url, random))],
    [
      'crash the database',
      () =>
        forAll(async () => {
          await server.stop('immediate');
          await sleep(random() * 2_000);
          await server.start();
        }),
    ],
    [
      'restart the database',
      () =>
        forAll(async () => {
          await server.stop('fast');
          await server.start();
        }),
    ],
  ];
  function pick<T>(list: T[]): T {
    const chosen = list[Math.floor(random() * list.length)];
    if (chosen === undefined) throw new Error('nothing to choose from');
    return chosen;
  }
  async function killComponent(
    component: ComponentProcess | undefined,
    signal: 'SIGKILL' | 'SIGTERM',
    own: string[],
    publishes: boolean,
  ): Promise<Disruption> {
    const disruption: Disruption = {
      at: performance.now(),
      what: signal,
      groups: own,
      publisher: publishes,
    };
    ledger.disrupted(disruption);
    await component?.end(signal);
    await sleep(random() * 500);
    await component?.start();
    return disruption;
  }
  async function forAll(action: () => Promise<void>): Promise<Disruption> {
    const disruption: Disruption = { at: performance.now(), what: 'database', publisher: true };
    ledger.disrupted(disruption);
    await action();
    return disruption;
  }

  const kills = new Map<string, number>();
  const progress = setInterval(() => {
    const delivered = groups.map((group) => ledger.deliveredCount(group)).join(' ');
    console.log(`${seconds(started)} published ${ledger.publishedCount()}, delivered ${delivered}`);
  }, PROGRESS_MS);
  for (;;) {
    await sleep(Number(values.every) * (0.5 + random()));
    // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- set while this awaits
    if (isPublished) break;
    const [what, act] = pick(kinds);
    kills.set(what, (kills.get(what) ?? 0) + 1);
    console.log(`${seconds(started)} ${what}`);
    const disruption = await act();
    disruption.until = performance.now() + AFTERMATH_MS;
  }
  await published;
  console.log(`${seconds(started)} all published; no more kills`);

  const deadline = performance.now() + Number(values.patience) * 1_000;
  while (!ledger.isComplete() && performance.now() < deadline) await sleep(100);
  await sleep(2_000); // what comes too often comes now
  clearInterval(progress);
  const dead = await deadLetters(server.url);
  await Promise.all(consumers.map((consumer) => consumer.close()));
  for (const component of [publisher, ...components.values()]) await component.remove();
  await proxy.close();
  await server.remove();

  const verdict = ledger.verdict();
  const sum = [...kills].map(([what, times]) => `  ${times} × ${what}`).toSorted();
  console.log(`\nkills:\n${sum.join('\n')}`);
  console.log(
    `published ${verdict.published}, delivered ${verdict.deliveries} in ${seconds(started)}; ` +
      `${verdict.redelivered} redelivered and ${verdict.publishedTwice} published twice, each explained by a kill but ${verdict.unexplained.length}`,
  );
  for (const [what, list] of [
    ['lost', verdict.lost],
    ['out of order', verdict.outOfOrder],
    ['duplicates without a kill', verdict.unexplained],
  ] as const) {
    console.log(`${what}: ${list.length}`);
    for (const line of list.slice(0, 10)) console.log(`  ${line}`);
  }
  console.log(`dead letters: ${dead}`);
  const good =
    verdict.published > 0 &&
    (values.minutes !== 'Infinity' || verdict.published === total) &&
    verdict.lost.length + verdict.outOfOrder.length + verdict.unexplained.length + dead === 0;
  console.log(good ? 'PASSED' : `FAILED (again with: --seed ${values.seed})`);
  return good ? 0 : 1;
}

/** Publishes each key's messages in order, many keys at a time, each message until it is acknowledged. */
async function publishAll(
  publisher: ReturnType<typeof keepPublishing>,
  total: number,
  ledger: Ledger,
  until: number,
): Promise<void> {
  const keys = Number(values.keys);
  await Promise.all(
    Array.from({ length: keys }, async (_, index) => {
      const key = `key${index}`;
      const count = Math.floor(total / keys) + (index < total % keys ? 1 : 0);
      for (let number = 0; number < count && performance.now() < until; number++) {
        const head = JSON.stringify({ key, number });
        const body = head + ' '.repeat(Math.max(0, MESSAGE_BYTES - head.length));
        ledger.publishStarted(key, number);
        await publisher.publish(TOPIC, body, { partitionKey: key });
        ledger.publishDone(key, number);
      }
    }),
  );
  publisher.close();
}

async function terminateSome(url: string, random: () => number): Promise<void> {
  await withClient(url, async (client) => {
    const { rows } = await client.query<{ pid: number }>(
      `select pid from pg_stat_activity where application_name like 'dapr-pubsub%' order by pid`,
    );
    for (const { pid } of rows)
      if (random() < 0.5) await client.query('select pg_terminate_backend($1)', [pid]);
  });
}

async function deadLetters(url: string): Promise<number> {
  return withClient(url, async (client) => {
    const { rows } = await client.query<{ count: string }>(
      'select count(*) from dapr_pubsub.dead_letters',
    );
    return Number(rows[0]?.count);
  });
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1_000).toFixed(0).padStart(4)} s`;
}

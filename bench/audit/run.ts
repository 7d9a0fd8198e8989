// What the history's chain costs: entries added per second with and without the trigger that links them, in turns on one
// durable server. The trigger takes one lock for the whole history and holds it until the commit is on disk, so entries with it
// are added one commit after another.
//
//   npm run bench:audit -- [--connections 8] [--seconds 5] [--rounds 4]
import { loadavg } from 'node:os';
import { performance } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { readArguments } from '@todo/deploy/run/usage';
import { ROOT } from '@todo/local/data-folder';
import { createLogger } from '@todo/runtime/log';
import { migrate, readMigrations } from '@todo/runtime/migrate';
import { startDatabaseServer } from '@todo/testing/database-server';
import pg from 'pg';

const HELP = `npm run bench:audit -- [options]
  --connections N  transactions at a time (8)
  --seconds N      how long each round counts (5)
  --rounds N       rounds of each kind (4)
`;
const { values } = readArguments(HELP, {
  options: {
    connections: { type: 'string', default: '8' },
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '4' },
  },
});
const server = await startDatabaseServer();
const clients = Array.from(
  { length: Number(values.connections) },
  () => new pg.Client({ connectionString: server.url }),
);
try {
  await migrate({
    ...{ url: server.url, schema: 'audit', log: createLogger({ service: 'bench', level: 'warn' }) },
    migrations: readMigrations(pathToFileURL(`${join(ROOT, 'services', 'audit', 'migrations')}/`)),
  });
  for (const client of clients) await client.connect();
  const load = loadavg().map((one) => one.toFixed(1));
  console.log(`${clients.length} connections, an entry a transaction; load ${load.join(' ')}`);
  const rates: Record<string, number[]> = { ENABLE: [], DISABLE: [] };
  for (let round = 0; round < Number(values.rounds); round += 1)
    for (const how of ['ENABLE', 'DISABLE']) {
      await clients[0]?.query(`ALTER TABLE audit.history ${how} TRIGGER history_is_linked`);
      rates[how]?.push(await entriesPerSecond());
    }
  const line = (how: string) =>
    (rates[how] ?? []).map((rate) => String(Math.round(rate))).join(', ');
  console.log(`with the chain: ${line('ENABLE')} entries/s`);
  console.log(`without: ${line('DISABLE')} entries/s`);
} finally {
  for (const client of clients) await client.end();
  await server.remove();
}

async function entriesPerSecond(): Promise<number> {
  const begun = performance.now();
  const until = begun + Number(values.seconds) * 1000;
  let done = 0;
  const add = async (client: pg.Client): Promise<void> => {
    while (performance.now() < until) {
      await client.query(
        `INSERT INTO audit.history (event_source, event_id, type, user_id, at, task, data)
         VALUES ('bench', gen_random_uuid(), 'todo.task.updated.v1', $1, now(), $2, '{}')`,
        [`user-${done % 50}`, JSON.stringify({ title: 'x'.repeat(200) })],
      );
      done += 1;
    }
  };
  await Promise.all(clients.map(add));
  return done / ((performance.now() - begun) / 1000);
}

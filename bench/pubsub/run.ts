// Queues on PostgreSQL side by side: this project's component, pg-boss, graphile-worker, BullMQ on PostgreSQL, pgmq's SQL,
// on one durable server that this starts and removes. Beside them, through daprd: the same component, and Kafka. What each
// number means: measure.ts.
//
//   npm run bench:pubsub -- [--help]
import { execFile, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readArguments } from '@todo/deploy/run/usage';
import pg from 'pg';
import { startDatabaseServer } from '@todo/testing/database-server';
import type { Measurement } from './measure.ts';
import { pgbenchInserts } from './pgbench.ts';
import { ceilingOf, markdown, svg, type Results } from './report.ts';

const OURS = ['ours', 'ours-in-process'];
const PEERS = ['pg-boss', 'graphile-worker', 'bullmq', 'pgmq'];
const ALL = [...OURS, ...PEERS, 'ours-daprd', 'kafka-daprd'];
const HELP = `npm run bench:pubsub -- [options]
  --contenders LIST  of ${ALL.join(',')} (all)
  --publishers LIST  closed publishing loops (1,4)
  --groups LIST      consumer groups (1,3)
  --seconds N        how long to publish (4)
  --messages N       backlog to drain, at least (10000)
  --results FILE     results as JSON; what is in the file stays, what is measured again is replaced
  --write            also writes docs/benchmarks/pubsub-results.md and pubsub.svg from the results
  --only-write       measures nothing: writes those from --results
pgmq's SQL comes from its repository, or from the file PGMQ_SQL names. pgbench must be on PATH for the ceiling. The two
through daprd need daprd (it is found as by \`npm run up\`), Kafka also Java and Kafka's jars (KAFKA_LIBS, or by Maven).
Takes about 30 s for each contender and combination. The machine should do nothing else.
`;

/** How many databases this run has made. */
let databases = 0;

const { values } = readArguments(HELP, {
  options: {
    contenders: { type: 'string', default: ALL.join(',') },
    publishers: { type: 'string', default: '1,4' },
    groups: { type: 'string', default: '1,3' },
    seconds: { type: 'string', default: '4' },
    messages: { type: 'string', default: '10000' },
    results: { type: 'string' },
    write: { type: 'boolean', default: false },
    'only-write': { type: 'boolean', default: false },
  },
});
// As an orderly end: what was started is ended too.
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    process.exit(1);
  });
await main();

async function main(): Promise<void> {
  const results = await earlierResults();
  if (!values['only-write']) await measureAll(results);
  console.log(`\n${markdown(results)}`);
  for (const [name, why] of Object.entries(results.absent))
    console.log(`${name} did not run: ${why}`);
  verdicts(results);
  if (values.results) await writeFile(values.results, `${JSON.stringify(results, null, 2)}\n`);
  if (values.write || values['only-write']) {
    const docs = join(import.meta.dirname, '..', '..', 'docs', 'benchmarks');
    await writeFile(join(docs, 'pubsub-results.md'), document(results));
    await writeFile(join(docs, 'pubsub.svg'), svg(results));
  }
}

async function earlierResults(): Promise<Results> {
  const fresh: Results = {
    at: new Date().toISOString(),
    machine: `${availableParallelism()} cores (${cpus()[0]?.model ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GB`,
    server: '',
    versions: versions(),
    ceilings: [],
    measurements: [],
    absent: {},
  };
  if (!values.results) return fresh;
  try {
    const earlier = JSON.parse(await readFile(values.results, 'utf8')) as Results;
    return values['only-write'] ? earlier : { ...earlier, at: fresh.at };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return fresh;
    throw error;
  }
}

/** The component is measured as its image runs it: one bundled file. */
async function buildComponent(): Promise<void> {
  const folder = join(import.meta.dirname, '..', '..', 'services', 'pubsub-postgresql');
  const script = join(folder, '..', '..', 'tools', 'bundle.ts');
  await promisify(execFile)(process.execPath, [script], { cwd: folder });
}

/** Round by round, so that what disturbs the machine for a minute disturbs all alike. */
async function measureAll(results: Results): Promise<void> {
  const seconds = Number(values.seconds);
  if (values.contenders.includes('ours')) await buildComponent();
  const server = await startDatabaseServer({
    settings: { autovacuum: 'off', 'pg_stat_statements.max': '10000', max_wal_size: '4GB' },
  });
  try {
    results.server = await serverVersion(server.url);
    const chosen = values.contenders.split(',');
    const total =
      values.publishers.split(',').length * values.groups.split(',').length * chosen.length;
    let done = 0;
    for (const publishers of values.publishers.split(',').map(Number)) {
      for (const groups of values.groups.split(',').map(Number)) {
        const ceiling = await pgbenchInserts(await freshDatabase(server.url), publishers, seconds);
        if (ceiling === undefined) console.log('no pgbench on PATH: no ceiling');
        else {
          console.log(`pgbench, ${publishers} clients: ${ceiling.toFixed(0)} inserts/s`);
          results.ceilings.push({ publishers, perSecond: ceiling });
        }
        for (const contender of chosen) {
          console.log(
            `[${++done}/${total}] ${contender}, ${publishers} publishers, ${groups} groups …`,
          );
          try {
            const found = await measureApart(
              contender,
              publishers,
              groups,
              await freshDatabase(server.url),
            );
            results.measurements = results.measurements.filter(
              (old) =>
                old.contender !== contender ||
                old.publishers !== publishers ||
                old.groups !== groups,
            );
            results.measurements.push(found);
            console.log(
              `  publish ${found.publishPerSecond.toFixed(0)}/s, deliveries ${found.deliveriesPerSecond.toFixed(0)}/s, p50 ${found.p50.toFixed(1)} p99 ${found.p99.toFixed(1)} ms, CPU ${found.publishCpu?.toFixed(0) ?? '?'} us/publish ${found.deliveryCpu?.toFixed(0) ?? '?'} us/delivery, ${(found.residentBytes / 2 ** 20).toFixed(0)} MiB`,
            );
          } catch (error) {
            results.absent[contender] = error instanceof Error ? error.message : String(error);
            console.log(`  failed: ${results.absent[contender]}`);
          }
          if (values.results)
            await writeFile(values.results, `${JSON.stringify(results, null, 2)}\n`);
        }
      }
    }
  } finally {
    await server.remove();
  }
}

function measureApart(
  contender: string,
  publishers: number,
  groups: number,
  url: string,
): Promise<Measurement> {
  const args = [join(import.meta.dirname, 'measure.ts')];
  for (const [name, value] of Object.entries({ contender, publishers, groups, url }))
    args.push(`--${name}=${value}`);
  args.push(`--seconds=${values.seconds}`, `--messages=${values.messages}`);
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err = (err + chunk.toString()).slice(-2_000)));
  return new Promise((done, failed) => {
    child.once('error', failed);
    child.once('close', (code) => {
      const line = out.trim().split('\n').at(-1) ?? '';
      if (code === 0 && line.startsWith('{')) done(JSON.parse(line) as Measurement);
      else failed(new Error(`ended with ${code}: ${err.trim()}`));
    });
  });
}

async function freshDatabase(serverUrl: string): Promise<string> {
  const name = `bench_${process.pid}_${++databases}`;
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  await client.query('checkpoint');
  await client.query(`create database ${name}`);
  await client.end();
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  const own = new pg.Client({ connectionString: url.href });
  await own.connect();
  await own.query('create extension pg_stat_statements');
  await own.query('select pg_stat_statements_reset()');
  await own.end();
  return url.href;
}

async function serverVersion(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ version: string; sync: string; fsync: string }>(
    `select current_setting('server_version') as version, current_setting('synchronous_commit') as sync,
       current_setting('fsync') as fsync`,
  );
  await client.end();
  const row = rows[0];
  return `PostgreSQL ${row?.version}, synchronous_commit=${row?.sync}, fsync=${row?.fsync}`;
}

function versions(): Record<string, string> {
  const require = createRequire(import.meta.url);
  const found: Record<string, string> = { pgmq: '1.5.1', node: process.versions.node };
  for (const name of ['pg-boss', 'graphile-worker', 'bullmq']) {
    const folder =
      require.resolve.paths(name)?.map((path) => join(path, name, 'package.json')) ?? [];
    for (const file of folder) {
      try {
        found[name] = (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
        break;
      } catch {
        // not in this folder
      }
    }
  }
  return found;
}

/** The targets, and whether they were reached. */
function verdicts(results: Results): void {
  for (const row of results.measurements.filter((found) => OURS.includes(found.contender))) {
    const peers = results.measurements.filter(
      (peer) =>
        PEERS.includes(peer.contender) &&
        peer.publishers === row.publishers &&
        peer.groups === row.groups,
    );
    const best = Math.max(...peers.map((peer) => peer.deliveriesPerSecond));
    const boss = peers.find((peer) => peer.contender === 'pg-boss');
    const ceiling = ceilingOf(results, row.publishers);
    const where = `${row.contender}, ${row.publishers} publishers, ${row.groups} groups`;
    if (peers.length > 0) {
      say(row.deliveriesPerSecond > best, `${where}: more deliveries/s than every peer`);
    }
    if (boss) {
      const times = row.deliveriesPerSecond / boss.deliveriesPerSecond;
      say(times >= 3, `${where}: ${times.toFixed(1)} × pg-boss's deliveries/s (to reach: 3)`);
    }
    if (ceiling !== undefined) {
      const share = (100 * row.publishPerSecond) / ceiling;
      say(share >= 60, `${where}: publish ${share.toFixed(0)} % of pgbench (to reach: 60)`);
    }
    say(row.p99 < 50, `${where}: p99 ${row.p99.toFixed(1)} ms at 200/s (to reach: under 50)`);
  }
}

function say(reached: boolean, what: string): void {
  console.log(`${reached ? 'reached    ' : 'NOT REACHED'} ${what}`);
}

function document(results: Results): string {
  const used = Object.entries(results.versions).map(([name, version]) => `${name} ${version}`);
  return [
    '<!-- Written by `npm run bench:pubsub -- --write`; what the numbers mean is in pubsub.md. -->',
    '',
    '# Pub/sub benchmark: results',
    '',
    `${results.at}. ${results.machine}; ${results.server}. ${used.join(', ')}.`,
    '',
    markdown(results),
    '',
    ...Object.entries(results.absent).map(([name, why]) => `${name} did not run: ${why}`),
    '',
  ].join('\n');
}

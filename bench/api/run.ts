// How fast is the task list? One person with 100,000 tasks; lists of 50, filtered and searched, measured inside the server
// process's own routes, and the pages of PostgreSQL's cache that each query touches, which do not depend on what else the
// machine does; and requests a second beside a bare fastify + pg route that runs the plain list's query in the same
// process, same database, same run.
//
//   npm run bench:api -- [--database postgres://…] [--tasks 100000] [--samples 300] [--seconds 8]
//
// Without --database a throw-away PostgreSQL is started. One that is given is filled once and reused; give an empty one the
// first time.
import { availableParallelism, loadavg } from 'node:os';
import { performance } from 'node:perf_hooks';
import { readArguments } from '@todo/deploy/run/usage';
import { fastify } from 'fastify';
import { exportJWK, generateKeyPair, SignJWT, createLocalJWKSet } from 'jose';
import { createPool } from '@todo/runtime/database';
import { createLogger } from '@todo/runtime/log';
import { migrate } from '@todo/runtime/migrate';
import type { Sidecar } from '@todo/runtime/sidecar';
import { buildBackend } from '@todo/backend/app';
import { startTestServer } from '@todo/testing/test-database';
import { backendMigrations, SCHEMA } from '@todo/backend/schema';
import { listStatement, vacuumTasks } from '@todo/testing/list-statement';

const HELP = `npm run bench:api -- [options]
  --database URL  a PostgreSQL to use, filled once and reused (a throw-away one)
  --tasks N       tasks of the person (100000)
  --samples N     requests of each query (300)
  --seconds N     how long requests a second are counted (8)
`;

const { values } = readArguments(HELP, {
  options: {
    database: { type: 'string' },
    tasks: { type: 'string', default: '100000' },
    seconds: { type: 'string', default: '8' },
    samples: { type: 'string', default: '300' },
  },
});
const server = values.database === undefined ? await startTestServer() : undefined;
const url = values.database ?? server?.url ?? '';
const total = Number(values.tasks);
const seconds = Number(values.seconds);
/** Requests of each query. */
const samples = Number(values.samples);
/** Requests in flight while requests a second are counted. */
const IN_FLIGHT = 16;
const log = createLogger({ service: 'bench', level: 'warn' });
await migrate({ url, schema: SCHEMA, migrations: backendMigrations(), log });
const pool = createPool({ url, application: 'bench', log });
await fill();

const pair = await generateKeyPair('EdDSA', { extractable: true });
const issuer = 'http://bench.example';
const sidecar = { isReady: () => Promise.resolve(true) } as unknown as Sidecar;
const { app, close } = await buildBackend({
  pool,
  directUrl: url,
  sidecar,
  log,
  appApiToken: 'bench-bench-bench-bench',
  auth: {
    keys: createLocalJWKSet({ keys: [{ ...(await exportJWK(pair.publicKey)), alg: 'EdDSA' }] }),
    issuer,
    audience: 'todo',
  },
  auditEnabled: false,
  rateLimitPerMinute: 0,
  corsOrigins: [],
});
const authorization = `Bearer ${await new SignJWT({ zone: 'UTC' })
  .setProtectedHeader({ alg: 'EdDSA' })
  .setSubject('bench')
  .setIssuer(issuer)
  .setAudience('todo')
  .setExpirationTime('1h')
  .sign(pair.privateKey)}`;
const ours = await app.listen({ host: '127.0.0.1', port: 0 });

const bare = fastify();
bare.get('/tasks', async () => {
  const { rows } = await pool.query(
    `SELECT id, version, title, notes, status, priority, tags, list_id, parent_id, due, due_at, recurrence, reminders, series_id,
       occurrence, completed_at, created_at, updated_at FROM todo.tasks
     WHERE user_id = $1 AND deleted_at IS NULL AND status = 'open' ORDER BY coalesce(due_at, 'infinity'::timestamptz), id LIMIT 51`,
    ['bench'],
  );
  return { items: rows };
});
const plain = await bare.listen({ host: '127.0.0.1', port: 0 });

const cpus = availableParallelism();
console.log(
  `${new Date().toISOString().slice(0, 16)}Z, ${cpus} cores, load before ${loadavg()[0]?.toFixed(1) ?? '?'}, Node ${process.version}`,
);
console.log(`list of 50 of ${total} tasks, ${samples} requests each, ms`);
console.log('query'.padEnd(58), ...['p50', 'p99', 'pages'].map((name) => name.padStart(8)));
let worst = 0;
for (const query of [
  'status=open',
  'status=all',
  'status=done',
  'status=open&tag=tag7',
  'status=open&priority=high&dueAfter=2027-06-01T00:00:00Z',
  'status=open&q=report',
  'q=report%20number',
  'q=zebra',
  'q=needle-in-the-haystack',
  'q=%25',
  'q=zq',
  'q=c%2B%2B',
  'status=open&tag=tag7&q=invoice',
  'sort=updated&q=invoice&priority=high',
]) {
  const times: number[] = [];
  for (let n = 0; n < samples; n += 1) {
    const started = performance.now();
    const answer = await fetch(`${ours}/api/v1/tasks?${query}`, { headers: { authorization } });
    await answer.arrayBuffer();
    if (!answer.ok) throw new Error(`${query}: ${answer.status}`);
    times.push(performance.now() - started);
  }
  times.sort((a, b) => a - b);
  const at = (share: number): number => times[Math.floor(times.length * share)] ?? 0;
  worst = Math.max(worst, at(0.99));
  const numbers = [at(0.5).toFixed(1), at(0.99).toFixed(1), String(await pagesOf(query))];
  console.log(query.padEnd(58), ...numbers.map((number) => number.padStart(8)));
}
console.log(`worst p99: ${worst.toFixed(1)} ms (to reach: under 50)`);

const rounds = { ours: 0, bare: 0 };
for (let round = 0; round < 3; round += 1) {
  rounds.bare += await perSecond(`${plain}/tasks`);
  rounds.ours += await perSecond(`${ours}/api/v1/tasks?status=open`);
}
console.log(`requests/s, ${IN_FLIGHT} in flight, mean of 3 alternating rounds of ${seconds} s`);
console.log(`bare fastify + pg (no token, no checks)  ${(rounds.bare / 3).toFixed(0)}`);
console.log(
  `todo-backend  ${(rounds.ours / 3).toFixed(0)}  (${((100 * rounds.ours) / rounds.bare).toFixed(0)} % of bare; to reach: 60)`,
);
console.log(
  `memory of this process (both servers and the client): ${(process.memoryUsage.rss() / 2 ** 20).toFixed(0)} MiB`,
);
await bare.close();
await app.close();
await close().catch(() => undefined);
await pool.end();
await server?.stop();

/** Pages (8 KiB each) in PostgreSQL's cache that the query's statement reads. */
async function pagesOf(query: string): Promise<number> {
  const { text, values: given } = await listStatement('bench', query);
  const { rows } = await pool.query<{ 'QUERY PLAN': [{ Plan: Record<string, number> }] }>(
    `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${text}`,
    given,
  );
  const plan = rows[0]?.['QUERY PLAN'][0].Plan;
  return (plan?.['Shared Hit Blocks'] ?? 0) + (plan?.['Shared Read Blocks'] ?? 0);
}

async function perSecond(address: string): Promise<number> {
  const until = performance.now() + seconds * 1_000;
  let done = 0;
  await Promise.all(
    Array.from({ length: IN_FLIGHT }, async () => {
      while (performance.now() < until) {
        const answer = await fetch(address, { headers: { authorization } });
        await answer.arrayBuffer();
        done += 1;
      }
    }),
  );
  return done / seconds;
}

async function fill(): Promise<void> {
  const { rows } = await pool.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM todo.tasks WHERE user_id = 'bench'`,
  );
  if (rows[0]?.n === total) return;
  if (rows[0]?.n) throw new Error(`the database has ${rows[0].n} tasks: give an empty one`);
  console.log(`filling in ${total} tasks …`);
  await pool.query(`INSERT INTO todo.users (id, zone, locale) VALUES ('bench', 'UTC', 'en')`);
  await pool.query(
    `INSERT INTO todo.tasks (id, user_id, version, title, notes, status, priority, tags, due, due_at, reminders, occurrence, completed_at,
       created_at, updated_at, search)
     SELECT gen_random_uuid(), 'bench', 1, title, notes, CASE WHEN n % 3 = 0 THEN 'done' ELSE 'open' END, n % 4, ARRAY['tag' || n % 20],
       CASE WHEN n % 5 <> 0 THEN jsonb_build_object('kind', 'instant', 'at', at) END, CASE WHEN n % 5 <> 0 THEN at END, '[]', 1,
       CASE WHEN n % 3 = 0 THEN at END, at, at, lower(title || E'\\n' || notes)
     FROM (SELECT n, (ARRAY['Report','Invoice','Call','Visit','Zebra'])[1 + (n % 500 = 4)::int * 4 + (n % 4) * (n % 500 <> 4)::int]
         || ' number ' || n || CASE WHEN n = 77777 THEN ' needle-in-the-haystack' ELSE '' END AS title,
       'some notes about it, ' || md5(n::text) AS notes, timestamptz '2027-01-01Z' + make_interval(mins => n * 7 % 500000) AS at
       FROM generate_series(1, $1) AS n) AS made`,
    [total],
  );
  await vacuumTasks(pool);
}

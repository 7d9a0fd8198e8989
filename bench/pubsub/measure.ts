// Measures one contender with one number of publishers and groups, in a process of its own, and prints one line of JSON.
//
// 1. publish: closed loops, as many as there are publishers, for some seconds; nobody consumes.
// 2. drain: the backlog, filled up to a fixed number, is consumed by all groups; counted from the first to the last message.
// 3. paced: after a vacuum, 200 messages a second come in; from the call of publish to the handler's return.
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import pg from 'pg';
import type { Contender, StartContender } from './contender.ts';

/** What one run found. */
export interface Measurement {
  contender: string;
  publishers: number;
  groups: number;
  publishPerSecond: number;
  deliveriesPerSecond: number;
  /** From publish to handled at 200 messages a second, milliseconds. */
  p50: number;
  p99: number;
  /** Statements from clients and bytes of write-ahead log, for each message published and delivered to all groups, when busy. */
  statements: number;
  walBytes: number;
  /** The same at 200 messages a second. */
  statementsPaced: number;
  walBytesPaced: number;
  /** Dead rows in all tables after the drain, with autovacuum off, for each message. */
  deadTuples: number;
  /** Most resident memory seen: of the component's processes, of the broker, or of the process the library runs in. */
  residentBytes: number;
  /**
   * Processor time of the component's processes for each publish and each delivery, microseconds: what a busy machine
   * disturbs least. Undefined: the contender is a library, or there is nothing to ask.
   */
  publishCpu: number | undefined;
  deliveryCpu: number | undefined;
}

/** Payload, bytes. */
const MESSAGE_BYTES = 1_024;
const PACE_PER_SECOND = 200;
const PACED_SECONDS = 6;
const WARM_UP_MS = 1_000;
const FILL_CONCURRENCY = 32;
const DRAIN_TIMEOUT_MS = 180_000;

const contenders: Record<string, () => Promise<StartContender>> = {
  ours: async () => (await import('./contenders/ours.ts')).startOurs,
  'ours-baseline': async () => (await import('./contenders/ours.ts')).startBaseline,
  'ours-in-process': async () =>
    (await import('./contenders/ours-in-process.ts')).startOursInProcess,
  'pg-boss': async () => (await import('./contenders/pg-boss.ts')).startPgBoss,
  'graphile-worker': async () =>
    (await import('./contenders/graphile-worker.ts')).startGraphileWorker,
  bullmq: async () => (await import('./contenders/bullmq.ts')).startBullMq,
  pgmq: async () => (await import('./contenders/pgmq.ts')).startPgmq,
  'ours-daprd': async () => (await import('./contenders/daprd.ts')).startOursThroughDaprd,
  'kafka-daprd': async () => (await import('./contenders/daprd.ts')).startKafkaThroughDaprd,
};

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      contender: { type: 'string', default: '' },
      publishers: { type: 'string', default: '1' },
      groups: { type: 'string', default: '1' },
      seconds: { type: 'string', default: '4' },
      messages: { type: 'string', default: '10000' },
      url: { type: 'string', default: '' },
    },
  });
  const start = await contenders[values.contender]?.();
  if (!start) throw new Error(`no contender '${values.contender}'`);
  const result = await measure(start, {
    contender: values.contender,
    publishers: Number(values.publishers),
    groups: Number(values.groups),
    seconds: Number(values.seconds),
    messages: Number(values.messages),
    url: values.url,
  });
  process.stdout.write(`${JSON.stringify(result)}\n`);
  process.exit(0);
}

interface Plan {
  contender: string;
  publishers: number;
  groups: number;
  seconds: number;
  messages: number;
  url: string;
}

async function measure(start: StartContender, plan: Plan): Promise<Measurement> {
  const server = new pg.Client({ connectionString: plan.url });
  await server.connect();
  const contender = await start(plan.url);
  const groups = Array.from({ length: plan.groups }, (_, index) => `group${index + 1}`);
  await contender.setUp(groups);
  let resident = 0;
  const sampler = setInterval(() => {
    resident = Math.max(resident, contender.residentBytes?.() ?? process.memoryUsage.rss());
  }, 200);

  let next = 0;
  const publishNext = async (): Promise<void> => {
    await contender.publish(bodyOf(next++));
  };
  await publishFor(publishNext, plan.publishers, WARM_UP_MS);
  const busyFrom = await counters(server);
  const before = next;
  const cpuFrom = contender.cpuMs?.();
  const publishMs = await publishFor(publishNext, plan.publishers, plan.seconds * 1_000);
  const publishPerSecond = ((next - before) * 1_000) / publishMs;
  const publishCpu = microsEach(contender, cpuFrom, next - before);

  while (next < plan.messages) {
    const many = Math.min(FILL_CONCURRENCY, plan.messages - next);
    await Promise.all(Array.from({ length: many }, publishNext));
  }
  const drainCpuFrom = contender.cpuMs?.();
  const deliveriesPerSecond = await drain(contender, next * plan.groups);
  const deliveryCpu = microsEach(contender, drainCpuFrom, next * plan.groups);
  const dead = await deadTuples(server);
  const busyTo = await counters(server);

  await server.query('vacuum analyze'); // what autovacuum, which is off, does within a minute
  const pacedFrom = await counters(server);
  const paced = await pace(contender, publishNext, next, groups);
  const pacedTo = await counters(server);
  clearInterval(sampler);
  const result: Measurement = {
    contender: plan.contender,
    publishers: plan.publishers,
    groups: plan.groups,
    publishPerSecond,
    deliveriesPerSecond,
    p50: quantile(paced, 0.5),
    p99: quantile(paced, 0.99),
    statements: (busyTo.statements - busyFrom.statements) / (next - before),
    walBytes: (busyTo.wal - busyFrom.wal) / (next - before),
    statementsPaced: ((pacedTo.statements - pacedFrom.statements) * plan.groups) / paced.length,
    walBytesPaced: ((pacedTo.wal - pacedFrom.wal) * plan.groups) / paced.length,
    deadTuples: dead / next,
    residentBytes: resident,
    publishCpu,
    deliveryCpu,
  };
  await contender.close();
  await server.end();
  return result;
}

function microsEach(
  contender: Contender,
  from: number | undefined,
  messages: number,
): number | undefined {
  const to = contender.cpuMs?.();
  return from === undefined || to === undefined ? undefined : ((to - from) * 1_000) / messages;
}

/** A JSON text of MESSAGE_BYTES that begins with its number. */
function bodyOf(number: number): string {
  const head = `{"n":${number},"pad":"`;
  return `${head}${'x'.repeat(MESSAGE_BYTES - head.length - 2)}"}`;
}

/** Runs `loops` closed loops of `publish`; gives the milliseconds they took. */
async function publishFor(
  publish: () => Promise<void>,
  loops: number,
  ms: number,
): Promise<number> {
  const started = performance.now();
  const until = started + ms;
  await Promise.all(
    Array.from({ length: loops }, async () => {
      while (performance.now() < until) await publish();
    }),
  );
  return performance.now() - started;
}

/** Consumes what is there; deliveries a second. @throws Error when not all of it comes */
async function drain(contender: Contender, expected: number): Promise<number> {
  let count = 0;
  let first = 0;
  let last = 0;
  const stop = await contender.consume((_, body) => {
    JSON.parse(body);
    last = performance.now();
    if (count++ === 0) first = last;
  }, 'drain');
  const deadline = performance.now() + DRAIN_TIMEOUT_MS;
  while (count < expected) {
    if (performance.now() > deadline)
      throw new Error(`only ${count} of ${expected} messages came within ${DRAIN_TIMEOUT_MS} ms`);
    await sleep(20);
  }
  await stop();
  return (count * 1_000) / (last - first);
}

/** Publishes at a fixed pace while the groups consume; milliseconds from publish to handled of each delivery. */
async function pace(
  contender: Contender,
  publish: () => Promise<void>,
  firstNumber: number,
  groups: string[],
): Promise<number[]> {
  const total = PACE_PER_SECOND * PACED_SECONDS;
  const sent = new Map<number, number>();
  const taken: number[] = [];
  const stop = await contender.consume((_, body) => {
    const { n } = JSON.parse(body) as { n: number };
    const at = sent.get(n);
    if (at !== undefined) taken.push(performance.now() - at);
  }, 'paced');
  await sleep(1_000);
  const started = performance.now();
  const pending: Promise<void>[] = [];
  for (let count = 0; count < total; count++) {
    const due = started + (count * 1_000) / PACE_PER_SECOND;
    const early = due - performance.now();
    if (early > 0) await sleep(early);
    sent.set(firstNumber + count, performance.now());
    pending.push(publish());
  }
  await Promise.all(pending);
  const deadline = performance.now() + 30_000;
  while (taken.length < total * groups.length && performance.now() < deadline) await sleep(20);
  if (taken.length < total * groups.length)
    throw new Error(`only ${taken.length} of ${total * groups.length} paced deliveries came`);
  await stop();
  return taken;
}

async function counters(server: pg.Client): Promise<{ statements: number; wal: number }> {
  const { rows } = await server.query<{ statements: string; wal: string }>(
    `select (select coalesce(sum(calls), 0) from pg_stat_statements
        where query !~* '^(begin|commit|rollback|set |listen)') as statements,
      pg_current_wal_insert_lsn() - '0/0'::pg_lsn as wal`,
  );
  const row = rows[0];
  return { statements: Number(row?.statements), wal: Number(row?.wal) };
}

async function deadTuples(server: pg.Client): Promise<number> {
  await sleep(1_500); // sessions report at most once a second
  const { rows } = await server.query<{ dead: string }>(
    'select coalesce(sum(n_dead_tup), 0) as dead from pg_stat_user_tables',
  );
  return Number(rows[0]?.dead);
}

function quantile(values: number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

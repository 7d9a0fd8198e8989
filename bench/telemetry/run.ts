// What does telemetry cost? Two backends on one database, one that exports every span and its metrics over OTLP and one that does
// not, are asked in turns for the same: lists of 50 and new tasks. Requests a second, processor
// time of a request and resident memory, as ratios of on to off.
//
//   npm run bench:telemetry -- [--rounds 6] [--requests 2000] [--warm 3000] [--ratio 1]
//
// Both go to a server that throws them away, in a process of its own. Exits 1 where a promise is broken.
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { readArguments } from '@todo/deploy/run/usage';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { backendMigrations, SCHEMA } from '@todo/backend/schema';
import { createLogger } from '@todo/runtime/log';
import { migrate } from '@todo/runtime/migrate';
import { startTestServer } from '@todo/testing/test-database';

const HELP = `npm run bench:telemetry [-- --rounds 6] [--requests 2000] [--warm 3000] [--ratio 1]

What telemetry costs: requests a second, processor time of a request and resident memory, with and without it, in turns.

  --rounds    rounds of each
  --requests  requests of a round
  --warm      requests before the first round
  --ratio     share of traces that are recorded, 0 to 1`;
const { values } = readArguments(HELP, {
  options: {
    rounds: { type: 'string', default: '6' },
    requests: { type: 'string', default: '2000' },
    warm: { type: 'string', default: '3000' },
    ratio: { type: 'string', default: '1' },
  },
});
const requests = Number(values.requests);
/** Requests in flight. */
const IN_FLIGHT = 16;
/** Every so many-th request makes a task; the others read the list. */
const WRITE_EVERY = 10;
const MIN_THROUGHPUT = 0.9;
const MAX_MEMORY = 1.25;
const ISSUER = 'http://bench.example';

const server = await startTestServer();
const log = createLogger({ service: 'bench', level: 'warn' });
await migrate({ url: server.url, schema: SCHEMA, migrations: backendMigrations(), log });
const pair = await generateKeyPair('EdDSA', { extractable: true });
const authorization = `Bearer ${await new SignJWT({ zone: 'UTC' })
  .setProtectedHeader({ alg: 'EdDSA' })
  .setSubject('bench')
  .setIssuer(ISSUER)
  .setAudience('todo')
  .setExpirationTime('1h')
  .sign(pair.privateKey)}`;

const sink = fork(join(import.meta.dirname, 'sink.ts'));
const { url: collector } = await next<{ url: string }>(sink);
const shared = {
  ...process.env,
  BENCH_DATABASE: server.url,
  BENCH_ISSUER: ISSUER,
  BENCH_KEYS: JSON.stringify({ keys: [{ ...(await exportJWK(pair.publicKey)), alg: 'EdDSA' }] }),
};
const off = await start({ ...shared, OTEL_SDK_DISABLED: 'true' });
const on = await start({
  ...shared,
  OTEL_EXPORTER_OTLP_ENDPOINT: collector,
  OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
  OTEL_TRACES_SAMPLER_ARG: values.ratio,
  OTEL_METRIC_EXPORT_INTERVAL: '5000', // twelve times as often as by default
});

console.log(
  `${new Date().toISOString().slice(0, 16)}Z, ${availableParallelism()} cores, load before ${loadavg()[0]?.toFixed(1) ?? '?'}, Node ${process.version}`,
);
for (const one of [off, on]) await ask(one.url, Number(values.warm));
const measured: { off: Round; on: Round }[] = [];
const rounds = Number(values.rounds);
for (let round = 0; round < rounds; round += 1) {
  // who goes first changes: the list grows
  const onFirst = round % 2 === 1;
  const first = await measure(onFirst ? on : off);
  const second = await measure(onFirst ? off : on);
  const both = onFirst ? { off: second, on: first } : { off: first, on: second };
  measured.push(both);
  const words = (one: Round): string =>
    `${one.perSecond.toFixed(0)} requests/s at ${one.cpuMs.toFixed(2)} ms of processor each`;
  console.log(`round ${round + 1}: off ${words(both.off)}, on ${words(both.on)}`);
}
const throughput = median(measured.map((round) => round.on.perSecond / round.off.perSecond));
// what a process at its limit could do, however busy the machine is with other things
const capacity = median(measured.map((round) => round.off.cpuMs / round.on.cpuMs));
const memory = { off: (await useOf(off.child)).rss, on: (await useOf(on.child)).rss };
const mib = (bytes: number): string => (bytes / 2 ** 20).toFixed(0);
const { batches, bytes } = await askSink();
console.log(`on to off, medians of ${rounds} rounds (to reach: ${MIN_THROUGHPUT})`);
console.log(`  requests/s                       ${throughput.toFixed(3)}`);
console.log(`  requests per processor second    ${capacity.toFixed(3)}`);
console.log(
  `resident memory: off ${mib(memory.off)}, on ${mib(memory.on)} MiB, ratio ${(memory.on / memory.off).toFixed(2)} (at most ${MAX_MEMORY})`,
);
console.log(`exported: ${batches} batches, ${mib(bytes)} MiB, share of traces ${values.ratio}`);
for (const child of [off.child, on.child, sink]) {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.send('stop');
  await ended;
}
await server.stop();
// by processor time: the other is only as steady as the machine is idle
if (capacity < MIN_THROUGHPUT || memory.on / memory.off > MAX_MEMORY) process.exitCode = 1;

/** What one round gave. */
interface Round {
  readonly perSecond: number;
  /** Processor time of the backend for one request. */
  readonly cpuMs: number;
}

interface Running {
  readonly child: ChildProcess;
  readonly url: string;
}

async function measure({ child, url }: Running): Promise<Round> {
  const before = await useOf(child);
  const perSecond = await ask(url, requests);
  const after = await useOf(child);
  return {
    perSecond,
    cpuMs: (after.cpuMs - before.cpuMs) / requests,
  };
}

async function start(env: NodeJS.ProcessEnv): Promise<Running> {
  const child = fork(join(import.meta.dirname, 'server.ts'), { env });
  return { child, url: (await next<{ url: string }>(child)).url };
}

function next<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null): void => {
      reject(new Error(`a process of the benchmark ended with ${String(code)}`));
    };
    child.once('exit', ended);
    child.once('message', (message) => {
      child.off('exit', ended);
      resolve(message as T);
    });
  });
}

async function useOf(child: ChildProcess): Promise<{ rss: number; cpuMs: number }> {
  child.send('use');
  return await next(child);
}

async function askSink(): Promise<{ batches: number; bytes: number }> {
  sink.send('count');
  return await next(sink);
}

/** @returns requests a second */
async function ask(url: string, requests: number): Promise<number> {
  const started = performance.now();
  let sent = 0;
  await Promise.all(
    Array.from({ length: IN_FLIGHT }, async () => {
      while (sent < requests) {
        sent += 1;
        const write = sent % WRITE_EVERY === 0;
        const answer = await fetch(`${url}/api/v1/tasks${write ? '' : '?status=open'}`, {
          method: write ? 'POST' : 'GET',
          headers: { authorization, ...(write ? { 'content-type': 'application/json' } : {}) },
          ...(write ? { body: JSON.stringify({ title: 'a task of the benchmark' }) } : {}),
        });
        await answer.arrayBuffer();
        if (!answer.ok) throw new Error(`the backend answered ${answer.status}`);
      }
    }),
  );
  return (requests * 1_000) / (performance.now() - started);
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = 0, high = 0] =
    sorted.length % 2 === 0
      ? [sorted[middle - 1], sorted[middle]]
      : [sorted[middle], sorted[middle]];
  return (low + high) / 2;
}

// What does it cost that a person's requests pass through the web app? The built web app between a client and a backend that
// answers at once: CPU time of the web app's process for each request, and how long a request takes, at a steady rate.
//
//   npm run bench:web -- [--requests 1000] [--per-second 50] [--bytes 2000]
//
// With --page it measures the page instead, in running systems side by side (web/scripts/measure-page.ts).
import { execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { readArguments } from '@todo/deploy/run/usage';

const HELP = `npm run bench:web -- [options]
  --requests N    requests that are measured (1000)
  --per-second N  requests a second (50)
  --bytes N       about how long an answer is (2000)
Builds the web app first.

  --page URL      measures the page of a running system instead; again for another one, in turn
  --tasks N       tasks of the account there (5000)
  --rounds N      rounds in turn (3)
  --slow-down N   how many times slower the processor is made (4)
`;

const { values } = readArguments(HELP, {
  options: {
    requests: { type: 'string', default: '1000' },
    'per-second': { type: 'string', default: '50' },
    bytes: { type: 'string', default: '2000' },
    page: { type: 'string', multiple: true },
    tasks: { type: 'string', default: '5000' },
    rounds: { type: 'string', default: '3' },
    'slow-down': { type: 'string', default: '4' },
  },
});
if (values.page !== undefined) {
  const script = join(import.meta.dirname, '../../web/scripts/measure-page.ts');
  const named = ['tasks', 'rounds', 'slow-down'] as const;
  const options = [
    ...values.page.flatMap((url) => ['--page', url]),
    ...named.flatMap((name) => [`--${name}`, values[name]]),
  ];
  execFileSync(process.execPath, [script, ...options], { stdio: 'inherit' });
  process.exit(0);
}
const perSecond = Number(values['per-second']);
/** Sent first and not counted: code that ran often is compiled by then. */
const WARM_UP = 300;
const PORT = 14_890;
/** Of /proc/PID/stat: USER_HZ is 100 on every Linux that Node runs on. */
const MS_PER_TICK = 10;

const web = join(import.meta.dirname, '../../web/.next/standalone/web');
execFileSync('npm', ['run', 'build', '--workspace', 'web'], { stdio: 'inherit' });

const body = JSON.stringify({ items: [{ title: 'x'.repeat(Number(values.bytes)) }] });
const backend = createServer((incoming, response) => {
  incoming.resume();
  incoming.once('end', () => {
    response.setHeader('content-type', 'application/json; charset=utf-8');
    response.setHeader('content-length', Buffer.byteLength(body));
    response.end(body);
  });
});
await new Promise<void>((done) => backend.listen(0, '127.0.0.1', done));

// As in the image. There is no database: a request with a token asks for none.
const heap = ['--max-old-space-size=96', '--max-semi-space-size=2'];
const server = spawn(process.execPath, [...heap, 'server.js'], {
  cwd: web,
  stdio: ['ignore', 'ignore', 'inherit'],
  env: {
    ...process.env,
    NODE_ENV: 'production',
    LOG_LEVEL: 'fatal',
    HOST: '127.0.0.1',
    PORT: String(PORT),
    DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
    PUBLIC_URL: `http://localhost:${PORT}`,
    BACKEND_URL: `http://127.0.0.1:${(backend.address() as AddressInfo).port}`,
    BETTER_AUTH_SECRET: 'only-for-the-benchmark-0123456789abcdef',
  },
});
process.once('exit', () => server.kill('SIGKILL'));

const agent = new Agent({ keepAlive: true });

/** Sends a request to the web app. @returns its status, and how long it took until the last byte, ms */
function ask(method: string, path: string, sent?: string): Promise<{ status: number; ms: number }> {
  return new Promise((resolve, reject) => {
    const begun = performance.now();
    const headers = {
      authorization: 'Bearer benchmark',
      'accept-encoding': 'gzip, br',
      ...(sent !== undefined && { 'content-type': 'application/json' }),
    };
    const call = request({ agent, host: '127.0.0.1', port: PORT, method, path, headers }, (got) => {
      got.resume();
      got.once('error', reject);
      got.once('end', () => {
        resolve({ status: got.statusCode ?? 0, ms: performance.now() - begun });
      });
    });
    call.once('error', reject);
    call.end(sent);
  });
}

/** Sends requests at the rate, every fifth with a body. @returns how long each took, ms, sorted */
async function send(count: number): Promise<number[]> {
  const begun = performance.now();
  const calls: Promise<number>[] = [];
  for (let number = 0; number < count; number++) {
    const wait = begun + (number * 1000) / perSecond - performance.now();
    if (wait > 0) await sleep(wait);
    const call =
      number % 5 === 0
        ? ask('POST', '/api/v1/tasks', '{"title":"load"}')
        : ask('GET', '/api/v1/tasks?limit=5');
    calls.push(
      call.then(({ status, ms }) => {
        if (status !== 200) throw new Error(`answered ${status}`);
        return ms;
      }),
    );
  }
  return (await Promise.all(calls)).sort((a, b) => a - b);
}

function cpuMs(): number {
  const fields =
    readFileSync(`/proc/${server.pid ?? 0}/stat`, 'utf8')
      .split(') ')[1]
      ?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK;
}

for (let tries = 0; ; tries++) {
  const healthy = await ask('GET', '/health').catch(() => undefined);
  if (healthy?.status === 200) break;
  if (tries === 300) throw new Error('the web app did not start within 30 s');
  await sleep(100);
}
await send(WARM_UP);
const before = cpuMs();
const times = await send(Number(values.requests));
const each = (cpuMs() - before) / times.length;
const at = (share: number): string =>
  (times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? NaN).toFixed(1);

console.log(
  `${availableParallelism()} cores, load ${loadavg()[0]?.toFixed(1) ?? ''}, Node ${process.version}; ${times.length} requests, ${perSecond} a second, answers of ${body.length} bytes`,
);
console.log(`CPU of the web app: ${each.toFixed(2)} ms a request`);
console.log(`client to backend and back: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`);
process.exit(0);

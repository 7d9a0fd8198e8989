// Does anything grow without a bound? A whole system under a steady load for hours; memory, handles, connections, tables and latency
// are measured, and the slopes are tested.
//
//   npm run bench:soak -- [--minutes 120] [--rate 20] [--leak] [--write] [--help]
import { writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readArguments } from '@todo/deploy/run/usage';
import { DEFAULT_DATA_DIR, ROOT } from '@todo/local/data-folder';
import { serverUrl } from '@todo/local/parts/postgres-server';
import { planPorts, SERVICES } from '@todo/local/ports';
import { loadSecrets } from '@todo/local/secrets';
import { startSystem } from '@todo/local/system';
import pg from 'pg';
import { startLoad } from './load.ts';
import { measure, type Measured } from './measures.ts';
import { judged, markdown, svg } from './report.ts';

const HELP = `npm run bench:soak [-- options]
  --minutes N        how long (120)
  --rate N           commands a second (20)
  --users N          people who give them (10)
  --every S          seconds between two measurements (minutes, at least 2, at most 30)
  --pubsub KIND      postgresql or kafka (postgresql)
  --leak             let the backend leak memory and handles on purpose: it must be found
  --port-base PORT   first port of the system (14600)
  --data-dir FOLDER  its data, thrown away at the start (.local/soak)
  --write            also write docs/benchmarks/soak.svg
Exit status: 0 nothing grows that should not; 1 something does.`;

const { values } = readArguments(HELP, {
  options: {
    minutes: { type: 'string', default: '120' },
    rate: { type: 'string', default: '20' },
    users: { type: 'string', default: '10' },
    every: { type: 'string', default: '' },
    pubsub: { type: 'string', default: 'postgresql' },
    leak: { type: 'boolean', default: false },
    'port-base': { type: 'string', default: '14600' },
    'data-dir': { type: 'string', default: join(DEFAULT_DATA_DIR, 'soak') },
    write: { type: 'boolean', default: false },
  },
});
const minutes = Number(values.minutes);
const rate = Number(values.rate);
const every = values.every === '' ? Math.min(30, Math.max(2, minutes)) : Number(values.every);
const dataDir = values['data-dir'];
const portBase = Number(values['port-base']);
const ports = planPorts(portBase);
/** The four plots that say most, and whatever grows. */
const PLOTTED =
  /^(latency|database|.* (heap|outbox)|backend |daprd-backend|audit tables|todo tables|dapr_pubsub)/;

const leak = { NODE_OPTIONS: `--import=${join(import.meta.dirname, 'leak.ts')}` };
const metricsPorts = Object.fromEntries(
  SERVICES.map((service) => [
    service,
    {
      METRICS_PORT: String(ports.services[service].metrics),
      ...(values.leak && service === 'backend' && leak),
    },
  ]),
);
const say = (line: string): void => void process.stderr.write(`${line}\n`);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

const system = await startSystem({
  ...{ dataDir, portBase, say, web: false, reset: true, env: metricsPorts },
  pubsub: values.pubsub === 'kafka' ? 'kafka' : 'postgresql',
});
const measured: Measured = new Map();
let accepted: number;
try {
  const secrets = await loadSecrets(join(dataDir, 'secrets.json'));
  const database = new pg.Client({
    connectionString: serverUrl(ports.postgres, secrets.postgresPassword, 'todo'),
  });
  await database.connect();
  const tokens = await Promise.all(
    Array.from({ length: Number(values.users) }, (_, index) =>
      system.token({ user: `soak-${index}`, zone: 'Europe/Berlin' }),
    ),
  );
  const load = startLoad(system.urls.backend, tokens, rate);
  const begun = performance.now();
  const seconds = (): number => (performance.now() - begun) / 1_000;
  while (seconds() < minutes * 60) {
    await sleep(every * 1_000);
    await measure(measured, { system, database, load }, seconds());
    say(
      `${seconds().toFixed(0)} s: ${load.accepted()} commands, load ${loadavg()[0]?.toFixed(1) ?? ''}`,
    );
  }
  accepted = load.accepted();
  await load.stop();
  await database.end();
} finally {
  await system.stop();
}

const all = judged(measured);
const machine = `${availableParallelism()} × ${cpus()[0]?.model ?? 'unknown'}, load average ${loadavg()[0]?.toFixed(0) ?? ''} at the end`;
const subtitle = `${minutes} minutes, ${accepted} commands, ${values.pubsub}. ${machine}.`;
console.log(`${subtitle}\n\n${markdown(all)}\n`);
if (values.write) {
  const plotted = all.filter(({ name, leaks }) => leaks === true || PLOTTED.test(name));
  await writeFile(
    join(ROOT, 'docs', 'benchmarks', 'soak.svg'),
    svg('What grows, and what does not', subtitle, plotted),
  );
}
const leaking = all.filter(({ leaks }) => leaks === true).map(({ name }) => name);
console.log(
  leaking.length === 0
    ? 'PASSED: nothing grows that should not'
    : `FAILED: ${leaking.join(', ')} grow`,
);
process.exit(leaking.length === 0 ? 0 : 1);

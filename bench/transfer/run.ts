// How fast are import and export, and what do other people notice meanwhile? A backend as a process of its own on a throw-away
// PostgreSQL, files sent over HTTP as a browser sends them; every 20 ms somebody else asks for a page of their tasks.
//
//   npm run bench:transfer -- [--tasks 2000] [--formats json,csv,ics] [--rounds 3] [--background] [--heap 160]
//
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';
import { readArguments } from '@todo/deploy/run/usage';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { ROOT } from '@todo/local/data-folder';
import { bundleService } from '@todo/tools/bundle.ts';
import { startServiceProcess } from '@todo/testing/service-process';
import { startTestServer } from '@todo/testing/test-database';
import { processUse } from '../soak/process-use.ts';

const HELP = `npm run bench:transfer -- [options]
  --tasks N       tasks in a file (2000)
  --formats LIST  of json,csv,ics (all)
  --rounds N      the best of N rounds (3)
  --background    import behind the request (Prefer: respond-async)
  --heap MIB      the backend's old generation (160: what Node takes in a container of 320 MiB)
`;

const { values } = readArguments(HELP, {
  options: {
    tasks: { type: 'string', default: '2000' },
    formats: { type: 'string', default: 'json,csv,ics' },
    rounds: { type: 'string', default: '3' },
    background: { type: 'boolean', default: false },
    heap: { type: 'string', default: '160' },
  },
});
const count = Number(values.tasks);
const TYPES: Readonly<Record<string, string>> = {
  json: 'application/json',
  csv: 'text/csv',
  ics: 'text/calendar',
};
/** Pause between the other person's requests, ms. */
const OTHERS_EVERY_MS = 20;

const server = await startTestServer();
const pair = await generateKeyPair('EdDSA', { extractable: true });
const issuer = 'http://bench.example';
const folder = mkdtempSync(join(tmpdir(), 'bench-transfer-'));
const keys = { keys: [{ ...(await exportJWK(pair.publicKey)), alg: 'EdDSA' }] };
writeFileSync(join(folder, 'jwks.json'), JSON.stringify(keys));
// one file, as in the image: with its sources it takes 130 MiB more
const { file: main } = await bundleService(join(ROOT, 'services', 'backend'));
const backend = await startServiceProcess({
  main: pathToFileURL(main),
  databaseUrl: server.url,
  offMs: 0,
  env: {
    ...{ AUTH_ISSUER: issuer, AUTH_JWKS_URLS: pathToFileURL(join(folder, 'jwks.json')).href },
    ...{ AUTH_AUDIENCE: 'todo', RATE_LIMIT_PER_MINUTE: '0', NODE_NO_WARNINGS: '1' },
    NODE_OPTIONS: `--max-old-space-size=${values.heap}`,
  },
});
const base = `${backend.url}/api/v1`;
const other = await headersOf('somebody else');
for (let n = 0; n < 60; n += 1)
  await fetch(`${base}/tasks`, {
    method: 'POST',
    headers: { ...other, 'content-type': 'application/json' },
    body: JSON.stringify({ title: `task ${n}` }),
  });

console.log(
  `${new Date().toISOString().slice(0, 16)}Z, ${availableParallelism()} cores, load before ${loadavg()[0]?.toFixed(1) ?? '?'}, Node ${process.version}`,
);
console.log(`${count} tasks; best of ${values.rounds} rounds`);
const rounds = Array.from({ length: Number(values.rounds) }, (_, round) => round);
for (const format of values.formats.split(',')) {
  const file = makeFile(format);
  const done: { importMs: number; exportMs: number; p99: number; rssMiB: number }[] = [];
  for (const round of rounds) {
    const headers = await headersOf(`${format} ${round}`);
    const others = watchOthers();
    const started = performance.now();
    const report = await importAll(file, { ...headers, 'content-type': TYPES[format] ?? '' });
    const importMs = performance.now() - started;
    const { p99, rssMiB } = await others.stop();
    if (report.created !== count) throw new Error(JSON.stringify(report).slice(0, 500));
    const exporting = performance.now();
    const exported = await fetch(`${base}/export?format=${format}`, { headers });
    await exported.arrayBuffer();
    const exportMs = performance.now() - exporting;
    done.push({ importMs, exportMs, p99, rssMiB });
  }
  const best = done.reduce((a, b) => (a.importMs < b.importMs ? a : b));
  console.log(
    `${format.padEnd(5)} ${(file.length / 1e6).toFixed(1)} MB  import ${best.importMs.toFixed(0)} ms  export ${best.exportMs.toFixed(0)} ms  others' p99 during the import ${Math.max(...done.map((one) => one.p99)).toFixed(0)} ms  most memory ${Math.max(...done.map((one) => one.rssMiB)).toFixed(0)} MiB`,
  );
}
await backend.stop();
rmSync(folder, { recursive: true, force: true });
await server.stop();

/** Imports a file. @returns its report, when all of it is stored */
async function importAll(
  body: string,
  headers: Record<string, string>,
): Promise<{ created?: number }> {
  const prefer = values.background ? { prefer: 'respond-async' } : {};
  const answer = await fetch(`${base}/import`, {
    method: 'POST',
    headers: { ...headers, ...prefer },
    body,
  });
  if (answer.status !== 202) return (await answer.json()) as { created?: number };
  const { id } = (await answer.json()) as { id: string };
  for (;;) {
    await new Promise((next) => setTimeout(next, 250));
    const state = await fetch(`${base}/imports/${id}`, { headers });
    const job = (await state.json()) as { state: string; report: { created: number } | null };
    if (job.report) return job.report;
    if (job.state !== 'waiting' && job.state !== 'running') throw new Error(JSON.stringify(job));
  }
}

async function headersOf(person: string): Promise<Record<string, string>> {
  const token = await new SignJWT({ zone: 'Europe/Berlin' })
    .setProtectedHeader({ alg: 'EdDSA' })
    .setSubject(person)
    .setIssuer(issuer)
    .setAudience('todo')
    .setExpirationTime('1h')
    .sign(pair.privateKey);
  return { authorization: `Bearer ${token}` };
}

/** Asks for somebody else's tasks again and again; tells how long that took and the backend's largest resident memory. */
function watchOthers(): { stop: () => Promise<{ p99: number; rssMiB: number }> } {
  const times: number[] = [];
  const open = new Set<Promise<void>>();
  let rssMiB = 0;
  const timer = setInterval(() => {
    rssMiB = Math.max(rssMiB, (processUse(backend.pid)?.residentBytes ?? 0) / 2 ** 20);
    const started = performance.now();
    const one = fetch(`${base}/tasks?limit=50`, { headers: other })
      .then((answer) => answer.arrayBuffer())
      .then(() => void times.push(performance.now() - started))
      .finally(() => open.delete(one));
    open.add(one);
  }, OTHERS_EVERY_MS);
  return {
    stop: async () => {
      clearInterval(timer);
      await Promise.all(open);
      times.sort((a, b) => a - b);
      return { p99: times[Math.floor(times.length * 0.99)] ?? 0, rssMiB };
    },
  };
}

/** A file of tasks as people have them: some due, some repeating, a reminder here and there, one in ten a subtask. */
function makeFile(format: string): string {
  const numbers = Array.from({ length: count }, (_, n) => n);
  const day = (n: number): string =>
    new Date(Date.UTC(2027, 0, 1 + (n % 700))).toISOString().slice(0, 10);
  const title = (n: number): string => `Task number ${n}: call, write, buy or repair something`;
  const notes = (n: number): string => `Some notes about ${n}, which run on for a sentence or two.`;
  const parent = (n: number): number | null => (n % 10 === 9 ? n - 1 : null);
  if (format === 'csv')
    return `id,parentId,title,notes,due,zone,recurrence,reminders\r\n${numbers
      .map((n) =>
        [
          n,
          parent(n) ?? '',
          `"${title(n)}"`,
          `"${notes(n)}"`,
          n % 3 === 0 ? `${day(n)}T09:00` : day(n),
          n % 3 === 0 ? 'Europe/Berlin' : '',
          n % 15 === 0 ? 'FREQ=WEEKLY' : '',
          n % 5 === 0 ? 'PT1H' : '',
        ].join(','),
      )
      .join('\r\n')}\r\n`;
  if (format === 'ics')
    return [
      'BEGIN:VCALENDAR',
      'VERSION:2.0',
      'PRODID:-//bench//EN',
      ...numbers.flatMap((n) => [
        'BEGIN:VTODO',
        `UID:bench-${n}`,
        'DTSTAMP:20270101T000000Z',
        `SUMMARY:${title(n)}`,
        `DESCRIPTION:${notes(n)}`,
        n % 3 === 0
          ? `DUE;TZID=Europe/Berlin:${day(n).replaceAll('-', '')}T090000`
          : `DUE;VALUE=DATE:${day(n).replaceAll('-', '')}`,
        ...(n % 15 === 0 ? ['RRULE:FREQ=WEEKLY'] : []),
        ...(parent(n) === null ? [] : [`RELATED-TO:bench-${parent(n)}`]),
        ...(n % 5 === 0
          ? ['BEGIN:VALARM', 'ACTION:DISPLAY', 'TRIGGER;RELATED=END:-PT1H', 'END:VALARM']
          : []),
        'END:VTODO',
      ]),
      'END:VCALENDAR',
      '',
    ].join('\r\n');
  return JSON.stringify({
    tasks: numbers.map((n) => ({
      id: `bench-${n}`,
      parentId: parent(n) === null ? null : `bench-${parent(n)}`,
      title: title(n),
      notes: notes(n),
      due:
        n % 3 === 0
          ? { kind: 'local', local: `${day(n)}T09:00`, zone: 'Europe/Berlin' }
          : { kind: 'date', date: day(n) },
      recurrence: n % 15 === 0 ? { rule: 'FREQ=WEEKLY' } : null,
      reminders: n % 5 === 0 ? [{ before: 'PT1H' }] : [],
    })),
  });
}

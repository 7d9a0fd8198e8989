// `npm run fuzz`: thousands of made-up requests to a system that runs, at both doors. Ends with 1 and says what was sent when
// any is answered with 5xx or not at all; the same seed makes the same requests.
import { readArguments } from '@todo/deploy/run/usage';
import { DEFAULT_DATA_DIR } from '@todo/local/data-folder';
import { tokenFor } from '@todo/local/system-token';
import { requestMaker } from '@todo/testing/fuzz-requests';
import type { Description } from '@todo/testing/fuzz-requests';
import { fuzz } from '@todo/testing/fuzz-send';

const HELP = `Usage: npm run fuzz -- [options]

Sends generated requests to the system of \`npm run up\`, at both its addresses.

  --port-base <port>   first port of the system (4300)
  --data-dir <folder>  its data folder (${DEFAULT_DATA_DIR})
  --requests <number>  how many requests (20000)
  --seed <number>      what is sent; printed, to send the same again (the time)

Exit codes: 0 all were answered; 1 one was answered with 5xx or not at all; 78 wrong arguments.`;
const { values } = readArguments(HELP, {
  options: {
    'port-base': { type: 'string', default: '4300' },
    'data-dir': { type: 'string', default: DEFAULT_DATA_DIR },
    requests: { type: 'string', default: '20000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});
/** Each sends no more than a person may (RATE_LIMIT_PER_MINUTE). */
const PEOPLE = 20;
const portBase = Number(values['port-base']);
const count = Number(values.requests);
const seed = Number(values.seed);
const doors = [
  new URL(`http://127.0.0.1:${portBase + 1}`),
  new URL(`http://127.0.0.1:${portBase}`),
];

const authorizations = await Promise.all(
  Array.from({ length: PEOPLE }, async (_none, number) => {
    const sub = {
      user: `fuzz-${number}`,
      role: 'user' as const,
      zone: 'Europe/Berlin',
      locale: 'en',
    };
    return `Bearer ${await tokenFor(values['data-dir'], portBase, sub, '2h')}`;
  }),
);
const description = (await (await fetch(new URL('/docs/json', doors[0]))).json()) as Description;
const ids: string[] = [];
console.log(`${count} requests, seed ${seed}, to ${doors.map(({ host }) => host).join(' and ')}`);
const started = performance.now();
const findings = await fuzz({
  doors,
  ids,
  count,
  next: requestMaker(description, { seed, authorizations, ids }),
  onSent: (sent) => {
    if (sent % 1_000 === 0) console.log(`${sent} sent`);
  },
});
for (const finding of findings.slice(0, 20)) console.log(JSON.stringify(finding).slice(0, 2_000));
const seconds = Math.round((performance.now() - started) / 1_000);
console.log(
  `${count} requests in ${seconds} s: ${findings.length} answered with 5xx or not at all`,
);
process.exit(findings.length > 0 ? 1 : 0);

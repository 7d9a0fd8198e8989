// How many dialogues the built-in assistant answers as meant, by kind: `npm run dialogues`. Fails below the recorded floor.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readArguments } from '@todo/deploy/run/usage';
import { ASIDE } from './corpus.ts';
import { ratesOf } from './play.ts';
import type { Played } from './play.ts';

/** What was reached, and may not be lost: dialogues answered as meant, and the most that may be wrong. */
const FLOOR = { meant: 346, asideMeant: 55, wrong: 2 };

const { values } = readArguments(
  `npm run dialogues -- [--json] [--faults] [--kind KIND]
Plays the dialogues of services/backend/tests/chat/dialogues with the built-in assistant, on a real PostgreSQL.
  --json    every dialogue with its verdict, as JSON
  --faults  also what was said in each dialogue that was not answered as meant; never of those kept aside
  --kind    only this file
`,
  { options: { json: { type: 'boolean' }, faults: { type: 'boolean' }, kind: { type: 'string' } } },
);

const folder = mkdtempSync(join(tmpdir(), 'dialogues-'));
const file = join(folder, 'result.json');
const run = spawnSync('npx', ['vitest', 'run', '--project', 'dialogues', '--reporter', 'dot'], {
  cwd: fileURLToPath(new URL('../../../../../', import.meta.url)),
  env: { ...process.env, DIALOGUES_RESULT: file, DIALOGUES_ONLY: values.kind ?? '' },
  encoding: 'utf8',
});
if (run.status !== 0) {
  process.stderr.write(run.stdout + run.stderr);
  process.exit(1);
}
const played = JSON.parse(readFileSync(file, 'utf8')) as Played[];
rmSync(folder, { recursive: true });
const rates = ratesOf(played);

const lines: string[] = [];
if (values.json) lines.push(JSON.stringify({ rates, dialogues: played }, undefined, 2));
else {
  lines.push('| dialogues | | as meant | asked or declined | wrong |');
  lines.push('| --- | ---: | ---: | ---: | ---: |');
  for (const { kind, dialogues, meant, honest, wrong } of rates)
    lines.push(`| ${kind} | ${dialogues} | ${meant} | ${honest} | ${wrong} |`);
}
for (const one of values.faults ? played : [])
  if (one.verdict !== 'meant' && one.kind !== ASIDE)
    lines.push(
      `\n${one.name}: ${one.verdict}: ${one.faults.join('; ')}\n  ${one.transcript.join('\n  ')}`,
    );
process.stdout.write(`${lines.join('\n')}\n`);

const whole = rates.find(({ kind }) => kind === 'all');
const aside = rates.find(({ kind }) => kind === ASIDE);
if (
  values.kind === undefined &&
  whole &&
  aside &&
  (whole.meant < FLOOR.meant || aside.meant < FLOOR.asideMeant || whole.wrong > FLOOR.wrong)
) {
  process.stderr.write(`Below the recorded floor: ${JSON.stringify(FLOOR)}\n`);
  process.exit(1);
}

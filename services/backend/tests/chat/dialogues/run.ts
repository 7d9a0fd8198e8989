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
const FLOOR = { meant: 182, asideMeant: 29, wrong: 85 };

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

if (values.json) console.log(JSON.stringify({ rates, dialogues: played }, undefined, 2));
else {
  console.log('| dialogues | | as meant | asked or declined | wrong |');
  console.log('| --- | ---: | ---: | ---: | ---: |');
  for (const { kind, dialogues, meant, honest, wrong } of rates)
    console.log(`| ${kind} | ${dialogues} | ${meant} | ${honest} | ${wrong} |`);
  if (values.faults)
    for (const one of played)
      if (one.verdict !== 'meant' && one.kind !== ASIDE)
        console.log(
          `\n${one.name}: ${one.verdict}: ${one.faults.join('; ')}\n  ${one.transcript.join('\n  ')}`,
        );
}

const whole = rates.find(({ kind }) => kind === 'all');
const aside = rates.find(({ kind }) => kind === ASIDE);
if (
  values.kind === undefined &&
  whole &&
  aside &&
  (whole.meant < FLOOR.meant || aside.meant < FLOOR.asideMeant || whole.wrong > FLOOR.wrong)
) {
  console.error(`Below the recorded floor: ${JSON.stringify(FLOOR)}`);
  process.exit(1);
}

// `npm run chaos`: people use a whole system on this machine while faults are put into it, and a judge that looks from outside says
// whether every promise was kept.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readArguments } from '@todo/deploy/run/usage';
import { DEFAULT_DATA_DIR, ROOT } from '@todo/local/data-folder';
import { runInARow } from './in-a-row.ts';
import { runMutants } from './mutants/run-mutants.ts';
import { HELP, readOptions } from './options.ts';
import { outcomes, runChaos, type ChaosResult } from './run-chaos.ts';
import { timelineOf } from './timeline.ts';

const EXIT_CONFIG = 78;
/** Violations that are named; the rest are counted. */
const NAMED = 12;

const { values } = readArguments(HELP, {
  options: {
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    users: { type: 'string', default: '12' },
    commands: { type: 'string', default: '600' },
    seconds: { type: 'string', default: '0' },
    replicas: { type: 'string', default: '2' },
    pubsub: { type: 'string', default: 'postgresql' },
    faults: { type: 'string', default: 'default' },
    'think-ms': { type: 'string', default: '800' },
    patience: { type: 'string', default: '180' },
    'port-base': { type: 'string', default: '14600' },
    'data-dir': { type: 'string', default: '' },
    json: { type: 'boolean', default: false },
    evidence: { type: 'string', default: '' },
    runs: { type: 'string', default: '1' },
    mutant: { type: 'string', default: '' },
  },
});
const read = readOptions(values);
if ('problems' in read) {
  process.stderr.write(`${read.problems.join('\n')}\n--help lists what there is.\n`);
  process.exit(EXIT_CONFIG);
}
const { options, runs, mutants } = read;
// An interrupted run ends what it started, as an orderly one does.
let endNow = (): Promise<void> => Promise.resolve();
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    const exit = (): never => process.exit(130);
    endNow().then(exit, exit);
  });

if (mutants.length > 0 || runs > 1) process.exit(await inARow());

const started = performance.now();
const say = (line: string): void => {
  const seconds = ((performance.now() - started) / 1_000).toFixed(1).padStart(6);
  process.stderr.write(`${seconds} s  ${line}\n`);
};
process.stderr.write(`seed ${options.seed}\n`);
say(
  `${options.users} people, ${options.commands} commands, pubsub ${options.pubsub}, faults: ${options.faults.join(', ') || 'none'}`,
);
const dataDir = values['data-dir'] || join(DEFAULT_DATA_DIR, `chaos-${options.pubsub}`);
const result = await runChaos({
  ...{ ...options, dataDir, say },
  onSystem: (end) => (endNow = end),
});
if (values.evidence !== '')
  await writeFile(values.evidence, JSON.stringify(result.evidence, undefined, 1));
print(result);
process.exit(result.violations.length === 0 ? 0 : 1);

/** Several runs, of the sources or of copies with bugs in them. @returns the exit code */
async function inARow(): Promise<number> {
  const { seed, json: _json, evidence: _evidence, runs: _runs, mutant: _mutant, ...rest } = values;
  const args = Object.entries(rest).flatMap(([name, value]) =>
    value === '' ? [] : [`--${name}`, value],
  );
  const write = (line: string): void => void process.stdout.write(`${line}\n`);
  const given = { args, first: Number(seed), count: runs };
  if (mutants.length > 0) {
    const results = await runMutants({ ...given, names: mutants, say: write });
    for (const { name, found, runs: of } of results) write(`${name}: found in ${found} of ${of}`);
    return results.every(({ found }) => found > 0) ? 0 : 1;
  }
  const results = await runInARow({
    ...{ ...given, root: ROOT },
    onResult: ({ seed: one, line }) => {
      write(`seed ${one}: ${line}`);
    },
  });
  const green = results.filter((result) => result.green === true).length;
  write(`${green} of ${results.length} seeds green`);
  return green === results.length ? 0 : 1;
}

function print({ evidence, violations, seconds }: ChaosResult): void {
  const { commands, faults, hooks, persons } = evidence;
  const counted = outcomes(commands);
  const audit = Object.values(persons).reduce((sum, view) => sum + view.audit.length, 0);
  const first = violations[0];
  const invariants = Object.fromEntries(
    [...Map.groupBy(violations, ({ invariant }) => invariant)].map(([name, all]) => [
      name,
      all.length,
    ]),
  );
  if (values.json) {
    const summary = {
      ...{ seed: options.seed, pubsub: options.pubsub, green: violations.length === 0 },
      ...{ commands: commands.length, ...counted, faults, invariants, seconds },
      ...{ effects: { audit, webhooks: hooks.length }, violations },
      timeline: first ? timelineOf(first, evidence) : [],
    };
    process.stdout.write(`${JSON.stringify(summary)}\n`);
    return;
  }
  const lines = [
    `${commands.length} commands in ${seconds.commands.toFixed(0)} s: ${counted.accepted} accepted, ${counted.refused} refused, ${counted.unknown} unknown`,
    `${faults.length} faults, ${audit} audit entries, ${hooks.length} webhooks; quiet after ${seconds.quiet.toFixed(0)} s`,
  ];
  if (first) {
    lines.push('', `first violated: ${first.invariant}: ${first.message}`);
    lines.push(...timelineOf(first, evidence).map((line) => `  ${line}`), '');
    for (const { invariant, message, person } of violations.slice(0, NAMED))
      lines.push(`${invariant}${person === undefined ? '' : ` (${person})`}: ${message}`);
    if (violations.length > NAMED) lines.push(`… and ${violations.length - NAMED} more`);
    lines.push(`FAILED (again with: npm run chaos -- --seed ${options.seed})`);
  } else {
    lines.push('PASSED: all invariants hold');
  }
  process.stdout.write(`${lines.join('\n')}\n`);
}

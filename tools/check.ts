// `npm run check`: every static check of the repository, some side by side. All of them run whatever one finds, so that a
// person sees everything that is wrong at once; what passed is a line, what failed is shown whole.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { EXIT_CONFIG } from '@todo/deploy/plan/arguments';
import { readArguments } from '@todo/deploy/run/usage';

const ROOT = join(import.meta.dirname, '..');
const PREFIX = 'check:';

/** How one check ended. */
export interface Checked {
  readonly name: string;
  readonly passed: boolean;
  /** Wall time in ms. */
  readonly ms: number;
  /** What it wrote to stdout and stderr, in the order in which it came. */
  readonly output: string;
}

/** The checks of a package.json, by name and in its order: its scripts `check:<name>`. */
export function checksOf(scripts: Readonly<Record<string, string>>): string[] {
  return Object.keys(scripts).flatMap((script) =>
    script.startsWith(PREFIX) ? script.slice(PREFIX.length) : [],
  );
}

/**
 * Runs checks, at most `jobs` of them at a time, each to its end.
 * @param run starts one and waits for it
 * @param ended is called as each one ends
 */
export async function runChecks(
  names: readonly string[],
  jobs: number,
  run: (name: string) => Promise<Checked>,
  ended: (checked: Checked) => void,
): Promise<Checked[]> {
  const waiting = [...names];
  const all: Checked[] = [];
  const work = async (): Promise<void> => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      const checked = await run(name);
      all.push(checked);
      ended(checked);
    }
  };
  await Promise.all(Array.from({ length: jobs }, work));
  return all;
}

/** Runs a program in the repository. A program that can't be started has failed, and its output says why. */
export function runProgram(
  name: string,
  program: string,
  args: readonly string[],
): Promise<Checked> {
  const begun = performance.now();
  return new Promise((resolve) => {
    let output = '';
    const end = (passed: boolean): void => {
      resolve({ name, passed, ms: performance.now() - begun, output });
    };
    const child = spawn(program, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    const keep = (text: string): void => {
      output += text;
    };
    child.stdout.setEncoding('utf8').on('data', keep);
    child.stderr.setEncoding('utf8').on('data', keep);
    child.once('error', (error) => {
      keep(`${error.message}\n`);
      end(false);
    });
    child.once('close', (code) => {
      end(code === 0);
    });
  });
}

function show({ name, passed, ms, output }: Checked): void {
  if (!passed) process.stdout.write(`${output.trimEnd()}\n`);
  const seconds = `${(ms / 1_000).toFixed(0)} s`;
  process.stdout.write(
    `${name.padEnd(14)} ${passed ? 'ok    ' : 'FAILED'} ${seconds.padStart(6)}\n`,
  );
}

if (import.meta.main) {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const known = checksOf(scripts);
  const { values, positionals } = readArguments(
    `Usage: npm run check -- [--jobs <n>] [check…]

Runs every static check, or those that are named, and shows what failed. Exits 1 if one did.
--jobs <n>   how many run side by side; by default one for each core
Checks: ${known.join(', ')}`,
    { allowPositionals: true, options: { jobs: { type: 'string' } } },
  );
  const jobs = Number(values.jobs ?? availableParallelism());
  const wrong = [
    ...(Number.isInteger(jobs) && jobs > 0
      ? []
      : [`--jobs: expected a whole number from 1, got "${values.jobs}"`]),
    ...positionals
      .filter((name) => !known.includes(name))
      .map((name) => `no check is named "${name}": there are ${known.join(', ')}`),
  ];
  if (wrong.length > 0) {
    process.stderr.write(`${wrong.join('\n')}\n`);
    process.exit(EXIT_CONFIG);
  }
  const wanted = positionals.length > 0 ? positionals : known;
  const run = (name: string): Promise<Checked> =>
    runProgram(name, 'npm', ['run', '--silent', PREFIX + name]);
  const failed = (await runChecks(wanted, jobs, run, show)).filter(({ passed }) => !passed);
  if (failed.length > 0) {
    process.stdout.write(`failed: ${failed.map(({ name }) => name).join(', ')}\n`);
    process.exitCode = 1;
  }
}

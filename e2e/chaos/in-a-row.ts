// Several runs one after the other, each in a process of its own, so that one that breaks off does not take the others with it.
import { spawn } from 'node:child_process';
import { mkdtemp, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';

/** A run takes at most so long, ms. */
const RUN_MS = 15 * 60_000;

const summary = z.object({
  green: z.boolean(),
  commands: z.number(),
  faults: z.array(z.unknown()),
  invariants: z.record(z.string(), z.number()),
  violations: z.array(z.object({ invariant: z.string(), message: z.string() })),
});

/** What one run came to. */
export interface SeedResult {
  readonly seed: number;
  /** Undefined: it gave no verdict, and `line` says why. */
  readonly green: boolean | undefined;
  /** The run in one line. */
  readonly line: string;
  /** Its output. */
  readonly log: string;
}

/**
 * Runs `count` seeds from `first` on.
 * @param args of `e2e/chaos/run.ts` besides the seed
 * @param root of the sources to run
 * @param onResult gets each at once
 */
export async function runInARow(given: {
  root: string;
  args: readonly string[];
  first: number;
  count: number;
  onResult: (result: SeedResult) => void;
}): Promise<SeedResult[]> {
  const logs = await mkdtemp(join(tmpdir(), 'todo-chaos-'));
  const results: SeedResult[] = [];
  for (let seed = given.first; seed < given.first + given.count; seed++) {
    const result = await runOne(given, seed, join(logs, `seed-${seed}.log`));
    results.push(result);
    given.onResult(result);
  }
  return results;
}

async function runOne(
  { root, args }: { root: string; args: readonly string[] },
  seed: number,
  log: string,
): Promise<SeedResult> {
  const started = performance.now();
  const output = await open(log, 'w');
  const program = join(root, 'e2e', 'chaos', 'run.ts');
  const child = spawn(process.execPath, [program, ...args, '--seed', String(seed), '--json'], {
    cwd: root,
    stdio: ['ignore', 'pipe', output.fd],
  });
  const end = (): void => void child.kill();
  process.once('exit', end);
  const timer = setTimeout(end, RUN_MS);
  let text = '';
  child.stdout?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await new Promise((resolve) => child.once('close', resolve));
  clearTimeout(timer);
  process.off('exit', end);
  await output.close();
  const seconds = `${((performance.now() - started) / 1_000).toFixed(0)} s`;
  const read = summary.safeParse(parsed(text)).data;
  if (!read) return { seed, green: undefined, log, line: `no verdict after ${seconds}: ${log}` };
  const [first] = read.violations;
  const found = Object.entries(read.invariants).map(([name, times]) => `${name} ${times}×`);
  const verdict = first
    ? `RED: ${first.invariant}: ${first.message} (${found.join(', ')})`
    : 'green';
  const line = `${read.commands} commands, ${read.faults.length} faults, ${seconds}: ${verdict}`;
  return { seed, green: read.green, log, line };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

// Runs a plan on this machine, with its helm and kubectl: a line for each step, diagnosis and rollback when
// one fails, a table of durations at the end. What a plan is and how it must be run: plan.ts.
//
// Ctrl-C once: the running command is stopped, then as after a failure. Twice: out at once; the lock ends by
// itself within a minute, and the next deploy puts right what was left half done.
import { execa } from 'execa';
import type { Command, Plan, Step } from '../plan/plan.ts';

/** Shorter than the time a lock lasts without renewal. */
const RENEW_EVERY_MS = 15_000;
const LOCK_SECONDS = 45;

/** What running needs from outside. */
export interface Surroundings {
  /** The repository's root: commands run there. */
  readonly root: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Names of every secret variable: a command sees only those it asks for. */
  readonly knownSecrets: ReadonlySet<string>;
  readonly print: (line: string) => void;
  /** Aborted when the user wants to stop. */
  readonly stop: AbortSignal;
}

interface Outcome {
  readonly ok: boolean;
  readonly output: string;
  readonly reason: string;
}

/** Secrets by variable name, for hiding their values in what commands print. */
function secretValues(environment: NodeJS.ProcessEnv, names: Iterable<string>): string[] {
  return [...names].flatMap((name) => {
    const value = environment[name] ?? '';
    return value.length >= 6 ? [value] : [];
  });
}

/** Runs one command; never throws. */
async function runCommand(
  command: Command,
  surroundings: Surroundings,
  onLine: (line: string) => void,
  stop?: AbortSignal,
): Promise<Outcome> {
  const { environment, root, knownSecrets } = surroundings;
  const secrets = new Set(command.secrets ?? []);
  const env = Object.fromEntries(
    Object.entries(environment).filter(
      ([name]) =>
        !knownSecrets.has(name.replace(/_FILE$/, '')) || secrets.has(name.replace(/_FILE$/, '')),
    ),
  );
  const hidden = secretValues(environment, secrets);
  const clean = (line: string) =>
    hidden.reduce((text, secret) => text.replaceAll(secret, '***'), line);
  const lines: string[] = [];
  const [program = '', ...args] = command.argv;
  // In a process group of its own, so that Ctrl-C reaches this program and not helm in mid-upgrade.
  const child = execa(program === 'node' ? process.execPath : program, args, {
    cwd: root,
    env,
    extendEnv: false,
    input: command.stdin ?? '',
    all: true,
    buffer: false,
    reject: false,
    detached: true,
    cleanup: false,
    timeout: command.timeoutSeconds * 1000,
    forceKillAfterDelay: 10_000,
  });
  const kill = () => {
    if (child.pid !== undefined) {
      try {
        process.kill(-child.pid, 'SIGTERM');
      } catch {
        // ended in the meantime
      }
    }
  };
  stop?.addEventListener('abort', kill, { once: true });
  try {
    for await (const raw of child.iterable({ from: 'all' })) {
      const line = clean(raw);
      if (line.includes('found symbolic link in path')) continue; // how the charts share their library
      lines.push(line);
      onLine(line);
    }
    const result = await child;
    const reason = result.timedOut
      ? `no end after ${command.timeoutSeconds} s`
      : stop?.aborted === true
        ? 'stopped'
        : result.exitCode === undefined
          ? (result.originalMessage ??
            result.shortMessage ??
            `ended by ${result.signal ?? 'a signal'}`)
          : `exit code ${result.exitCode}`;
    return { ok: !result.failed, output: lines.join('\n'), reason };
  } finally {
    stop?.removeEventListener('abort', kill);
  }
}

/**
 * Runs all steps of a plan.
 * @returns true when every step succeeded; false after a failure that was shown and rolled back
 */
export async function runPlan(plan: Plan, surroundings: Surroundings): Promise<boolean> {
  const { print, stop } = surroundings;
  const durations: { title: string; seconds: number; note: string }[] = [];
  const started = Date.now();
  let locked = false;
  let recorded = false;
  let daprReady: number | undefined;
  let failed: { step: Step; outcome: Outcome } | undefined;
  let heartbeat: NodeJS.Timeout | undefined;
  let renewing: Promise<unknown> = Promise.resolve();
  const lost = new AbortController();

  const renew = async () => {
    const argv = plan.renewLock.argv.map((one) => one.replace('{seconds}', String(LOCK_SECONDS)));
    const outcome = await runCommand({ ...plan.renewLock, argv }, surroundings, () => undefined);
    if (!outcome.ok && /the lock was lost/.test(outcome.output)) lost.abort(outcome.output);
  };

  for (const step of plan.steps) {
    if (stop.aborted) {
      failed = { step, outcome: { ok: false, output: '', reason: 'stopped' } };
      break;
    }
    const begun = Date.now();
    print(`${clock()}  ${step.title}`);
    const outcome = await runCommand(
      step,
      surroundings,
      (line) => {
        // helm and kubectl say much that nobody asked for; our own programs only what matters
        if (step.argv[0] === 'node') print(`            ${line}`);
      },
      AbortSignal.any([stop, lost.signal]),
    );
    const seconds = (Date.now() - begun) / 1000;
    durations.push({ title: step.title, seconds, note: outcome.ok ? '' : 'failed' });
    if (!outcome.ok) {
      failed = { step, outcome };
      break;
    }
    if (step.id === 'lock') {
      locked = true;
      heartbeat = setInterval(() => {
        renewing = renewing.then(renew);
      }, RENEW_EVERY_MS);
    }
    if (step.id === 'record') recorded = true;
    if (step.id === 'injection') daprReady = Date.now();
  }

  if (failed !== undefined) {
    const { step, outcome } = failed;
    print('');
    print(`FAILED: ${step.title}: ${outcome.reason}`);
    if (step.argv[0] !== 'node') show(print, outcome.output);
    if (lost.signal.aborted) {
      print('Another deploy has taken over; nothing is rolled back.');
    } else {
      for (const command of step.showOnFailure) await showCommand(command, surroundings);
      if (recorded) {
        for (const command of plan.rollBack) {
          print(
            `${clock()}  ${command.argv[1]?.includes('diagnose') ? 'Why' : 'Back to what ran before'}`,
          );
          const undone = await runCommand(command, surroundings, (line) => {
            print(`            ${line}`);
          });
          if (!undone.ok) {
            print(`            ${undone.reason}. The next deploy tries again.`);
          }
        }
      } else if (plan.environment === 'none' && locked) {
        print('Not complete: run it again.');
      } else {
        print('Nothing that runs was changed.');
      }
    }
  }

  clearInterval(heartbeat);
  await renewing;
  if (locked && !lost.signal.aborted) {
    await runCommand(plan.releaseLock, surroundings, () => undefined);
  }
  print('');
  for (const { title, seconds, note } of durations) {
    if (seconds < 0.05 && note === '') continue;
    print(`${seconds.toFixed(1).padStart(7)} s  ${title}${note === '' ? '' : `  ${note}`}`);
  }
  const ended = Date.now();
  print(`${((ended - started) / 1000).toFixed(1).padStart(7)} s  in all`);
  if (failed === undefined && daprReady !== undefined) {
    print(`${((ended - daprReady) / 1000).toFixed(1).padStart(7)} s  after Dapr was there`);
  }
  return failed === undefined;
}

/** The plan for people: what would run, with nothing run. */
export function describePlan(plan: Plan, print: (line: string) => void): void {
  for (const step of plan.steps) {
    print(step.title);
    print(`    ${step.argv.join(' ')}`);
    if (step.stdin !== undefined) {
      print(
        `    reads ${step.stdin.split('\n').length} lines from standard input (--json shows them)`,
      );
    }
    if (step.secrets !== undefined) print(`    may see ${step.secrets.join(', ')}`);
  }
}

async function showCommand(command: Command, surroundings: Surroundings): Promise<void> {
  surroundings.print(`$ ${command.argv.join(' ')}`);
  const outcome = await runCommand(command, surroundings, () => undefined);
  show(surroundings.print, outcome.output);
}

function show(print: (line: string) => void, output: string): void {
  for (const line of output.split('\n').slice(-40)) print(`            ${line}`);
}

function clock(): string {
  return new Date().toISOString().slice(11, 19);
}

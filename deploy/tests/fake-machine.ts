// A clock that only moves when nothing else can happen, and commands that take as long as a test says: so minutes of a
// deploy pass in milliseconds, in the same order each time.
import type { Command, Plan } from '../src/plan/plan.ts';
import type { Clock, CommandResult, RunCommand } from '../src/run/machine.ts';
import { maskOf } from '../src/run/masking.ts';
import { runPlan } from '../src/run/run-plan.ts';
import type { PlanReport } from '../src/run/report.ts';

/** What a command does: how long it takes in ms, and how it ends. */
export interface Behaviour {
  readonly takes?: number;
  readonly exitCode?: number;
  readonly output?: string;
}

/** A command that was run, from when to when, ms since the beginning. */
export interface Ran {
  readonly text: string;
  readonly from: number;
  to?: number;
  stopped?: boolean;
}

/** A clock that jumps to the next sleeper as soon as all that can run has run. */
export function fakeClock(): Clock {
  let now = Date.parse('2027-05-17T10:00:00Z');
  const sleepers = new Set<{ at: number; wake: () => void }>();
  let turning = false;
  const turn = () => {
    if (turning) return;
    turning = true;
    setImmediate(() => {
      turning = false;
      const [next] = [...sleepers].sort((one, other) => one.at - other.at);
      if (next === undefined) return;
      now = Math.max(now, next.at);
      next.wake();
      turn();
    });
  };
  return {
    now: () => now,
    sleep: (ms, stop) =>
      new Promise((done) => {
        if (stop?.aborted === true) {
          done();
          return;
        }
        const sleeper = {
          at: now + ms,
          wake: () => {
            sleepers.delete(sleeper);
            stop?.removeEventListener('abort', sleeper.wake);
            done();
          },
        };
        sleepers.add(sleeper);
        stop?.addEventListener('abort', sleeper.wake, { once: true });
        turn();
      }),
  };
}

/** How a plan went on the fake machine. */
export interface Played {
  readonly report: PlanReport;
  readonly ran: readonly Ran[];
  readonly lines: readonly string[];
}

/**
 * Runs a plan on a fake machine.
 * @param behave what each command does, by its text and by how often it was run before; undefined: ends well after 1 s
 * @param interruptAt when somebody interrupts, by the command that runs then: `after` ms into it
 */
export async function play(
  plan: Plan,
  behave: (text: string, times: number, command: Command) => Behaviour | undefined,
  interrupt?: { readonly during: RegExp; readonly after: number },
  secrets: readonly string[] = [],
): Promise<Played> {
  const clock = fakeClock();
  const start = clock.now();
  const stop = new AbortController();
  const ran: Ran[] = [];
  const lines: string[] = [];
  const run: RunCommand = async (command, options): Promise<CommandResult> => {
    const text = command.argv.join(' ');
    const times = ran.filter((one) => one.text === text).length;
    const { takes = 1000, exitCode = 0, output = '' } = behave(text, times, command) ?? {};
    const record: Ran = { text, from: clock.now() - start };
    ran.push(record);
    if (interrupt?.during.test(text) === true && !stop.signal.aborted) {
      clock.sleep(interrupt.after).then(
        () => {
          stop.abort();
        },
        () => undefined,
      );
    }
    for (const line of output.split('\n')) options.onLine?.(line);
    await clock.sleep(Math.min(takes, command.timeoutSeconds * 1000), options.stop);
    record.to = clock.now() - start;
    if (options.stop?.aborted === true) {
      record.stopped = true;
      return { exitCode: null, output, reason: 'stopped' };
    }
    if (takes > command.timeoutSeconds * 1000) {
      return { exitCode: null, output, reason: `no end after ${command.timeoutSeconds} s` };
    }
    return { exitCode, output, reason: exitCode === 0 ? '' : `exit code ${exitCode}` };
  };
  const report = await runPlan(plan, {
    ...{ run, clock, mask: maskOf(secrets), stop: stop.signal },
    print: (line) => lines.push(line),
  });
  return { report, ran, lines };
}

// Runs a plan: a line for each step, diagnosis and roll-back when one fails, a report at the end. What a plan is and how it
// must be run: plan/plan.ts.
//
// An interrupt ends the running command; then it goes on as after a failure. Diagnosis and roll-back are not interrupted.
import { NOTHING_BEFORE } from '../plan/plan.ts';
import type { Command, Plan, Step } from '../plan/plan.ts';
import { keepLock } from './keep-lock.ts';
import type { KeptLock } from './keep-lock.ts';
import type { Clock, CommandResult, RunCommand } from './machine.ts';
import type { Mask } from './masking.ts';
import { AFTERMATH, durations, endOf } from './report.ts';
import type { Aftermath, Phase, PlanReport, Shown, StepReport } from './report.ts';

/** Lines of an output that are printed after a failure. */
const SHOWN_LINES = 40;

/** What running needs from outside. */
export interface Surroundings {
  readonly run: RunCommand;
  readonly clock: Clock;
  /** Hides secrets in every line and in the report. */
  readonly mask: Mask;
  readonly print: (line: string) => void;
  /** Aborted when the user wants to stop. */
  readonly stop: AbortSignal;
}

interface Failure {
  readonly step: Step;
  readonly phase: Phase;
  readonly result: CommandResult;
}

/**
 * Runs all steps of a plan, and after a failure what the plan has for it.
 * @returns how it went; never throws for a command that fails
 */
export async function runPlan(plan: Plan, around: Surroundings): Promise<PlanReport> {
  const { clock, mask, stop } = around;
  const say = (line: string) => {
    around.print(mask(line));
  };
  const detail = (line: string) => {
    say(`            ${line}`);
  };
  const started = clock.now();
  const steps: StepReport[] = [];
  const shown: Shown[] = [];
  let lock: KeptLock | undefined;
  let failure: Failure | undefined;
  const begun = new Set<Phase>();
  const isStopped = () => stop.aborted;
  const isLost = () => lock?.lost.aborted === true;

  const title = (text: string) => {
    say(`${new Date(clock.now()).toISOString().slice(11, 19)}  ${text}`);
  };
  /** Ends what runs when the user stops, or when the lock is lost. */
  const interrupts = () => AbortSignal.any([stop, ...(lock === undefined ? [] : [lock.lost])]);

  const runStep = async (step: Step, phase: Phase): Promise<CommandResult> => {
    if (isStopped()) return NOT_BEGUN;
    if (lock !== undefined && !(await lock.confirm(stop))) {
      const lost = isLost() ? 'the lock was lost' : 'the lock could not be renewed';
      return { ...NOT_BEGUN, reason: isStopped() ? 'stopped' : lost };
    }
    begun.add(phase);
    title(step.title);
    return await around.run(step, {
      // helm and kubectl say much that nobody asked for; our own programs only what matters
      onLine: (line) => {
        if (step.argv[0] === 'node') detail(line);
      },
      stop: interrupts(),
    });
  };

  for (const { step, phase } of inOrder(plan)) {
    const since = clock.now();
    const result = await runStep(step, phase);
    const ok = result.exitCode === 0;
    steps.push({
      ...{ id: step.id, title: step.title, phase, ms: clock.now() - since, ok },
      ...{ reason: mask(result.reason), output: endOf(mask(result.output)) },
    });
    if (!ok) {
      failure = { step, phase, result };
      break;
    }
    if (phase === 'lock') lock = keepLock(plan.lock, { ...around, say: detail }, clock.now());
  }

  /** Runs a command whose output explains something; nothing interrupts it but a lost lock. */
  const show = async (
    command: Command,
    heading: (text: string) => void,
    onLine?: typeof detail,
  ) => {
    const text = command.argv.join(' ');
    heading(text);
    const result = await around.run(command, {
      ...(onLine === undefined ? {} : { onLine }),
      ...(lock === undefined ? {} : { stop: lock.lost }),
    });
    shown.push({ command: mask(text), output: endOf(mask(result.output)) });
    return result;
  };

  const afterFailure = async ({ step, phase, result }: Failure): Promise<Aftermath> => {
    say('');
    say(`FAILED: ${step.title}: ${result.reason}`);
    if (step.argv[0] !== 'node') lastLines(result).forEach(detail);
    if (isLost()) return 'taken over';
    for (const command of step.showOnFailure) {
      lastLines(
        await show(command, (text) => {
          say(`$ ${text}`);
        }),
      ).forEach(detail);
    }
    if (phase === 'preparation') return 'not begun';
    if (phase !== 'changes') return 'untouched';
    for (const [position, command] of plan.diagnosis.entries()) {
      await show(
        command,
        () => {
          if (position === 0) title('Why');
        },
        detail,
      );
    }
    if (plan.rollBack === undefined) return 'as it is';
    return await rollBack(plan.rollBack);
  };

  const rollBack = async (command: Command): Promise<Aftermath> => {
    if (lock !== undefined && !(await lock.confirm())) {
      if (isLost()) return 'taken over';
      detail(
        'The lock could not be renewed, so nothing was rolled back. Check that no other deploy runs, then run it again.',
      );
      return 'not restored';
    }
    const undone = await show(
      command,
      () => {
        title('Roll back to the previous version');
      },
      detail,
    );
    if (isLost()) return 'taken over';
    if (undone.exitCode === 0) return 'restored';
    if (undone.exitCode === NOTHING_BEFORE) return 'removed';
    detail(undone.reason);
    return 'not restored';
  };

  const aftermath = failure === undefined ? 'done' : await afterFailure(failure);
  const conclusion = AFTERMATH[aftermath];
  if (conclusion !== '') say(conclusion);
  await lock?.end();
  if (begun.has('lock') && !isLost()) await around.run(plan.lock.release, {});
  const report: PlanReport = {
    ...{ format: 1, environment: plan.environment, namespace: plan.namespace },
    ...{ ok: failure === undefined, stopped: isStopped() },
    ...{ startedAt: new Date(started).toISOString(), ms: clock.now() - started },
    ...{ steps, shown, aftermath, conclusion, failedRenewals: lock?.failures() ?? 0 },
  };
  say('');
  durations(report).forEach(say);
  return report;
}

const NOT_BEGUN: CommandResult = { exitCode: null, output: '', reason: 'stopped' };

function inOrder(plan: Plan): { step: Step; phase: Phase }[] {
  const inPhase = (phase: Phase, steps: readonly Step[]) => steps.map((step) => ({ step, phase }));
  return [
    ...inPhase('preflight', plan.preflight),
    ...inPhase('lock', [plan.lock.acquire]),
    ...inPhase('preparation', plan.preparation),
    ...inPhase('changes', plan.changes),
  ];
}

function lastLines({ output }: CommandResult): string[] {
  return output.split('\n').slice(-SHOWN_LINES);
}

// How a plan went: for people as lines, for programs as JSON.
import type { Step } from '../plan/plan.ts';

/** What a plan left behind. */
export type Aftermath =
  /** All went well. */
  | 'done'
  /** Every service is as it was; what was new is removed. */
  | 'restored'
  /** Nothing ran before: what is new is removed. */
  | 'removed'
  /** The roll-back failed too, or could not begin. */
  | 'not restored'
  /** It failed before it changed anything that runs. */
  | 'untouched'
  /** It failed while it put right what an earlier deploy left half done. */
  | 'not begun'
  /** Another one took the lock: nothing was rolled back. */
  | 'taken over'
  /** The plan knows no way back. */
  | 'as it is';

/** A step that was run. */
export interface StepReport {
  readonly id: string;
  readonly title: string;
  readonly phase: Phase;
  readonly ms: number;
  readonly ok: boolean;
  /** Why it failed, in words; '' when it did not. */
  readonly reason: string;
  /** The end of its output. */
  readonly output: string;
}

/** Where in the plan a step is; see `Plan`. */
export type Phase = 'preflight' | 'lock' | 'preparation' | 'changes';

/** A command that was run after a failure. */
export interface Shown {
  readonly command: string;
  readonly output: string;
}

/** The whole; secrets are masked in every text. */
export interface PlanReport {
  /** Rises when a reader of today's format would misread it. */
  readonly format: 1;
  readonly environment: string;
  readonly namespace: string;
  readonly ok: boolean;
  /** Somebody interrupted it. */
  readonly stopped: boolean;
  /** UTC, RFC 3339. */
  readonly startedAt: string;
  readonly ms: number;
  /** In the order they were run; the last one is the one that failed. */
  readonly steps: readonly StepReport[];
  /** What explains a failure, and what the roll-back said, in order. */
  readonly shown: readonly Shown[];
  readonly aftermath: Aftermath;
  /** The same for people; '' when all went well. */
  readonly conclusion: string;
  /** Renewals of the lock that failed and were tried again. */
  readonly failedRenewals: number;
}

/** What an aftermath means for a person; '' when there is nothing to say. */
export const AFTERMATH: Readonly<Record<Aftermath, string>> = {
  done: '',
  restored: 'Rolled back: every service runs the version from before this deploy.',
  removed:
    'Rolled back: this was the first deploy, so its services are removed. Its namespace stays, with Secrets and data, and so does Dapr.',
  'not restored': 'The rollback failed: see above. Fix the cause and deploy again.',
  untouched: 'No running service was changed.',
  'not begun':
    'This deploy changed nothing, but recovering an earlier deploy may be incomplete. Run it again.',
  'taken over': 'Another deploy took over, so nothing was rolled back. Wait for it to finish.',
  'as it is': 'Incomplete: nothing was rolled back. Run it again.',
};

/** Lines of an output that a report keeps: the end is where the reason is. */
const KEPT_LINES = 60;

/** The end of an output, with a line that says how much was left out. */
export function endOf(output: string): string {
  const lines = output.trimEnd().split('\n');
  const left = lines.length - KEPT_LINES;
  if (left <= 0) return lines.join('\n');
  return [`(${left} earlier lines omitted)`, ...lines.slice(-KEPT_LINES)].join('\n');
}

/** A table of durations. */
export function durations(report: PlanReport): string[] {
  const row = (ms: number, text: string) => `${(ms / 1000).toFixed(1).padStart(7)} s  ${text}`;
  const dapr = report.steps.findIndex(({ id }) => id === ('injection' satisfies Step['id']));
  const afterDapr =
    report.ok && dapr !== -1
      ? report.steps.slice(dapr + 1).reduce((sum, { ms }) => sum + ms, 0)
      : undefined;
  return [
    ...report.steps
      .filter(({ ms, ok }) => ms >= 50 || !ok)
      .map(({ ms, title, ok }) => row(ms, `${title}${ok ? '' : '  failed'}`)),
    row(report.ms, 'total'),
    ...(afterDapr === undefined ? [] : [row(afterDapr, 'after Dapr was ready')]),
  ];
}

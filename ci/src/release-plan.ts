// Runs a release plan. The plan is data made by deploy/src/plan/plan.ts; this file knows its protocol and nothing of releases,
// and gets the way to run one command from outside: in a container (deploy.ts) or from a test.

/** One command of a plan, run in the repository's root with KUBECONFIG set. As in deploy/src/plan/plan.ts. */
export interface PlanCommand {
  readonly argv: readonly string[];
  readonly stdin?: string;
  /** Names of the environment variables with secrets that this command may see. */
  readonly secrets?: readonly string[];
  readonly timeoutSeconds: number;
}

/** One step of a plan. */
export interface PlanStep extends PlanCommand {
  readonly id: string;
  readonly title: string;
  readonly showOnFailure: readonly PlanCommand[];
}

/** A release plan, as `node deploy/src/plan/plan.ts` prints it. */
export interface ReleasePlan {
  readonly environment: string;
  readonly namespace: string;
  readonly steps: readonly PlanStep[];
  readonly renewLock: PlanCommand;
  readonly releaseLock: PlanCommand;
  readonly rollBack: readonly PlanCommand[];
}

/** How a command ended. */
export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** How long it took, in ms. */
  readonly ms: number;
}

/** Runs one command of a plan. Never throws for a command that fails: that is a result. */
export type RunCommand = (command: PlanCommand, title: string) => Promise<CommandResult>;

/** A step that was run. */
export interface StepResult {
  readonly id: string;
  readonly title: string;
  readonly ms: number;
  readonly ok: boolean;
  /** Its output, the end of it. */
  readonly output: string;
}

/** A command whose output explains a failure. */
export interface Shown {
  readonly command: string;
  readonly output: string;
}

/** How a plan went. */
export interface PlanResult {
  readonly ok: boolean;
  readonly steps: readonly StepResult[];
  /** Outputs that explain the failure, in the order they were taken; empty when all went well. */
  readonly shown: readonly Shown[];
  readonly aftermath: Aftermath;
}

/** What a failed plan left behind. */
export type Aftermath =
  | 'none'
  /** What ran before runs again. */
  | 'restored'
  /** The roll-back failed too. */
  | 'not restored'
  /** It failed before it changed anything. */
  | 'untouched'
  /** Another one took the lock: nothing was rolled back. */
  | 'taken over'
  /** The plan knows no way back. */
  | 'as it stands';

/** Lines of a command's output that are kept. */
const KEPT_LINES = 60;
/** Time a lock outlives the step it was renewed for, in seconds; deploy/src/plan/plan.ts asks for it. */
const LOCK_MARGIN_SECONDS = 60;

/**
 * Runs a plan as deploy/src/plan/plan.ts asks: renews the lock before each step that follows it, shows what the failed step
 * names, rolls back what was recorded unless the lock was lost, and releases the lock in every case.
 * @param beforeRollBack is called when a step failed, while what failed is still there.
 */
export async function runPlan(
  plan: ReleasePlan,
  run: RunCommand,
  beforeRollBack: () => Promise<void> = () => Promise.resolve(),
): Promise<PlanResult> {
  const steps: StepResult[] = [];
  const shown: Shown[] = [];
  const done = new Set<string>();
  let ok = true;
  let lostLock = false;
  let aftermath: Aftermath = 'none';
  try {
    for (const step of plan.steps) {
      if (done.has('lock')) {
        const renewal = await run(renewFor(plan.renewLock, step.timeoutSeconds), 'renew the lock');
        if (renewal.exitCode !== 0) {
          lostLock = true;
          steps.push({
            id: step.id,
            title: step.title,
            ms: renewal.ms,
            ok: false,
            output: outputOf(renewal),
          });
          ok = false;
          break;
        }
      }
      const result = await run(step, step.title);
      steps.push({
        id: step.id,
        title: step.title,
        ms: result.ms,
        ok: result.exitCode === 0,
        output: outputOf(result),
      });
      if (result.exitCode !== 0) {
        ok = false;
        for (const command of step.showOnFailure) await show(command, run, shown);
        await beforeRollBack();
        break;
      }
      done.add(step.id);
    }
    if (lostLock) aftermath = 'taken over';
    else if (!ok && done.has('record')) {
      // the last one goes back; those before it only look
      let exitCode = 0;
      for (const command of plan.rollBack) exitCode = await show(command, run, shown);
      aftermath = exitCode === 0 ? 'restored' : 'not restored';
    } else if (!ok) {
      const changes = done.has('lock') && !plan.steps.some(({ id }) => id === 'record');
      aftermath = changes ? 'as it stands' : 'untouched';
    }
  } finally {
    if (done.has('lock') && !lostLock) await run(plan.releaseLock, 'release the lock');
  }
  return { ok, steps, shown, aftermath };
}

async function show(command: PlanCommand, run: RunCommand, shown: Shown[]): Promise<number> {
  const text = command.argv.join(' ');
  const result = await run(command, text);
  shown.push({ command: text, output: outputOf(result) });
  return result.exitCode;
}

function renewFor(command: PlanCommand, stepSeconds: number): PlanCommand {
  const seconds = String(stepSeconds + LOCK_MARGIN_SECONDS);
  return {
    ...command,
    argv: command.argv.map((argument) => argument.replaceAll('{seconds}', seconds)),
  };
}

function outputOf(result: CommandResult): string {
  const text = [result.stdout.trimEnd(), result.stderr.trimEnd()]
    .filter((part) => part !== '')
    .join('\n');
  const lines = text.split('\n');
  const left = lines.length - KEPT_LINES;
  const end =
    left > 0
      ? [`(${String(left)} earlier lines left out)`, ...lines.slice(-KEPT_LINES)].join('\n')
      : text;
  return result.exitCode === 124 ? `${end}\n(stopped: its time was up)` : end;
}

/**
 * A plan in words, for `--dry-run`. Standard input is named, not shown: it is manifests by the page.
 * @param plan the plan.
 */
export function renderPlan(plan: ReleasePlan): string {
  const lines = [
    `Plan for ${plan.environment}, namespace ${plan.namespace}: ${String(plan.steps.length)} steps. Nothing was changed.`,
    '',
  ];
  for (const [position, step] of plan.steps.entries()) {
    lines.push(
      `${String(position + 1).padStart(2)}. ${step.title}  [${step.id}, at most ${String(step.timeoutSeconds)} s]`,
    );
    lines.push(`      ${step.argv.join(' ')}`);
    if (step.stdin !== undefined)
      lines.push(`      standard input: ${String(step.stdin.split('\n').length)} lines`);
    if (step.secrets !== undefined)
      lines.push(`      secrets: ${step.secrets.map((name) => `${name}=***`).join(', ')}`);
  }
  lines.push(
    '',
    'On failure:',
    ...plan.rollBack.map((command) => `      ${command.argv.join(' ')}`),
  );
  return `${lines.join('\n')}\n`;
}

/** @throws Error when the text is not a plan: the two sides have drifted apart. */
export function parsePlan(text: string): ReleasePlan {
  const plan = JSON.parse(text) as Partial<ReleasePlan>;
  if (
    !Array.isArray(plan.steps) ||
    plan.renewLock === undefined ||
    plan.releaseLock === undefined ||
    !Array.isArray(plan.rollBack)
  ) {
    throw new Error('deploy/src/plan/plan.ts printed something that is not a release plan');
  }
  return plan as ReleasePlan;
}

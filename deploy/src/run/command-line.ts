// What the three command lines have in common: exit codes, signals, the cluster, secrets, the report.
import { CommanderError } from 'commander';
import type { Command } from 'commander';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { EXIT_CONFIG, Problems, WrongArguments } from '../plan/arguments.ts';
import { LOCK_LOST } from '../plan/plan.ts';
import type { Plan } from '../plan/plan.ts';
import { SECRETS } from '../plan/services.ts';
import { pinCluster } from './cluster-access.ts';
import type { Where } from './cluster-access.ts';
import { describePlan } from './describe-plan.ts';
import { givenSecrets } from './given-secrets.ts';
import { clock, runHere } from './machine.ts';
import { watchSecrets } from './known-secrets.ts';
import { runPlan } from './run-plan.ts';
import { showDrift } from './show-drift.ts';

/** The repository's root. */
export const ROOT = resolve(import.meta.dirname, '../../..');

/** For `--help`. */
export const EXIT_CODES = `Exit codes: 0 done; 1 failed, see the last lines; ${EXIT_CONFIG} invalid arguments, nothing done; ${LOCK_LOST} another deploy
took over, nothing rolled back; 130 stopped.`;

/** Options that every command line has. */
export interface RunOptions extends Where {
  readonly dryRun?: boolean;
  readonly json?: boolean;
  readonly report?: string;
}

/** Adds the options that {@link run} reads. */
export function withRunOptions(command: Command): Command {
  return command
    .option(
      '--kubeconfig <file>',
      'the kubeconfig of the cluster (default: KUBECONFIG or ~/.kube/config)',
    )
    .option('--context <name>', 'a context of the kubeconfig (default: the current context)')
    .option('--report <file>', 'also write a report as JSON')
    .option('--dry-run', 'show the plan and manual changes since the last deploy; change nothing')
    .option('--json', 'with --dry-run: print the whole plan as JSON');
}

/** Who deploys, as others read it: unique for each run. */
export function holder(): string {
  return `${userInfo().username}@${hostname()} (pid ${process.pid}, since ${new Date().toISOString()})`;
}

/**
 * Parses the command line, makes its plan and runs it, or describes it.
 * @param makePlan throws what is wrong with its options, with the problems it is given; `check()` makes them known
 */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the caller knows its options
export async function run<T extends RunOptions>(
  command: Command,
  makePlan: (options: T, problems: Problems) => Plan,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'todo-deploy-'));
  try {
    const options = command.exitOverride().parse().opts<T>();
    const problems = new Problems();
    const kubeconfig =
      options.dryRun === true ? undefined : pinCluster(options, process.env, folder, problems);
    const plan = makePlan(options, problems);
    if (options.dryRun === true) {
      if (options.json === true) process.stdout.write(`${JSON.stringify(plan, null, 2)}\n`);
      else {
        describePlan(plan, writeLine);
        await showDrift(plan, options, ROOT, folder, writeLine);
      }
      return;
    }
    process.exitCode = await runAgainst(plan, kubeconfig, options.report);
  } catch (error) {
    if (error instanceof CommanderError) {
      // commander has said it; its own exit code for what is wrong is 1
      process.exitCode = error.exitCode === 0 ? 0 : EXIT_CONFIG;
      return;
    }
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = error instanceof WrongArguments ? EXIT_CONFIG : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs a plan against one cluster; gives the exit code. */
async function runAgainst(
  plan: Plan,
  kubeconfig: string | undefined,
  reportFile: string | undefined,
): Promise<number> {
  const environment: NodeJS.ProcessEnv = { ...process.env };
  if (kubeconfig !== undefined) environment['KUBECONFIG'] = kubeconfig;
  const stop = new AbortController();
  const onSignal = () => {
    if (stop.signal.aborted) process.exit(130);
    writeLine('\nstopping: rolling back the changes (press again to exit immediately)');
    stop.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  const watched = await watchSecrets(
    plan,
    runHere(ROOT, environment, new Set(SECRETS)),
    givenSecrets(environment),
  );
  const report = await runPlan(plan, { ...watched, clock, print: writeLine, stop: stop.signal });
  if (reportFile !== undefined) writeFileSync(reportFile, `${JSON.stringify(report, null, 2)}\n`);
  if (report.ok) return 0;
  if (report.aftermath === 'taken over') return LOCK_LOST;
  return report.stopped ? 130 : 1;
}

function writeLine(line: string): void {
  process.stdout.write(`${line}\n`);
}

// `npm run deploy`: makes the release plan from the command line and runs it on this machine.
import { execa } from 'execa';
import { Command, InvalidArgumentError, Option } from 'commander';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { CHARTS, DAPR_REPOSITORY, DAPR_VERSION, SECRETS, planFromOptions } from '../plan/plan.ts';
import type { PlanOptions } from '../plan/plan.ts';
import { describePlan, runPlan } from '../run/run-plan.ts';
import type { Plan } from '../plan/plan.ts';

/** The repository's root. */
export const ROOT = resolve(import.meta.dirname, '../../..');

/** Who deploys, as others read it: unique for each run. */
export function holder(): string {
  return `${userInfo().username}@${hostname()} (pid ${process.pid}, since ${new Date().toISOString()})`;
}

export function wholeSeconds(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) {
    throw new InvalidArgumentError('expected a whole number of seconds, at least 1');
  }
  return number;
}

/** What of the options both command lines share decides where the plan runs. */
export interface Where {
  readonly kubeconfig?: string;
  readonly context?: string;
}

/**
 * Runs a plan against the cluster the options name.
 * @returns the exit code: 0 done, 1 failed, 130 stopped
 */
export async function runAgainst(plan: Plan, where: Where): Promise<number> {
  const environment: NodeJS.ProcessEnv = { ...process.env };
  if (where.kubeconfig !== undefined) environment['KUBECONFIG'] = resolve(where.kubeconfig);
  const folder = mkdtempSync(join(tmpdir(), 'todo-deploy-'));
  const stop = new AbortController();
  const onSignal = () => {
    if (stop.signal.aborted) process.exit(130);
    process.stdout.write(
      '\nstopping: the release goes back to what ran before (again: out at once)\n',
    );
    stop.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  try {
    if (where.context !== undefined) {
      // helm and kubectl name this option differently: a kubeconfig with one context serves both
      const { stdout } = await execa(
        'kubectl',
        ['config', 'view', '--minify', '--flatten', '--context', where.context],
        { env: environment, extendEnv: false },
      );
      const path = join(folder, 'kubeconfig');
      writeFileSync(path, stdout, { mode: 0o600 });
      environment['KUBECONFIG'] = path;
    }
    const done = await runPlan(plan, {
      root: ROOT,
      environment,
      knownSecrets: new Set(SECRETS),
      print: (line) => process.stdout.write(`${line}\n`),
      stop: stop.signal,
    });
    return done ? 0 : stop.signal.aborted ? 130 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface DeployOptions extends Omit<PlanOptions, 'holder'>, Where {
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

async function main(): Promise<void> {
  const command = new Command('deploy')
    .description('Brings an environment to a set of images; rolls back by itself when that fails.')
    .addOption(
      new Option('--env <environment>', 'which environment')
        .choices(['local', 'cloud'])
        .makeOptionMandatory(),
    )
    .requiredOption(
      '--images <prefix:tag|file.json>',
      'where the six images are: registry/prefix:tag for all, or a JSON file {"backend": "…@sha256:…", …}',
    )
    .option('--namespace <name>', 'where the release goes', 'todo')
    .option(
      '--public-url <url>',
      'the address people type (default for local: http://localhost:3000)',
    )
    .option('--kubeconfig <file>', 'which cluster (default: KUBECONFIG or ~/.kube/config)')
    .option('--context <name>', 'a context of the kubeconfig (default: its current one)')
    .option('--without-audit', 'leave audit-service out, or remove it')
    .addOption(
      new Option(
        '--database <where>',
        'in-cluster: also deploys a PostgreSQL; external: at DATABASE_URL (default: in-cluster for local, external for cloud)',
      ).choices(['in-cluster', 'external']),
    )
    .option('--dapr-chart <folder|url>', `Dapr ${DAPR_VERSION}'s chart`, DAPR_REPOSITORY)
    .option('--without-dapr', 'Dapr is there already and stays as it is')
    .addOption(
      new Option(
        '--expose <type>',
        'how the web app is reached (default: as the environment says)',
      ).choices(['ClusterIP', 'NodePort', 'LoadBalancer']),
    )
    .option('--pull-secret <name...>', 'registry secrets that are in the namespace')
    .option('--values <chart=file...>', `more values for one of ${CHARTS.join(', ')}`)
    .option('--timeout <seconds>', 'how long one service may take to be healthy', wholeSeconds, 180)
    .option('--lock-wait <seconds>', 'how long to wait for another deploy', wholeSeconds, 600)
    .option('--dry-run', 'say what would be done, and do nothing')
    .option('--json', 'with --dry-run: the whole plan as data')
    .addHelpText(
      'after',
      `
Secrets come from environment variables, or from files named by NAME_FILE:
  DATABASE_URL         PostgreSQL; required once where the database is external
  DATABASE_DIRECT_URL  the same without a pooler (default: DATABASE_URL)
  BETTER_AUTH_SECRET, APP_API_TOKEN, DAPR_API_TOKEN   made up the first time when not given
What is not given keeps the value it has in the cluster.

Exit codes: 0 done; 1 failed and rolled back; 78 wrong options, nothing done; 130 stopped.

Example:
  npm run deploy -- --env=local --images=todo:dev
  DATABASE_URL_FILE=./database-url npm run deploy -- --env=cloud \\
    --images=fra.ocir.io/mytenancy/todo:1.4.0 --public-url=https://todo.example`,
    )
    .parse();
  const options = command.opts<DeployOptions>();
  let plan: Plan;
  try {
    plan = planFromOptions({ ...options, holder: holder() }, ROOT);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = 78;
    return;
  }
  if (options.dryRun === true) {
    if (options.json === true) process.stdout.write(`${JSON.stringify(plan, null, 2)}\n`);
    else describePlan(plan, (line) => process.stdout.write(`${line}\n`));
    return;
  }
  process.exitCode = await runAgainst(plan, options);
}

if (import.meta.main) await main();

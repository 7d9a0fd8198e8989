// `npm run rollback`: what runs goes back to what ran before it. The Dagger module runs the same plan in a container.
import { Command, Option } from 'commander';
import { CHARTS } from '../plan/plan.ts';
import { holder, runAgainst, wholeSeconds } from './deploy.ts';
import type { Command as PlanCommand, Plan } from '../plan/plan.ts';
import type { Where } from './deploy.ts';
import { describePlan } from '../run/run-plan.ts';

/** What a rollback is made from. */
export interface RollbackInput {
  readonly namespace: string;
  /** Charts to take back; all, and Dapr's manifests with them, if none is named. */
  readonly charts: readonly string[];
  /** How long one chart may take to be healthy again. */
  readonly timeoutSeconds: number;
  readonly lockWaitSeconds: number;
  readonly holder: string;
}

/** The steps of a rollback that a person asks for: under the lock that deploys take, so that it never meets one. */
export function rollbackPlan(input: RollbackInput): Plan {
  const { namespace, holder: who, lockWaitSeconds, timeoutSeconds } = input;
  const charts = CHARTS.filter((name) => input.charts.length === 0 || input.charts.includes(name));
  const program = (name: string, ...more: string[]) => [
    ...['node', `deploy/src/steps/${name}.ts`, ...more, '--namespace', namespace],
  ];
  const lock = (action: string, seconds: number, ...more: string[]): PlanCommand => ({
    argv: [...program('lock', action), '--holder', who, ...more],
    timeoutSeconds: seconds,
  });
  return {
    environment: 'none',
    namespace,
    steps: [
      {
        id: 'lock',
        title: 'No deploy is running',
        ...lock('acquire', lockWaitSeconds + 60, '--wait', String(lockWaitSeconds)),
        showOnFailure: [],
      },
      {
        id: 'rollback',
        title: 'Back to what ran before',
        argv: [
          ...program('previous', ...(input.charts.length === 0 ? ['--manifests'] : [])),
          ...['--timeout', String(timeoutSeconds), ...charts],
        ],
        timeoutSeconds: timeoutSeconds * charts.length + 60,
        showOnFailure: [{ argv: [...program('diagnose'), ...charts], timeoutSeconds: 60 }],
      },
    ],
    renewLock: lock('renew', 30, '--seconds', '{seconds}'),
    releaseLock: lock('release', 30),
    rollBack: [],
  };
}

interface RollbackOptions extends Where {
  readonly namespace: string;
  readonly chart?: string[];
  readonly timeout: number;
  readonly lockWait: number;
  readonly holder: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

async function main(): Promise<void> {
  const options = new Command('rollback')
    .description(
      'Brings every service, and Dapr’s manifests, back to what ran before what runs now.',
    )
    .option('--namespace <name>', 'where the release is', 'todo')
    .option('--kubeconfig <file>', 'which cluster (default: KUBECONFIG or ~/.kube/config)')
    .option('--context <name>', 'a context of the kubeconfig (default: its current one)')
    .addOption(new Option('--chart <name...>', 'only these').choices(CHARTS))
    .option('--timeout <seconds>', 'how long one service may take to be healthy', wholeSeconds, 180)
    .option('--lock-wait <seconds>', 'how long to wait for a deploy', wholeSeconds, 600)
    .addOption(new Option('--holder <text>', 'who does it').default(holder(), 'you').hideHelp())
    .option('--dry-run', 'say what would be done, and do nothing')
    .option('--json', 'with --dry-run: the whole plan as data')
    .addHelpText(
      'after',
      `
Exit codes: 0 done; 1 failed, or there is nothing to go back to; 130 stopped.

Example:
  npm run rollback -- --chart=todo-backend`,
    )
    .parse()
    .opts<RollbackOptions>();
  const plan = rollbackPlan({
    namespace: options.namespace,
    charts: options.chart ?? [],
    timeoutSeconds: options.timeout,
    lockWaitSeconds: options.lockWait,
    holder: options.holder,
  });
  if (options.dryRun === true) {
    if (options.json === true) process.stdout.write(`${JSON.stringify(plan, null, 2)}\n`);
    else describePlan(plan, (line) => process.stdout.write(`${line}\n`));
    return;
  }
  process.exitCode = await runAgainst(plan, options);
}

if (import.meta.main) await main();

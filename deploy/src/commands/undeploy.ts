// `npm run undeploy`: removes a release; its data stays unless told otherwise.
import { Command } from 'commander';
import { removalPlan } from '../plan/plan.ts';
import { holder, runAgainst, wholeSeconds } from './deploy.ts';
import type { Where } from './deploy.ts';
import { describePlan } from '../run/run-plan.ts';

interface UndeployOptions extends Where {
  readonly namespace: string;
  readonly data?: boolean;
  readonly dapr?: boolean;
  readonly lockWait: number;
  readonly dryRun?: boolean;
}

async function main(): Promise<void> {
  const options = new Command('undeploy')
    .description(
      'Removes a release. Database, broker, secrets and Dapr stay unless told otherwise.',
    )
    .option('--namespace <name>', 'where the release is', 'todo')
    .option('--kubeconfig <file>', 'which cluster (default: KUBECONFIG or ~/.kube/config)')
    .option('--context <name>', 'a context of the kubeconfig (default: its current one)')
    .option(
      '--data',
      'also the database and broker that deploy made, their volumes, and all secrets',
    )
    .option('--dapr', 'also Dapr, which other systems in the cluster may use')
    .option('--lock-wait <seconds>', 'how long to wait for another deploy', wholeSeconds, 600)
    .option('--dry-run', 'say what would be done, and do nothing')
    .parse()
    .opts<UndeployOptions>();
  const plan = removalPlan({
    namespace: options.namespace,
    data: options.data === true,
    dapr: { remove: options.dapr === true, namespace: 'dapr-system' },
    lockWaitSeconds: options.lockWait,
    holder: holder(),
  });
  if (options.dryRun === true) {
    describePlan(plan, (line) => process.stdout.write(`${line}\n`));
    return;
  }
  process.exitCode = await runAgainst(plan, options);
}

if (import.meta.main) await main();

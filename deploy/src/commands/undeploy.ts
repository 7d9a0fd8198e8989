// `npm run undeploy`: removes a release; its data stays unless told otherwise.
import { Command } from 'commander';
import { removalPlan } from '../plan/removal.ts';
import { EXIT_CODES, holder, run, withRunOptions } from '../run/command-line.ts';
import type { RunOptions } from '../run/command-line.ts';

interface UndeployOptions extends RunOptions {
  readonly namespace: string;
  readonly data?: boolean;
  readonly dapr?: boolean;
  readonly lockWait: string;
}

async function main(): Promise<void> {
  const command = new Command('undeploy')
    .description(
      'Removes a release. Keeps database, broker, secrets and Dapr unless an option says otherwise.',
    )
    .option('--namespace <name>', 'the namespace of the release', 'todo')
    .option(
      '--data',
      'also remove the database and broker that deploy created, their volumes, and all secrets',
    )
    .option('--dapr', 'also remove Dapr, which other systems in the cluster may use')
    .option('--lock-wait <seconds>', 'maximum wait for another deploy to finish', '600')
    .addHelpText(
      'after',
      `
${EXIT_CODES}

Example:
  npm run undeploy -- --namespace=todo --dry-run`,
    );
  await run<UndeployOptions>(withRunOptions(command), (options, problems) => {
    const namespace = problems.label('--namespace', options.namespace);
    const lockWaitSeconds = problems.seconds('--lock-wait', options.lockWait) ?? 0;
    problems.check('undeploy');
    return removalPlan({
      namespace,
      data: options.data === true,
      dapr: { remove: options.dapr === true, namespace: 'dapr-system' },
      lockWaitSeconds,
      holder: holder(),
    });
  });
}

if (import.meta.main) await main();

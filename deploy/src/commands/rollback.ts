// `npm run rollback`: what runs goes back to what ran before it. The Dagger module runs this same program in a container.
import { Command, Option } from 'commander';
import { resolve } from 'node:path';
import { rollbackPlan } from '../plan/rollback.ts';
import { CHARTS } from '../plan/services.ts';
import { EXIT_CODES, holder, run, withRunOptions } from '../run/command-line.ts';
import type { RunOptions } from '../run/command-line.ts';

interface RollbackOptions extends RunOptions {
  readonly namespace: string;
  readonly chart?: string[];
  readonly timeout: string;
  readonly lockWait: string;
  readonly failureFolder?: string;
  readonly holder: string;
}

async function main(): Promise<void> {
  const command = new Command('rollback')
    .description('Rolls every service and Dapr’s manifests back to the previous version.')
    .option('--namespace <name>', 'the namespace of the release', 'todo')
    .option('--chart <name...>', `only these of ${CHARTS.join(', ')}`)
    .option('--timeout <seconds>', 'maximum time for one service to become healthy', '180')
    .option('--lock-wait <seconds>', 'maximum wait for a deploy to finish', '600')
    .option(
      '--failure-folder <folder>',
      'folder for manifests, events, descriptions and logs of a failed rollback',
    )
    .addOption(
      new Option('--holder <text>', 'who runs this command').default(holder(), 'you').hideHelp(),
    )
    .addHelpText(
      'after',
      `
${EXIT_CODES}

Example:
  npm run rollback -- --chart=todo-backend`,
    );
  await run<RollbackOptions>(withRunOptions(command), (options, problems) => {
    const charts = options.chart ?? [];
    for (const name of charts) problems.oneOf('--chart', name, CHARTS);
    const namespace = problems.label('--namespace', options.namespace);
    const timeoutSeconds = problems.seconds('--timeout', options.timeout) ?? 0;
    const lockWaitSeconds = problems.seconds('--lock-wait', options.lockWait) ?? 0;
    problems.check('rollback');
    const folder = options.failureFolder;
    return rollbackPlan({
      ...{ namespace, charts, timeoutSeconds, lockWaitSeconds, holder: options.holder },
      ...(folder === undefined ? {} : { failureFolder: resolve(folder) }),
    });
  });
}

if (import.meta.main) await main();

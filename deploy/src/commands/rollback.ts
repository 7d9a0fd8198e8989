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
    .description(
      'Brings every service, and Dapr’s manifests, back to what ran before what runs now.',
    )
    .option('--namespace <name>', 'where the release is', 'todo')
    .option('--chart <name...>', `only these of ${CHARTS.join(', ')}`)
    .option('--timeout <seconds>', 'how long one service may take to be healthy', '180')
    .option('--lock-wait <seconds>', 'how long to wait for a deploy', '600')
    .option(
      '--failure-folder <folder>',
      'where a failed rollback leaves manifests, events, descriptions and logs',
    )
    .addOption(new Option('--holder <text>', 'who does it').default(holder(), 'you').hideHelp())
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

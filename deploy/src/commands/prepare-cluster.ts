// `npm run prepare-cluster`: namespace, Dapr, broker and database of a release, before there are images. A deploy to the same
// namespace finds them there. The Dagger module's proof runs this while images build.
import { Command, Option } from 'commander';
import { planFromOptions } from '../plan/options.ts';
import type { PlanOptions } from '../plan/options.ts';
import { DAPR_REPOSITORY, DAPR_VERSION } from '../plan/services.ts';
import { surroundingsPlan } from '../plan/surroundings.ts';
import { EXIT_CODES, holder, ROOT, run, withRunOptions } from '../run/command-line.ts';
import type { RunOptions } from '../run/command-line.ts';

interface PrepareOptions extends PlanOptions, RunOptions {}

/** A plan needs images and an address; the steps that use them are left out. */
const NOT_USED = { images: 'none.invalid/todo:none', publicUrl: 'https://none.invalid' };

async function main(): Promise<void> {
  const command = new Command('prepare-cluster')
    .description(
      'Prepares everything a release needs besides its services, before any image exists.',
    )
    .option('--env <environment>', 'which environment: local or cloud; required')
    .option('--namespace <name>', 'where the release will go', 'todo')
    .option(
      '--database <where>',
      'in-cluster: a PostgreSQL too; external: none (default: in-cluster for local, external for cloud)',
    )
    .option('--dapr-chart <folder|url>', `Dapr ${DAPR_VERSION}'s chart`, DAPR_REPOSITORY)
    .option('--without-dapr', 'Dapr is there already and stays as it is')
    .option('--timeout <seconds>', 'how long each may take to be ready', '180')
    .option('--lock-wait <seconds>', 'how long to wait for a deploy', '600')
    .addOption(
      new Option('--failure-folder <folder>', 'taken for the sake of other programs').hideHelp(),
    )
    .addOption(new Option('--holder <text>', 'who does it').default(holder(), 'you').hideHelp())
    .addHelpText(
      'after',
      `
${EXIT_CODES}

Example:
  npm run prepare-cluster -- --env=local`,
    );
  await run<PrepareOptions>(withRunOptions(command), (options, problems) =>
    surroundingsPlan(planFromOptions({ ...options, ...NOT_USED }, ROOT, problems)),
  );
}

if (import.meta.main) await main();

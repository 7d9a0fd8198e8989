// `npm run deploy`: makes the release plan from the command line and runs it. The Dagger module runs this same program in a
// container.
import { Command, Option } from 'commander';
import { planFromOptions } from '../plan/options.ts';
import type { PlanOptions } from '../plan/options.ts';
import { CHARTS, DAPR_REPOSITORY, DAPR_VERSION } from '../plan/services.ts';
import { EXIT_CODES, holder, ROOT, run, withRunOptions } from '../run/command-line.ts';
import type { RunOptions } from '../run/command-line.ts';

interface DeployOptions extends PlanOptions, RunOptions {}

async function main(): Promise<void> {
  const command = new Command('deploy')
    .description('Brings an environment to a set of images; rolls back by itself when that fails.')
    .option('--env <environment>', 'which environment: local or cloud; required')
    .option(
      '--images <prefix:tag|file.json>',
      'where the six images are: registry/prefix:tag for all, or a JSON file {"backend": "…@sha256:…", …}; required',
    )
    .option('--namespace <name>', 'where the release goes', 'todo')
    .option(
      '--public-url <url>',
      'the address people type; required for cloud (default for local: http://localhost:3000)',
    )
    .option('--without-audit', 'leave audit-service out, or remove it')
    .option(
      '--database <where>',
      'in-cluster: also deploys a PostgreSQL; external: at DATABASE_URL (default: in-cluster for local, external for cloud)',
    )
    .option('--dapr-chart <folder|url>', `Dapr ${DAPR_VERSION}'s chart`, DAPR_REPOSITORY)
    .option('--without-dapr', 'Dapr is there already and stays as it is')
    .option(
      '--expose <type>',
      'how the web app is reached: ClusterIP, NodePort or LoadBalancer (default: as the environment says)',
    )
    .option('--pull-secret <name...>', 'registry secrets that are in the namespace')
    .option('--values <chart=file...>', `more values for one of ${CHARTS.join(', ')}`)
    .option('--timeout <seconds>', 'how long one service may take to be healthy', '180')
    .option('--lock-wait <seconds>', 'how long to wait for another deploy', '600')
    .option(
      '--failure-folder <folder>',
      'where a failed deploy leaves manifests, events, descriptions and logs',
    )
    .addOption(new Option('--holder <text>', 'who does it').default(holder(), 'you').hideHelp())
    .addHelpText(
      'after',
      `
Secrets come from environment variables, or from files named by NAME_FILE:
  DATABASE_URL         PostgreSQL; required once where the database is external
  DATABASE_DIRECT_URL  the same without a pooler (default: DATABASE_URL)
  BETTER_AUTH_SECRET, APP_API_TOKEN, DAPR_API_TOKEN   made up the first time when not given
What is not given keeps the value it has in the cluster.

${EXIT_CODES}

Example:
  npm run deploy -- --env=local --images=todo:dev
  DATABASE_URL_FILE=./database-url npm run deploy -- --env=cloud \\
    --images=fra.ocir.io/mytenancy/todo:1.4.0 --public-url=https://todo.example`,
    );
  await run<DeployOptions>(withRunOptions(command), (options, problems) =>
    planFromOptions(options, ROOT, problems),
  );
}

if (import.meta.main) await main();

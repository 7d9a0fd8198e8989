// `npm run up`: starts the whole system on this machine, shows it becoming healthy, and stops it cleanly on Ctrl-C.
import { exitCodes } from '@todo/deploy/run/usage';
import { program } from 'commander';
import { ROOT } from '../data-folder.ts';
import { DEMO_SIGN_IN, makeDemo } from '../demo.ts';
import {
  nextSteps,
  print,
  runInForeground,
  withSystemOptions,
  type ForegroundOptions,
} from '../foreground.ts';
import { webServerFolder } from '../parts/web-build.ts';

const command = withSystemOptions(
  exitCodes(program)
    .name('npm run up --')
    .description(
      'Starts PostgreSQL, the Dapr sidecars, all services and the web app on this machine, without containers. Ctrl-C stops them.',
    ),
)
  .option(
    '--demo',
    'add an account with lists, tasks and a history, and print how to sign in',
    false,
  )
  .option('--build-only', 'build the web app if its sources have changed, then exit', false);

const { buildOnly, demo, ...options } = command
  .parse()
  .opts<ForegroundOptions & { buildOnly: boolean; demo: boolean }>();
if (demo && !options.web) command.error('--demo signs up in the web app: leave out --no-web');

if (buildOnly) {
  try {
    await webServerFolder(ROOT, print);
    print('the web app is built');
    process.exit(0);
  } catch (error) {
    console.error(`\n${error instanceof Error ? error.message : String(error)}`);
    process.exit(1);
  }
}
await runInForeground(options, async (system) => {
  if (demo) {
    await makeDemo(system.urls.public);
    print(
      `demo       sign in as ${DEMO_SIGN_IN.email} with the password: ${DEMO_SIGN_IN.password}`,
    );
  }
  console.log(`${nextSteps(system, options)}\n  Ctrl-C stops everything.\n`);
});

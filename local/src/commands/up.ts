// `npm run up`: starts the whole system on this machine, shows it becoming healthy, and stops it cleanly on Ctrl-C.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { EXIT_CONFIG } from '@todo/deploy/plan/arguments';
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
import type { System } from '../system.ts';

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
  .option('--build-only', 'build the web app if its sources have changed, then exit', false)
  .option(
    '--break',
    'let operators put faults into the system, on the page /status/break. Two replicas of each service, on data of its own (break/ below --data-dir), which every start throws away',
    false,
  );

const {
  buildOnly,
  break: breakIt,
  demo,
  ...options
} = command
  .parse()
  .opts<ForegroundOptions & { buildOnly: boolean; break: boolean; demo: boolean }>();
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

if (breakIt) await upToBreak();
else await runInForeground(options, (system) => showNextSteps(system, options));

async function showNextSteps(system: System, given: ForegroundOptions): Promise<void> {
  if (demo) {
    await makeDemo(system.urls.public);
    print(
      `demo       sign in as ${DEMO_SIGN_IN.email} with the password: ${DEMO_SIGN_IN.password}`,
    );
  }
  console.log(`${nextSteps(system, given)}\n  Ctrl-C stops everything.\n`);
}

/** The faults belong to the suites, which know this package: so they are found by their path, and only when they are wanted. */
async function upToBreak(): Promise<void> {
  const problems = [
    ...(options.web ? [] : ['--break needs the web app: leave --no-web out']),
    ...(process.env['DATABASE_URL']
      ? ['--break only breaks a database of its own: unset DATABASE_URL']
      : []),
  ];
  if (problems.length > 0) {
    console.error(problems.join('\n'));
    process.exit(EXIT_CONFIG);
  }
  const program = pathToFileURL(join(ROOT, 'e2e/chaos/panel/up.ts')).href;
  const suites = (await import(program)) as {
    upToBreak: (options: ForegroundOptions, onUp: typeof showNextSteps) => Promise<void>;
  };
  try {
    await suites.upToBreak(options, async (system, given) => {
      await showNextSteps(system, given);
      console.log(`  Break it   ${system.urls.public}/status/break      for operators\n`);
    });
  } catch (error) {
    console.error(`\n${error instanceof Error ? error.message : String(error)}`);
    process.exit(1);
  }
}

// `npm run token`: prints a token for the local backend, so that curl works without a browser.
import { exitCodes } from '@todo/deploy/run/usage';
import { InvalidArgumentError, Option, program } from 'commander';
import { DEFAULT_DATA_DIR, fromCaller } from '../data-folder.ts';
import { tokenFor } from '../system-token.ts';

exitCodes(program)
  .name('npm run -s token --')
  .description('Prints a token (JWT) that the system started by "npm run up" accepts.')
  .option('--user <id>', "user id, the token's subject", 'demo')
  .option('--email <address>', 'default: <user>@example.com')
  .addOption(new Option('--role <role>').choices(['user', 'operator']).default('user'))
  .option('--zone <zone>', 'IANA time zone', checkZone, 'Europe/Berlin')
  .option('--locale <tag>', 'language', 'en')
  .option('--lifetime <span>', 'such as 30m, 12h, 7d', '12h')
  .option('--data-dir <folder>', 'data folder of the system', fromCaller, DEFAULT_DATA_DIR)
  .option(
    '--port-base <port>',
    'first port of the system (default: that of the running system, or 4300)',
    Number,
  )
  .addHelpText(
    'after',
    `
Example:
  curl -s localhost:4300/api/v1/me -H "Authorization: Bearer $(npm run -s token -- --user anna)"`,
  )
  .parse();

const { dataDir, portBase, lifetime, ...claims } = program.opts<{
  dataDir: string;
  portBase?: number;
  lifetime: string;
  user: string;
  email?: string;
  role: 'user' | 'operator';
  zone: string;
  locale: string;
}>();

try {
  console.log(await tokenFor(dataDir, portBase, claims, lifetime));
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
}

function checkZone(zone: string): string {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return zone;
  } catch {
    throw new InvalidArgumentError('expected an IANA zone such as Europe/Berlin');
  }
}

// `npm run account`: gives the web app's program for accounts (web/scripts/account.ts, whose --help says what it does) the system on
// this machine, unless DATABASE_URL names another.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { exitCodes } from '@todo/deploy/run/usage';
import { InvalidArgumentError, program } from 'commander';
import { DEFAULT_DATA_DIR, fromCaller, ROOT } from '../data-folder.ts';
import { laptopAccounts } from '../laptop-accounts.ts';

exitCodes(program)
  .option('--data-dir <folder>', '', fromCaller, DEFAULT_DATA_DIR)
  .option('--port-base <port>', '', portNumber)
  .helpOption(false)
  .allowUnknownOption()
  .allowExcessArguments()
  .parse();

const { dataDir, portBase } = program.opts<{ dataDir: string; portBase?: number }>();
const { status } = spawnSync(
  process.execPath,
  [join(ROOT, 'web', 'scripts', 'account.ts'), ...program.args],
  { stdio: 'inherit', env: { ...process.env, ...(await system()) } },
);
process.exit(status ?? 1);

async function system(): Promise<Record<string, string>> {
  if (process.env['DATABASE_URL']) return {};
  try {
    const { databaseUrl, publicUrl } = await laptopAccounts(dataDir, portBase);
    return { PUBLIC_URL: publicUrl, DATABASE_URL: databaseUrl };
  } catch (error) {
    // The program says so itself, once it has found nothing wrong with its arguments.
    return { NO_SYSTEM_HERE: (error as Error).message };
  }
}

function portNumber(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new InvalidArgumentError('expected a port from 1 to 65535');
}

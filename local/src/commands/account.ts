// `npm run account`: what an operator does to accounts where no mail can: links to set a new password, confirmed addresses, ended
// sessions. It needs the database and nothing else; the web app may be down.
import { EXIT_CONFIG, postgresUrl } from '@todo/runtime/config';
import { createPool, type Pool } from '@todo/runtime/database';
import { createLogger } from '@todo/runtime/log';
import { exitCodes } from '@todo/deploy/run/usage';
import {
  confirmAddress,
  endSessions,
  listAccounts,
  makeResetToken,
  OPERATOR_LINK_SECONDS,
  type Account,
} from '@todo/web/server/accounts.ts';
import { InvalidArgumentError, program } from 'commander';
import { DEFAULT_DATA_DIR, fromCaller } from '../data-folder.ts';
import { laptopAccounts } from '../laptop-accounts.ts';

exitCodes(program)
  .name('npm run -s account --')
  .description('Lists accounts and helps their owners in, where no mail can.')
  .option('--data-dir <folder>', 'data folder of the system', fromCaller, DEFAULT_DATA_DIR)
  .option(
    '--port-base <port>',
    'first port of the system (default: that of the running system, or 4300)',
    portNumber,
  )
  .addHelpText(
    'after',
    `
Environment:
  DATABASE_URL  the database of another system, in place of the one on this machine
  PUBLIC_URL    the address people type there; "reset" needs it for the link

Exit codes: 0 done; 1 no such account, or the database cannot be used; 78 wrong arguments or settings.

Example:
  npm run -s account -- reset mia@example.com`,
  );

program
  .command('list')
  .description('list the accounts, with sessions and last use')
  .action(async () => {
    await run(async (pool) => (await listAccounts(pool)).map(lineOf).join('\n') || 'No accounts.');
  });

program
  .command('reset <email>')
  .description(
    `print a link that sets a new password once (valid for ${String(OPERATOR_LINK_SECONDS / 3_600)} hours)`,
  )
  .action(async (email: string) => {
    const publicUrl = await linkAddress();
    await run(async (pool) => {
      const token = existing(await makeResetToken(pool, email), email);
      return `${publicUrl}/reset-password#${token}`;
    });
  });

program
  .command('verify <email>')
  .description('confirm that the address belongs to its account')
  .action(async (email: string) => {
    await run(async (pool) => {
      existing((await confirmAddress(pool, email)) || undefined, email);
      return `Confirmed ${email}.`;
    });
  });

program
  .command('sign-out <email>')
  .description('end every session of the account')
  .action(async (email: string) => {
    await run(async (pool) => {
      const ended = existing(await endSessions(pool, email), email);
      return `Ended ${String(ended)} ${ended === 1 ? 'session' : 'sessions'} of ${email}.`;
    });
  });

await program.parseAsync();

/** Does one thing in the system's database and prints what came of it. */
async function run(work: (pool: Pool) => Promise<string>): Promise<void> {
  const log = createLogger({ service: 'account', level: 'fatal' });
  const url = await databaseAddress();
  const pool = createPool({ url, application: 'account', log, max: 1 });
  pool.on('error', () => undefined);
  try {
    console.log(await work(pool));
  } catch (error) {
    console.error(reasonOf(error));
    process.exitCode = 1;
  } finally {
    await pool.end();
  }
}

async function databaseAddress(): Promise<string> {
  const given = process.env['DATABASE_URL'];
  if (!given) return (await laptop()).databaseUrl;
  const problem = postgresUrl.safeParse(given).error?.issues[0]?.message;
  return problem === undefined ? given : refuse(`DATABASE_URL: ${problem}`);
}

async function linkAddress(): Promise<string> {
  const address = process.env['PUBLIC_URL'];
  if (address) {
    if (/^https?:\/\//.test(address) && URL.canParse(address)) return new URL(address).origin;
    return refuse('PUBLIC_URL: expected an address such as https://todo.example');
  }
  if (!process.env['DATABASE_URL']) return (await laptop()).publicUrl;
  return refuse('PUBLIC_URL: expected the address people type, because DATABASE_URL is set');
}

async function laptop(): Promise<{ databaseUrl: string; publicUrl: string }> {
  const { dataDir, portBase } = program.opts<{ dataDir: string; portBase?: number }>();
  try {
    return await laptopAccounts(dataDir, portBase);
  } catch (error) {
    return refuse((error as Error).message);
  }
}

function portNumber(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new InvalidArgumentError('expected a port from 1 to 65535');
}

function refuse(problem: string): never {
  console.error(problem);
  process.exit(EXIT_CONFIG);
}

function existing<T>(value: T | undefined, email: string): T {
  if (value !== undefined) return value;
  throw new Error(`No account has the address ${email}. "list" shows every account.`);
}

function reasonOf(error: unknown): string {
  const { code, message } = error as { code?: string; message: string };
  if (code === '3F000' || code === '42P01')
    return 'The database has no accounts yet: the web app has not started on it.';
  return code === undefined ? message : `The database cannot be used: ${message || code}`;
}

function lineOf(account: Account): string {
  const { email, confirmed, sessions, lastSeenAt, id } = account;
  const seen = lastSeenAt?.toISOString().slice(0, 16).replace('T', ' ');
  return [
    email,
    confirmed ? 'confirmed' : 'not confirmed',
    `${String(sessions)} ${sessions === 1 ? 'session' : 'sessions'}`,
    seen === undefined ? 'no session' : `last seen ${seen} UTC`,
    id,
  ].join('\t');
}

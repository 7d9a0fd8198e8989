// `npm run account`: what an operator does to accounts where no mail can: links to set a new password, confirmed addresses, ended
// sessions. It needs the database and nothing else; the web app may be down. `npm run account` gives it this machine's system, or
// in NO_SYSTEM_HERE why there is none.
import { parseArgs } from 'node:util';
import { EXIT_CONFIG, postgresUrl } from '@todo/runtime/config';
import { createPool, type Pool } from '@todo/runtime/database';
import { createLogger } from '@todo/runtime/log';
import { OPERATOR_COMMANDS } from './operator-commands.ts';
import {
  confirmAddress,
  endSecondFactor,
  endSessions,
  listAccounts,
  makeResetToken,
  OPERATOR_LINK_SECONDS,
  removePasskeys,
  type Account,
} from '../server/accounts.ts';

const HELP = `Usage: npm run -s account -- <command> [e-mail] [options]

Lists accounts and helps their owners in, where no mail can.

Commands:
  list                list the accounts, with sessions and last use
  reset <e-mail>      print a link that sets a new password once (valid for ${OPERATOR_LINK_SECONDS / 3_600} hours)
  verify <e-mail>     confirm that the address belongs to its account
  sign-out <e-mail>   end every session of the account
  second-factor off <e-mail>
                      switch off the second factor of an account, for a person who lost it
  passkeys remove <e-mail>
                      remove the passkeys of an account, for a person who lost their devices
  operator list       list the operators that were made here or on the admin page
  operator add <id or e-mail>     make an account an operator; an address must be confirmed
  operator remove <id or e-mail>  take the role away and end the account's sessions

Options:
  --data-dir <folder>  data folder of the system on this machine (default: .local)
  --port-base <port>   first port of that system (default: that of the running system, or 4300)
  -h, --help           show this help

Environment:
  DATABASE_URL  the database of another system, in place of the one on this machine
  PUBLIC_URL    the address people type there; "reset" needs it for the link

Exit codes: 0 done; 1 no such account, or the database cannot be used; 78 wrong arguments or settings.

Example:
  npm run -s account -- reset mia@example.com`;

/** A command: what it prints. @throws Error for the person, when no account has the address */
type Command = (pool: Pool, email: string) => Promise<string>;

const COMMANDS: Readonly<Record<string, Command>> = {
  list: async (pool) => (await listAccounts(pool)).map(lineOf).join('\n') || 'No accounts.',
  reset: async (pool, email) => {
    const site = publicUrl();
    const token = existing(await makeResetToken(pool, email), email);
    return `${site}/reset-password#${token}`;
  },
  verify: async (pool, email) => {
    existing((await confirmAddress(pool, email)) || undefined, email);
    return `Confirmed ${email}.`;
  },
  'sign-out': async (pool, email) => {
    const ended = existing(await endSessions(pool, email), email);
    return `Ended ${ended} ${ended === 1 ? 'session' : 'sessions'} of ${email}.`;
  },
  'second-factor off': async (pool, email) =>
    existing(await endSecondFactor(pool, email), email)
      ? `Switched off the second factor of ${email}.`
      : `${email} has no second factor. Nothing was changed.`,
  'passkeys remove': async (pool, email) => {
    const removed = existing(await removePasskeys(pool, email), email);
    return `Removed ${removed} ${removed === 1 ? 'passkey' : 'passkeys'} of ${email}.`;
  },
};

/** By name; a Map, because a name that every object has (`constructor`) is no command. */
const ALL = new Map(Object.entries({ ...COMMANDS, ...OPERATOR_COMMANDS }));

const [name = '', email = '', ...rest] = withSubcommand(readPositionals());
const command = ALL.get(name);
if (command === undefined) refuse(name === '' ? 'expected a command' : `${name}: unknown command`);
const lists = name === 'list' || name === 'operator list';
if (rest.length > 0 || lists !== (email === '')) refuse(`${name}: expected ${expected()}`);
await run(command, email);

/** Does one thing in the database and prints what came of it. */
async function run(work: Command, address: string): Promise<void> {
  const log = createLogger({ service: 'account', level: 'fatal' });
  const pool = createPool({ url: databaseUrl(), application: 'account', log, max: 1 });
  pool.on('error', () => undefined);
  try {
    process.stdout.write(`${await work(pool, address)}\n`);
  } catch (error) {
    process.stderr.write(`${reasonOf(error)}\n`);
    process.exitCode = 1;
  } finally {
    await pool.end();
  }
}

function readPositionals(): string[] {
  try {
    const options = { help: { type: 'boolean', short: 'h' } } as const;
    const { values, positionals } = parseArgs({ allowPositionals: true, options });
    if (values.help !== true) return positionals;
  } catch (error) {
    refuse((error as Error).message);
  }
  process.stdout.write(`${HELP}\n`);
  process.exit(0);
}

/** Joins the words of a command that has two, such as `operator add`. */
function withSubcommand([first, second, ...rest]: string[]): string[] {
  const words = [first, second].filter((word) => word !== undefined);
  const twoWords = [...ALL.keys()].some((key) => key.startsWith(`${first ?? ''} `));
  return twoWords ? [words.join(' '), ...rest] : [...words, ...rest];
}

/** What a command takes. */
function expected(): string {
  if (lists) return 'no e-mail address';
  return name.startsWith('operator ') ? 'one id or e-mail address' : 'one e-mail address';
}

function databaseUrl(): string {
  const { DATABASE_URL: given = '', NO_SYSTEM_HERE: reason } = process.env;
  if (given === '' && reason !== undefined) refuse(reason);
  const problem = postgresUrl.safeParse(given).error?.issues[0]?.message;
  return problem === undefined ? given : refuse(`DATABASE_URL: ${problem}`);
}

function publicUrl(): string {
  const given = process.env['PUBLIC_URL'] ?? '';
  if (/^https?:\/\//.test(given) && URL.canParse(given)) return new URL(given).origin;
  return refuse('PUBLIC_URL: expected the address people type, such as https://todo.example');
}

function refuse(problem: string): never {
  process.stderr.write(`${problem}\n--help lists what there is.\n`);
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
    `${sessions} ${sessions === 1 ? 'session' : 'sessions'}`,
    seen === undefined ? 'no session' : `last seen ${seen} UTC`,
    id,
  ].join('\t');
}

// What may be written after `pubsub-postgresql`: one table of commands and options, from which both the parser and the help
// are made.
import { parseArgs } from 'node:util';
import { parseDuration } from '../duration.ts';

/** The arguments are wrong; the message says which, and what was expected. */
export class UsageError extends Error {}

interface CommandSyntax {
  /** How many of TOPIC and GROUP may be named, and how many must be. */
  names: [least: number, most: number];
  options: readonly OptionName[];
  summary: string;
}

/** Every command, in the order of the help. */
const COMMANDS = {
  topics: { names: [0, 0], options: [], summary: 'topics, and the size of the log' },
  groups: { names: [0, 1], options: [], summary: 'consumer groups: when active, leases, retries' },
  lag: {
    names: [0, 2],
    options: ['exact'],
    summary: 'unread messages of each group, and the age of the oldest',
  },
  peek: {
    names: [1, 2],
    options: ['limit', 'payload', 'bytes'],
    summary: "a group's next messages; without GROUP the topic's newest",
  },
  dead: {
    names: [0, 2],
    options: ['id', 'limit', 'payload', 'bytes'],
    summary: 'dead letters, newest first',
  },
  replay: {
    names: [0, 2],
    options: ['id', 'all', 'yes'],
    summary: 'redelivers dead letters to the group that gave up on them',
  },
  skip: {
    names: [2, 2],
    options: ['id', 'all', 'yes'],
    summary:
      'gives up on one message that waits for redelivery (--id), or on all unread messages (--all)',
  },
  drain: {
    names: [1, 2],
    options: ['timeout'],
    summary: 'waits until the groups of a topic have read everything',
  },
} as const satisfies Record<string, CommandSyntax>;

/** The name of a command. */
export type CommandName = keyof typeof COMMANDS;

const OPTIONS = {
  id: ['N', 'the number of a message (skip) or of a dead letter (dead, replay)'],
  all: ['', 'everything in the given topic and group'],
  yes: ['', 'make the change; without it, the command only shows what it would do'],
  limit: ['N', 'maximum number of rows, 1 to 1000 (20)'],
  exact: ['', 'count every message; without it, counting ends at 1000 of each shard'],
  payload: [
    '',
    'show contents instead of only their shape; values that look like secrets stay hidden',
  ],
  bytes: ['N', 'maximum characters of each payload, 1 to 65536 (256)'],
  timeout: ['DURATION', 'maximum time to wait (60s)'],
} as const;
type OptionName = keyof typeof OPTIONS;

/** What was asked for. */
export interface Request {
  command: CommandName;
  topic: string | undefined;
  group: string | undefined;
  json: boolean;
  /** Of a message or a dead letter, decimal. */
  id: string | undefined;
  all: boolean;
  yes: boolean;
  limit: number;
  exact: boolean;
  /** Show contents rather than their shape. */
  payload: boolean;
  /** Characters shown of each payload. */
  shown: number;
  timeoutMs: number;
}

/** How a run ends; the numbers are those of sysexits.h. */
export const EXIT = {
  done: 0,
  /** The database refused, or not everything could be done. */
  failed: 1,
  usage: 64,
  /** No such topic, group, message, or schema. */
  notFound: 66,
  /** The database does not answer. */
  unavailable: 69,
  /** drain: still unread when the time was up. */
  timedOut: 75,
  configuration: 78,
} as const;

function padded(rows: [string, string][]): string {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join('\n');
}

function synopsis(name: string, { names: [least, most] }: CommandSyntax): string {
  const topic = most === 0 ? '' : least === 0 ? ' [TOPIC' : ' TOPIC';
  const group = most < 2 ? '' : least === 2 ? ' GROUP' : ' [GROUP]';
  return `${name}${topic}${group}${least === 0 && most > 0 ? ']' : ''}`;
}

/** What --help prints. */
export function help(): string {
  const commands = Object.entries<CommandSyntax>(COMMANDS).map(
    ([name, syntax]): [string, string] => [synopsis(name, syntax), syntax.summary],
  );
  const options = Object.entries(OPTIONS).map(([name, [value, text]]): [string, string] => {
    const users = Object.entries<CommandSyntax>(COMMANDS)
      .filter(([, syntax]) => (syntax.options as readonly string[]).includes(name))
      .map(([command]) => command);
    return [`--${name}${value && ` ${value}`}`, `${users.join(', ')}: ${text}`];
  });
  return `pubsub-postgresql COMMAND [TOPIC [GROUP]] [OPTIONS]

Commands:
${padded(commands)}

Options:
${padded([['--json', 'one JSON object instead of a table'], ...options])}

Environment (NAME_FILE=/path works too):
  CONNECTION_STRING  the Component's connectionString: a URL, or host=… user=…
  SCHEMA             the Component's schema (dapr_pubsub)

Nothing is changed without --yes: every other command runs in a read-only transaction.

Exit codes: 0 done · 1 refused, or not all of it done · 64 wrong arguments · 66 no such topic, group or message ·
69 the database does not answer · 75 drain: timed out · 78 wrong environment
`;
}

/** Whether the process was started as this tool, and not as the component. */
export function isCommandLine(args: readonly string[]): boolean {
  return args[0] !== undefined && !args[0].startsWith('-');
}

/** @throws UsageError */
export function parseCommandLine(args: readonly string[]): Request {
  const parsed = parse(args);
  const [name = '', topic, group] = parsed.positionals;
  const syntax = Object.entries<CommandSyntax>(COMMANDS).find(([known]) => known === name)?.[1];
  if (!syntax)
    throw new UsageError(`'${name}': expected one of ${Object.keys(COMMANDS).join(', ')}`);
  const command = name as CommandName;
  const given = parsed.positionals.length - 1;
  if (given < syntax.names[0] || given > syntax.names[1])
    throw new UsageError(`expected: ${synopsis(command, syntax)}`);
  const { values } = parsed;
  for (const option of Object.keys(values))
    if (option !== 'json' && !(syntax.options as readonly string[]).includes(option))
      throw new UsageError(`--${option}: ${command} has no such option`);
  const request: Request = {
    command,
    topic,
    group,
    json: values.json ?? false,
    id: values.id,
    all: values.all ?? false,
    yes: values.yes ?? false,
    limit: number('limit', values.limit, 20, 1_000),
    exact: values.exact ?? false,
    payload: values.payload ?? false,
    shown: number('bytes', values.bytes, 256, 65_536),
    timeoutMs: duration(values.timeout ?? '60s'),
  };
  checkTarget(request);
  return request;
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        json: flag,
        id: text,
        all: flag,
        yes: flag,
        limit: text,
        exact: flag,
        payload: flag,
        bytes: text,
        timeout: text,
      } satisfies Record<OptionName | 'json', typeof text | typeof flag>,
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function checkTarget({ command, topic, id, all }: Request): void {
  if (id !== undefined && !/^\d{1,18}$/.test(id))
    throw new UsageError(`--id: expected a number, got '${id}'`);
  if (command !== 'replay' && command !== 'skip') return;
  if ((id === undefined) !== all)
    throw new UsageError(`${command}: expected either --id N or --all`);
  if (command === 'replay' && all && topic === undefined)
    throw new UsageError('replay --all: expected a TOPIC');
}

function number(
  name: OptionName,
  given: string | undefined,
  fallback: number,
  most: number,
): number {
  if (given === undefined) return fallback;
  const value = /^\d+$/.test(given) ? Number(given) : Number.NaN;
  if (!(value >= 1 && value <= most))
    throw new UsageError(`--${name}: expected a whole number from 1 to ${most}, got '${given}'`);
  return value;
}

function duration(given: string): number {
  const ms = parseDuration(given);
  if (ms === undefined)
    throw new UsageError(`--timeout: expected a duration like 30s or 5m, got '${given}'`);
  return ms;
}

// How much one person may keep: quotas, and the refusal of a write that goes beyond one. Everything is counted on the person's row,
// in the transaction of the write, which holds that row: writes at the same moment can't get past a quota together.
import type { Queryable } from '@todo/runtime/database';
import { Problem } from '@todo/contracts/problem';

/** The quotas of every person. */
export interface Quotas {
  /** Tasks that are not deleted, done ones too. */
  readonly tasks: number;
  /** Reminders of those tasks. */
  readonly reminders: number;
  /** UTF-8 bytes of their titles, notes and tags. */
  readonly textBytes: number;
  readonly lists: number;
  /** Saved filters. */
  readonly filters: number;
  /** Living access tokens. */
  readonly tokens: number;
  /** Imports that stored something, in the last 24 hours. */
  readonly imports: number;
}

/** What holds unless the configuration says otherwise. */
export const DEFAULT_QUOTAS: Quotas = {
  tasks: 200_000,
  reminders: 50_000,
  textBytes: 100_000_000,
  lists: 500,
  filters: 100,
  tokens: 50,
  imports: 200,
};

/** From this part of a quota on a person is told that it is nearly used up. */
const NEAR = 0.8;

/** What is counted on the person's row. */
export type Usage = Pick<Quotas, 'tasks' | 'reminders' | 'textBytes'>;

/** The columns that {@link usageOf} reads. */
export const USAGE_COLUMNS = 'task_count, reminder_count, text_bytes';

/** The row of {@link USAGE_COLUMNS}; bigint comes as text. */
export interface UsageRow {
  task_count: string;
  reminder_count: string;
  text_bytes: string;
}

/** Reads the columns. */
export function usageOf(row: UsageRow | undefined): Usage {
  return {
    tasks: Number(row?.task_count ?? 0),
    reminders: Number(row?.reminder_count ?? 0),
    textBytes: Number(row?.text_bytes ?? 0),
  };
}

/** One quota and how much of it is used. */
export interface QuotaUse {
  readonly quota: keyof Quotas;
  readonly used: number;
  readonly limit: number;
  /** 80 % or more are used. */
  readonly near: boolean;
}

/** What a person uses of each quota. */
export async function quotaUse(
  client: Queryable,
  userId: string,
  quotas: Quotas,
): Promise<QuotaUse[]> {
  const { rows } = await client.query<
    UsageRow & { lists: string; filters: string; tokens: string; imports: string }
  >(
    `SELECT ${USAGE_COLUMNS}, (SELECT count(*) FROM todo.lists WHERE user_id = $1) AS lists,
       (SELECT count(*) FROM todo.saved_filters WHERE user_id = $1) AS filters,
       (SELECT count(*) FROM todo.access_tokens WHERE user_id = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())) AS tokens,
       ${RECENT_IMPORTS} AS imports
     FROM (SELECT) AS one LEFT JOIN todo.users ON id = $1`,
    [userId],
  );
  const [row] = rows;
  const counted = {
    lists: row?.lists,
    filters: row?.filters,
    tokens: row?.tokens,
    imports: row?.imports,
  };
  const used = { ...usageOf(row), ...counted };
  return (Object.keys(DEFAULT_QUOTAS) as (keyof Quotas)[]).map((quota) => {
    const count = Number(used[quota] ?? 0);
    const limit = quotas[quota];
    return { quota, used: count, limit, near: count >= limit * NEAR };
  });
}

/** Imports of person $1 that count. */
const RECENT_IMPORTS = `(SELECT count(*)::int FROM todo.imports WHERE user_id = $1 AND created_at > now() - interval '1 day')`;

/**
 * Refuses a write that takes a person beyond a quota. What is beyond it already (after a quota was lowered) may stay, be changed
 * and become less.
 * @throws Problem 422 naming the quota, the limit and what to do
 */
export function checkUsage(before: Usage, after: Usage, quotas: Quotas): void {
  for (const quota of ['tasks', 'reminders', 'textBytes'] as const)
    if (after[quota] > quotas[quota] && after[quota] > before[quota])
      throw quotaExceeded(quota, quotas[quota]);
}

/** Refuses one import more than a day may bring. @param client inside a transaction that holds the person's lock @throws Problem 422 */
export async function checkImports(
  client: Queryable,
  userId: string,
  quotas: Quotas,
): Promise<void> {
  const { rows } = await client.query<{ n: number }>(`SELECT ${RECENT_IMPORTS} AS n`, [userId]);
  if ((rows[0]?.n ?? 0) >= quotas.imports) throw quotaExceeded('imports', quotas.imports);
}

/** The answer to what goes beyond a quota; its code and its sentence name the quota. */
export function quotaExceeded(quota: keyof Quotas, limit: number): Problem {
  const { code, sentence } = WORDS[quota];
  return new Problem(422, code, sentence(limit.toLocaleString('en')));
}

/** Whether an error is the refusal of {@link quotaExceeded}. */
export function isBeyondQuota(error: unknown): error is Problem {
  return error instanceof Problem && Object.values(WORDS).some(({ code }) => code === error.code);
}

const WORDS: Readonly<Record<keyof Quotas, { code: string; sentence: (limit: string) => string }>> =
  {
    tasks: {
      code: 'too-many-tasks',
      sentence: (limit) =>
        `You can have ${limit} tasks, done ones included. Delete some you no longer need, then try again.`,
    },
    reminders: {
      code: 'too-many-reminders',
      sentence: (limit) =>
        `Your tasks can have ${limit} reminders in all. Remove some, or delete done tasks, then try again.`,
    },
    textBytes: {
      code: 'too-much-text',
      sentence: (limit) =>
        `Your tasks can have ${limit} bytes of text in all. Shorten notes or delete tasks, then try again.`,
    },
    lists: {
      code: 'too-many-lists',
      sentence: (limit) => `You can have ${limit} lists. Delete one first.`,
    },
    filters: {
      code: 'too-many-filters',
      sentence: (limit) => `You can have ${limit} saved filters. Delete one first.`,
    },
    tokens: {
      code: 'too-many-tokens',
      sentence: (limit) => `You can have ${limit} access tokens. Revoke one first.`,
    },
    imports: {
      code: 'too-many-imports',
      sentence: (limit) => `You can import ${limit} files in 24 hours. Try again later.`,
    },
  };

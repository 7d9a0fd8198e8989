// Counts tries in the database, so that every replica counts the same: one statement decides and counts, so tries at the same
// moment can't get past a limit together. A refused try writes nothing, and rows whose time is over are deleted.
import { createHmac } from 'node:crypto';
import { Problem } from '@todo/contracts/problem';
import type { Pool, Queryable } from '@todo/runtime/database';
import { config } from './config';
import { log } from './log';

/** How often something may be tried, counted from the first try. Over two windows side by side up to twice as often. */
export interface Limit {
  /** Part of the key: limits of different names count apart. */
  readonly name: string;
  readonly max: number;
  /** Length of the window. */
  readonly seconds: number;
}

/** Passwords and codes that confirm something: somebody at an open session must not try all of them. The subject is an account's id. */
export const CONFIRMATIONS: Limit = { name: 'confirmation', max: 10, seconds: 15 * 60 };

/** While rows are left, they are swept this often, ms; after the last one nothing runs. */
const SWEEP_AFTER_MS = 20 * 60_000;

const globals = globalThis as unknown as { todoTriesSweep?: NodeJS.Timeout | undefined };

/**
 * Counts one try before it is made.
 * @param subject what is limited: an address, an account. Stored as a keyed hash only
 * @returns 0 when it may be made, otherwise how many seconds to wait
 */
export async function takeTry(pool: Pool, limit: Limit, subject: string): Promise<number> {
  const key = keyOf(limit, subject);
  const { rowCount } = await pool.query(
    `INSERT INTO auth."tries" AS t ("key", "tries", "endsAt") VALUES ($1, 1, now() + make_interval(secs => $3))
     ON CONFLICT ("key") DO UPDATE SET
       "tries" = CASE WHEN t."endsAt" <= now() THEN 1 ELSE t."tries" + 1 END,
       "endsAt" = CASE WHEN t."endsAt" <= now() THEN excluded."endsAt" ELSE t."endsAt" END
     WHERE t."endsAt" <= now() OR t."tries" < $2`,
    [key, limit.max, limit.seconds],
  );
  if (rowCount === 1) {
    sweepLater(pool);
    return 0;
  }
  const { rows } = await pool.query<{ seconds: number }>(
    `SELECT greatest(1, ceil(extract(epoch FROM "endsAt" - now())))::int AS seconds FROM auth."tries" WHERE "key" = $1`,
    [key],
  );
  return rows[0]?.seconds ?? 1;
}

/**
 * Counts one try before it is made, like {@link takeTry}.
 * @throws Problem 429 with Retry-After when there were too many
 */
export async function requireTry(pool: Pool, limit: Limit, subject: string): Promise<void> {
  const wait = await takeTry(pool, limit, subject);
  if (wait > 0) throw tooManyTries(wait);
}

/** What is answered to one try too many. @param seconds until the next may be made */
export function tooManyTries(seconds: number): Problem {
  const minutes = Math.ceil(seconds / 60);
  return new Problem(
    429,
    'too-many-tries',
    `Too many tries. Try again in ${minutes === 1 ? 'a minute' : `${minutes} minutes`}.`,
    { headers: { 'retry-after': String(seconds) } },
  );
}

/** Forgets the tries of a subject, such as an account whose person has just signed in. */
export async function forgetTries(
  client: Queryable,
  limits: readonly Limit[],
  subject: string,
): Promise<void> {
  await client.query('DELETE FROM auth."tries" WHERE "key" = ANY($1)', [
    limits.map((limit) => keyOf(limit, subject)),
  ]);
}

/** Deletes the rows whose time is over. @returns whether rows are left */
export async function sweepTries(pool: Pool): Promise<boolean> {
  await pool.query('DELETE FROM auth."tries" WHERE "endsAt" <= now()');
  const { rowCount } = await pool.query('SELECT FROM auth."tries" LIMIT 1');
  return rowCount === 1;
}

function keyOf({ name }: Limit, subject: string): string {
  const hmac = createHmac('sha256', config().BETTER_AUTH_SECRET);
  return hmac.update(`${name}\n${subject}`).digest('base64url');
}

/** One timer at most, and none while nobody tries anything. */
function sweepLater(pool: Pool): void {
  globals.todoTriesSweep ??= setTimeout(() => {
    globals.todoTriesSweep = undefined;
    sweepTries(pool).then(
      (left) => {
        if (left) sweepLater(pool);
      },
      (error: unknown) => {
        log.warn({ err: error }, 'could not delete the tries whose time is over');
      },
    );
  }, SWEEP_AFTER_MS).unref();
}

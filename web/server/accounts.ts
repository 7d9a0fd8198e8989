// What an operator does to accounts from the command line (scripts/account.ts): the web app may be down, so this is SQL on the
// tables that better-auth keeps. Imports carry .ts because it also runs without Next.
import { createHash, randomBytes } from 'node:crypto';
import type { Pool } from '@todo/runtime/database';

/** An account as an operator sees it. */
export interface Account {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly confirmed: boolean;
  /** UTC instants. */
  readonly createdAt: Date;
  /** The newest session's last renewal; null without one. */
  readonly lastSeenAt: Date | null;
  /** Sessions that have not ended. */
  readonly sessions: number;
}

/** How long an operator's link is good, in seconds: it is handed over by other means than mail. */
export const OPERATOR_LINK_SECONDS = 24 * 60 * 60;

/** What a database says when sessions were ended in it. */
export const ENDED_SESSIONS_CHANNEL = 'todo_ended_sessions';

/** Every account, the newest last; with an address only that one. */
export async function listAccounts(pool: Pool, email?: string): Promise<Account[]> {
  const { rows } = await pool.query<Account>(
    `SELECT u."id", u."email", u."name", u."emailVerified" AS "confirmed", u."createdAt",
            max(s."updatedAt") AS "lastSeenAt",
            count(s."id") FILTER (WHERE s."expiresAt" > now())::int AS "sessions"
       FROM auth."user" u LEFT JOIN auth."session" s ON s."userId" = u."id"
      WHERE $1::text IS NULL OR u."email" = lower($1)
      GROUP BY u."id" ORDER BY u."createdAt", u."id"`,
    [email ?? null],
  );
  return rows;
}

/**
 * Makes a link's secret with which a new password can be set once; earlier ones of the person stop working.
 * @returns the token, or undefined when no account has the address
 */
export async function makeResetToken(pool: Pool, email: string): Promise<string | undefined> {
  const token = randomBytes(24).toString('base64url');
  const { rowCount } = await pool.query(
    `WITH person AS (SELECT "id" FROM auth."user" WHERE "email" = lower($1)),
          former AS (DELETE FROM auth."verification" USING person WHERE "value" = person."id")
     INSERT INTO auth."verification" ("id", "identifier", "value", "expiresAt")
     SELECT $2, $3, "id", now() + make_interval(secs => $4) FROM person`,
    [email, randomBytes(16).toString('hex'), storedName(token), OPERATOR_LINK_SECONDS],
  );
  return rowCount === 1 ? token : undefined;
}

/** Marks an address as belonging to its account. @returns whether there is such an account */
export async function confirmAddress(pool: Pool, email: string): Promise<boolean> {
  const { rowCount } = await pool.query(
    `UPDATE auth."user" SET "emailVerified" = true, "updatedAt" = now() WHERE "email" = lower($1)`,
    [email],
  );
  return rowCount === 1;
}

/**
 * Ends every session of an account. A web app that runs is told of each (ended-sessions-watch.ts).
 * @returns how many, or undefined when no account has the address
 */
export async function endSessions(pool: Pool, email: string): Promise<number | undefined> {
  const [account] = await listAccounts(pool, email);
  if (account === undefined) return undefined;
  const { rows } = await pool.query<{ ended: number }>(
    `WITH gone AS (DELETE FROM auth."session" WHERE "userId" = $1 RETURNING "id", "userId"),
          noted AS (INSERT INTO auth."endedSession" ("id", "userId") SELECT "id", "userId" FROM gone
                    ON CONFLICT ("id") DO NOTHING)
     SELECT count(*)::int AS ended, pg_notify('${ENDED_SESSIONS_CHANNEL}', '') FROM gone`,
    [account.id],
  );
  return rows[0]?.ended ?? 0;
}

/**
 * Switches a person's second factor off, with its recovery codes.
 * @returns whether it was on, or undefined when no account has the address
 */
export async function endSecondFactor(pool: Pool, email: string): Promise<boolean | undefined> {
  const { rows } = await pool.query<{ was: boolean }>(
    `WITH person AS (SELECT "id", coalesce("twoFactorEnabled", false) AS was FROM auth."user" WHERE "email" = lower($1)),
          gone AS (DELETE FROM auth."twoFactor" USING person WHERE "userId" = person."id"),
          off AS (UPDATE auth."user" u SET "twoFactorEnabled" = false, "updatedAt" = now() FROM person WHERE u."id" = person."id")
     SELECT was FROM person`,
    [email],
  );
  return rows[0]?.was;
}

/**
 * Removes a person's passkeys.
 * @returns how many, or undefined when no account has the address
 */
export async function removePasskeys(pool: Pool, email: string): Promise<number | undefined> {
  const { rows } = await pool.query<{ removed: number }>(
    `WITH person AS (SELECT "id" FROM auth."user" WHERE "email" = lower($1)),
          gone AS (DELETE FROM auth."passkey" USING person WHERE "userId" = person."id" RETURNING 1)
     SELECT (SELECT count(*)::int FROM gone) AS removed FROM person`,
    [email],
  );
  return rows[0]?.removed;
}

/** How better-auth finds a token again: `storeIdentifier: 'hashed'` in auth.ts, so that nobody who reads the table can use it. */
function storedName(token: string): string {
  return createHash('sha256').update(`reset-password:${token}`).digest('base64url');
}

// A person's sessions: what better-auth's own list leaves out of reach, without the tokens that it would hand to every script of
// the page.
import type { Pool } from '@todo/runtime/database';
import { auth } from './auth';

/** A session as its person sees it. */
export interface SessionEntry {
  readonly id: string;
  /** User-Agent of the sign-in; null when there was none. */
  readonly userAgent: string | null;
  /** Client address of the sign-in. */
  readonly address: string | null;
  /** UTC instants, ISO 8601. Last use is exact to an hour (auth.ts, updateAge). */
  readonly createdAt: string;
  readonly lastUsedAt: string;
  /** The one that asks. */
  readonly current: boolean;
}

/** The sessions that have not ended, the current one first, then by last use. */
export async function listSessions(
  pool: Pool,
  userId: string,
  currentId: string,
): Promise<SessionEntry[]> {
  const { rows } = await pool.query<
    Omit<SessionEntry, 'createdAt' | 'lastUsedAt'> & { createdAt: Date; lastUsedAt: Date }
  >(
    `SELECT "id", "userAgent", "ipAddress" AS "address", "createdAt", "updatedAt" AS "lastUsedAt",
            "id" = $2 AS "current"
       FROM auth."session" WHERE "userId" = $1 AND "expiresAt" > now()
      ORDER BY "id" = $2 DESC, "updatedAt" DESC, "id"`,
    [userId, currentId],
  );
  return rows.map((row) => ({
    ...row,
    createdAt: row.createdAt.toISOString(),
    lastUsedAt: row.lastUsedAt.toISOString(),
  }));
}

/** Ends one session of the person. @returns whether there was one */
export async function endSession(pool: Pool, userId: string, id: string): Promise<boolean> {
  return (await endSessions(pool, userId, `AND "id" = $2`, [id])) === 1;
}

/** Ends all sessions of the person but one. @returns how many */
export async function endOtherSessions(pool: Pool, userId: string, id: string): Promise<number> {
  return await endSessions(pool, userId, `AND "id" <> $2`, [id]);
}

/** By better-auth, whose hook reports each one to the backend (ended-sessions.ts); rows deleted here would go unnoticed. */
async function endSessions(
  pool: Pool,
  userId: string,
  which: string,
  values: readonly string[],
): Promise<number> {
  const { rows } = await pool.query<{ token: string }>(
    `SELECT "token" FROM auth."session" WHERE "userId" = $1 ${which}`,
    [userId, ...values],
  );
  const { internalAdapter } = await auth().$context;
  if (rows.length > 0) await internalAdapter.deleteSessions(rows.map(({ token }) => token));
  return rows.length;
}

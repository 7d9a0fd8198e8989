// A person leaves: they ask for it with their password, may change their mind for some days, and then everything goes.
//
//   asked (every session ends) ──signs in, keeps it──> as before
//        └── the grace period ends ──> erased here and in every service (erasures.ts)
import { Problem } from '@todo/contracts/problem';
import { auth } from './auth';
import { config } from './config';
import { database } from './database';
import { wakeErasures } from './erasures';
import { FRESH_FOR_SECONDS, isFresh } from './fresh-session';
import { openSession } from './open-session';
import { forgetTokenOf } from './session-token';
import { CONFIRMATIONS, forgetTries, requireTry } from './tries';

const DAY_MS = 86_400_000;

/** How a person shows that it is them: with the password, or, where there is none, with the address in a fresh session. */
export interface Confirmation {
  readonly password?: string | undefined;
  readonly email?: string | undefined;
}

/**
 * Has the account of a session deleted when the grace period is over, and ends all of its sessions.
 * @returns when it will be erased, an instant (UTC)
 * @throws Problem 401 without a session, 403 when what confirms it is wrong, 429 after too many wrong passwords
 */
export async function requestDeletion(headers: Headers, given: Confirmation): Promise<Date> {
  const { user, session } = await openSession(headers);
  await confirm(user, session, given);
  const { pool } = database();
  const { rows } = await pool.query<{ eraseAt: Date }>(
    `INSERT INTO auth.deletion ("userId", "eraseAt") VALUES ($1, now() + $2 * interval '1 millisecond')
     ON CONFLICT ("userId") DO UPDATE SET "eraseAt" = least(deletion."eraseAt", excluded."eraseAt") RETURNING "eraseAt"`,
    [user.id, config().ACCOUNT_DELETION_GRACE_DAYS * DAY_MS],
  );
  const { internalAdapter } = await auth().$context;
  await internalAdapter.deleteUserSessions(user.id); // by better-auth, so that the backend is told of each
  forgetTokenOf(headers);
  wakeErasures();
  const [row] = rows;
  if (row === undefined) throw new Error('an upsert returned no row');
  return row.eraseAt;
}

/** Keeps an account that was to be deleted. @throws Problem 401 without a session, 409 when it is too late */
export async function cancelDeletion(headers: Headers): Promise<void> {
  const { user } = await openSession(headers);
  const { rows } = await database().pool.query<{ late: boolean }>(
    `WITH kept AS (DELETE FROM auth.deletion WHERE "userId" = $1 AND "eraseAt" > now())
     SELECT "eraseAt" <= now() AS late FROM auth.deletion WHERE "userId" = $1`,
    [user.id],
  );
  if (rows[0]?.late)
    throw new Problem(
      409,
      'too-late',
      'This account is being deleted now. Create a new one if you want to come back.',
    );
}

/** When a person's account will be erased; null: it stays. */
export async function pendingDeletion(userId: string): Promise<Date | null> {
  const { rows } = await database().pool.query<{ eraseAt: Date }>(
    'SELECT "eraseAt" FROM auth.deletion WHERE "userId" = $1',
    [userId],
  );
  return rows[0]?.eraseAt ?? null;
}

/** Whether a person's account has a password to confirm with. */
export async function hasPassword(userId: string): Promise<boolean> {
  return (await passwordHash(userId)) !== null;
}

async function confirm(
  user: { id: string; email: string },
  { createdAt }: { createdAt: Date },
  given: Confirmation,
): Promise<void> {
  const hash = await passwordHash(user.id);
  if (hash === null) {
    if (!isFresh(createdAt))
      throw new Problem(
        403,
        'sign-in-again',
        `Your last sign-in was too long ago. Sign in again, then delete the account within ${FRESH_FOR_SECONDS / 60} minutes.`,
      );
    if (given.email?.trim().toLowerCase() === user.email.toLowerCase()) return;
    throw wrong('email', 'is not the address of this account');
  }
  const { password } = await auth().$context;
  const { pool } = database();
  if (given.password !== undefined) {
    await requireTry(pool, CONFIRMATIONS, user.id);
    if (await password.verify({ hash, password: given.password })) {
      await forgetTries(pool, [CONFIRMATIONS], user.id);
      return;
    }
  }
  throw wrong('password', 'is not the password of this account');
}

function wrong(field: keyof Confirmation, message: string): Problem {
  return new Problem(403, 'not-confirmed', `Not confirmed: the ${field} ${message}. Try again.`, {
    fields: [{ field, message }],
  });
}

async function passwordHash(userId: string): Promise<string | null> {
  const { rows } = await database().pool.query<{ password: string | null }>(
    `SELECT "password" FROM auth.account WHERE "userId" = $1 AND "providerId" = 'credential' AND "password" IS NOT NULL`,
    [userId],
  );
  return rows[0]?.password ?? null;
}

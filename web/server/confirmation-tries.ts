// A limit on guessing the password that confirms something: somebody at an open session must not try all of them.
import { Problem } from '@todo/contracts/problem';
import { database } from './database';

const MAX_TRIES = 10;
const WINDOW_MINUTES = 15;

/**
 * Counts one try, before it is made, so that tries at the same moment count too.
 * @throws Problem 429 after {@link MAX_TRIES} in {@link WINDOW_MINUTES} minutes, on all replicas together
 */
export async function countTry(userId: string): Promise<void> {
  const { rows } = await database().pool.query<{ tries: number; seconds: number }>(
    `INSERT INTO auth."confirmationTries" AS c ("userId", "tries", "since") VALUES ($1, 1, now())
     ON CONFLICT ("userId") DO UPDATE SET
       "tries" = CASE WHEN c."since" < now() - $2 * interval '1 minute' THEN 1 ELSE c."tries" + 1 END,
       "since" = CASE WHEN c."since" < now() - $2 * interval '1 minute' THEN now() ELSE c."since" END
     RETURNING "tries", ceil(extract(epoch FROM "since" + $2 * interval '1 minute' - now()))::int AS seconds`,
    [userId, WINDOW_MINUTES],
  );
  const [row] = rows;
  if (row !== undefined && row.tries > MAX_TRIES)
    throw new Problem(
      429,
      'too-many-tries',
      `Too many tries. Try again in ${Math.ceil(row.seconds / 60)} minutes.`,
      { headers: { 'retry-after': String(row.seconds) } },
    );
}

/** Forgets the tries of a person who has confirmed. */
export async function forgetTries(userId: string): Promise<void> {
  await database().pool.query('DELETE FROM auth."confirmationTries" WHERE "userId" = $1', [userId]);
}

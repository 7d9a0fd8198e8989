// Tells the backend which accounts are disabled, so that it refuses their access tokens: at once where it can be reached, otherwise
// once it can; a process that starts tells what an earlier one could not.
import { DISABLING_AUDIENCE, DISABLING_PATH } from '@todo/contracts/account';
import { auth } from './auth';
import { sendNote } from './backend-note';
import { database } from './database';
import { log } from './log';

/** A person waits for this long at most until the backend knows, ms. */
const WAIT_MS = 1_000;
/** The note's JWT is good for so long, s. */
const NOTE_LIFETIME_S = 120;
const RETRY_MS = 5_000;

const globals = globalThis as unknown as { todoStatusRetry?: NodeJS.Timeout | undefined };

/** Ends every session of an account; better-auth does it, so that the backend hears of each. */
export async function endAllSessions(userId: string): Promise<void> {
  const { internalAdapter } = await auth().$context;
  await internalAdapter.deleteUserSessions(userId);
}

/** Tells the backend what it does not know yet. @returns whether it knows everything now */
export async function tellStatus(): Promise<boolean> {
  const { pool, clock } = database();
  const { rows } = await pool.query<{ userId: string; disabled: boolean; since: Date }>(
    'SELECT "userId", "disabled", "since" FROM auth."accountStatus" WHERE NOT "told" LIMIT 100',
  );
  for (const { userId, disabled, since } of rows)
    try {
      const iat = Math.floor(clock.now().getTime() / 1_000);
      const payload = {
        ...{ sub: userId, aud: DISABLING_AUDIENCE, disabled },
        ...{ iat, exp: iat + NOTE_LIFETIME_S },
      };
      const { token } = await auth().api.signJWT({ body: { payload } });
      await sendNote(DISABLING_PATH, token, WAIT_MS);
      await pool.query(
        'UPDATE auth."accountStatus" SET "told" = true WHERE "userId" = $1 AND "since" = $2',
        [userId, since],
      );
    } catch (error) {
      log.warn(
        { err: error },
        'the backend does not know yet that an account was disabled or enabled',
      );
      globals.todoStatusRetry ??= setTimeout(() => {
        globals.todoStatusRetry = undefined;
        tellStatus().catch((failed: unknown) => {
          log.error({ err: failed }, 'could not read which accounts were disabled');
        });
      }, RETRY_MS).unref();
      return false;
    }
  return true;
}

// Tells the backend when a session ends, however it ends: sign-out, a changed password, "sign out everywhere". Its JWTs live for
// minutes; the backend refuses them from then on and ends their live streams.
import type { BetterAuthPlugin } from 'better-auth';
import { sendNote } from './backend-note';
import { log } from './log';

/** A person waits for this long at most until the backend knows, in ms; then it goes on by itself. */
const WAIT_MS = 1_000;
/** Pause after an attempt that failed, in ms; it doubles up to {@link MAX_PAUSE_MS}. */
const MIN_PAUSE_MS = 500;
const MAX_PAUSE_MS = 15_000;

/** Signs the claims of a JWT. */
export type Sign = (claims: Record<string, unknown> & { exp: number }) => Promise<string>;

/**
 * A better-auth plugin that tells the backend of each session that was deleted.
 * @param options `lifetime`: `iat` and `exp` of a JWT made now, s since the epoch. Retrying ends with it: no JWT of the session
 *   is valid any longer.
 */
export function announceEndedSessions(options: {
  sign: Sign;
  lifetime: () => { iat: number; exp: number };
}): BetterAuthPlugin {
  return {
    id: 'announce-ended-sessions',
    init: () => ({
      options: {
        databaseHooks: {
          session: {
            delete: {
              after: ({ id, userId }) => announce({ sub: userId, sid: id }, options),
            },
          },
        },
      },
    }),
  };
}

/** Tells the backend that a session has ended; goes on trying by itself and never fails. */
export async function announce(
  session: { sub: string; sid: string },
  { sign, lifetime }: Parameters<typeof announceEndedSessions>[0],
): Promise<void> {
  const { iat, exp } = lifetime();
  const deadline = performance.now() + (exp - iat) * 1_000;
  let pause = MIN_PAUSE_MS;
  let token: string | undefined;
  const attempt = async (): Promise<void> => {
    try {
      token ??= await sign({ ...session, ...lifetime(), aud: 'todo-sessions' });
      await sendNote('/internal/ended-sessions', token, WAIT_MS);
    } catch (error) {
      if (performance.now() > deadline) {
        log.error({ err: error }, 'the backend does not know that a session has ended');
        return;
      }
      log.warn(
        { err: error },
        'the backend could not be informed that a session has ended; trying again',
      );
      setTimeout(() => void attempt(), pause).unref();
      pause = Math.min(MAX_PAUSE_MS, pause * 2);
    }
  };
  await attempt();
}

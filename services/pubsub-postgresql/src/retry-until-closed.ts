// A subscription must outlast its database: what fails is tried again for as long as the subscription is open.
import type { Logger } from 'pino';
import { describeError } from './database-errors.ts';
import type { InterruptibleRest } from './interruptible-rest.ts';

const FIRST_PAUSE_MS = 100;
const MAX_PAUSE_MS = 5_000;

/** Tries until it works; the pause grows to 5 s, and new work ends it early. Undefined when closed before. */
export type RetryUntilClosed = <T>(
  what: string,
  attempt: () => Promise<T>,
) => Promise<T | undefined>;

/** For one loop; logs the first failure and the recovery, not every try. */
export function createRetryUntilClosed(
  { rest, isClosed }: Pick<InterruptibleRest, 'rest' | 'isClosed'>,
  log: Logger,
): RetryUntilClosed {
  let reachable = true;
  return async (what, attempt) => {
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(MAX_PAUSE_MS, pause * 2)) {
      if (isClosed()) return undefined;
      try {
        const result = await attempt();
        if (!reachable) log.info('the database answers again');
        reachable = true;
        return result;
      } catch (error) {
        if (reachable) log.warn({ error: describeError(error) }, `${what} failed; trying again`);
        reachable = false;
        await rest(pause * (0.5 + Math.random()));
      }
    }
  };
}

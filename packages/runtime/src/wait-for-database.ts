// What a process does to the database before it can work waits for a database that is not there yet, since parts start in any
// order. Bounded: about 5 minutes.
import pRetry from 'p-retry';
import { errorCode, isUnavailable } from './database.ts';
import type { Logger } from './log.ts';

/**
 * Runs something, and again while the database is away.
 * @param options `waiting`: said in the log with each pause; `fields`: logged with it; `tryAgain`: SQLSTATEs that pass by
 *   themselves, such as a lock that somebody holds; `signal` ends the waiting
 * @throws what `run` threw when it is something else, or for the last time
 */
export async function waitForDatabase<T>(
  run: () => Promise<T>,
  options: {
    log: Logger;
    waiting: string;
    fields?: object;
    tryAgain?: ReadonlySet<string>;
    signal?: AbortSignal | undefined;
  },
): Promise<T> {
  const { log, waiting, fields, tryAgain, signal } = options;
  const passes = (error: unknown): boolean =>
    isUnavailable(error) || tryAgain?.has(errorCode(error) ?? '') === true;
  return await pRetry(run, {
    retries: 60,
    minTimeout: 250,
    maxTimeout: 5_000,
    ...(signal ? { signal } : {}),
    shouldRetry: ({ error }) => passes(error),
    onFailedAttempt: ({ error, attemptNumber }) => {
      if (passes(error)) log.warn({ err: error, attemptNumber, ...fields }, waiting);
    },
  });
}

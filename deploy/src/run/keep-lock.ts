// Keeps a deploy's lock while it works. A renewal can fail for reasons that say nothing of the lock: an API server that does
// not answer, a login that ran out, a slow machine. So only the exit code that means "somebody else holds it" ends a deploy;
// everything else is said and tried again, and nothing further begins while the lock may have ended.
//
// held --renewal works--> held
// held --renewal fails, lease not over--> held, tried again
// held --renewal fails until the lease is over--> uncertain: what runs goes on, nothing begins --renewal works--> held
// held or uncertain --exit code LOCK_LOST--> lost
import { LOCK_LOST } from '../plan/plan.ts';
import type { Lock } from '../plan/plan.ts';
import type { Clock, RunCommand } from './machine.ts';

/** How long after a failed renewal the next one is tried. */
const RETRY_MS = 3_000;
/** How long a step waits for a lock that is uncertain, before it is given up. */
export const CONFIRM_MS = 120_000;
/** How often a waiting step looks again. */
const LOOK_MS = 1_000;

/** A lock that is renewed in the background. */
export interface KeptLock {
  /** Aborted once somebody else holds it. */
  readonly lost: AbortSignal;
  /** How many renewals failed. */
  failures(): number;
  /**
   * Whether the lock is held for certain, so that a step may begin. Waits for a renewal up to {@link CONFIRM_MS}.
   * @param stop ends the waiting
   */
  confirm(stop?: AbortSignal): Promise<boolean>;
  /** Stops renewing; the lock stays as it is. */
  end(): Promise<void>;
}

/**
 * Starts renewing.
 * @param acquiredAt when it was acquired, by the same clock, in ms; the first lease is longer than the later ones, for what
 * passes between the two
 * @param say is given a line for each renewal that failed, and for the first that worked again
 */
export function keepLock(
  lock: Lock,
  around: { readonly run: RunCommand; readonly clock: Clock; readonly say: (line: string) => void },
  acquiredAt: number,
): KeptLock {
  const { run, clock, say } = around;
  const lost = new AbortController();
  const ended = new AbortController();
  let heldUntil = acquiredAt + lock.leaseSeconds * 1000;
  const renewals = { failed: 0, failing: false };
  const isLost = () => lost.signal.aborted;
  const isOver = () => ended.signal.aborted;

  const renew = async () => {
    const begun = clock.now();
    const result = await run(lock.renew, {});
    if (result.exitCode === 0) {
      heldUntil = begun + lock.leaseSeconds * 1000;
      if (renewals.failing) say('renewing the lock works again');
      renewals.failing = false;
    } else if (result.exitCode === LOCK_LOST) {
      lost.abort(result.output);
    } else {
      renewals.failed += 1;
      renewals.failing = true;
      const words = result.output.trim().split('\n').at(-1) ?? '';
      say(`could not renew the lock, retrying: ${words || result.reason}`);
    }
  };
  const renewing = (async () => {
    while (!isOver() && !isLost()) {
      await clock.sleep(renewals.failing ? RETRY_MS : lock.renewEverySeconds * 1000, ended.signal);
      if (!isOver()) await renew();
    }
  })();

  return {
    lost: lost.signal,
    failures: () => renewals.failed,
    confirm: async (stop) => {
      const patience = clock.now() + CONFIRM_MS;
      while (!isLost() && clock.now() >= heldUntil) {
        if (clock.now() >= patience || stop?.aborted === true) return false;
        await clock.sleep(LOOK_MS, stop);
      }
      return !isLost();
    },
    end: async () => {
      ended.abort();
      await renewing;
    },
  };
}

// A pause that ends early: when there is work, or for good when its subscription closes.

/** Pauses one loop. */
export interface InterruptibleRest {
  /** Rests for `ms` (Infinity: until interrupted); true when the time has passed, false when interrupted or closed. */
  rest: (ms: number) => Promise<boolean>;
  /** Ends a rest under way; the next one is not affected. */
  interrupt: () => void;
  /** Ends this rest and every later one at once. */
  close: () => void;
  isClosed: () => boolean;
}

/** The longest time that setTimeout takes, ms. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** For one loop: one rest at a time. */
export function createInterruptibleRest(): InterruptibleRest {
  let interrupt: (() => void) | undefined;
  let closed = false;
  return {
    rest: (ms) =>
      new Promise((done) => {
        const finish = (timedOut: boolean): void => {
          clearTimeout(timer);
          interrupt = undefined;
          done(timedOut);
        };
        const timer =
          ms === Infinity ? undefined : setTimeout(finish, Math.min(ms, MAX_TIMER_MS), true);
        interrupt = () => {
          finish(false);
        };
        if (closed) finish(false);
      }),
    interrupt: () => interrupt?.(),
    close: () => {
      closed = true;
      interrupt?.();
    },
    isClosed: () => closed,
  };
}

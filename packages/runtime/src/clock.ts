// Time is an argument: tests move it, production doesn't. What is decided about rows goes by the database's clock
// (database-clock.ts); the machine's own only measures durations.

/** Gives the current instant. */
export type Clock = () => Date;

/** The machine's clock. */
export const systemClock: Clock = () => new Date();

/** Longest sleep of an alarm before it compares the clocks again, ms. */
const COMPARE_EVERY_MS = 60_000;

/** Wall-clock time and elapsed time may drift apart by this between two looks, ms; more is a step, or a machine that slept. */
const STEP_MS = 1_000;

/** Rings once at an instant, or after a time; setting it again replaces what was set. */
export interface Alarm {
  /** Rings when the clock shows `at`, ms since the epoch. */
  setAt: (at: number) => void;
  /** Rings after `ms`, whatever the clock shows. */
  setIn: (ms: number) => void;
  clear: () => void;
}

/**
 * Makes an alarm. A timer counts elapsed time, and stands still while the machine sleeps: so the alarm compares the clock every
 * minute, and rings early when the machine's time was set or the machine slept, because whoever it wakes then has to ask the
 * database what time it is. It keeps no process alive.
 * @param clock what `setAt` goes by.
 * @param ring called when it is time, or perhaps time; it sets the alarm again.
 */
export function createAlarm(clock: Clock, ring: () => void): Alarm {
  let timer: NodeJS.Timeout | undefined;
  const sleep = (ms: number, wake: () => void): void => {
    clearTimeout(timer);
    const difference = clockDifference();
    timer = setTimeout(
      () => {
        if (Math.abs(clockDifference() - difference) > STEP_MS) ring();
        else wake();
      },
      Math.max(0, Math.min(ms, COMPARE_EVERY_MS)),
    );
    timer.unref();
  };
  const setAt = (at: number): void => {
    const left = at - clock().getTime();
    sleep(left, () => {
      if (at > clock().getTime()) setAt(at);
      else ring();
    });
  };
  const setIn = (ms: number): void => {
    const left = ms - COMPARE_EVERY_MS;
    sleep(ms, () => {
      if (left > 0) setIn(left);
      else ring();
    });
  };
  return {
    setAt,
    setIn,
    clear: () => {
      clearTimeout(timer);
    },
  };
}

/** Between the machine's wall clock and the time that passes, ms: changes when one of them jumps. */
function clockDifference(): number {
  return Date.now() - performance.now();
}

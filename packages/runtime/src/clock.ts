// Time is an argument: tests move it, production doesn't.

/** Gives the current instant. */
export type Clock = () => Date;

/** The machine's clock. */
export const systemClock: Clock = () => new Date();

/** Longest delay a timer takes, in ms (a signed 32-bit number); a later instant is reached in several sleeps. */
export const MAX_TIMER_MS = 2 ** 31 - 1;

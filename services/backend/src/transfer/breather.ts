// Long work in small slices: other people's requests are answered in between.
import { setImmediate } from 'node:timers/promises';

/** A slice's length, ms. */
const SLICE_MS = 8;

/** Makes a pause that is taken only when a slice is over; await it after each small step. */
export function breather(): () => Promise<void> | undefined {
  let since = performance.now();
  return () => {
    if (performance.now() - since < SLICE_MS) return undefined;
    return setImmediate().then(() => {
      since = performance.now();
    });
  };
}

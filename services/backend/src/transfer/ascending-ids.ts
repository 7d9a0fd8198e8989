// Ids of the tasks of one import. They ascend in the order of the file, so that tasks of one instant keep that order, also where
// another process continues the import.
import { uuidv7 } from '@todo/runtime/uuid';

/** Ids of one millisecond: the 12 bits of rand_a are the counter (RFC 9562 6.2, method 1). */
const PER_MS = 4_096;

/** An id for the entry with this number, from 0. Each call gives another one, in the same place of the order. */
export function ascendingId(now: Date, index: number): string {
  const id = uuidv7(now.getTime() + Math.floor(index / PER_MS));
  const counter = (index % PER_MS).toString(16).padStart(3, '0');
  return `${id.slice(0, 15)}${counter}${id.slice(18)}`;
}

'use client';
// Sends a change of a task, or keeps it on the device where nobody answers. What waits is sent in the order it was made, so a
// change behind it waits too.
import { send } from './send-change';
import type { ChangedTask, TaskChange } from './task-change';
import {
  forgetWaiting,
  isUnanswered,
  keepWaiting,
  waitingOf,
  writeWaiting,
  type Waiting,
} from './waiting';

/** A change that was not sent yet. */
export interface Kept {
  waiting: Waiting;
}

/** Whether a change waits on the device. */
export function isKept(answer: object | undefined): answer is Kept {
  return answer !== undefined && 'waiting' in answer;
}

/**
 * Sends a change as it is, or keeps it.
 * @param personId of whoever makes it
 * @throws ApiError when it was refused
 */
export async function sendOrKeep(
  personId: string,
  change: TaskChange,
): Promise<ChangedTask | Kept | undefined> {
  const waits = waitingOf(personId).some(({ state }) => state === 'waiting');
  const entry = keepWaiting(personId, { kind: 'task', change }, waits ? 'waiting' : 'sent');
  if (waits) return { waiting: entry };
  try {
    const saved = await send(change);
    forgetWaiting(entry);
    return saved;
  } catch (error) {
    if (!isUnanswered(error)) {
      forgetWaiting(entry);
      throw error;
    }
    const waiting: Waiting = { ...entry, state: 'waiting' };
    writeWaiting(waiting);
    return { waiting };
  }
}

// What a person knows of a task from the answers to their own commands, as a page would.
import { z } from 'zod';
import type { Change, Outcome } from '../evidence.ts';
import type { Answer } from './client.ts';

/** What this reads of a task in an answer. */
export const answeredTask = z.object({
  id: z.string(),
  version: z.number(),
  title: z.string(),
  status: z.enum(['open', 'done']),
  seriesId: z.string().nullable(),
  occurrence: z.number(),
  nextOccurrence: z.enum(['removed', 'kept']).optional(),
});

/** A task that a person works on. */
export interface KnownTask {
  readonly id: string;
  version: number;
  title: string;
  status: 'open' | 'done';
  deleted: boolean;
  /** A reminder is set: nothing but its completion or deletion happens to it. */
  readonly reminded: boolean;
  readonly repeats: boolean;
  /** Its next occurrence was taken up: it stays done. */
  continued: boolean;
  /** A command on it had no answer: nobody touches it any more, since nobody knows what it is. */
  unclear: boolean;
}

/** The outcome that an answer stands for. */
export function outcomeOf({ status }: Pick<Answer, 'status'>): Outcome {
  if (status === 0) return 'unknown';
  return status < 400 ? 'accepted' : 'refused';
}

/** The JSON of an answer; undefined for what is none. */
export function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A new task as its owner knows it. */
export function known(
  id: string,
  title: string,
  how: { reminded?: boolean; repeats?: boolean; occurrence?: number } = {},
): KnownTask {
  return {
    ...{ id, title, version: 1, status: 'open', deleted: false, continued: false, unclear: false },
    reminded: how.reminded ?? false,
    repeats: how.repeats ?? false,
  };
}

/** Notes what a change did to a task. */
export function note(task: KnownTask, change: Change, version?: number): void {
  if (change.outcome === 'unknown') task.unclear = true;
  if (change.outcome !== 'accepted') return;
  if (change.kind === 'complete') task.status = 'done';
  if (change.kind === 'reopen') task.status = 'open';
  if (change.kind === 'delete') task.deleted = true;
  if (change.kind === 'restore') task.deleted = false;
  if (change.kind === 'rename') task.title = change.title ?? task.title;
  task.version = version ?? task.version + 1;
}

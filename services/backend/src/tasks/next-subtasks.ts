// What becomes of the subtasks of a repeating task when its next occurrence is made: that one has all of them, open, at every
// level. docs/reference/recurrence.md says the same for people.
//
//   open ............................ moves below the successor: nobody has to do it twice
//   done ............................ stays as the record of what was done, and an open copy comes below the successor
//   done, below one that moved ...... is open again where it is
//   repeats by itself ............... keeps its own series: open it moves with all below it, done it is followed by its own
//   deleted ......................... stays deleted
//
// A due moves by as many days as the parent's; relative reminders come along, absolute ones do not. Where the previous task is
// open again or deleted by then, nothing is taken from it: all are copies.
import { daysBetween, dueDaysLater } from '@todo/contracts/due';
import { seriesDue } from '@todo/contracts/recurrence';
import type { Task } from '@todo/contracts/task';
import { uuidv7 } from '@todo/runtime/uuid';
import { instantOf } from './rules.ts';
import type { Context } from './task-context.ts';

/** One subtask to store, and the event that says so. */
export interface NextSubtask {
  readonly type: 'todo.task.created.v1' | 'todo.task.updated.v1' | 'todo.task.reopened.v1';
  /** As it was; null for a copy. */
  readonly before: Task | null;
  readonly task: Task;
}

/**
 * The subtasks of a successor.
 * @param previous the occurrence before; `kept`: nothing may be taken from it.
 * @param below its subtasks at every level, nearest first, without those that were deleted on their own.
 */
export function nextSubtasks(
  context: Context,
  previous: Task & { readonly kept: boolean },
  successor: Task,
  below: readonly Task[],
): NextSubtask[] {
  const days =
    previous.due && successor.due
      ? daysBetween(
          seriesDue({ ...previous, due: previous.due }),
          seriesDue({ ...successor, due: successor.due }),
          context.zone,
        )
      : 0;
  /** Where the subtasks of a task go, by its id. */
  const places = new Map([[previous.id, successor.id]]);
  const next: NextSubtask[] = [];

  for (const before of below) {
    const parentId = places.get(before.parentId ?? '');
    if (parentId === undefined) continue; // below one that keeps its own
    const repeats = before.recurrence !== null;
    if (repeats && before.status === 'done') continue;
    const inPlace = before.parentId === parentId;
    if (before.status === 'done' || previous.kept) {
      if (inPlace && !previous.kept) {
        places.set(before.id, before.id);
        next.push({ type: 'todo.task.reopened.v1', before, task: moved(before, parentId, days) });
      } else if (!repeats) {
        const task = copied(before, parentId);
        places.set(before.id, task.id);
        next.push({ type: 'todo.task.created.v1', before: null, task });
      }
      continue;
    }
    if (!repeats) places.set(before.id, before.id);
    const task = moved(before, parentId, repeats ? 0 : days);
    if (!inPlace || task.dueAt !== before.dueAt)
      next.push({ type: 'todo.task.updated.v1', before, task });
  }
  return next;

  function moved(before: Task, parentId: string, later: number): Task {
    const due = before.due && dueDaysLater(before.due, later, context.zone);
    return {
      ...before,
      version: before.version + 1,
      status: 'open',
      parentId,
      due,
      dueAt: instantOf(due, context.zone),
      reminders:
        before.recurrence === null
          ? before.reminders.filter((reminder) => 'before' in reminder)
          : before.reminders,
      completedAt: null,
      updatedAt: context.clock().toISOString(),
    };
  }

  function copied(before: Task, parentId: string): Task {
    const now = context.clock();
    const task = moved(before, parentId, days);
    // createdAt stays: the steps of a task are shown in the order in which they were made
    return {
      ...task,
      id: uuidv7(now.getTime()),
      version: 1,
      reminders: task.reminders.map((reminder) => ({ ...reminder, id: uuidv7(now.getTime()) })),
    };
  }
}

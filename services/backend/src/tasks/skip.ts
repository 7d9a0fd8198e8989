// Skips an occurrence of a repeating task, and takes that back. One open task is the present occurrence, and those to come are made
// when it is done: so the task itself goes on to the next due of its rule. Its place in the series stays: no completion of
// before can make another task for it. docs/reference/recurrence.md says the same for people.
import { isDeepStrictEqual } from 'node:util';
import { dueInstant } from '@todo/contracts/due';
import { invalidInput, Problem } from '@todo/contracts/problem';
import { nextDue, seriesDue } from '@todo/contracts/recurrence';
import type { Due, Task } from '@todo/contracts/task';
import { countedIn, isRepeating, recounted, withExceptions } from './exceptions.ts';
import type { Repeating } from './exceptions.ts';
import { instantOf } from './rules.ts';
import type { Context } from './task-context.ts';
import { asUsual } from './usual-fields.ts';

/**
 * The task at the next due of its rule, as the next version, without what the skipped occurrence alone had.
 * @throws Problem 409 for what is done, does not repeat, or has nothing after it
 */
export function skipped(context: Context, before: Task): Task {
  if (before.status === 'done')
    throw new Problem(409, 'task-done', 'The task is done. Reopen it to skip it.');
  if (!isRepeating(before))
    throw new Problem(409, 'not-repeating', 'The task does not repeat. Move or delete it instead.');
  const { recurrence, occurrence } = before;
  const due = seriesDue(before);
  const next = nextDue({
    ...recurrence,
    due,
    occurrence,
    zone: countedIn(due, recurrence, context.zone),
    completedAt: context.clock(),
  });
  // COUNT counts tasks: with one date fewer, the series ends on the same day
  const following =
    next && withExceptions(placed(context, before, next, -1), context.zone, context.clock());
  if (following === null)
    throw new Problem(
      409,
      'last-occurrence',
      'Nothing follows this occurrence. Complete or delete the task instead.',
    );
  return following;
}

/**
 * The task at an earlier due of its series again: takes {@link skipped} back.
 * @throws Problem 400 naming `due` when it is not before the present one
 */
export function unskipped(context: Context, before: Task, due: Due): Task {
  if (before.status === 'done' || !isRepeating(before))
    throw new Problem(409, 'not-repeating', 'The task is done or does not repeat.');
  const present = seriesDue(before);
  const zone = countedIn(present, before.recurrence, context.zone);
  if (due.kind !== present.kind || dueInstant(due, zone) >= dueInstant(present, zone))
    throw invalidInput([
      { field: 'due', message: 'expected the due date that was skipped, before the present one' },
    ]);
  return placed(context, before, due, 1);
}

/** Whether the occurrence that a skip names is the present one; without a name it is. */
export function isPresent(task: Task, due: Due | undefined): boolean {
  const { due: shown } = task;
  if (due === undefined || shown === null) return true;
  return [shown, seriesDue({ ...task, due: shown })].some((one) => isDeepStrictEqual(due, one));
}

function placed(context: Context, before: Repeating, due: Due, counted: 1 | -1): Task {
  const usual = asUsual(before);
  return {
    ...usual,
    version: before.version + 1,
    due,
    dueAt: instantOf(due, context.zone),
    recurrence: { ...before.recurrence, rule: recounted(before.recurrence.rule, counted) },
    reminders: usual.reminders.filter((reminder) => 'before' in reminder),
    updatedAt: context.clock().toISOString(),
  };
}

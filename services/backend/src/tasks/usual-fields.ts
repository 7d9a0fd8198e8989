// What the series of a repeating task has where one occurrence alone was given something else. The task keeps it in `usual`, so
// that the next occurrence, which copies its fields, has the usual ones again. docs/reference/recurrence.md says the same.
import { isDeepStrictEqual } from 'node:util';
import { invalidInput } from '@todo/contracts/problem';
import type { FieldError } from '@todo/contracts/problem';
import type { Exception, Reminder, Task, Usual } from '@todo/contracts/task';
import type { TaskPatch } from './input.ts';

/** Fields that one occurrence can have otherwise than its series. */
const OWN_FIELDS = ['title', 'notes', 'priority', 'tags', 'due', 'reminders'] as const;

/** The task as its series has it: without what this occurrence alone was given. */
export function asUsual(task: Task): Task {
  const { usual, ...rest } = task;
  return Object.assign(rest, usual);
}

/** Checks a patch for this occurrence only. @throws Problem 400 naming the fields that the whole series has */
export function checkOnlyThis(before: Task, patch: TaskPatch): void {
  if (patch.scope !== 'this') return;
  const wrong: FieldError[] = [];
  if (before.recurrence === null)
    wrong.push({ field: 'scope', message: 'the task does not repeat: leave scope out' });
  for (const field of ['recurrence', 'listId', 'parentId'] as const)
    if (patch[field] !== undefined)
      wrong.push({ field, message: 'applies to the whole series: leave scope out' });
  if (patch.due === null)
    wrong.push({ field: 'due', message: 'a repeating task needs a due date; skip it instead' });
  if (wrong.length > 0) throw invalidInput(wrong);
}

/**
 * What the series has beside an occurrence, after a patch.
 * @param after the task as the patch made it, its `usual` still that of before
 */
export function usualAfter(before: Task, patch: TaskPatch, after: Task): Usual | undefined {
  if (after.recurrence === null) return undefined;
  const usual = OWN_FIELDS.flatMap((field) => {
    const had = before.usual?.[field];
    const isPatched = patch[field] !== undefined;
    // the series begins again with the due that is shown
    if (field === 'due' && after.recurrence?.anchor !== before.recurrence?.anchor) return [];
    if (isPatched && patch.scope !== 'this') return [];
    const value = had ?? (isPatched ? before[field] : undefined);
    return value === undefined || isSame(value, after[field]) ? [] : [[field, value]];
  });
  return usual.length === 0 ? undefined : (Object.fromEntries(usual) as Usual);
}

/** The exceptions of a series after a patch: those of another rule, or of other days, mean nothing any more. */
export function exceptionsAfter(
  before: Task,
  after: Task,
  wanted: readonly Exception[] | undefined,
): Exception[] | undefined {
  const had = before.recurrence;
  const has = after.recurrence;
  if (has === null) return undefined;
  const isSameSeries = had?.rule === has.rule && had.anchor === has.anchor && had.lead === has.lead;
  const exceptions = wanted ?? (isSameSeries ? before.exceptions : undefined) ?? [];
  return exceptions.length === 0 ? undefined : [...exceptions];
}

/** Reminders are the same whatever their ids. */
function isSame(one: unknown, other: unknown): boolean {
  return isDeepStrictEqual(withoutIds(one), withoutIds(other));
}

function withoutIds(value: unknown): unknown {
  return Array.isArray(value)
    ? value.map((one: Reminder | string) => (typeof one === 'string' ? one : { ...one, id: '' }))
    : value;
}

// The task's own rules, without database or HTTP: what a new task looks like, what a change makes of it, what is refused.
import { isDeepStrictEqual } from 'node:util';
import { dueInstant, moveDue, reminderInstant } from '@todo/contracts/due';
import { invalidInput } from '@todo/contracts/problem';
import { anchorOf, checkEnd, checkRule, RuleError } from '@todo/contracts/recurrence';
import type { Due, Exception, Recurrence, Reminder, Task } from '@todo/contracts/task';
import { uuidv7 } from '@todo/runtime/uuid';
import type { Context } from './task-context.ts';
import type { NewTask, TaskPatch } from './input.ts';
import { asUsual, checkOnlyThis, exceptionsAfter, usualAfter } from './usual-fields.ts';

/** A reminder whose instant passed longer ago than this when it is set is not sent, ms: nobody wants yesterday's. */
const SET_LATE_MS = 60_000;

/** A new task. @throws Problem 400 naming the field */
export function makeTask(context: Context, input: NewTask): Task {
  const now = context.clock();
  return assemble(context, input, {
    id: uuidv7(now.getTime()),
    status: 'open',
    completedAt: null,
    createdAt: now.toISOString(),
    updatedAt: now.toISOString(),
    seriesId: null,
    occurrence: 1,
  });
}

/** What a file knows of a task beside its fields. */
export type ImportedState = Pick<
  Task,
  | 'id'
  | 'status'
  | 'completedAt'
  | 'createdAt'
  | 'updatedAt'
  | 'seriesId'
  | 'occurrence'
  | 'usual'
  | 'exceptions'
>;

/**
 * A task of a file, with the past that the file knows; its version is 1 here.
 * @param input its rule was checked: checking the same rule for each of thousands of tasks takes longer than storing them
 * @throws Problem 400 naming the field
 */
export function makeImported(context: Context, input: NewTask, state: ImportedState): Task {
  return assemble(context, input, state, false);
}

function assemble(context: Context, input: NewTask, state: ImportedState, checksRule = true): Task {
  const now = context.clock().getTime();
  return check(
    {
      id: state.id,
      version: 1,
      title: input.title,
      notes: input.notes,
      status: state.status,
      priority: input.priority,
      tags: input.tags,
      listId: input.listId,
      parentId: input.parentId,
      due: input.due,
      dueAt: instantOf(input.due, context.zone),
      recurrence: begin(input.recurrence, input.due, context.zone),
      reminders: input.reminders.map((reminder) => ({ ...reminder, id: uuidv7(now) })),
      seriesId: state.seriesId ?? (input.recurrence ? state.id : null),
      occurrence: state.occurrence,
      ...(state.usual && input.recurrence ? { usual: state.usual } : {}),
      ...(state.exceptions && input.recurrence ? { exceptions: state.exceptions } : {}),
      completedAt: state.completedAt,
      createdAt: state.createdAt,
      updatedAt: state.updatedAt,
    },
    context.zone,
    null,
    checksRule,
  );
}

/**
 * The task after a patch, as the next version.
 * @param excepted the exceptions of its series from now on; without them, those it has
 * @throws Problem 400 naming the field
 */
export function patchTask(
  context: Context,
  before: Task,
  patch: TaskPatch,
  excepted?: readonly Exception[],
): Task {
  checkOnlyThis(before, patch);
  const now = context.clock();
  const known = new Set(before.reminders.map((reminder) => reminder.id));
  const reminders = patch.reminders?.map((reminder) => ({
    ...reminder,
    id: reminder.id && known.has(reminder.id) ? reminder.id : uuidv7(now.getTime()),
  }));
  const due = patch.due === undefined ? before.due : patch.due;
  const recurrence =
    patch.scope === 'this'
      ? before.recurrence
      : patchRecurrence(context, before, patch.recurrence, due);
  const { title, notes, priority, tags, listId, parentId } = patch;
  const { usual: _, exceptions: __, ...unpatched } = before;
  const after: Task = {
    ...unpatched,
    version: before.version + 1,
    ...(title === undefined ? {} : { title }),
    ...(notes === undefined ? {} : { notes }),
    ...(priority === undefined ? {} : { priority }),
    ...(tags === undefined ? {} : { tags }),
    ...(listId === undefined ? {} : { listId }),
    ...(parentId === undefined ? {} : { parentId }),
    due,
    dueAt: patch.due === undefined ? before.dueAt : instantOf(due, context.zone),
    recurrence,
    reminders: reminders ?? before.reminders,
    seriesId: before.seriesId ?? (recurrence ? before.id : null),
    updatedAt: now.toISOString(),
  };
  const usual = usualAfter(before, patch, after);
  const exceptions = exceptionsAfter(before, after, excepted);
  return check(
    { ...after, ...(usual && { usual }), ...(exceptions && { exceptions }) },
    context.zone,
    before,
  );
}

/** A recurrence that remembers where its series begins: the 31st stays the 31st, a weekday the person's weekday. */
function begin(recurrence: Recurrence | null, due: Due | null, zone: string): Recurrence | null {
  if (recurrence === null || due === null) return recurrence;
  const counted = due.kind === 'local' ? due.zone : (recurrence.zone ?? zone);
  const { lead } = recurrence;
  const start = lead === undefined ? due : moveDue(due, `-${lead}`, counted);
  return { ...recurrence, anchor: recurrence.anchor ?? anchorOf(start, counted), zone: counted };
}

/** The recurrence after a patch. The series begins anew where its due or rule was edited, or where the patch says. */
function patchRecurrence(
  context: Context,
  before: Task,
  patch: TaskPatch['recurrence'],
  due: Due | null,
): Recurrence | null {
  const old = before.recurrence;
  const wanted = patch === undefined ? old : patch;
  if (wanted === null) return null;
  const { anchor, zone, ...rule } = wanted;
  // a client that sends back what it read does not ask for a new begin
  const asked = patch && anchor !== old?.anchor ? anchor : undefined;
  const kept =
    old !== null &&
    rule.rule === old.rule &&
    rule.from === old.from &&
    isDeepStrictEqual(due, before.due);
  const begun = asked ?? (kept ? old.anchor : undefined);
  // days without a time are counted where the person is
  const counted = due?.kind === 'date' ? context.zone : ((kept ? old.zone : zone) ?? context.zone);
  return begin(
    { ...rule, ...(begun === undefined ? {} : { anchor: begun }), zone: counted },
    due,
    context.zone,
  );
}

/** The occurrence that follows `previous`: its fields and relative reminders, a new due. */
export function makeOccurrence(
  context: Context,
  previous: Task,
  place: { seriesId: string; occurrence: number; due: Due | null },
): Task {
  const now = context.clock();
  const usual = asUsual(previous);
  return {
    ...usual,
    id: uuidv7(now.getTime()),
    version: 1,
    status: 'open',
    due: place.due,
    dueAt: instantOf(place.due, context.zone),
    reminders: usual.reminders
      .filter((reminder) => 'before' in reminder)
      .map((reminder) => ({ ...reminder, id: uuidv7(now.getTime()) })),
    seriesId: place.seriesId,
    occurrence: place.occurrence,
    completedAt: null,
    createdAt: now.toISOString(),
    updatedAt: now.toISOString(),
  };
}

/** The task done or open again, as the next version. @param doneAt when it was done (UTC), not after now */
export function withStatus(
  context: Context,
  before: Task,
  status: Task['status'],
  doneAt?: string,
): Task {
  const now = context.clock().toISOString();
  return {
    ...before,
    version: before.version + 1,
    status,
    completedAt: status === 'done' ? (doneAt !== undefined && doneAt < now ? doneAt : now) : null,
    updatedAt: now,
  };
}

/**
 * When a task's reminders are to be sent; those of a done task, or set after their time, are not.
 * @param sentFor instants (ms) that were sent before, by reminder id
 */
export function pendingReminders(
  context: Context,
  task: Task,
  sentFor: ReadonlyMap<string, number>,
): { id: string; pendingAt: Date | null }[] {
  const now = context.clock().getTime();
  return task.reminders.map((reminder) => {
    const at = reminderInstant(reminder, task.due, context.zone);
    const wanted =
      task.status === 'open' &&
      at !== null &&
      sentFor.get(reminder.id) !== at.getTime() &&
      at.getTime() > now - SET_LATE_MS;
    return { id: reminder.id, pendingAt: wanted ? at : null };
  });
}

/** The instant of a due, UTC; null without one. @throws Problem 400 naming `due` */
export function instantOf(due: Due | null, zone: string): string | null {
  if (due === null) return null;
  try {
    return dueInstant(due, zone).toISOString();
  } catch (error) {
    throw invalidInput([{ field: 'due', message: `does not exist: ${text(error)}` }]);
  }
}

/** Checks a task that is about to be stored. A rule is checked where it, or what it counts from, is new. */
function check(task: Task, zone: string, before: Task | null, checksRule = true): Task {
  if (task.recurrence !== null) {
    if (task.due === null)
      throw invalidInput([
        { field: 'recurrence', message: 'a repeating task needs a due date to count from' },
      ]);
    if (checksRule) checkRecurrence(task.recurrence, task.due, zone, before?.recurrence ?? null);
  }
  task.reminders.forEach((reminder, index) => {
    checkReminder(reminder, task.due, zone, index);
  });
  return task;
}

function checkRecurrence(
  { rule, from, anchor }: Recurrence,
  due: Due,
  zone: string,
  before: Recurrence | null,
): void {
  const newRule = rule !== before?.rule;
  if (!newRule && from === before.from && anchor === before.anchor) return;
  try {
    checkRule(rule, anchor ?? anchorOf(due, zone), from);
    // a last occurrence may be moved past the end of its series; a new rule must not end before it begins
    if (newRule) checkEnd(rule, due, zone);
  } catch (error) {
    if (!(error instanceof RuleError || error instanceof RangeError)) throw error;
    throw invalidInput([{ field: 'recurrence.rule', message: error.message }]);
  }
}

function checkReminder(reminder: Reminder, due: Due | null, zone: string, index: number): void {
  if ('before' in reminder && due === null)
    throw invalidInput([
      { field: `reminders.${index}.before`, message: 'needs a due date to count back from' },
    ]);
  try {
    reminderInstant(reminder, due, zone)?.toISOString();
  } catch (error) {
    throw invalidInput([{ field: `reminders.${index}`, message: `out of range: ${text(error)}` }]);
  }
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

// The fields of a task as tools take them, flat and in text, and what the commands make of them. A time without an offset is
// the person's local time; with Z or an offset it is an instant.
import { dueInstant, localDate, localInstant } from '@todo/contracts/due';
import { invalidInput } from '@todo/contracts/problem';
import { due, instant, MAX_NOTES, priority, storableText, zone } from '@todo/contracts/task';
import type { Due, Task } from '@todo/contracts/task';
import { isolated } from '@todo/contracts/text';
import { z } from 'zod';
import { MAX_REMINDERS, newTask, taskPatch } from '../tasks/input.ts';
import type { NewTask, TaskPatch } from '../tasks/input.ts';
import { argumentOf } from './arguments.ts';
import type { ToolContext } from './tool.ts';

const DUE_FORMS =
  'a day 2027-05-17, a local time 2027-05-17T09:00, or an instant 2027-05-17T07:00:00Z';
const MAX_DUE = 40;

/** A due as text. */
export const dueWords = storableText(MAX_DUE);

const title = newTask.shape.title.describe('What to do, such as "Water the plants"');
const notes = storableText(MAX_NOTES);
const list = storableText(100).describe('Name or id of a list (see list_lists)');
const parentId = z.uuid('expected the id of a task');

const texts = {
  notes: 'More details about the task',
  due: `When it is due: ${DUE_FORMS}. A time without Z or offset is the person's local time. Work out "tomorrow" yourself from "now" in answers`,
  dueZone: 'IANA zone of a local due, such as Asia/Tokyo; the person’s own if left out',
  repeat:
    'RRULE, such as FREQ=DAILY, FREQ=WEEKLY;BYDAY=MO,TH or FREQ=MONTHLY;BYMONTHDAY=-1. Needs a due; the time of day comes from there',
  repeatFrom: 'Count the next one from the due or from when it was completed',
  reminders: 'Each a duration before the due (PT0S, PT30M, P1D), or a time in the forms of due',
  tags: 'Such as ["home"], without #',
  parentId: 'Makes it a subtask of this task',
};

/** Fields of a new task. */
export const newTaskWords = z.strictObject({
  title,
  notes: notes.optional().describe(texts.notes),
  due: dueWords.optional().describe(texts.due),
  dueZone: zone.optional().describe(texts.dueZone),
  repeat: storableText(500).optional().describe(texts.repeat),
  repeatFrom: z.enum(['due', 'completion']).optional().describe(texts.repeatFrom),
  reminders: z.array(storableText(MAX_DUE)).max(MAX_REMINDERS).optional().describe(texts.reminders),
  priority: priority.optional(),
  tags: z.array(z.string()).optional().describe(texts.tags),
  list: list.optional(),
  parentId: parentId.optional().describe(texts.parentId),
});
/** See {@link newTaskWords}. */
export type NewTaskWords = z.output<typeof newTaskWords>;

/** Fields to change: what is left out stays, null clears. */
export const changeWords = {
  title: title.optional(),
  notes: notes.optional().describe(texts.notes),
  due: dueWords.nullable().optional().describe(texts.due),
  dueZone: zone.optional().describe(texts.dueZone),
  repeat: storableText(500)
    .nullable()
    .optional()
    .describe(`${texts.repeat}. null: no longer repeats`),
  repeatFrom: z.enum(['due', 'completion']).optional().describe(texts.repeatFrom),
  reminders: z
    .array(storableText(MAX_DUE))
    .max(MAX_REMINDERS)
    .optional()
    .describe(`All reminders the task then has. ${texts.reminders}`),
  priority: priority.optional(),
  tags: z.array(z.string()).optional().describe(`All tags the task then has. ${texts.tags}`),
  list: list.nullable().optional(),
  parentId: parentId.nullable().optional().describe(texts.parentId),
};
/** See {@link changeWords}. */
export type ChangeWords = z.output<z.ZodObject<typeof changeWords>>;

/** A new task's fields for the command. @throws Problem 400 naming the field */
export async function toNewTask(
  context: ToolContext,
  words: NewTaskWords,
  field = '',
): Promise<NewTask> {
  const { due: dueText, dueZone, repeat, repeatFrom, reminders, list: listWords, ...rest } = words;
  return check(newTask, field, {
    ...rest,
    ...(dueText === undefined ? {} : { due: toDue(context, dueText, dueZone, `${field}due`) }),
    ...(repeat === undefined
      ? {}
      : { recurrence: { rule: repeat, ...(repeatFrom ? { from: repeatFrom } : {}) } }),
    ...(reminders === undefined ? {} : { reminders: toReminders(context, reminders, field) }),
    ...(listWords === undefined
      ? {}
      : { listId: await toListId(context, listWords, `${field}list`) }),
  });
}

/**
 * A change's fields for the command.
 * @param before the task as it is, if one is changed: reminders that stay keep their ids, so that none is sent twice.
 * @throws Problem 400 naming the field.
 */
export async function toPatch(
  context: ToolContext,
  words: ChangeWords,
  before: Task | null,
): Promise<TaskPatch> {
  const { due: dueText, dueZone, repeat, repeatFrom, reminders, list: listWords, ...rest } = words;
  if (dueZone !== undefined && dueText == null)
    throw invalidInput([
      { field: 'dueZone', message: 'needs a due that is a local time such as 2027-05-17T09:00' },
    ]);
  const rule = repeat === undefined ? before?.recurrence?.rule : repeat;
  if (repeatFrom !== undefined && rule == null)
    throw invalidInput([{ field: 'repeatFrom', message: 'needs repeat' }]);
  const from = repeatFrom ?? before?.recurrence?.from;
  return check(taskPatch, '', {
    ...rest,
    ...(dueText === undefined
      ? {}
      : { due: dueText === null ? null : toDue(context, dueText, dueZone, 'due') }),
    ...(repeat === undefined && repeatFrom === undefined
      ? {}
      : { recurrence: rule == null ? null : { rule, ...(from ? { from } : {}) } }),
    ...(reminders === undefined
      ? {}
      : { reminders: keepIds(toReminders(context, reminders, ''), before) }),
    ...(listWords === undefined
      ? {}
      : { listId: listWords === null ? null : await toListId(context, listWords, 'list') }),
  });
}

/**
 * A due from its text.
 * @param inZone of a local time; the person's if left out.
 * @throws Problem 400 naming `field` and saying what today is.
 */
export function toDue(
  context: ToolContext,
  text: string,
  inZone: string | undefined,
  field: string,
): Due {
  const given = text.trim().replace(' ', 'T');
  const local = /^(\d{4}-\d\d-\d\dT\d\d:\d\d)(?::00(?:\.0+)?)?$/.exec(given)?.[1];
  const read = due.safeParse(
    /^\d{4}-\d\d-\d\d$/.test(given)
      ? { kind: 'date', date: given }
      : local !== undefined
        ? { kind: 'local', local, zone: inZone ?? context.zone }
        : { kind: 'instant', at: given },
  );
  if (read.success) {
    if (inZone !== undefined && read.data.kind !== 'local')
      throw invalidInput([
        { field: `${field}Zone`, message: 'only a local time such as 2027-05-17T09:00 has a zone' },
      ]);
    return read.data;
  }
  throw wrongTime(context, field);
}

/** The instants of a day, a local time or an instant: its first, and the one after its last (ms resolution). */
export function toSpan(
  context: ToolContext,
  text: string,
  field: string,
): { from: Date; after: Date } {
  const when = toDue(context, text, undefined, field);
  try {
    const at = dueInstant(when, context.zone);
    return when.kind === 'date'
      ? { from: localInstant(`${when.date}T00:00`, context.zone), after: plus(at, 1_000) }
      : { from: at, after: plus(at, 1) };
  } catch {
    throw wrongTime(context, field);
  }
}

/** The id of a list from its id or name. @throws Problem 400 naming `field` and the lists there are */
export async function toListId(
  context: ToolContext,
  words: string,
  field: string,
): Promise<string> {
  const all = await context.lists.all(context);
  // a name read in a message may come with the isolate it stood in
  const wanted = words
    .trim()
    .replace(/^\u2068([^]*)\u2069$/, '$1')
    .toLowerCase();
  const found =
    all.find((one) => one.id === wanted) ??
    all.find((one) => one.name.trim().toLowerCase() === wanted);
  if (found) return found.id;
  const names = all.slice(0, 20).map((one) => `“${isolated(one.name)}”`);
  throw invalidInput([
    {
      field,
      message: `no such list; ${names.length > 0 ? `there are ${names.join(', ')}` : 'there are no lists yet'}`,
    },
  ]);
}

function toReminders(
  context: ToolContext,
  texts: readonly string[],
  field: string,
): ({ at: string } | { before: string })[] {
  return texts.map((text, index) => {
    const name = `${field}reminders.${index}`;
    if (/^-?P/i.test(text.trim())) return { before: text.trim().replace(/^-/, '').toUpperCase() };
    const when = toDue(context, text, undefined, name);
    if (when.kind === 'date') throw wrongTime(context, name, 'with a time of day');
    return { at: instant.parse(dueInstant(when, context.zone).toISOString()) };
  });
}

function keepIds(
  reminders: ({ at: string } | { before: string })[],
  before: Task | null,
): ({ id?: string } & ({ at: string } | { before: string }))[] {
  const left = [...(before?.reminders ?? [])];
  return reminders.map((reminder) => {
    const index = left.findIndex((known) =>
      'at' in reminder
        ? 'at' in known && known.at === reminder.at
        : 'before' in known && known.before === reminder.before,
    );
    const [kept] = index < 0 ? [] : left.splice(index, 1);
    return kept ? { ...reminder, id: kept.id } : reminder;
  });
}

/** Checks what the command will be given, and names a wrong field as the tool does. */
function check<T>(schema: z.ZodType<T>, field: string, given: unknown): T {
  const read = schema.safeParse(given);
  if (read.success) return read.data;
  throw invalidInput(
    read.error.issues.map((issue) => ({
      field: `${field}${argumentOf(issue.path.join('.'))}` || 'fields',
      message: issue.message,
    })),
  );
}

function wrongTime(context: ToolContext, field: string, more = ''): Error {
  const today = localDate(context.clock(), context.zone);
  return invalidInput([
    {
      field,
      message: `expected ${DUE_FORMS}${more && `, ${more}`} (today is ${today} in ${context.zone})`,
    },
  ]);
}

function plus(at: Date, ms: number): Date {
  return new Date(at.getTime() + ms);
}

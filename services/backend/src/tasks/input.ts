// What the task commands take, as zod schemas: REST, chat and MCP parse with these before they call.
import {
  due,
  instant,
  MAX_NOTES,
  MAX_TITLE,
  priority,
  recurrence,
  storableText,
  usual,
  visibleText,
} from '@todo/contracts/task';
import { showsSomething, UNSEEN } from '@todo/contracts/text';
import { z } from 'zod';
import { MAX_FILTER } from '../filters/expression.ts';
import { MAX_QUERY } from './search-terms.ts';

/** Reminders a task may have. */
export const MAX_REMINDERS = 20;
/** Longest time to snooze for, minutes: 30 days. */
const MAX_SNOOZE_MINUTES = 43_200;
/** Subtasks below subtasks, at most so deep. */
export const MAX_DEPTH = 5;
/** Tags a task may have. */
export const MAX_TAGS = 50;
/** Longest tag, in code points. */
export const MAX_TAG = 50;
/** Tasks a page may have. */
export const MAX_PAGE = 200;
/** Tasks of one bulk command. */
export const MAX_BULK = 500;

/** A filter as a person writes it. */
export const filterText = storableText(MAX_FILTER);

const title = visibleText(MAX_TITLE);
const notes = storableText(MAX_NOTES);
/** A tag, without its #. */
export const tag = storableText(MAX_TAG)
  .transform((text) => text.trim().replace(/^#/, ''))
  .refine(showsSomething, UNSEEN);
const tags = z.array(tag).max(MAX_TAGS, `at most ${MAX_TAGS} tags`).transform(distinct);
const before = z.iso.duration('expected a duration such as PT1H').max(40, 'at most 40 characters');
/** A reminder to set. */
export const newReminder = z.union(
  [
    z.strictObject({ id: z.uuid().optional(), at: instant }),
    z.strictObject({ id: z.uuid().optional(), before }),
  ],
  { error: 'expected { "at": instant } or { "before": duration such as PT1H }' },
);
const reminders = z.array(newReminder).max(MAX_REMINDERS, `at most ${MAX_REMINDERS} reminders`);

/** A new task. */
export const newTask = z.strictObject({
  title,
  notes: notes.default(''),
  priority: priority.default('none'),
  tags: tags.default([]),
  listId: z.uuid('expected a UUID').nullable().default(null),
  parentId: z.uuid('expected a UUID').nullable().default(null),
  due: due.nullable().default(null),
  recurrence: recurrence.nullable().default(null),
  reminders: reminders.default([]),
});
/** See {@link newTask}. */
export type NewTask = z.output<typeof newTask>;

/** Changed fields of a task; what is not named stays. */
export const taskPatch = z
  .strictObject({
    title: title.optional(),
    notes: notes.optional(),
    priority: priority.optional(),
    tags: tags.optional(),
    listId: z.uuid('expected a UUID').nullable().optional(),
    parentId: z.uuid('expected a UUID').nullable().optional(),
    due: due.nullable().optional(),
    recurrence: recurrence.nullable().optional(),
    reminders: reminders.optional(),
    /** Of a repeating task: only this occurrence, or (left out) this and all that follow. */
    scope: z.enum(['this', 'following']).optional(),
  })
  .refine(
    (patch) => Object.keys(patch).some((field) => field !== 'scope'),
    'expected at least one field to change',
  );
/** See {@link taskPatch}. */
export type TaskPatch = z.output<typeof taskPatch>;

/** Orders of a list: by due (without due last), newest completion, creation or change first, oldest creation first, or the person's own. */
export const taskSort = z.enum(['due', 'completed', 'created', 'updated', 'oldest', 'manual']);
/** See {@link taskSort}. */
export type TaskSort = z.output<typeof taskSort>;

/** Which tasks a list shows. */
export const taskFilter = z.strictObject({
  status: z.enum(['open', 'done', 'all']).default('all'),
  q: storableText(MAX_QUERY).optional(),
  tag: storableText(MAX_TAG).optional(),
  priority: priority.optional(),
  listId: z.uuid('expected a UUID').optional(),
  parentId: z.union([z.uuid(), z.literal('none')], { error: 'expected a UUID or none' }).optional(),
  seriesId: z.uuid('expected a UUID').optional(),
  /** In the filter language (docs/reference/filters.md). Without a word on done or open tasks it is about open ones. */
  filter: filterText.optional(),
  /** Due earlier than this instant. */
  dueBefore: instant.optional(),
  /** Due at this instant or later. */
  dueAfter: instant.optional(),
  /** `true`: only tasks that repeat. */
  repeats: z.literal('true', 'expected true').optional(),
  sort: taskSort.optional(),
  /** Also how many subtasks each task has, and how many of them are done. */
  include: z.literal('subtasks', 'expected subtasks').optional(),
  limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(50),
  cursor: storableText(500).optional(),
});
/** See {@link taskFilter}. */
export type TaskFilter = z.output<typeof taskFilter>;

/** When to remind of a task again: after some minutes, or at an instant. */
export const snooze = z.union(
  [
    z.strictObject({ minutes: z.int().min(1).max(MAX_SNOOZE_MINUTES) }),
    z.strictObject({ until: instant }),
  ],
  { error: `expected {"minutes": 1 to ${MAX_SNOOZE_MINUTES}} or {"until": an instant}` },
);
/** See {@link snooze}. */
export type Snooze = z.output<typeof snooze>;

/** What a file says that a series has beside an occurrence, or an occurrence to come beside its series. */
export const importedUsual = usual.extend({
  title: title.optional(),
  notes: notes.optional(),
  tags: tags.optional(),
  reminders: reminders.optional(),
});

/** The start of an occurrence, on the clock of its series. */
export const exceptionStart = z
  .string()
  .regex(
    /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,3})?)?)?$/,
    'expected 2027-01-31 or 2027-01-31T09:00',
  );

/** Which occurrence to skip; without its due, the present one. */
export const skip = z.strictObject({ due: due.optional() });
/** See {@link skip}. */
export type Skip = z.output<typeof skip>;
/** Which skipped occurrence is the present one again. */
export const unskip = z.strictObject({ due });

/** One command for several tasks. */
export const bulkCommand = z.discriminatedUnion('action', [
  z.strictObject({ action: z.literal('complete'), ids: ids() }),
  z.strictObject({ action: z.literal('reopen'), ids: ids() }),
  z.strictObject({ action: z.literal('delete'), ids: ids() }),
  z.strictObject({ action: z.literal('restore'), ids: ids() }),
  z.strictObject({ action: z.literal('update'), ids: ids(), patch: taskPatch }),
]);
/** See {@link bulkCommand}. */
export type BulkCommand = z.output<typeof bulkCommand>;

function ids() {
  return z.array(z.uuid('expected a UUID')).min(1, 'at least one id').max(MAX_BULK);
}

function distinct(texts: string[]): string[] {
  return [...new Map(texts.map((text) => [text.toLowerCase(), text])).values()];
}

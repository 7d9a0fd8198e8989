// What a person may say about a task, checked field by field. REST, chat and MCP share it.
import {
  due,
  instant,
  MAX_NOTES,
  MAX_TITLE,
  priority,
  recurrence,
  storableText,
} from '@todo/common/task';
import { z } from 'zod';

/** Most tags of a task, and most reminders. */
const MAX_TAGS = 50;
const MAX_REMINDERS = 20;
/** Longest search text, characters. */
const MAX_SEARCH = 200;

const tag = storableText(60).trim().min(1, 'a tag needs at least one character');

const newReminder = z.union(
  [
    z.strictObject({ id: z.uuid().optional(), at: instant }),
    z.strictObject({ id: z.uuid().optional(), before: z.iso.duration() }),
  ],
  { error: 'expected {"at": an instant} or {"before": a duration such as PT1H}' },
);

const fields = {
  title: storableText(MAX_TITLE).refine(
    (text) => text.trim() !== '',
    'expected a title, not only spaces',
  ),
  notes: storableText(MAX_NOTES),
  priority,
  tags: z
    .array(tag)
    .max(MAX_TAGS)
    .transform((tags) => [...new Set(tags)]),
  listId: z.uuid().nullable(),
  parentId: z.uuid().nullable(),
  due: due.nullable(),
  recurrence: recurrence.nullable(),
  reminders: z.array(newReminder).max(MAX_REMINDERS),
};

/** A new task: only a title is needed. */
export const newTask = z.strictObject({
  title: fields.title,
  notes: fields.notes.default(''),
  priority: fields.priority.default('none'),
  tags: fields.tags.default([]),
  listId: fields.listId.default(null),
  parentId: fields.parentId.default(null),
  due: fields.due.default(null),
  recurrence: fields.recurrence.default(null),
  reminders: fields.reminders.default([]),
});
/** See {@link newTask}. */
export type NewTask = z.output<typeof newTask>;

/** A change of some fields; those not given stay. */
export const taskPatch = z
  .strictObject(fields)
  .partial()
  .refine((patch) => Object.keys(patch).length > 0, 'expected at least one field to change');
/** See {@link taskPatch}. */
export type TaskPatch = z.output<typeof taskPatch>;

/** Which tasks to list, and from where. */
export const taskQuery = z.strictObject({
  status: z.enum(['open', 'done', 'all']).default('open'),
  q: storableText(MAX_SEARCH).optional(),
  tag: tag.optional(),
  priority: priority.optional(),
  listId: z.uuid().optional(),
  parentId: z.uuid().optional(),
  seriesId: z.uuid().optional(),
  dueBefore: instant.optional(),
  dueAfter: instant.optional(),
  sort: z.enum(['due', 'created', 'completed']).default('due'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(500).optional(),
});
/** See {@link taskQuery}. */
export type TaskQuery = z.output<typeof taskQuery>;

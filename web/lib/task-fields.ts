// The form of a task as values, and what happens to it when the task changes meanwhile: a three-way merge by field.
//
//   only they changed it ........ the form takes their value
//   only the person did ......... stays, and is sent
//   both, to the same ........... nothing to do
//   both, differently ........... a conflict: the person chooses, and nothing is sent before that
import type { Due, Task } from '@todo/contracts/task';
import { taskDate, taskTime } from './dates';
import type { TaskPatch } from './task-change';

/** A reminder as it is sent: an instant, or an ISO 8601 duration before the due. */
export type WantedReminder = { at: string } | { before: string };

/** What the form holds. `date` and `time` are local to the person's zone, '' for none; `tags` is a line. */
export interface TaskFields {
  title: string;
  notes: string;
  date: string;
  time: string;
  priority: Task['priority'];
  tags: string;
  listId: string;
  recurrence: Task['recurrence'];
  reminders: WantedReminder[];
}

/** What is merged as one: a day and its time belong together. */
export const MERGED = [
  'title',
  'notes',
  'due',
  'priority',
  'tags',
  'listId',
  'recurrence',
  'reminders',
] as const;
/** See {@link MERGED}. */
export type MergedField = (typeof MERGED)[number];

/** The form of a task. */
export function fieldsOf(task: Task, zone: string): TaskFields {
  return {
    title: task.title,
    notes: task.notes,
    date: taskDate(task, zone) ?? '',
    time: taskTime(task, zone) ?? '',
    priority: task.priority,
    tags: task.tags.join(', '),
    listId: task.listId ?? '',
    recurrence: task.recurrence,
    reminders: task.reminders,
  };
}

/** The tags of a typed line. */
export function tagsOf(typed: string): string[] {
  const tags = typed
    .split(/[,\s]+/)
    .map((tag) => tag.replace(/^#/, ''))
    .filter((tag) => tag !== '');
  return [...new Set(tags)];
}

/** A due from a day and a time as typed; null without a day. */
export function dueOf(date: string, time: string, zone: string): Due | null {
  if (date === '') return null;
  return time === '' ? { kind: 'date', date } : { kind: 'local', local: `${date}T${time}`, zone };
}

/** A field so that two of them can be compared: what means the same is the same. */
function meaning(fields: TaskFields, field: MergedField): string {
  switch (field) {
    case 'title':
      return fields.title.trim();
    case 'due':
      return `${fields.date}T${fields.time}`;
    case 'tags':
      return tagsOf(fields.tags).join(' ');
    case 'recurrence': {
      const { recurrence } = fields;
      return recurrence === null ? '' : `${recurrence.from} ${recurrence.rule}`;
    }
    case 'reminders':
      return fields.reminders
        .map((reminder) => ('before' in reminder ? reminder.before : reminder.at))
        .sort()
        .join(' ');
    default:
      return fields[field];
  }
}

/** The fields in which two forms differ. */
export function differences(a: TaskFields, b: TaskFields): MergedField[] {
  return MERGED.filter((field) => meaning(a, field) !== meaning(b, field));
}

/** `target` with one field of `source`. */
export function withField(target: TaskFields, field: MergedField, source: TaskFields): TaskFields {
  return field === 'due'
    ? { ...target, date: source.date, time: source.time }
    : { ...target, [field]: source[field] };
}

/**
 * Brings a form up to date with the task as it is now.
 * @param base what the form began with
 * @param mine the form as it is
 * @param theirs the form of the task as it is now
 */
export function mergeFields(
  base: TaskFields,
  mine: TaskFields,
  theirs: TaskFields,
): { merged: TaskFields; conflicts: MergedField[] } {
  let merged = mine;
  const conflicts: MergedField[] = [];
  const touched = new Set(differences(base, mine));
  for (const field of differences(base, theirs)) {
    if (!touched.has(field)) merged = withField(merged, field, theirs);
    else if (meaning(mine, field) !== meaning(theirs, field)) conflicts.push(field);
  }
  return { merged, conflicts };
}

/** The change from one form to another: only what differs, so that others' changes of other fields survive. */
export function patchOf(base: TaskFields, mine: TaskFields, zone: string): TaskPatch {
  const patch: TaskPatch = {};
  for (const field of differences(base, mine)) {
    switch (field) {
      case 'title':
        patch.title = mine.title.trim();
        break;
      case 'due':
        patch.due = dueOf(mine.date, mine.time, zone);
        break;
      case 'tags':
        patch.tags = tagsOf(mine.tags);
        break;
      case 'listId':
        patch.listId = mine.listId === '' ? null : mine.listId;
        break;
      case 'notes':
        patch.notes = mine.notes;
        break;
      case 'priority':
        patch.priority = mine.priority;
        break;
      case 'recurrence':
        patch.recurrence = mine.recurrence;
        break;
      case 'reminders':
        patch.reminders = mine.reminders.map(({ ...reminder }) => reminder);
        break;
    }
  }
  return patch;
}

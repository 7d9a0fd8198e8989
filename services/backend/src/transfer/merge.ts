// An entry that is a task already is merged into it. The rule, by field:
//
//   empty in the task → the entry's; different in both → the newer one's, by the last change of each; empty in the entry → stays
//
// Tags are united. An import never empties a field, never opens a done task, and completes no repeating one: its successor is
// an entry of its own. Merged once, the task is the newer one, so the same file merged again changes nothing.
import { isDeepStrictEqual } from 'node:util';
import { Problem } from '@todo/contracts/problem';
import type { Task } from '@todo/contracts/task';
import type { ImportStore } from '../tasks/import-store.ts';
import { MAX_TAGS } from '../tasks/input.ts';
import type { TaskPatch } from '../tasks/input.ts';
import type { Adopted } from './adopt.ts';
import { changed, leftOut } from './entry.ts';
import type { Note } from './entry.ts';

/** What a merge changes. */
interface Merge {
  readonly patch: Omit<TaskPatch, 'scope'>;
  /** When it was completed, UTC; null: its status stays. */
  readonly completedAt: string | null;
}

/** Merges an entry into a task. @returns what was changed; empty: nothing */
export async function mergeEntry(
  store: ImportStore,
  taskId: string,
  adopted: Adopted,
  listId: string | null,
): Promise<Note[]> {
  const task = await store.task(taskId);
  if (task === undefined) return [];
  const isNewer = adopted.updatedAt !== null && adopted.updatedAt > task.updatedAt;
  const { patch, completedAt } = mergeOf(task, adopted, listId, isNewer);
  const fields = Object.keys(patch) as (keyof Merge['patch'])[];
  if (fields.length === 0 && completedAt === null) return [];
  try {
    await store.merge(task, patch, completedAt);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return [leftOut('entry', `could not be merged: ${error.fields[0]?.message ?? error.message}`)];
  }
  return [
    ...fields.map((field) =>
      changed(
        field,
        isEmpty(field === 'priority' ? levelOf(task) : task[field])
          ? 'was empty: filled'
          : 'taken from the file',
      ),
    ),
    ...(completedAt === null ? [] : [changed('status', 'done, as in the file')]),
  ];
}

function mergeOf(
  task: Task,
  { input, status, completedAt }: Adopted,
  listId: string | null,
  isNewer: boolean,
): Merge {
  const takes = (mine: unknown, theirs: unknown): boolean =>
    !isEmpty(theirs) && (isEmpty(mine) || (isNewer && !isDeepStrictEqual(mine, theirs)));
  const patch: { -readonly [Field in keyof TaskPatch]: TaskPatch[Field] } = {};
  if (takes(task.title, input.title)) patch.title = input.title;
  if (takes(task.notes, input.notes)) patch.notes = input.notes;
  if (takes(levelOf(task), levelOf(input))) patch.priority = input.priority;
  if (takes(task.listId, listId)) patch.listId = listId;
  if (takes(task.due, input.due)) patch.due = input.due;
  const tags = unitedTags(task.tags, input.tags);
  if (tags.length > task.tags.length) patch.tags = tags;
  const isOpen = task.status === 'open';
  // a rule counts from a due: it comes only with the one it was written for
  const hasItsDue = isDeepStrictEqual(patch.due ?? task.due, input.due);
  if (isOpen && hasItsDue && takes(ruleOf(task.recurrence), ruleOf(input.recurrence)))
    patch.recurrence = input.recurrence;
  const isLate = input.reminders.some((one) => 'before' in one) && !hasItsDue;
  const reminders = task.reminders.map(({ id: _id, ...reminder }) => reminder);
  if (isOpen && !isLate && takes(reminders, input.reminders)) patch.reminders = input.reminders;
  const completes = isNewer && isOpen && status === 'done' && task.recurrence === null;
  return { patch, completedAt: completes && !patch.recurrence ? completedAt : null };
}

function levelOf({ priority }: Pick<Task, 'priority'>): string | null {
  return priority === 'none' ? null : priority;
}

/** What a person wrote of a rule; the rest is where it began. */
function ruleOf(recurrence: Task['recurrence']): object | null {
  return recurrence && { rule: recurrence.rule, from: recurrence.from };
}

function unitedTags(mine: readonly string[], theirs: readonly string[]): string[] {
  const known = new Set(mine.map((tag) => tag.toLowerCase()));
  return [...mine, ...theirs.filter((tag) => !known.has(tag.toLowerCase()))].slice(0, MAX_TAGS);
}

function isEmpty(value: unknown): boolean {
  return (
    value === null ||
    value === undefined ||
    (typeof value === 'string' && value.trim() === '') ||
    (Array.isArray(value) && value.length === 0)
  );
}

/** Finds the task that an entry is by its content; each task is found once. */
type FindAlike = (adopted: Adopted, listId: string | null) => Task | undefined;

/**
 * Tasks that entries with these titles may be: with the same title, due and status, and in the same list, where both are in
 * one. @param isTaken tasks that an entry was found to be before
 */
export async function alikeTasks(
  store: ImportStore,
  titles: readonly unknown[],
  isTaken: (taskId: string) => boolean,
): Promise<FindAlike> {
  const found = await store.titled(titles.filter((title) => typeof title === 'string'));
  return ({ input, status }, listId) =>
    found.find(
      (task) =>
        task.title === input.title &&
        task.status === status &&
        isDeepStrictEqual(task.due, input.due) &&
        (task.listId === null || listId === null || task.listId === listId) &&
        !isTaken(task.id),
    );
}

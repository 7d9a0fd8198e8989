// What a program's text changes of a task, compared with the text that it was given: what all occurrences have from here on, what
// the present one has alone, and what is said of those to come.
import { isDeepStrictEqual } from 'node:util';
import { dueInstant } from '@todo/contracts/due';
import { seriesDue } from '@todo/contracts/recurrence';
import { due } from '@todo/contracts/task';
import type { Exception, Task, Usual } from '@todo/contracts/task';
import type { TaskSteps } from '../tasks/commands.ts';
import type { TaskPatch } from '../tasks/input.ts';
import { isRepeating } from '../tasks/exceptions.ts';
import { ofSeries } from './read-item.ts';
import type { ReadItem } from './read-item.ts';

/** Fields that a text can say of one occurrence. */
const FIELDS = ['title', 'notes', 'priority', 'tags', 'reminders', 'due'] as const;

/** Changes of a task. */
export interface ItemChanges {
  /** Of this occurrence and all that follow. */
  readonly all: TaskPatch;
  /** Of this occurrence only; null: none. */
  readonly own: TaskPatch | null;
  /** The exceptions of the series from now on; undefined: as they are. */
  readonly exceptions: readonly Exception[] | undefined;
}

/** @param base what our own text of the task says: what it says more coarsely than the task has changes nothing */
export function itemChanges(
  task: Task,
  read: ReadItem,
  base: ReadItem,
  ruleChanged: boolean,
): ItemChanges {
  const wanted = ofSeries(read.adopted);
  const known = ofSeries(base.adopted);
  const all: TaskPatch = {};
  const own: TaskPatch = {};
  for (const field of FIELDS) {
    const isOfAll = !isSame(wanted[field], known[field]);
    const isShown = !isSame(read.adopted.input[field], base.adopted.input[field]);
    if (isOfAll) set(all, field, wanted[field]);
    if (read.adopted.usual?.[field] !== undefined) {
      if (isOfAll || isShown) set(own, field, read.adopted.input[field]);
    } else if (isShown && !isOfAll) set(own, field, task.usual?.[field] ?? wanted[field]);
  }
  if (ruleChanged) {
    all.recurrence = read.adopted.input.recurrence;
    // the rule counts from where the series has this occurrence
    if (task.usual?.due !== undefined) set(all, 'due', wanted.due);
  }
  const isNewSeries = ruleChanged || all.due !== undefined;
  const exceptions = read.adopted.exceptions ?? [];
  const areKept = isSame(exceptions, base.adopted.exceptions ?? []);
  return {
    all,
    own: Object.keys(own).length === 0 || !read.adopted.input.recurrence ? null : only(own),
    exceptions: areKept && !isNewSeries ? undefined : exceptions,
  };
}

/** Gives a successor what the text that finished the one before it says of it. */
export async function alignSuccessor(steps: TaskSteps, next: Task, read: ReadItem): Promise<Task> {
  const { adopted } = read;
  if (!isRepeating(next) || !isSame(ofSeries(adopted).due, seriesDue(next))) return next;
  const own: TaskPatch = {};
  for (const field of FIELDS) {
    const isOwn = adopted.usual?.[field] !== undefined;
    const wanted = isOwn ? adopted.input[field] : (next.usual?.[field] ?? next[field]);
    if (!isSame(wanted, next[field])) set(own, field, wanted);
  }
  const isChanged = Object.keys(own).length > 0;
  const exceptions = adopted.exceptions ?? [];
  if (!isChanged && isSame(exceptions, next.exceptions ?? [])) return next;
  return await steps.update({ id: next.id }, isChanged ? only(own) : {}, exceptions);
}

function only(patch: TaskPatch): TaskPatch {
  return { ...patch, scope: 'this' };
}

/** Programs write a time in UTC that they were given in a zone: the same instant is no change. */
function isSame(wanted: unknown, known: unknown): boolean {
  if (isDeepStrictEqual(plain(wanted), plain(known))) return true;
  const now = due.safeParse(wanted).data;
  const before = due.safeParse(known).data;
  if (now?.kind !== 'instant' || before?.kind !== 'local') return false;
  return dueInstant(before, before.zone).getTime() === Date.parse(now.at);
}

function set(patch: TaskPatch, field: keyof Usual, value: unknown): void {
  (patch as Record<string, unknown>)[field] = value;
}

/** Without ids, which a text does not have. */
function plain(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value ?? null, (key, one: unknown) => (key === 'id' ? undefined : one)),
  );
}

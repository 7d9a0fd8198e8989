// A program finished an occurrence of a repeating task. Programs write that in three ways, and each makes one finished task and one
// successor here, at once, under the series' place, so that the recurring service finds it made:
//
//   the entry's own start moves on ........ its address goes on to the successor; the finished task gets one of its own
//   a finished RECURRENCE-ID is added ..... likewise, and the finished task has no address: the entry's text tells of it
//   a finished copy is stored beside it ... the copy and the finished task are one, whichever comes first
//   the next one is stored beside it ...... it and the successor that was made here are one
//
// An entry that is itself called finished needs nothing here: it is completed like in every other door.
import { dueInstant, localTime } from '@todo/contracts/due';
import {
  MAX_PREVIEW,
  nextDue,
  previewDues,
  RuleError,
  seriesDue,
} from '@todo/contracts/recurrence';
import type { Due, Task } from '@todo/contracts/task';
import type { TaskSteps } from '../tasks/commands.ts';
import { isRepeating, startKey } from '../tasks/exceptions.ts';
import type { Repeating } from '../tasks/exceptions.ts';
import { alignSuccessor } from './item-changes.ts';
import { finishedNames, finishedTwin, unnamedSuccessor } from './item-relations.ts';
import { itemOfTask, saveItem } from './item-rows.ts';
import type { Item } from './item-rows.ts';
import { placeInSeries } from './place-in-series.ts';
import { ofSeries } from './read-item.ts';
import type { ReadItem } from './read-item.ts';

/** A finished copy and the occurrence it is of are written within this time of each other, ms: a day of being offline. */
const COPY_WITHIN_MS = 86_400_000;

/** How a text finishes the present occurrence; null: it does not. */
export type Finish = 'moved' | 'override' | null;

/** Reads whether a text finishes a repeating task's present occurrence. @param ruleChanged it says another rule, too */
export function finishOf(task: Task, read: ReadItem, ruleChanged: boolean, zone: string): Finish {
  const wanted = ofSeries(read.adopted).due;
  if (!isRepeating(task) || !wanted || read.adopted.status === 'done') return null;
  const key = startKey(task, zone);
  if (read.finished.has(key)) return task.status === 'open' ? 'override' : null;
  if (ruleChanged || read.rule === null || read.excluded.has(key)) return null;
  return isLaterOccurrence(task, wanted, zone) ? 'moved' : null;
}

/** Whether a due is one that the rule gives after the present one. */
function isLaterOccurrence(task: Repeating, wanted: Due, zone: string): boolean {
  const due = seriesDue(task);
  const at = dueInstant(wanted, zone).getTime();
  if (at <= dueInstant(due, zone).getTime() || isDay(wanted) !== isDay(due)) return false;
  try {
    return previewDues(placeInSeries(task, zone), MAX_PREVIEW).some(
      (one) => dueInstant(one, zone).getTime() === at,
    );
  } catch (error) {
    if (error instanceof RuleError || error instanceof RangeError) return false;
    throw error;
  }
}

/** Finishes the present occurrence of an item. @returns the task that has the item's address now */
export async function finishOccurrence(
  steps: TaskSteps,
  item: Item,
  text: string,
  read: ReadItem,
  how: 'moved' | 'override',
): Promise<Task> {
  const { client, context } = steps;
  const { userId, zone } = context;
  const { id, seriesId, occurrence } = item.task;
  const done = item.task.status === 'done' ? item.task : await steps.setStatus({ id }, 'done');
  const due = successorDue(done, read, zone);
  if (due === null) return done;
  const { taskId } = await steps.createOccurrence({
    previousTaskId: id,
    seriesId: seriesId ?? id,
    occurrence: occurrence + 1,
    due,
    completion: { version: done.version, at: done.completedAt },
  });
  const made = taskId === null ? undefined : await itemOfTask(client, userId, taskId);
  if (!made) return done;
  const next = await alignSuccessor(steps, made.task, read);

  const copyId =
    how === 'moved'
      ? await finishedTwin(client, userId, done, 'copy', copiedSince(steps))
      : undefined;
  const copy = copyId === undefined ? undefined : await itemOfTask(client, userId, copyId);
  if (copy) await steps.remove({ id: copy.task.id });
  await saveItem(client, userId, {
    taskId: id,
    ...(copy ? { name: copy.name, uid: copy.uid } : finishedNames(done)),
    parentUid: null,
    hidden: how === 'override',
    source: copy?.source ? { text: copy.source.text, task: done } : item.source,
  });
  await saveItem(client, userId, {
    taskId: next.id,
    name: item.name,
    uid: item.uid,
    parentUid: null,
    hidden: false,
    source: { text, task: next },
  });
  return next;
}

/** The finished occurrence that a new finished entry is a copy of; undefined where it is none. */
export async function copiedOccurrence(
  steps: TaskSteps,
  entry: Pick<Task, 'id' | 'title' | 'listId' | 'dueAt'>,
): Promise<Item | undefined> {
  const { client, context } = steps;
  const id = await finishedTwin(client, context.userId, entry, 'occurrence', copiedSince(steps));
  return id === undefined ? undefined : await itemOfTask(client, context.userId, id);
}

/** The occurrence made here that a new repeating entry is: a program finished the one before and made the next by itself. */
export async function madeHere(
  steps: TaskSteps,
  entry: Pick<Task, 'title' | 'listId' | 'dueAt'>,
): Promise<Item | undefined> {
  const { client, context } = steps;
  const id = await unnamedSuccessor(client, context.userId, entry, copiedSince(steps));
  return id === undefined ? undefined : await itemOfTask(client, context.userId, id);
}

function copiedSince({ context }: TaskSteps): Date {
  return new Date(context.clock().getTime() - COPY_WITHIN_MS);
}

/** What the program wrote, unless the series counts from its completion. Null when the series has ended. */
function successorDue(done: Task, read: ReadItem, zone: string): Due | null {
  const { due, recurrence } = done;
  const wanted = ofSeries(read.adopted).due;
  if (!due || !recurrence || !wanted) return null;
  if (recurrence.from === 'completion')
    return nextDue({
      ...placeInSeries({ ...done, due, recurrence }, zone),
      from: 'completion',
      completedAt: new Date(done.completedAt ?? done.updatedAt),
    });
  const before = seriesDue({ ...done, due });
  return dueInstant(wanted, zone) > dueInstant(before, zone) ? onClockOf(before, wanted) : null;
}

function isDay({ kind }: Due): boolean {
  return kind === 'date';
}

/** Programs write times in UTC: the series stays on its own clock. */
function onClockOf(series: Due, due: Due): Due {
  if (series.kind !== 'local' || due.kind !== 'instant') return due;
  return { ...series, local: localTime(new Date(due.at), series.zone).slice(0, 16) };
}

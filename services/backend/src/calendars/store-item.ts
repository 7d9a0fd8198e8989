// What a program's PUT and DELETE do to tasks: one transaction of the same commands as every other door.
import { notFound, Problem } from '@todo/contracts/problem';
import type { Task } from '@todo/contracts/task';
import { uuidv7 } from '@todo/runtime/uuid';
import type { TaskSteps } from '../tasks/commands.ts';
import type { TaskPatch } from '../tasks/input.ts';
import { makeImported } from '../tasks/rules.ts';
import { subtasksOf } from '../tasks/task-rows.ts';
import type { Collection } from './collection-rows.ts';
import { copiedOccurrence, finishOccurrence, finishOf, madeHere } from './finish-occurrence.ts';
import { itemChanges } from './item-changes.ts';
import { clearWantedParent, waitingForParent } from './item-relations.ts';
import { itemByUid, itemsByName, saveItem } from './item-rows.ts';
import type { Item } from './item-rows.ts';
import { itemText } from './item-text.ts';
import { checkPreconditions, itemTag } from './preconditions.ts';
import type { Preconditions } from './preconditions.ts';
import { readItem } from './read-item.ts';
import type { ReadItem } from './read-item.ts';

/** Another item of the collection has the UID (RFC 4791 5.3.2.1). */
export class UidConflict extends Error {
  override readonly name = 'UidConflict';
  /** The last part of the other's address. */
  readonly itemName: string;
  constructor(itemName: string) {
    super('Another item of this collection has the UID. Change that one.');
    this.itemName = itemName;
  }
}

/** What is written where. */
export interface Placed extends Preconditions {
  readonly collection: Collection;
  readonly name: string;
}

/**
 * Stores an item.
 * @returns its ETag
 * @throws Problem 412 for a precondition, 400 for what a task can't be; ItemFault; UidConflict
 */
export async function putItem(
  steps: TaskSteps,
  place: Placed,
  text: string,
): Promise<{ created: boolean; etag: string }> {
  const { client, context } = steps;
  const { userId } = context;
  const { collection, name } = place;
  const [current] = await itemsByName(client, userId, collection.id, [name]);
  checkPreconditions(place, current);
  const read = await readItem(text, { ...context, now: context.clock() });
  const sameUid = await itemByUid(client, context, read.uid);
  if (current) {
    if (current.uid !== read.uid) throw new UidConflict(sameUid?.name ?? current.name);
    return { created: false, etag: itemTag({ task: await change(steps, current, text, read) }) };
  }
  if (sameUid && (sameUid.task.listId ?? null) === listOf(collection))
    throw new UidConflict(sameUid.name);
  const task = sameUid
    ? // one task in one list: a copy into another collection moves it
      await change(steps, { ...sameUid, name }, text, read, collection)
    : await add(steps, place, text, read);
  await takeChildren(steps, read.uid, task.id);
  return { created: true, etag: itemTag({ task }) };
}

/** Deletes an item alone: its subtasks move up. @throws Problem 404, 412 */
export async function deleteItem(steps: TaskSteps, place: Placed): Promise<void> {
  const { client, context } = steps;
  const [current] = await itemsByName(client, context.userId, place.collection.id, [place.name]);
  checkPreconditions(place, current);
  if (!current) throw notFound('item');
  const { id, parentId } = current.task;
  for (const child of await subtasksOf(client, context.userId, id))
    await steps.update({ id: child }, { parentId }).catch(ifOutOfReach);
  await steps.remove({ id });
}

function listOf({ id, isInbox }: Collection): string | null {
  return isInbox ? null : id;
}

async function add(steps: TaskSteps, place: Placed, text: string, read: ReadItem): Promise<Task> {
  const { client, context } = steps;
  const { userId } = context;
  const now = context.clock();
  const { input, status, completedAt, createdAt, occurrence, usual, exceptions } = read.adopted;
  const parentId = await parentOf(steps, read);
  const make = (parent: string | null): Task =>
    makeImported(
      context,
      { ...input, listId: listOf(place.collection), parentId: parent },
      {
        id: uuidv7(now.getTime()),
        status,
        completedAt,
        createdAt: createdAt ?? now.toISOString(),
        updatedAt: now.toISOString(),
        seriesId: null,
        occurrence,
        usual,
        exceptions,
      },
    );
  const made = make(parentId);
  const copied =
    status === 'done' && read.rule === null ? await copiedOccurrence(steps, made) : undefined;
  const next = status === 'open' && read.rule !== null ? await madeHere(steps, made) : undefined;
  if (next) return await change(steps, { ...next, name: place.name, uid: read.uid }, text, read);
  const task = copied
    ? await steps.update({ id: copied.task.id }, {})
    : await steps.add(made).catch(async (error: unknown) => {
        if (!isWrongParent(error)) throw error;
        return await steps.add(make(null));
      });
  await saveItem(client, userId, {
    taskId: task.id,
    name: place.name,
    uid: read.uid,
    parentUid: parentId === null ? read.parentUid : null,
    hidden: false,
    source: { text, task },
  });
  return task;
}

async function change(
  steps: TaskSteps,
  item: Item,
  text: string,
  read: ReadItem,
  collection?: Collection,
): Promise<Task> {
  const { client, context } = steps;
  const { zone, userId } = context;
  const { id } = item.task;
  const shown = itemText(item, zone, context.clock());
  if (shown === text && !collection) return item.task;
  // compared with what the program was given: what our text says more coarsely than the task changes nothing
  const base = await readItem(shown, { ...context, now: context.clock() });
  const ruleChanged = isRuleChanged(item.task, read, base);
  const { all, own, exceptions } = itemChanges(item.task, read, base, ruleChanged);
  const finish =
    all.due !== undefined || read.finished.size > 0
      ? finishOf(item.task, read, ruleChanged, zone)
      : null;
  const { due: _, recurrence: __, ...stays } = all;
  const patch: TaskPatch = {
    ...(finish === null ? all : stays),
    ...(collection ? { listId: listOf(collection) } : {}),
  };
  let wantedParent: string | null = null;
  if (read.parentUid !== item.parentUid) {
    const parentId = await parentOf(steps, read);
    if (parentId === null) wantedParent = read.parentUid;
    patch.parentId = parentId;
  } else if (item.task.parentId === null) wantedParent = read.parentUid;

  // an empty patch is a new version too: the text is another one
  const isOnlyFinished = finish !== null && Object.keys(patch).length === 0;
  let task = isOnlyFinished
    ? item.task
    : await steps
        .update({ id }, patch, finish === null ? exceptions : undefined)
        .catch(async (error: unknown) => {
          if (!isWrongParent(error)) throw error;
          const { parentId: _parent, ...rest } = patch;
          return await steps.update({ id }, rest, finish === null ? exceptions : undefined);
        });
  if (finish === null && own !== null && task.recurrence !== null)
    task = await steps.update({ id }, own);
  if (finish !== null) {
    const next = await finishOccurrence(steps, { ...item, task }, text, read, finish);
    if (next.id !== id) return next;
    task = next;
  } else if (task.status !== read.adopted.status)
    task = await steps.setStatus(
      { id },
      read.adopted.status,
      read.adopted.completedAt ?? undefined,
    );
  await saveItem(client, userId, {
    taskId: id,
    name: item.name,
    uid: item.uid,
    parentUid: wantedParent,
    hidden: false,
    source: { text, task },
  });
  return task;
}

/** A program lowers COUNT and drops what it does not know; that is no other rule. A finished task is given without its rule. */
function isRuleChanged(task: Task, read: ReadItem, base: ReadItem): boolean {
  if (task.status === 'done' && task.recurrence !== null && base.rule === null) return false;
  if (read.rule !== base.rule) return true;
  return read.adopted.input.recurrence?.lead !== base.adopted.input.recurrence?.lead;
}

async function parentOf(steps: TaskSteps, read: ReadItem): Promise<string | null> {
  if (read.parentUid === null || read.parentUid === read.uid) return null;
  const parent = await itemByUid(steps.client, steps.context, read.parentUid);
  return parent?.task.id ?? null;
}

/** A parent that is too deep, or below the task itself: the task is kept without it. */
function isWrongParent(error: unknown): boolean {
  return (
    error instanceof Problem &&
    error.status === 400 &&
    error.fields.every(({ field }) => field === 'parentId')
  );
}

/** Programs send children before their parents. */
async function takeChildren(steps: TaskSteps, uid: string, parentId: string): Promise<void> {
  const { client, context } = steps;
  for (const id of await waitingForParent(client, context.userId, uid)) {
    if (id === parentId) continue;
    try {
      await steps.update({ id }, { parentId });
      await clearWantedParent(client, id);
    } catch (error) {
      if (!isWrongParent(error)) ifOutOfReach(error);
    }
  }
}

/** A subtask in a list that the caller's token does not reach stays as it is. */
function ifOutOfReach(error: unknown): void {
  if (!(error instanceof Problem) || error.status !== 404) throw error;
}

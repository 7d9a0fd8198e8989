// Takes a whole import back: deletes the tasks of it that nobody touched, with the events and changes of every delete, then the
// lists that it made, where they are empty and keep their name. Children first, in batches of one transaction each: another
// person's writes go on in between, and what is stopped in the middle goes on with the next call. A task is touched when its
// version says so, or when something that stays is below it.
import { TOPICS } from '@todo/contracts/events';
import { notFound } from '@todo/contracts/problem';
import { appendEvents } from '@todo/messaging/outbox';
import type { Pool } from '@todo/runtime/database';
import { findListsById, removeUnusedLists } from '../lists/lists.ts';
import { appendChanges } from '../live/change-log.ts';
import { stopReminders } from '../reminders/reminder-rows.ts';
import { SCHEMA } from '../schema.ts';
import {
  beginUndo,
  countDeleted,
  endUndo,
  findImports,
  livingTasks,
  untouchedByLevel,
  untouchedMerges,
} from './imports.ts';
import type { StoredImport } from './imports.ts';
import type { ImportUnit } from './import-store.ts';
import type { TaskContext } from './task-context.ts';
import { deleteTasks, untouchedTasks } from './task-rows.ts';

/** Tasks deleted in one transaction. */
const BATCH = 500;
/** Changed tasks taken back in one transaction: one after the other. */
const MERGES = 100;
/** After this long a call answers that there is more to do, ms: proxies wait 45 s. */
const ANSWER_AFTER_MS = 10_000;
/** Kept tasks that an answer names. */
const MAX_NAMED = 100;

/** An import, with what became of its tasks. */
export interface ImportState extends StoredImport {
  /** Tasks of it that are still there, the first {@link MAX_NAMED} by name. */
  readonly kept: readonly { readonly id: string; readonly title: string }[];
  readonly keptCount: number;
}

/** What an undo runs on. */
export interface UndoParts {
  readonly pool: Pool;
  /** Runs work in a transaction that holds the person's lock. */
  readonly write: <T>(work: (unit: ImportUnit) => Promise<T>) => Promise<T>;
}

/**
 * An import of a person.
 * @param underWay names no tasks and counts none again: who waits for an import asks several times a second, and it has up to
 * 100,000
 * @throws Problem 404
 */
export async function importState(
  pool: Pool,
  userId: string,
  importId: string,
  { underWay = false } = {},
): Promise<ImportState> {
  const [found] = await findImports(pool, userId, importId);
  if (found === undefined) throw notFound('import');
  if (underWay) return { ...found, kept: [], keptCount: found.tasks - found.deleted };
  const { count, first } = await livingTasks(pool, userId, importId, MAX_NAMED);
  return { ...found, kept: first, keptCount: count };
}

/**
 * Takes an import back, or goes on with it; the same call once more changes nothing.
 * @returns how it is now; `undoneAt` null: call again
 * @throws Problem 404 for what is not the person's
 */
export async function undoImport(
  { pool, write }: UndoParts,
  { userId }: Pick<TaskContext, 'userId'>,
  importId: string,
): Promise<ImportState> {
  const found = await importState(pool, userId, importId);
  if (found.undoneAt !== null) return found;
  const until = performance.now() + ANSWER_AFTER_MS;
  for (const level of await untouchedByLevel(pool, userId, importId))
    for (let from = 0; from < level.length; from += BATCH) {
      await write((unit) => deleteUntouched(unit, importId, level.slice(from, from + BATCH)));
      if (performance.now() > until) return await importState(pool, userId, importId);
    }
  for (;;) {
    const takenBack = await write((unit) => takeBackMerges(unit, importId));
    if (takenBack < MERGES) break;
    if (performance.now() > until) return await importState(pool, userId, importId);
  }
  await write((unit) => finish(unit, found));
  return await importState(pool, userId, importId);
}

async function deleteUntouched(
  unit: ImportUnit,
  importId: string,
  ids: readonly string[],
): Promise<void> {
  const { client, context } = unit;
  const { userId, actor, zone } = context;
  const now = context.clock();
  const at = now.toISOString();
  const type = 'todo.task.deleted.v1';
  const began = await beginUndo(client, importId, now);
  // somebody may have changed one since the levels were read
  const untouched = await untouchedTasks(client, userId, ids);
  if (untouched.length === 0) return;
  const gone = untouched.map((task) => task.id);
  await deleteTasks(client, userId, gone, { updatedAt: now, deletedAt: began });
  await stopReminders(client, gone);
  await countDeleted(client, importId, gone.length);
  await appendEvents(
    client,
    SCHEMA,
    untouched.map((before) => ({
      topic: TOPICS.taskEvents,
      type,
      key: before.id,
      time: now,
      data: {
        userId,
        taskId: before.id,
        version: before.version + 1,
        actor,
        at,
        task: null,
        before,
        zone,
      },
    })),
  );
  await appendChanges(
    client,
    userId,
    untouched.map(({ id, version }) => ({
      type: 'task',
      taskId: id,
      data: { type, version: version + 1, actor, at },
    })),
    now,
  );
  unit.noteStored(null);
}

/** Tasks that the import changed are again what they were, where nobody changed them since. @returns how many */
async function takeBackMerges(unit: ImportUnit, importId: string): Promise<number> {
  const { client, context } = unit;
  await beginUndo(client, importId, context.clock());
  const merged = await untouchedMerges(client, context.userId, importId, MERGES);
  for (const before of merged) {
    const { id, status, title, notes, priority, tags, due, recurrence, reminders } = before;
    if (status === 'open') await unit.setStatus({ id }, 'open');
    // its list may be gone by now
    const lists =
      before.listId === null ? [] : await findListsById(client, context.userId, [before.listId]);
    const fields = { title, notes, priority, tags, due, recurrence, reminders };
    await unit.update({ id }, { ...fields, listId: lists[0] ?? null });
  }
  return merged.length;
}

async function finish(unit: ImportUnit, undone: StoredImport): Promise<void> {
  const { client, context } = unit;
  const now = context.clock();
  await beginUndo(client, undone.id, now);
  if (!(await endUndo(client, undone.id, now))) return;
  const ids = undone.newLists.map((list) => list.id);
  if ((await removeUnusedLists(client, context.userId, ids, now)) > 0) unit.noteStored(null);
}

// How the tasks of a file are stored: hundreds with one statement, all in one transaction with their reminders, events and
// changes. The rules of a task are those of every other door; only the number of round trips differs.
import type { Queryable } from '@todo/runtime/database';
import { uuidv7 } from '@todo/runtime/uuid';
import { TOPICS } from '@todo/contracts/events';
import { appendEvents } from '@todo/messaging/outbox';
import type { Task } from '@todo/contracts/task';
import { findLists, findOrAddLists } from '../lists/lists.ts';
import type { NamedList } from '../lists/lists.ts';
import type { Usage } from '../limits/quotas.ts';
import { appendChanges } from '../live/change-log.ts';
import { insertReminders } from '../reminders/reminder-rows.ts';
import { SCHEMA } from '../schema.ts';
import { insertImportedUids, tasksByUid } from './imported-uids.ts';
import { finishImport, insertImport, insertImportedTasks } from './imports.ts';
import type { MadeList } from './imports.ts';
import { pendingReminders } from './rules.ts';
import type { Context } from './task-context.ts';
import { ancestorIds, insertTasks } from './task-rows.ts';

/** A task that a file brings. */
export interface NewImport {
  readonly task: Task;
  /** What the file calls it, at most 255 characters; null: nothing to find it by later. */
  readonly uid: string | null;
  /** Its place in the person's own order (PostgreSQL timestamptz text); null: where its creation puts it. */
  readonly place: string | null;
}

/** What an import can ask and do inside its transaction. */
export interface ImportStore {
  readonly context: Context;
  /** Begins it, before anything is stored. @param name the file's, if it is known */
  begin: (format: string, name: string | null) => Promise<void>;
  /** Ends it. @returns its id, by which it can be taken back; null: nothing was stored */
  finish: () => Promise<string | null>;
  /** Living tasks of the person, by what an earlier file called them or by their own id. */
  find: (uids: readonly string[]) => Promise<Map<string, string>>;
  /** How many tasks are above a stored task, itself included: 1 for one without a parent. */
  depthOf: (id: string) => Promise<number>;
  /** Lists by name, made where missing; a name given twice is two lists. Undefined beyond the number a person may have. */
  lists: (names: readonly string[]) => Promise<readonly (NamedList | undefined)[]>;
  /** Stores tasks. Each one's parent is stored already or among them. */
  add: (made: readonly NewImport[]) => Promise<void>;
}

/** The transaction of an import. */
export interface ImportUnit {
  readonly client: Queryable;
  readonly context: Context;
  /** Told of each batch: the earliest reminder it set, or null. */
  noteStored: (remindAt: Date | null) => void;
  /** Asked after each batch. @throws Problem for what goes beyond a quota */
  checkUsage: (usage: Usage) => void;
}

/** The store of an import under way. @param maxLists lists that a person may have */
export function importStore(unit: ImportUnit, maxLists: number): ImportStore {
  const { client, context } = unit;
  const id = uuidv7(context.clock().getTime());
  const newLists: MadeList[] = [];
  let tasks = 0;
  return {
    ...questions(client, context),
    begin: (format, name) =>
      insertImport(client, context.userId, { id, format, name, createdAt: context.clock() }),
    finish: async () => {
      await finishImport(client, id, { tasks, newLists });
      return tasks === 0 && newLists.length === 0 ? null : id;
    },
    lists: async (names) => {
      const found = await findOrAddLists(
        client,
        context.userId,
        { names, max: maxLists },
        context.clock(),
      );
      for (const list of found)
        if (list?.isNew === true) newLists.push({ id: list.id, name: list.name });
      if (found.some((list) => list?.isNew)) unit.noteStored(null);
      return found;
    },
    add: async (made) => {
      if (made.length === 0) return;
      tasks += made.length;
      unit.noteStored(await addAll(unit, made));
      await insertImportedTasks(
        client,
        id,
        made.map(({ task }) => task.id),
      );
    },
  };
}

/** A store that answers what an import would find, and stores nothing. */
export function rehearsalStore(client: Queryable, context: Context, maxLists: number): ImportStore {
  return {
    ...questions(client, context),
    begin: () => Promise.resolve(),
    finish: () => Promise.resolve(null),
    lists: (names) => findLists(client, context.userId, { names, max: maxLists }),
    add: () => Promise.resolve(),
  };
}

function questions(
  client: Queryable,
  context: Context,
): Pick<ImportStore, 'context' | 'find' | 'depthOf'> {
  return {
    context,
    find: (uids) => tasksByUid(client, context.userId, uids),
    depthOf: async (id) => (await ancestorIds(client, context.userId, id)).length,
  };
}

async function addAll(unit: ImportUnit, made: readonly NewImport[]): Promise<Date | null> {
  const { client, context } = unit;
  const { userId, actor, zone } = context;
  const at = context.clock();
  const type = 'todo.task.created.v1';
  const reminders = made.flatMap(({ task }) =>
    task.reminders.length === 0
      ? []
      : pendingReminders(context, task, new Map()).map((one) => ({ taskId: task.id, ...one })),
  );
  await insertTasks(client, userId, made);
  await insertReminders(client, reminders);
  await insertImportedUids(client, userId, made);
  await appendEvents(
    client,
    SCHEMA,
    made.map(({ task }) => ({
      topic: TOPICS.taskEvents,
      type,
      key: task.id,
      time: at,
      data: {
        userId,
        taskId: task.id,
        version: task.version,
        actor,
        at: at.toISOString(),
        task,
        before: null,
        zone,
      },
    })),
  );
  const usage = await appendChanges(
    client,
    userId,
    made.map(({ task }) => ({
      type: 'task',
      taskId: task.id,
      data: { type, version: task.version, actor, at: at.toISOString() },
    })),
    at,
  );
  if (usage) unit.checkUsage(usage);
  const times = reminders.flatMap(({ pendingAt }) => (pendingAt ? [pendingAt.getTime()] : []));
  return times.length === 0 ? null : new Date(times.reduce((a, b) => Math.min(a, b)));
}

// How the tasks of a file are stored: hundreds with one statement, in a transaction with their reminders, events and changes.
// The rules of a task are those of every other door; only the number of round trips differs. An import within a request is one
// transaction; one that goes on behind its request has a transaction for each of its steps.
import type { Queryable } from '@todo/runtime/database';
import { uuidv7 } from '@todo/runtime/uuid';
import { TOPICS } from '@todo/contracts/events';
import { appendEvents } from '@todo/messaging/outbox';
import type { Task } from '@todo/contracts/task';
import { addMissingFilters } from '../filters/saved-filters.ts';
import type { NewSavedFilter } from '../filters/saved-filters.ts';
import { findLists, findOrAddLists } from '../lists/lists.ts';
import type { NamedList } from '../lists/lists.ts';
import type { Quotas, Usage } from '../limits/quotas.ts';
import { appendChanges } from '../live/change-log.ts';
import { insertReminders } from '../reminders/reminder-rows.ts';
import { SCHEMA } from '../schema.ts';
import { insertImportedUids, tasksByUid } from './imported-uids.ts';
import {
  addToImport,
  forgetImport,
  insertImport,
  insertImportedTasks,
  insertMerge,
} from './imports.ts';
import type { MadeList } from './imports.ts';
import type { TaskPatch } from './input.ts';
import { pendingReminders } from './rules.ts';
import type { Context } from './task-context.ts';
import { ancestorIds, findTask, insertTasks, tasksTitled } from './task-rows.ts';

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
  /** A living task of the person; undefined where there is none. */
  task: (id: string) => Promise<Task | undefined>;
  /** Living tasks of the person with these titles, oldest first, without those that this import stored. */
  titled: (titles: readonly string[]) => Promise<readonly Task[]>;
  /** Changes a task to what a file knows more of it. @param completedAt complete it, as of then @throws Problem */
  merge: (task: Task, patch: TaskPatch, completedAt: string | null) => Promise<void>;
  /** How many tasks are above a stored task, itself included: 1 for one without a parent. */
  depthOf: (id: string) => Promise<number>;
  /** Lists by name, made where missing; a name given twice is two lists. Undefined beyond the number a person may have. */
  lists: (names: readonly string[]) => Promise<readonly (NamedList | undefined)[]>;
  /** Stores saved filters, those that the person has no other of that name of and that can be read. */
  addFilters: (filters: readonly NewSavedFilter[]) => Promise<void>;
  /** Stores tasks. Each one's parent is stored already or among them. */
  add: (made: readonly NewImport[]) => Promise<void>;
}

/** The transaction of an import, or of a step of one. */
export interface ImportUnit {
  readonly client: Queryable;
  readonly context: Context;
  /** Told of each batch: the earliest reminder it set, or null. */
  noteStored: (remindAt: Date | null) => void;
  /** Asked after each batch. @throws Problem for what goes beyond a quota */
  checkUsage: (usage: Usage) => void;
  /** Changes a single task. */
  update: (ref: { readonly id: string }, patch: TaskPatch) => Promise<Task>;
  setStatus: (ref: { readonly id: string }, status: Task['status'], at?: string) => Promise<Task>;
}

/** What a person may have. */
export type ImportLimits = Pick<Quotas, 'lists' | 'filters'>;

/** The store of an import that is one transaction. */
export function importStore(unit: ImportUnit, limits: ImportLimits): ImportStore {
  const { client, context } = unit;
  const id = uuidv7(context.clock().getTime());
  const { stored, ...rest } = storing(unit, id, limits);
  return {
    ...rest,
    begin: (format, name) =>
      insertImport(client, context.userId, { id, format, name, createdAt: context.clock() }),
    finish: async () => {
      const isEmpty = stored.tasks + stored.newLists.length + stored.merged === 0;
      await (isEmpty ? forgetImport(client, id) : addToImport(client, id, stored));
      return isEmpty ? null : id;
    },
  };
}

/** The store of one step of an import that is there already; `finish` adds what the step stored. */
export function stepStore(unit: ImportUnit, id: string, limits: ImportLimits): ImportStore {
  const { stored, ...rest } = storing(unit, id, limits);
  return {
    ...rest,
    begin: () => Promise.resolve(),
    finish: async () => {
      await addToImport(unit.client, id, stored);
      return id;
    },
  };
}

/** What was stored so far. */
interface Stored {
  tasks: number;
  merged: number;
  readonly newLists: MadeList[];
}

function storing(
  unit: ImportUnit,
  id: string,
  limits: ImportLimits,
): Omit<ImportStore, 'begin' | 'finish'> & { stored: Stored } {
  const { client, context } = unit;
  const stored: Stored = { tasks: 0, merged: 0, newLists: [] };
  return {
    ...questions(client, context, id),
    stored,
    lists: async (names) => {
      const found = await findOrAddLists(
        client,
        context.userId,
        { names, max: limits.lists },
        context.clock(),
      );
      for (const list of found)
        if (list?.isNew === true) stored.newLists.push({ id: list.id, name: list.name });
      if (found.some((list) => list?.isNew)) unit.noteStored(null);
      return found;
    },
    addFilters: async (filters) => {
      if (await addMissingFilters(client, context, filters, limits.filters)) unit.noteStored(null);
    },
    add: async (made) => {
      if (made.length === 0) return;
      stored.tasks += made.length;
      unit.noteStored(await addAll(unit, made));
      await insertImportedTasks(
        client,
        id,
        made.map(({ task }) => task.id),
      );
    },
    merge: async (before, patch, completedAt) => {
      let after = before;
      if (Object.keys(patch).length > 0) after = await unit.update({ id: before.id }, patch);
      if (completedAt !== null)
        after = await unit.setStatus({ id: before.id }, 'done', completedAt);
      stored.merged += 1;
      await insertMerge(client, id, { before, version: after.version });
    },
  };
}

/** A store that answers what an import would find, and stores nothing. */
export function rehearsalStore(
  client: Queryable,
  context: Context,
  limits: ImportLimits,
): ImportStore {
  return {
    ...questions(client, context, null),
    begin: () => Promise.resolve(),
    finish: () => Promise.resolve(null),
    merge: () => Promise.resolve(),
    lists: (names) => findLists(client, context.userId, { names, max: limits.lists }),
    addFilters: () => Promise.resolve(),
    add: () => Promise.resolve(),
  };
}

function questions(
  client: Queryable,
  context: Context,
  importId: string | null,
): Pick<ImportStore, 'context' | 'find' | 'depthOf' | 'task' | 'titled'> {
  const { userId } = context;
  return {
    context,
    find: (uids) => tasksByUid(client, userId, uids),
    depthOf: async (id) => (await ancestorIds(client, userId, id)).length,
    task: async (id) => {
      const found = await findTask(client, userId, id);
      return found?.deletedAt === null ? found.task : undefined;
    },
    titled: (titles) => tasksTitled(client, userId, titles, importId),
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

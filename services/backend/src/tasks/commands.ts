// The commands on tasks, the same for REST, chat, MCP and the other services: (context, input) → result. Each one is one
// transaction that writes the tasks, their reminders, the change log and the outbox, or nothing.
//
// Long because all commands share one unit of work: the person's lock, the change log, the outbox and the order of events.
import type { Clock } from '@todo/runtime/clock';
import { withTransaction } from '@todo/runtime/database';
import type { Pool, PoolClient, Queryable } from '@todo/runtime/database';
import { TOPICS } from '@todo/contracts/events';
import type { EventType, TaskChange } from '@todo/contracts/events';
import { appendEvent } from '@todo/messaging/outbox';
import { invalidInput, notFound, Problem } from '@todo/contracts/problem';
import type { FieldError } from '@todo/contracts/problem';
import type { Due, Exception, Task } from '@todo/contracts/task';
import { carryItem } from '../calendars/item-relations.ts';
import { checkImports, checkUsage } from '../limits/quotas.ts';
import type { Quotas, Usage } from '../limits/quotas.ts';
import { appendChanges } from '../live/change-log.ts';
import type { NewChange } from '../live/change-log.ts';
import { saveReminders, sentReminders } from '../reminders/reminder-rows.ts';
import { SCHEMA } from '../schema.ts';
import { changeZone, findPerson, isNewZone, lockPerson } from '../identity/person-row.ts';
import type { Committed } from './committed.ts';
import { isInReach } from './task-context.ts';
import type { Context, Reach, TaskContext } from './task-context.ts';
import { once } from './idempotency.ts';
import { exportPages, zonesInUse } from './export-rows.ts';
import type { ExportedTask, ListChoice } from './export-rows.ts';
import { findImports } from './imports.ts';
import type { StoredImport } from './imports.ts';
import { importStore, rehearsalStore, stepStore } from './import-store.ts';
import type { ImportStore } from './import-store.ts';
import { MAX_DEPTH } from './input.ts';
import type { BulkCommand, NewTask, Skip, Snooze, TaskPatch } from './input.ts';
import { nextSubtasks } from './next-subtasks.ts';
import { withExceptions } from './exceptions.ts';
import { inZone } from './in-zone.ts';
import { isPresent, skipped, unskipped } from './skip.ts';
import {
  instantOf,
  makeOccurrence,
  makeTask,
  patchTask,
  pendingReminders,
  withStatus,
} from './rules.ts';
import { withSnooze } from './snooze.ts';
import { countSubtasks, countTasks, listTasks } from './task-list.ts';
import type { ListQuery, SubtaskCount, TaskPage } from './task-list.ts';
import { ancestorIds, findOccurrence, findTask, saveTask, subtaskIds } from './task-rows.ts';
import type { StoredTask } from './task-rows.ts';
import { recordSuccessor } from './successor-rows.ts';
import type { SuccessorStep } from './successor-rows.ts';
import { eraseTrashed, emptyTrash, listTrash } from './trash.ts';
import type { EmptiedTrash, TrashFilter, TrashPage } from './trash.ts';
import { findTrashed } from './trash-rows.ts';
import type { TrashedTask } from './trash-rows.ts';
import { withdrawSuccessor } from './withdraw-successor.ts';
import type { NextOccurrenceOutcome } from './withdraw-successor.ts';
import { importState, undoImport } from './undo-import.ts';
import type { ImportState } from './undo-import.ts';

/** One task of a command; `ifVersion`: refuse (412) when it has another version by now. */
interface TaskRef {
  readonly id: string;
  readonly ifVersion?: number | undefined;
}

/** A task that was opened again; `nextOccurrence`: what became of the one its completion made, where there was one. */
export type Reopened = Task & { readonly nextOccurrence?: NextOccurrenceOutcome };

/** What became of one task of a bulk command. */
export type BulkResult =
  | { readonly id: string; readonly ok: true; readonly task: Reopened | null }
  | {
      readonly id: string;
      readonly ok: false;
      readonly status: number;
      readonly detail: string;
      /** Of a 400: the wrong fields of the patch. */
      readonly errors?: FieldError[];
    };

/** Commands on tasks as steps of one transaction, for a door whose one message says several. They throw as those of {@link Tasks}. */
export interface TaskSteps {
  /** Inside the transaction, which holds the person's lock. */
  readonly client: Queryable;
  readonly context: Context;
  /** Stores a new task as it is, finished ones too. */
  add: (task: Task) => Promise<Task>;
  /** @param exceptions those of the series from now on, where the door knows them */
  update: (ref: TaskRef, patch: TaskPatch, exceptions?: readonly Exception[]) => Promise<Task>;
  /** @param at when it was done (UTC), where the door knows; else now */
  setStatus: (ref: TaskRef, status: Task['status'], at?: string) => Promise<Task>;
  remove: (ref: TaskRef) => Promise<void>;
  skip: (ref: TaskRef, skip: Skip) => Promise<Task>;
  createOccurrence: (next: NextOccurrence) => Promise<{ taskId: string | null; created: boolean }>;
}

/** The commands on tasks. All throw Problem: 400 naming the field, 404 for what is not the user's, 412 for a stale version. */
export interface Tasks {
  /**
   * @param idempotencyKey the same key again gives the same task; for another input 422
   * @param asked what a repetition is compared by, when it is not the input (words such as "in 2 hours")
   */
  create: (
    context: TaskContext,
    input: NewTask,
    idempotencyKey?: string,
    asked?: unknown,
  ) => Promise<Task>;
  /** Makes several tasks in one transaction: all or none. A wrong field is named with its task's index: `2.due`. */
  createMany: (
    context: TaskContext,
    inputs: readonly NewTask[],
    idempotencyKey?: string,
  ) => Promise<Task[]>;
  /**
   * Stores the tasks of a file in one transaction: all that `work` adds, or nothing.
   * @param repetition with the same key again the first result is given back; another request under that key is refused (422)
   */
  importFile: <T>(
    context: TaskContext,
    repetition: { readonly key: string | undefined; readonly request: unknown },
    work: (store: ImportStore) => Promise<T>,
  ) => Promise<T>;
  /**
   * Stores a part of an import that is there already, in a transaction of its own: all that `work` adds, or nothing.
   * @param work also gets the transaction, for what is stored of the import's progress
   */
  importStep: <T>(
    context: TaskContext,
    importId: string,
    work: (store: ImportStore, client: Queryable) => Promise<T>,
  ) => Promise<T>;
  /** Runs an import's work against the person's tasks, and stores nothing. */
  rehearseImport: <T>(context: TaskContext, work: (store: ImportStore) => Promise<T>) => Promise<T>;
  /** The newest imports of a person that stored something. */
  imports: (context: Pick<TaskContext, 'userId'>) => Promise<StoredImport[]>;
  /** One import, and which of its tasks are there. */
  import: (
    context: Pick<TaskContext, 'userId'>,
    id: string,
    options?: { readonly underWay?: boolean },
  ) => Promise<ImportState>;
  /** Takes an import back, or goes on with it where `undoneAt` is null: see {@link undoImport}. */
  undoImport: (context: TaskContext, id: string) => Promise<ImportState>;
  /** The tasks of a person for a file, oldest first, a page at a time. @param choice only those of some lists */
  exportPages: (
    context: Pick<TaskContext, 'userId'>,
    choice?: ListChoice,
  ) => AsyncGenerator<ExportedTask[]>;
  /** The zones that a person's tasks name. */
  zonesInUse: (
    context: Pick<TaskContext, 'userId'>,
  ) => Promise<{ zones: string[]; firstYear: number }>;
  list: (context: Reach, filter: ListQuery) => Promise<TaskPage>;
  /** The subtasks of some tasks, counted; a task without any is left out. */
  subtasks: (context: Reach, ids: readonly string[]) => Promise<Record<string, SubtaskCount>>;
  /** How many fit, up to `max` + 1. */
  count: (context: Reach, filter: ListQuery, max: number) => Promise<number>;
  /** @param options `deleted`: also one that was deleted */
  get: (context: Reach, id: string, options?: { deleted?: boolean }) => Promise<Task>;
  /** @param version refuse with 412 if the task has another one */
  update: (context: TaskContext, id: string, patch: TaskPatch, version?: number) => Promise<Task>;
  /** Reminds of an open task again later. @throws Problem 409 for a done one */
  snooze: (context: TaskContext, id: string, when: Snooze, version?: number) => Promise<Task>;
  /**
   * Goes on to the next due of a repeating task without doing this one; its subtasks come along, open. Naming the due of an
   * occurrence that is not the present one changes nothing.
   * @throws Problem 409 for what is done, does not repeat, or has nothing after it
   */
  skip: (context: TaskContext, id: string, skip: Skip, version?: number) => Promise<Task>;
  /** Takes a skip back: the occurrence of that due is the present one again. */
  unskip: (context: TaskContext, id: string, due: Due, version?: number) => Promise<Task>;
  /** Completing a completed task changes nothing. */
  complete: (context: TaskContext, id: string, version?: number) => Promise<Task>;
  /** Opens a done task again and takes back the next occurrence that its completion made, unless somebody touched it. */
  reopen: (context: TaskContext, id: string, version?: number) => Promise<Reopened>;
  /** Deletes with all subtasks; restorable. Deleting a deleted task changes nothing. */
  remove: (context: TaskContext, id: string, version?: number) => Promise<void>;
  /** Brings back a task and the subtasks that were deleted with it. */
  restore: (context: TaskContext, id: string, version?: number) => Promise<Task>;
  /** The person's deleted tasks, newest deletion first. @throws Problem 400 for a cursor that is not from this list */
  trash: (context: Reach, filter: TrashFilter) => Promise<TrashPage>;
  /** One deleted task. @throws Problem 404 for a living one too */
  trashed: (context: Reach, id: string) => Promise<TrashedTask>;
  /** Erases a deleted task and the subtasks that went with it; nothing brings them back. @throws Problem 404 for a living one too */
  erase: (context: TaskContext, id: string) => Promise<void>;
  /** Erases what is in the trash, or the oldest part of it: see {@link emptyTrash}. */
  emptyTrash: (context: TaskContext) => Promise<EmptiedTrash>;
  /** One command for several tasks, one transaction; what can't be done is told for each and changes nothing. */
  bulk: (context: TaskContext, command: BulkCommand) => Promise<BulkResult[]>;
  /**
   * The next task of a series with its subtasks, open; made once for each place in it.
   * @returns `taskId` null when the completion was taken back meanwhile, or all that remains of the series is left out
   * @throws Problem 404 without the previous task
   */
  createOccurrence: (
    context: Pick<TaskContext, 'userId' | 'actor'>,
    next: NextOccurrence,
  ) => Promise<{ taskId: string | null; created: boolean }>;
  /**
   * Computes the instants of a person's open tasks again, by the time zone rules of this process: what is due in the future,
   * and its relative reminders. What has been sent stays sent.
   * @returns how many tasks moved
   */
  recomputeInstants: (userId: string) => Promise<number>;
  /** Runs several steps in one transaction: all or none. */
  together: <T>(context: TaskContext, work: (steps: TaskSteps) => Promise<T>) => Promise<T>;
  /**
   * Changes the person's zone with what goes along, in one transaction: open all-day tasks, and relative reminders.
   * @param to `moveTimedFrom`: also open timed tasks of this zone keep their time of day in the new one; null: none
   */
  moveToZone: (
    context: TaskContext,
    to: { readonly zone: string; readonly moveTimedFrom: string | null },
  ) => Promise<ZoneMove>;
}

/** How many open tasks moved to another zone. */
export interface ZoneMove {
  readonly allDay: number;
  readonly timed: number;
}

/** A next occurrence to make. */
export interface NextOccurrence {
  readonly previousTaskId: string;
  readonly seriesId: string;
  readonly occurrence: number;
  readonly due: Due | null;
  /** The completion that asks for it: the version and the instant (UTC) of the completed task. */
  readonly completion?: { readonly version: number; readonly at: string | null } | undefined;
}

/** Makes the commands. @param options `onCommit` is called after each commit that changed something. */
export function createTasks(options: {
  pool: Pool;
  clock: Clock;
  quotas: Quotas;
  onCommit: (committed: Committed) => void;
}): Tasks {
  const { pool, clock, quotas } = options;

  async function write<T>(
    given: TaskContext,
    work: (unit: Unit, moved: ZoneMove) => Promise<T>,
    asked?: { moveTimedFrom: string | null },
  ): Promise<T> {
    const { result, unit } = await withTransaction(pool, async (client) => {
      const person = await lockPerson(client, given);
      const moves = asked !== undefined || isNewZone(given, person);
      const context: Context = { ...given, clock, zone: moves ? given.zone : person.zone };
      const started = new Unit(client, context, (usage) => {
        if (!started.madeOccurrence) checkUsage(person.usage, usage, quotas);
      });
      const moved = moves
        ? await started.moveToZone(person.zone, asked?.moveTimedFrom ?? null)
        : { allDay: 0, timed: 0 };
      const done = await work(started, moved);
      await started.writeChanges();
      return { result: done, unit: started };
    });
    if (unit.hasChanges()) options.onCommit({ userId: given.userId, remindAt: unit.remindAt() });
    return result;
  }

  return {
    create: (context, input, key, asked = input) =>
      write(context, (unit) =>
        once(unit.client, context.userId, key, ['create', asked], () => unit.create(input)),
      ),
    createMany: (context, inputs, key) =>
      write(context, (unit) =>
        once(unit.client, context.userId, key, ['create several', inputs], () =>
          each(inputs, (input) => unit.create(input)),
        ),
      ),
    importFile: (context, { key, request }, work) =>
      write(context, (unit) =>
        once(unit.client, context.userId, key, request, async () => {
          await checkImports(unit.client, context.userId, quotas);
          return await work(importStore(unit, quotas));
        }),
      ),
    importStep: (context, importId, work) =>
      write(context, (unit) => work(stepStore(unit, importId, quotas), unit.client)),
    rehearseImport: (context, work) => work(rehearsalStore(pool, { ...context, clock }, quotas)),
    imports: ({ userId }) => findImports(pool, userId),
    import: ({ userId }, id, options) => importState(pool, userId, id, options),
    undoImport: (context, id) =>
      undoImport(
        {
          pool,
          write: (work) => write(context, (unit) => work(unit)),
        },
        context,
        id,
      ),
    exportPages: ({ userId }, choice) => exportPages(pool, userId, choice),
    zonesInUse: ({ userId }) => zonesInUse(pool, userId),
    list: (context, filter) => listTasks(pool, context, filter),
    subtasks: (context, ids) => countSubtasks(pool, context, ids),
    count: (context, filter, max) => countTasks(pool, context, filter, max),
    get: async (context, id, { deleted = false } = {}) => {
      const stored = inReach(context, await findTask(pool, context.userId, id));
      if (!stored || (stored.deletedAt && !deleted)) throw notFound('task');
      return stored.task;
    },
    update: (context, id, patch, ifVersion) =>
      write(context, (unit) => unit.update({ id, ifVersion }, patch)),
    snooze: (context, id, when, ifVersion) =>
      write(context, (unit) => unit.snooze({ id, ifVersion }, when)),
    skip: (context, id, which, ifVersion) =>
      write(context, (unit) => unit.skip({ id, ifVersion }, which)),
    unskip: (context, id, due, ifVersion) =>
      write(context, (unit) => unit.unskip({ id, ifVersion }, due)),
    complete: (context, id, ifVersion) =>
      write(context, (unit) => unit.setStatus({ id, ifVersion }, 'done')),
    reopen: (context, id, ifVersion) =>
      write(context, (unit) => unit.setStatus({ id, ifVersion }, 'open')),
    remove: (context, id, ifVersion) => write(context, (unit) => unit.remove({ id, ifVersion })),
    restore: (context, id, ifVersion) => write(context, (unit) => unit.restore({ id, ifVersion })),
    trash: (context, filter) => listTrash(pool, context, filter),
    trashed: async (context, id) => {
      const found = await findTrashed(pool, context, id);
      if (!found) throw notFound('task');
      return found;
    },
    erase: (context, id) => write(context, (unit) => eraseTrashed(unit, id)),
    emptyTrash: (context) => emptyTrash((work) => write(context, (unit) => work(unit))),
    bulk: (context, command) =>
      write(context, async (unit) => {
        const results: BulkResult[] = [];
        for (const id of new Set(command.ids)) results.push(await unit.tryOne(command, id));
        return results;
      }),
    createOccurrence: async (given, next) => {
      const person = await findPerson(pool, given.userId);
      if (!person) throw notFound('task');
      const context = { ...given, ...person, zoneAsOf: null };
      return await write(context, (unit) => unit.createOccurrence(next));
    },
    recomputeInstants: async (userId) => {
      const person = await findPerson(pool, userId);
      if (!person) return 0;
      const actor = { kind: 'service', id: 'time-zone-data' } as const;
      const context = { userId, actor, ...person, zoneAsOf: null };
      return await write(context, (unit) => unit.recomputeInstants());
    },
    together: (context, work) => write(context, (unit) => work(unit)),
    moveToZone: (context, { zone, moveTimedFrom }) =>
      write({ ...context, zone }, (_unit, moved) => Promise.resolve(moved), { moveTimedFrom }),
  };
}

/** One transaction's work for one person. */
class Unit implements TaskSteps {
  readonly client: PoolClient;
  readonly context: Context;
  private readonly changes: NewChange[] = [];
  private earliest: Date | null = null;
  private storedElsewhere = false;
  /** Completing a repeating task makes the next one: no quota ends a series. */
  madeOccurrence = false;

  /** Refuses what goes beyond a quota. */
  readonly checkUsage: (usage: Usage) => void;

  constructor(client: PoolClient, context: Context, check: (usage: Usage) => void) {
    this.client = client;
    this.context = context;
    this.checkUsage = check;
  }

  hasChanges(): boolean {
    return this.storedElsewhere || this.changes.length > 0;
  }
  /** Something was stored in this transaction past the unit; `remindAt` is the earliest reminder it set. */
  noteStored(remindAt: Date | null): void {
    this.storedElsewhere = true;
    if (remindAt && (!this.earliest || remindAt < this.earliest)) this.earliest = remindAt;
  }
  remindAt(): Date | null {
    return this.earliest;
  }
  async writeChanges(): Promise<void> {
    const { client, context, changes } = this;
    const usage = await appendChanges(client, context.userId, changes, context.clock());
    if (usage) this.checkUsage(usage);
  }

  async create(input: NewTask): Promise<Task> {
    return await this.add(makeTask(this.context, input));
  }

  async add(task: Task): Promise<Task> {
    await this.checkPlace(task);
    await this.save('todo.task.created.v1', null, task, null);
    return task;
  }

  async createOccurrence(
    next: NextOccurrence,
  ): Promise<{ taskId: string | null; created: boolean }> {
    const { client, context } = this;
    const made = await findOccurrence(client, context.userId, next.seriesId, next.occurrence);
    const previous = await findTask(client, context.userId, next.previousTaskId);
    if (!previous) throw notFound('task');
    if (wasTakenBack(previous.task, next)) return { taskId: null, created: false };
    if (made !== undefined) return { taskId: made, created: false };
    const parentId = await this.parentOfOccurrence(previous.task.parentId);
    this.madeOccurrence = true;
    const asSeries = { ...makeOccurrence(context, previous.task, next), parentId };
    const task = withExceptions(asSeries, context.zone, context.clock());
    if (task === null) return { taskId: null, created: false };
    await this.save('todo.task.created.v1', null, task, null);
    const kept = previous.task.status === 'open' || previous.deletedAt !== null;
    const steps = await this.carrySubtasks({ ...previous.task, kept }, task, previous.deletedAt);
    await recordSuccessor(client, task.id, next.previousTaskId, steps);
    await carryItem(client, next.previousTaskId, task.id);
    return { taskId: task.id, created: true };
  }

  /** The parent of a subtask's successor: where the parent itself was followed by another, the last of those. */
  private async parentOfOccurrence(parentId: string | null): Promise<string | null> {
    const { client, context } = this;
    for (let id = parentId; id !== null;) {
      const parent = (await findTask(client, context.userId, id))?.task;
      if (parent?.status !== 'done' || parent.seriesId === null) return id;
      const { seriesId, occurrence } = parent;
      const next = await findOccurrence(client, context.userId, seriesId, occurrence + 1);
      if (next === undefined) return id;
      id = next;
    }
    return null;
  }

  /** The subtasks of a task come along, open, below its successor. */
  private async carrySubtasks(
    previous: Task & { readonly kept: boolean },
    successor: Task,
    deletedAt: Date | null,
  ): Promise<SuccessorStep[]> {
    const { client, context } = this;
    const below: Task[] = [];
    for (const id of await subtaskIds(client, context.userId, previous.id, deletedAt)) {
      const stored = await findTask(client, context.userId, id);
      if (stored) below.push(stored.task);
    }
    const next = nextSubtasks(context, previous, successor, below);
    for (const each of next) await this.save(each.type, each.before, each.task, null);
    return next.map(({ before, task: { id, version } }) => ({ id, version, before }));
  }

  async update(ref: TaskRef, patch: TaskPatch, exceptions?: readonly Exception[]): Promise<Task> {
    const before = await this.find(ref);
    const task = patchTask(this.context, before, patch, exceptions);
    if (patch.listId != null || patch.parentId != null) await this.checkPlace(task);
    await this.save('todo.task.updated.v1', before, task, null);
    return task;
  }

  async snooze(ref: TaskRef, when: Snooze): Promise<Task> {
    const before = await this.find(ref);
    if (before.status === 'done')
      throw new Problem(409, 'task-done', 'The task is done. Reopen it to be reminded of it.');
    const now = this.context.clock().getTime();
    const until = new Date('until' in when ? when.until : now + when.minutes * 60_000);
    const task = withSnooze(this.context, before, until);
    await this.save('todo.task.updated.v1', before, task, null);
    return task;
  }

  async skip(ref: TaskRef, { due }: Skip): Promise<Task> {
    const before = await this.find(ref);
    if (!isPresent(before, due)) return before;
    return await this.place(before, skipped(this.context, before));
  }

  async unskip(ref: TaskRef, due: Due): Promise<Task> {
    const before = await this.find(ref);
    return await this.place(before, unskipped(this.context, before, due));
  }

  /** Stores a task at another due of its series; its subtasks come along. */
  private async place(before: Task, task: Task): Promise<Task> {
    await this.save('todo.task.updated.v1', before, task, null);
    await this.carrySubtasks({ ...before, kept: false }, task, null);
    return task;
  }

  async setStatus(ref: TaskRef, status: Task['status'], at?: string): Promise<Reopened> {
    const before = await this.find(ref);
    if (before.status === status) return before;
    const task = inZone(this.context, withStatus(this.context, before, status, at), null);
    if (status === 'done') {
      await this.save('todo.task.completed.v1', before, task, null);
      return task;
    }
    const nextOccurrence = await withdrawSuccessor(this, before);
    await this.save('todo.task.reopened.v1', before, task, null);
    return nextOccurrence === undefined ? task : { ...task, nextOccurrence };
  }

  async remove(ref: TaskRef): Promise<void> {
    const stored = await this.reach(ref.id);
    if (!stored) throw notFound('task');
    if (stored.deletedAt) return;
    checkVersion(stored.task, ref);
    const now = this.context.clock();
    const below = await subtaskIds(this.client, this.context.userId, ref.id, null);
    for (const id of [ref.id, ...below]) {
      const before = await this.find({ id });
      const task = { ...before, version: before.version + 1, updatedAt: now.toISOString() };
      await this.save('todo.task.deleted.v1', before, task, now);
    }
  }

  async restore(ref: TaskRef): Promise<Task> {
    const { userId, clock } = this.context;
    const stored = await this.reach(ref.id);
    if (!stored) throw notFound('task');
    if (!stored.deletedAt) return stored.task;
    checkVersion(stored.task, ref);
    const below = await subtaskIds(this.client, userId, ref.id, stored.deletedAt);
    const restored: Task[] = [];
    for (const id of [ref.id, ...below]) {
      const deleted = (await findTask(this.client, userId, id))?.task;
      if (!deleted) continue;
      const { parentId } = deleted;
      // a parent that is still deleted would hide it
      const parentLives =
        parentId !== null && (await findTask(this.client, userId, parentId))?.deletedAt === null;
      const task = {
        ...deleted,
        parentId: parentLives ? parentId : null,
        version: deleted.version + 1,
        updatedAt: clock().toISOString(),
      };
      const placed = inZone(this.context, task, null);
      await this.save('todo.task.restored.v1', null, placed, null);
      restored.push(placed);
    }
    return restored[0] as Task;
  }

  async tryOne(command: BulkCommand, id: string): Promise<BulkResult> {
    try {
      switch (command.action) {
        case 'complete':
          return { id, ok: true, task: await this.setStatus({ id }, 'done') };
        case 'reopen':
          return { id, ok: true, task: await this.setStatus({ id }, 'open') };
        case 'update':
          return { id, ok: true, task: await this.update({ id }, command.patch) };
        case 'restore':
          return { id, ok: true, task: await this.restore({ id }) };
        case 'delete':
          await this.remove({ id });
          return { id, ok: true, task: null };
      }
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      const { status, message: detail, fields } = error;
      return {
        id,
        ok: false,
        status,
        detail,
        ...(fields.length > 0 ? { errors: [...fields] } : {}),
      };
    }
  }

  /** Open tasks follow a person into another zone, as {@link inZone} says; relative reminders of instants are set again. */
  async moveToZone(from: string, moveTimedFrom: string | null): Promise<ZoneMove> {
    const { client, context } = this;
    if (from !== context.zone) await changeZone(client, context.userId, context.zone);
    const { rows } = await client.query<{ id: string }>(
      `SELECT id FROM todo.tasks WHERE user_id = $1 AND status = 'open' AND deleted_at IS NULL
         AND (due->>'kind' <> 'local' OR due->>'zone' = $2)`,
      [context.userId, moveTimedFrom],
    );
    const moved = { allDay: 0, timed: 0 };
    for (const { id } of rows) {
      const before = await this.find({ id });
      const task = inZone(context, before, moveTimedFrom);
      if (task !== before) {
        const { version } = before;
        const updatedAt = context.clock().toISOString();
        const next = { ...task, version: version + 1, updatedAt };
        await this.save('todo.task.updated.v1', before, next, null);
        moved[task.due?.kind === 'date' ? 'allDay' : 'timed'] += 1;
      } else if (task.due?.kind === 'instant' && task.reminders.length > 0) {
        await this.saveReminders(task, false, false);
      }
    }
    return moved;
  }

  async recomputeInstants(): Promise<number> {
    const { client, context } = this;
    const { rows } = await client.query<{ id: string; due: Due; due_at: Date }>(
      `SELECT id, due, due_at FROM todo.tasks WHERE user_id = $1 AND status = 'open' AND deleted_at IS NULL
         AND due->>'kind' IN ('local', 'date') AND due_at > $2`,
      [context.userId, context.clock()],
    );
    let moved = 0;
    for (const { id, due, due_at: stored } of rows) {
      const dueAt = instantOf(due, context.zone);
      if (dueAt === stored.toISOString()) continue;
      const before = await this.find({ id });
      const updatedAt = context.clock().toISOString();
      const task = { ...before, dueAt, version: before.version + 1, updatedAt };
      await this.save('todo.task.updated.v1', before, task, null);
      moved += 1;
    }
    return moved;
  }

  /** Writes a task with all that follows from it. `deletedAt`: it is deleted now. */
  async save(
    type: EventType & `todo.task.${string}`,
    before: Task | null,
    task: Task,
    deletedAt: Date | null,
  ): Promise<void> {
    const { client, context } = this;
    if (!isInReach(context, task.listId))
      throw invalidInput([
        {
          field: 'listId',
          message: 'expected one of the lists that this access token is limited to',
        },
      ]);
    await saveTask(client, context.userId, task, deletedAt);
    await this.saveReminders(task, deletedAt !== null, before === null);
    await this.announce(type, task, { task: deletedAt ? null : task, before });
  }

  /** Says that a deleted task is erased: as its deletion was said, so that every consumer knows the event, and marked as final. */
  async announceErased(task: Task): Promise<void> {
    const gone = { task: null, before: task, erased: true } as const;
    await this.announce('todo.task.deleted.v1', { ...task, version: task.version + 1 }, gone);
  }

  /** Writes the event of a change, and the note for open pages. */
  private async announce(
    type: EventType & `todo.task.${string}`,
    { id, version }: Pick<Task, 'id' | 'version'>,
    change: Pick<TaskChange, 'task' | 'before' | 'erased'>,
  ): Promise<void> {
    const { client, context } = this;
    const { userId, actor, zone } = context;
    const time = context.clock();
    const at = time.toISOString();
    await appendEvent(client, SCHEMA, {
      topic: TOPICS.taskEvents,
      type,
      key: id,
      time,
      data: { userId, taskId: id, version, actor, at, ...change, zone },
    });
    this.changes.push({ type: 'task', taskId: id, data: { type, version, actor, at } });
  }

  private async saveReminders(task: Task, deleted: boolean, isNew: boolean): Promise<void> {
    if (isNew && task.reminders.length === 0) return;
    const sent = await sentReminders(this.client, task.id);
    const pending = pendingReminders(this.context, task, sent).map((reminder) =>
      deleted ? { ...reminder, pendingAt: null } : reminder,
    );
    await saveReminders(this.client, task.id, pending);
    for (const { pendingAt } of pending)
      if (pendingAt && (!this.earliest || pendingAt < this.earliest)) this.earliest = pendingAt;
  }

  private async find(ref: TaskRef): Promise<Task> {
    const { task } = living(await this.reach(ref.id));
    checkVersion(task, ref);
    return task;
  }

  /** A task that the context may know of. */
  private async reach(id: string): Promise<StoredTask | undefined> {
    return inReach(this.context, await findTask(this.client, this.context.userId, id));
  }

  /** The list and the parent must be the person's own; a task is never below itself. */
  private async checkPlace(task: Task): Promise<void> {
    const { client, context } = this;
    if (task.listId !== null) {
      const { rowCount } = await client.query(
        'SELECT 1 FROM todo.lists WHERE id = $1 AND user_id = $2',
        [task.listId, context.userId],
      );
      if (rowCount === 0) throw invalidInput([{ field: 'listId', message: 'no such list' }]);
    }
    if (task.parentId !== null) {
      const above = (await this.reach(task.parentId))
        ? await ancestorIds(client, context.userId, task.parentId)
        : [];
      if (above.length === 0) throw invalidInput([{ field: 'parentId', message: 'no such task' }]);
      if (above.includes(task.id))
        throw invalidInput([{ field: 'parentId', message: 'is this task or one of its subtasks' }]);
      if (above.length > MAX_DEPTH)
        throw invalidInput([{ field: 'parentId', message: `at most ${MAX_DEPTH} levels` }]);
    }
  }
}

/** Makes one after the other; a wrong field is named with its index. */
async function each<T>(inputs: readonly T[], make: (input: T) => Promise<Task>): Promise<Task[]> {
  const tasks: Task[] = [];
  for (const [index, input] of inputs.entries()) {
    try {
      tasks.push(await make(input));
    } catch (error) {
      throw error instanceof Problem && error.status === 400
        ? invalidInput(
            error.fields.map((wrong) => ({ ...wrong, field: `${index}.${wrong.field}` })),
          )
        : error;
    }
  }
  return tasks;
}

/** Whether the completion that asks for a next occurrence is not the task's present one any more. */
function wasTakenBack(previous: Task, { completion }: NextOccurrence): boolean {
  if (completion === undefined || previous.version <= completion.version) return false;
  return previous.status === 'open' || previous.completedAt !== completion.at;
}

function inReach(reach: Reach, stored: StoredTask | undefined): StoredTask | undefined {
  return stored && isInReach(reach, stored.task.listId) ? stored : undefined;
}

function living(stored: StoredTask | undefined): StoredTask {
  if (!stored || stored.deletedAt) throw notFound('task');
  return stored;
}

function checkVersion(task: Task, ref: TaskRef): void {
  if (ref.ifVersion === undefined || ref.ifVersion === task.version) return;
  throw new Problem(
    412,
    'version-conflict',
    `The task now has version ${task.version}, not ${ref.ifVersion}. Read it again and repeat your change.`,
    { headers: { etag: `"${task.version}"` } },
  );
}

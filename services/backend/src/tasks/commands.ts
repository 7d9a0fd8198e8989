// What can be done to tasks. Each command is one transaction: the task, its reminders, a row of the change log for live
// views, and an event in the outbox. REST, chat and MCP all come through here; nothing here knows of HTTP or Dapr.
import { createHash } from 'node:crypto';
import type { Clock } from '@todo/common/clock';
import { withTransaction } from '@todo/common/database';
import type { Pool, PoolClient } from '@todo/common/database';
import { dueInstant, reminderInstant } from '@todo/common/due';
import { TOPICS } from '@todo/common/events';
import type { Actor, EventType } from '@todo/common/events';
import { appendEvent } from '@todo/common/outbox';
import { invalidInput, notFound, Problem } from '@todo/common/problem';
import { anchorOf, checkRule, RuleError } from '@todo/common/recurrence';
import type { Due, Recurrence, Reminder, Task } from '@todo/common/task';
import { uuidv7 } from '@todo/common/uuid';
import { SCHEMA } from '../config.ts';
import { appendChange } from '../live/change-log.ts';
import type { NewTask, TaskPatch, TaskQuery } from './input.ts';
import {
  insertTask,
  listTasks,
  lockUser,
  readOccurrence,
  readTask,
  replaceReminders,
  updateTask,
  wireTask,
} from './store.ts';
import type { PlannedReminder, StoredTask, TaskPage } from './store.ts';

/** For whom and by whom a command runs. */
export interface TaskContext {
  /** The only user whose tasks it can reach. */
  readonly userId: string;
  readonly actor: Actor;
  /** The user's IANA zone. */
  readonly zone: string;
  readonly locale: string;
}

/** What commands need of the process they run in. */
export interface TaskEnvironment {
  readonly pool: Pool;
  readonly clock: Clock;
  /** Called after each commit with the user whose tasks changed. */
  readonly changed: (userId: string) => void;
}

/** The commands on tasks. All throw Problem: 404 for what is not the user's, 400 naming the field, 412 for a stale version. */
export interface Tasks {
  create: (context: TaskContext, input: NewTask, idempotencyKey?: string) => Promise<Task>;
  list: (context: TaskContext, query: TaskQuery) => Promise<TaskPage>;
  /** @param options `deleted`: also one that was deleted */
  get: (context: TaskContext, id: string, options?: { deleted?: boolean }) => Promise<Task>;
  /** @param version refuse with 412 if the task has another one */
  update: (context: TaskContext, id: string, patch: TaskPatch, version?: number) => Promise<Task>;
  /** Completing a completed task changes nothing. */
  complete: (context: TaskContext, id: string, version?: number) => Promise<Task>;
  /** Reopening keeps the next occurrence if it was made already. */
  reopen: (context: TaskContext, id: string, version?: number) => Promise<Task>;
  remove: (context: TaskContext, id: string, version?: number) => Promise<void>;
  /** Undoes a deletion. */
  restore: (context: TaskContext, id: string) => Promise<Task>;
  /** Makes the task that follows a completed one; the same place in a series is made once. */
  createOccurrence: (
    context: TaskContext,
    next: NextOccurrence,
  ) => Promise<{ taskId: string; created: boolean }>;
}

/** A next occurrence to make. */
export interface NextOccurrence {
  readonly previousTaskId: string;
  readonly seriesId: string;
  readonly occurrence: number;
  readonly due: Due;
}

/** Makes the commands. */
export function createTasks(environment: TaskEnvironment): Tasks {
  const { pool, clock } = environment;

  async function write<T>(
    context: TaskContext,
    work: (client: PoolClient) => Promise<T>,
  ): Promise<T> {
    const result = await withTransaction(pool, async (client) => {
      await lockUser(client, context.userId);
      return await work(client);
    });
    environment.changed(context.userId);
    return result;
  }

  async function change(
    context: TaskContext,
    id: string,
    version: number | undefined,
    type: Extract<EventType, `todo.task.${string}`>,
    next: (
      before: StoredTask,
      now: Date,
      client: PoolClient,
    ) => StoredTask | undefined | Promise<StoredTask | undefined>,
  ): Promise<Task> {
    return await write(context, async (client) => {
      const before = await readTask(client, context.userId, id, {
        deleted: type === 'todo.task.restored.v1',
      });
      if (!before) throw notFound('task');
      requireVersion(before, version);
      const now = clock();
      const changed = await next(before, now, client);
      if (!changed) return wireTask(before);
      const after = { ...changed, version: before.version + 1, updatedAt: now.toISOString() };
      await updateTask(client, after);
      await replaceReminders(client, id, plan(after, context.zone), now);
      await tell(client, context, type, before, after, now);
      return wireTask(after);
    });
  }

  return {
    create: async (context, input, idempotencyKey) =>
      await write(context, async (client) => {
        const hash = createHash('sha256').update(JSON.stringify(input)).digest('hex');
        if (idempotencyKey !== undefined) {
          const known = await findByKey(client, context.userId, idempotencyKey, hash);
          if (known) return known;
        }
        if (input.parentId) await requireParent(client, context.userId, input.parentId);
        const now = clock();
        const task = newStoredTask(context, input, now);
        await insertTask(client, task, plan(task, context.zone));
        if (idempotencyKey !== undefined) {
          await client.query(
            'INSERT INTO todo.idempotency_keys (user_id, key, request_hash, task_id) VALUES ($1, $2, $3, $4)',
            [context.userId, idempotencyKey, hash, task.id],
          );
        }
        await rememberPerson(client, context);
        await tell(client, context, 'todo.task.created.v1', null, task, now);
        return wireTask(task);
      }),

    list: async (context, query) => await listTasks(pool, context.userId, query),

    get: async (context, id, options) => {
      const task = await readTask(pool, context.userId, id, options);
      if (!task) throw notFound('task');
      return wireTask(task);
    },

    update: async (context, id, patch, version) =>
      await change(context, id, version, 'todo.task.updated.v1', async (before, _now, client) => {
        if (patch.parentId) {
          if (patch.parentId === id)
            throw invalidInput([
              { field: 'parentId', message: 'a task can not be its own parent' },
            ]);
          await requireParent(client, context.userId, patch.parentId);
        }
        return patched(before, patch, context.zone);
      }),

    complete: async (context, id, version) =>
      await change(context, id, version, 'todo.task.completed.v1', (before, now) =>
        before.status === 'done'
          ? undefined
          : { ...before, status: 'done', completedAt: now.toISOString() },
      ),

    reopen: async (context, id, version) =>
      await change(context, id, version, 'todo.task.reopened.v1', (before) =>
        before.status === 'open' ? undefined : { ...before, status: 'open', completedAt: null },
      ),

    remove: async (context, id, version) => {
      await change(context, id, version, 'todo.task.deleted.v1', (before, now) => ({
        ...before,
        deletedAt: now.toISOString(),
      }));
    },

    restore: async (context, id) =>
      await change(context, id, undefined, 'todo.task.restored.v1', (before) =>
        before.deletedAt === null ? undefined : { ...before, deletedAt: null },
      ),

    createOccurrence: async (context, next) =>
      await write(context, async (client) => {
        const existing = await readOccurrence(client, next.seriesId, next.occurrence);
        if (existing) return { taskId: existing.id, created: false };
        const previous = await readTask(client, context.userId, next.previousTaskId, {
          deleted: true,
        });
        if (previous?.seriesId !== next.seriesId) throw notFound('task');
        const now = clock();
        const task: StoredTask = {
          ...previous,
          id: uuidv7(now.getTime()),
          version: 1,
          status: 'open',
          due: next.due,
          dueAt: dueInstant(next.due, context.zone).toISOString(),
          // an absolute reminder belonged to the occurrence before
          reminders: previous.reminders
            .filter((one) => 'before' in one)
            .map((one) => ({ ...one, id: uuidv7(now.getTime()) })),
          occurrence: next.occurrence,
          completedAt: null,
          createdAt: now.toISOString(),
          updatedAt: now.toISOString(),
          deletedAt: null,
        };
        await insertTask(client, task, plan(task, context.zone));
        await tell(client, context, 'todo.task.created.v1', null, task, now);
        return { taskId: task.id, created: true };
      }),
  };
}

function newStoredTask(context: TaskContext, input: NewTask, now: Date): StoredTask {
  const series = seriesOf(input.recurrence, input.due, context.zone, null);
  return {
    ...input,
    ...series,
    id: uuidv7(now.getTime()),
    userId: context.userId,
    version: 1,
    status: 'open',
    dueAt: instantOf(input.due, context.zone),
    reminders: input.reminders.map((one) => withId(one, now)),
    occurrence: 1,
    completedAt: null,
    createdAt: now.toISOString(),
    updatedAt: now.toISOString(),
    deletedAt: null,
  };
}

function patched(before: StoredTask, patch: TaskPatch, zone: string): StoredTask {
  const { reminders, ...fields } = definedOnly(patch);
  const after = { ...before, ...fields } as StoredTask;
  const moved = patch.due !== undefined || patch.recurrence !== undefined;
  return {
    ...after,
    ...(moved ? seriesOf(after.recurrence, after.due, zone, before) : {}),
    dueAt: instantOf(after.due, zone),
    reminders: reminders ? reminders.map((one) => withId(one, new Date())) : before.reminders,
  };
}

function definedOnly<T extends object>(patch: T): T {
  return Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined)) as T;
}

function withId(reminder: NewTask['reminders'][number], now: Date): Reminder {
  return { ...reminder, id: reminder.id ?? uuidv7(now.getTime()) };
}

function instantOf(due: Due | null, zone: string): string | null {
  return due && dueInstant(due, zone).toISOString();
}

/** A series begins with the rule; moving the due by hand begins counting from there. */
function seriesOf(
  recurrence: Recurrence | null,
  due: Due | null,
  zone: string,
  before: StoredTask | null,
): Pick<StoredTask, 'seriesId' | 'recurrence'> {
  if (!recurrence) return { seriesId: before?.seriesId ?? null, recurrence: null };
  if (!due) throw invalidInput([{ field: 'due', message: 'a repeating task needs a due date' }]);
  const anchor = anchorOf(due, zone);
  try {
    checkRule(recurrence.rule, anchor);
  } catch (error) {
    if (error instanceof RuleError)
      throw invalidInput([{ field: 'recurrence.rule', message: error.message }]);
    throw error;
  }
  return {
    seriesId: before?.seriesId ?? uuidv7(),
    recurrence: { ...recurrence, anchor, zone: recurrence.zone ?? zone },
  };
}

/** When each reminder goes off: not at all once the task is done or deleted. */
function plan(task: StoredTask, zone: string): PlannedReminder[] {
  const silent = task.status === 'done' || task.deletedAt !== null;
  return task.reminders.map((reminder) => ({
    ...reminder,
    remindAt: silent ? null : reminderInstant(reminder, task.due, zone),
  }));
}

function requireVersion(task: StoredTask, version: number | undefined): void {
  if (version === undefined || task.version === version) return;
  throw new Problem(
    412,
    'changed-meanwhile',
    `The task was changed meanwhile: it has version ${task.version}, not ${version}. Read it again and repeat the change.`,
  );
}

async function requireParent(client: PoolClient, userId: string, parentId: string): Promise<void> {
  if (!(await readTask(client, userId, parentId))) {
    throw invalidInput([{ field: 'parentId', message: 'there is no such task' }]);
  }
}

async function findByKey(
  client: PoolClient,
  userId: string,
  key: string,
  hash: string,
): Promise<Task | undefined> {
  const { rows } = await client.query<{ task_id: string; request_hash: string }>(
    'SELECT task_id, request_hash FROM todo.idempotency_keys WHERE user_id = $1 AND key = $2',
    [userId, key],
  );
  const known = rows[0];
  if (!known) return undefined;
  if (known.request_hash !== hash) {
    throw new Problem(
      422,
      'idempotency-key-reused',
      'This Idempotency-Key was used with another body.',
    );
  }
  const task = await readTask(client, userId, known.task_id, { deleted: true });
  if (!task) throw notFound('task');
  return wireTask(task);
}

async function rememberPerson(client: PoolClient, context: TaskContext): Promise<void> {
  await client.query(
    `INSERT INTO todo.people AS known (user_id, zone, locale) VALUES ($1, $2, $3)
     ON CONFLICT (user_id) DO UPDATE SET zone = $2, locale = $3, updated_at = now() WHERE (known.zone, known.locale) <> ($2, $3)`,
    [context.userId, context.zone, context.locale],
  );
}

async function tell(
  client: PoolClient,
  context: TaskContext,
  type: Extract<EventType, `todo.task.${string}`>,
  before: StoredTask | null,
  after: StoredTask,
  now: Date,
): Promise<void> {
  const task = after.deletedAt === null ? wireTask(after) : null;
  await appendEvent(client, SCHEMA, {
    topic: TOPICS.taskEvents,
    type,
    key: after.id,
    time: now,
    data: {
      userId: context.userId,
      taskId: after.id,
      version: after.version,
      actor: context.actor,
      at: now.toISOString(),
      task,
      before: before && wireTask(before),
    },
  });
  await appendChange(client, {
    userId: context.userId,
    kind: 'task',
    data: { taskId: after.id, type, version: after.version, task },
  });
}

// The tables of tasks and reminders: every statement is scoped by the user, so that no path reaches another's rows.
import type { Queryable } from '@todo/common/database';
import { invalidInput } from '@todo/common/problem';
import type { Due, Recurrence, Reminder, Task } from '@todo/common/task';
import type { TaskQuery } from './input.ts';

/** A task with what never leaves the backend. */
export interface StoredTask extends Task {
  readonly userId: string;
  readonly deletedAt: string | null;
}

interface Row {
  id: string;
  user_id: string;
  version: number;
  title: string;
  notes: string;
  status: Task['status'];
  priority: Task['priority'];
  tags: string[];
  list_id: string | null;
  parent_id: string | null;
  due: Due | null;
  due_at: Date | null;
  recurrence: Recurrence | null;
  series_id: string | null;
  occurrence: number;
  completed_at: Date | null;
  created_at: Date;
  updated_at: Date;
  deleted_at: Date | null;
  reminders: { id: string; at: string | null; before: string | null }[];
}

const COLUMNS = `t.id, t.user_id, t.version, t.title, t.notes, t.status, t.priority, t.tags, t.list_id, t.parent_id, t.due, t.due_at,
  t.recurrence, t.series_id, t.occurrence, t.completed_at, t.created_at, t.updated_at, t.deleted_at,
  coalesce((SELECT jsonb_agg(jsonb_build_object('id', r.id, 'at', r.at, 'before', r.before) ORDER BY r.position)
            FROM todo.reminders r WHERE r.task_id = t.id), '[]') AS reminders`;

function toTask(row: Row): StoredTask {
  return {
    id: row.id,
    userId: row.user_id,
    version: row.version,
    title: row.title,
    notes: row.notes,
    status: row.status,
    priority: row.priority,
    tags: row.tags,
    listId: row.list_id,
    parentId: row.parent_id,
    due: row.due,
    dueAt: row.due_at?.toISOString() ?? null,
    recurrence: row.recurrence,
    reminders: row.reminders.map(({ id, at, before }): Reminder =>
      before === null ? { id, at: new Date(at ?? 0).toISOString() } : { id, before },
    ),
    seriesId: row.series_id,
    occurrence: row.occurrence,
    completedAt: row.completed_at?.toISOString() ?? null,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    deletedAt: row.deleted_at?.toISOString() ?? null,
  };
}

/** A task as others see it. */
export function wireTask(stored: StoredTask): Task {
  const { userId: _userId, deletedAt: _deletedAt, ...task } = stored;
  return task;
}

/**
 * Makes the user's writes wait for each other until the transaction ends, so that the change log of a user follows the
 * order of commits. Take it first in a transaction.
 */
export async function lockUser(client: Queryable, userId: string): Promise<void> {
  await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [
    `todo user:${userId}`,
  ]);
}

/** Reads one task of the user, deleted ones only if asked for. */
export async function readTask(
  client: Queryable,
  userId: string,
  id: string,
  options: { deleted?: boolean } = {},
): Promise<StoredTask | undefined> {
  const { rows } = await client.query<Row>(
    `SELECT ${COLUMNS} FROM todo.tasks t WHERE t.id = $1 AND t.user_id = $2 AND ($3 OR t.deleted_at IS NULL)`,
    [id, userId, options.deleted ?? false],
  );
  return rows[0] && toTask(rows[0]);
}

/** Reads the task of one place in a series. */
export async function readOccurrence(
  client: Queryable,
  seriesId: string,
  occurrence: number,
): Promise<StoredTask | undefined> {
  const { rows } = await client.query<Row>(
    `SELECT ${COLUMNS} FROM todo.tasks t WHERE t.series_id = $1 AND t.occurrence = $2`,
    [seriesId, occurrence],
  );
  return rows[0] && toTask(rows[0]);
}

/** A reminder as it is stored: with the instant it goes off, if it can. */
export type PlannedReminder = Reminder & { readonly remindAt: Date | null };

/** Writes a new task with its reminders. */
export async function insertTask(
  client: Queryable,
  task: StoredTask,
  reminders: readonly PlannedReminder[],
): Promise<void> {
  await client.query(
    `INSERT INTO todo.tasks (id, user_id, version, title, notes, status, priority, tags, list_id, parent_id, due, due_at, recurrence,
       series_id, occurrence, completed_at, created_at, updated_at, deleted_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)`,
    values(task),
  );
  await insertReminders(client, task.id, reminders);
}

/** Writes a task's new state over its old one. */
export async function updateTask(client: Queryable, task: StoredTask): Promise<void> {
  await client.query(
    `UPDATE todo.tasks SET version = $3, title = $4, notes = $5, status = $6, priority = $7, tags = $8, list_id = $9, parent_id = $10,
       due = $11, due_at = $12, recurrence = $13, series_id = $14, occurrence = $15, completed_at = $16, created_at = $17,
       updated_at = $18, deleted_at = $19
     WHERE id = $1 AND user_id = $2`,
    values(task),
  );
}

function values(task: StoredTask): unknown[] {
  return [
    task.id,
    task.userId,
    task.version,
    task.title,
    task.notes,
    task.status,
    task.priority,
    task.tags,
    task.listId,
    task.parentId,
    task.due && JSON.stringify(task.due),
    task.dueAt,
    task.recurrence && JSON.stringify(task.recurrence),
    task.seriesId,
    task.occurrence,
    task.completedAt,
    task.createdAt,
    task.updatedAt,
    task.deletedAt,
  ];
}

/**
 * Replaces a task's reminders. One that is kept and has gone off stays so, unless it now goes off later than `now`.
 */
export async function replaceReminders(
  client: Queryable,
  taskId: string,
  reminders: readonly PlannedReminder[],
  now: Date,
): Promise<void> {
  const { rows } = await client.query<{ id: string; fired_at: Date }>(
    'DELETE FROM todo.reminders WHERE task_id = $1 RETURNING id, fired_at',
    [taskId],
  );
  const fired = new Map(
    rows.filter((row) => row.fired_at as Date | null).map((row) => [row.id, row.fired_at]),
  );
  await insertReminders(client, taskId, reminders, (reminder) =>
    reminder.remindAt && reminder.remindAt > now ? null : (fired.get(reminder.id) ?? null),
  );
}

async function insertReminders(
  client: Queryable,
  taskId: string,
  reminders: readonly PlannedReminder[],
  firedAt: (reminder: PlannedReminder) => Date | null = () => null,
): Promise<void> {
  for (const [position, reminder] of reminders.entries()) {
    await client.query(
      'INSERT INTO todo.reminders (id, task_id, position, at, before, remind_at, fired_at) VALUES ($1, $2, $3, $4, $5, $6, $7)',
      [
        reminder.id,
        taskId,
        position,
        'at' in reminder ? reminder.at : null,
        'before' in reminder ? reminder.before : null,
        reminder.remindAt,
        firedAt(reminder),
      ],
    );
  }
}

/** A page of tasks; `nextCursor` is null on the last one. */
export interface TaskPage {
  readonly items: Task[];
  readonly nextCursor: string | null;
}

/** What each order sorts by; ties are broken by id in the same direction. */
const ORDERS = {
  due: { by: `coalesce(t.due_at, 'infinity'::timestamptz)`, direction: 'ASC', after: '>' },
  created: { by: 't.created_at', direction: 'DESC', after: '<' },
  completed: {
    by: `coalesce(t.completed_at, '-infinity'::timestamptz)`,
    direction: 'DESC',
    after: '<',
  },
} as const;

/** Lists a user's tasks, by keyset: a page costs the same wherever it is. @throws Problem 400 for a cursor that is not ours */
export async function listTasks(
  client: Queryable,
  userId: string,
  query: TaskQuery,
): Promise<TaskPage> {
  const order = ORDERS[query.sort];
  const after = query.cursor === undefined ? undefined : readCursor(query.cursor, query.sort);
  const parameters: unknown[] = [userId];
  const conditions = ['t.user_id = $1', 't.deleted_at IS NULL'];
  const where = (condition: (parameter: string) => string, value: unknown): void => {
    parameters.push(value);
    conditions.push(condition(`$${parameters.length}`));
  };
  if (query.status !== 'all') where((p) => `t.status = ${p}`, query.status);
  if (query.q)
    where((p) => `(t.title ILIKE ${p} OR t.notes ILIKE ${p})`, `%${escapeLike(query.q)}%`);
  if (query.tag) where((p) => `t.tags @> ARRAY[${p}::text]`, query.tag);
  if (query.priority) where((p) => `t.priority = ${p}`, query.priority);
  if (query.listId) where((p) => `t.list_id = ${p}`, query.listId);
  if (query.parentId) where((p) => `t.parent_id = ${p}`, query.parentId);
  if (query.seriesId) where((p) => `t.series_id = ${p}`, query.seriesId);
  if (query.dueBefore) where((p) => `t.due_at < ${p}`, query.dueBefore);
  if (query.dueAfter) where((p) => `t.due_at >= ${p}`, query.dueAfter);
  if (after) {
    parameters.push(after.value, after.id);
    conditions.push(
      `(${order.by}, t.id) ${order.after} ($${parameters.length - 1}::timestamptz, $${parameters.length}::uuid)`,
    );
  }
  parameters.push(query.limit + 1);
  const { rows } = await client.query<Row & { place: string }>(
    `SELECT ${COLUMNS}, ${order.by}::text AS place FROM todo.tasks t WHERE ${conditions.join(' AND ')}
     ORDER BY ${order.by} ${order.direction}, t.id ${order.direction} LIMIT $${parameters.length}`,
    parameters,
  );
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  return {
    items: page.map((row) => wireTask(toTask(row))),
    nextCursor:
      rows.length > query.limit && last ? writeCursor(query.sort, last.place, last.id) : null,
  };
}

/** `%`, `_` and `\` in a person's text are text. */
function escapeLike(text: string): string {
  return text.replaceAll(/[\\%_]/g, (character) => `\\${character}`);
}

function writeCursor(sort: string, value: string, id: string): string {
  return Buffer.from(JSON.stringify([sort, value, id])).toString('base64url');
}

function readCursor(cursor: string, sort: string): { value: string; id: string } {
  try {
    const [kind, value, id] = JSON.parse(
      Buffer.from(cursor, 'base64url').toString('utf8'),
    ) as string[];
    const isPlace =
      value !== undefined && /^(-?infinity|\d{4,6}-\d\d-\d\d [\d:.]+[+-][\d:]+)$/.test(value);
    if (kind === sort && isPlace && id && /^[0-9a-f-]{36}$/.test(id)) return { value, id };
  } catch {
    // told below
  }
  throw invalidInput([
    { field: 'cursor', message: 'expected the nextCursor of the page before, with the same sort' },
  ]);
}

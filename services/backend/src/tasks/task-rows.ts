// Tasks as rows: the only SQL that reads or writes the tasks and reminders tables for commands.
import type { Queryable } from '@todo/runtime/database';
import type { Task } from '@todo/contracts/task';
import { searchText } from './search-terms.ts';

/** Priorities by their number in the table. */
export const PRIORITIES = ['none', 'low', 'medium', 'high'] as const;

/** Columns of a task, for a SELECT from `todo.tasks AS t`. */
export const TASK_COLUMNS = `t.id, t.version, t.title, t.notes, t.status, t.priority, t.tags, t.list_id, t.parent_id, t.due, t.due_at, t.recurrence,
  t.reminders, t.series_id, t.occurrence, t.usual, t.exceptions, t.completed_at, t.created_at, t.updated_at`;

/** A row of {@link TASK_COLUMNS}. */
export interface TaskRow {
  id: string;
  version: number;
  title: string;
  notes: string;
  status: Task['status'];
  priority: number;
  tags: string[];
  list_id: string | null;
  parent_id: string | null;
  due: Task['due'];
  due_at: Date | null;
  recurrence: Task['recurrence'];
  reminders: Task['reminders'];
  series_id: string | null;
  occurrence: number;
  usual: Task['usual'] | null;
  exceptions: Task['exceptions'] | null;
  completed_at: Date | null;
  created_at: Date;
  updated_at: Date;
}

/** A row as a task on the wire. */
export function toTask(row: TaskRow): Task {
  return {
    id: row.id,
    version: row.version,
    title: row.title,
    notes: row.notes,
    status: row.status,
    priority: PRIORITIES[row.priority] ?? 'none',
    tags: row.tags,
    listId: row.list_id,
    parentId: row.parent_id,
    due: row.due,
    dueAt: row.due_at?.toISOString() ?? null,
    recurrence: row.recurrence,
    reminders: row.reminders,
    seriesId: row.series_id,
    occurrence: row.occurrence,
    ...(row.usual ? { usual: row.usual } : {}),
    ...(row.exceptions ? { exceptions: row.exceptions } : {}),
    completedAt: row.completed_at?.toISOString() ?? null,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

/** A stored task; `deletedAt` is set while it can still be restored. */
export interface StoredTask {
  readonly task: Task;
  readonly deletedAt: Date | null;
}

/** A person's task, deleted or not; undefined for what is not theirs. */
export async function findTask(
  client: Queryable,
  userId: string,
  id: string,
): Promise<StoredTask | undefined> {
  const { rows } = await client.query<TaskRow & { deleted_at: Date | null }>(
    `SELECT ${TASK_COLUMNS}, t.deleted_at FROM todo.tasks t WHERE t.id = $1 AND t.user_id = $2`,
    [id, userId],
  );
  const row = rows[0];
  return row ? { task: toTask(row), deletedAt: row.deleted_at } : undefined;
}

/** Ids of a task's subtasks at any depth, nearest first; `deletedAt` limits to those deleted at that instant, else to living ones. */
export async function subtaskIds(
  client: Queryable,
  userId: string,
  id: string,
  deletedAt: Date | null,
): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(
    `WITH RECURSIVE below AS (
       SELECT id, 1 AS depth FROM todo.tasks WHERE parent_id = $1 AND user_id = $2
       UNION ALL SELECT t.id, depth + 1 FROM todo.tasks t JOIN below ON t.parent_id = below.id WHERE depth < 20)
     SELECT id FROM below JOIN todo.tasks t USING (id)
     WHERE t.deleted_at IS NOT DISTINCT FROM $3 ORDER BY depth, id`,
    [id, userId, deletedAt],
  );
  return rows.map((row) => row.id);
}

/** Ids of a task's living subtasks, those right below it. */
export async function subtasksOf(client: Queryable, userId: string, id: string): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(
    'SELECT id FROM todo.tasks WHERE parent_id = $1 AND user_id = $2 AND deleted_at IS NULL ORDER BY id',
    [id, userId],
  );
  return rows.map((row) => row.id);
}

/** Ids of a task's parent, its parent and so on, nearest first. */
export async function ancestorIds(
  client: Queryable,
  userId: string,
  id: string,
): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(
    `WITH RECURSIVE above AS (
       SELECT id, parent_id, 0 AS depth FROM todo.tasks WHERE id = $1 AND user_id = $2 AND deleted_at IS NULL
       UNION ALL SELECT t.id, t.parent_id, depth + 1 FROM todo.tasks t JOIN above ON t.id = above.parent_id WHERE depth < 20)
     SELECT id FROM above ORDER BY depth`,
    [id, userId],
  );
  return rows.map((row) => row.id);
}

/** The task of a series' place, if it was made before. */
export async function findOccurrence(
  client: Queryable,
  userId: string,
  seriesId: string,
  occurrence: number,
): Promise<string | undefined> {
  const { rows } = await client.query<{ id: string }>(
    'SELECT id FROM todo.tasks WHERE series_id = $1 AND occurrence = $2 AND user_id = $3',
    [seriesId, occurrence, userId],
  );
  return rows[0]?.id;
}

/** Tasks that are compared with the entries of one step of an import. */
const MAX_TITLED = 5_000;

/** Stores a task, new or changed. */
export async function saveTask(
  client: Queryable,
  userId: string,
  task: Task,
  deletedAt: Date | null,
): Promise<void> {
  await client.query(
    `INSERT INTO todo.tasks (id, user_id, version, title, notes, status, priority, tags, list_id, parent_id, due, due_at, recurrence,
       reminders, series_id, occurrence, completed_at, created_at, updated_at, deleted_at, search, usual, exceptions)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23)
     ON CONFLICT (id) DO UPDATE SET version = excluded.version, title = excluded.title, notes = excluded.notes, status = excluded.status,
       priority = excluded.priority, tags = excluded.tags, list_id = excluded.list_id, parent_id = excluded.parent_id, due = excluded.due,
       due_at = excluded.due_at, recurrence = excluded.recurrence, reminders = excluded.reminders, series_id = excluded.series_id,
       completed_at = excluded.completed_at, updated_at = excluded.updated_at, deleted_at = excluded.deleted_at, search = excluded.search,
       usual = excluded.usual, exceptions = excluded.exceptions`,
    [
      task.id,
      userId,
      task.version,
      task.title,
      task.notes,
      task.status,
      PRIORITIES.indexOf(task.priority),
      task.tags,
      task.listId,
      task.parentId,
      json(task.due),
      task.dueAt,
      json(task.recurrence),
      JSON.stringify(task.reminders),
      task.seriesId,
      task.occurrence,
      task.completedAt,
      task.createdAt,
      task.updatedAt,
      deletedAt,
      searchText(task.title, task.notes),
      json(task.usual ?? null),
      json(task.exceptions ?? null),
    ],
  );
}

/**
 * Stores new tasks with one statement; `place` is their place in the person's own order, if they have one.
 * Each one's parent is stored already or among them.
 */
export async function insertTasks(
  client: Queryable,
  userId: string,
  made: readonly { readonly task: Task; readonly place: string | null }[],
): Promise<void> {
  const rows = made.map(({ task, place }) => ({
    id: task.id,
    version: task.version,
    title: task.title,
    notes: task.notes,
    status: task.status,
    priority: PRIORITIES.indexOf(task.priority),
    tags: task.tags,
    list_id: task.listId,
    parent_id: task.parentId,
    due: task.due,
    due_at: task.dueAt,
    recurrence: task.recurrence,
    reminders: task.reminders,
    series_id: task.seriesId,
    occurrence: task.occurrence,
    usual: task.usual ?? null,
    exceptions: task.exceptions ?? null,
    completed_at: task.completedAt,
    created_at: task.createdAt,
    updated_at: task.updatedAt,
    search: searchText(task.title, task.notes),
    place,
  }));
  await client.query(
    `INSERT INTO todo.tasks (id, user_id, version, title, notes, status, priority, tags, list_id, parent_id, due, due_at, recurrence,
       reminders, series_id, occurrence, usual, exceptions, completed_at, created_at, updated_at, search, place)
     SELECT id, $1, version, title, notes, status, priority, tags, list_id, parent_id, due, due_at, recurrence,
       reminders, series_id, occurrence, usual, exceptions, completed_at, created_at, updated_at, search, place
     FROM json_to_recordset($2) AS new (id uuid, version int, title text, notes text, status text, priority smallint, tags text[],
       list_id uuid, parent_id uuid, due jsonb, due_at timestamptz, recurrence jsonb, reminders jsonb, series_id uuid, occurrence int, usual jsonb, exceptions jsonb,
       completed_at timestamptz, created_at timestamptz, updated_at timestamptz, search text, place timestamptz)`,
    [userId, JSON.stringify(rows)],
  );
}

/**
 * A person's living tasks with these titles, oldest first, at most {@link MAX_TITLED}.
 * @param importId without those that this import stored; null: all
 */
export async function tasksTitled(
  client: Queryable,
  userId: string,
  titles: readonly string[],
  importId: string | null,
): Promise<Task[]> {
  if (titles.length === 0) return [];
  const { rows } = await client.query<TaskRow>(
    `SELECT ${TASK_COLUMNS} FROM todo.tasks t WHERE t.user_id = $1 AND t.deleted_at IS NULL AND t.title = ANY($2)
       AND NOT EXISTS (SELECT FROM todo.imported_tasks i WHERE i.task_id = t.id AND i.import_id = $3)
     ORDER BY t.created_at, t.id LIMIT ${MAX_TITLED}`,
    [userId, titles, importId],
  );
  return rows.map(toTask);
}

/** Of these tasks the living ones that nobody changed since they were made, and that have no living task below them. */
export async function untouchedTasks(
  client: Queryable,
  userId: string,
  ids: readonly string[],
): Promise<Task[]> {
  const { rows } = await client.query<TaskRow>(
    `SELECT ${TASK_COLUMNS} FROM todo.tasks t WHERE t.user_id = $1 AND t.id = ANY($2::uuid[]) AND t.deleted_at IS NULL AND t.version = 1
       AND NOT EXISTS (SELECT FROM todo.tasks below WHERE below.parent_id = t.id AND below.deleted_at IS NULL) ORDER BY t.id`,
    [userId, ids],
  );
  return rows.map(toTask);
}

/** Deletes tasks, restorably; the caller writes what follows from it. */
export async function deleteTasks(
  client: Queryable,
  userId: string,
  ids: readonly string[],
  { updatedAt, deletedAt }: { readonly updatedAt: Date; readonly deletedAt: Date },
): Promise<void> {
  await client.query(
    `UPDATE todo.tasks SET version = version + 1, updated_at = $3, deleted_at = $4
     WHERE user_id = $1 AND id = ANY($2::uuid[]) AND deleted_at IS NULL`,
    [userId, ids, updatedAt, deletedAt],
  );
}

function json(value: object | null): string | null {
  return value === null ? null : JSON.stringify(value);
}

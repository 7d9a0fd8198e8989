// Deleted tasks as rows: what the trash shows, and how it is erased. The only SQL on tasks that reads deleted ones by the page.
import type { Queryable } from '@todo/runtime/database';
import { likePattern } from './search-terms.ts';
import { TASK_COLUMNS, toTask } from './task-rows.ts';
import type { StoredTask, TaskRow } from './task-rows.ts';
import type { Reach } from './task-context.ts';

/** A deleted task that was not deleted with its parent, and how many subtasks went with it. */
export interface TrashedTask extends StoredTask {
  readonly deletedAt: Date;
  readonly subtasks: number;
}

/** Where a page of the trash continues: the last row before it. */
export interface TrashPlace {
  /** UTC. */
  readonly deletedAt: string;
  readonly id: string;
}

/** A subtask that went with its parent is part of its entry. Of an import that was undone, each task is an entry. */
const ENTRY = `t.deleted_at IS NOT NULL AND NOT EXISTS (
  SELECT FROM todo.tasks p WHERE p.id = t.parent_id AND p.user_id = t.user_id AND p.deleted_at = t.deleted_at)`;

/** Bound of the recursion; deeper subtasks than this there are not. */
const MAX_LEVELS = 20;

/**
 * Entries of a person's trash, newest deletion first.
 * @param filter `terms`: folded words that title or notes must contain; `after`: the last entry of the page before
 */
export async function findTrash(
  client: Queryable,
  { userId, listIds = null }: Reach,
  filter: {
    readonly terms: readonly string[];
    readonly after: TrashPlace | null;
    readonly limit: number;
  },
): Promise<TrashedTask[]> {
  const { terms, after, limit } = filter;
  const { rows } = await client.query<TaskRow & { deleted_at: Date; subtasks: number }>(
    `SELECT ${TASK_COLUMNS}, t.deleted_at, (${countBelow('t')}) AS subtasks FROM todo.tasks t
     WHERE t.user_id = $1 AND ${ENTRY} AND ($2::uuid[] IS NULL OR t.list_id = ANY($2::uuid[]))
       AND t.search LIKE ALL ($3::text[])
       AND ($4::timestamptz IS NULL OR (t.deleted_at, t.id) < ($4::timestamptz, $5::uuid))
     ORDER BY t.deleted_at DESC, t.id DESC LIMIT $6`,
    [userId, listIds, terms.map(likePattern), after?.deletedAt ?? null, after?.id ?? null, limit],
  );
  return rows.map(toTrashed);
}

/** One deleted task, also one that went with its parent; undefined for a living one and for what is not the person's. */
export async function findTrashed(
  client: Queryable,
  { userId, listIds = null }: Reach,
  id: string,
): Promise<TrashedTask | undefined> {
  const { rows } = await client.query<TaskRow & { deleted_at: Date; subtasks: number }>(
    `SELECT ${TASK_COLUMNS}, t.deleted_at, (${countBelow('t')}) AS subtasks FROM todo.tasks t
     WHERE t.id = $2 AND t.user_id = $1 AND t.deleted_at IS NOT NULL AND ($3::uuid[] IS NULL OR t.list_id = ANY($3::uuid[]))`,
    [userId, id, listIds],
  );
  return rows[0] && toTrashed(rows[0]);
}

/** Ids of a person's deleted tasks, oldest deletion first. */
export async function trashedIds(
  client: Queryable,
  { userId, listIds = null }: Reach,
  limit: number,
): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(
    `SELECT id FROM todo.tasks WHERE user_id = $1 AND deleted_at IS NOT NULL AND ($2::uuid[] IS NULL OR list_id = ANY($2::uuid[]))
     ORDER BY deleted_at, id LIMIT $3`,
    [userId, listIds, limit],
  );
  return rows.map((row) => row.id);
}

/** Whose trash holds the oldest task deleted before an instant; undefined without one. */
export async function ownerOfOldest(
  client: Queryable,
  deletedBefore: Date,
): Promise<string | undefined> {
  const { rows } = await client.query<{ user_id: string }>(
    'SELECT user_id FROM todo.tasks WHERE deleted_at < $1 ORDER BY deleted_at LIMIT 1',
    [deletedBefore],
  );
  return rows[0]?.user_id;
}

/**
 * Erases deleted tasks of a person, with what hangs on them. A subtask that stays loses its parent, which nobody could see.
 * @param client inside a transaction that holds the person's row
 * @returns how many were erased; living ones among the ids stay
 */
export async function eraseDeleted(
  client: Queryable,
  userId: string,
  ids: readonly string[],
): Promise<number> {
  await client.query(
    `UPDATE todo.tasks SET parent_id = NULL WHERE user_id = $1 AND (id <> ALL($2::uuid[]) OR deleted_at IS NULL)
       AND parent_id IN (SELECT id FROM todo.tasks WHERE user_id = $1 AND id = ANY($2::uuid[]) AND deleted_at IS NOT NULL)`,
    [userId, ids],
  );
  const { rowCount } = await client.query(
    'DELETE FROM todo.tasks WHERE user_id = $1 AND id = ANY($2::uuid[]) AND deleted_at IS NOT NULL',
    [userId, ids],
  );
  return rowCount ?? 0;
}

/** Ids of a person's tasks deleted before an instant, oldest first. */
export async function trashedBefore(
  client: Queryable,
  userId: string,
  deletedBefore: Date,
  limit: number,
): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(
    'SELECT id FROM todo.tasks WHERE user_id = $1 AND deleted_at < $2 ORDER BY deleted_at, id LIMIT $3',
    [userId, deletedBefore, limit],
  );
  return rows.map((row) => row.id);
}

/** A scalar subquery: how many subtasks of a row were deleted with it. */
function countBelow(row: string): string {
  return `WITH RECURSIVE below AS (
      SELECT c.id, c.deleted_at, 1 AS depth FROM todo.tasks c WHERE c.parent_id = ${row}.id AND c.user_id = ${row}.user_id
      UNION ALL SELECT c.id, c.deleted_at, depth + 1 FROM todo.tasks c JOIN below ON c.parent_id = below.id WHERE depth < ${MAX_LEVELS})
    SELECT count(*)::int FROM below WHERE below.deleted_at = ${row}.deleted_at`;
}

function toTrashed(row: TaskRow & { deleted_at: Date; subtasks: number }): TrashedTask {
  return { task: toTask(row), deletedAt: row.deleted_at, subtasks: row.subtasks };
}

// What live views are told, in the order of the commits: each person's changes are numbered without gaps, because a writer
// holds the person's row until it commits. So "everything after number n" is exact, on every replica, after any pause.
import type { Queryable } from '@todo/runtime/database';
import { pruneRows } from '@todo/runtime/pruning';
import { currentTrace } from '@todo/runtime/trace';
import type { Task } from '@todo/contracts/task';
import { USAGE_COLUMNS, usageOf } from '../limits/quotas.ts';
import type { Usage, UsageRow } from '../limits/quotas.ts';
import type { LiveMessage } from '../authorization/rules.ts';
import { TASK_COLUMNS, toTask } from '../tasks/task-rows.ts';
import type { TaskRow } from '../tasks/task-rows.ts';

/** Changes are kept this long; a view that was away longer reads everything anew. */
const KEEP = '3 days';
/** Changes read at once. */
export const CHANGE_BATCH = 500;

/** A change as it is written. */
export interface NewChange {
  readonly type: LiveMessage;
  readonly taskId: string | null;
  readonly data: object;
}

/** A change as a view is told it. */
export interface Change {
  readonly seq: number;
  readonly type: string;
  /** As written; changes of tasks also carry `taskId` and `task` as it is now, null once deleted. */
  readonly data: object;
  /** Of the work that made the change; null: unknown. */
  readonly traceparent: string | null;
}

/**
 * Numbers and writes changes, in the transaction of what they tell of. Locks the person's row, if that was not done.
 * @returns what the person's tasks come to now; undefined without a change
 */
export async function appendChanges(
  client: Queryable,
  userId: string,
  changes: readonly NewChange[],
  at: Date,
): Promise<Usage | undefined> {
  if (changes.length === 0) return undefined;
  const { rows } = await client.query<UsageRow>(
    `WITH numbered AS (UPDATE todo.users SET change_seq = change_seq + $2::int WHERE id = $1 RETURNING change_seq - $2::int AS base, ${USAGE_COLUMNS}),
     written AS (INSERT INTO todo.changes (user_id, seq, type, task_id, data, at, traceparent)
     SELECT $1, base + n, type, task_id, data::jsonb, $6, $7
     FROM numbered, unnest($3::text[], $4::uuid[], $5::text[]) WITH ORDINALITY AS new (type, task_id, data, n))
     SELECT ${USAGE_COLUMNS} FROM numbered`,
    [
      userId,
      changes.length,
      changes.map((change) => change.type),
      changes.map((change) => change.taskId),
      changes.map((change) => JSON.stringify(change.data)),
      at,
      currentTrace()?.traceparent ?? null,
    ],
  );
  return rows[0] && usageOf(rows[0]);
}

/** The number of a person's last change; 0 before the first. */
export async function lastChange(client: Queryable, userId: string): Promise<number> {
  const { rows } = await client.query<{ seq: string }>(
    'SELECT change_seq AS seq FROM todo.users WHERE id = $1',
    [userId],
  );
  return Number(rows[0]?.seq ?? 0);
}

/** True while the change that follows a number is still kept. */
export async function isKept(client: Queryable, userId: string, seq: number): Promise<boolean> {
  const { rowCount } = await client.query(
    'SELECT 1 FROM todo.changes WHERE user_id = $1 AND seq = $2',
    [userId, seq + 1],
  );
  return rowCount === 1;
}

/** A person's changes after a number, at most {@link CHANGE_BATCH}. */
export async function changesAfter(
  client: Queryable,
  userId: string,
  seq: number,
): Promise<Change[]> {
  const { rows } = await client.query<
    {
      seq: string;
      type: string;
      data: object;
      task_id: string | null;
      traceparent: string | null;
    } & {
      [K in keyof TaskRow]: TaskRow[K] | null;
    }
  >(
    `SELECT c.seq, c.type, c.data, c.task_id, c.traceparent, ${TASK_COLUMNS}
     FROM todo.changes c LEFT JOIN todo.tasks t ON t.id = c.task_id AND t.user_id = c.user_id AND t.deleted_at IS NULL
     WHERE c.user_id = $1 AND c.seq > $2 ORDER BY c.seq LIMIT $3`,
    [userId, seq, CHANGE_BATCH],
  );
  return rows.map((row) => {
    const task: Task | null = row.id === null ? null : toTask(row as TaskRow);
    return {
      seq: Number(row.seq),
      type: row.type,
      traceparent: row.traceparent,
      data: row.type === 'task' ? { ...row.data, taskId: row.task_id, task } : row.data,
    };
  });
}

/** Forgets what is older than 3 days. */
export const pruneChanges = pruneRows('todo.changes', `at < now() - interval '${KEEP}'`);

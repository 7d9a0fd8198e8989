// The tasks of a feed, a page of one statement at a time.
import type { Task } from '@todo/contracts/task';
import type { Queryable } from '@todo/runtime/database';
import type { ListChoice } from '../tasks/export-rows.ts';
import { TASK_COLUMNS, toTask } from '../tasks/task-rows.ts';
import type { TaskRow } from '../tasks/task-rows.ts';

/** Tasks read at once. */
const PAGE = 500;
/** Days that a done task stays in a feed of tasks: until every program has seen that it is done. */
const DONE_DAYS = 14;

/** A task of a feed. */
export interface FeedTask {
  readonly task: Task;
  /** No later task of its series is there: what its rule gives next is still to come. */
  readonly isLast: boolean;
}

/** Which tasks. */
export interface FeedFilter {
  readonly userId: string;
  readonly choice: ListChoice | undefined;
  /** Only what is open and has a due; else also what has none, and what was done lately. */
  readonly onlyDated: boolean;
  readonly now: Date;
}

interface Row extends TaskRow {
  key: string;
  is_last: boolean;
}

/** Tasks below those of the chosen lists are with them, whatever list they name (a subtask without one is its parent's). */
const CHOSEN = `WITH RECURSIVE chosen AS (
    SELECT id FROM todo.tasks WHERE user_id = $1 AND deleted_at IS NULL
      AND ($2::uuid[] IS NULL OR list_id = ANY($2) OR ($3 AND list_id IS NULL AND parent_id IS NULL))
    UNION SELECT t.id FROM todo.tasks t JOIN chosen ON t.parent_id = chosen.id
      WHERE $2::uuid[] IS NOT NULL AND t.user_id = $1 AND t.deleted_at IS NULL)`;
const WANTED = `t.user_id = $1 AND t.deleted_at IS NULL AND (t.status = 'open' OR (NOT $4 AND t.completed_at > $5))
    AND (NOT $4 OR t.due IS NOT NULL) AND ($2::uuid[] IS NULL OR EXISTS (SELECT FROM chosen c WHERE c.id = t.id))`;

/** The tasks, oldest first, a page at a time. */
export async function* feedPages(
  client: Queryable,
  filter: FeedFilter,
): AsyncGenerator<FeedTask[]> {
  let after: Row | undefined;
  do {
    const { rows } = await client.query<Row>(
      `${CHOSEN} SELECT ${TASK_COLUMNS}, t.created_at::text AS key,
         NOT EXISTS (SELECT FROM todo.tasks n WHERE n.series_id = t.series_id AND n.user_id = $1
           AND n.occurrence > t.occurrence AND n.deleted_at IS NULL) AS is_last
       FROM todo.tasks t WHERE ${WANTED} AND ($6::timestamptz IS NULL OR (t.created_at, t.id) > ($6::timestamptz, $7::uuid))
       ORDER BY t.created_at, t.id LIMIT ${PAGE}`,
      [...values(filter), after?.key ?? null, after?.id ?? null],
    );
    yield rows.map((row) => ({ task: toTask(row), isLast: row.is_last }));
    after = rows.length === PAGE ? rows.at(-1) : undefined;
  } while (after !== undefined);
}

/** The zones that these tasks name, and the year of the earliest due: what a calendar must define before its first task. */
export async function feedZones(
  client: Queryable,
  filter: FeedFilter,
): Promise<{ zones: string[]; firstYear: number }> {
  const { rows } = await client.query<{ zone: string; first: number }>(
    `${CHOSEN} SELECT due->>'zone' AS zone, min(extract(year FROM due_at))::int AS first
     FROM todo.tasks t WHERE ${WANTED} AND t.due->>'kind' = 'local' GROUP BY 1 ORDER BY 1`,
    values(filter),
  );
  return {
    zones: rows.map((row) => row.zone),
    firstYear: rows.reduce((year, row) => Math.min(year, row.first), filter.now.getUTCFullYear()),
  };
}

function values({ userId, choice, onlyDated, now }: FeedFilter): unknown[] {
  return [
    userId,
    choice?.ids ?? null,
    choice?.withoutList ?? false,
    onlyDated,
    new Date(now.getTime() - DONE_DAYS * 86_400_000),
  ];
}

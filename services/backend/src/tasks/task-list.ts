// Lists of tasks: filters, search, and pages that continue after the last row seen (keyset), so that a page costs the same
// at the end of 100,000 tasks as at their beginning, and nothing is skipped or doubled while others write.
import type { Queryable } from '@todo/runtime/database';
import { invalidInput } from '@todo/contracts/problem';
import type { Task } from '@todo/contracts/task';
import { z } from 'zod';
import { taskSort } from './input.ts';
import { DUE_KEY, filterConditions } from './filter-condition.ts';
import type { WhereFilter } from './filter-condition.ts';
import type { TaskFilter, TaskSort } from './input.ts';
import type { Reach } from './task-context.ts';
import { hasTrigram, likePattern, searchTerms } from './search-terms.ts';
import { MANUAL_KEY } from './task-order.ts';
import { PRIORITIES, TASK_COLUMNS, toTask } from './task-rows.ts';
import type { TaskRow } from './task-rows.ts';

/** A page of a list. */
export interface TaskPage {
  readonly items: Task[];
  /** Give it as `cursor` to go on; null on the last page. */
  readonly nextCursor: string | null;
}

/** The key each order goes by; there is an index for each but `manual`, which is asked for one list at a time. */
const KEYS: Readonly<Record<TaskSort, { key: string; direction: 'ASC' | 'DESC' }>> = {
  due: { key: DUE_KEY, direction: 'ASC' },
  completed: { key: `coalesce(t.completed_at, '-infinity'::timestamptz)`, direction: 'DESC' },
  created: { key: 't.created_at', direction: 'DESC' },
  updated: { key: 't.updated_at', direction: 'DESC' },
  oldest: { key: 't.created_at', direction: 'ASC' },
  manual: { key: MANUAL_KEY, direction: 'ASC' },
};

/** Search texts up to this many bytes are in the index `tasks_scan`; as migration 004 has it, or that index is not used. */
const SCANNED_BYTES = 1_500;

/** Tasks, in the list's order, among which a filtered page is looked for first. */
const NEAR = 1_000;

const cursorSchema = z.tuple([
  taskSort,
  z.string().regex(/^(-?infinity|\d{4,6}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?)$/),
  z.uuid(),
]);

/** Which tasks: the API's parameters, and its `filter` as it was read. */
export type ListQuery = Omit<TaskFilter, 'filter' | 'include'> & {
  readonly where?: WhereFilter | undefined;
};

/** The conditions of a list. */
interface Conditions {
  /** What the order's own index answers. */
  readonly base: readonly string[];
  /** What picks from it. */
  readonly picks: readonly string[];
  /** Texts that a task must have, folded. */
  readonly terms: readonly string[];
}

/** Lists a person's tasks. @throws Problem 400 for a cursor that is not from this list */
export async function listTasks(
  client: Queryable,
  reach: Reach,
  filter: ListQuery,
): Promise<TaskPage> {
  const sort = filter.sort ?? (filter.status === 'done' ? 'completed' : 'due');
  const { key, direction } = KEYS[sort];
  const values: unknown[] = [];
  const value = (given: unknown): string => `$${values.push(given)}`;
  const conditions = conditionsOf(reach, filter, sort, value);
  const { terms } = conditions;
  const [base, picks] = [[...conditions.base], [...conditions.picks]];
  if (filter.cursor !== undefined) {
    const [, lastKey, lastId] = readCursor(filter.cursor, sort);
    const zoned = lastKey.endsWith('infinity') ? lastKey : `${lastKey}+00`;
    base.push(
      `(${key}, t.id) ${direction === 'ASC' ? '>' : '<'} (${value(zoned)}::timestamptz, ${value(lastId)}::uuid)`,
    );
  }
  const limit = value(filter.limit + 1);
  // only where it is asked: a parameter that a statement does not name is refused
  const far = (): FarSearch =>
    terms.length === 0 ? 'filters' : terms.some(hasTrigram) ? 'words' : { parts: terms.map(value) };
  const { rows } = await client.query<TaskRow & { sort_key: string }>(
    picks.length === 0 || sort === 'manual'
      ? inOrder({ key, direction, where: [...base, ...picks], limit })
      : nearThenFar({ key, direction, base, picks, limit, far: far() }),
    values,
  );
  const page = rows.slice(0, filter.limit);
  const last = page.at(-1);
  return {
    items: page.map(toTask),
    nextCursor:
      rows.length > filter.limit && last
        ? Buffer.from(JSON.stringify([sort, last.sort_key, last.id])).toString('base64url')
        : null,
  };
}

/** How many tasks of a person fit, up to `max` + 1. */
export async function countTasks(
  client: Queryable,
  reach: Reach,
  filter: ListQuery,
  max: number,
): Promise<number> {
  const values: unknown[] = [];
  const value = (given: unknown): string => `$${values.push(given)}`;
  const { base, picks } = conditionsOf(reach, filter, 'due', value);
  const { rows } = await client.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM (
       SELECT FROM todo.tasks t WHERE ${[...base, ...picks].join(' AND ')} LIMIT ${value(max + 1)}) AS fitting`,
    values,
  );
  return rows[0]?.n ?? 0;
}

/** How many living subtasks a task has right below it. */
export interface SubtaskCount {
  readonly done: number;
  readonly total: number;
}

/** The subtasks of some tasks, counted; a task without any is left out. */
export async function countSubtasks(
  client: Queryable,
  { userId, listIds = null }: Reach,
  parentIds: readonly string[],
): Promise<Record<string, SubtaskCount>> {
  const { rows } = await client.query<SubtaskCount & { parent: string }>(
    `SELECT t.parent_id AS parent, count(*) FILTER (WHERE t.status = 'done')::int AS done, count(*)::int AS total
     FROM todo.tasks t WHERE t.parent_id = ANY($2::uuid[]) AND t.user_id = $1 AND t.deleted_at IS NULL
       AND ($3::uuid[] IS NULL OR t.list_id = ANY($3::uuid[])) GROUP BY t.parent_id`,
    [userId, parentIds, listIds],
  );
  return Object.fromEntries(rows.map(({ parent, done, total }) => [parent, { done, total }]));
}

function conditionsOf(
  { userId, listIds }: Reach,
  filter: ListQuery,
  sort: TaskSort,
  value: (given: unknown) => string,
): Conditions {
  const base = [`t.user_id = ${value(userId)}`, 't.deleted_at IS NULL'];
  const picks: string[] = [];
  // literals, not parameters: partial indexes are chosen by them
  if (filter.status !== 'all')
    base.push(filter.status === 'open' ? `t.status = 'open'` : `t.status = 'done'`);
  if (filter.repeats !== undefined) base.push('t.recurrence IS NOT NULL');
  const asked = filter.where && filterConditions(filter.where, value);
  base.push(...(asked?.status ?? []));
  if (filter.tag !== undefined) picks.push(`t.tags @> ${value([filter.tag])}::text[]`);
  if (filter.priority !== undefined) {
    const priority = value(PRIORITIES.indexOf(filter.priority));
    // BETWEEN, because PostgreSQL checks equalities last, after the text, which costs most
    picks.push(`t.priority BETWEEN ${priority} AND ${priority}`);
  }
  if (listIds != null) picks.push(`t.list_id = ANY(${value(listIds)}::uuid[])`);
  if (filter.listId !== undefined) picks.push(`t.list_id = ${value(filter.listId)}`);
  if (filter.parentId === 'none') picks.push('t.parent_id IS NULL');
  else if (filter.parentId !== undefined) picks.push(`t.parent_id = ${value(filter.parentId)}`);
  if (filter.seriesId !== undefined) picks.push(`t.series_id = ${value(filter.seriesId)}`);
  const dueRange = sort === 'due' ? base : picks;
  if (filter.dueBefore !== undefined)
    dueRange.push(`${DUE_KEY} < ${value(filter.dueBefore)}::timestamptz`);
  if (filter.dueAfter !== undefined)
    dueRange.push(`${DUE_KEY} >= ${value(filter.dueAfter)}::timestamptz`, 't.due_at IS NOT NULL');
  dueRange.push(...(asked?.due ?? []));
  picks.push(...(asked?.others ?? []));
  const terms = [...searchTerms(filter.q ?? ''), ...(asked?.texts ?? [])];
  for (const term of terms) picks.push(`t.search LIKE ${value(likePattern(term))}`);
  return { base, picks, terms };
}

/** The order's own index gives the page. */
function inOrder(list: { key: string; direction: string; where: string[]; limit: string }): string {
  const { key, direction, where, limit } = list;
  return `SELECT ${TASK_COLUMNS}, (${key} AT TIME ZONE 'UTC')::text AS sort_key FROM todo.tasks t
    WHERE ${where.join(' AND ')} ORDER BY ${key} ${direction}, t.id ${direction} LIMIT ${limit}`;
}

/** What finds the tasks beyond the near ones: words by trigrams, `parts` the parameters of terms too short for one, or neither. */
type FarSearch = 'filters' | 'words' | { readonly parts: readonly string[] };

/**
 * A filtered page. What many tasks match is found among the next {@link NEAR} of the order. What few or none match is found by
 * its own index (words, tags) and sorted afterwards: walking the order would read every task. PostgreSQL can't choose between
 * the two by itself, because it takes filters as independent: no "invoice" may have that tag. Who has no more tasks than the
 * near ones is answered by them alone.
 */
function nearThenFar(list: {
  key: string;
  direction: string;
  base: string[];
  picks: string[];
  limit: string;
  far: FarSearch;
}): string {
  const { key, direction, base, picks, limit } = list;
  const within = base.join(' AND ');
  const picked = picks.join(' AND ');
  return `WITH nearest AS MATERIALIZED (
      SELECT t.*, ${key} AS sort_key FROM todo.tasks t WHERE ${within}
      ORDER BY ${key} ${direction}, t.id ${direction} LIMIT ${NEAR}),
    near AS MATERIALIZED (
      SELECT t.id, t.sort_key FROM nearest t WHERE ${picked}
      ORDER BY t.sort_key ${direction}, t.id ${direction} LIMIT ${limit}),
    ${farTasks(list, `(SELECT count(*) FROM near) < ${limit} AND (SELECT count(*) FROM nearest) = ${NEAR}`)},
    page AS (
      SELECT id, sort_key FROM near WHERE NOT EXISTS (SELECT FROM far)
      UNION ALL SELECT id, sort_key FROM far
      ORDER BY sort_key ${direction}, id ${direction} LIMIT ${limit})
    SELECT ${TASK_COLUMNS}, (page.sort_key AT TIME ZONE 'UTC')::text AS sort_key
    FROM page JOIN todo.tasks t ON t.id = page.id ORDER BY page.sort_key ${direction}, t.id ${direction}`;
}

/**
 * The common table expression `far`: every task that matches, near ones included, if `asked` holds.
 *
 * Words that have an index read it, or, where many tasks have them beside a filter that few meet, all tasks of the person. The
 * statement says which of them are short, so that PostgreSQL may read those from `tasks_scan` alone; the few long ones come
 * from the table (migration 004).
 *
 * Terms too short for that index are found by their characters (migration 005): in a part of its own with no other condition on
 * tasks, or old statistics could make PostgreSQL take that one's index and work the characters out for each task.
 */
function farTasks(
  list: { key: string; base: string[]; picks: string[]; far: FarSearch },
  asked: string,
): string {
  const { key, base, picks, far } = list;
  const matching = (tasks: string): string =>
    `SELECT t.id, ${key} AS sort_key FROM ${tasks} t WHERE ${[...base, ...picks].join(' AND ')}`;
  if (far === 'filters') return `far AS MATERIALIZED (${matching('todo.tasks')} AND ${asked})`;
  if (far === 'words') {
    const sides = ['<=', '>'].map(
      (side) =>
        `${matching('todo.tasks')} AND ${asked} AND octet_length(t.search) ${side} ${SCANNED_BYTES}`,
    );
    return `far AS MATERIALIZED (${sides.join(' UNION ALL ')})`;
  }
  const having = far.parts.map(
    (term) => `todo.search_parts(t.user_id, t.search) @> todo.search_parts($1, ${term})`,
  );
  return `having_parts AS MATERIALIZED (
      SELECT t.* FROM todo.tasks t WHERE ${having.join(' AND ')} AND ${asked}),
    far AS MATERIALIZED (${matching('having_parts')})`;
}

function readCursor(cursor: string, sort: TaskSort): z.output<typeof cursorSchema> {
  try {
    const read = cursorSchema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
    if (read[0] === sort) return read;
  } catch {
    // told below
  }
  throw invalidInput([
    {
      field: 'cursor',
      message: 'expected the nextCursor of the previous page, with the same sort',
    },
  ]);
}

// Saved filters: a name for a filter, in the person's own order. Plain functions of (context, input); nothing here knows HTTP.
// A filter is no task and makes no event; live views are told of it, so that every page shows the same filters.
import type { Clock } from '@todo/runtime/clock';
import type { Pool, Queryable } from '@todo/runtime/database';
import { withTransaction } from '@todo/runtime/database';
import { invalidInput, notFound, Problem } from '@todo/contracts/problem';
import { name } from '@todo/contracts/task';
import { uuidv7 } from '@todo/runtime/uuid';
import { z } from 'zod';
import { lockPerson } from '../identity/person-row.ts';
import { quotaExceeded } from '../limits/quotas.ts';
import type { Quotas } from '../limits/quotas.ts';
import { listsOf } from '../lists/lists.ts';
import type { Lists, RenamedList } from '../lists/lists.ts';
import { appendChanges } from '../live/change-log.ts';
import type { NewChange } from '../live/change-log.ts';
import type { Committed } from '../tasks/committed.ts';
import { filterText } from '../tasks/input.ts';
import type { Context, Reach, TaskContext } from '../tasks/task-context.ts';
import { mapTerms } from './expression.ts';
import { parseFilter } from './parse-filter.ts';
import { printFilter } from './print-filter.ts';
import { readFilter } from './read-filter.ts';

/** A filter to save. */
export const newSavedFilter = z.strictObject({ name, filter: filterText });
/** See {@link newSavedFilter}. */
export type NewSavedFilter = z.output<typeof newSavedFilter>;

/** Changed fields; `after`: the filter it is moved behind, null: to the start. */
export const savedFilterPatch = z
  .strictObject({
    name: name.optional(),
    filter: filterText.optional(),
    after: z.uuid('expected a UUID').nullable().optional(),
  })
  .refine((patch) => Object.keys(patch).length > 0, 'expected at least one field to change');
/** See {@link savedFilterPatch}. */
export type SavedFilterPatch = z.output<typeof savedFilterPatch>;

/** A saved filter on the wire. */
export interface SavedFilter {
  readonly id: string;
  readonly name: string;
  readonly filter: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** What can be done with saved filters. Problem 404 for what is not the person's, 400 for a filter that can't be read. */
export interface SavedFilters {
  /** All of a person's filters, in their order. Whoever reaches only some lists has none. */
  all: (context: Reach) => Promise<SavedFilter[]>;
  /** @throws Problem 422 when the person has as many as they may */
  add: (context: TaskContext, input: NewSavedFilter) => Promise<SavedFilter>;
  change: (context: TaskContext, id: string, patch: SavedFilterPatch) => Promise<SavedFilter>;
  remove: (context: TaskContext, id: string) => Promise<void>;
}

interface Row {
  id: string;
  name: string;
  filter: string;
  created_at: Date;
  updated_at: Date;
}

/** Makes them. @param options `onCommit` is called after each commit. */
export function createSavedFilters(options: {
  pool: Pool;
  clock: Clock;
  quotas: Quotas;
  lists: Lists;
  onCommit: (committed: Committed) => void;
}): SavedFilters {
  const { pool, clock, quotas, lists, onCommit } = options;

  /** Runs a change and tells the live views what became of the filter (null: it is gone), in one transaction. */
  async function commit<Changed extends SavedFilter | null>(
    context: TaskContext,
    id: string,
    work: (client: Queryable) => Promise<Changed>,
  ): Promise<Changed> {
    if (context.listIds != null) throw beyondLists();
    const { userId } = context;
    const filter = await withTransaction(pool, async (client) => {
      await lockPerson(client, context);
      const changed = await work(client);
      const news = {
        type: 'filter' as const,
        taskId: null,
        data: { filterId: id, filter: changed },
      };
      await appendChanges(client, userId, [news], clock());
      return changed;
    });
    onCommit({ userId, remindAt: null });
    return filter;
  }

  /** The filter in its one spelling. @throws Problem 400 saying where it can't be read */
  async function canonical(context: TaskContext, text: string): Promise<string> {
    const { expression } = await readFilter({ lists, clock }, context, text);
    return printFilter(expression);
  }

  return {
    all: async ({ userId, listIds = null }) =>
      listIds === null ? (await rowsOf(pool, userId)).map(onWire) : [],
    add: async (context, input) => {
      const filter = await canonical(context, input.filter);
      const id = uuidv7();
      return commit(context, id, async (client) => {
        const rows = await rowsOf(client, context.userId);
        if (rows.length >= quotas.filters) throw quotaExceeded('filters', quotas.filters);
        const given = input.name.trim();
        requireFreeName(rows, given);
        return onWire(await insert(client, context.userId, { id, name: given, filter }, clock()));
      });
    },
    change: async (context, id, patch) => {
      const filter =
        patch.filter === undefined ? undefined : await canonical(context, patch.filter);
      return commit(context, id, async (client) => {
        const rows = await rowsOf(client, context.userId);
        const others = rows.filter((row) => row.id !== id);
        if (others.length === rows.length) throw notFound('filter');
        const given = patch.name?.trim();
        if (given !== undefined) requireFreeName(others, given);
        if (patch.after !== undefined)
          await order(client, context.userId, placed(others, id, patch.after));
        const { rows: changed } = await client.query<Row>(
          `UPDATE todo.saved_filters SET name = coalesce($3, name), filter = coalesce($4, filter), updated_at = $5
           WHERE id = $1 AND user_id = $2 RETURNING *`,
          [id, context.userId, given ?? null, filter ?? null, clock()],
        );
        return onWire(changed[0] as Row);
      });
    },
    remove: async (context, id) => {
      await commit(context, id, async (client) => {
        const { rowCount } = await client.query(
          'DELETE FROM todo.saved_filters WHERE id = $1 AND user_id = $2',
          [id, context.userId],
        );
        if (rowCount === 0) throw notFound('filter');
        return null;
      });
    },
  };
}

/**
 * Adds filters of a file: those that can be read and whose name the person does not use, as many as they may have.
 * @param client inside a transaction that holds the person's lock
 * @returns whether one was added
 */
export async function addMissingFilters(
  client: Queryable,
  context: Context,
  given: readonly NewSavedFilter[],
  max: number,
): Promise<boolean> {
  if (given.length === 0) return false;
  const { userId, zone, locale, clock } = context;
  const now = clock();
  const names = new Set<string>();
  const rows = await rowsOf(client, userId);
  for (const row of rows) names.add(row.name.toLowerCase());
  const lists = await listsOf(client, context);
  const news: NewChange[] = [];
  for (const { name: text, filter } of given) {
    const wanted = text.trim();
    const read = parseFilter(filter, { now, zone, locale, lists });
    if (names.has(wanted.toLowerCase()) || 'error' in read || names.size >= max) continue;
    names.add(wanted.toLowerCase());
    const made = { id: uuidv7(), name: wanted, filter: printFilter(read.expression) };
    const row = onWire(await insert(client, userId, made, now));
    news.push({ type: 'filter', taskId: null, data: { filterId: row.id, filter: row } });
  }
  await appendChanges(client, userId, news, now);
  return news.length > 0;
}

/**
 * Writes a list's new name into the filters that name it, unless another list still has the old name.
 * @param client inside a transaction that holds the person's lock, after the list was renamed
 * @returns what live views are told
 */
export async function renameInFilters(
  client: Queryable,
  context: Context,
  { from, to }: RenamedList,
): Promise<NewChange[]> {
  const lists = await listsOf(client, { userId: context.userId });
  const isOld = (one: string): boolean => one.trim().toLowerCase() === from.trim().toLowerCase();
  if (lists.some((list) => isOld(list.name)) && !isOld(to)) return [];
  const { zone, locale, clock } = context;
  const now = clock();
  const known = { now, zone, locale, lists: [...lists, { id: '', name: from }] };
  const news: NewChange[] = [];
  for (const row of await rowsOf(client, context.userId)) {
    const read = parseFilter(row.filter, known);
    if ('error' in read) continue;
    const filter = printFilter(
      mapTerms(read.expression, (term) =>
        term.kind === 'list' && isOld(term.name) ? { ...term, name: to.trim() } : term,
      ),
    );
    if (filter === row.filter) continue;
    const { rows } = await client.query<Row>(
      'UPDATE todo.saved_filters SET filter = $2, updated_at = $3 WHERE id = $1 RETURNING *',
      [row.id, filter, now],
    );
    news.push(
      ...rows.map((changed) => ({
        type: 'filter' as const,
        taskId: null,
        data: { filterId: changed.id, filter: onWire(changed) },
      })),
    );
  }
  return news;
}

async function rowsOf(client: Queryable, userId: string): Promise<Row[]> {
  const { rows } = await client.query<Row>(
    'SELECT * FROM todo.saved_filters WHERE user_id = $1 ORDER BY place, id',
    [userId],
  );
  return rows;
}

async function insert(
  client: Queryable,
  userId: string,
  made: { readonly id: string; readonly name: string; readonly filter: string },
  at: Date,
): Promise<Row> {
  const { rows } = await client.query<Row>(
    `INSERT INTO todo.saved_filters (id, user_id, name, filter, place, created_at, updated_at)
     SELECT $1, $2, $3, $4, coalesce(max(place), 0) + 1, $5, $5 FROM todo.saved_filters WHERE user_id = $2 RETURNING *`,
    [made.id, userId, made.name, made.filter, at],
  );
  return rows[0] as Row;
}

/** Names tell filters apart where they are said in words, so no two are the same. */
function requireFreeName(others: readonly Row[], given: string): void {
  if (others.some((row) => row.name.toLowerCase() === given.toLowerCase()))
    throw invalidInput([{ field: 'name', message: 'you have another filter with this name' }]);
}

/** The ids in their new order. @throws Problem 400 for an `after` that is no other filter of the person */
function placed(others: readonly Row[], id: string, after: string | null): string[] {
  const ids = others.map((row) => row.id);
  const at = after === null ? 0 : ids.indexOf(after) + 1;
  if (after !== null && at === 0)
    throw invalidInput([{ field: 'after', message: 'is not another filter of yours' }]);
  return [...ids.slice(0, at), id, ...ids.slice(at)];
}

async function order(client: Queryable, userId: string, ids: readonly string[]): Promise<void> {
  await client.query(
    `UPDATE todo.saved_filters SET place = ordered.n
     FROM unnest($2::uuid[]) WITH ORDINALITY AS ordered (id, n)
     WHERE todo.saved_filters.id = ordered.id AND user_id = $1`,
    [userId, ids],
  );
}

function beyondLists(): Problem {
  return new Problem(
    403,
    'lists-only',
    'This access token is limited to lists, and filters concern more than those. Create a token without that limit.',
  );
}

function onWire(row: Row): SavedFilter {
  return {
    id: row.id,
    name: row.name,
    filter: row.filter,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

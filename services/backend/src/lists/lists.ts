// Lists (projects): a name that tasks can stand under. Plain functions of (context, input); nothing here knows HTTP.
// A list is no task and makes no event; live views are told of it, so that every page shows the same lists.
import type { Clock } from '@todo/runtime/clock';
import type { Pool, Queryable } from '@todo/runtime/database';
import { withTransaction } from '@todo/runtime/database';
import { notFound } from '@todo/contracts/problem';
import { name } from '@todo/contracts/task';
import { uuidv7 } from '@todo/runtime/uuid';
import { quotaExceeded } from '../limits/quotas.ts';
import type { Quotas } from '../limits/quotas.ts';
import { appendChanges } from '../live/change-log.ts';
import type { NewChange } from '../live/change-log.ts';
import type { Committed } from '../tasks/committed.ts';
import type { Context, Reach, TaskContext } from '../tasks/task-context.ts';
import { lockPerson } from '../identity/person-row.ts';

/** A list's name. */
export const listName = name;

/** A list on the wire. */
export interface TaskList {
  readonly id: string;
  readonly name: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** What can be done with lists. Problem 404 for what is not the person's. */
export interface Lists {
  /** All of a person's lists, oldest first. */
  all: (context: Reach) => Promise<TaskList[]>;
  /**
   * @param alongside what else is stored of the list, in the same transaction
   * @throws Problem 422 when the person has as many as they may
   */
  add: (
    context: TaskContext,
    name: string,
    alongside?: (client: Queryable, listId: string) => Promise<void>,
  ) => Promise<TaskList>;
  rename: (context: TaskContext, id: string, name: string) => Promise<TaskList>;
  /** Its tasks stay, without a list. */
  remove: (context: TaskContext, id: string) => Promise<void>;
}

interface Row {
  id: string;
  name: string;
  created_at: Date;
  updated_at: Date;
}

/** A list's name before and after. */
export interface RenamedList {
  readonly from: string;
  readonly to: string;
}

/** Makes them. @param options `onCommit` is called after each commit. */
export function createLists(options: {
  pool: Pool;
  clock: Clock;
  quotas: Quotas;
  onCommit: (committed: Committed) => void;
  /** What else a new name changes, in the same transaction; it gives what live views are told of that. */
  onRename?: (client: Queryable, context: Context, names: RenamedList) => Promise<NewChange[]>;
}): Lists {
  const { pool, clock, quotas, onCommit } = options;

  /** Runs a change and tells the live views what became of the list (null: it is gone), in one transaction. */
  async function change<Changed extends TaskList | null>(
    context: TaskContext,
    id: string,
    work: (client: Queryable) => Promise<Changed>,
  ): Promise<Changed> {
    const { userId } = context;
    const list = await withTransaction(pool, async (client) => {
      await lockPerson(client, context);
      const changed = await work(client);
      const news = { type: 'list' as const, taskId: null, data: { listId: id, list: changed } };
      await appendChanges(client, userId, [news], clock());
      return changed;
    });
    onCommit({ userId, remindAt: null });
    return list;
  }

  return {
    all: (context) => listsOf(pool, context),
    add: (context, name, alongside) => {
      const id = uuidv7();
      return change(context, id, async (client) => {
        const { rows: counted } = await client.query<{ n: number }>(
          'SELECT count(*)::int AS n FROM todo.lists WHERE user_id = $1',
          [context.userId],
        );
        if ((counted[0]?.n ?? 0) >= quotas.lists) throw quotaExceeded('lists', quotas.lists);
        const { rows } = await client.query<Row>(
          'INSERT INTO todo.lists (id, user_id, name, created_at, updated_at) VALUES ($1, $2, $3, $4, $4) RETURNING *',
          [id, context.userId, name, clock()],
        );
        await alongside?.(client, id);
        return onWire(rows[0] as Row);
      });
    },
    rename: (context, id, name) =>
      change(context, id, async (client) => {
        const { rows } = await client.query<Row & { before: string }>(
          `UPDATE todo.lists l SET name = $3, updated_at = $4
           FROM (SELECT id, name AS before FROM todo.lists WHERE id = $1) AS old
           WHERE l.id = old.id AND l.user_id = $2 RETURNING l.*, old.before`,
          [id, context.userId, name, clock()],
        );
        if (!rows[0]) throw notFound('list');
        const names = { from: rows[0].before, to: name };
        const followed = await options.onRename?.(client, { ...context, clock }, names);
        await appendChanges(client, context.userId, followed ?? [], clock());
        return onWire(rows[0]);
      }),
    remove: async (context, id) => {
      await change(context, id, async (client) => {
        const { rowCount } = await client.query(
          'DELETE FROM todo.lists WHERE id = $1 AND user_id = $2',
          [id, context.userId],
        );
        if (rowCount === 0) throw notFound('list');
        return null;
      });
    },
  };
}

/** All of a person's lists, oldest first. */
export async function listsOf(
  client: Queryable,
  { userId, listIds = null }: Reach,
): Promise<TaskList[]> {
  const { rows } = await client.query<Row>(
    `SELECT * FROM todo.lists WHERE user_id = $1 AND ($2::uuid[] IS NULL OR id = ANY($2::uuid[]))
     ORDER BY created_at, id`,
    [userId, listIds],
  );
  return rows.map(onWire);
}

/** A list found or made by its name. */
export interface NamedList {
  readonly id: string;
  readonly name: string;
  /** It was made now, or would be. */
  readonly isNew: boolean;
}

/** Lists by name. */
interface WantedLists {
  readonly names: readonly string[];
  /** Lists that the person may have. */
  readonly max: number;
}

/**
 * A person's lists by name; the same name twice is two lists of that name. What is missing would be made: it has an id of its
 * own that no list has. Undefined for what is beyond `max`, the lists that the person may have.
 */
export async function findLists(
  client: Queryable,
  userId: string,
  { names, max }: WantedLists,
): Promise<(NamedList | undefined)[]> {
  const { rows } = await client.query<Row>(
    'SELECT * FROM todo.lists WHERE user_id = $1 ORDER BY created_at, id',
    [userId],
  );
  const left = [...rows];
  let count = rows.length;
  return names.map((name) => {
    const exact = left.findIndex((row) => row.name === name);
    const at =
      exact >= 0 ? exact : left.findIndex((row) => row.name.toLowerCase() === name.toLowerCase());
    const [row] = at < 0 ? [] : left.splice(at, 1);
    if (row) return { id: row.id, name: row.name, isNew: false };
    count += 1;
    return count > max ? undefined : { id: uuidv7(), name, isNew: true };
  });
}

/** Of these ids those that are lists of the person. */
export async function findListsById(
  client: Queryable,
  userId: string,
  ids: readonly string[],
): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(
    'SELECT id FROM todo.lists WHERE user_id = $1 AND id = ANY($2::uuid[])',
    [userId, ids],
  );
  return rows.map((row) => row.id);
}

/** Like {@link findLists}, and makes what is missing. @param client inside a transaction that holds the person's lock */
export async function findOrAddLists(
  client: Queryable,
  userId: string,
  wanted: WantedLists,
  at: Date,
): Promise<(NamedList | undefined)[]> {
  const found = await findLists(client, userId, wanted);
  const missing = found.filter((list) => list?.isNew === true);
  const made: TaskList[] = [];
  // one after the other, a millisecond apart: lists are shown in the order they were made
  for (const [index, list] of missing.entries()) {
    const { rows } = await client.query<Row>(
      'INSERT INTO todo.lists (id, user_id, name, created_at, updated_at) VALUES ($1, $2, $3, $4, $4) RETURNING *',
      [list?.id, userId, list?.name, new Date(at.getTime() + index)],
    );
    made.push(onWire(rows[0] as Row));
  }
  const news = made.map((list) => ({
    type: 'list' as const,
    taskId: null,
    data: { listId: list.id, list },
  }));
  await appendChanges(client, userId, news, at);
  return found;
}

/**
 * Deletes those of a person's lists that have no living task and were never renamed.
 * @param client inside a transaction that holds the person's lock
 * @returns how many were deleted
 */
export async function removeUnusedLists(
  client: Queryable,
  userId: string,
  ids: readonly string[],
  at: Date,
): Promise<number> {
  const { rows } = await client.query<{ id: string }>(
    `DELETE FROM todo.lists l WHERE l.user_id = $1 AND l.id = ANY($2::uuid[]) AND l.updated_at = l.created_at
       AND NOT EXISTS (SELECT FROM todo.tasks t WHERE t.list_id = l.id AND t.deleted_at IS NULL) RETURNING l.id`,
    [userId, ids],
  );
  const news = rows.map(({ id }) => ({
    type: 'list' as const,
    taskId: null,
    data: { listId: id, list: null },
  }));
  await appendChanges(client, userId, news, at);
  return rows.length;
}

function onWire(row: Row): TaskList {
  return {
    id: row.id,
    name: row.name,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

// A person's tasks in the order they were made, with what only a file needs: the list's name, what other programs call the
// task and its parent, and the place in the person's own order. Pages of one statement each: no transaction stays open while
// a slow client reads.
import type { Queryable } from '@todo/runtime/database';
import type { Task } from '@todo/contracts/task';
import { TASK_COLUMNS, toTask } from './task-rows.ts';
import type { TaskRow } from './task-rows.ts';

/** Tasks read at once. */
const PAGE = 500;

/** A task as an export writes it. */
export interface ExportedTask {
  readonly task: Task;
  readonly list: string | null;
  /** What other programs know it by: the name in the file it came from, or its id. */
  readonly uid: string;
  readonly parentUid: string | null;
  /** Its place in the person's own order, an instant as PostgreSQL writes it; null where nobody moved it. */
  readonly place: string | null;
}

interface Row extends TaskRow {
  list: string | null;
  uid: string | null;
  parent_uid: string | null;
  place: string | null;
  key: string;
}

/** Which tasks an export is limited to: those of some lists, with what is below them. */
export interface ListChoice {
  readonly ids: readonly string[];
  /** Also tasks without a list. A subtask without one belongs to its parent's. */
  readonly withoutList: boolean;
}

/** All living tasks of a person, or those of some lists, a page at a time. A parent that is not among them is not named. */
export async function* exportPages(
  client: Queryable,
  userId: string,
  choice?: ListChoice,
): AsyncGenerator<ExportedTask[]> {
  const chosen = choice && (await chosenIds(client, userId, choice));
  const isChosen = chosen && new Set(chosen);
  let after: Row | undefined;
  do {
    const { rows } = await client.query<Row>(
      `SELECT ${TASK_COLUMNS}, t.place::text AS place, t.created_at::text AS key, l.name AS list,
         (SELECT min(uid) FROM todo.imported_uids u WHERE u.task_id = t.id AND uid NOT LIKE 'content:%') AS uid,
         CASE WHEN p.id IS NOT NULL THEN coalesce((SELECT min(uid) FROM todo.imported_uids u WHERE u.task_id = p.id AND uid NOT LIKE 'content:%'), p.id::text) END AS parent_uid
       FROM todo.tasks t LEFT JOIN todo.lists l ON l.id = t.list_id
         LEFT JOIN todo.tasks p ON p.id = t.parent_id AND p.deleted_at IS NULL
       WHERE t.user_id = $1 AND t.deleted_at IS NULL AND ($2::timestamptz IS NULL OR (t.created_at, t.id) > ($2::timestamptz, $3::uuid))
         AND ($4::uuid[] IS NULL OR t.id = ANY($4))
       ORDER BY t.created_at, t.id LIMIT ${PAGE}`,
      [userId, after?.key ?? null, after?.id ?? null, chosen ?? null],
    );
    yield rows.map(({ list, uid, parent_uid, place, ...row }) => {
      const hasParent = isChosen === undefined || isChosen.has(row.parent_id ?? '');
      return {
        task: toTask(hasParent ? row : { ...row, parent_id: null }),
        list,
        uid: uid ?? row.id,
        parentUid: hasParent ? parent_uid : null,
        place,
      };
    });
    after = rows.length === PAGE ? rows.at(-1) : undefined;
  } while (after !== undefined);
}

async function chosenIds(
  client: Queryable,
  userId: string,
  { ids, withoutList }: ListChoice,
): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(
    `WITH RECURSIVE chosen AS (
       SELECT id FROM todo.tasks WHERE user_id = $1 AND deleted_at IS NULL
         AND (list_id = ANY($2::uuid[]) OR ($3 AND list_id IS NULL AND parent_id IS NULL))
       UNION SELECT t.id FROM todo.tasks t JOIN chosen ON t.parent_id = chosen.id WHERE t.user_id = $1 AND t.deleted_at IS NULL)
     SELECT id FROM chosen`,
    [userId, ids, withoutList],
  );
  return rows.map((row) => row.id);
}

/** The zones that a person's tasks name, and the year of the earliest due: what a calendar must define. */
export async function zonesInUse(
  client: Queryable,
  userId: string,
): Promise<{ zones: string[]; firstYear: number }> {
  const { rows } = await client.query<{ zone: string; first: number }>(
    `SELECT due->>'zone' AS zone, min(extract(year FROM due_at))::int AS first FROM todo.tasks
     WHERE user_id = $1 AND deleted_at IS NULL AND due->>'kind' = 'local' GROUP BY 1 ORDER BY 1`,
    [userId],
  );
  return {
    zones: rows.map((row) => row.zone),
    firstYear: rows.reduce((year, row) => Math.min(year, row.first), new Date().getUTCFullYear()),
  };
}

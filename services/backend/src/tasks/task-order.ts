// A person's own order of the tasks of a list (sort=manual). Moving a task is not a change of the task: no version, no event,
// nobody's edit is refused for it; the live views are told, so that every page shows the new order.
import type { Clock } from '@todo/runtime/clock';
import { withTransaction } from '@todo/runtime/database';
import type { Pool, Queryable } from '@todo/runtime/database';
import { invalidInput, notFound } from '@todo/contracts/problem';
import { appendChanges } from '../live/change-log.ts';
import { lockPerson } from '../identity/person-row.ts';
import type { Committed } from './committed.ts';
import type { TaskContext } from './task-context.ts';

/** The order, as SQL on `todo.tasks AS t`. */
export const MANUAL_KEY = 'coalesce(t.place, t.created_at)';

/** The tasks a task is ordered among: those of its list (or of none) that stand under the same parent. */
const NEIGHBOURS = `FROM todo.tasks t JOIN todo.tasks moved ON moved.id = $2 AND moved.user_id = $1
  WHERE t.user_id = $1 AND t.deleted_at IS NULL AND t.id <> moved.id
    AND t.list_id IS NOT DISTINCT FROM moved.list_id AND t.parent_id IS NOT DISTINCT FROM moved.parent_id`;

/** Moves a task behind another one of the same list, or to the list's start (null). */
export type MoveTask = (context: TaskContext, id: string, after: string | null) => Promise<void>;

/**
 * Makes the command. It throws Problem 404 for a task that is not the person's, 400 for an `after` that is not beside it.
 * @param options `onCommit` is called after each commit
 */
export function createMoveTask(options: {
  pool: Pool;
  clock: Clock;
  onCommit: (committed: Committed) => void;
}): MoveTask {
  const { pool, clock, onCommit } = options;
  return async (context, id, after) => {
    const { userId } = context;
    await withTransaction(pool, async (client) => {
      await lockPerson(client, context);
      const { rows } = await client.query<{ list_id: string | null }>(
        'SELECT list_id FROM todo.tasks WHERE id = $1 AND user_id = $2 AND deleted_at IS NULL',
        [id, userId],
      );
      const moved = rows[0];
      if (!moved) throw notFound('task');
      if (!(await place(client, userId, id, after))) {
        await spread(client, userId, id);
        await place(client, userId, id, after);
      }
      const change = {
        type: 'order' as const,
        taskId: id,
        data: { taskId: id, listId: moved.list_id },
      };
      await appendChanges(client, userId, [change], clock());
    });
    onCommit({ userId, remindAt: null });
  };
}

/** Puts the task in the middle between its new neighbours. False when they leave no room. */
async function place(
  client: Queryable,
  userId: string,
  id: string,
  after: string | null,
): Promise<boolean> {
  const { rows } = await client.query<{ known: boolean; room: boolean; place: string | null }>(
    `WITH neighbours AS (SELECT t.id, ${MANUAL_KEY} AS place ${NEIGHBOURS}),
     low AS (SELECT place FROM neighbours WHERE id = $3::uuid),
     high AS (SELECT min(place) AS place FROM neighbours
       WHERE $3::uuid IS NULL OR (place, id) > (SELECT place, id FROM neighbours WHERE id = $3::uuid)),
     middle AS (SELECT CASE
         WHEN low.place IS NULL THEN high.place - interval '1 hour'
         WHEN high.place IS NULL THEN low.place + interval '1 millisecond'
         ELSE low.place + (high.place - low.place) / 2 END AS place, low.place AS low, high.place AS high
       FROM high LEFT JOIN low ON true)
     SELECT $3::uuid IS NULL OR low IS NOT NULL AS known,
       (low IS NULL OR place > low) AND (high IS NULL OR place < high) AS room, place::text AS place FROM middle`,
    [userId, id, after],
  );
  const found = rows[0];
  if (!found?.known)
    throw invalidInput([
      { field: 'after', message: 'is not a task in the same list and at the same level' },
    ]);
  if (!found.room) return false;
  if (found.place !== null)
    await client.query(
      'UPDATE todo.tasks SET place = $3::timestamptz WHERE id = $1 AND user_id = $2',
      [id, userId, found.place],
    );
  return true;
}

/** Gives the neighbours places with room between them, in the order they have, all before what is created later. */
async function spread(client: Queryable, userId: string, id: string): Promise<void> {
  await client.query(
    `UPDATE todo.tasks SET place = 'epoch'::timestamptz + numbered.n * interval '1 hour'
     FROM (SELECT t.id, row_number() OVER (ORDER BY ${MANUAL_KEY}, t.id) AS n ${NEIGHBOURS}) numbered
     WHERE todo.tasks.id = numbered.id`,
    [userId, id],
  );
}

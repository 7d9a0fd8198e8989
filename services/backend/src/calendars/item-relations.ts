// Items that belong together: children that came before their parents, an occurrence and the one after it, a finished occurrence and
// a program's copy of it. SQL on `calendar_items`, beside item-rows.ts.
import type { Queryable } from '@todo/runtime/database';
import type { Task } from '@todo/contracts/task';

/** What a finished occurrence is called whose name went on to the next one. */
export function finishedNames(task: Pick<Task, 'id' | 'occurrence'>): {
  name: string;
  uid: string;
} {
  const uid = `${task.id}-${task.occurrence}`;
  return { name: `${uid}.ics`, uid };
}

/** Open subtasks-to-be: tasks whose program named a parent that was not there. */
export async function waitingForParent(
  client: Queryable,
  userId: string,
  uid: string,
): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(
    `SELECT t.id FROM todo.calendar_items d JOIN todo.tasks t ON t.id = d.task_id
     WHERE d.user_id = $1 AND d.parent_uid = $2 AND t.deleted_at IS NULL AND t.parent_id IS NULL`,
    [userId, uid],
  );
  return rows.map((row) => row.id);
}

/** A child's parent is there now. */
export async function clearWantedParent(client: Queryable, taskId: string): Promise<void> {
  await client.query('UPDATE todo.calendar_items SET parent_uid = NULL WHERE task_id = $1', [
    taskId,
  ]);
}

/** The next occurrence of a series keeps what a program wrote of the one before, under an address of its own. */
export async function carryItem(
  client: Queryable,
  previousId: string,
  nextId: string,
): Promise<void> {
  await client.query(
    `INSERT INTO todo.calendar_items (task_id, user_id, name, uid, source, task)
     SELECT $2::uuid, user_id, $2::text || '.ics', $2::text, source, task FROM todo.calendar_items
     WHERE task_id = $1 AND source IS NOT NULL ON CONFLICT (task_id) DO NOTHING`,
    [previousId, nextId],
  );
}

/**
 * The open occurrence that was made lately and that no program has named, of the same title, list and due: what a program that
 * completes an occurrence by a new entry of its own has written a second time.
 */
export async function unnamedSuccessor(
  client: Queryable,
  userId: string,
  like: Pick<Task, 'title' | 'listId' | 'dueAt'>,
  since: Date,
): Promise<string | undefined> {
  const { rows } = await client.query<{ id: string }>(
    `SELECT t.id FROM todo.tasks t LEFT JOIN todo.calendar_items d ON d.task_id = t.id
     WHERE t.user_id = $1 AND t.deleted_at IS NULL AND t.status = 'open' AND t.title = $2 AND t.occurrence > 1 AND t.recurrence IS NOT NULL
       AND t.list_id IS NOT DISTINCT FROM $3 AND t.due_at IS NOT DISTINCT FROM $4 AND t.created_at >= $5
       AND coalesce(d.name, t.id || '.ics') = t.id || '.ics'
     ORDER BY t.created_at DESC LIMIT 1`,
    [userId, like.title, like.listId, like.dueAt, since],
  );
  return rows[0]?.id;
}

/**
 * A finished task without a repetition that is the record of one occurrence: same title, list and due, done lately.
 * @param kind `copy`: a program's own record of it; `occurrence`: the finished occurrence, which no program has named
 */
export async function finishedTwin(
  client: Queryable,
  userId: string,
  like: Pick<Task, 'id' | 'title' | 'listId' | 'dueAt'>,
  kind: 'copy' | 'occurrence',
  since: Date,
): Promise<string | undefined> {
  const named =
    kind === 'copy'
      ? 't.series_id IS NULL AND d.source IS NOT NULL'
      : `t.series_id IS NOT NULL AND d.name = t.id || '-' || t.occurrence || '.ics'`;
  const { rows } = await client.query<{ id: string }>(
    `SELECT t.id FROM todo.tasks t LEFT JOIN todo.calendar_items d ON d.task_id = t.id
     WHERE t.user_id = $1 AND t.id <> $2 AND t.deleted_at IS NULL AND t.status = 'done' AND t.title = $3
       AND t.list_id IS NOT DISTINCT FROM $4 AND t.due_at IS NOT DISTINCT FROM $5 AND t.completed_at >= $6 AND ${named} AND NOT coalesce(d.hidden, false)
     ORDER BY t.completed_at DESC LIMIT 1`,
    [userId, like.id, like.title, like.listId, like.dueAt, since],
  );
  return rows[0]?.id;
}

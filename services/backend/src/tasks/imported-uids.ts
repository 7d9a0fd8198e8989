// What tasks are called in the files they came from: the only SQL on `imported_uids`.
import type { Queryable } from '@todo/runtime/database';

/** Longest name of a task in a file that is kept, in characters; a longer one is kept by its hash. */
export const MAX_UID = 255;

/** Ids of a person's living tasks by what a file called them, or by their own id, which is what an export calls them. */
export async function tasksByUid(
  client: Queryable,
  userId: string,
  uids: readonly string[],
): Promise<Map<string, string>> {
  if (uids.length === 0) return new Map();
  const own = uids.filter((uid) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(uid));
  const { rows } = await client.query<{ uid: string; id: string }>(
    `SELECT u.uid, t.id FROM todo.imported_uids u JOIN todo.tasks t ON t.id = u.task_id AND t.deleted_at IS NULL
     WHERE u.user_id = $1 AND u.uid = ANY($2)
     UNION ALL SELECT t.id::text, t.id FROM todo.tasks t
     WHERE t.user_id = $1 AND t.id = ANY($3::uuid[]) AND t.deleted_at IS NULL`,
    [userId, uids, own],
  );
  const found = new Map(rows.map((row) => [row.uid, row.id]));
  for (const uid of own) {
    const id = found.get(uid.toLowerCase());
    if (id !== undefined) found.set(uid, id);
  }
  return found;
}

/** Remembers what the tasks of a file are called there. One that a deleted task had passes to the new one. */
export async function insertImportedUids(
  client: Queryable,
  userId: string,
  made: readonly { readonly task: { readonly id: string }; readonly uid: string | null }[],
): Promise<void> {
  const named = made.filter((one) => one.uid !== null);
  if (named.length === 0) return;
  await client.query(
    `INSERT INTO todo.imported_uids (user_id, uid, task_id) SELECT $1, uid, task_id FROM unnest($2::text[], $3::uuid[]) AS n (uid, task_id)
     ON CONFLICT (user_id, uid) DO UPDATE SET task_id = excluded.task_id`,
    [userId, named.map((one) => one.uid), named.map((one) => one.task.id)],
  );
}

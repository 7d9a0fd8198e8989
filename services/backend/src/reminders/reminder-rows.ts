// The rows behind the reminders: one a reminder, found by the instant it falls due.
import type { Queryable } from '@todo/runtime/database';
import type { Due } from '@todo/contracts/task';

/** Instants (ms) that a task's reminders were sent for, by reminder id. */
export async function sentReminders(
  client: Queryable,
  taskId: string,
): Promise<Map<string, number>> {
  const { rows } = await client.query<{ id: string; sent_for: Date }>(
    'SELECT id, sent_for FROM todo.reminders WHERE task_id = $1 AND sent_for IS NOT NULL',
    [taskId],
  );
  return new Map(rows.map((row) => [row.id, row.sent_for.getTime()]));
}

/** Makes the rows of a task what its reminders are now. One that was sent for this instant meanwhile stays sent. */
export async function saveReminders(
  client: Queryable,
  taskId: string,
  reminders: readonly { id: string; pendingAt: Date | null }[],
): Promise<void> {
  await client.query(
    `WITH wanted AS (SELECT * FROM unnest($2::uuid[], $3::timestamptz[]) AS w (id, pending_at)),
       gone AS (DELETE FROM todo.reminders WHERE task_id = $1 AND id <> ALL ($2::uuid[]))
     INSERT INTO todo.reminders (task_id, id, pending_at) SELECT $1, id, pending_at FROM wanted
     ON CONFLICT (task_id, id) DO UPDATE SET pending_at = CASE WHEN todo.reminders.sent_for = excluded.pending_at THEN NULL ELSE excluded.pending_at END`,
    [taskId, reminders.map((reminder) => reminder.id), reminders.map((r) => r.pendingAt)],
  );
}

/** Stores the rows of new tasks' reminders. */
export async function insertReminders(
  client: Queryable,
  reminders: readonly { taskId: string; id: string; pendingAt: Date | null }[],
): Promise<void> {
  if (reminders.length === 0) return;
  await client.query(
    `INSERT INTO todo.reminders (task_id, id, pending_at) SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[])`,
    [
      reminders.map((reminder) => reminder.taskId),
      reminders.map((reminder) => reminder.id),
      reminders.map((reminder) => reminder.pendingAt),
    ],
  );
}

/** Lets no reminder of these tasks wait any more. */
export async function stopReminders(client: Queryable, taskIds: readonly string[]): Promise<void> {
  await client.query(
    'UPDATE todo.reminders SET pending_at = NULL WHERE task_id = ANY($1::uuid[]) AND pending_at IS NOT NULL',
    [taskIds],
  );
}

/** The next instant a reminder falls due, or null. */
export async function nextReminderAt(client: Queryable): Promise<Date | null> {
  const { rows } = await client.query<{ at: Date | null }>(
    'SELECT min(pending_at) AS at FROM todo.reminders WHERE pending_at IS NOT NULL',
  );
  return rows[0]?.at ?? null;
}

/** A reminder that is due, with what its event says. */
export interface DueReminder {
  task_id: string;
  id: string;
  pending_at: Date;
  user_id: string;
  title: string;
  due_at: Date | null;
  due: Due | null;
  zone: string;
  locale: string;
}

/** Takes due reminders, oldest first, that no other replica is taking; they are sent when the transaction commits. */
export async function takeDueReminders(
  client: Queryable,
  now: Date,
  limit: number,
): Promise<DueReminder[]> {
  const { rows } = await client.query<DueReminder>(
    `SELECT r.task_id, r.id, r.pending_at, t.user_id, t.title, t.due_at, t.due, u.zone, u.locale
     FROM todo.reminders r JOIN todo.tasks t ON t.id = r.task_id JOIN todo.users u ON u.id = t.user_id
     WHERE r.pending_at <= $1 ORDER BY r.pending_at LIMIT $2 FOR UPDATE OF r SKIP LOCKED`,
    [now, limit],
  );
  if (rows.length > 0) {
    await client.query(
      `UPDATE todo.reminders r SET sent_for = r.pending_at, pending_at = NULL
       FROM unnest($1::uuid[], $2::uuid[]) AS sent (task_id, id) WHERE r.task_id = sent.task_id AND r.id = sent.id`,
      [rows.map((row) => row.task_id), rows.map((row) => row.id)],
    );
  }
  return rows;
}

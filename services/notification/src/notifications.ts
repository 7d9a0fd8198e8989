// The in-app notifications: their table, and what a reminder says.
import type { Queryable } from '@todo/common/database';
import type { EventData } from '@todo/common/events';
import { invalidInput, notFound } from '@todo/common/problem';

/** A reminder that arrives this long after its instant is marked as late, ms. */
export const LATE_AFTER_MS = 60_000;

/** A notification as the user sees it. */
export interface Notification {
  readonly id: string;
  readonly taskId: string | null;
  readonly kind: string;
  readonly text: string;
  readonly late: boolean;
  readonly at: string;
  readonly readAt: string | null;
}

/**
 * What a reminder says: the title, and when the task is due in the user's zone and locale.
 * @param reminder data of `todo.reminder.due.v1`.
 */
export function reminderText(reminder: EventData<'todo.reminder.due.v1'>): string {
  if (!reminder.dueAt) return reminder.title;
  const due = new Intl.DateTimeFormat(reminder.locale, {
    dateStyle: 'medium',
    timeStyle: 'short',
    timeZone: reminder.zone,
  });
  return `${reminder.title} · ${due.format(new Date(reminder.dueAt))}`;
}

/** Writes the notification of a reminder. @returns false when that reminder has one */
export async function insertNotification(
  client: Queryable,
  notification: Omit<Notification, 'readAt'> & { userId: string; reminderId: string },
): Promise<boolean> {
  const { rowCount } = await client.query(
    `INSERT INTO notification.notifications (id, user_id, task_id, reminder_id, kind, text, late, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (reminder_id) DO NOTHING`,
    [
      notification.id,
      notification.userId,
      notification.taskId,
      notification.reminderId,
      notification.kind,
      notification.text,
      notification.late,
      notification.at,
    ],
  );
  return rowCount === 1;
}

interface Row {
  id: string;
  task_id: string | null;
  kind: string;
  text: string;
  late: boolean;
  created_at: Date;
  read_at: Date | null;
}

/** A user's notifications, newest first. @param after a page's `next` */
export async function listNotifications(
  client: Queryable,
  query: { userId: string; limit: number; after?: string | undefined },
): Promise<{ items: Notification[]; next: string | null }> {
  const after = query.after === undefined ? null : readCursor(query.after);
  const { rows } = await client.query<Row>(
    `SELECT id, task_id, kind, text, late, created_at, read_at FROM notification.notifications
     WHERE user_id = $1 AND ($2::timestamptz IS NULL OR (created_at, id) < ($2, $3::uuid))
     ORDER BY created_at DESC, id DESC LIMIT $4`,
    [query.userId, after?.at ?? null, after?.id ?? null, query.limit + 1],
  );
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  return {
    items: page.map(toNotification),
    next: rows.length > query.limit && last ? `${last.created_at.toISOString()}_${last.id}` : null,
  };
}

/** Marks a user's notification as read. @throws Problem 404 */
export async function markRead(
  client: Queryable,
  userId: string,
  id: string,
): Promise<Notification> {
  const { rows } = await client.query<Row>(
    `UPDATE notification.notifications SET read_at = coalesce(read_at, now()) WHERE id = $1 AND user_id = $2
     RETURNING id, task_id, kind, text, late, created_at, read_at`,
    [id, userId],
  );
  if (!rows[0]) throw notFound('notification');
  return toNotification(rows[0]);
}

function toNotification(row: Row): Notification {
  return {
    id: row.id,
    taskId: row.task_id,
    kind: row.kind,
    text: row.text,
    late: row.late,
    at: row.created_at.toISOString(),
    readAt: row.read_at?.toISOString() ?? null,
  };
}

function readCursor(cursor: string): { at: string; id: string } {
  const [, at, id] = /^(\d{4}-\d\d-\d\dT[\d:.]+Z)_([0-9a-f-]{36})$/.exec(cursor) ?? [];
  if (!at || !id)
    throw invalidInput([{ field: 'after', message: 'expected the next of the page before' }]);
  return { at, id };
}

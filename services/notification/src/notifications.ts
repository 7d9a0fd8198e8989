// The in-app notifications: their table.
import type { Queryable } from '@todo/runtime/database';
import type { DeliveryAnswer } from '@todo/contracts/notification-preferences';
import { invalidInput, notFound } from '@todo/contracts/problem';
import { deliveriesOf } from './deliveries.ts';

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
  /** How its ways out of the app stand. */
  readonly deliveries: readonly DeliveryAnswer[];
}

/** A notification to write. */
export interface NewNotification {
  readonly id: string;
  readonly userId: string;
  readonly taskId: string | null;
  /** What makes it happen once for this person: a reminder and its instant. */
  readonly occasion: string;
  readonly kind: string;
  readonly text: string;
  readonly late: boolean;
  readonly at: string;
  /** What the channels say. */
  readonly details: {
    readonly title: string;
    readonly dueText: string | null;
    readonly remindAt: string;
  };
}

/** Writes a notification. @returns false when its occasion has one */
export async function insertNotification(
  client: Queryable,
  made: NewNotification,
): Promise<boolean> {
  const { rowCount } = await client.query(
    `INSERT INTO notification.notifications (id, user_id, task_id, occasion, kind, text, late, created_at, details)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (user_id, occasion) DO NOTHING`,
    [
      made.id,
      made.userId,
      made.taskId,
      made.occasion,
      made.kind,
      made.text,
      made.late,
      made.at,
      JSON.stringify(made.details),
    ],
  );
  return rowCount === 1;
}

/** How many notifications of a kind a person got since an instant. */
export async function countSince(
  client: Queryable,
  userId: string,
  kind: string,
  since: Date,
): Promise<number> {
  const { rows } = await client.query<{ n: number }>(
    'SELECT count(*)::int AS n FROM notification.notifications WHERE user_id = $1 AND kind = $2 AND created_at > $3',
    [userId, kind, since],
  );
  return rows[0]?.n ?? 0;
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
  const deliveries = await deliveriesOf(
    client,
    page.map((row) => row.id),
  );
  return {
    items: page.map((row) => toNotification(row, deliveries.get(row.id))),
    next: rows.length > query.limit && last ? `${last.created_at.toISOString()}_${last.id}` : null,
  };
}

/** How many of a user's notifications are not read yet. */
export async function countUnread(client: Queryable, userId: string): Promise<number> {
  const { rows } = await client.query<{ n: number }>(
    'SELECT count(*)::int AS n FROM notification.notifications WHERE user_id = $1 AND read_at IS NULL',
    [userId],
  );
  return rows[0]?.n ?? 0;
}

/** Marks a user's notifications as read: all, or those of a task. @returns how many were not read before */
export async function markAllRead(
  client: Queryable,
  userId: string,
  taskId: string | null,
): Promise<number> {
  const { rowCount } = await client.query(
    `UPDATE notification.notifications SET read_at = now()
     WHERE user_id = $1 AND read_at IS NULL AND ($2::uuid IS NULL OR task_id = $2)`,
    [userId, taskId],
  );
  return rowCount ?? 0;
}

/** One of a user's notifications. @throws Problem 404 */
export async function findNotification(
  client: Queryable,
  userId: string,
  id: string,
): Promise<Notification> {
  const { rows } = await client.query<Row>(
    `SELECT id, task_id, kind, text, late, created_at, read_at FROM notification.notifications WHERE id = $1 AND user_id = $2`,
    [id, userId],
  );
  if (!rows[0]) throw notFound('notification');
  return toNotification(rows[0], (await deliveriesOf(client, [id])).get(id));
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
  return toNotification(rows[0], (await deliveriesOf(client, [id])).get(id));
}

function toNotification(
  row: Row,
  deliveries: readonly DeliveryAnswer[] | undefined = [],
): Notification {
  return {
    id: row.id,
    taskId: row.task_id,
    kind: row.kind,
    text: row.text,
    late: row.late,
    at: row.created_at.toISOString(),
    readAt: row.read_at?.toISOString() ?? null,
    deliveries,
  };
}

function readCursor(cursor: string): { at: string; id: string } {
  const [, at, id] = /^(\d{4}-\d\d-\d\dT[\d:.]+Z)_([0-9a-f-]{36})$/.exec(cursor) ?? [];
  if (!at || !id)
    throw invalidInput([
      { field: 'after', message: 'expected the next value of the previous page' },
    ]);
  return { at, id };
}

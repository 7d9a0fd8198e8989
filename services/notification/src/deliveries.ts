// The rows of what goes out: one for each (notification, channel, target), written in the transaction that makes the
// notification and claimed before anything is sent, so that nothing goes out twice.
//
//   waiting ── claimed, attempts + 1 ──→ sending ── taken ──────────────────────────→ delivered
//      ↑                                    │── surely not arrived, tries left ─────→ waiting, later
//      └── next_at: now, after quiet hours, │── refused, or no tries left ──────────→ failed
//          or after a pause                 └── no answer, or the process died ─────→ uncertain: never sent again
//   waiting → cancelled when the task is done or deleted first, or the channel switched off
import type { Queryable } from '@todo/runtime/database';
import type { Channel, DeliveryAnswer } from '@todo/contracts/notification-preferences';
import type { Outcome } from './channels/outcome.ts';

/** Pauses after the first, second … failure, ms: 30 s, 2 min, 10 min, 1 h. After the fifth try it has failed. */
export const PAUSES_MS: readonly number[] = [30_000, 120_000, 600_000, 3_600_000];
/** A claim that is older than this belongs to a process that died, ms; a try takes at most half of it. */
export const CLAIM_MS = 120_000;
/** Longest error kept, characters. */
const MAX_ERROR = 300;

/** A way out, when its notification is made. */
export interface NewDelivery {
  readonly channel: Channel;
  /** The push subscription's id; empty for a channel with one target. */
  readonly target: string;
  /** When it may go out, or why it never will. */
  readonly plan: { readonly nextAt: Date } | { readonly error: string };
}

/** A claimed way out, with what it says. */
export interface ClaimedDelivery {
  readonly notificationId: string;
  readonly userId: string;
  readonly taskId: string | null;
  readonly kind: string;
  readonly channel: Channel;
  readonly target: string;
  readonly attempts: number;
  readonly title: string;
  readonly dueText: string | null;
  readonly remindAt: Date;
}

/** Writes the ways out of a new notification, in its transaction. */
export async function insertDeliveries(
  client: Queryable,
  notificationId: string,
  deliveries: readonly NewDelivery[],
): Promise<void> {
  for (const { channel, target, plan } of deliveries) {
    const [status, error, nextAt] =
      'error' in plan ? ['failed', plan.error, null] : ['waiting', null, plan.nextAt];
    await client.query(
      `INSERT INTO notification.deliveries (notification_id, channel, target, status, error, next_at, done_at)
       VALUES ($1, $2, $3, $4, $5, $6, CASE WHEN $4 = 'failed' THEN now() END)`,
      [notificationId, channel, target, status, error, nextAt],
    );
  }
}

/** Claims what a channel may send now, oldest first; committed when it resolves, before anything is sent. */
export async function claimDeliveries(
  client: Queryable,
  channel: Channel,
  now: Date,
  limit: number,
): Promise<ClaimedDelivery[]> {
  const { rows } = await client.query<ClaimedDelivery>(
    // MATERIALIZED, so that it is read once: as IN (SELECT … LIMIT …) a nested loop would read it again for each row, and take more
    `WITH due AS MATERIALIZED (
       SELECT notification_id, target FROM notification.deliveries
       WHERE channel = $1 AND status = 'waiting' AND next_at <= $2 ORDER BY next_at LIMIT $3 FOR UPDATE SKIP LOCKED)
     UPDATE notification.deliveries d SET status = 'sending', attempts = attempts + 1, claimed_at = $2, next_at = NULL
     FROM due, notification.notifications n
     WHERE n.id = d.notification_id AND d.channel = $1 AND d.notification_id = due.notification_id AND d.target = due.target
     RETURNING d.notification_id AS "notificationId", n.user_id AS "userId", n.task_id AS "taskId", n.kind, d.channel, d.target,
       d.attempts, coalesce(n.details->>'title', n.text) AS title, n.details->>'dueText' AS "dueText",
       coalesce((n.details->>'remindAt')::timestamptz, n.created_at) AS "remindAt"`,
    [channel, now, limit],
  );
  return rows;
}

/**
 * Records what became of a claimed way out.
 * @returns its status now: when the claim was given up meanwhile, what that left, and nothing is recorded.
 */
export async function recordOutcome(
  client: Queryable,
  delivery: Pick<ClaimedDelivery, 'notificationId' | 'channel' | 'target' | 'attempts'>,
  outcome: Outcome | { kind: 'cancelled'; reason: string },
  sent: { now: Date; late: boolean },
): Promise<DeliveryAnswer['status']> {
  const pause = PAUSES_MS[delivery.attempts - 1];
  const again = outcome.kind === 'retry' && pause !== undefined;
  const nextAt = again
    ? new Date(sent.now.getTime() + Math.max(pause, outcome.afterMs ?? 0))
    : null;
  const status = again ? 'waiting' : STATUS[outcome.kind];
  const error = outcome.kind === 'delivered' ? null : outcome.reason;
  const { rowCount } = await client.query(
    `UPDATE notification.deliveries SET status = $4, error = $5, next_at = $6, claimed_at = NULL, late = $7,
       done_at = CASE WHEN $4 = 'waiting' THEN NULL ELSE $8::timestamptz END
     WHERE notification_id = $1 AND channel = $2 AND target = $3 AND status = 'sending'`,
    [
      delivery.notificationId,
      delivery.channel,
      delivery.target,
      status,
      error?.replaceAll('\0', '').toWellFormed().slice(0, MAX_ERROR) ?? null,
      nextAt,
      sent.late,
      sent.now,
    ],
  );
  if (rowCount === 1) return status;
  const { rows } = await client.query<{ status: DeliveryAnswer['status'] }>(
    'SELECT status FROM notification.deliveries WHERE notification_id = $1 AND channel = $2 AND target = $3',
    [delivery.notificationId, delivery.channel, delivery.target],
  );
  return rows[0]?.status ?? 'cancelled';
}

const STATUS = {
  delivered: 'delivered',
  retry: 'failed',
  refused: 'failed',
  uncertain: 'uncertain',
  cancelled: 'cancelled',
} as const;

/** Gives up on claims of processes that died: what they sent, nobody knows. @returns how many */
export async function giveUpClaims(
  client: Queryable,
  channel: Channel,
  now: Date,
): Promise<number> {
  const { rowCount } = await client.query(
    `UPDATE notification.deliveries SET status = 'uncertain', error = 'the process ended while it was sending', claimed_at = NULL, done_at = $2
     WHERE channel = $1 AND status = 'sending' AND claimed_at <= $3`,
    [channel, now, new Date(now.getTime() - CLAIM_MS)],
  );
  return rowCount ?? 0;
}

/** When a channel has something to do next: a way out that waits, or a claim that ends. Null: nothing. */
export async function nextDeliveryAt(client: Queryable, channel: Channel): Promise<Date | null> {
  const { rows } = await client.query<{ at: Date | null }>(
    `SELECT least(
       (SELECT min(next_at) FROM notification.deliveries WHERE channel = $1 AND status = 'waiting'),
       (SELECT min(claimed_at) + make_interval(secs => $2) FROM notification.deliveries WHERE channel = $1 AND status = 'sending')) AS at`,
    [channel, CLAIM_MS / 1_000],
  );
  return rows[0]?.at ?? null;
}

/** Cancels what waits for a task that was done or deleted, of notifications from before that. */
export async function cancelDeliveries(
  client: Queryable,
  userId: string,
  taskId: string,
  at: string,
): Promise<void> {
  await client.query(
    `UPDATE notification.deliveries d SET status = 'cancelled', error = 'the task was done or deleted before', next_at = NULL, done_at = now()
     FROM notification.notifications n
     WHERE n.id = d.notification_id AND n.user_id = $1 AND n.task_id = $2 AND n.created_at <= $3 AND d.status = 'waiting'`,
    [userId, taskId, at],
  );
}

/** The ways out of some notifications, by notification. */
export async function deliveriesOf(
  client: Queryable,
  notificationIds: readonly string[],
): Promise<Map<string, DeliveryAnswer[]>> {
  const { rows } = await client.query<{
    notification_id: string;
    channel: Channel;
    status: DeliveryAnswer['status'];
    attempts: number;
    late: boolean;
    error: string | null;
    next_at: Date | null;
    done_at: Date | null;
  }>(
    `SELECT notification_id, channel, status, attempts, late, error, next_at, done_at FROM notification.deliveries
     WHERE notification_id = ANY($1::uuid[]) ORDER BY channel, target`,
    [notificationIds],
  );
  const found = new Map<string, DeliveryAnswer[]>();
  for (const row of rows) {
    const { channel, status, attempts, late, error } = row;
    const answer: DeliveryAnswer = {
      channel,
      status,
      attempts,
      late,
      error,
      nextAt: row.next_at?.toISOString() ?? null,
      doneAt: row.done_at?.toISOString() ?? null,
    };
    found.set(row.notification_id, [...(found.get(row.notification_id) ?? []), answer]);
  }
  return found;
}

/** How many mails a person got, or may have got, since an instant. */
export async function countMailsSince(
  client: Queryable,
  userId: string,
  since: Date,
): Promise<number> {
  const { rows } = await client.query<{ n: number }>(
    // a mail goes out within a week of its notification, whatever quiet hours and tries lie between
    `SELECT count(*)::int AS n FROM notification.deliveries AS d JOIN notification.notifications AS n ON n.id = d.notification_id
     WHERE n.user_id = $1 AND n.created_at > $2::timestamptz - interval '7 days'
       AND d.channel = 'email' AND d.status IN ('delivered', 'uncertain') AND d.done_at > $2`,
    [userId, since],
  );
  return rows[0]?.n ?? 0;
}

// The browsers that get push messages. A browser belongs to the person who signed it up last: after somebody else signed in
// there, the first one's reminders must not appear on it.
import type { Queryable } from '@todo/runtime/database';
import type {
  PushSubscriptionAnswer,
  PushSubscriptionInput,
} from '@todo/contracts/notification-preferences';
import { notFound, Problem } from '@todo/contracts/problem';
import { uuidv7 } from '@todo/runtime/uuid';
import type { PushTarget } from './channels/push.ts';

/** Browsers that one person may sign up. */
const MAX_SUBSCRIPTIONS = 20;

interface Row {
  id: string;
  label: string;
  endpoint: string;
  created_at: Date;
}

/** Signs a browser up; the same one again only updates it. @throws Problem 409 when the person has too many */
export async function addSubscription(
  client: Queryable,
  userId: string,
  input: PushSubscriptionInput,
  now: Date,
): Promise<PushSubscriptionAnswer> {
  const { rows } = await client.query<Row>(
    `INSERT INTO notification.push_subscriptions AS kept (id, user_id, endpoint, p256dh, auth, label, created_at)
     SELECT $1, $2, $3, $4, $5, $6, $7
     WHERE (SELECT count(*) FROM notification.push_subscriptions WHERE user_id = $2 AND endpoint <> $3) < $8
     ON CONFLICT (endpoint) DO UPDATE
       SET user_id = excluded.user_id, p256dh = excluded.p256dh, auth = excluded.auth, label = excluded.label,
         id = CASE WHEN kept.user_id = excluded.user_id THEN kept.id ELSE excluded.id END,
         created_at = CASE WHEN kept.user_id = excluded.user_id THEN kept.created_at ELSE excluded.created_at END
     RETURNING id, label, endpoint, created_at`,
    [
      uuidv7(now.getTime()),
      userId,
      input.endpoint,
      input.keys.p256dh,
      input.keys.auth,
      input.label,
      now,
      MAX_SUBSCRIPTIONS,
    ],
  );
  if (!rows[0])
    throw new Problem(
      409,
      'too-many-devices',
      `At most ${MAX_SUBSCRIPTIONS} devices can receive push messages. Remove one first.`,
    );
  return toAnswer(rows[0]);
}

/** A person's browsers, oldest first. */
export async function listSubscriptions(
  client: Queryable,
  userId: string,
): Promise<PushSubscriptionAnswer[]> {
  const { rows } = await client.query<Row>(
    'SELECT id, label, endpoint, created_at FROM notification.push_subscriptions WHERE user_id = $1 ORDER BY created_at, id',
    [userId],
  );
  return rows.map(toAnswer);
}

/** Removes one of a person's browsers. @throws Problem 404 */
export async function removeSubscription(
  client: Queryable,
  userId: string,
  id: string,
): Promise<void> {
  const { rowCount } = await client.query(
    'DELETE FROM notification.push_subscriptions WHERE id = $1 AND user_id = $2',
    [id, userId],
  );
  if (rowCount === 0) throw notFound('push subscription');
}

/** A browser's address and keys; undefined when it is no longer the person's. */
export async function findTarget(
  client: Queryable,
  userId: string,
  id: string,
): Promise<PushTarget | undefined> {
  const { rows } = await client.query<PushTarget>(
    'SELECT endpoint, p256dh, auth FROM notification.push_subscriptions WHERE id = $1 AND user_id = $2',
    [id, userId],
  );
  return rows[0];
}

function toAnswer(row: Row): PushSubscriptionAnswer {
  return {
    id: row.id,
    label: row.label,
    service: new URL(row.endpoint).host,
    createdAt: row.created_at.toISOString(),
  };
}

// The key pair that push services know this installation by. Browsers are signed up for one public key, so it must outlive
// restarts: configured, or made once and kept in the database.
import type { Queryable } from '@todo/runtime/database';
import type { VapidIdentity } from './channels/push.ts';
import { newVapidKeys } from './channels/push.ts';
import type { NotificationConfig } from './config.ts';

/** The configured pair, else the kept one, made now if there is none. */
export async function vapidIdentity(
  client: Queryable,
  config: NotificationConfig,
): Promise<VapidIdentity> {
  const { VAPID_PUBLIC_KEY, VAPID_PRIVATE_KEY, VAPID_SUBJECT: subject } = config;
  if (VAPID_PUBLIC_KEY && VAPID_PRIVATE_KEY)
    return { publicKey: VAPID_PUBLIC_KEY, privateKey: VAPID_PRIVATE_KEY, subject };
  const made = newVapidKeys();
  await client.query(
    'INSERT INTO notification.vapid_keys (public_key, private_key) VALUES ($1, $2) ON CONFLICT DO NOTHING',
    [made.publicKey, made.privateKey],
  );
  const { rows } = await client.query<{ public_key: string; private_key: string }>(
    'SELECT public_key, private_key FROM notification.vapid_keys',
  );
  const kept = rows[0];
  return kept
    ? { publicKey: kept.public_key, privateKey: kept.private_key, subject }
    : { ...made, subject };
}

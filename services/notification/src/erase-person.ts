// Erases everything the service keeps of a person.
import { eraseMessages } from '@todo/messaging/erasure';
import { withTransaction } from '@todo/runtime/database';
import type { Pool, PoolClient } from '@todo/runtime/database';
import type { Sidecar } from '@todo/runtime/sidecar';
import { forgetPreferences } from './preferences.ts';
import { SCHEMA } from './schema.ts';

/**
 * Erases a person. Again, or after it was cut off, it does what is left.
 * @param once runs the last step in the transaction that records the event.
 * @throws SidecarError when the state store can't be asked: try again.
 */
export async function erasePerson(
  parts: { readonly pool: Pool; readonly sidecar: Pick<Sidecar, 'deleteState'> },
  userId: string,
  once: (effect: (client: PoolClient) => Promise<void>) => Promise<boolean>,
): Promise<void> {
  // First, and committed: from here on nothing of theirs is stored any more.
  await withTransaction(parts.pool, (client) => eraseMessages(client, SCHEMA, userId));
  await forgetPreferences(parts, userId);
  await once(async (client) => {
    // what was on its way when the first step began
    await eraseMessages(client, SCHEMA, userId);
    // their deliveries go with them
    await client.query('DELETE FROM notification.notifications WHERE user_id = $1', [userId]);
    await client.query('DELETE FROM notification.push_subscriptions WHERE user_id = $1', [userId]);
  });
}

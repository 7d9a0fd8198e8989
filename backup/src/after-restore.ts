// What must be different after a restore: nobody holds a lease, and who was signed in may no longer be. In the transaction of
// the restore, on this version's tables.
import type pg from 'pg';
import { quoted } from './catalog.ts';

/** Leases of relays that run no more: their events leave at once. */
export async function endLeases(client: pg.ClientBase, schemas: readonly string[]): Promise<void> {
  for (const schema of schemas) {
    const outbox = quoted({ schema, name: 'outbox' });
    if (await isThere(client, outbox))
      await client.query(
        `UPDATE ${outbox} SET lease_until = NULL, holder = NULL WHERE lease_until IS NOT NULL`,
      );
  }
}

/** Sessions, and the keys that sign tokens: they are encrypted with a secret that the new system does not have. */
export async function endSessions(client: pg.ClientBase): Promise<void> {
  await client.query('DELETE FROM auth.session');
  await client.query('DELETE FROM auth.verification');
  await client.query('DELETE FROM auth.jwks');
}

/** Sessions, access tokens and push devices. Passwords stay. */
export async function signEverybodyOut(client: pg.ClientBase): Promise<void> {
  if (await isThere(client, 'auth.session')) await endSessions(client);
  if (await isThere(client, 'todo.access_tokens'))
    await client.query('UPDATE todo.access_tokens SET revoked_at = now() WHERE revoked_at IS NULL');
  if (await isThere(client, 'notification.push_subscriptions'))
    await client.query('DELETE FROM notification.push_subscriptions');
}

async function isThere(client: pg.ClientBase, table: string): Promise<boolean> {
  const { rows } = await client.query<{ there: boolean }>(
    'SELECT to_regclass($1) IS NOT NULL AS there',
    [table],
  );
  return rows[0]?.there === true;
}

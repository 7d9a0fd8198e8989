// Whether an operator disabled an account: nobody signs in to one, and its sessions end. disabled-accounts.ts tells the backend.
import type { Queryable } from '@todo/runtime/database';

/** Notes that an account is disabled, or enabled again. @param client in a transaction; locks the account against sessions that begin */
export async function setStatus(
  client: Queryable,
  userId: string,
  disabled: boolean,
): Promise<void> {
  await client.query('SELECT FROM auth."user" WHERE "id" = $1 FOR UPDATE', [userId]);
  await client.query(
    `INSERT INTO auth."accountStatus" ("userId", "disabled") VALUES ($1, $2)
     ON CONFLICT ("userId") DO UPDATE SET "disabled" = excluded."disabled", "told" = false, "since" = now()`,
    [userId, disabled],
  );
}

/** Whether an account is disabled. */
export async function isDisabled(client: Queryable, userId: string): Promise<boolean> {
  const { rowCount } = await client.query(
    'SELECT FROM auth."accountStatus" WHERE "userId" = $1 AND "disabled"',
    [userId],
  );
  return rowCount === 1;
}

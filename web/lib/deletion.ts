// The page's side of the account's deletion.
import { askServer } from './auth-api';

/**
 * Asks for the account's deletion (`POST`, with what confirms it) or takes it back (`DELETE`).
 * @throws AuthError; its code is `sign-in-again` where the last sign-in is too long ago for this
 */
export async function changeDeletion(method: 'POST' | 'DELETE', body?: object): Promise<void> {
  await askServer('/api/account/deletion', {
    method,
    ...(body === undefined
      ? {}
      : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
}

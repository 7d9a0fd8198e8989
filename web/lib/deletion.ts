// The page's side of the account's deletion.
import { ANSWER_WITHIN_MS } from './api';

/**
 * Asks for the account's deletion (`POST`, with what confirms it) or takes it back (`DELETE`).
 * @throws Error with a text for the person; an empty one when nobody answered
 */
export async function changeDeletion(method: 'POST' | 'DELETE', body?: object): Promise<void> {
  const response = await fetch('/api/account/deletion', {
    method,
    ...(body === undefined
      ? {}
      : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  }).catch(() => undefined);
  if (response?.ok) return;
  const { detail } = ((await response?.json().catch(() => ({}))) ?? {}) as { detail?: string };
  throw new Error(detail ?? '');
}

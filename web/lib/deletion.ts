// The page's side of the account's deletion.
import { ANSWER_WITHIN_MS } from './api';

/** The last sign-in is too long ago for this. */
export class StaleSession extends Error {
  override readonly name = 'StaleSession';
}

/**
 * Asks for the account's deletion (`POST`, with what confirms it) or takes it back (`DELETE`).
 * @throws StaleSession, or Error with a text for the person; an empty one when nobody answered
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
  const { detail, type } = ((await response?.json().catch(() => ({}))) ?? {}) as {
    detail?: string;
    type?: string;
  };
  if (type === 'urn:todo:problem:sign-in-again') throw new StaleSession(detail);
  throw new Error(detail ?? '');
}

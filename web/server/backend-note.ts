// Sends the backend a note of the web app's own: that a session ended, that an account is disabled or is to be erased. A JWT says
// what, and from whom.
import { config } from './config';

/**
 * Sends a note once.
 * @param withinMs how long the backend may take, ms
 * @throws when it is away or refuses
 */
export async function sendNote(path: string, token: string, withinMs: number): Promise<void> {
  const response = await fetch(`${config().BACKEND_URL}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    signal: AbortSignal.timeout(withinMs),
  });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`the backend answered ${response.status}`);
}

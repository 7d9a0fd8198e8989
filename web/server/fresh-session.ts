// What an open page is not enough for: adding or removing a passkey, and deleting an account without a password. It takes a sign-in
// of the last minutes, by any way, so that nobody does it at a browser that was left open.

/** How long after its sign-in a session is fresh, in seconds. */
export const FRESH_FOR_SECONDS = 15 * 60;

/** Whether a session began moments ago. @param createdAt its instant (UTC) */
export function isFresh(createdAt: Date, now = Date.now()): boolean {
  return now - createdAt.getTime() < FRESH_FOR_SECONDS * 1_000;
}

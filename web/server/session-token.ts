// Turns a session cookie into the JWT the backend asks for.
import { auth } from './auth';
import { wakeEndedSessionsWatch } from './ended-sessions-watch';
import { secondFactorRequired } from './open-session';
import { isHeld } from './second-factor-policy';

/** How long a JWT made for a cookie is used again, in ms. The backend refuses it once its session has ended. */
const REUSE_MS = 60_000;
const MAX_ENTRIES = 10_000;

interface Entry {
  token: string;
  until: number;
}
const globals = globalThis as unknown as { todoTokens?: Map<string, Entry> };
const cache: Map<string, Entry> = (globals.todoTokens ??= new Map<string, Entry>());

/** The part of a cookie header that names the session, or null without one. */
export function sessionCookie(headers: Headers): string | null {
  const match = /(?:^|;\s*)(?:__Secure-)?better-auth\.session_token=([^;]+)/.exec(
    headers.get('cookie') ?? '',
  );
  return match?.[1] ?? null;
}

/**
 * The JWT of the request's session.
 * @param headers the request's headers
 * @param now ms since the epoch
 * @returns null when there is no session, or it has ended
 * @throws Problem 401 while a second factor is required and missing
 */
export async function tokenOfSession(headers: Headers, now = Date.now()): Promise<string | null> {
  const cookie = sessionCookie(headers);
  if (cookie === null) return null;
  const known = cache.get(cookie);
  // not for longer than that either: the machine's clock may have been set back
  if (known !== undefined && known.until > now && known.until <= now + REUSE_MS) return known.token;
  wakeEndedSessionsWatch();
  const session = await auth().api.getSession({ headers });
  if (session === null) return null;
  if (await isHeld(session)) throw secondFactorRequired();
  const { token } = await auth().api.getToken({ headers });
  if (cache.size >= MAX_ENTRIES) cache.delete(cache.keys().next().value ?? '');
  cache.delete(cookie);
  cache.set(cookie, { token, until: now + REUSE_MS });
  return token;
}

/** Forgets the JWT of a session: it was ended, or its claims (zone, locale) changed. */
export function forgetTokenOf(headers: Headers): void {
  const cookie = sessionCookie(headers);
  if (cookie !== null) cache.delete(cookie);
}

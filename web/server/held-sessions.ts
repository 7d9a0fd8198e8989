// What better-auth's routes do for a session that has no second factor although one is required: they show it a factor, or set up the
// first one, and nothing else. Our own routes ask open-session.ts.
//
// Only an account without any factor may set one up this way. Otherwise somebody with a stolen password would add a factor of
// their own to an account that is protected by another.
import type { BetterAuthPlugin, GenericEndpointContext } from 'better-auth';
import { APIError, createAuthMiddleware, getSessionFromCtx } from 'better-auth/api';
import { Problem } from '@todo/contracts/problem';
import { database } from './database';
import {
  factorsOf,
  isHeld,
  noteFactor,
  type SessionFactor,
  type Sessioned,
} from './second-factor-policy';
import { CONFIRMATIONS, forgetTries, requireTry } from './tries';

/** Routes that look at no session, or only say that there is one, and signing out. */
const FREE: readonly string[] = [
  '/get-session',
  '/sign-out',
  '/sign-in/email',
  '/sign-in/social',
  '/sign-in/magic-link',
  '/magic-link/verify',
  '/callback/:id',
  '/sign-up/email',
  '/request-password-reset',
  '/reset-password',
  '/reset-password/:token',
  '/verify-email',
  '/send-verification-email',
  '/passkey/generate-authenticate-options',
  '/passkey/verify-authentication',
  '/jwks',
  '/ok',
  '/error',
];

/** Routes that take a code, and what it is. With a session they check the code and count nothing. */
const CODES: Readonly<Record<string, SessionFactor>> = {
  '/two-factor/verify-totp': 'totp',
  '/two-factor/verify-backup-code': 'recovery-code',
};

const ADD_PASSKEY = '/passkey/verify-registration';

/** Routes that set a factor up. */
const SET_UP: readonly string[] = [
  '/two-factor/enable',
  '/passkey/generate-register-options',
  '/passkey/list-user-passkeys',
  ADD_PASSKEY,
];

/** What a session that begins at a route has beyond a password. */
const BEGUN_WITH: Readonly<Record<string, SessionFactor>> = {
  ...CODES,
  '/passkey/verify-authentication': 'passkey',
  [ADD_PASSKEY]: 'passkey',
};

/** Routes that put a new session in the place of the one that asks. */
const REPLACE: readonly string[] = [
  '/change-password',
  '/two-factor/disable',
  '/two-factor/verify-totp',
];

/** What a session that replaces another takes over from it: better-auth gives it the defaults. */
export function carriedOver(
  { userId }: { userId: string },
  context: GenericEndpointContext | null,
): { operator: boolean; secondFactor: string | null } {
  const former = context?.context.session;
  if (!former || former.user.id !== userId || !REPLACE.includes(context.path))
    return { operator: false, secondFactor: null };
  const { operator, secondFactor }: Readonly<Record<string, unknown>> = former.session;
  return {
    operator: operator === true,
    secondFactor: typeof secondFactor === 'string' ? secondFactor : null,
  };
}

/** What a session that begins has beyond a password, by the route it begins at. */
export function factorOf(context: GenericEndpointContext | null): SessionFactor | null {
  return BEGUN_WITH[context?.path ?? ''] ?? null;
}

/** Refuses what a held session must not do. @throws APIError 401 */
export async function refuseHeld(context: GenericEndpointContext): Promise<void> {
  // calls of our own without a request's headers have no session
  if (context.headers === undefined || FREE.includes(context.path)) return;
  const found = await sessionOf(context);
  if (found === null || !(await isHeld(found)) || CODES[context.path] !== undefined) return;
  const { app, passkeys } = await factorsOf(database().pool, found.user);
  if (SET_UP.includes(context.path) && !app && passkeys === 0) return;
  throw new APIError('UNAUTHORIZED', {
    message: 'This system requires a second factor. Set one up or enter it first.',
    code: 'SECOND_FACTOR_REQUIRED',
  });
}

/** The plugin that notes when the person of an open session has shown a factor, and limits how many codes can be tried at one. */
export function factorsOfSessions(): BetterAuthPlugin {
  return {
    id: 'factors-of-sessions',
    hooks: {
      before: [{ matcher: takesCode, handler: countCode }],
      after: [
        { matcher: takesCode, handler: noteCode },
        { matcher: ({ path }) => path === ADD_PASSKEY, handler: notePasskey },
      ],
    },
  };
}

function takesCode({ path }: { path?: string | undefined }): boolean {
  return CODES[path ?? ''] !== undefined;
}

/** better-auth counts wrong codes of a sign-in, but none of an open session. @throws APIError 429 */
const countCode = createAuthMiddleware(async (context) => {
  const found = await sessionOf(context);
  if (found === null) return;
  try {
    await requireTry(database().pool, CONFIRMATIONS, found.user.id);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    throw new APIError('TOO_MANY_REQUESTS', { message: error.message, code: 'TOO_MANY_TRIES' });
  }
});

const noteCode = createAuthMiddleware(async (context) => {
  const factor = CODES[context.path];
  const found = await sessionOf(context);
  if (factor === undefined || found === null || context.context.returned instanceof APIError)
    return;
  const { pool } = database();
  await forgetTries(pool, [CONFIRMATIONS], found.user.id);
  await noteFactor(pool, found.session.id, factor);
});

/** The first passkey counts for the session that added it; another one could be a thief's. */
const notePasskey = createAuthMiddleware(async (context) => {
  const found = await sessionOf(context);
  if (found === null || context.context.returned instanceof APIError) return;
  const { app, passkeys } = await factorsOf(database().pool, found.user);
  if (!app && passkeys === 1) await noteFactor(database().pool, found.session.id, 'passkey');
});

async function sessionOf(
  context: GenericEndpointContext,
): Promise<(Sessioned & { session: { id: string } }) | null> {
  return await getSessionFromCtx(context);
}

// A second factor after the password: codes of an authenticator app (TOTP, RFC 6238) and recovery codes, by better-auth's plugin.
// What it leaves open is closed here: a code is taken once, no browser is remembered as trusted, and the password that changes the
// factor can't be guessed at an open session.
import { createHash } from 'node:crypto';
import { TWO_FACTOR_ERROR_CODES, twoFactor } from 'better-auth/plugins';
import type { BetterAuthPlugin, GenericEndpointContext } from 'better-auth';
import { APIError, createAuthMiddleware, getSessionFromCtx } from 'better-auth/api';
import { Problem } from '@todo/contracts/problem';
import { database } from './database';
import { CONFIRMATIONS, forgetTries, requireTry } from './tries';

/** Recovery codes that a person gets. */
const RECOVERY_CODES = 10;
/** Longer than a code is valid: its own 30 s and those before and after it. */
const REMEMBER_CODES_S = 120;
/** How long somebody may take for the code after the password, s. */
const CHALLENGE_S = 600;

/** Routes that ask a signed-in person for the password. */
const CONFIRMED_BY_PASSWORD: readonly string[] = [
  '/change-password',
  '/two-factor/enable',
  '/two-factor/disable',
  '/two-factor/generate-backup-codes',
];

/** Routes of the plugin that nothing here uses: codes by mail, and the secret a second time. */
export const UNUSED_FACTOR_PATHS: readonly string[] = [
  '/two-factor/send-otp',
  '/two-factor/verify-otp',
  '/two-factor/get-totp-uri',
];

/** The plugins: better-auth's, and ours around it. After 10 wrong codes in a row an account takes none for 15 minutes. */
export function secondFactor(): [ReturnType<typeof twoFactor>, BetterAuthPlugin] {
  return [
    twoFactor({
      issuer: 'Todo',
      twoFactorCookieMaxAge: CHALLENGE_S,
      backupCodeOptions: { amount: RECOVERY_CODES },
    }),
    {
      id: 'second-factor-rules',
      hooks: {
        before: [
          {
            matcher: ({ body }) => (body as { trustDevice?: unknown } | null)?.trustDevice === true,
            handler: refuseTrust,
          },
          { matcher: isConfirmedByPassword, handler: countPasswordTry },
          { matcher: ({ path }) => path === '/two-factor/verify-totp', handler: takeCodeOnce },
        ],
        after: [{ matcher: isConfirmedByPassword, handler: forgetPasswordTries }],
      },
    },
  ];
}

function isConfirmedByPassword({ path }: { path?: string | undefined }): boolean {
  return CONFIRMED_BY_PASSWORD.includes(path ?? '');
}

/** @throws APIError 429 after too many tries */
const countPasswordTry = createAuthMiddleware(async (context) => {
  const session = await getSessionFromCtx(context);
  if (session === null) return; // refused by the route itself
  try {
    await requireTry(database().pool, CONFIRMATIONS, session.user.id);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    throw new APIError('TOO_MANY_REQUESTS', { message: error.message, code: 'TOO_MANY_TRIES' });
  }
});

const forgetPasswordTries = createAuthMiddleware(async (context) => {
  if (context.context.returned instanceof APIError) return;
  const session = context.context.session ?? (await getSessionFromCtx(context));
  if (session !== null) await forgetTries(database().pool, [CONFIRMATIONS], session.user.id);
});

/** better-auth takes a code as often as it comes while it is valid. @throws APIError 401 for one that was used */
const takeCodeOnce = createAuthMiddleware(async (context) => {
  const { code } = (context.body ?? {}) as { code?: unknown };
  const userId = await personOfChallenge(context);
  if (typeof code !== 'string' || userId === undefined) return; // refused by the route itself
  const { pool } = database();
  await pool.query(
    `DELETE FROM auth."usedCode" WHERE "userId" = $1 AND "usedAt" < now() - $2 * interval '1 second'`,
    [userId, REMEMBER_CODES_S],
  );
  const { rowCount } = await pool.query(
    'INSERT INTO auth."usedCode" ("userId", "hash") VALUES ($1, $2) ON CONFLICT DO NOTHING',
    [userId, createHash('sha256').update(`${userId}:${code}`).digest('base64url')],
  );
  if (rowCount === 0) throw APIError.from('UNAUTHORIZED', TWO_FACTOR_ERROR_CODES.INVALID_CODE);
});

/** A trusted browser would be on no list of devices and would outlive a changed password. @throws APIError 400 */
const refuseTrust = createAuthMiddleware(async () => {
  await Promise.resolve();
  throw new APIError('BAD_REQUEST', { message: 'trustDevice: expected false or nothing' });
});

/** Who a code is for: the one signed in, or the one who gave the password a moment ago. */
async function personOfChallenge(context: GenericEndpointContext): Promise<string | undefined> {
  const session = await getSessionFromCtx(context);
  if (session !== null) return session.user.id;
  const { name } = context.context.createAuthCookie('two_factor');
  const identifier = await context.getSignedCookie(name, context.context.secret);
  if (!identifier) return undefined;
  return (await context.context.internalAdapter.findVerificationValue(identifier))?.value;
}

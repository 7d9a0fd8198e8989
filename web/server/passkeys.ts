// Passkeys (WebAuthn) by better-auth's plugin. A passkey counts as two factors, so the authenticator must have checked its person
// (fingerprint, PIN); the plugin itself only prefers that. Its peer ranges name older exact versions of better-auth's own
// parts; `overrides` in the root package.json has them deduplicated.
import { isIP } from 'node:net';
import { passkey } from '@better-auth/passkey';
import { APIError, createAuthMiddleware, getSessionFromCtx } from 'better-auth/api';
import { BASE_ERROR_CODES, type BetterAuthPlugin } from 'better-auth';
import { config } from './config';
import { isFresh } from './fresh-session';

const MAX_NAME_LENGTH = 100;

/** Whether passkeys work at this address: they belong to a host name, never to an IP address (WebAuthn, section 5.1.2). */
export function passkeysPossible(): boolean {
  return isIP(hostOf(config().PUBLIC_URL).replace(/^\[|\]$/g, '')) === 0;
}

/** The plugins: better-auth's, and ours around it. */
export function passkeys(): [ReturnType<typeof passkey>, BetterAuthPlugin] {
  const { PUBLIC_URL } = config();
  return [
    passkey({
      rpID: hostOf(PUBLIC_URL),
      rpName: 'Todo',
      origin: PUBLIC_URL,
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      registration: {
        afterVerification: async ({ verification }) => {
          await Promise.resolve();
          checkVerified(verification.registrationInfo?.userVerified);
        },
      },
      authentication: {
        afterVerification: async ({ verification }) => {
          await Promise.resolve();
          checkVerified(verification.authenticationInfo.userVerified);
        },
      },
    }),
    {
      id: 'passkey-rules',
      hooks: {
        before: [
          { matcher: ({ path }) => path === '/passkey/delete-passkey', handler: needFreshSession },
          {
            matcher: ({ path }) =>
              path === '/passkey/update-passkey' || path === '/passkey/verify-registration',
            handler: checkName,
          },
        ],
      },
    },
  ];
}

function hostOf(url: string): string {
  return new URL(url).hostname;
}

/** @throws APIError 400 */
function checkVerified(verified: boolean | undefined): void {
  if (verified !== true)
    throw new APIError('BAD_REQUEST', {
      message: 'The passkey was used without PIN, fingerprint or face. Set one up on the device.',
      code: 'NOT_VERIFIED',
    });
}

/** The plugin asks for it only where a passkey is added. @throws APIError 403 */
const needFreshSession = createAuthMiddleware(async (context) => {
  const session = await getSessionFromCtx(context);
  if (session !== null && !isFresh(session.session.createdAt))
    throw APIError.from('FORBIDDEN', BASE_ERROR_CODES.SESSION_NOT_FRESH);
});

/** @throws APIError 400 */
const checkName = createAuthMiddleware(async (context) => {
  await Promise.resolve();
  const { name } = (context.body ?? {}) as { name?: unknown };
  if (typeof name === 'string' && name.length > MAX_NAME_LENGTH)
    throw new APIError('BAD_REQUEST', {
      message: `name: expected at most ${MAX_NAME_LENGTH} characters`,
    });
});

// Signing in by a link in a mail, by better-auth's plugin, where mail is set up. The answer is the same for every address. The link
// leads to a page with a button, so that a mail program that opens links ahead does not use it up, and its secret is in the
// fragment, which no log sees.
//
// Who gets one: an account whose address is confirmed and that has no second factor. To an address that is not confirmed goes
// the link that confirms it: better-auth would take the account from whoever signed up, password and all, but leave the passkeys.
import { APIError, createEmailVerificationToken } from 'better-auth/api';
import type { GenericEndpointContext, User } from 'better-auth';
import { magicLink } from 'better-auth/plugins';
import {
  CONFIRM_LIFETIME_SECONDS,
  mailConfirmation,
  mailSecondFactor,
  mailSignIn,
  SIGN_IN_LIFETIME_SECONDS,
} from './account-mail';
import { canSendMail } from './mail';

/** The route that a link's secret is given to. */
const VERIFY_PATH = '/magic-link/verify';

/** Where a link that confirms an address leads. */
export const CONFIRMED_PAGE = '/email-confirmed';

/** The plugin; none without a mail server. */
export function signInLinks(): ReturnType<typeof magicLink>[] {
  if (!canSendMail()) return [];
  return [
    magicLink({
      expiresIn: SIGN_IN_LIFETIME_SECONDS,
      disableSignUp: true,
      storeToken: 'hashed',
      sendMagicLink: async ({ email, token }, context) => {
        const found = await context?.context.internalAdapter.findUserByEmail(email.toLowerCase());
        if (context === undefined || !found) return;
        await answerByMail(found.user, token, context);
      },
    }),
  ];
}

async function answerByMail(
  user: User,
  token: string,
  context: GenericEndpointContext,
): Promise<void> {
  if (!user.emailVerified) await mailNewConfirmation(user, context);
  else if (hasSecondFactor(user)) mailSecondFactor(user);
  else mailSignIn(user, token);
}

/** Mails the link that confirms a person's address. */
export async function mailNewConfirmation(
  user: User,
  { context: { secret, baseURL } }: GenericEndpointContext,
): Promise<void> {
  const token = await createEmailVerificationToken(
    ...([secret, user.email, undefined, CONFIRM_LIFETIME_SECONDS, { userId: user.id }] as const),
  );
  mailConfirmation(
    user,
    `${baseURL}/verify-email?token=${token}&callbackURL=${encodeURIComponent(CONFIRMED_PAGE)}`,
  );
}

/**
 * Refuses a session by a link where the person has set up a second factor since it was sent.
 * @throws APIError 401
 */
export async function refuseLinkAlone(
  { userId }: { userId: string },
  context: GenericEndpointContext | null,
): Promise<void> {
  if (context?.path !== VERIFY_PATH) return;
  const user = await context.context.internalAdapter.findUserById(userId);
  if (user !== null && hasSecondFactor(user))
    throw new APIError('UNAUTHORIZED', {
      message: 'This account has a second factor. Sign in with its password or a passkey.',
      code: 'SECOND_FACTOR_NEEDED',
    });
}

function hasSecondFactor(user: User & { twoFactorEnabled?: unknown }): boolean {
  return user.twoFactorEnabled === true;
}

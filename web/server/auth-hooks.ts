// What better-auth's own routes leave open: rules for new passwords and names, and answers that don't say whether an address has
// an account.
import { BASE_ERROR_CODES, type GenericEndpointContext } from 'better-auth';
import { APIError, createAuthMiddleware, getSessionFromCtx } from 'better-auth/api';
import { name as personName } from '@todo/contracts/task';
import { isDisabled } from './account-status';
import { refuseTooMany } from './auth-limits';
import { config } from './config';
import { database } from './database';
import { carriedOver, factorOf, refuseHeld } from './held-sessions';
import { requireOtherSignUp, requireSignUp } from './invitations';
import { saidByProvider } from './oidc';
import { passwordProblem } from './password-rules';
import { mailNewConfirmation, refuseLinkAlone } from './sign-in-link';

/** Where a new password comes in, and under which name. */
const NEW_PASSWORDS: Readonly<Record<string, 'password' | 'newPassword'>> = {
  '/sign-up/email': 'password',
  '/change-password': 'newPassword',
  '/reset-password': 'newPassword',
};

/** better-auth takes any text as a name; this refuses what the forms refuse. @throws APIError 400 naming the field */
export async function checkName({ name }: { name?: string | undefined }): Promise<void> {
  await Promise.resolve();
  if (name === undefined) return;
  const problem = personName.safeParse(name).error?.issues[0];
  if (problem) throw new APIError('BAD_REQUEST', { message: `name: ${problem.message}` });
}

/** What is decided before an account is made, whatever way somebody comes. @throws APIError 400 or 403 */
export async function beforeSignUp(
  user: { name?: string | undefined; email: string },
  context: GenericEndpointContext | null,
): Promise<void> {
  await checkName(user);
  // those of the form were asked before, see beforeRoute
  if (context !== null && context.path !== '/sign-up/email')
    requireOtherSignUp(user.email, context.path);
}

/** Refuses a new password against the rules. @throws APIError 400 with a sentence for the person */
async function checkNewPassword(context: GenericEndpointContext): Promise<void> {
  const name = NEW_PASSWORDS[context.path];
  if (name === undefined) return;
  const body = (context.body ?? {}) as Record<string, unknown>;
  const password = body[name];
  if (typeof password !== 'string') return; // better-auth says what it expects
  const session = context.path === '/change-password' ? await getSessionFromCtx(context) : null;
  const own = [body['email'], body['name'], session?.user.email, session?.user.name];
  const problem = passwordProblem(password, [
    new URL(config().PUBLIC_URL).hostname,
    ...own.filter((word) => typeof word === 'string'),
  ]);
  if (problem !== undefined)
    throw new APIError('BAD_REQUEST', { message: problem, code: 'PASSWORD_REFUSED' });
}

/** What is asked before each route. @throws APIError, see {@link checkNewPassword} and refuseHeld */
export const beforeRoute = createAuthMiddleware(async (context) => {
  const refused = await refuseTooMany(context);
  if (refused !== undefined) return refused;
  await refuseHeld(context);
  await checkNewPassword(context);
  const { email, invitation } = (context.body ?? {}) as Record<string, unknown>;
  if (context.path === '/sign-up/email' && typeof email === 'string')
    await requireSignUp(email, invitation);
  return undefined;
});

/**
 * With EMAIL_VERIFICATION_REQUIRED, no session begins before the address is confirmed. The right password is answered like a wrong
 * one: whoever signed up with somebody else's address would otherwise learn from it that the address was free. better-auth's
 * own check answers 403, and a hook after it can replace the words but not the status.
 * @throws APIError 401
 */
async function confirmFirst(
  session: { userId: string },
  context: GenericEndpointContext | null,
): Promise<void> {
  if (!config().EMAIL_VERIFICATION_REQUIRED || context === null) return;
  const user = await context.context.internalAdapter.findUserById(session.userId);
  if (user === null || user.emailVerified) return;
  await mailNewConfirmation(user, context);
  throw APIError.from('UNAUTHORIZED', BASE_ERROR_CODES.INVALID_EMAIL_OR_PASSWORD);
}

/** What is decided before a session begins, whatever it was begun with. @throws APIError 401, see confirmFirst and refuseLinkAlone */
export async function beginSession<S extends { userId: string }>(
  session: S,
  context: GenericEndpointContext | null,
): Promise<{ data: S & { operator: boolean; secondFactor: string | null } }> {
  await confirmFirst(session, context);
  await refuseLinkAlone(session, context);
  if (await isDisabled(database().pool, session.userId))
    throw new APIError('FORBIDDEN', {
      code: 'ACCOUNT_DISABLED',
      message: 'This account is disabled. Ask the operator of this system.',
    });
  const former = carriedOver(session, context);
  const said = await saidByProvider(session, context);
  return {
    data: {
      ...session,
      operator: former.operator || said.operator,
      secondFactor: said.secondFactor ? 'provider' : (factorOf(context) ?? former.secondFactor),
    },
  };
}

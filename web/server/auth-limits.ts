// How often better-auth's routes may be called, by client address and by account. Its own limits are off: they know no accounts, keep
// the address as it is, and each allowed request prolongs their window.
import type { GenericEndpointContext } from 'better-auth';
import { createAuthMiddleware } from 'better-auth/api';
import { limitedAddress } from '@todo/runtime/client-address';
import { problemBody } from '@todo/contracts/problem';
import { config } from './config';
import { database } from './database';
import { CONFIRMATIONS, forgetTries, takeTry, tooManyTries, type Limit } from './tries';

const QUARTER_S = 15 * 60;
const HOUR_S = 60 * 60;

interface Limits {
  /** For a client address: IPv4 as a whole, IPv6 by /64. */
  readonly address: Limit;
  /** For the account that the body names by `email`, whether or not there is one. */
  readonly account?: Limit;
}

/** Wrong passwords in a row; NIST SP 800-63B-4 3.2.2 allows up to 100. A right one forgets them. */
const signIns = (): Limit => ({
  name: 'sign-in to account',
  max: config().SIGN_INS_PER_ACCOUNT,
  seconds: QUARTER_S,
});
/** All kinds of mails to one address together: nobody's mailbox is filled by somebody else. */
const MAILS: Limit = { name: 'mail to account', max: 5, seconds: HOUR_S };
const perMinute = (name: string, max: number): Limit => ({ name, max, seconds: 60 });
const mailsFrom = (name: string): Limit => ({ name, max: 10, seconds: QUARTER_S });

/** Codes and passkeys; the second factor also counts wrong codes for each account: second-factor.ts. */
const secondSteps = (): Limit => perMinute('second step', config().SIGN_INS_PER_MINUTE);

/** By the path of the endpoint, as better-auth has it after routing: no spelling of the address gets around it. */
const LIMITS: Readonly<Record<string, () => Limits>> = {
  '/sign-in/email': () => ({
    address: perMinute('sign-in', config().SIGN_INS_PER_MINUTE),
    account: signIns(),
  }),
  '/sign-up/email': () => ({
    address: perMinute('sign-up', config().SIGN_UPS_PER_MINUTE),
    account: MAILS,
  }),
  '/reset-password': () => ({ address: perMinute('reset', 20) }),
  '/request-password-reset': () => ({ address: mailsFrom('reset mail'), account: MAILS }),
  '/send-verification-email': () => ({ address: mailsFrom('confirmation mail'), account: MAILS }),
  '/sign-in/magic-link': () => ({ address: mailsFrom('link mail'), account: MAILS }),
  '/two-factor/verify-totp': () => ({ address: secondSteps() }),
  '/two-factor/verify-backup-code': () => ({ address: secondSteps() }),
  '/passkey/verify-authentication': () => ({ address: secondSteps() }),
};
/** What else changes something, each path apart. */
const CHANGE = (path: string): Limit => perMinute(`change ${path}`, 100);
/** Asked by every page; they change nothing worth a row. */
const UNCOUNTED = new Set(['/get-session', '/sign-out']);

/**
 * Refuses a request of a route that was called too often.
 * @returns a 429 to answer with, or undefined
 */
export async function refuseTooMany(
  context: GenericEndpointContext,
): Promise<Response | undefined> {
  const { request, path } = context;
  if (request?.method !== 'POST' || UNCOUNTED.has(path)) return undefined; // calls of our own have no request
  const { address, account } = LIMITS[path]?.() ?? { address: CHANGE(path), account: undefined };
  const { pool } = database();
  const client = limitedAddress(request.headers.get('x-forwarded-for') ?? '');
  const waitOfClient = await takeTry(pool, address, client);
  if (waitOfClient > 0) return refusal(waitOfClient);
  const email = emailOf(context);
  if (account === undefined || email === undefined) return undefined;
  const wait = await takeTry(pool, account, email);
  return wait > 0 ? refusal(wait) : undefined;
}

/** After a sign-in: the tries before it were the person's own. */
export const forgetSignIns = createAuthMiddleware(async (context) => {
  const email = emailOf(context);
  if (context.path !== '/sign-in/email' || !context.context.newSession || email === undefined)
    return;
  await forgetTries(database().pool, [signIns()], email);
});

/** Forgets what was counted for an account that is erased. */
export async function forgetAccountTries(
  client: Parameters<typeof forgetTries>[0],
  { id, email }: { id: string; email: string },
): Promise<void> {
  await forgetTries(client, [signIns(), MAILS], email.toLowerCase());
  await forgetTries(client, [CONFIRMATIONS], id);
}

/** The address as better-auth compares it. */
function emailOf({ body }: { body?: unknown }): string | undefined {
  const email = (body as { email?: unknown } | undefined)?.email;
  return typeof email === 'string' ? email.toLowerCase() : undefined;
}

function refusal(seconds: number): Response {
  const problem = tooManyTries(seconds);
  return Response.json(problemBody(problem), {
    status: problem.status,
    headers: { ...problem.headers, 'content-type': 'application/problem+json' },
  });
}

// The session of a request that may do things: signed in, and with a second factor where one is required.
import { Problem } from '@todo/contracts/problem';
import { auth } from './auth';
import { isHeld } from './second-factor-policy';

/** A session with its person, as better-auth gives them. */
type FoundSession = NonNullable<Awaited<ReturnType<ReturnType<typeof auth>['api']['getSession']>>>;

/** The session of a request. @throws Problem 401 without one, or while a second factor is missing */
export async function openSession(headers: Headers): Promise<FoundSession> {
  const found = await auth().api.getSession({ headers });
  if (found === null) throw new Problem(401, 'not-signed-in', 'Not signed in. Sign in first.');
  if (await isHeld(found)) throw secondFactorRequired();
  return found;
}

/** 401 and the name of the error: RFC 9470, section 3. Every part of the page leads to the sign-in on a 401, and from there on. */
export function secondFactorRequired(): Problem {
  return new Problem(
    401,
    'second-factor-required',
    'This system requires a second factor. Open its pages in a browser to set one up or to enter it.',
    { headers: { 'www-authenticate': 'Bearer error="insufficient_user_authentication"' } },
  );
}

// Who asks for a page.
import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { cache } from 'react';
import type { Person } from '@/lib/session';
import { auth } from './auth';
import { config } from './config';
import { database } from './database';
import { roleOf } from './role';
import { factorsOf, isHeld } from './second-factor-policy';

/** The session of this request, or null. Read once a request. */
const currentSession = cache(async () => {
  // first: a build stops here and knows the page is dynamic, before configuration is asked for
  const request = await headers();
  return await auth().api.getSession({ headers: request });
});

/** The signed-in person of this request, or null. */
export const currentPerson = cache(async (): Promise<Person | null> => {
  const session = await currentSession();
  if (session === null) return null;
  const { id, name, email, zone, locale } = session.user;
  return {
    id,
    name,
    email,
    zone,
    locale,
    role: await roleOf(session.user, session.session),
    history: config().AUDIT_ENABLED,
  };
});

/** Whether the signed-in person's address is known to be theirs. */
export async function addressIsConfirmed(): Promise<boolean> {
  return (await currentSession())?.user.emailVerified === true;
}

/** Whether the signed-in person must set up, or enter, a second factor first. */
export const sessionIsHeld = cache(async (): Promise<boolean> => {
  const session = await currentSession();
  return session !== null && (await isHeld(session));
});

/** Which factors the signed-in person has. */
export async function ownFactors(): Promise<{ app: boolean; passkeys: number }> {
  const session = await currentSession();
  return session === null
    ? { app: false, passkeys: 0 }
    : await factorsOf(database().pool, session.user);
}

/** The signed-in person; somebody else is led to the sign-in page, or to a second factor where one is required. */
export async function requirePerson(): Promise<Person> {
  const person = await currentPerson();
  if (person === null) redirect(withNext('/sign-in', await requestedPage()));
  if (await sessionIsHeld()) redirect(withNext('/required-factor', await requestedPage()));
  return person;
}

async function requestedPage(): Promise<string> {
  return (await headers()).get('x-page') ?? '/';
}

/** The address of a page that leads on to another. */
function withNext(page: string, next: string): string {
  return next === '/' ? page : `${page}?next=${encodeURIComponent(next)}`;
}

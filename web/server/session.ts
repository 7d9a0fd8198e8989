// Who asks for a page.
import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { cache } from 'react';
import type { Person } from '@/lib/session';
import { auth } from './auth';
import { config } from './config';
import { roleOf } from './role';

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

/** Whether the signed-in person has a second factor. */
export async function hasSecondFactor(): Promise<boolean> {
  const user: object = (await currentSession())?.user ?? {};
  return 'twoFactorEnabled' in user && user.twoFactorEnabled === true;
}

/** The signed-in person; somebody else is led to the sign-in page. */
export async function requirePerson(): Promise<Person> {
  const person = await currentPerson();
  if (person === null) {
    const from = (await headers()).get('x-page') ?? '/';
    redirect(from === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(from)}`);
  }
  return person;
}

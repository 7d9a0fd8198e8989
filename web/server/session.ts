// Who asks for a page.
import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { cache } from 'react';
import type { Person } from '@/lib/session';
import { auth } from './auth';
import { config } from './config';

/** The signed-in person of this request, or null. Read once a request. */
export const currentPerson = cache(async (): Promise<Person | null> => {
  // first: a build stops here and knows the page is dynamic, before configuration is asked for
  const request = await headers();
  const session = await auth().api.getSession({ headers: request });
  if (session === null) return null;
  const { id, name, email, zone, locale } = session.user;
  return {
    id,
    name,
    email,
    zone,
    locale,
    role: config().OPERATOR_EMAILS.includes(email.toLowerCase()) ? 'operator' : 'user',
    history: config().AUDIT_ENABLED,
  };
});

/** The signed-in person; somebody else is led to the sign-in page. */
export async function requirePerson(): Promise<Person> {
  const person = await currentPerson();
  if (person === null) {
    const from = (await headers()).get('x-page') ?? '/';
    redirect(from === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(from)}`);
  }
  return person;
}

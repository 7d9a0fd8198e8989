// Who is an operator: an address of OPERATOR_EMAILS, or a session of a provider whose claim says so.
import { config } from './config';

/** The role of a session's person, for the pages and for the JWT. */
export function roleOf(
  user: { readonly email: string },
  session: Readonly<Record<string, unknown>>,
): 'operator' | 'user' {
  const listed = config().OPERATOR_EMAILS.includes(user.email.toLowerCase());
  return listed || session['operator'] === true ? 'operator' : 'user';
}

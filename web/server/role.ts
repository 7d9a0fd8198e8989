// Who is an operator: an account that was made one (command line, admin page), a confirmed address of OPERATOR_EMAILS, or a session
// of a provider whose claim says so.
import { config } from './config';
import { database } from './database';
import { isOperator } from './operators';

/** Whether the configuration makes an account an operator's. */
export function isListed(user: {
  readonly email: string;
  readonly emailVerified: boolean;
}): boolean {
  const { OPERATOR_EMAILS, OPERATOR_EMAILS_NEED_CONFIRMATION } = config();
  if (!user.emailVerified && OPERATOR_EMAILS_NEED_CONFIRMATION) return false;
  return OPERATOR_EMAILS.includes(user.email.toLowerCase());
}

/** The role of a session's person, for the pages and for the JWT. */
export async function roleOf(
  user: { readonly id: string; readonly email: string; readonly emailVerified: boolean },
  session: Readonly<Record<string, unknown>>,
): Promise<'operator' | 'user'> {
  if (session['operator'] === true || isListed(user)) return 'operator';
  return (await isOperator(database().pool, user.id)) ? 'operator' : 'user';
}

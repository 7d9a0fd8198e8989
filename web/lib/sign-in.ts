// The steps of signing in, for the pages that sign in; apart from auth-api.ts, which every page loads for its sign-out.
import { askAuth, contentOf, postAuth, send } from './auth-api';

/**
 * Signs in with a password.
 * @returns whether a code of the second factor is asked for now
 * @throws AuthError
 */
export async function signInByPassword(body: {
  email: string;
  password: string;
  callbackURL?: string;
}): Promise<boolean> {
  const answer = await askAuth<{ twoFactorRedirect?: boolean }>('/sign-in/email', {
    ...body,
    rememberMe: true,
  });
  return answer.twoFactorRedirect === true;
}

/**
 * Uses the secret of a link that signs in.
 * @returns false when it is not valid, was used, or is too old
 * @throws AuthError
 */
export async function openSignInLink(secret: string): Promise<boolean> {
  // better-auth redirects from a link that is not valid; only one that is gets JSON
  const address = `/api/auth/magic-link/verify?token=${encodeURIComponent(secret)}`;
  const response = await send(address, { method: 'GET', redirect: 'manual' });
  if (response.type === 'opaqueredirect') return false;
  await contentOf(response);
  return true;
}

/** The page that asks for the code of the second factor. @param next where to go after that */
export function secondFactorPage(next: string): string {
  return next === '/' ? '/second-factor' : `/second-factor?next=${encodeURIComponent(next)}`;
}

/** Signs out, to sign in again and come back: for what an open page is not enough for. */
export async function signInAgain(): Promise<void> {
  await postAuth('/sign-out', {}).catch(() => undefined);
  window.location.assign(`/sign-in?next=${encodeURIComponent(window.location.pathname)}`);
}

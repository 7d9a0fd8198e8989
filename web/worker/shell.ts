// Whose page the worker keeps, and when it must let go of it.

/** The pages of people who are not signed in. */
const SIGNED_OUT = /^\/(?:sign-in|sign-up|account-deleted)(?:\/|$)/;
/** Writes of the accounts that sign nobody in or out. */
const HARMLESS = /^\/api\/auth\/update-user$/;

/** Whether a request can change who is signed in: every write to the accounts, and every way to or from a sign-in. */
export function signsSomebodyInOrOut({
  url,
  method,
  mode,
}: Pick<Request, 'url' | 'method' | 'mode'>): boolean {
  const { pathname } = new URL(url);
  if (pathname.startsWith('/api/auth/'))
    return (method !== 'GET' || mode === 'navigate') && !HARMLESS.test(pathname);
  return mode === 'navigate' && SIGNED_OUT.test(pathname);
}

/**
 * Whether a page is made of nothing but the given files of a build. During a roll-out, the page may come from another build
 * than the worker.
 * @param files paths below /_next/static/
 * @param html the page
 */
export function isShellOf(files: ReadonlySet<string>, html: string): boolean {
  const used = html.match(/\/_next\/static\/[\w./~()@%+-]+\.(?:js|css)/g) ?? [];
  return used.length > 0 && used.every((path) => files.has(path));
}

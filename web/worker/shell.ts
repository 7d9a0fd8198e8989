// Whose page the worker keeps, and when it must let go of it.

/** Routes of the accounts after which somebody else may be signed in. */
const SIGNS =
  /^\/api\/auth\/(?:sign-in|sign-up|sign-out|callback|oauth2|magic-link|revoke|delete-user)/;

/** Whether a request can change who is signed in. */
export function signsSomebodyInOrOut({
  url,
  method,
  mode,
}: Pick<Request, 'url' | 'method' | 'mode'>): boolean {
  const { pathname } = new URL(url);
  if (SIGNS.test(pathname)) return method === 'POST' || mode === 'navigate';
  return mode === 'navigate' && /^\/(?:sign-in|sign-up|account-deleted)$/.test(pathname);
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

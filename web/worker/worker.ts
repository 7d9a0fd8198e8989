// The service worker of a production build: push messages (public/sw.js, all there is in development), and the app without
// network. It keeps the build's scripts and styles, and one page of the signed-in person, the shell, which shows any address
// from what the browser keeps (lib/offline). Data never passes through here.
//
//   /_next/static/…   from the cache of the build that made it, else from the network
//   a page            from the network; without network the shell, whatever the address
//   /api/auth/…       always from the network; whoever signs in, out or up takes the shell with them
//
// A new version takes over at once (skipWaiting, clientsClaim): a page that is open loads its later parts from the cache of its
// own build, is told, and may go on; the next page that is loaded is the new one.
import { Serwist, type PrecacheEntry } from 'serwist';
import '../public/sw.js';
import { directionOf, languageOf, type Language } from '../text/languages.ts';
import type { WorkerMessage } from '../lib/offline/worker-message.ts';
import { isShellOf, signsSomebodyInOrOut } from './shell.ts';

declare const self: ServiceWorkerGlobalScope & {
  /** The build's files, set in by build-standalone.mjs. */
  __SW_MANIFEST: PrecacheEntry[];
  /** Names the build: a hash over the manifest. */
  __SW_BUILD: string;
};

const build = self.__SW_BUILD;
const files = new Set(self.__SW_MANIFEST.map(({ url }) => url));
const STATIC = 'todo-static-';
const SHELL = 'todo-shell-';
/** Builds whose files are kept: pages of the one before may still be open, and load parts of it. */
const KEPT_BUILDS = 2;
/** Addresses that a browser can go to and that are not the app's pages. */
const NOT_PAGES = /^\/(?:api|docs|mcp|\.well-known)(?:\/|$)/;
/** A page that takes longer than this is shown from here, in ms. */
const PAGE_WITHIN_MS = 10_000;

const serwist = new Serwist({
  precacheEntries: self.__SW_MANIFEST,
  precacheOptions: { cacheName: `${STATIC}${build}` },
  skipWaiting: true,
  clientsClaim: true,
  navigationPreload: true,
  disableDevLogs: true,
  runtimeCaching: [
    { matcher: ({ request }) => request.mode === 'navigate', handler: ({ event }) => page(event) },
    {
      matcher: ({ url, sameOrigin }) => sameOrigin && url.pathname.startsWith('/_next/static/'),
      handler: async ({ request }) => (await caches.match(request)) ?? (await fetch(request)),
    },
  ],
});

self.addEventListener('fetch', ({ request }) => {
  if (signsSomebodyInOrOut(request)) void dropShells();
});
serwist.addEventListeners();

self.addEventListener('activate', (event) => {
  event.waitUntil(dropOldBuilds());
});

self.addEventListener('message', (event) => {
  const message = event.data as WorkerMessage | null;
  if (message?.kind === 'keep-shell') event.waitUntil(keepShell());
  if (message?.kind === 'drop-shell') event.waitUntil(dropShells());
  if (message?.kind === 'is-of-build')
    event.ports[0]?.postMessage(message.scripts.every((path) => files.has(path)));
});

async function page(event: ExtendableEvent): Promise<Response> {
  const { request, preloadResponse } = event as FetchEvent;
  const answer = async (): Promise<Response> =>
    ((await preloadResponse) as Response | undefined) ?? (await fetch(request));
  // A download, or the way back from a provider's sign-in: never asked for twice, and nothing stands in for it.
  if (NOT_PAGES.test(new URL(request.url).pathname)) return await answer();
  try {
    const signal = AbortSignal.timeout(PAGE_WITHIN_MS);
    const late = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => {
        reject(new Error('late'));
      });
    });
    // What nothing can stand in for is waited for.
    return (await shell()) === undefined ? await answer() : await Promise.race([answer(), late]);
  } catch {
    return (await shell()) ?? notKept();
  }
}

function shell(): Promise<Response | undefined> {
  return caches.match('/offline', { cacheName: `${SHELL}${build}`, ignoreVary: true });
}

/** Fetches the shell of whoever is signed in. One of another build than this worker's is left: its files are not here. */
async function keepShell(): Promise<void> {
  const before = drops;
  const response = await fetch('/offline', { credentials: 'same-origin', cache: 'no-store' });
  if (!response.ok || response.redirected) return;
  if (!isShellOf(files, await response.clone().text())) return;
  const cache = await caches.open(`${SHELL}${build}`);
  if (drops !== before) return; // somebody signed out meanwhile
  await cache.put('/offline', response);
}

let drops = 0;

async function dropShells(): Promise<void> {
  drops += 1;
  for (const name of await caches.keys()) if (name.startsWith(SHELL)) await caches.delete(name);
}

/** Caches come in the order they were made. */
async function dropOldBuilds(): Promise<void> {
  const names = await caches.keys();
  const builds = names.filter((name) => name.startsWith(STATIC));
  for (const name of builds.slice(0, -KEPT_BUILDS))
    if (name !== `${STATIC}${build}`) await caches.delete(name);
  for (const name of names)
    if (name.startsWith(SHELL) && name !== `${SHELL}${build}`) await caches.delete(name);
}

/** Title, sentence and link of the page below, by the browser's language. */
const OFFLINE: Readonly<Record<Language, readonly [string, string, string]>> = {
  en: [
    'You are offline',
    'Nobody is signed in on this device. Connect to the internet to sign in.',
    'Try again',
  ],
  de: [
    'Du bist offline',
    'Auf diesem Gerät ist niemand angemeldet. Verbinde dich mit dem Internet, um dich anzumelden.',
    'Erneut versuchen',
  ],
  he: ['אין חיבור', 'אף אחד אינו מחובר במכשיר הזה. התחברו לאינטרנט כדי להיכנס.', 'ניסיון נוסף'],
};

/** Nobody is signed in here, and there is no network. */
function notKept(): Response {
  const language = languageOf(self.navigator.language);
  const [title, text, retry] = OFFLINE[language];
  const page = `<!doctype html><html lang="${language}" dir="${directionOf(language)}"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title} · Todo</title>
<h1>${title}</h1><p>${text}</p><p><a href="">${retry}</a></p></html>`;
  return new Response(page, {
    status: 503,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': "default-src 'none'",
    },
  });
}

// The web server's answered requests, by a pattern of their path: a fixed list, so that no path somebody makes up becomes a
// series of its own. Pages are asked for by patterns of the folders below app/, which a test compares with this list.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Answered } from '@todo/runtime/server';
import type { Door } from './door';

/** Tried in this order. The backend counts its own routes one by one. */
const PATTERNS: readonly (readonly [RegExp, string])[] = [
  // Apart, because a stream and a file take as long as they take (charts/todo-backend/observability/alerts.yaml).
  [/^\/api\/v1\/live$/, '/api/v1/live'],
  [/^\/api\/v1\/chat\//, '/api/v1/chat/*'],
  [/^\/api\/v1\/import$/, '/api/v1/import'],
  [/^\/api\/v1\/(?:audit\/)?export$/, '/api/v1/export'],
  [/^\/api\/v1\//, '/api/v1/*'],
  [/^\/mcp$/, '/mcp'],
  [/^\/dav(?:\/|$)/, '/dav/*'],
  [/^\/\.well-known\/caldav$/, '/.well-known/caldav'],
  [/^\/feeds\//, '/feeds/*'],
  [/^\/docs(?:\/|$)/, '/docs'],
  [/^\/api\/auth\//, '/api/auth/*'],
  [/^\/api\/sessions$/, '/api/sessions'],
  [/^\/api\/vitals$/, '/api/vitals'],
  [/^\/_next\//, '/_next/*'],
  [/^\/lists\/[^/]+$/, '/lists/[id]'],
  [/^\/filters\/[^/]+$/, '/filters/[id]'],
  [/^\/tasks\/[^/]+$/, '/tasks/[id]'],
  [/^\/tags\/[^/]+$/, '/tags/[tag]'],
];

const PLAIN = new Set([
  ...[
    '/',
    '/account',
    '/activity',
    '/admin',
    '/all',
    '/board',
    '/calendar',
    '/done',
    '/filters/new',
    '/notifications',
    '/offline',
    '/search',
    '/status',
    '/trash',
    '/status/break',
  ],
  ...['/sign-in-link', '/second-factor', '/required-factor'],
  ...[
    '/api/admin/actions',
    '/api/admin/break',
    '/api/admin/invitations',
    '/api/admin/people',
    '/api/admin/second-factor',
  ],
  ...['/upcoming', '/sign-in', '/sign-up', '/health', '/readyz'],
  ...['/forgot-password', '/reset-password', '/email-confirmed', '/account-deleted'],
  ...['/import-export', '/api/account/deletion', '/api/account/download'],
  ...['/sw.js', '/icon.svg', '/icon-192.png', '/icon-512.png', '/icon-maskable.png'],
  '/manifest.webmanifest',
]);

/** The pattern of a path, `(no route)` for one that there is not. */
export function patternOf(pathname: string): string {
  if (PLAIN.has(pathname)) return pathname;
  return PATTERNS.find(([pattern]) => pattern.test(pathname))?.[1] ?? '(no route)';
}

/** A door that tells of each answer once it has left, whoever gave it. */
export function observedDoor(door: Door, observe: (answered: Answered) => void): Door {
  return (request: IncomingMessage, response: ServerResponse) => {
    const startedAt = performance.now();
    const { method = 'GET', url = '' } = request;
    const route = patternOf(URL.parse(url, 'http://any')?.pathname ?? '');
    response.once('close', () => {
      const { statusCode: status } = response;
      observe({ method, route, status, ms: performance.now() - startedAt });
    });
    return door(request, response);
  };
}

// Passes a request on to the backend as a stream, both ways. The browser talks to one origin only;
// which backend that is gets decided when the process starts, not when it is built.
//
// On Node's own requests and before Next: a route handler's way costs several times the CPU (docs/benchmarks/2026-11-web.md), and almost all
// requests of a person go through here.
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { createGzip } from 'node:zlib';
import { Problem } from '@todo/contracts/problem';
import { inBackendSpan, traceHeader } from './answer-span';
import { config } from './config';
import { log } from './log';
import { refuse } from './refusal';
import { tokenOfSession } from './session-token';
import { askBackend, SilentError } from './upstream';

/** Headers that concern one connection only (RFC 9110 7.6.1), and those that are ours to set. */
const DROPPED_REQUEST = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
  'host',
  'accept-encoding',
  'cookie',
]);
const DROPPED_RESPONSE = new Set([
  'connection',
  'keep-alive',
  'transfer-encoding',
  'trailer',
  'upgrade',
  'set-cookie',
]);
/** At once over a connection of its own; then after what a Service needs to know that a pod is gone. */
const RETRY_PAUSES_MS = [0, 250];
/** Below it, a path is a secret. */
const FEEDS = '/feeds/';
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);
/** A smaller answer gains less time on the way than it costs to compress, in bytes. */
const COMPRESS_FROM = 4_096;
const CLIENT_GONE = new Error('the client disconnected');

/** Whether a request without a session is refused or passed on without a token; `none`: no session counts, cookies neither. */
export type BackendSession = 'required' | 'optional' | 'none';

/**
 * Which session the backend's paths ask for.
 * @param pathname without `.` and `..`, as `URL` gives it
 * @returns undefined for a path that is not the backend's
 */
export function backendSession(pathname: string): BackendSession | undefined {
  if (pathname.startsWith('/api/v1/') || pathname === '/mcp') return 'required';
  // The API's reference is open to everybody, like the API's shape.
  if (pathname === '/docs' || pathname.startsWith('/docs/')) return 'optional';
  // Calendar programs sign in by Basic, and the backend asks them to.
  if (/^\/(?:dav(?:\/|$)|\.well-known\/caldav\/?$)/.test(pathname)) return 'none';
  // Calendar feeds know nobody: the address itself is the secret.
  if (pathname.startsWith(FEEDS)) return 'none';
  return undefined;
}

/**
 * Answers a request with what the backend answers.
 *
 * With an Authorization header the request passes untouched. Without one it is a browser's: the
 * session cookie becomes a JWT, and an unsafe method must come from our own pages (CSRF).
 * @param url the request's target; its host does not matter
 */
export function passToBackend(
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  session: BackendSession,
): void {
  answer(request, response, url, session).catch((error: unknown) => {
    log.error({ err: error, path: loggedPath(url.pathname) }, 'a request to the backend failed');
    if (response.headersSent) response.destroy();
    else
      refuse(
        response,
        new Problem(500, 'internal', 'Internal error in the web server. Try again in a moment.'),
      );
  });
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { pathname, search }: URL,
  session: BackendSession,
): Promise<void> {
  const { BACKEND_URL, PUBLIC_URL } = config();
  const method = request.method ?? 'GET';
  const path = loggedPath(pathname);
  const safe = SAFE_METHODS.has(method);
  const headers = requestHeaders(request);

  if (headers['authorization'] === undefined && session !== 'none') {
    if (!safe && request.headers.origin !== PUBLIC_URL) {
      refuse(
        response,
        new Problem(
          403,
          'cross-site',
          `With a session cookie the Origin header must be ${PUBLIC_URL}. In scripts, use an Authorization header instead.`,
        ),
      );
      return;
    }
    let token: string | null;
    try {
      token = await tokenOfSession(new Headers({ cookie: request.headers.cookie ?? '' }));
    } catch (error) {
      if (error instanceof Problem) {
        refuse(response, error);
        return;
      }
      log.error({ error: (error as Error).message }, 'could not read the session');
      refuse(
        response,
        new Problem(
          503,
          'sessions-unavailable',
          'The session could not be read. Try again in a moment.',
          { headers: { 'retry-after': '2' } },
        ),
      );
      return;
    }
    if (token !== null) headers['authorization'] = `Bearer ${token}`;
    else if (session === 'required') {
      refuse(
        response,
        new Problem(
          401,
          'not-signed-in',
          'Not signed in. Sign in, or send an Authorization header.',
          {
            headers: { 'www-authenticate': 'Bearer' },
          },
        ),
      );
      return;
    }
  }

  const gone = new AbortController();
  response.once('close', () => {
    // With a reason of ours: the default one is made anew each time, with a stack.
    if (!response.writableFinished) gone.abort(CLIENT_GONE);
  });
  if (response.destroyed) return; // it left while its session was read
  const hasBody =
    request.headers['transfer-encoding'] !== undefined ||
    (request.headers['content-length'] ?? '0') !== '0';
  const send = (fresh: boolean): Promise<IncomingMessage> =>
    inBackendSpan(method, () =>
      askBackend({
        url: `${BACKEND_URL}${pathname}${search}`,
        method,
        headers: { ...headers, ...traceHeader() },
        signal: gone.signal,
        body: hasBody ? request : undefined,
        fresh,
      }),
    );
  // A replica that goes closes the connections it keeps; who was about to use one may ask once more where that changes nothing
  // (RFC 9110 9.2.2). Not after a silence: that has taken long enough.
  const again = (error: unknown): boolean =>
    safe && !hasBody && !gone.signal.aborted && !(error instanceof SilentError);
  let answered: IncomingMessage;
  try {
    answered = await sendUntilAnswered(send, again, path);
  } catch (error) {
    if (gone.signal.aborted) return;
    log.error({ path, error: (error as Error).message }, 'the backend did not answer');
    refuseUnreachable(response);
    return;
  }
  // The backend explains every error in JSON, to calendar programs in XML. What does not is something else that stands at its address just now, such as a
  // gateway between two replicas, and its 404 must not be read as "there is no such task".
  const explained = isJson(answered) || (session === 'none' && isXml(answered));
  if ((answered.statusCode ?? 502) >= 400 && !explained) {
    log.error({ path, status: answered.statusCode }, 'the response did not come from the backend');
    answered.resume();
    refuseUnreachable(response);
    return;
  }
  answered.once('error', (error) => {
    if (!gone.signal.aborted) log.warn({ path, error: error.message }, 'a response was cut off');
  });
  // Either side may go in the middle of the answer: `pipeline` then ends the other, which therefore knows.
  await passBack(request, answered, response).catch(() => undefined);
}

/** A path as the log may have it. */
function loggedPath(pathname: string): string {
  return pathname.startsWith(FEEDS) ? `${FEEDS}…` : pathname;
}

async function sendUntilAnswered(
  send: (fresh: boolean) => Promise<IncomingMessage>,
  again: (error: unknown) => boolean,
  path: string,
): Promise<IncomingMessage> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await send(tries > 0);
    } catch (error) {
      const pause = RETRY_PAUSES_MS[tries];
      if (pause === undefined || !again(error)) throw error;
      log.warn({ path, error: (error as Error).message }, 'the backend did not answer; retrying');
      await sleep(pause);
    }
  }
}

function requestHeaders(request: IncomingMessage): OutgoingHttpHeaders {
  const headers: OutgoingHttpHeaders = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (!DROPPED_REQUEST.has(name)) headers[name] = value;
  }
  // What comes back is passed on byte for byte, so it must not be compressed for us.
  headers['accept-encoding'] = 'identity';
  if (request.headers['transfer-encoding'] !== undefined) headers['transfer-encoding'] = 'chunked';
  return headers;
}

async function passBack(
  request: IncomingMessage,
  answered: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const headers: OutgoingHttpHeaders = {};
  for (const [name, value] of Object.entries(answered.headers)) {
    if (!DROPPED_RESPONSE.has(name)) headers[name] = value;
  }
  const compress =
    isJson(answered) &&
    Number(answered.headers['content-length'] ?? 0) >= COMPRESS_FROM &&
    request.method !== 'HEAD' &&
    acceptsGzip(request.headers['accept-encoding']);
  const isEventStream = answered.headers['content-type']?.startsWith('text/event-stream') ?? false;
  if (isEventStream) {
    // Nobody on the way may hold events back to fill a buffer or a compression window.
    headers['cache-control'] = 'no-cache, no-transform';
    headers['x-accel-buffering'] = 'no';
  } else {
    headers['cache-control'] ??= 'private, no-store';
  }
  if (compress) {
    delete headers['content-length'];
    headers['content-encoding'] = 'gzip';
    headers['vary'] = [headers['vary'], 'accept-encoding'].filter(Boolean).join(', ');
  }
  response.writeHead(answered.statusCode ?? 502, headers);
  if (isEventStream) response.flushHeaders();
  if (compress) await pipeline(answered, createGzip(), response);
  else passWhole(answered, response);
}

/** Like `pipeline`, which costs twice as much: it makes an AbortController of its own and aborts it at the end. */
function passWhole(answered: IncomingMessage, response: ServerResponse): void {
  answered.pipe(response);
  answered.once('error', () => response.destroy()); // cut off: its reader must not take it for the whole
}

function isJson(answered: IncomingMessage): boolean {
  return /^application\/(?:[\w.-]+\+)?json\b/.test(answered.headers['content-type'] ?? '');
}

function isXml(answered: IncomingMessage): boolean {
  return /^application\/xml\b/.test(answered.headers['content-type'] ?? '');
}

/** RFC 9110 12.5.3, as far as it matters for one coding: named and not refused. */
function acceptsGzip(accepted: string | string[] | undefined): boolean {
  return /(?:^|,)\s*gzip\s*(?:;\s*q=(?!0(?:\.0+)?\s*(?:,|$))[\d.]+\s*)?(?:,|$)/i.test(
    String(accepted ?? ''),
  );
}

function refuseUnreachable(response: ServerResponse): void {
  refuse(
    response,
    new Problem(
      502,
      'backend-unreachable',
      'The backend is not reachable. Try again in a moment.',
      { headers: { 'retry-after': '2' } },
    ),
  );
}

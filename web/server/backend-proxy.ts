// Passes a request on to the backend as a stream, both ways. The browser talks to one origin only;
// which backend that is gets decided when the process starts, not when it is built.
import { Problem, problemBody } from '@todo/common/problem';
import { config } from './config';
import { log } from './log';
import { tokenOfSession } from './session-token';

/** Headers that concern one connection only (RFC 9110 7.6.1), and those that fetch sets itself. */
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
  'content-length',
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
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Answers a request with what the backend answers.
 *
 * With an Authorization header the request passes untouched. Without one it is a browser's: the
 * session cookie becomes a JWT, and an unsafe method must come from our own pages (CSRF).
 * @param request its path and query are kept
 * @param session `optional` lets a request without a session pass without a token
 */
export async function passToBackend(
  request: Request,
  session: 'required' | 'optional' = 'required',
): Promise<Response> {
  const { BACKEND_URL, PUBLIC_URL } = config();
  const headers = new Headers();
  for (const [name, value] of request.headers) {
    if (!DROPPED_REQUEST.has(name)) headers.append(name, value);
  }
  // What comes back is passed on byte for byte, so it must not be compressed for us.
  headers.set('accept-encoding', 'identity');

  if (!request.headers.has('authorization')) {
    if (!SAFE_METHODS.has(request.method) && request.headers.get('origin') !== PUBLIC_URL) {
      return refuse(
        403,
        'cross-site',
        `With a session cookie the Origin header must be ${PUBLIC_URL}. Scripts use an Authorization header instead.`,
      );
    }
    let token: string | null;
    try {
      token = await tokenOfSession(request.headers);
    } catch (error) {
      log.error({ error: (error as Error).message }, 'could not read the session');
      return refuse(
        503,
        'sessions-unavailable',
        'Sessions can not be read now. Try again in a moment.',
        {
          'retry-after': '2',
        },
      );
    }
    if (token !== null) headers.set('authorization', `Bearer ${token}`);
    else if (session === 'required') {
      return refuse(401, 'not-signed-in', 'Sign in, or send an Authorization header.', {
        'www-authenticate': 'Bearer',
      });
    }
  }

  const { pathname, search } = new URL(request.url);
  const send = (): Promise<Response> =>
    fetch(`${BACKEND_URL}${pathname}${search}`, {
      method: request.method,
      headers,
      body: request.body,
      signal: request.signal,
      redirect: 'manual',
      cache: 'no-store',
      duplex: 'half',
    } as RequestInit);
  let answer: Response;
  try {
    answer = await send().catch((error: unknown) => {
      // A replica that goes closes the connections it keeps; who was about to use one may ask once more where that changes
      // nothing (RFC 9110 9.2.2).
      if (!SAFE_METHODS.has(request.method) || request.signal.aborted) throw error;
      log.warn({ path: pathname, error: reason(error) }, 'the backend did not answer: once more');
      return send();
    });
  } catch (error) {
    if (request.signal.aborted) return new Response(null, { status: 499 });
    log.error({ path: pathname, error: reason(error) }, 'the backend did not answer');
    return refuse(
      502,
      'backend-unreachable',
      'The backend can not be reached now. Try again in a moment.',
      {
        'retry-after': '2',
      },
    );
  }

  const answerHeaders = new Headers();
  for (const [name, value] of answer.headers) {
    if (!DROPPED_RESPONSE.has(name)) answerHeaders.append(name, value);
  }
  if (answer.headers.get('content-type')?.startsWith('text/event-stream') === true) {
    // Nobody on the way may hold events back to fill a buffer or a compression window.
    answerHeaders.set('cache-control', 'no-cache, no-transform');
    answerHeaders.set('x-accel-buffering', 'no');
  } else if (!answerHeaders.has('cache-control')) {
    answerHeaders.set('cache-control', 'private, no-store');
  }
  return new Response(answer.body, { status: answer.status, headers: answerHeaders });
}

function refuse(
  status: number,
  code: string,
  detail: string,
  headers: Record<string, string> = {},
): Response {
  return Response.json(problemBody(new Problem(status, code, detail)), {
    status,
    headers: { ...headers, 'content-type': 'application/problem+json' },
  });
}

function reason(error: unknown): string {
  const cause = (error as Error).cause;
  return cause instanceof Error ? cause.message : (error as Error).message;
}

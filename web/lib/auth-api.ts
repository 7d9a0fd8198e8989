// The few calls of better-auth's routes that the pages make; its own client would weigh more.
import { ANSWER_WITHIN_MS } from './api';
import { codeOf } from './api-error';
import { pageText } from './reason';

/** An answer of better-auth that is not a success. */
export class AuthError extends Error {
  override readonly name = 'AuthError';
  readonly status: number;
  /** better-auth's name for what is wrong; empty without one. */
  readonly code: string;
  constructor(status: number, message: string, code = '') {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/**
 * POSTs to `/api/auth<path>`.
 * @throws AuthError with a text for the person; `status` 0 when nobody answered
 */
export async function postAuth(path: string, body: unknown): Promise<void> {
  await askAuth(path, body);
}

/** Like {@link postAuth}, for an answer that is JSON. */
export async function askAuth<T>(path: string, body: unknown): Promise<T> {
  return await askServer<T>(`/api/auth${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

/** GETs `/api/auth<path>`. @throws AuthError like {@link postAuth} */
export async function getAuth<T>(path: string): Promise<T> {
  return await askServer<T>(`/api/auth${path}`, { method: 'GET' });
}

/** Asks a route of the web server that answers JSON or nothing. @throws AuthError with a text for the person; `status` 0 when nobody answered */
export async function askServer<T>(address: string, request: RequestInit): Promise<T> {
  return await contentOf<T>(await send(address, request));
}

/** Sends a request. @throws AuthError 0 when nobody answered */
export async function send(address: string, request: RequestInit): Promise<Response> {
  try {
    return await fetch(address, { ...request, signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
  } catch {
    throw new AuthError(0, '');
  }
}

/** The JSON of an answer, if it has any. @throws AuthError when it is no success */
export async function contentOf<T>(response: Response): Promise<T> {
  if (response.status === 204) return undefined as T;
  if (response.ok) return (await response.json()) as T;
  // better-auth says `message`, problem+json `detail`
  const { type, message, detail, code } = (await response.json().catch(() => ({}))) as {
    type?: string;
    message?: string;
    detail?: string;
    code?: string;
  };
  throw new AuthError(response.status, message ?? detail ?? '', code ?? codeOf(type));
}

/** A session as the list shows it; see server/sessions.ts. */
export interface Session {
  id: string;
  userAgent: string | null;
  address: string | null;
  createdAt: string;
  lastUsedAt: string;
  current: boolean;
}

/** The query of the person's sessions. */
export const sessionsOptions = {
  queryKey: ['sessions'],
  queryFn: async (): Promise<Session[]> =>
    (await sessionsCall<{ items: Session[] }>('GET', '')).items,
};

/** Ends one session, or all others without an id. @returns how many. @throws AuthError */
export async function endSessions(id?: string): Promise<number> {
  const search = id === undefined ? '' : `?id=${encodeURIComponent(id)}`;
  return (await sessionsCall<{ ended: number }>('DELETE', search)).ended;
}

async function sessionsCall<T>(method: string, search: string): Promise<T> {
  return await askServer<T>(`/api/sessions${search}`, { method });
}

/** What a server refused, in the page's language; empty when nobody answered, or it is another kind of error. */
export function authProblem(error: unknown): string {
  if (!(error instanceof AuthError) || error.status === 0) return '';
  const text = pageText();
  return text.problems[error.code] ?? (error.message && text.problemOther(error.message));
}

/** Where to go after signing in: only a path of this site. */
export function nextPath(search: string): string {
  const next = new URLSearchParams(search).get('next') ?? '/';
  return /^\/(?![/\\])/.test(next) ? next : '/';
}

// The few calls of better-auth's routes that the pages make; its own client would weigh more.
import { ANSWER_WITHIN_MS } from './api';

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
  let response: Response;
  try {
    response = await fetch(`/api/auth${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
  } catch {
    throw new AuthError(0, '');
  }
  if (response.ok) return (await response.json()) as T;
  const { message, code } = (await response.json().catch(() => ({}))) as {
    message?: string;
    code?: string;
  };
  throw new AuthError(response.status, message ?? '', code);
}

/** The server's words for the person; empty when nobody answered, or it is another kind of error. */
export function authProblem(error: unknown): string {
  return error instanceof AuthError && error.status > 0 ? error.message : '';
}

/** Where to go after signing in: only a path of this site. */
export function nextPath(search: string): string {
  const next = new URLSearchParams(search).get('next') ?? '/';
  return /^\/(?![/\\])/.test(next) ? next : '/';
}

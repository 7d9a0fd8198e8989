// Talks to the backend through the web app's own origin: one place for errors, ETags and keys.

import { ApiError, problemFrom, type ProblemAnswer } from './api-error';
import type * as Kept from './offline/kept';
import { newTrace } from './random-ids';

/** Without an answer for this long the line is dead, in ms; our own server gives up on the backend sooner. */
export const ANSWER_WITHIN_MS = 55_000;

/** What a call may carry besides its path. */
export interface Call {
  method?: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  body?: unknown;
  /** The version the change was made from: sent as If-Match, so that a stale change is refused. */
  version?: number;
  /** Makes a repeated POST one change. */
  idempotencyKey?: string;
  signal?: AbortSignal;
}

/**
 * Calls `/api/v1<path>`.
 * @returns the parsed JSON, or undefined for an empty answer
 * @throws ApiError; a session that has ended also leads to the sign-in page
 */
export async function call<T>(path: string, options: Call = {}): Promise<T> {
  const headers: Record<string, string> = { accept: 'application/json', traceparent: newTrace() };
  if (options.body !== undefined) headers['content-type'] = 'application/json';
  if (options.version !== undefined) headers['if-match'] = `"${options.version}"`;
  if (options.idempotencyKey !== undefined) headers['idempotency-key'] = options.idempotencyKey;
  const late = AbortSignal.timeout(ANSWER_WITHIN_MS);
  let response: Response;
  let text = '';
  try {
    response = await fetch(`/api/v1${path}`, {
      method: options.method ?? 'GET',
      headers,
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
      signal: options.signal ? AbortSignal.any([options.signal, late]) : late,
    });
    if (response.ok) text = await response.text();
  } catch (error) {
    if ((error as Error).name === 'AbortError') throw error;
    const kept = options.method === undefined ? await (await loadKept())?.answer(path) : undefined;
    if (kept === undefined) throw new ApiError(0, 'offline');
    return kept as T;
  }
  if (response.ok) {
    const answer = (text === '' ? undefined : JSON.parse(text)) as T;
    return options.method === undefined && readsTasks(path) ? withWaiting(path, answer) : answer;
  }
  const problem = await problemOf(response);
  // Last: what was typed is kept by whoever catches the error, before the page goes.
  if (response.status === 401) signInAgain();
  throw problem;
}

let kept: Promise<typeof Kept> | undefined;

/** What the browser keeps for the time without network; undefined when it can't be loaded. */
export async function loadKept(): Promise<typeof Kept | undefined> {
  try {
    return await (kept ??= import('./offline/kept'));
  } catch {
    kept = undefined; // the next one tries again
    return undefined;
  }
}

/** Tells the part that keeps a copy, once it is there. */
export function ifKept(tell: (kept: typeof Kept) => void): void {
  kept?.then(tell, () => undefined);
}

function readsTasks(path: string): boolean {
  return /^\/(?:tasks|lists|tags)\b/.test(path);
}

/** An answer as it is once the changes that wait on this device are sent; it is kept for the time without network. */
async function withWaiting<T>(path: string, answer: T): Promise<T> {
  // Before the part is there, nothing is known to wait.
  return kept === undefined ? answer : (((await loadKept())?.note(path, answer) ?? answer) as T);
}

/** The error that an answer tells of. */
export async function problemOf(response: Response): Promise<ApiError> {
  try {
    const body = (await response.json()) as Omit<ProblemAnswer, 'status'>;
    return problemFrom({ title: response.statusText, ...body, status: response.status });
  } catch {
    return new ApiError(response.status, response.statusText);
  }
}

let leaving = false;

/**
 * Leads to the sign-in page and, after that, back to this one. Several calls may find the session ended at once: only
 * the first one leaves, since each further navigation would abort the one under way.
 */
export function signInAgain(): void {
  if (leaving) return;
  leaving = true;
  // Back brings this page back as it was, where the browser kept it.
  window.addEventListener('pageshow', () => (leaving = false), { once: true });
  const here = window.location.pathname + window.location.search;
  window.location.assign(`/sign-in?next=${encodeURIComponent(here)}`);
}

/** A query string of the given values; null, undefined and '' are left out. */
export function queryString(values: Record<string, string | number | null | undefined>): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (value !== null && value !== undefined && value !== '') params.set(name, String(value));
  }
  const text = params.toString();
  return text === '' ? '' : `?${text}`;
}

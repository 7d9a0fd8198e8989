// Reads from the backend while a page is made, so that the first paint already shows tasks.
import { headers } from 'next/headers';
import { traceHeader } from './answer-span';
import { config } from './config';
import { log } from './log';
import { tokenOfSession } from './session-token';

/** A page is not held up longer than this for its data, in ms; the browser then asks again itself. */
const LIMIT_MS = 1_500;

/**
 * GETs `/api/v1<path>` as the person of this request.
 * @throws Error when the backend does not answer 200 in time
 */
export async function readFromBackend<T>(path: string): Promise<T> {
  const token = await tokenOfSession(await headers());
  const response = await fetch(`${config().BACKEND_URL}/api/v1${path}`, {
    headers: {
      authorization: `Bearer ${token ?? ''}`,
      accept: 'application/json',
      ...traceHeader(),
    },
    cache: 'no-store',
    signal: AbortSignal.timeout(LIMIT_MS),
  });
  if (!response.ok) throw new Error(`the backend answered ${response.status} to GET ${path}`);
  return (await response.json()) as T;
}

/** Like {@link readFromBackend}, but undefined (and a line in the log) instead of an error. */
export async function tryBackend<T>(path: string): Promise<T | undefined> {
  try {
    return await readFromBackend<T>(path);
  } catch (error) {
    log.warn({ err: error, path }, 'a page was rendered without its data');
    return undefined;
  }
}

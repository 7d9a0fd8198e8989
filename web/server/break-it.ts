// Faults that operators put into the system: passed on to the program that runs it, which alone can. Off unless it is configured.
import { notFound, Problem, unavailable } from '@todo/contracts/problem';
import { config } from './config';

/** The program answers from memory; more than this, and it is gone, ms. */
const LIMIT_MS = 4_000;

/** Whether faults can be put into this system. */
export function canBreak(): boolean {
  return config().BREAK_URL !== undefined;
}

/**
 * Asks the program that runs the system.
 * @returns its answer, JSON
 * @throws Problem 404 where it is not configured, 503 when it does not answer, and with its own status and reason what it refuses
 */
export async function askBreaker(
  method: 'GET' | 'POST' | 'PUT',
  path: '/state' | '/faults' | '/load',
  body?: unknown,
): Promise<unknown> {
  const { BREAK_URL, BREAK_TOKEN } = config();
  if (BREAK_URL === undefined || BREAK_TOKEN === undefined) throw notFound('page');
  const response = await fetch(`${BREAK_URL}${path}`, {
    method,
    headers: { authorization: `Bearer ${BREAK_TOKEN}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    cache: 'no-store',
    redirect: 'error',
    signal: AbortSignal.timeout(LIMIT_MS),
  }).catch((error: unknown) => {
    throw unavailable('The program that runs the system does not answer. Try again.', error);
  });
  const answer = (await response.json().catch(() => ({}))) as { detail?: string };
  if (response.ok) return answer;
  if (response.status === 400 || response.status === 409)
    throw new Problem(
      response.status,
      response.status === 409 ? 'not-now' : 'invalid-input',
      answer.detail ?? '',
    );
  throw unavailable('The program that runs the system is not ready. Try again in a moment.');
}

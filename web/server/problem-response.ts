// Answers of our own route handlers, with errors in the form of the backend's.
import { Problem, problemBody } from '@todo/contracts/problem';
import { config } from './config';
import { log } from './log';

/** Runs a handler that changes something: only from our own pages (CSRF), and a Problem becomes its answer. */
export async function answerChange(
  request: Request,
  handle: () => Promise<Response>,
): Promise<Response> {
  return await answerProblems(async () => {
    const { PUBLIC_URL } = config();
    if (request.headers.get('origin') !== PUBLIC_URL)
      throw new Problem(403, 'cross-site', `The Origin header must be ${PUBLIC_URL}.`);
    return await handle();
  });
}

/** Runs a handler; a Problem becomes its answer. */
export async function answerProblems(handle: () => Promise<Response>): Promise<Response> {
  try {
    return await handle();
  } catch (error) {
    if (!(error instanceof Problem)) log.error({ err: error }, 'a request failed');
    const problem =
      error instanceof Problem
        ? error
        : new Problem(500, 'internal', 'Internal error in the web server. Try again in a moment.');
    return Response.json(problemBody(problem), {
      status: problem.status,
      headers: { ...problem.headers, 'content-type': 'application/problem+json' },
    });
  }
}

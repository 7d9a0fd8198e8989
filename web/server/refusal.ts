// How the server itself refuses a request, before Next and the backend: in the same form as the backend's errors.
import type { ServerResponse } from 'node:http';
import { problemBody, type Problem } from '@todo/contracts/problem';
import { SECURITY_HEADERS } from '@todo/runtime/security-headers';

/** Answers with a problem, unless the client is gone. */
export function refuse(response: ServerResponse, problem: Problem): void {
  if (response.destroyed) return;
  const body = JSON.stringify(problemBody(problem));
  response.writeHead(problem.status, {
    ...SECURITY_HEADERS,
    ...problem.headers,
    'content-type': 'application/problem+json',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'private, no-store',
  });
  response.end(body);
}

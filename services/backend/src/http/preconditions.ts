// ETag and If-Match: the version of a task as HTTP says it (RFC 9110 13.1.1).
import { invalidInput } from '@todo/contracts/problem';
import type { Task } from '@todo/contracts/task';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** The version that a request's If-Match asks for; undefined without the header or with `*`. @throws Problem 400 */
export function ifVersion(request: FastifyRequest): number | undefined {
  const header = request.headers['if-match'];
  if (header === undefined || header.trim() === '*') return undefined;
  const version = /^\s*(?:W\/)?"(\d{1,9})"\s*$/.exec(header)?.[1];
  if (version === undefined)
    throw invalidInput([
      { field: 'header.if-match', message: 'expected the ETag of the task, such as "3"' },
    ]);
  return Number(version);
}

/** Sends a task with its ETag; 304 when the caller has this version. */
export function sendTask(request: FastifyRequest, reply: FastifyReply, task: Task): FastifyReply {
  const etag = `"${task.version}"`;
  reply.header('etag', etag);
  if (request.method === 'GET' && request.headers['if-none-match'] === etag)
    return reply.status(304).send();
  return reply.send(task);
}

/** The Idempotency-Key of a request, if any. @throws Problem 400 */
export function idempotencyKey(request: FastifyRequest): string | undefined {
  const header = request.headers['idempotency-key'];
  if (header === undefined) return undefined;
  if (typeof header !== 'string' || !/^[\x21-\x7e]{1,200}$/.test(header))
    throw invalidInput([
      { field: 'header.idempotency-key', message: 'expected 1 to 200 visible ASCII characters' },
    ]);
  return header;
}

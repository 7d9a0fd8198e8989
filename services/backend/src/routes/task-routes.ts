// REST for tasks: HTTP in, commands out. ETag is the version; If-Match makes a change conditional.
import { invalidInput } from '@todo/common/problem';
import type { Server } from '@todo/common/server';
import { task } from '@todo/common/task';
import type { Task } from '@todo/common/task';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { callerOf } from '../auth/authenticate.ts';
import type { Tasks, TaskContext } from '../tasks/commands.ts';
import { newTask, taskPatch, taskQuery } from '../tasks/input.ts';

const idParameter = z.object({ id: z.uuid('expected a UUID') });
const page = z.object({ items: z.array(task), nextCursor: z.string().nullable() });
/** Longest Idempotency-Key, characters. */
const MAX_KEY = 200;

/** The context of a person's request. */
export function contextOf(request: FastifyRequest): TaskContext {
  const { userId, zone, locale } = callerOf(request);
  return { userId, zone, locale, actor: { kind: 'user', id: userId } };
}

/** Registers the routes under the prefix of the caller. */
export function registerTaskRoutes(app: Server, tasks: Tasks): void {
  const tags = ['tasks'];
  app.post(
    '/tasks',
    { schema: { summary: 'Create a task', tags, body: newTask, response: { 201: task } } },
    async (request, reply) => {
      const created = await tasks.create(contextOf(request), request.body, idempotencyKey(request));
      return await withTag(reply, created)
        .status(201)
        .header('location', `/api/v1/tasks/${created.id}`)
        .send(created);
    },
  );
  app.get(
    '/tasks',
    { schema: { summary: 'List tasks', tags, querystring: taskQuery, response: { 200: page } } },
    async (request) => await tasks.list(contextOf(request), request.query),
  );
  app.get(
    '/tasks/:id',
    { schema: { summary: 'Read a task', tags, params: idParameter, response: { 200: task } } },
    async (request, reply) => {
      const found = await tasks.get(contextOf(request), request.params.id);
      return await withTag(reply, found).send(found);
    },
  );
  app.patch(
    '/tasks/:id',
    {
      schema: {
        summary: 'Change some fields of a task',
        tags,
        params: idParameter,
        body: taskPatch,
        response: { 200: task },
      },
    },
    async (request, reply) => {
      const changed = await tasks.update(
        contextOf(request),
        request.params.id,
        request.body,
        ifMatch(request),
      );
      return await withTag(reply, changed).send(changed);
    },
  );
  app.delete(
    '/tasks/:id',
    {
      schema: {
        summary: 'Delete a task; restore undoes it',
        tags,
        params: idParameter,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await tasks.remove(contextOf(request), request.params.id, ifMatch(request));
      return await reply.status(204).send(null);
    },
  );
  const steps = {
    complete: 'Complete a task; a repeating one gets its next occurrence',
    reopen: 'Reopen a completed task',
  } as const;
  for (const step of ['complete', 'reopen'] as const) {
    app.post(
      `/tasks/:id/${step}`,
      { schema: { summary: steps[step], tags, params: idParameter, response: { 200: task } } },
      async (request, reply) => {
        const changed = await tasks[step](contextOf(request), request.params.id, ifMatch(request));
        return await withTag(reply, changed).send(changed);
      },
    );
  }
  app.post(
    '/tasks/:id/restore',
    { schema: { summary: 'Undo a deletion', tags, params: idParameter, response: { 200: task } } },
    async (request, reply) => {
      const restored = await tasks.restore(contextOf(request), request.params.id);
      return await withTag(reply, restored).send(restored);
    },
  );
}

function withTag<R extends FastifyReply>(reply: R, { version }: Task): R {
  reply.header('etag', `"${version}"`);
  return reply;
}

/** The version of `If-Match: "3"`; `*` and a missing header match any. @throws Problem 400 */
function ifMatch(request: FastifyRequest): number | undefined {
  const header = request.headers['if-match'];
  if (header === undefined || header === '*') return undefined;
  const version = /^(?:W\/)?"(\d{1,9})"$/.exec(header)?.[1];
  if (version === undefined)
    throw invalidInput([
      { field: 'If-Match', message: 'expected an ETag of this task such as "3"' },
    ]);
  return Number(version);
}

function idempotencyKey(request: FastifyRequest): string | undefined {
  const header = request.headers['idempotency-key'];
  if (header === undefined) return undefined;
  if (typeof header !== 'string' || header === '' || header.length > MAX_KEY) {
    throw invalidInput([
      { field: 'Idempotency-Key', message: `expected 1 to ${MAX_KEY} characters` },
    ]);
  }
  return header;
}

// Tasks over HTTP.
import { storableText } from '@todo/contracts/task';
import type { Clock } from '@todo/runtime/clock';
import type { Server } from '@todo/runtime/server';
import { z } from 'zod';
import { callerOf, contextOf } from './authenticate.ts';
import {
  bulkCommand,
  newTask,
  skip,
  snooze,
  taskFilter,
  taskPatch,
  unskip,
} from '../tasks/input.ts';
import type { Lists } from '../lists/lists.ts';
import type { Tasks } from '../tasks/commands.ts';
import { readFilter } from '../filters/read-filter.ts';
import { idempotencyKey, ifVersion, sendTask } from './preconditions.ts';
import { pageAnswer, problems, reopenedAnswer, taskAnswer } from './task-wire.ts';

const subtaskCounts = z
  .record(z.uuid(), z.object({ done: z.int(), total: z.int() }))
  .describe('With include=subtasks: by the id of the task; without any it is left out');
const id = z.strictObject({ id: z.uuid('expected a UUID') });
const tags = ['tasks'];
const history = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: storableText(500).optional(),
});

/** Registers the routes below `/tasks`. */
export function registerTaskRoutes(
  app: Server,
  options: {
    tasks: Tasks;
    lists: Lists;
    clock: Clock;
    history: (
      userId: string,
      taskId: string | null,
      page: { limit: number; cursor?: string | undefined },
    ) => Promise<{ items: unknown[]; nextCursor: string | null }>;
  },
): void {
  const { tasks } = options;

  app.post(
    '/tasks',
    {
      config: { action: 'tasks.change' },
      schema: {
        tags,
        summary: 'Add a task; repeating the Idempotency-Key returns the same task',
        body: newTask,
        response: { 201: taskAnswer, ...problems },
      },
    },
    async (request, reply) => {
      const key = idempotencyKey(request);
      const task = await tasks.create(contextOf(request), request.body, key);
      return sendTask(
        request,
        reply.status(201).header('location', `/api/v1/tasks/${task.id}`),
        task,
      );
    },
  );
  app.get(
    '/tasks',
    {
      config: { action: 'tasks.read' },
      schema: {
        tags,
        summary: 'List and search tasks, a page at a time',
        querystring: taskFilter,
        response: {
          200: pageAnswer(taskAnswer).extend({ subtasks: subtaskCounts.optional() }),
          ...problems,
        },
      },
    },
    async (request) => {
      const { filter, include, ...query } = request.query;
      const caller = callerOf(request);
      const where = filter === undefined ? undefined : await readFilter(options, caller, filter);
      const page = await tasks.list(caller, { ...query, where });
      if (include === undefined) return page;
      const ids = page.items.map(({ id }) => id);
      return { ...page, subtasks: await tasks.subtasks(caller, ids) };
    },
  );
  app.post(
    '/tasks/bulk',
    {
      config: { action: 'tasks.change' },
      schema: {
        tags,
        summary: 'Complete, reopen, delete, restore or change several tasks at once',
        body: bulkCommand,
        response: {
          200: z.object({
            results: z.array(
              z.union([
                z.object({
                  id: z.uuid(),
                  ok: z.literal(true),
                  task: reopenedAnswer.nullable(),
                }),
                z.object({
                  id: z.uuid(),
                  ok: z.literal(false),
                  status: z.int(),
                  detail: z.string(),
                  errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
                }),
              ]),
            ),
          }),
          ...problems,
        },
      },
    },
    async (request) => ({ results: await tasks.bulk(contextOf(request), request.body) }),
  );
  app.get(
    '/tasks/:id',
    {
      config: { action: 'tasks.read' },
      schema: { tags, summary: 'One task', params: id, response: { 200: taskAnswer, ...problems } },
    },
    async (request, reply) =>
      sendTask(request, reply, await tasks.get(callerOf(request), request.params.id)),
  );
  app.patch(
    '/tasks/:id',
    {
      config: { action: 'tasks.change' },
      schema: {
        tags,
        summary: 'Change the given fields; with If-Match, only if the task still has this version',
        params: id,
        body: taskPatch,
        response: { 200: taskAnswer, ...problems },
      },
    },
    async (request, reply) =>
      sendTask(
        request,
        reply,
        await tasks.update(contextOf(request), request.params.id, request.body, ifVersion(request)),
      ),
  );
  app.delete(
    '/tasks/:id',
    {
      config: { action: 'tasks.change' },
      schema: {
        tags,
        summary: 'Delete a task and its subtasks; restore undoes it',
        params: id,
        response: { 204: z.undefined(), ...problems },
      },
    },
    async (request, reply) => {
      await tasks.remove(contextOf(request), request.params.id, ifVersion(request));
      return reply.status(204).send();
    },
  );
  for (const action of ['complete', 'reopen', 'restore'] as const) {
    app.post(
      `/tasks/:id/${action}`,
      {
        config: { action: 'tasks.change' },
        schema: {
          tags,
          summary: `${action[0]?.toUpperCase() ?? ''}${action.slice(1)} a task; repeating the call changes nothing`,
          params: id,
          response: { 200: reopenedAnswer, ...problems },
        },
      },
      async (request, reply) =>
        sendTask(
          request,
          reply,
          await tasks[action](contextOf(request), request.params.id, ifVersion(request)),
        ),
    );
  }
  app.post(
    '/tasks/:id/snooze',
    {
      config: { action: 'tasks.change' },
      schema: {
        tags,
        summary: 'Send another reminder of an open task, after some minutes or at an instant',
        params: id,
        body: snooze,
        response: { 200: taskAnswer, ...problems },
      },
    },
    async (request, reply) =>
      sendTask(
        request,
        reply,
        await tasks.snooze(contextOf(request), request.params.id, request.body, ifVersion(request)),
      ),
  );
  app.post(
    '/tasks/:id/skip',
    {
      config: { action: 'tasks.change' },
      schema: {
        tags,
        summary: 'Skip this occurrence of a repeating task: it moves to its next due date',
        description:
          'With due, only if that is the present due date: repeating the call changes nothing.',
        params: id,
        body: skip.nullish(),
        response: { 200: taskAnswer, ...problems },
      },
    },
    async (request, reply) => {
      const { params, body } = request;
      const version = ifVersion(request);
      const task = await tasks.skip(contextOf(request), params.id, body ?? {}, version);
      return sendTask(request, reply, task);
    },
  );
  app.post(
    '/tasks/:id/unskip',
    {
      config: { action: 'tasks.change' },
      schema: {
        tags,
        summary: 'Take a skip back: the occurrence of that due date is the present one again',
        params: id,
        body: unskip,
        response: { 200: taskAnswer, ...problems },
      },
    },
    async (request, reply) => {
      const { params, body } = request;
      const version = ifVersion(request);
      const task = await tasks.unskip(contextOf(request), params.id, body.due, version);
      return sendTask(request, reply, task);
    },
  );
  app.get(
    '/tasks/:id/history',
    {
      config: { action: 'history.read' },
      schema: {
        tags,
        summary: 'What happened to a task, oldest first',
        params: id,
        querystring: history,
        response: { 200: pageAnswer(z.unknown()), ...problems },
      },
    },
    (request) => options.history(callerOf(request).userId, request.params.id, request.query),
  );
  app.get(
    '/history',
    {
      config: { action: 'history.read' },
      schema: {
        tags,
        summary: 'What happened to all tasks of the caller, oldest first',
        querystring: history,
        response: { 200: pageAnswer(z.unknown()), ...problems },
      },
    },
    (request) => options.history(callerOf(request).userId, null, request.query),
  );
}

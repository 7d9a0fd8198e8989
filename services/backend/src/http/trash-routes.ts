// The trash over HTTP: what was deleted, for 30 days, and erasing it. Restoring is `POST /tasks/:id/restore`.
import type { Server } from '@todo/runtime/server';
import { z } from 'zod';
import type { Tasks } from '../tasks/commands.ts';
import { erasedAfter, trashFilter } from '../tasks/trash.ts';
import type { TrashedTask } from '../tasks/trash-rows.ts';
import { callerOf, contextOf } from './authenticate.ts';
import { pageAnswer, problems, taskAnswer } from './task-wire.ts';

const id = z.strictObject({ id: z.uuid('expected a UUID') });
const tags = ['tasks'];
const instant = z.iso.datetime();

/** A deleted task in an answer. */
const trashedAnswer = z
  .object({
    task: taskAnswer,
    deletedAt: instant,
    erasedAfter: instant.describe('It can be restored until then'),
    subtasks: z.int().describe('Deleted with it, and restored with it'),
  })
  .meta({ id: 'DeletedTask' });

/** Registers the routes below `/trash`. */
export function registerTrashRoutes(app: Server, { tasks }: { tasks: Tasks }): void {
  app.get(
    '/trash',
    {
      config: { action: 'tasks.read' },
      schema: {
        tags,
        summary: 'Deleted tasks that can be restored, newest deletion first, a page at a time',
        querystring: trashFilter,
        response: { 200: pageAnswer(trashedAnswer), ...problems },
      },
    },
    async (request) => {
      const { items, nextCursor } = await tasks.trash(callerOf(request), request.query);
      return { items: items.map(onWire), nextCursor };
    },
  );
  app.get(
    '/trash/:id',
    {
      config: { action: 'tasks.read' },
      schema: {
        tags,
        summary: 'One deleted task',
        params: id,
        response: { 200: trashedAnswer, ...problems },
      },
    },
    async (request) => onWire(await tasks.trashed(callerOf(request), request.params.id)),
  );
  app.delete(
    '/trash/:id',
    {
      config: { action: 'tasks.change' },
      schema: {
        tags,
        summary: 'Erase a deleted task and its subtasks for good',
        params: id,
        response: { 204: z.undefined(), ...problems },
      },
    },
    async (request, reply) => {
      await tasks.erase(contextOf(request), request.params.id);
      return reply.status(204).send();
    },
  );
  app.delete(
    '/trash',
    {
      config: { action: 'tasks.change' },
      schema: {
        tags,
        summary: 'Erase all deleted tasks for good; where the answer says more, call it again',
        response: { 200: z.object({ erased: z.int(), more: z.boolean() }), ...problems },
      },
    },
    (request) => tasks.emptyTrash(contextOf(request)),
  );
}

function onWire({ task, deletedAt, subtasks }: TrashedTask): z.output<typeof trashedAnswer> {
  return {
    task,
    deletedAt: deletedAt.toISOString(),
    erasedAfter: erasedAfter(deletedAt).toISOString(),
    subtasks,
  };
}

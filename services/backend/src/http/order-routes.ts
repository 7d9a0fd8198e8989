// A person's own order of tasks, and the tags they use.
import type { Pool } from '@todo/runtime/database';
import type { Server } from '@todo/runtime/server';
import { z } from 'zod';
import { callerOf, contextOf } from './authenticate.ts';
import { listTags } from '../tasks/tags.ts';
import type { MoveTask } from '../tasks/task-order.ts';
import { pageAnswer, problems } from './task-wire.ts';

/** Registers `/tasks/:id/move` and `/tags`. */
export function registerOrderRoutes(app: Server, options: { pool: Pool; move: MoveTask }): void {
  app.post(
    '/tasks/:id/move',
    {
      config: { action: 'tasks.order' },
      schema: {
        tags: ['tasks'],
        summary: 'Move a task within its list: after another task, or to the start (null)',
        description: 'Seen with sort=manual. The task keeps its version.',
        params: z.strictObject({ id: z.uuid('expected a UUID') }),
        body: z.strictObject({ after: z.uuid('expected a UUID').nullable() }),
        response: { 204: z.undefined(), ...problems },
      },
    },
    async (request, reply) => {
      await options.move(contextOf(request), request.params.id, request.body.after);
      return reply.status(204).send();
    },
  );
  app.get(
    '/tags',
    {
      config: { action: 'tags.read' },
      schema: {
        tags: ['tasks'],
        summary: 'The tags of open tasks, with the number of tasks for each',
        response: { 200: pageAnswer(z.object({ tag: z.string(), open: z.int() })), ...problems },
      },
    },
    async (request) => ({
      items: await listTags(options.pool, callerOf(request).userId),
      nextCursor: null,
    }),
  );
}

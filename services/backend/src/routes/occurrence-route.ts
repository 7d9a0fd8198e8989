// POST /internal/occurrences: the recurring service asks for the task that follows a completed one. By service invocation
// only: the sidecar's token, and that caller.
import { due } from '@todo/common/task';
import type { Server } from '@todo/common/server';
import { requireCaller, requireSidecar } from '@todo/common/sidecar-token';
import { z } from 'zod';
import type { Pool } from '@todo/common/database';
import type { Tasks } from '../tasks/commands.ts';

const body = z.strictObject({
  previousTaskId: z.uuid(),
  userId: z.string().min(1),
  seriesId: z.uuid(),
  occurrence: z.int().min(2),
  due,
});

/** Registers the route. */
export function registerOccurrenceRoute(
  app: Server,
  options: { pool: Pool; tasks: Tasks; appApiToken: string },
): void {
  app.addHook('onRequest', requireSidecar(options.appApiToken));
  app.addHook('onRequest', requireCaller('recurring-service'));
  app.post('/internal/occurrences', { schema: { body, hide: true } }, async (request, reply) => {
    const { userId, ...next } = request.body;
    const { rows } = await options.pool.query<{ zone: string; locale: string }>(
      'SELECT zone, locale FROM todo.people WHERE user_id = $1',
      [userId],
    );
    const { zone, locale } = rows[0] ?? { zone: 'UTC', locale: 'en' };
    const result = await options.tasks.createOccurrence(
      { userId, zone, locale, actor: { kind: 'service', id: 'recurring-service' } },
      next,
    );
    return await reply.status(result.created ? 201 : 200).send(result);
  });
}

// For the sidecar: other services' calls, and deliveries.
import type { Clock } from '@todo/runtime/clock';
import type { Pool } from '@todo/runtime/database';
import type { Server } from '@todo/runtime/server';
import { subscriber } from '@todo/messaging/subscriber';
import type { SubscriberOptions } from '@todo/messaging/subscriber';
import { due } from '@todo/contracts/task';
import { z } from 'zod';
import { consumerAction } from '../authorization/rules.ts';
import { declareActions } from './authenticate.ts';
import { appendChanges } from '../live/change-log.ts';
import { SCHEMA } from '../schema.ts';
import type { Tasks } from '../tasks/commands.ts';
import type { Committed } from '../tasks/committed.ts';

const occurrenceBody = z.object({
  previousTaskId: z.uuid(),
  userId: z.string().min(1),
  seriesId: z.uuid(),
  occurrence: z.int().min(2),
  due: due.nullable(),
  completion: z.object({ version: z.int().min(1), at: z.string().nullable() }).optional(),
});

/** What the backend subscribes to: notices of what other services did, for open pages. */
export function subscriptionOf(options: {
  pool: Pool;
  clock: Clock;
  appApiToken: string;
  onCommit: (committed: Committed) => void;
}): SubscriberOptions {
  const { pool, clock } = options;
  return {
    pool,
    schema: SCHEMA,
    appApiToken: options.appApiToken,
    handlers: {
      'task-updates': async (event, once) => {
        // An occurrence has told every page in its own commit (docs/decisions/0019-occurrences-announced-once.md).
        if (event.type !== 'todo.notification.created.v1') return;
        const { userId, ...data } = event.data;
        const news = [{ type: 'notification' as const, taskId: data.taskId, data }];
        const fresh = await once(async (client) => {
          await appendChanges(client, userId, news, clock());
        });
        if (fresh) options.onCommit({ userId, remindAt: null });
      },
    },
  };
}

/** Registers `POST /internal/occurrences` (recurring-service only), the deliveries of `task-updates` and the dead letters. */
export async function registerServiceRoutes(
  app: Server,
  options: { tasks: Tasks; subscription: SubscriberOptions },
): Promise<void> {
  await app.register(async (scope) => {
    (scope as unknown as Server).post(
      '/internal/occurrences',
      { config: { action: 'occurrences.create' }, schema: { hide: true, body: occurrenceBody } },
      async (request, reply) => {
        const { userId, ...next } = request.body;
        const made = await options.tasks.createOccurrence(
          { userId, actor: { kind: 'service', id: 'recurring-service' } },
          next,
        );
        return await reply.status(made.created ? 201 : 200).send(made);
      },
    );
    await Promise.resolve();
  });
  await app.register(async (scope) => {
    declareActions(scope, consumerAction);
    await scope.register(subscriber, options.subscription);
  });
}

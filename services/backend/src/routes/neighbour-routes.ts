// What people read through the backend but other services own: history (audit) and notifications. The backend checks that
// the task is the caller's, then asks by service invocation, always for the caller's own user id.
import { notFound, Problem } from '@todo/common/problem';
import type { Server } from '@todo/common/server';
import { SidecarError } from '@todo/common/sidecar';
import type { Sidecar } from '@todo/common/sidecar';
import { z } from 'zod';
import { callerOf } from '../auth/authenticate.ts';
import type { Tasks } from '../tasks/commands.ts';
import { contextOf } from './task-routes.ts';

const paging = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(500).optional(),
});
const idParameter = z.object({ id: z.uuid('expected a UUID') });
const neighbourPage = z.object({ items: z.array(z.unknown()), next: z.string().nullish() });

/** Registers the routes. @param options `audit`: false where the audit service is not installed */
export function registerNeighbourRoutes(
  app: Server,
  options: { sidecar: Sidecar; tasks: Tasks; audit: boolean },
): void {
  const { sidecar } = options;
  const history = async (
    query: Record<string, string>,
  ): Promise<{ items: unknown[]; nextCursor: string | null }> => {
    if (!options.audit)
      throw new Problem(
        404,
        'no-audit',
        'This system runs without the audit service: there is no history.',
      );
    return await page(sidecar, 'audit-service', '/internal/history', query);
  };
  app.get(
    '/tasks/:id/history',
    {
      schema: {
        summary: 'What happened to a task, oldest first',
        tags: ['history'],
        params: idParameter,
        querystring: paging,
      },
    },
    async (request) => {
      const context = contextOf(request);
      await options.tasks.get(context, request.params.id, { deleted: true });
      return await history({
        taskId: request.params.id,
        userId: context.userId,
        ...asked(request.query),
      });
    },
  );
  app.get(
    '/history',
    {
      schema: {
        summary: 'What happened to all of the caller’s tasks, oldest first',
        tags: ['history'],
        querystring: paging,
      },
    },
    async (request) => await history({ userId: callerOf(request).userId, ...asked(request.query) }),
  );
  app.get(
    '/notifications',
    {
      schema: {
        summary: 'The caller’s notifications, newest first',
        tags: ['notifications'],
        querystring: paging,
      },
    },
    async (request) =>
      await page(sidecar, 'notification-service', '/internal/notifications', {
        userId: callerOf(request).userId,
        ...asked(request.query),
      }),
  );
  app.post(
    '/notifications/:id/read',
    {
      schema: {
        summary: 'Mark a notification as read',
        tags: ['notifications'],
        params: idParameter,
      },
    },
    async (request) => {
      try {
        return await sidecar.invoke(
          'notification-service',
          'POST',
          `/internal/notifications/${request.params.id}/read`,
          {
            userId: callerOf(request).userId,
          },
        );
      } catch (error) {
        if (error instanceof SidecarError && error.status === 404) throw notFound('notification');
        throw error;
      }
    },
  );
}

function asked(query: z.output<typeof paging>): Record<string, string> {
  return {
    limit: String(query.limit),
    ...(query.cursor === undefined ? {} : { after: query.cursor }),
  };
}

async function page(
  sidecar: Sidecar,
  app: string,
  path: string,
  query: Record<string, string>,
): Promise<{ items: unknown[]; nextCursor: string | null }> {
  try {
    const answer = neighbourPage.parse(
      await sidecar.invoke(app, 'GET', `${path}?${new URLSearchParams(query).toString()}`),
    );
    return { items: answer.items, nextCursor: answer.next ?? null };
  } catch (error) {
    if (error instanceof SidecarError && error.status === 400) {
      throw new Problem(400, 'invalid-input', 'The cursor is not one of ours.', {
        fields: [{ field: 'cursor', message: 'expected the nextCursor of the page before' }],
      });
    }
    throw error;
  }
}

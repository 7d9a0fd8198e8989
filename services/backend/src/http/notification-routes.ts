// A person's notices, kept by notification-service.
import type { Server } from '@todo/runtime/server';
import type { Sidecar } from '@todo/runtime/sidecar';
import { storableText } from '@todo/contracts/task';
import { z } from 'zod';
import { callerOf } from './authenticate.ts';
import { call, page } from '../ops/other-services.ts';
import { pageAnswer, problems } from './task-wire.ts';

const SERVICE = 'notification-service';
const tags = ['notifications'];
const unread = z.object({ unread: z.int() });
const marked = z.object({ marked: z.int() });

/** Registers the routes below `/notifications`. */
export function registerNotificationRoutes(app: Server, options: { sidecar: Sidecar }): void {
  const { sidecar } = options;
  app.get(
    '/notifications',
    {
      config: { action: 'notifications.read' },
      schema: {
        tags,
        summary: 'List notifications, newest first',
        querystring: z.strictObject({
          limit: z.coerce.number().int().min(1).max(200).default(50),
          cursor: storableText(500).optional(),
        }),
        response: { 200: pageAnswer(z.unknown()), ...problems },
      },
    },
    (request) =>
      page(sidecar, SERVICE, '/internal/notifications', {
        userId: callerOf(request).userId,
        after: request.query.cursor,
        limit: request.query.limit,
      }),
  );
  app.get(
    '/notifications/unread',
    {
      config: { action: 'notifications.read' },
      schema: {
        tags,
        summary: 'The number of unread notifications',
        response: { 200: z.object({ unread: z.int() }), ...problems },
      },
    },
    async (request) => {
      const person = new URLSearchParams({ userId: callerOf(request).userId });
      const path = `/internal/notifications/unread?${person.toString()}`;
      return unread.parse(await call(sidecar, SERVICE, 'GET', path));
    },
  );
  app.post(
    '/notifications/read',
    {
      config: { action: 'notifications.change' },
      schema: {
        tags,
        summary: 'Mark all notifications as read, or those of one task',
        body: z
          .strictObject({ taskId: z.uuid('expected a UUID').nullable().default(null) })
          .nullish(),
        response: { 200: z.object({ marked: z.int() }), ...problems },
      },
    },
    async (request) =>
      marked.parse(
        await call(sidecar, SERVICE, 'POST', '/internal/notifications/read', {
          userId: callerOf(request).userId,
          taskId: request.body?.taskId ?? null,
        }),
      ),
  );
  app.post(
    '/notifications/:id/read',
    {
      config: { action: 'notifications.change' },
      schema: {
        tags,
        summary: 'Mark a notification as read',
        params: z.strictObject({ id: z.uuid('expected a UUID') }),
        response: { 200: z.unknown(), ...problems },
      },
    },
    (request) =>
      call(sidecar, SERVICE, 'POST', `/internal/notifications/${request.params.id}/read`, {
        userId: callerOf(request).userId,
      }),
  );
}

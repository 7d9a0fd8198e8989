// The notification service: a reminder that is due becomes a notification in the app, once, and the live views hear of it.
import type { Consumer, ConsumerParts } from '@todo/common/consumer-service';
import { TOPICS } from '@todo/common/events';
import { appendEvent } from '@todo/common/outbox';
import type { Server } from '@todo/common/server';
import { requireCaller, requireSidecar } from '@todo/common/sidecar-token';
import type { EventHandler } from '@todo/common/subscriber';
import { uuidv7 } from '@todo/common/uuid';
import { z } from 'zod';
import {
  insertNotification,
  LATE_AFTER_MS,
  listNotifications,
  markRead,
  reminderText,
} from './notifications.ts';

/** The service's Dapr app id and PostgreSQL schema. */
export const APP_ID = 'notification-service';
export const SCHEMA = 'notification';

const listQuery = z.object({
  userId: z.string().min(1),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  after: z.string().optional(),
});

/** Makes the service's part. */
export function notification(parts: ConsumerParts): Consumer {
  const onReminder: EventHandler = async (event, once) => {
    if (event.type !== 'todo.reminder.due.v1') return;
    const reminder = event.data;
    const now = new Date();
    const late = now.getTime() - Date.parse(reminder.remindAt) > LATE_AFTER_MS;
    const made = {
      id: uuidv7(now.getTime()),
      taskId: reminder.taskId,
      kind: 'reminder',
      text: reminderText(reminder),
      late,
      at: now.toISOString(),
    };
    const recorded = await once(async (client) => {
      const isNew = await insertNotification(client, {
        ...made,
        userId: reminder.userId,
        reminderId: reminder.reminderId,
      });
      if (!isNew) return;
      const { id: notificationId, taskId, kind, text, at } = made;
      await appendEvent(client, SCHEMA, {
        topic: TOPICS.taskUpdates,
        type: 'todo.notification.created.v1',
        key: reminder.taskId,
        time: now,
        data: { userId: reminder.userId, notificationId, taskId, kind, text, late, at },
      });
    });
    if (!recorded) return;
    parts.log.info(
      { taskId: reminder.taskId, eventId: event.id, notificationId: made.id, late },
      'reminder delivered in the app',
    );
    parts.wakeOutbox();
  };
  return {
    // Changes of tasks are received and recorded; channels that tell of them come with people's preferences.
    handlers: { [TOPICS.reminders]: onReminder, [TOPICS.taskEvents]: () => Promise.resolve() },
    routes: (app) => {
      registerRoutes(app, parts);
    },
  };
}

function registerRoutes(app: Server, { pool, appApiToken }: ConsumerParts): void {
  app.addHook('onRequest', requireSidecar(appApiToken));
  app.addHook('onRequest', requireCaller('todo-backend'));
  app.get(
    '/internal/notifications',
    { schema: { querystring: listQuery } },
    async ({ query }) => await listNotifications(pool, query),
  );
  app.post(
    '/internal/notifications/:id/read',
    {
      schema: { params: z.object({ id: z.uuid() }), body: z.object({ userId: z.string().min(1) }) },
    },
    async ({ params, body }) => await markRead(pool, body.userId, params.id),
  );
}

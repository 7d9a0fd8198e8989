// The notification service: a reminder that is due becomes a notification in the app, once, the live views hear of it, and it
// goes out on the channels its person chose.
import type { Clock } from '@todo/runtime/clock';
import type { Consumer, ConsumerParts } from '@todo/messaging/consumer-service';
import { databaseClock } from '@todo/runtime/database-clock';
import { ERASURE } from '@todo/messaging/erased-people';
import { TOPICS } from '@todo/contracts/events';
import type { EventData } from '@todo/contracts/events';
import type { EventHandler } from '@todo/messaging/subscriber';
import { mailServer } from './channels/email.ts';
import type { VapidIdentity } from './channels/push.ts';
import type { NotificationConfig } from './config.ts';
import { cancelDeliveries } from './deliveries.ts';
import { startDispatcher } from './dispatcher.ts';
import type { Dispatcher } from './dispatcher.ts';
import { LATE_AFTER_MS } from './notifications.ts';
import { erasePerson } from './erase-person.ts';
import { makeNotification } from './make-notification.ts';
import { dueText, reminderText, zoneOf } from './reminder-text.ts';
import { registerRoutes } from './routes.ts';
import { sendMessage } from './send-message.ts';
import type { ChannelSetup } from './send-message.ts';
import { vapidIdentity } from './vapid-keys.ts';

export { APP_ID, SCHEMA } from './schema.ts';

/** Makes the service's part. @param clock what tests move; the database's without it */
export function notification(
  parts: ConsumerParts,
  config: NotificationConfig,
  clock: Clock = databaseClock(parts.pool, parts).now,
): Consumer {
  const { pool, sidecar, log } = parts;
  const running: { dispatcher?: Dispatcher; vapid?: Promise<VapidIdentity> } = {};
  const setup: ChannelSetup = {
    mail:
      config.SMTP_URL === undefined
        ? undefined
        : mailServer(config.SMTP_URL, config.SMTP_FROM, config.SMTP_REQUIRE_TLS),
    mailsADay: config.MAIL_DAILY_LIMIT,
    allowPrivate: config.OUTBOUND_PRIVATE_ADDRESSES,
    publicUrl: config.PUBLIC_URL,
    vapid: async () => {
      running.vapid ??= vapidIdentity(pool, config);
      try {
        return await running.vapid;
      } catch (error) {
        delete running.vapid; // the database was away: asked again the next time
        throw error;
      }
    },
  };
  const shared = { parts, setup, clock, wake: () => running.dispatcher?.wake() };

  const onReminder: EventHandler = async (event, once) => {
    if (event.type !== 'todo.reminder.due.v1') return;
    const reminder = event.data;
    const late = clock().getTime() - Date.parse(reminder.remindAt) > LATE_AFTER_MS;
    const made = await makeNotification(shared, once, {
      userId: reminder.userId,
      taskId: reminder.taskId,
      occasion: occasionOf(reminder),
      kind: 'reminder',
      text: reminderText(reminder),
      late,
      details: {
        title: reminder.title,
        dueText: dueText(reminder),
        remindAt: instantOr(reminder.remindAt, clock()),
      },
      zone: zoneOf(reminder),
      quietHoursCount: true,
    });
    if (made === null) return;
    log.info(
      { taskId: reminder.taskId, eventId: event.id, notificationId: made, late },
      'reminder delivered in the app',
    );
  };
  const onTaskEvent: EventHandler = async (event, once) => {
    if (event.type === ERASURE) {
      await erasePerson(parts, event.data.userId, once);
      return;
    }
    if (event.type !== 'todo.task.completed.v1' && event.type !== 'todo.task.deleted.v1') return;
    const { userId, taskId, at } = event.data;
    await once((client) => cancelDeliveries(client, userId, taskId, at));
  };
  return {
    handlers: { [TOPICS.reminders]: onReminder, [TOPICS.taskEvents]: onTaskEvent },
    routes: (app) => {
      registerRoutes(app, shared);
    },
    start: async () => {
      await Promise.resolve();
      running.dispatcher = startDispatcher({
        pool,
        clock,
        log,
        send: (delivery, late) =>
          sendMessage({ pool, sidecar, setup }, delivery, { late, now: clock() }),
      });
    },
    stop: async () => {
      await running.dispatcher?.stop();
    },
  };
}

/** A reminder and the instant it is for: moved to another instant, it comes again. */
function occasionOf(reminder: EventData<'todo.reminder.due.v1'>): string {
  return `reminder:${reminder.taskId}:${reminder.reminderId}:${reminder.remindAt}`;
}

function instantOr(text: string, fallback: Date): string {
  const ms = Date.parse(text);
  return (Number.isNaN(ms) ? fallback : new Date(ms)).toISOString();
}

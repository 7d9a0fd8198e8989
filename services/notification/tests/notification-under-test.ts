// The service with a clock that tests move, and the few things that its tests say again and again.
import { readConfig } from '@todo/runtime/config';
import type { EventData } from '@todo/contracts/events';
import type { PreferencesAnswer, PreferencesInput } from '@todo/contracts/notification-preferences';
import { uuidv7 } from '@todo/runtime/uuid';
import { envelope, startConsumerUnderTest } from '@todo/testing/consumer-under-test';
import type { ConsumerUnderTest, Envelope } from '@todo/testing/consumer-under-test';
import { APP_ID, notification, SCHEMA } from '../src/app.ts';
import { notificationConfig } from '../src/config.ts';
import type { Notification } from '../src/notifications.ts';

/** Data of a reminder. */
export type Reminder = EventData<'todo.reminder.due.v1'>;

/** The service and how to ask it for a person. */
export interface NotificationUnderTest extends ConsumerUnderTest {
  /** Moves the clock; it stands until then. */
  at: (instant: string) => void;
  now: () => Date;
  stateIsAway: (away: boolean) => void;
  reminder: (fields?: Partial<Reminder>) => Envelope;
  list: (userId: string, query?: string) => Promise<{ items: Notification[]; next: string | null }>;
  ofTask: (userId: string, taskId: string) => Promise<Notification[]>;
  /** Sets what a person chose; all off where nothing is said. */
  prefer: (
    userId: string,
    input: Partial<PreferencesInput>,
    email?: string | null,
  ) => Promise<PreferencesAnswer>;
  /** Delivers a reminder and gives the notification it became. */
  remind: (fields: Partial<Reminder>) => Promise<Notification>;
}

/** Starts it. @param env its own configuration */
export async function startNotificationUnderTest(
  env: NodeJS.ProcessEnv = {},
): Promise<NotificationUnderTest> {
  const state = { now: new Date(), away: false };
  const config = readConfig(notificationConfig, env);
  const service = await startConsumerUnderTest({
    appId: APP_ID,
    schema: SCHEMA,
    migrations: new URL('../migrations/', import.meta.url),
    build: (parts) => notification(parts, config, () => state.now),
    stateIsAway: () => state.away,
  });
  const reminder: NotificationUnderTest['reminder'] = (fields = {}) =>
    envelope('reminders', 'todo.reminder.due.v1', {
      userId: 'anna',
      taskId: uuidv7(),
      reminderId: uuidv7(),
      title: 'Water the plants',
      dueAt: '2027-05-17T07:00:00.000Z',
      remindAt: state.now.toISOString(),
      zone: 'Europe/Berlin',
      locale: 'en-GB',
      ...fields,
    });
  const list: NotificationUnderTest['list'] = async (userId, query = '') =>
    (await service.ask('GET', `/internal/notifications?userId=${userId}${query}`)).body as Awaited<
      ReturnType<NotificationUnderTest['list']>
    >;
  const ofTask: NotificationUnderTest['ofTask'] = async (userId, taskId) =>
    (await list(userId, '&limit=200')).items.filter((item) => item.taskId === taskId);
  return {
    ...service,
    at: (instant) => {
      state.now = new Date(instant);
    },
    now: () => state.now,
    stateIsAway: (away) => {
      state.away = away;
    },
    reminder,
    list,
    ofTask,
    prefer: async (userId, input, email = `${userId}@example.com`) => {
      const answer = await service.ask('PUT', '/internal/preferences', {
        userId,
        email,
        preferences: {
          email: { enabled: false },
          push: { enabled: false },
          webhook: { enabled: false, url: null },
          quietHours: null,
          ...input,
        },
      });
      if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
      return answer.body as PreferencesAnswer;
    },
    remind: async (fields) => {
      const event = reminder(fields);
      const status = await service.deliver(event);
      if (status !== 'SUCCESS') throw new Error(status);
      const made = (await ofTask(fields.userId ?? 'anna', event.subject)).find(
        (item) => item.id !== '',
      );
      if (!made) throw new Error('no notification');
      return made;
    },
  };
}

// Makes one notification, whatever is its reason: the row, the event for the live views and the ways out of the app, in one
// transaction, and none of it twice.
import type { Clock } from '@todo/runtime/clock';
import type { ConsumerParts } from '@todo/messaging/consumer-service';
import type { PoolClient, Queryable } from '@todo/runtime/database';
import { TOPICS } from '@todo/contracts/events';
import { CHANNELS } from '@todo/contracts/notification-preferences';
import { appendEvent } from '@todo/messaging/outbox';
import { uuidv7 } from '@todo/runtime/uuid';
import { objectionTo } from './channels/guarded-request.ts';
import { insertDeliveries } from './deliveries.ts';
import type { NewDelivery } from './deliveries.ts';
import { insertNotification } from './notifications.ts';
import type { NewNotification } from './notifications.ts';
import { readPreferences } from './preferences.ts';
import type { Preferences } from './preferences.ts';
import { listSubscriptions } from './push-subscriptions.ts';
import { afterQuietHours } from './quiet-hours.ts';
import { NO_MAIL_SERVER } from './send-message.ts';
import type { ChannelSetup } from './send-message.ts';

/** What making notifications stands on. */
export interface Making {
  readonly parts: ConsumerParts;
  readonly setup: ChannelSetup;
  readonly clock: Clock;
  /** Wakes the dispatcher. */
  readonly wake: () => void;
}

/** What to tell; the id and the time are given here. */
export type Wanted = Omit<NewNotification, 'id' | 'at'> & {
  /** The person's zone, for quiet hours. */
  readonly zone: string;
  /** False: a person asked for it just now. */
  readonly quietHoursCount: boolean;
};

/**
 * Makes it.
 * @param once runs the effect in the transaction that records its reason; false: it was recorded before.
 * @returns the notification's id; null when it was made before.
 * @throws SidecarError when the preferences can't be read: try again.
 */
export async function makeNotification(
  making: Making,
  once: (effect: (client: PoolClient) => Promise<void>) => Promise<boolean>,
  wanted: Wanted,
): Promise<string | null> {
  const { parts } = making;
  const preferences = await readPreferences(parts.sidecar, wanted.userId);
  const now = making.clock();
  const id = uuidv7(now.getTime());
  const { zone, quietHoursCount, ...fields } = wanted;
  const from = quietHoursCount ? afterQuietHours(preferences.quietHours, zone, now) : now;
  const done = { made: false };
  await once(async (client) => {
    const at = now.toISOString();
    done.made = await insertNotification(client, { ...fields, id, at });
    if (!done.made) return;
    await insertDeliveries(
      client,
      id,
      await waysOut(client, making.setup, wanted, preferences, from),
    );
    const { userId, taskId, kind, text, late } = fields;
    await appendEvent(client, 'notification', {
      topic: TOPICS.taskUpdates,
      type: 'todo.notification.created.v1',
      key: taskId ?? id,
      time: now,
      data: { userId, notificationId: id, taskId, kind, text, late, at },
    });
  });
  if (!done.made) return null;
  parts.wakeOutbox();
  making.wake();
  return id;
}

async function waysOut(
  client: Queryable,
  setup: ChannelSetup,
  wanted: Wanted,
  preferences: Preferences,
  nextAt: Date,
): Promise<NewDelivery[]> {
  const ways: NewDelivery[] = [];
  for (const channel of CHANNELS) {
    if (!preferences[channel].enabled) continue;
    switch (channel) {
      case 'email':
        ways.push({
          channel,
          target: '',
          plan: setup.mail
            ? preferences.email.address === null
              ? { error: 'the account has no e-mail address' }
              : { nextAt }
            : { error: NO_MAIL_SERVER },
        });
        break;
      case 'webhook': {
        const objection = objectionTo(new URL(preferences.webhook.url ?? 'https://invalid'), setup);
        ways.push({ channel, target: '', plan: objection ? { error: objection } : { nextAt } });
        break;
      }
      case 'push':
        for (const { id } of await listSubscriptions(client, wanted.userId))
          ways.push({ channel, target: id, plan: { nextAt } });
        break;
    }
  }
  return ways;
}

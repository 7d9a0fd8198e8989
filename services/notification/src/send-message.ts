// From a claimed delivery to the channel that sends it, with the person's preferences as they are now: what was switched off
// meanwhile is not sent, and an address that was changed is the new one.
import type { Queryable } from '@todo/runtime/database';
import type { Sidecar } from '@todo/runtime/sidecar';
import { sendMail } from './channels/email.ts';
import type { MailServer } from './channels/email.ts';
import type { Guard } from './channels/guarded-request.ts';
import type { Message } from './channels/outcome.ts';
import { sendPush } from './channels/push.ts';
import type { VapidIdentity } from './channels/push.ts';
import { sendWebhook } from './channels/webhook.ts';
import { countMailsSince } from './deliveries.ts';
import type { ClaimedDelivery } from './deliveries.ts';
import type { SendResult } from './dispatcher.ts';
import { readPreferences } from './preferences.ts';
import type { Preferences } from './preferences.ts';
import { findTarget, removeSubscription } from './push-subscriptions.ts';

/** Said of e-mail where none is set up. */
export const NO_MAIL_SERVER = 'no mail server is configured';
const DAY_MS = 86_400_000;
const OFF: SendResult = { kind: 'cancelled', reason: 'switched off' };

/** What the channels stand on. */
export interface ChannelSetup extends Guard {
  /** Undefined: e-mail is not available. */
  readonly mail: MailServer | undefined;
  /** Mails that one person gets in 24 hours; 0: no limit. */
  readonly mailsADay: number;
  readonly vapid: () => Promise<VapidIdentity>;
  readonly publicUrl: string | undefined;
}

/** Sends one claimed delivery. */
export async function sendMessage(
  parts: { pool: Queryable; sidecar: Pick<Sidecar, 'getState'>; setup: ChannelSetup },
  delivery: ClaimedDelivery,
  options: { late: boolean; now: Date },
): Promise<SendResult> {
  const { setup } = parts;
  let preferences: Preferences;
  try {
    preferences = await readPreferences(parts.sidecar, delivery.userId);
  } catch {
    return { kind: 'retry', reason: 'could not read the preferences' };
  }
  const message: Message = {
    notificationId: delivery.notificationId,
    taskId: delivery.taskId,
    kind: delivery.kind,
    title: delivery.title,
    dueText: delivery.dueText,
    remindAt: delivery.remindAt.toISOString(),
    late: options.late,
    url: taskUrl(setup.publicUrl, delivery.taskId),
  };
  switch (delivery.channel) {
    case 'email': {
      const { enabled, address } = preferences.email;
      if (!enabled || address === null) return OFF;
      if (!setup.mail) return { kind: 'refused', reason: NO_MAIL_SERVER };
      const since = new Date(options.now.getTime() - DAY_MS);
      if (
        setup.mailsADay > 0 &&
        (await countMailsSince(parts.pool, delivery.userId, since)) >= setup.mailsADay
      )
        return {
          kind: 'refused',
          reason: `the limit of ${setup.mailsADay} mails a day is reached`,
        };
      return await sendMail(setup.mail, address, message);
    }
    case 'webhook': {
      const { enabled, url, secret } = preferences.webhook;
      if (!enabled || url === null || secret === null) return OFF;
      return await sendWebhook({ url, secret }, message, { ...setup, now: options.now });
    }
    case 'push': {
      const target = preferences.push.enabled
        ? await findTarget(parts.pool, delivery.userId, delivery.target)
        : undefined;
      if (!target) return OFF;
      const vapid = await setup.vapid();
      const outcome = await sendPush(target, message, { ...setup, vapid });
      // The push service says the browser is gone: it is asked no more.
      if (outcome.kind === 'refused' && outcome.gone === true)
        await removeSubscription(parts.pool, delivery.userId, delivery.target).catch(
          () => undefined,
        );
      return outcome;
    }
  }
}

function taskUrl(publicUrl: string | undefined, taskId: string | null): string | null {
  if (publicUrl === undefined) return null;
  return new URL(taskId === null ? '/' : `/tasks/${taskId}`, publicUrl).href;
}

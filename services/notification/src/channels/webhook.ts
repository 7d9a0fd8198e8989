// A POST to an address of the person's own, signed so that the receiver knows who sent it, in the form of
// https://www.standardwebhooks.com (libraries for it exist in most languages).
import { createHmac, randomBytes } from 'node:crypto';
import { guardedPost } from './guarded-request.ts';
import type { Guard } from './guarded-request.ts';
import { outcomeOf } from './http-outcome.ts';
import type { Message, Outcome } from './outcome.ts';

/** Length of a secret, bytes; the standard asks for 24 to 64. */
const SECRET_BYTES = 32;

/** Makes a signing secret. */
export function newWebhookSecret(): string {
  return `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;
}

/**
 * The headers that sign a body.
 * @param secret `whsec_` and base64.
 * @param at when it is sent; a receiver refuses what is minutes old.
 */
export function webhookHeaders(
  secret: string,
  id: string,
  at: Date,
  body: string,
): Record<string, string> {
  const timestamp = String(Math.floor(at.getTime() / 1_000));
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${signature}`,
  };
}

/** Sends one notification. Never rejects for what the other side does. */
export async function sendWebhook(
  target: { url: string; secret: string },
  message: Message,
  options: Guard & { now: Date },
): Promise<Outcome> {
  const { notificationId, taskId, title, dueText, remindAt, late, url } = message;
  const body = JSON.stringify({
    type: `todo.${message.kind}`,
    timestamp: options.now.toISOString(),
    data: { notificationId, taskId, title, due: dueText, remindAt, late, url },
  });
  return await outcomeOf(() =>
    guardedPost(
      new URL(target.url),
      {
        headers: {
          'content-type': 'application/json',
          'user-agent': 'todo-webhooks',
          ...webhookHeaders(target.secret, notificationId, options.now, body),
        },
        body: Buffer.from(body),
      },
      options,
    ),
  );
}

// Web push: the message encrypted for one browser (RFC 8291), handed to its vendor's push service with this installation's
// VAPID signature (RFC 8292).
import webPush from 'web-push';
import { guardedPost } from './guarded-request.ts';
import type { Guard } from './guarded-request.ts';
import { outcomeOf } from './http-outcome.ts';
import { headline } from './outcome.ts';
import type { Message, Outcome } from './outcome.ts';

/** How long a push service keeps a message for a browser that is off, s: a day. */
const TTL_S = 86_400;
/** Longest title in a message, code points: a push message has room for 4,096 bytes in all. */
const MAX_TITLE = 500;

/** Whose messages these are: the key pair, and an address where the push service finds its operator. */
export interface VapidIdentity {
  readonly publicKey: string;
  readonly privateKey: string;
  /** `mailto:` or `https:`. */
  readonly subject: string;
}

/** A browser's address and keys, base64url. */
export interface PushTarget {
  readonly endpoint: string;
  readonly p256dh: string;
  readonly auth: string;
}

/** Makes a VAPID key pair, base64url. */
export function newVapidKeys(): { publicKey: string; privateKey: string } {
  return webPush.generateVAPIDKeys();
}

/** Sends one notification to one browser. Never rejects for what the other side does. */
export async function sendPush(
  target: PushTarget,
  message: Message,
  options: Guard & { vapid: VapidIdentity },
): Promise<Outcome> {
  const { notificationId, taskId, dueText, late, url } = message;
  const payload = JSON.stringify({
    title: headline(message, MAX_TITLE),
    body: dueText ?? '',
    notificationId,
    taskId,
    late,
    url,
  });
  let details: ReturnType<typeof webPush.generateRequestDetails>;
  try {
    details = webPush.generateRequestDetails(
      { endpoint: target.endpoint, keys: { p256dh: target.p256dh, auth: target.auth } },
      payload,
      {
        vapidDetails: options.vapid,
        TTL: TTL_S,
        urgency: 'high',
        topic: notificationId.replaceAll('-', ''), // 32 characters: a push service keeps one message a topic
        contentEncoding: 'aes128gcm',
      },
    );
  } catch (error) {
    // a key that is not on the curve: this browser can't be encrypted for
    return { kind: 'refused', reason: (error as Error).message, gone: true };
  }
  return await outcomeOf(() =>
    guardedPost(
      new URL(details.endpoint),
      { headers: details.headers, body: details.body ?? Buffer.alloc(0) },
      options,
    ),
  );
}

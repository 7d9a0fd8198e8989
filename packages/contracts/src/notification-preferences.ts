// Where a person wants to hear of reminders, and when not: the contract between the web app, the backend and
// notification-service. The backend checks bodies with these schemas, so that errors name the field.
import { z } from 'zod';
import { storableText } from './task.ts';
import { showsSomething, UNSEEN } from './text.ts';

/** Ways out of the app. The list in the app itself is always there and can't be switched off. */
export const CHANNELS = ['email', 'push', 'webhook'] as const;
/** See {@link CHANNELS}. */
export type Channel = (typeof CHANNELS)[number];

/** Longest URL of a webhook or a push service, in characters. */
const MAX_URL = 2_000;

const timeOfDay = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected a time of day such as 22:00');

/** From (inclusive) to (exclusive), on the clock of the person's zone; it may go over midnight. */
export const quietHours = z
  .strictObject({ from: timeOfDay, to: timeOfDay })
  .refine(({ from, to }) => from !== to, {
    path: ['to'],
    message: 'expected a time different from "from"',
  });
/** See {@link quietHours}. */
export type QuietHours = z.output<typeof quietHours>;

/** An address as a URL's parser writes it, so that every character of it can be stored. */
function address(message: string) {
  return z
    .url({ protocol: /^https?$/, error: message })
    .max(MAX_URL, `at most ${MAX_URL} characters`)
    .refine((text) => !hasCredentials(text), 'expected an address without user name and password')
    .transform((text) => new URL(text).href);
}

const webhookUrl = address('expected an https: address');

/** What `PUT /api/v1/notifications/preferences` takes: all of it, each time. */
export const preferencesInput = z.strictObject({
  email: z.strictObject({ enabled: z.boolean() }),
  push: z.strictObject({ enabled: z.boolean() }),
  webhook: z
    .strictObject({
      enabled: z.boolean(),
      url: webhookUrl.nullable(),
      /** Makes a new signing secret; the old one ends at once. */
      newSecret: z.boolean().default(false),
    })
    .refine(({ enabled, url }) => !enabled || url !== null, {
      path: ['url'],
      message: 'required while the webhook is enabled',
    }),
  quietHours: quietHours.nullable(),
});
/** See {@link preferencesInput}. */
export type PreferencesInput = z.output<typeof preferencesInput>;

/** What a browser's `PushSubscription.toJSON()` gives, with a label for the list of devices. */
export const pushSubscriptionInput = z.strictObject({
  endpoint: address('expected the https: address of a push service'),
  expirationTime: z.number().nullish(),
  keys: z.strictObject({
    /** An uncompressed P-256 point: 65 bytes. */
    p256dh: z
      .string()
      .regex(/^[A-Za-z0-9_-]{87}=?$/, 'expected 65 bytes as base64url')
      .transform(withoutPadding),
    /** 16 bytes. */
    auth: z
      .string()
      .regex(/^[A-Za-z0-9_-]{22}(==)?$/, 'expected 16 bytes as base64url')
      .transform(withoutPadding),
  }),
  /** Empty: the list shows the push service alone. */
  label: storableText(100)
    .refine((text) => text === '' || showsSomething(text), UNSEEN)
    .default(''),
});
/** See {@link pushSubscriptionInput}. */
export type PushSubscriptionInput = z.output<typeof pushSubscriptionInput>;

/** A device that gets push messages, as its owner sees it. */
export const pushSubscriptionAnswer = z.object({
  id: z.uuid(),
  label: z.string(),
  /** Host of the push service: says which browser it is. */
  service: z.string(),
  createdAt: z.iso.datetime(),
});
/** See {@link pushSubscriptionAnswer}. */
export type PushSubscriptionAnswer = z.output<typeof pushSubscriptionAnswer>;

const availability = { available: z.boolean(), reason: z.string().nullable() };

/** What `GET` and `PUT /api/v1/notifications/preferences` answer. */
export const preferencesAnswer = z.object({
  email: z.object({
    enabled: z.boolean(),
    /** From the person's account; changed there. */
    address: z.string().nullable(),
  }),
  push: z.object({ enabled: z.boolean() }),
  webhook: z.object({
    enabled: z.boolean(),
    url: z.string().nullable(),
    /** `whsec_…`: signs what is sent, see docs/reference/notifications.md; null before there is a webhook. */
    secret: z.string().nullable(),
  }),
  quietHours: z.object({ from: z.string(), to: z.string() }).nullable(),
  pushSubscriptions: z.array(pushSubscriptionAnswer),
  /** What this installation can do; a channel that is not available says why. */
  channels: z.object({
    email: z.object(availability),
    push: z.object({
      ...availability,
      /** VAPID public key for `pushManager.subscribe`, base64url. */
      publicKey: z.string().nullable(),
    }),
    webhook: z.object(availability),
  }),
});
/** See {@link preferencesAnswer}. */
export type PreferencesAnswer = z.output<typeof preferencesAnswer>;

/** How one channel's delivery of one notification stands. */
export const deliveryAnswer = z.object({
  channel: z.enum(CHANNELS),
  /**
   * `waiting`: to be sent, or sent again, at `nextAt`; `sending`: now; `delivered`: the channel took it; `failed`: it never will be;
   * `uncertain`: the answer was lost, so it is not sent again; `cancelled`: the task was done or deleted before.
   */
  status: z.enum(['waiting', 'sending', 'delivered', 'failed', 'uncertain', 'cancelled']),
  attempts: z.int().min(0),
  /** It went out more than a minute after its time. */
  late: z.boolean(),
  /** Why the last try failed. */
  error: z.string().nullable(),
  nextAt: z.iso.datetime().nullable(),
  doneAt: z.iso.datetime().nullable(),
});
/** See {@link deliveryAnswer}. */
export type DeliveryAnswer = z.output<typeof deliveryAnswer>;

function hasCredentials(text: string): boolean {
  if (!URL.canParse(text)) return false; // told as a wrong address
  const { username, password } = new URL(text);
  return username !== '' || password !== '';
}

function withoutPadding(text: string): string {
  return text.replace(/=+$/, '');
}

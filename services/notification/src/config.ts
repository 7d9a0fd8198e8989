// What notification-service is told by its environment beside the common names; docs/reference/system.md lists them.
import { flag, mailUrl, wholeNumber } from '@todo/runtime/config';
import { z } from 'zod';

/** See docs/reference/system.md, "Configuration". */
export const notificationConfig = {
  /** The mail server; without it the channel e-mail is not available. */
  SMTP_URL: mailUrl.optional(),
  SMTP_FROM: z.string().default('Todo <todo@localhost>'),
  /** Sends no mail to a server that offers no encryption. */
  SMTP_REQUIRE_TLS: flag.default(false),
  /** Mails that one person gets in 24 hours; 0: no limit. */
  MAIL_DAILY_LIMIT: wholeNumber.default(100),
  /** Without the pair, one is made and kept in the database. */
  VAPID_PUBLIC_KEY: z.string().optional(),
  VAPID_PRIVATE_KEY: z.string().optional(),
  VAPID_SUBJECT: z
    .url({ protocol: /^(mailto|https)$/, error: 'expected mailto: or https:' })
    .default('mailto:todo@example.com'),
  /** Lets webhooks and push endpoints be http and inside private networks. */
  OUTBOUND_PRIVATE_ADDRESSES: flag.default(false),
  /** The web app, for links to tasks; none without it. */
  PUBLIC_URL: z
    .url({ protocol: /^https?$/, error: 'expected the public address of the app' })
    .optional(),
};
/** The values. */
export type NotificationConfig = z.output<z.ZodObject<typeof notificationConfig>>;

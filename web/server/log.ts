// The web app's log: one line of JSON each, in the shape of every other part.
import { createLogger } from '@todo/runtime/log';

/** Level by LOG_LEVEL; never gets a token, cookie or password. */
export const log = createLogger({
  service: 'web',
  ...(process.env['LOG_LEVEL'] ? { level: process.env['LOG_LEVEL'] } : {}),
});

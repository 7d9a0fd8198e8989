// What the backend reads from its environment, beyond what every service does.
import { commaList, flag, serviceConfig } from '@todo/common/config';
import { z } from 'zod';

/** The backend's configuration; docs/architecture.md explains each name. */
export const backendConfig = {
  ...serviceConfig,
  AUTH_ISSUER: z.url('expected the web app’s public URL'),
  AUTH_AUDIENCE: z.string().default('todo'),
  AUTH_JWKS_URLS: commaList.pipe(
    z
      .array(z.url({ protocol: /^(https?|file)$/, error: 'expected http(s): or file: URLs' }))
      .min(1),
  ),
  AUDIT_ENABLED: flag.default(true),
};

/** The PostgreSQL schema that the backend owns. */
export const SCHEMA = 'todo';
/** The backend's Dapr app id. */
export const APP_ID = 'todo-backend';

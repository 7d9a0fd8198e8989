// The services: one process each, run from source.
import { join } from 'node:path';
import { ROOT } from '../data-folder.ts';
import { answersOk } from '../probes.ts';
import type { Replica } from '../replicas.ts';
import type { Secrets } from '../secrets.ts';
import type { PartSpec } from '../supervisor.ts';

export function servicePart(
  { service, name, ports }: Replica,
  secrets: Secrets,
  env: Record<string, string>,
): PartSpec {
  const { app, daprHttp } = ports;
  const url = `http://127.0.0.1:${app}`;
  return {
    name,
    command: process.execPath,
    args: [join(ROOT, 'services', service, 'src', 'main.ts')],
    env: {
      HOST: '127.0.0.1',
      PORT: String(app),
      DAPR_HTTP_PORT: String(daprHttp),
      DAPR_API_TOKEN: secrets.daprApiToken,
      APP_API_TOKEN: secrets.appApiToken,
      ...env,
    },
    url,
    health: () => answersOk(`${url}/readyz`),
  };
}

/** The channels' settings, passed on from the environment as they are: docs/reference/notifications.md. */
const CHANNEL_SETTINGS = [
  'SMTP_URL',
  'SMTP_FROM',
  'SMTP_REQUIRE_TLS',
  'MAIL_DAILY_LIMIT',
  'VAPID_PUBLIC_KEY',
  'VAPID_PRIVATE_KEY',
  'VAPID_SUBJECT',
  'OUTBOUND_PRIVATE_ADDRESSES',
];

/** The settings of accounts, their mail and their providers, passed on to the web app in the same way. */
const ACCOUNT_SETTINGS = [
  'SMTP_URL',
  'SMTP_FROM',
  'EMAIL_VERIFICATION_REQUIRED',
  'OIDC_PROVIDERS',
  'SECOND_FACTOR_REQUIRED_OF',
];

/** Those of the channels' settings that are set. */
export function channelSettings(): Record<string, string> {
  return settingsOf(CHANNEL_SETTINGS);
}

/** Those of the accounts' settings that are set. */
export function accountSettings(): Record<string, string> {
  return settingsOf(ACCOUNT_SETTINGS);
}

function settingsOf(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

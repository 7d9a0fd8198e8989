// A person's preferences, one value of Dapr's state store each. Whoever never chose gets notifications in the app and on the
// devices that they signed up.
import { quietHours } from '@todo/contracts/notification-preferences';
import type { PreferencesInput } from '@todo/contracts/notification-preferences';
import { forgetSupersededState } from '@todo/runtime/dapr-state';
import type { Pool } from '@todo/runtime/database';
import type { Sidecar } from '@todo/runtime/sidecar';
import { z } from 'zod';
import { newWebhookSecret } from './channels/webhook.ts';
import { APP_ID } from './schema.ts';

const stored = z.object({
  email: z.object({ enabled: z.boolean(), address: z.string().nullable() }),
  push: z.object({ enabled: z.boolean() }),
  webhook: z.object({
    enabled: z.boolean(),
    url: z.string().nullable(),
    secret: z.string().nullable(),
  }),
  quietHours: quietHours.nullable(),
});
/** What is kept of a person. */
export type Preferences = z.output<typeof stored>;

/** Of a person who never chose. */
const DEFAULTS: Preferences = {
  email: { enabled: false, address: null },
  push: { enabled: true },
  webhook: { enabled: false, url: null, secret: null },
  quietHours: null,
};

/** Reads a person's preferences. @throws SidecarError when the state store can't be asked */
export async function readPreferences(
  sidecar: Pick<Sidecar, 'getState'>,
  userId: string,
): Promise<Preferences> {
  const found = stored.safeParse(await sidecar.getState(keyOf(userId)));
  return found.success ? found.data : DEFAULTS;
}

/**
 * Replaces a person's preferences. The webhook's secret is made with the first address, and anew when asked for.
 * @param email the address of the person's account; null if it has none.
 * @throws SidecarError when the state store can't be asked
 */
export async function writePreferences(
  sidecar: Pick<Sidecar, 'getState' | 'saveState'>,
  userId: string,
  input: PreferencesInput,
  email: string | null,
): Promise<Preferences> {
  const { url, enabled, newSecret } = input.webhook;
  const kept = (await readPreferences(sidecar, userId)).webhook.secret;
  const secret = newSecret || kept === null ? newWebhookSecret() : kept;
  const preferences: Preferences = {
    email: { enabled: input.email.enabled, address: email },
    push: input.push,
    webhook: { enabled, url, secret: url === null ? kept : secret },
    quietHours: input.quietHours,
  };
  await sidecar.saveState(keyOf(userId), preferences);
  return preferences;
}

/** Forgets what a person chose. @throws SidecarError when the state store can't be asked */
export async function forgetPreferences(
  parts: { readonly pool: Pool; readonly sidecar: Pick<Sidecar, 'deleteState'> },
  userId: string,
): Promise<void> {
  await parts.sidecar.deleteState(keyOf(userId));
  await forgetSupersededState(parts.pool, APP_ID, keyOf(userId));
}

// Dapr puts the app's id and || before a key and refuses || inside of it.
function keyOf(userId: string): string {
  return `notification-preferences:${encodeURIComponent(userId)}`;
}

// Where the person hears of reminders: read and changed through the backend, devices added and taken away.
import { queryOptions } from '@tanstack/react-query';
import type { PreferencesAnswer, PreferencesInput } from '@todo/contracts/notification-preferences';
import { call } from './api';

/** What is set, and what this installation can do. */
export const preferencesOptions = queryOptions({
  queryKey: ['notification-preferences'],
  queryFn: ({ signal }) => call<PreferencesAnswer>('/notifications/preferences', { signal }),
});

/** Saves all of it. */
export function savePreferences(
  input: Omit<PreferencesInput, 'webhook'> & {
    webhook: { enabled: boolean; url: string | null; newSecret: boolean };
  },
): Promise<PreferencesAnswer> {
  return call<PreferencesAnswer>('/notifications/preferences', { method: 'PUT', body: input });
}

/** What an answer looks like as the input that changes nothing. */
export function unchanged(answer: PreferencesAnswer): Parameters<typeof savePreferences>[0] {
  return {
    email: { enabled: answer.email.enabled },
    push: { enabled: answer.push.enabled },
    webhook: { enabled: answer.webhook.enabled, url: answer.webhook.url, newSecret: false },
    quietHours: answer.quietHours,
  };
}

/** Sends a notice to every channel that is on. */
export function sendTest(): Promise<unknown> {
  return call('/notifications/test', { method: 'POST', body: {} });
}

/** True where this browser can receive push messages. */
export function canReceivePush(): boolean {
  return 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window;
}

/**
 * Asks for permission and registers this browser.
 * @param publicKey the installation's VAPID key, base64url
 * @throws Error when the person or the browser refuses
 */
export async function registerDevice(publicKey: string, label: string): Promise<void> {
  if ((await Notification.requestPermission()) !== 'granted') throw new PushRefusedError();
  const worker = await navigator.serviceWorker.register('/sw.js');
  await navigator.serviceWorker.ready;
  const subscription = await worker.pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: publicKey,
  });
  await call('/notifications/push-subscriptions', {
    method: 'POST',
    body: { ...subscription.toJSON(), label },
  });
}

/** Takes a device out of the list. */
export function removeDevice(id: string): Promise<undefined> {
  return call<undefined>(`/notifications/push-subscriptions/${id}`, { method: 'DELETE' });
}

/** The person or the browser did not allow notifications. */
export class PushRefusedError extends Error {
  override readonly name = 'PushRefusedError';
}

// Where a person wants to hear of reminders, kept by notification-service. Not with an access token: it could send every
// reminder of its owner somewhere else.
import {
  deliveryAnswer,
  preferencesAnswer,
  preferencesInput,
  pushSubscriptionAnswer,
  pushSubscriptionInput,
} from '@todo/contracts/notification-preferences';
import type {
  PreferencesAnswer,
  PushSubscriptionAnswer,
} from '@todo/contracts/notification-preferences';
import type { Server } from '@todo/runtime/server';
import type { Sidecar } from '@todo/runtime/sidecar';
import { z } from 'zod';
import { callerOf } from './authenticate.ts';
import { call } from '../ops/other-services.ts';
import { problems } from './task-wire.ts';

const SERVICE = 'notification-service';
const tags = ['notifications'];
const testAnswer = z.object({
  id: z.uuid(),
  taskId: z.uuid().nullable(),
  kind: z.string(),
  text: z.string(),
  late: z.boolean(),
  at: z.iso.datetime(),
  readAt: z.iso.datetime().nullable(),
  deliveries: z.array(deliveryAnswer),
});

/** Registers `/notifications/preferences`, `/notifications/push-subscriptions` and `/notifications/test`. */
export function registerNotificationPreferences(app: Server, options: { sidecar: Sidecar }): void {
  const { sidecar } = options;
  const query = (userId: string): string => new URLSearchParams({ userId }).toString();

  app.get(
    '/notifications/preferences',
    {
      config: { action: 'notifications.configure' },
      schema: {
        tags,
        summary: 'Channels, quiet hours, devices, and the channels available in this system',
        response: { 200: preferencesAnswer, ...problems },
      },
    },
    async (request) =>
      (await call(
        sidecar,
        SERVICE,
        'GET',
        `/internal/preferences?${query(callerOf(request).userId)}`,
      )) as PreferencesAnswer,
  );
  app.put(
    '/notifications/preferences',
    {
      config: { action: 'notifications.configure' },
      schema: {
        tags,
        summary: 'Replace channels and quiet hours',
        body: preferencesInput,
        response: { 200: preferencesAnswer, ...problems },
      },
    },
    async (request) => {
      const { userId, email } = callerOf(request);
      const body = { userId, email, preferences: request.body };
      return (await call(
        sidecar,
        SERVICE,
        'PUT',
        '/internal/preferences',
        body,
      )) as PreferencesAnswer;
    },
  );
  app.post(
    '/notifications/push-subscriptions',
    {
      config: { action: 'notifications.configure' },
      schema: {
        tags,
        summary: 'Register this browser for push messages; repeating the call updates it',
        body: pushSubscriptionInput,
        response: { 201: pushSubscriptionAnswer, ...problems },
      },
    },
    async (request, reply) => {
      const body = { userId: callerOf(request).userId, subscription: request.body };
      const made = await call(sidecar, SERVICE, 'POST', '/internal/push-subscriptions', body);
      return await reply.status(201).send(made as PushSubscriptionAnswer);
    },
  );
  app.delete(
    '/notifications/push-subscriptions/:id',
    {
      config: { action: 'notifications.configure' },
      schema: {
        tags,
        summary: 'Remove a browser',
        params: z.strictObject({ id: z.uuid('expected a UUID') }),
        response: { 204: z.null(), ...problems },
      },
    },
    async (request, reply) => {
      const path = `/internal/push-subscriptions/${request.params.id}?${query(callerOf(request).userId)}`;
      await call(sidecar, SERVICE, 'DELETE', path);
      return await reply.status(204).send(null);
    },
  );
  app.post(
    '/notifications/test',
    {
      config: { action: 'notifications.configure' },
      schema: {
        tags,
        summary: 'Send a test notification to every enabled channel',
        response: { 202: testAnswer, ...problems },
      },
    },
    async (request, reply) => {
      const { userId, zone } = callerOf(request);
      const made = await call(sidecar, SERVICE, 'POST', '/internal/notifications/test', {
        userId,
        zone,
      });
      return await reply.status(202).send(made as z.output<typeof testAnswer>);
    },
  );
}

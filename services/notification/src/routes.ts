// What the backend asks for a person, through the sidecars: their notices, preferences and devices.
import { isErased } from '@todo/messaging/erased-people';
import { withTransaction } from '@todo/runtime/database';
import { preferencesInput, pushSubscriptionInput } from '@todo/contracts/notification-preferences';
import type { PreferencesAnswer } from '@todo/contracts/notification-preferences';
import { invalidInput, Problem } from '@todo/contracts/problem';
import type { Server } from '@todo/runtime/server';
import { requireCaller, requireSidecar } from '@todo/runtime/sidecar-token';
import { uuidv7 } from '@todo/runtime/uuid';
import { z } from 'zod';
import { objectionTo } from './channels/guarded-request.ts';
import { makeNotification } from './make-notification.ts';
import type { Making } from './make-notification.ts';
import {
  countSince,
  countUnread,
  findNotification,
  listNotifications,
  markAllRead,
  markRead,
} from './notifications.ts';
import { forgetPreferences, readPreferences, writePreferences } from './preferences.ts';
import type { Preferences } from './preferences.ts';
import { addSubscription, listSubscriptions, removeSubscription } from './push-subscriptions.ts';
import { SCHEMA } from './schema.ts';
import { NO_MAIL_SERVER } from './send-message.ts';

/** Test notices that one person may ask for in a minute. */
const TESTS_PER_MINUTE = 5;

const userId = z.string().min(1);
const owner = z.object({ userId });
const entry = z.object({ id: z.uuid() });
const listQuery = z.object({
  userId,
  limit: z.coerce.number().int().min(1).max(200).default(50),
  after: z.string().optional(),
});

/** Registers the routes below `/internal`, for the backend only. */
export function registerRoutes(app: Server, making: Making): void {
  const { parts, setup, clock } = making;
  const { pool, sidecar } = parts;
  app.addHook('onRequest', requireSidecar(parts.appApiToken));
  app.addHook('onRequest', requireCaller('todo-backend'));

  app.get(
    '/internal/notifications',
    { schema: { querystring: listQuery } },
    async ({ query }) => await listNotifications(pool, query),
  );
  app.get(
    '/internal/notifications/unread',
    { schema: { querystring: owner } },
    async ({ query }) => ({
      unread: await countUnread(pool, query.userId),
    }),
  );
  app.post(
    '/internal/notifications/read',
    { schema: { body: owner.extend({ taskId: z.uuid().nullable() }) } },
    async ({ body }) => ({ marked: await markAllRead(pool, body.userId, body.taskId) }),
  );
  app.post(
    '/internal/notifications/:id/read',
    { schema: { params: entry, body: owner } },
    async ({ params, body }) => await markRead(pool, body.userId, params.id),
  );
  app.post(
    '/internal/notifications/test',
    { schema: { body: z.object({ userId, zone: z.string() }) } },
    async ({ body }) => {
      await refuseErased(body.userId);
      const now = clock();
      const since = new Date(now.getTime() - 60_000);
      if ((await countSince(pool, body.userId, 'test', since)) >= TESTS_PER_MINUTE)
        throw new Problem(
          429,
          'too-many-tests',
          `At most ${TESTS_PER_MINUTE} tests a minute. Try again in a moment.`,
          { headers: { 'retry-after': '60' } },
        );
      const text = 'This is a test. Your notifications work.';
      const id = await makeNotification(
        making,
        (effect) =>
          withTransaction(pool, async (client) => {
            await effect(client);
            return true;
          }),
        {
          userId: body.userId,
          taskId: null,
          occasion: `test:${uuidv7(now.getTime())}`,
          kind: 'test',
          text,
          late: false,
          details: { title: text, dueText: null, remindAt: now.toISOString() },
          zone: body.zone,
          quietHoursCount: false,
        },
      );
      return await findNotification(pool, body.userId, id ?? '');
    },
  );

  app.get('/internal/preferences', { schema: { querystring: owner } }, async ({ query }) =>
    answer(query.userId, await readPreferences(sidecar, query.userId)),
  );
  app.put(
    '/internal/preferences',
    {
      schema: {
        body: z.object({ userId, email: z.string().nullable(), preferences: preferencesInput }),
      },
    },
    async ({ body }) => {
      const { url } = body.preferences.webhook;
      const objection = url === null ? undefined : objectionTo(new URL(url), setup);
      if (objection !== undefined)
        throw invalidInput([{ field: 'webhook.url', message: objection }]);
      await refuseErased(body.userId);
      const written = await writePreferences(sidecar, body.userId, body.preferences, body.email);
      // erased while they were written: what was written goes too
      await refuseErased(body.userId, () => forgetPreferences(parts, body.userId));
      return answer(body.userId, written);
    },
  );

  app.post(
    '/internal/push-subscriptions',
    { schema: { body: z.object({ userId, subscription: pushSubscriptionInput }) } },
    async ({ body }) => {
      await refuseErased(body.userId);
      const objection = objectionTo(new URL(body.subscription.endpoint), setup);
      if (objection !== undefined) throw invalidInput([{ field: 'endpoint', message: objection }]);
      return await addSubscription(pool, body.userId, body.subscription, clock());
    },
  );
  app.delete(
    '/internal/push-subscriptions/:id',
    { schema: { params: entry, querystring: owner } },
    async ({ params, query }) => {
      await removeSubscription(pool, query.userId, params.id);
      return {};
    },
  );

  async function refuseErased(person: string, before?: () => Promise<void>): Promise<void> {
    if (!(await isErased(pool, SCHEMA, person))) return;
    await before?.();
    throw new Problem(410, 'account-erased', 'This account was erased. Create a new one.');
  }

  async function answer(person: string, preferences: Preferences): Promise<PreferencesAnswer> {
    const available = { available: true, reason: null };
    return {
      ...preferences,
      pushSubscriptions: await listSubscriptions(pool, person),
      channels: {
        email: setup.mail ? available : { available: false, reason: NO_MAIL_SERVER },
        push: { ...available, publicKey: (await setup.vapid()).publicKey },
        webhook: available,
      },
    };
  }
}

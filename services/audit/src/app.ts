// The audit service: every event becomes one entry of the history. The system works without it.
import type { Consumer, ConsumerParts } from '@todo/messaging/consumer-service';
import { ERASURE } from '@todo/messaging/erased-people';
import { eraseMessages } from '@todo/messaging/erasure';
import { TOPICS } from '@todo/contracts/events';
import type { Server } from '@todo/runtime/server';
import { requireCaller, requireSidecar } from '@todo/runtime/sidecar-token';
import type { EventHandler } from '@todo/messaging/subscriber';
import { instant } from '@todo/contracts/task';
import { z } from 'zod';
import { appendEntry, brokenLinks, erasePerson, readHistory } from './history.ts';

/** The service's Dapr app id and PostgreSQL schema. */
export const APP_ID = 'audit-service';
export const SCHEMA = 'audit';

const historyQuery = z.object({
  userId: z.string().min(1),
  taskId: z.uuid().optional(),
  from: instant.optional(),
  to: instant.optional(),
  after: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

/** Makes the service's part. */
export function audit(parts: ConsumerParts): Consumer {
  const record: EventHandler = async (event, once) => {
    await once(async (client) => {
      if (event.type === ERASURE) {
        await eraseMessages(client, SCHEMA, event.data.userId);
        await erasePerson(client, event.data.userId);
      }
      await appendEntry(client, event);
    });
  };
  return {
    handlers: {
      [TOPICS.taskEvents]: record,
      [TOPICS.reminders]: record,
      [TOPICS.taskUpdates]: record,
    },
    routes: (app) => {
      registerRoutes(app, parts);
    },
  };
}

function registerRoutes(app: Server, { pool, appApiToken }: ConsumerParts): void {
  app.addHook('onRequest', requireSidecar(appApiToken));
  app.addHook('onRequest', requireCaller('todo-backend'));
  app.get(
    '/internal/history',
    { schema: { querystring: historyQuery } },
    async ({ query }) => await readHistory(pool, query),
  );
  app.get('/internal/history/broken-links', async () => ({ items: await brokenLinks(pool) }));
}

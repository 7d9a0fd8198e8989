// The backend's application, built without listening so that tests inject requests. Everything it answers is registered
// here, in one list.
import fastifySwagger from '@fastify/swagger';
import fastifySwaggerUi from '@fastify/swagger-ui';
import type { Clock } from '@todo/common/clock';

import type { Pool } from '@todo/common/database';
import { replayDeadLetter } from '@todo/common/dead-letters';
import { databaseCheck, registerHealth } from '@todo/common/health';
import type { Logger } from '@todo/common/log';
import { startOutboxRelay } from '@todo/common/outbox';
import type { OutboxRelay } from '@todo/common/outbox';
import { createServer } from '@todo/common/server';
import type { Server } from '@todo/common/server';
import type { Sidecar } from '@todo/common/sidecar';
import { subscriber } from '@todo/common/subscriber';
import type { EventHandler } from '@todo/common/subscriber';
import { jsonSchemaTransform } from 'fastify-type-provider-zod';
import { authenticate, callerOf } from './auth/authenticate.ts';
import type { VerifyToken } from './auth/verify-token.ts';
import { APP_ID, SCHEMA } from './config.ts';
import { appendChange } from './live/change-log.ts';
import { registerLive } from './live/stream.ts';
import { createWakeUps } from './live/wake-ups.ts';
import { registerOperatorRoutes } from './operators/operator-routes.ts';
import { startReminderScheduler } from './reminders/scheduler.ts';
import type { ReminderScheduler } from './reminders/scheduler.ts';
import { registerNeighbourRoutes } from './routes/neighbour-routes.ts';
import { registerOccurrenceRoute } from './routes/occurrence-route.ts';
import { registerTaskRoutes } from './routes/task-routes.ts';
import { createTasks } from './tasks/commands.ts';
import type { Tasks } from './tasks/commands.ts';
import { lockUser } from './tasks/store.ts';

/** What the application stands on. */
export interface BackendOptions {
  readonly pool: Pool;
  /** Unpooled address, for LISTEN. */
  readonly directUrl: string;
  readonly sidecar: Sidecar;
  readonly verifyToken: VerifyToken;
  readonly appApiToken: string;
  readonly auditEnabled: boolean;
  readonly clock: Clock;
  readonly log: Logger;
}

/** The application and what runs beside its routes. */
export interface Backend {
  readonly app: Server;
  readonly tasks: Tasks;
  /** Starts what needs a migrated database: the relay and the reminders. */
  readonly start: () => void;
  /** Stops it again; call it after the app was closed. */
  readonly stop: () => Promise<void>;
}

/** Builds the application. */
export async function buildBackend(options: BackendOptions): Promise<Backend> {
  const { pool, sidecar, log, clock } = options;
  const checks = {
    database: databaseCheck(pool),
    sidecar: async () => ((await sidecar.isReady()) ? undefined : 'not ready'),
  };
  let relay: OutboxRelay | undefined;
  let reminders: ReminderScheduler | undefined;
  const wakeUps = createWakeUps({ pool, directUrl: options.directUrl, log });
  const tasks = createTasks({
    pool,
    clock,
    changed: (userId) => {
      relay?.wake();
      reminders?.wake();
      wakeUps.announce(userId);
    },
  });
  const others = [
    'notification-service',
    'recurring-service',
    ...(options.auditEnabled ? ['audit-service'] : []),
  ];

  const app = createServer({ log });
  await app.register(fastifySwagger, {
    openapi: {
      info: { title: 'Todo', version: '1', description: 'Tasks, reminders and their history.' },
      components: {
        securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      },
      security: [{ bearer: [] }],
    },
    transform: jsonSchemaTransform,
  });
  registerHealth(app, checks);
  await app.register(fastifySwaggerUi, { routePrefix: '/docs' });
  await app.register(subscriber, {
    pool,
    schema: SCHEMA,
    appApiToken: options.appApiToken,
    handlers: { 'task-updates': showUpdate(wakeUps.announce) },
  });
  await app.register((scope, _options, done) => {
    registerOccurrenceRoute(scope, { pool, tasks, appApiToken: options.appApiToken });
    done();
  });
  await app.register(
    async (scope) => {
      const api = scope as Server;
      api.addHook('onRequest', authenticate(options.verifyToken));
      api.get('/me', { schema: { summary: 'The caller', tags: ['people'] } }, (request) => {
        const { userId, ...caller } = callerOf(request);
        return { id: userId, ...caller };
      });
      registerTaskRoutes(api, tasks);
      registerNeighbourRoutes(api, { sidecar, tasks, audit: options.auditEnabled });
      registerLive(api, { pool, wakeUps, log });
      await api.register((operators, _options, done) => {
        registerOperatorRoutes(operators, {
          pool,
          sidecar,
          others,
          ownChecks: async () => {
            const answers = Object.entries(checks).map(
              async ([name, check]) => [name, (await check()) ?? 'ok'] as const,
            );
            return Object.fromEntries(await Promise.all(answers));
          },
          replayOwn: async (id) =>
            await replayDeadLetter(
              pool,
              SCHEMA,
              id,
              async (body) => {
                await deliverAgain(app, options.appApiToken, body);
              },
              log,
            ),
        });
        done();
      });
    },
    { prefix: '/api/v1' },
  );

  return {
    app,
    tasks,
    start: () => {
      relay = startOutboxRelay({
        pool,
        schema: SCHEMA,
        source: `/todo/${APP_ID}`,
        publish: sidecar.publish,
        log,
      });
      relay.wake();
      reminders = startReminderScheduler({ pool, clock, log, fired: () => relay?.wake() });
    },
    stop: async () => {
      await reminders?.stop();
      await relay?.stop();
      await wakeUps.stop();
    },
  };
}

/** What other services did for a user goes into the user's live views. */
function showUpdate(announce: (userId: string) => void): EventHandler {
  return async (event, once) => {
    if (
      event.type !== 'todo.notification.created.v1' &&
      event.type !== 'todo.occurrence.created.v1'
    )
      return;
    const { data } = event;
    const kind = event.type === 'todo.notification.created.v1' ? 'notification' : 'occurrence';
    await once(async (client) => {
      await lockUser(client, data.userId);
      await appendChange(client, { userId: data.userId, kind, data });
    });
    announce(data.userId);
  };
}

/** Replays through our own route: the same checks, the same handler, the same inbox. */
async function deliverAgain(app: Server, token: string, body: string): Promise<void> {
  const answer = await app.inject({
    method: 'POST',
    url: '/events/task-updates',
    headers: { 'dapr-api-token': token, 'content-type': 'application/cloudevents+json' },
    payload: body,
  });
  const { status } = answer.json<{ status?: string }>();
  if (status !== 'SUCCESS') throw new Error(`the handler answered ${status ?? answer.statusCode}`);
}

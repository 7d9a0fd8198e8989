// For operators: is everything up, and what could not be handled.
import type { Pool } from '@todo/runtime/database';
import type { DatabaseClock } from '@todo/runtime/database-clock';
import { discardDeadLetter, listDeadLetters } from '@todo/messaging/dead-letters';
import type { DeadLetter } from '@todo/messaging/dead-letters';
import { replayToHandler } from '@todo/messaging/subscriber';
import type { SubscriberOptions } from '@todo/messaging/subscriber';
import { invalidInput } from '@todo/contracts/problem';
import type { Server } from '@todo/runtime/server';
import type { Sidecar } from '@todo/runtime/sidecar';
import type { Check } from '@todo/runtime/health';
import { processReport as reportOfThisProcess } from '@todo/runtime/last-hour';
import { startedVersions } from '@todo/runtime/versions';
import { z } from 'zod';
import { call, deadLettersOf, processReport, statusOf } from '../ops/other-services.ts';
import type { ServiceDeadLetter, ServiceStatus } from '../ops/other-services.ts';
import { replicasOf } from '../ops/replicas.ts';
import { APP_ID, SCHEMA } from '../schema.ts';
import { pageAnswer, problems } from './task-wire.ts';

const tags = ['operations'];
const deadLetterAnswer = z.object({
  id: z.uuid(),
  service: z.string(),
  topic: z.string(),
  eventSource: z.string(),
  eventId: z.string(),
  eventType: z.string(),
  subject: z.string(),
  reason: z.string(),
  status: z.enum(['waiting', 'replayed', 'discarded']),
  times: z.int(),
  receivedAt: z.string(),
  resolvedAt: z.string().nullable(),
  event: z.string(),
});
const resolveQuery = z.strictObject({ service: z.string().max(100) });

/** Registers the routes below `/ops`, for role operator. */
export function registerOpsRoutes(
  app: Server,
  options: {
    pool: Pool;
    sidecar: Sidecar;
    checks: Readonly<Record<string, Check>>;
    clock: DatabaseClock;
    auditEnabled: boolean;
    liveViews: () => number;
    /** Whose dead letters are this service's own. */
    subscription: SubscriberOptions;
  },
): void {
  const { pool, sidecar } = options;
  const others = [
    'notification-service',
    'recurring-service',
    ...(options.auditEnabled ? ['audit-service'] : []),
  ];
  const own = async (): Promise<ServiceStatus> => {
    const checks: Record<string, string> = {};
    for (const [name, check] of Object.entries(options.checks))
      checks[name] = (await check()) ?? 'ok';
    const { rows } = await pool.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM todo.dead_letters WHERE status = 'waiting'`,
    );
    return {
      service: APP_ID,
      ready: Object.values(checks).every((answer) => answer === 'ok'),
      reachable: true,
      checks,
      clockAheadMs: options.clock.aheadMs() ?? null,
      deadLetters: rows[0]?.n ?? null,
      replicas: await replicasOf(APP_ID),
      process: { ...reportOfThisProcess(), versions: await startedVersions(pool, SCHEMA) },
    };
  };
  app.get(
    '/ops/status',
    {
      config: { action: 'operations.read' },
      schema: {
        tags,
        summary:
          'Services, their sidecars, dead letters, versions, replicas, last hour, slowest traces and deploy history',
        response: {
          200: z.object({
            services: z.array(
              z.object({
                service: z.string(),
                ready: z.boolean(),
                reachable: z.boolean(),
                checks: z.record(z.string(), z.string()),
                clockAheadMs: z.int().nullable(),
                deadLetters: z.int().nullable(),
                replicas: z.int().nullable(),
                process: processReport.nullable(),
              }),
            ),
            outbox: z.int(),
            liveViews: z.int(),
          }),
          ...problems,
        },
      },
    },
    async () => {
      const [mine, waiting, ...rest] = await Promise.all([
        own(),
        pool.query<{ n: number }>('SELECT count(*)::int AS n FROM todo.outbox'),
        ...others.map((service) => statusOf(sidecar, service)),
      ]);
      return {
        services: [mine, ...rest],
        outbox: waiting.rows[0]?.n ?? 0,
        liveViews: options.liveViews(),
      };
    },
  );
  app.get(
    '/ops/dead-letters',
    {
      config: { action: 'operations.read' },
      schema: {
        tags,
        summary: 'Dead letters of all services, newest first',
        querystring: z.strictObject({
          status: z.enum(['waiting', 'replayed', 'discarded']).optional(),
          limit: z.coerce.number().int().min(1).max(500).default(100),
        }),
        response: {
          200: pageAnswer(deadLetterAnswer).extend({ unreachable: z.array(z.string()) }),
          ...problems,
        },
      },
    },
    async (request) => {
      const { status, limit } = request.query;
      const unreachable: string[] = [];
      const mine = await listDeadLetters(pool, SCHEMA, { ...(status ? { status } : {}), limit });
      const rest = await Promise.all(
        others.map((service) =>
          deadLettersOf(sidecar, service, { status, limit }).catch((error: unknown) => {
            request.log.warn({ err: error, service }, 'could not read dead letters');
            unreachable.push(service);
            return [] as ServiceDeadLetter[];
          }),
        ),
      );
      const items = [...mine.map((letter) => ({ ...letter, service: APP_ID })), ...rest.flat()]
        .sort((a, b) => b.receivedAt.localeCompare(a.receivedAt))
        .slice(0, limit);
      return { items, nextCursor: null, unreachable };
    },
  );
  for (const how of ['replay', 'discard'] as const) {
    app.post(
      `/ops/dead-letters/:id/${how}`,
      {
        config: { action: 'operations.change' },
        schema: {
          tags,
          summary: how === 'replay' ? 'Replay the event to its consumer' : 'Discard the event',
          params: z.strictObject({ id: z.uuid('expected a UUID') }),
          querystring: resolveQuery,
          response: { 200: deadLetterAnswer, ...problems },
        },
      },
      async (request) => {
        const { service } = request.query;
        if (service !== APP_ID && !others.includes(service))
          throw invalidInput([
            { field: 'service', message: `expected ${[APP_ID, ...others].join(', ')}` },
          ]);
        const { id } = request.params;
        const decideOwn = (): Promise<DeadLetter> =>
          how === 'replay'
            ? replayToHandler(options.subscription, id, request.log)
            : discardDeadLetter(pool, SCHEMA, id);
        const letter =
          service === APP_ID
            ? await decideOwn()
            : ((await call(
                sidecar,
                service,
                'POST',
                `/ops/dead-letters/${id}/${how}`,
              )) as DeadLetter);
        return { ...letter, service };
      },
    );
  }
}

// For operators: is every service well, and what lies in the dead letters of all of them.
import type { Pool } from '@todo/common/database';
import { discardDeadLetter, listDeadLetters } from '@todo/common/dead-letters';
import type { DeadLetter } from '@todo/common/dead-letters';
import { notFound, Problem } from '@todo/common/problem';
import type { Server } from '@todo/common/server';
import { SidecarError } from '@todo/common/sidecar';
import type { Sidecar } from '@todo/common/sidecar';
import { z } from 'zod';
import { requireOperator } from '../auth/authenticate.ts';
import { APP_ID, SCHEMA } from '../config.ts';

const letterQuery = z.strictObject({
  status: z.enum(['waiting', 'replayed', 'discarded']).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});
const idParameter = z.object({ id: z.uuid('expected a UUID') });
const letters = z.object({
  items: z.array(z.custom<DeadLetter>((value) => typeof value === 'object')),
});

/** What operators see of one service. */
interface ServiceStatus {
  readonly service: string;
  readonly ready: boolean;
  /** By dependency: `ok`, or what is wrong. */
  readonly checks: Readonly<Record<string, string>>;
  /** Dead letters that wait; null when the service could not be asked. */
  readonly deadLetters: number | null;
}

/**
 * Registers the routes.
 * @param options `others`: the other Dapr apps; `replayOwn` hands a dead letter of ours to our own handler.
 */
export function registerOperatorRoutes(
  app: Server,
  options: {
    pool: Pool;
    sidecar: Sidecar;
    others: readonly string[];
    ownChecks: () => Promise<Record<string, string>>;
    replayOwn: (id: string) => Promise<DeadLetter>;
  },
): void {
  const { pool, sidecar, others } = options;
  const services = [APP_ID, ...others];
  const serviceQuery = z.strictObject({ service: z.enum(services as [string, ...string[]]) });
  const tags = ['operators'];
  app.addHook('onRequest', requireOperator);

  app.get('/ops/status', { schema: { summary: 'Health of every service', tags } }, async () => ({
    services: await Promise.all([
      ownStatus(options),
      ...others.map(async (service) => await statusOf(sidecar, service)),
    ]),
  }));

  app.get(
    '/ops/dead-letters',
    {
      schema: {
        summary: 'Dead letters of every service, newest first',
        tags,
        querystring: letterQuery,
      },
    },
    async ({ query }) => {
      const search = new URLSearchParams({
        limit: String(query.limit),
        ...(query.status ? { status: query.status } : {}),
      });
      const own = listDeadLetters(pool, SCHEMA, {
        limit: query.limit,
        ...(query.status ? { status: query.status } : {}),
      });
      const unreachable: string[] = [];
      const lists = await Promise.all([
        own.then((items) => items.map((item) => ({ ...item, service: APP_ID }))),
        ...others.map(async (service) => {
          try {
            const answer = letters.parse(
              await sidecar.invoke(service, 'GET', `/ops/dead-letters?${search.toString()}`),
            );
            return answer.items.map((item) => ({ ...item, service }));
          } catch {
            unreachable.push(service);
            return [];
          }
        }),
      ]);
      const items = lists.flat().sort((a, b) => (a.receivedAt < b.receivedAt ? 1 : -1));
      return { items, nextCursor: null, unreachable };
    },
  );

  for (const step of ['replay', 'discard'] as const) {
    app.post(
      `/ops/dead-letters/:id/${step}`,
      {
        schema: {
          summary:
            step === 'replay'
              ? 'Hand a dead letter to its consumer again'
              : 'Give a dead letter up',
          tags,
          params: idParameter,
          querystring: serviceQuery,
        },
      },
      async ({ params, query }) => {
        if (query.service === APP_ID) {
          return step === 'replay'
            ? await options.replayOwn(params.id)
            : await discardDeadLetter(pool, SCHEMA, params.id);
        }
        try {
          return await sidecar.invoke(
            query.service,
            'POST',
            `/ops/dead-letters/${params.id}/${step}`,
          );
        } catch (error) {
          throw passedOn(error);
        }
      },
    );
  }
}

/** A problem that the other service answered with is the caller's answer too. */
function passedOn(error: unknown): unknown {
  if (!(error instanceof SidecarError) || error.status === undefined || error.status >= 500)
    return error;
  if (error.status === 404) return notFound('dead letter');
  try {
    const body = JSON.parse(error.body) as { detail?: string; type?: string };
    return new Problem(
      error.status,
      body.type?.split(':').at(-1) ?? 'refused',
      body.detail ?? error.message,
    );
  } catch {
    return new Problem(error.status, 'refused', error.message);
  }
}

async function ownStatus(options: {
  pool: Pool;
  ownChecks: () => Promise<Record<string, string>>;
}): Promise<ServiceStatus> {
  const checks = await options.ownChecks();
  const waiting = await listDeadLetters(options.pool, SCHEMA, {
    status: 'waiting',
    limit: 500,
  }).catch(() => null);
  return {
    service: APP_ID,
    ready: Object.values(checks).every((answer) => answer === 'ok'),
    checks,
    deadLetters: waiting?.length ?? null,
  };
}

const readiness = z.object({ status: z.string(), checks: z.record(z.string(), z.string()) });

async function statusOf(sidecar: Sidecar, service: string): Promise<ServiceStatus> {
  let checks: Record<string, string>;
  let ready = false;
  try {
    const answer = readiness.parse(await sidecar.invoke(service, 'GET', '/readyz'));
    checks = answer.checks;
    ready = answer.status === 'ready';
  } catch (error) {
    const told = error instanceof SidecarError ? parsed(error.body) : undefined;
    checks = told ?? { service: 'not reachable' };
  }
  const waiting = await sidecar
    .invoke(service, 'GET', '/ops/dead-letters?status=waiting&limit=500')
    .then(
      (answer) => letters.parse(answer).items.length,
      () => null,
    );
  return { service, ready, checks, deadLetters: waiting };
}

function parsed(body: string): Record<string, string> | undefined {
  try {
    return readiness.parse(JSON.parse(body)).checks;
  } catch {
    return undefined;
  }
}

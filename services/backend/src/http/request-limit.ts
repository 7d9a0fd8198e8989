// Requests a person may send in a minute, over all doors together: REST, MCP and calendars.
import rateLimit from '@fastify/rate-limit';
import type { FastifyRateLimitStore } from '@fastify/rate-limit';
import type { Pool } from '@todo/runtime/database';
import type { Logger } from '@todo/runtime/log';
import { Problem } from '@todo/contracts/problem';
import type { FastifyInstance } from 'fastify';
import { createRequestCounter } from '../limits/request-shares.ts';
import { callerOf, knownCaller } from './authenticate.ts';

/** Limits the routes that are registered after it in a scope. */
export type LimitRequests = (scope: FastifyInstance) => Promise<void>;

/** Makes the limit of one backend; its scopes count together. @param options `max`: requests in a minute; 0: no limit */
export function requestLimit(options: { pool: Pool; log: Logger; max: number }): LimitRequests {
  const { pool, log, max } = options;
  if (max === 0) return () => Promise.resolve();
  const count = createRequestCounter({
    pool,
    max,
    onError: (error) => {
      log.warn({ err: error }, 'requests of a person are counted by this replica alone');
    },
  });
  class Store implements FastifyRateLimitStore {
    incr(userId: string, callback: Parameters<FastifyRateLimitStore['incr']>[1]): void {
      count(userId).then(
        ({ allowed, used, endsInMs }) => {
          callback(null, { current: allowed ? used : max + 1, ttl: endsInMs });
        },
        (error: unknown) => {
          callback(error as Error, undefined);
        },
      );
    }
    child(): FastifyRateLimitStore {
      return this;
    }
  }
  return async (scope) => {
    await scope.register(rateLimit, {
      max,
      timeWindow: 60_000,
      hook: 'preHandler',
      store: Store,
      allowList: (request) => knownCaller(request) === undefined, // OPTIONS, which changes and reads nothing
      keyGenerator: (request) => callerOf(request).userId,
      errorResponseBuilder: tooMany,
    });
  };
}

/**
 * Limits routes without a person by the address that is asked for: a calendar feed is as if it were its owner's. Counted by each
 * replica on its own, since programs read a feed a few times an hour.
 * @param max requests in a minute; 0: no limit
 */
export async function limitByPath(scope: FastifyInstance, max: number): Promise<void> {
  if (max === 0) return;
  await scope.register(rateLimit, {
    max,
    timeWindow: 60_000,
    keyGenerator: ({ url }) => url.replace(/\?.*/s, ''),
    errorResponseBuilder: tooMany,
  });
}

function tooMany(_request: unknown, { after }: { after: string }): Problem {
  return new Problem(429, 'too-many-requests', `Too many requests. Try again in ${after}.`);
}

// Two questions, two routes: is the process alive (/health), and can it work now (/readyz), each dependency named.
//
// Probes come every few seconds for ever, and a database that is asked every few seconds never sleeps. So the database is
// proved by use: it counts as up from its last success, and is asked only while its last use failed (or before the first).
import type { FastifyInstance } from 'fastify';
import type { DatabaseClock } from './database-clock.ts';
import type { Pool } from './database.ts';
import { lastUseWorked } from './pool-use.ts';
import { zoneDataRelease } from './zone-data.ts';
import { within } from './time-limit.ts';

/** A question about one dependency; resolves to undefined when all is well, else to what is wrong. Must not throw. */
export type Check = () => Promise<string | undefined>;

/** A check takes at most this long, in ms. */
const CHECK_TIMEOUT_MS = 2_000;

/** How a service's clock differs from the one that counts, the database's; part of what `GET /readyz` answers. */
export interface ClockDetail {
  /** ms; negative: behind; null before the first measurement. */
  readonly aheadOfDatabaseMs: number | null;
}

/** A clock as `GET /readyz` shows it. */
export function clockDetail(clock: DatabaseClock): ClockDetail {
  return { aheadOfDatabaseMs: clock.aheadMs() ?? null };
}

/**
 * Registers `GET /health` and `GET /readyz`, which also says the release of the time zone data.
 * @param clock is shown and makes nothing unready: what is decided about rows goes by the database's clock.
 */
export function registerHealth(
  app: FastifyInstance,
  checks: Readonly<Record<string, Check>>,
  clock?: DatabaseClock,
): void {
  app.get('/health', { logLevel: 'silent' }, () => ({ status: 'ok' }));
  app.get('/readyz', { logLevel: 'silent' }, async (_request, reply) => {
    const answers = await Promise.all(
      Object.entries(checks).map(
        async ([name, check]) => [name, (await withLimit(check)) ?? 'ok'] as const,
      ),
    );
    const ready = answers.every(([, answer]) => answer === 'ok');
    return reply.status(ready ? 200 : 503).send({
      status: ready ? 'ready' : 'unready',
      checks: Object.fromEntries(answers),
      ...(clock ? { clock: clockDetail(clock) } : {}),
      zoneData: zoneDataRelease(),
    });
  });
}

async function withLimit(check: Check): Promise<string | undefined> {
  return await within(CHECK_TIMEOUT_MS, check(), () => `no answer within ${CHECK_TIMEOUT_MS} ms`);
}

/** A check that says what is still to be done, until it is. */
export interface StartCheck {
  readonly check: Check;
  /** From now on all is well. */
  readonly done: () => void;
}

/**
 * A check of what a process does once, after it listens and before it can work: a request that came during it would fail.
 * @param missing what is said until then
 */
export function startCheck(missing: string): StartCheck {
  let isDone = false;
  return {
    check: async () => await Promise.resolve(isDone ? undefined : missing),
    done: () => {
      isDone = true;
    },
  };
}

/**
 * A check of a database for {@link registerHealth}, by the use that `createPool` records.
 * @returns a check that asks the database only when its last use failed or there was none.
 */
export function databaseCheck(pool: Pool): Check {
  let asking: Promise<string | undefined> | undefined;
  return async () => {
    if (lastUseWorked(pool)) return undefined;
    asking ??= pool
      .query('SELECT 1')
      .then(
        () => undefined,
        (error: unknown) =>
          `unreachable (${(error as { code?: string }).code ?? (error as Error).message})`,
      )
      .finally(() => {
        asking = undefined;
      });
    return await asking;
  };
}

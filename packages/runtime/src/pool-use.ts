// Whether a pool's last use reached the database: recorded where the pool is made, read by the health check.
import type pg from 'pg';
import { inStatementSpan } from './database-span.ts';

interface PoolUse {
  /** The last call that says anything about the database succeeded. */
  worked: boolean;
}
const uses = new WeakMap<pg.Pool, PoolUse>();

/** Whether the last use of a pool succeeded; false before the first, and for a pool whose use is not recorded. */
export function lastUseWorked(pool: pg.Pool): boolean {
  return uses.get(pool)?.worked ?? false;
}

/**
 * Records the use of a new pool, before anything else has it.
 * @param isUnavailable whether an error says that the database can't be reached; others say nothing about it
 */
export function recordUse(pool: pg.Pool, isUnavailable: (error: unknown) => boolean): void {
  const use: PoolUse = { worked: false };
  uses.set(pool, use);
  const query = pool.query.bind(pool) as (...args: unknown[]) => Promise<unknown>;
  const connect = pool.connect.bind(pool) as (...args: unknown[]) => unknown;
  const observe = async <T>(call: Promise<T>): Promise<T> => {
    try {
      const result = await call;
      use.worked = true;
      return result;
    } catch (error) {
      if (isUnavailable(error)) use.worked = false;
      throw error;
    }
  };
  Object.assign(pool, {
    query: (...args: unknown[]) =>
      observe(inStatementSpan(args[0], () => query(...args)) as Promise<unknown>),
    // with a callback it is pg's own use inside query(), which is observed above
    connect: (...args: unknown[]) =>
      args.length > 0 ? connect(...args) : observe(connect() as Promise<unknown>),
  });
}

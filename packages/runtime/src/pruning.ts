// Rows that nobody needs any more are deleted while the process runs, not only when it starts: a process may run for a year.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool, Queryable } from './database.ts';
import type { Logger } from './log.ts';

/** How often, ms: a day, since an idle database is to sleep, and what is pruned is kept for days. */
const EVERY_MS = 86_400_000;
/** Rows of one statement: it stays well below its time limit, and what it deleted stays deleted. */
const ROWS_AT_ONCE = 5_000;

/** Deletes at most so many rows that nobody needs any more. @returns how many it deleted */
export type Prune = (client: Queryable, limit: number) => Promise<number>;

/** The statement of a {@link Prune}. @param condition in SQL, of our own; it says which rows nobody needs */
export function pruneRows(table: string, condition: string): Prune {
  return async (client, limit) => {
    // Rows that somebody else is deleting are left to them: every replica prunes.
    const { rowCount } = await client.query(
      `DELETE FROM ${table} WHERE ctid = ANY (ARRAY(
         SELECT ctid FROM ${table} WHERE ${condition} LIMIT $1 FOR UPDATE SKIP LOCKED))`,
      [limit],
    );
    return rowCount ?? 0;
  };
}

/**
 * Prunes now, and every day until it is stopped. What fails is logged, and tried again the next time.
 * @param prunes by the name of what they prune, for the log
 */
export function startPruning(given: {
  readonly pool: Pool;
  readonly prunes: Readonly<Record<string, Prune>>;
  readonly log: Pick<Logger, 'warn'>;
  readonly everyMs?: number;
  readonly rowsAtOnce?: number;
}): { readonly stop: () => Promise<void> } {
  const { pool, prunes, log, everyMs = EVERY_MS, rowsAtOnce = ROWS_AT_ONCE } = given;
  const stopping = new AbortController();
  const { signal } = stopping;

  async function all(prune: Prune): Promise<void> {
    while (!signal.aborted && (await prune(pool, rowsAtOnce)) >= rowsAtOnce);
  }

  async function forEver(): Promise<void> {
    while (!signal.aborted) {
      for (const [name, prune] of Object.entries(prunes)) {
        await all(prune).catch((error: unknown) => {
          log.warn(
            { err: error, table: name },
            'could not delete rows that are not needed any more',
          );
        });
      }
      await sleep(everyMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  const running = forEver();
  return {
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

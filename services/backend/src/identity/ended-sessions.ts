// Sessions that ended before their JWTs did. The web app tells of each; every replica knows them within a second, by asking the
// table at most once a second and only while requests come, so that an idle database can sleep.
import type { Pool, Queryable } from '@todo/runtime/database';
import { pruneRows } from '@todo/runtime/pruning';

/** What a replica knows is at most this old when it decides, ms. */
const FRESH_FOR_MS = 1_000;
/** An end is remembered longer than any JWT lives. */
const KEEP = '2 days';
/** Each end takes so many forgotten ones along. */
const PRUNED_AT_ONCE = 1_000;
/** Everything is read again after this time, ms, so that what was pruned is forgotten here too. */
const FORGET_AFTER_MS = 6 * 3_600_000;
/** Rows become visible a little after their time: this much is read again. */
const OVERLAP = '30 seconds';

/** The ended sessions as a replica knows them. */
export interface EndedSessions {
  /** Whether a session has ended; at most a second behind the table. @throws when the table can't be read */
  readonly has: (id: string) => Promise<boolean>;
}

/** Starts knowing nothing; the first question reads the table. */
export function createEndedSessions(options: { pool: Pool }): EndedSessions {
  let known = new Set<string>();
  let readAt = -Infinity; // by performance.now()
  let readAllAt = -Infinity; // likewise
  let readTo: string | null = null; // by the database's clock
  let reading: Promise<void> | undefined;

  async function read(): Promise<void> {
    const startedAt = performance.now();
    const all = startedAt - readAllAt > FORGET_AFTER_MS;
    const { rows } = await options.pool.query<{ now: string; ids: string[] | null }>(
      `SELECT now()::text AS now, (SELECT array_agg(id) FROM todo.ended_sessions
         WHERE ended_at > coalesce($1::timestamptz - interval '${OVERLAP}', '-infinity')) AS ids`,
      [all ? null : readTo],
    );
    const ids = rows[0]?.ids ?? [];
    if (all) {
      known = new Set(ids);
      readAllAt = startedAt;
    } else for (const id of ids) known.add(id);
    readTo = rows[0]?.now ?? null;
    readAt = startedAt;
  }
  return {
    has: async (id) => {
      // a reading that is under way may have begun before the end that matters here, but not by more than a second
      if (performance.now() - readAt > FRESH_FOR_MS)
        await (reading ??= read().finally(() => (reading = undefined)));
      return known.has(id);
    },
  };
}

/** Notes the end of a session; again changes nothing. */
export async function endSession(client: Queryable, userId: string, id: string): Promise<void> {
  await client.query(
    'INSERT INTO todo.ended_sessions (id, user_id) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING',
    [id, userId],
  );
  await pruneEndedSessions(client, PRUNED_AT_ONCE);
}

/** Which of these sessions have ended. */
export async function endedAmong(client: Queryable, ids: readonly string[]): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(
    'SELECT id FROM todo.ended_sessions WHERE id = ANY($1::text[])',
    [ids],
  );
  return rows.map(({ id }) => id);
}

/** Forgets what no JWT can be of any more. */
export const pruneEndedSessions = pruneRows(
  'todo.ended_sessions',
  `ended_at < now() - interval '${KEEP}'`,
);

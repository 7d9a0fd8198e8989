// How many requests a person may send in a minute, on all replicas together. Asking the database each time would cost more than most
// requests do: a replica lets the first few pass, then takes a share of what is left in the minute, and asks again when that is
// used up. All shares together never exceed the limit; what goes beyond it are the first few of each replica.
import type { Pool } from '@todo/runtime/database';

/** Of the limit, what each replica lets pass in a minute without asking. */
const FREE = 1 / 100;
/** Of the limit, what it takes at once. */
const SHARE = 1 / 20;
const WINDOW_MS = 60_000;
/** People that a replica counts for; the one it counts for longest goes first. */
const MAX_PEOPLE = 20_000;
/** Rows of earlier minutes are deleted at most this often, ms, and only when shares are taken. */
const PRUNE_EVERY_MS = 600_000;

/** What became of one request. */
export interface Counted {
  /** Whether it is within the limit. */
  readonly allowed: boolean;
  /** Requests of this window that this replica knows of. */
  readonly used: number;
  /** Until the window ends, ms. */
  readonly endsInMs: number;
}

/** Counts one request of a person. */
export type CountRequest = (userId: string) => Promise<Counted>;

interface Window {
  used: number;
  allowed: number;
  /** By performance.now(). */
  endsAt: number;
  /** Nothing more is to be had in this window. */
  spent: boolean;
  asking?: Promise<void> | undefined;
}

/**
 * Makes the counter of one replica.
 * @param options `max`: the limit; `onError` is told when the database can't be asked, and the replica counts for itself
 */
export function createRequestCounter(options: {
  readonly pool: Pool;
  readonly max: number;
  readonly onError: (error: unknown) => void;
}): CountRequest {
  const { pool, max } = options;
  const free = Math.floor(max * FREE);
  const share = Math.max(1, Math.floor(max * SHARE));
  const windows = new Map<string, Window>();
  let prunedAt = -Infinity;

  function windowOf(userId: string): Window {
    const known = windows.get(userId);
    if (known !== undefined && known.endsAt > performance.now()) return known;
    if (known === undefined && windows.size >= MAX_PEOPLE)
      windows.delete(windows.keys().next().value ?? '');
    windows.delete(userId);
    const started = {
      used: 0,
      allowed: free,
      endsAt: performance.now() + WINDOW_MS,
      spent: false,
    };
    windows.set(userId, started);
    return started;
  }

  async function takeShare(userId: string, window: Window): Promise<void> {
    try {
      const taken = await insertShare(pool, userId, share, max);
      window.allowed += taken.granted;
      window.spent = taken.granted === 0;
      window.endsAt = performance.now() + taken.endsInMs;
      if (performance.now() - prunedAt < PRUNE_EVERY_MS) return;
      prunedAt = performance.now();
      await pool.query(`DELETE FROM todo.request_shares WHERE ends_at < now() - interval '1 hour'`);
    } catch (error) {
      options.onError(error);
      window.allowed = max;
      window.spent = true;
    }
  }

  return async (userId) => {
    const window = windowOf(userId);
    // those that come at the same moment wait for one answer
    while (window.used >= window.allowed && !window.spent)
      await (window.asking ??= takeShare(userId, window).finally(
        () => (window.asking = undefined),
      ));
    const allowed = window.used < window.allowed;
    if (allowed) window.used += 1;
    return { allowed, used: window.used, endsInMs: Math.max(0, window.endsAt - performance.now()) };
  };
}

/** Takes up to `share` of what is left in this minute. @returns how much it was: 0 when nothing is left */
async function insertShare(
  pool: Pool,
  userId: string,
  share: number,
  max: number,
): Promise<{ granted: number; endsInMs: number }> {
  const { rows } = await pool.query<{ granted: number; ms: number }>(
    `WITH taken AS (
       INSERT INTO todo.request_shares AS s (user_id, ends_at, taken, granted) VALUES ($1, now() + interval '1 minute', $2, $2)
       ON CONFLICT (user_id) DO UPDATE SET
         granted = CASE WHEN s.ends_at > now() THEN least($2, $3 - s.taken) ELSE $2 END,
         taken = CASE WHEN s.ends_at > now() THEN least(s.taken + $2, $3) ELSE $2 END,
         ends_at = CASE WHEN s.ends_at > now() THEN s.ends_at ELSE excluded.ends_at END
       WHERE s.ends_at <= now() OR s.taken < $3
       RETURNING granted, ends_at)
     SELECT coalesce(taken.granted, 0) AS granted, extract(epoch FROM coalesce(taken.ends_at, before.ends_at) - now())::float8 * 1000 AS ms
     FROM (SELECT) AS one LEFT JOIN taken ON true LEFT JOIN todo.request_shares AS before ON before.user_id = $1`,
    [userId, share, max],
  );
  return { granted: rows[0]?.granted ?? 0, endsInMs: Math.max(0, rows[0]?.ms ?? WINDOW_MS) };
}

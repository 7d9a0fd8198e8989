// The change log: what happened to a user's things, in the order of commits, for views that must miss nothing.
import type { Queryable } from '@todo/common/database';

/** How long changes can be replayed; a page that slept longer loads anew. */
const KEEP_DAYS = 7;
/** Changes read at once. */
const BATCH = 500;

/** One change. */
export interface Change {
  /** Its place; a decimal number as text. */
  readonly seq: string;
  /** `task`, `notification` or `occurrence`. */
  readonly kind: string;
  readonly data: unknown;
}

/** Adds a change, in the transaction of what it tells of. The user must be locked (lockUser), so that seq follows commits. */
export async function appendChange(
  client: Queryable,
  change: { userId: string; kind: string; data: unknown },
): Promise<void> {
  await client.query('INSERT INTO todo.changes (user_id, kind, data) VALUES ($1, $2, $3)', [
    change.userId,
    change.kind,
    JSON.stringify(change.data),
  ]);
}

/** The user's changes after a place, oldest first, at most 500. */
export async function readChanges(
  client: Queryable,
  userId: string,
  after: string,
): Promise<Change[]> {
  const { rows } = await client.query<Change>(
    'SELECT seq, kind, data FROM todo.changes WHERE user_id = $1 AND seq > $2 ORDER BY seq LIMIT $3',
    [userId, after, BATCH],
  );
  return rows;
}

/** The place of the user's newest change; 0 if there is none. */
export async function newestChange(client: Queryable, userId: string): Promise<string> {
  const { rows } = await client.query<{ seq: string }>(
    'SELECT coalesce(max(seq), 0) AS seq FROM todo.changes WHERE user_id = $1',
    [userId],
  );
  return rows[0]?.seq ?? '0';
}

/** Whether everything after a place is still there. */
export async function isReplayable(client: Queryable, after: string): Promise<boolean> {
  const { rows } = await client.query<{ ok: boolean }>(
    'SELECT coalesce(min(seq), 0) <= $1::bigint + 1 AS ok FROM todo.changes',
    [after],
  );
  return rows[0]?.ok ?? true;
}

/** Forgets changes older than 7 days; run once at start. */
export async function pruneChanges(client: Queryable): Promise<void> {
  await client.query('DELETE FROM todo.changes WHERE at < now() - make_interval(days => $1)', [
    KEEP_DAYS,
  ]);
}

// The row of a person: their last known zone and locale, and the lock that lines up their writes.
import type { Queryable } from '@todo/runtime/database';
import type { TaskContext } from '../tasks/task-context.ts';

/**
 * Takes the person's row for this transaction, making it if needed; their other writes wait until it ends.
 * @returns the zone their dates were computed in until now
 */
export async function lockPerson(client: Queryable, context: TaskContext): Promise<string> {
  const { rows } = await client.query<{ zone: string; locale: string }>(
    'SELECT zone, locale FROM todo.users WHERE id = $1 FOR NO KEY UPDATE',
    [context.userId],
  );
  const before = rows[0];
  if (before?.zone === context.zone && before.locale === context.locale) return before.zone;
  await client.query(
    `INSERT INTO todo.users (id, zone, locale) VALUES ($1, $2, $3)
     ON CONFLICT (id) DO UPDATE SET zone = excluded.zone, locale = excluded.locale`,
    [context.userId, context.zone, context.locale],
  );
  return before?.zone ?? context.zone;
}

/** A person's last known zone and locale; undefined for somebody never seen. */
export async function findPerson(
  client: Queryable,
  userId: string,
): Promise<{ zone: string; locale: string } | undefined> {
  const { rows } = await client.query<{ zone: string; locale: string }>(
    'SELECT zone, locale FROM todo.users WHERE id = $1',
    [userId],
  );
  return rows[0];
}

// The row of a person: their zone and locale, and the lock that lines up their writes. The row decides what their zone is; a
// token only repeats what the web app knew when it was made.
import type { Queryable } from '@todo/runtime/database';
import { isErased } from '@todo/messaging/erased-people';
import { SCHEMA } from '../schema.ts';
import type { TaskContext } from '../tasks/task-context.ts';
import { USAGE_COLUMNS, usageOf } from '../limits/quotas.ts';
import type { Usage, UsageRow } from '../limits/quotas.ts';
import { accountErased } from './account-erased.ts';

/**
 * A token that is this much younger than the last change of the zone knows of it, ms: more than the web app uses a token again
 * (a minute) and its clock may be ahead.
 */
const TOKEN_KNOWS_AFTER_MS = 120_000;

/** What the row says of a person's zone. */
export interface PersonZone {
  readonly zone: string;
  /** When it was last changed; null: never since it is noted. */
  readonly zoneSince: Date | null;
}

/** What the row says of a person who writes. */
export interface LockedPerson extends PersonZone {
  /** Before this transaction. */
  readonly usage: Usage;
}

/**
 * Takes the person's row for this transaction, making it if needed; their other writes wait until it ends. The locale follows
 * the token; the zone does not: {@link changeZone}, with the tasks that go along.
 * @throws Problem 401 for a person who was erased: their token lives a little longer than their account.
 */
export async function lockPerson(client: Queryable, context: TaskContext): Promise<LockedPerson> {
  const { rows } = await client.query<
    UsageRow & {
      zone: string;
      locale: string;
      zone_since: Date | null;
      erased_at: Date | null;
    }
  >(
    `SELECT zone, locale, zone_since, erased_at, ${USAGE_COLUMNS} FROM todo.users WHERE id = $1 FOR NO KEY UPDATE`,
    [context.userId],
  );
  const before = rows[0];
  const erased = before
    ? before.erased_at !== null
    : await isErased(client, SCHEMA, context.userId);
  if (erased) throw accountErased();
  const usage = usageOf(before);
  if (before?.locale === context.locale)
    return { zone: before.zone, zoneSince: before.zone_since, usage };
  const { rows: written } = await client.query<{ zone: string; zone_since: Date | null }>(
    `INSERT INTO todo.users (id, zone, locale) VALUES ($1, $2, $3)
     ON CONFLICT (id) DO UPDATE SET locale = excluded.locale RETURNING zone, zone_since`,
    [context.userId, context.zone, context.locale],
  );
  const { zone, zone_since: zoneSince } = written[0] ?? { zone: context.zone, zone_since: null };
  return { zone, zoneSince, usage };
}

/** Whether a caller's zone is news: another one than the row's, from a token that knows of the last change. */
export function isNewZone(context: TaskContext, person: PersonZone): boolean {
  const { zone, zoneAsOf } = context;
  if (zone === person.zone || zoneAsOf === null) return false;
  if (zoneAsOf === undefined || person.zoneSince === null) return true;
  return zoneAsOf.getTime() >= person.zoneSince.getTime() + TOKEN_KNOWS_AFTER_MS;
}

/** Changes the zone of a locked person; the caller moves the tasks in the same transaction. */
export async function changeZone(client: Queryable, userId: string, zone: string): Promise<void> {
  await client.query('UPDATE todo.users SET zone = $2, zone_since = now() WHERE id = $1', [
    userId,
    zone,
  ]);
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

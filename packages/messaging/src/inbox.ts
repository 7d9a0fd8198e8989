// The inbox makes at-least-once delivery exactly-once in effect: the event's (source, id) is recorded in the same
// transaction as what it caused, so a second delivery finds it and changes nothing, also after a restart.
import { identifier } from '@todo/runtime/database';
import type { Queryable } from '@todo/runtime/database';
import type { Migration } from '@todo/runtime/migrate';
import { pruneRows, type Prune } from '@todo/runtime/pruning';
import { ERASURE, erasedPeopleMigration, personKey } from './erased-people.ts';

/** Redeliveries come within minutes; an event older than this is forgotten. */
const KEEP_DAYS = 30;

/** The inbox's table. */
export const inboxMigrations: readonly Migration[] = [
  {
    name: '000-inbox-1',
    sql: `CREATE TABLE {schema}.inbox (
      source text NOT NULL,
      id text NOT NULL,
      type text NOT NULL,
      received_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (source, id)
    );
    CREATE INDEX inbox_received_at ON {schema}.inbox (received_at)`,
  },
  erasedPeopleMigration,
];

/** What identifies an event: the same id from another source is another event. */
export interface EventKey {
  readonly source: string;
  readonly id: string;
  readonly type: string;
  /** Whose event it is: an erased person's has no effect any more. */
  readonly data: { readonly userId: string };
}

/**
 * Records an event, in the transaction of its effect.
 * @returns true the first time, false when it was recorded before or its person was erased. Waits while another delivery of the
 *   same event is under way, and while somebody is being erased (erasure.ts).
 */
export async function recordEvent(
  client: Queryable,
  schema: string,
  event: EventKey,
): Promise<boolean> {
  const { rowCount } = await client.query(
    `INSERT INTO ${identifier(schema)}.inbox (source, id, type) SELECT $1, $2, $3
     WHERE $3 = '${ERASURE}' OR NOT EXISTS (SELECT 1 FROM ${identifier(schema)}.erased_people WHERE person = $4)
     ON CONFLICT DO NOTHING`,
    [event.source, event.id, event.type, personKey(event.data.userId)],
  );
  return rowCount === 1;
}

/** True when the event was recorded before, or is about a person who was erased since. */
export async function wasRecorded(
  client: Queryable,
  schema: string,
  event: EventKey,
): Promise<boolean> {
  const { rowCount } = await client.query(
    `SELECT 1 FROM ${identifier(schema)}.inbox WHERE source = $1 AND id = $2
     UNION ALL SELECT 1 FROM ${identifier(schema)}.erased_people WHERE person = $4 AND $3 <> '${ERASURE}' LIMIT 1`,
    [event.source, event.id, event.type, personKey(event.data.userId)],
  );
  return rowCount === 1;
}

/** Forgets events older than 30 days. */
export function pruneInbox(schema: string): Prune {
  return pruneRows(
    `${identifier(schema)}.inbox`,
    `received_at < now() - interval '${KEEP_DAYS} days'`,
  );
}

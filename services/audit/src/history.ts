// The history's table: rows are added, read, and nothing else; only the content of a person who leaves is erased. Adding is done as a role that can do no more (see
// migrations/002-append-only-by-privilege.sql), so that it holds for a superuser too.
import type { Queryable } from '@todo/runtime/database';
import type { EventData, TodoEvent } from '@todo/contracts/events';
import { ERASURE } from '@todo/messaging/erased-people';
import { invalidInput } from '@todo/contracts/problem';

/** Whose the entries of erased people are; migrations/010-chain-and-erasure.sql writes the same. */
const ERASED = 'erased';

/** One entry of the history. */
export interface HistoryEntry {
  readonly eventId: string;
  readonly source: string;
  readonly type: string;
  readonly taskId: string | null;
  /** The task's version after the change, for changes of tasks. */
  readonly version: number | null;
  /** Who did it; null where the event does not say. */
  readonly actor: unknown;
  readonly at: string;
  /** The task after the change. */
  readonly task: unknown;
  /** The task before the change. */
  readonly before: unknown;
  readonly data: unknown;
}

/**
 * Adds the entry of an event, once. The rest of the transaction can do no more than that.
 * @param client inside a transaction.
 */
export async function appendEntry(client: Queryable, event: TodoEvent): Promise<void> {
  // For this transaction only, as a pooler asks: what SET LOCAL ROLE does, where the role is there and ours to take.
  await client.query(
    `SELECT set_config('role', rolname, true) FROM pg_roles
     WHERE rolname = left('todo_audit_writer_' || current_database(), 63) AND pg_has_role(oid, 'MEMBER')`,
  );
  // An account that was erased has no content: the entry says that it happened.
  const data: EventData<Exclude<TodoEvent['type'], typeof ERASURE>> | { userId: string } =
    event.type === ERASURE ? { userId: ERASED } : event.data;
  const change = 'version' in data ? data : undefined;
  const at = 'at' in event.data && event.data.at ? event.data.at : event.time;
  await client.query(
    `INSERT INTO audit.history (event_source, event_id, type, user_id, task_id, version, actor, at, task, before, data)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (event_source, event_id) DO NOTHING`,
    [
      event.source,
      event.id,
      event.type,
      data.userId,
      'taskId' in data ? data.taskId : null,
      change?.version ?? null,
      json(change?.actor),
      at,
      json(change?.task),
      json(change?.before),
      json(contentOf(data)),
    ],
  );
}

/** What an event says besides what has a column of its own. */
function contentOf(data: object): object {
  if (!('taskId' in data)) return {};
  return 'version' in data ? { ...data, task: undefined, before: undefined } : data;
}

/**
 * Removes what a person's entries say and leaves their hashes, so that the chain still fits. Again, it changes nothing.
 * @param client inside a transaction.
 */
export async function erasePerson(client: Queryable, userId: string): Promise<void> {
  await client.query('SELECT audit.erase_person($1)', [userId]);
}

/** The numbers of links that do not fit the chain, in order; none: nothing was changed, added or removed behind its back. */
export async function brokenLinks(client: Queryable): Promise<number[]> {
  const { rows } = await client.query<{ link: string }>(
    'SELECT broken_links AS link FROM audit.broken_links()',
  );
  return rows.map(({ link }) => Number(link));
}

function json(value: unknown): string | null {
  return value === undefined || value === null ? null : JSON.stringify(value);
}

/** Which entries to read. */
export interface HistoryQuery {
  readonly userId: string;
  readonly taskId?: string | undefined;
  /** Instants, UTC: from (inclusive) and to (exclusive). */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
}

interface Row {
  id: string;
  event_id: string;
  event_source: string;
  type: string;
  task_id: string | null;
  version: number | null;
  actor: unknown;
  at: Date;
  place: string;
  task: unknown;
  before: unknown;
  data: unknown;
}

/**
 * Where an entry stands. All of a person's entries go by time. One task's entries go by version, since the clocks of two
 * machines may differ: no version stands before an earlier one's time, and what has no version stands by its own time.
 */
const ALL = `(SELECT *, at AS place FROM audit.history WHERE user_id = $1 AND $2::uuid IS NULL)`;
const ONE_TASK = `(SELECT *, CASE WHEN version IS NULL THEN at ELSE max(at) OVER (PARTITION BY version IS NULL ORDER BY version, id) END AS place
  FROM audit.history WHERE user_id = $1 AND task_id = $2)`;

/** Reads entries, oldest first; those of one task in the order of its versions. @throws Problem 400 for a wrong `after` */
export async function readHistory(
  client: Queryable,
  query: HistoryQuery,
): Promise<{ items: HistoryEntry[]; next: string | null }> {
  const after = query.after === undefined ? null : readCursor(query.after);
  const { rows } = await client.query<Row>(
    `SELECT id, event_id, event_source, type, task_id, version, actor, at, place::text, task, before, data
     FROM ${query.taskId === undefined ? ALL : ONE_TASK} AS entries
     WHERE ($3::timestamptz IS NULL OR at >= $3) AND ($4::timestamptz IS NULL OR at < $4)
       AND ($5::timestamptz IS NULL OR (place >= $5 AND (place, coalesce(version, 0), id) > ($5, $6::int, $7::bigint)))
     ORDER BY entries.place, coalesce(version, 0), id LIMIT $8`,
    [
      query.userId,
      query.taskId ?? null,
      query.from ?? null,
      query.to ?? null,
      after?.at ?? null,
      after?.version ?? null,
      after?.id ?? null,
      query.limit + 1,
    ],
  );
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  const next = rows.length > query.limit && last ? writeCursor(last) : null;
  return { items: page.map(toEntry), next };
}

function toEntry(row: Row): HistoryEntry {
  return {
    eventId: row.event_id,
    source: row.event_source,
    type: row.type,
    taskId: row.task_id,
    version: row.version,
    actor: row.actor,
    at: row.at.toISOString(),
    task: row.task,
    before: row.before,
    data: row.data,
  };
}

function writeCursor(row: Row): string {
  return Buffer.from(JSON.stringify([row.place, row.version ?? 0, row.id])).toString('base64url');
}

function readCursor(cursor: string): { at: string; version: number; id: string } {
  try {
    const [at, version, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as [
      string,
      number,
      string,
    ];
    if (
      /^\d{4,6}-\d\d-\d\d [\d:.]+[+-][\d:]+$/.test(at) &&
      Number.isInteger(version) &&
      /^\d{1,18}$/.test(id)
    )
      return { at, version, id };
  } catch {
    // told below
  }
  throw invalidInput([{ field: 'after', message: 'expected the next value of the previous page' }]);
}

// Dead letters are kept where a person can see, replay or discard them: daprd sends what a consumer could not handle to the
// consumer's own dead-letter topic, the consumer subscribes to that topic and stores what comes.
import type { FastifyBaseLogger } from 'fastify';
import { identifier } from '@todo/runtime/database';
import type { Pool, Queryable } from '@todo/runtime/database';
import type { Migration } from '@todo/runtime/migrate';
import { notFound, Problem } from '@todo/contracts/problem';

/** The dead letters' table. The event's bytes are kept as they came: jsonb would refuse some of what ends here. */
export const deadLetterMigrations: readonly Migration[] = [
  {
    name: '000-dead-letters-1',
    sql: `CREATE TABLE {schema}.dead_letters (
      id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
      topic text NOT NULL,
      event_source text NOT NULL,
      event_id text NOT NULL,
      event_type text NOT NULL,
      subject text NOT NULL,
      raw bytea NOT NULL,
      reason text NOT NULL,
      status text NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'replayed', 'discarded')),
      times integer NOT NULL DEFAULT 1,
      received_at timestamptz NOT NULL DEFAULT now(),
      resolved_at timestamptz,
      UNIQUE (topic, event_source, event_id)
    );
    CREATE INDEX dead_letters_waiting ON {schema}.dead_letters (received_at DESC) WHERE status = 'waiting'`,
  },
];

/** A stored dead letter. */
export interface DeadLetter {
  readonly id: string;
  readonly topic: string;
  readonly eventSource: string;
  readonly eventId: string;
  readonly eventType: string;
  readonly subject: string;
  readonly reason: string;
  readonly status: 'waiting' | 'replayed' | 'discarded';
  /** How often it arrived. */
  readonly times: number;
  readonly receivedAt: string;
  readonly resolvedAt: string | null;
  /** The event as it came, as text. */
  readonly event: string;
}

/**
 * Stores a dead letter. The same event again counts up and waits again.
 * @returns true when it was not waiting before.
 */
export async function storeDeadLetter(
  client: Queryable,
  schema: string,
  letter: {
    topic: string;
    source: string;
    id: string;
    type: string;
    subject: string;
    raw: Buffer;
    reason: string;
  },
): Promise<boolean> {
  const table = `${identifier(schema)}.dead_letters`;
  const { rows } = await client.query<{ inserted: boolean }>(
    `INSERT INTO ${table} AS kept (topic, event_source, event_id, event_type, subject, raw, reason) VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (topic, event_source, event_id) DO UPDATE
       SET times = kept.times + 1, status = 'waiting', reason = excluded.reason, received_at = now(), resolved_at = NULL
     RETURNING times = 1 AS inserted`,
    [
      letter.topic,
      plain(letter.source),
      plain(letter.id),
      plain(letter.type),
      plain(letter.subject),
      letter.raw,
      plain(letter.reason),
    ],
  );
  return rows[0]?.inserted ?? false;
}

/** Attributes of a poison event may hold what text refuses. */
function plain(text: string): string {
  return text.replaceAll('\0', '\uFFFD').toWellFormed().slice(0, 1_000);
}

const COLUMNS = `id, topic, event_source AS "eventSource", event_id AS "eventId", event_type AS "eventType", subject, reason, status, times,
  to_char(received_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "receivedAt",
  to_char(resolved_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "resolvedAt", raw`;

/** Lists dead letters, newest first. */
export async function listDeadLetters(
  client: Queryable,
  schema: string,
  options: { status?: DeadLetter['status']; limit?: number } = {},
): Promise<DeadLetter[]> {
  const { rows } = await client.query<Omit<DeadLetter, 'event'> & { raw: Buffer }>(
    `SELECT ${COLUMNS} FROM ${identifier(schema)}.dead_letters WHERE ($1::text IS NULL OR status = $1) ORDER BY received_at DESC, id LIMIT $2`,
    [options.status ?? null, Math.min(options.limit ?? 100, 500)],
  );
  return rows.map(toDeadLetter);
}

/**
 * Hands a waiting dead letter to its consumer again.
 * @param handle the consumer's own handling; throws when it fails again, and the letter waits on.
 * @throws Problem 404, 409 when it is not waiting, 422 when the consumer refused it again.
 */
export async function replayDeadLetter(
  pool: Pool,
  schema: string,
  id: string,
  handle: (body: string) => Promise<void>,
  log: FastifyBaseLogger,
): Promise<DeadLetter> {
  const letter = await waiting(pool, schema, id);
  try {
    await handle(letter.event);
  } catch (error) {
    log.warn(
      { err: error, deadLetterId: id, eventId: letter.eventId, taskId: letter.subject },
      'replay failed',
    );
    throw new Problem(
      422,
      'replay-failed',
      `The consumer rejected it again: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  return await resolve(pool, schema, letter, 'replayed');
}

/** Marks a waiting dead letter as not wanted. @throws Problem 404 or 409 */
export async function discardDeadLetter(
  pool: Pool,
  schema: string,
  id: string,
): Promise<DeadLetter> {
  return await resolve(pool, schema, await waiting(pool, schema, id), 'discarded');
}

async function waiting(pool: Pool, schema: string, id: string): Promise<DeadLetter> {
  const { rows } = await pool.query<Omit<DeadLetter, 'event'> & { raw: Buffer }>(
    `SELECT ${COLUMNS} FROM ${identifier(schema)}.dead_letters WHERE id = $1`,
    [id],
  );
  const row = rows[0];
  if (!row) throw notFound('dead letter');
  if (row.status !== 'waiting')
    throw new Problem(
      409,
      'not-waiting',
      `This dead letter was already ${row.status}. Reload the list.`,
    );
  return toDeadLetter(row);
}

/** Decides one that waits as it was read: not one that somebody else decided, or that came again meanwhile. */
async function resolve(
  pool: Pool,
  schema: string,
  letter: DeadLetter,
  status: 'replayed' | 'discarded',
): Promise<DeadLetter> {
  const { rows } = await pool.query<Omit<DeadLetter, 'event'> & { raw: Buffer }>(
    `UPDATE ${identifier(schema)}.dead_letters SET status = $2, resolved_at = now()
     WHERE id = $1 AND status = 'waiting' AND times = $3 RETURNING ${COLUMNS}`,
    [letter.id, status, letter.times],
  );
  const row = rows[0];
  if (row) return toDeadLetter(row);
  await waiting(pool, schema, letter.id); // decided by somebody else, or gone
  throw new Problem(
    409,
    'came-again',
    'This event failed again in the meantime, so it is still waiting. Reload the list.',
  );
}

function toDeadLetter(row: Omit<DeadLetter, 'event'> & { raw: Buffer }): DeadLetter {
  const { raw, ...rest } = row;
  return { ...rest, event: raw.toString('utf8') };
}

// The transactional outbox: an event is a row written in the same transaction as the change it tells of, and is published
// after the commit. A crash between the two leaves the row; the next pass of any replica publishes it.
//
// A row's life: written (unclaimed) → claimed by one relay for LEASE_SECONDS → published, deleted
//                                       ↘ relay died or publish failed: claimable again when the lease ends or is returned
// A relay may take its own rows again at once: it works on one batch at a time, so a row that it holds when the next pass
// begins is one whose claim or removal was cut off.
// Claims are taken one relay at a time (a transaction lock, held for one statement), oldest first, and never past a row of
// the same key that somebody else holds: so events of one task leave in the order of their changes.
//
// There is no poll. A pass runs after each local commit and once at start; while rows are known to wait, passes repeat with
// a growing pause; when a pass sees rows that another relay holds, one more runs as their lease ends: that relay may be dead.
// An idle system sends nothing.
//
// Long because writing, claiming and removing a row are one protocol, which is read as a whole.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EventData, EventType, Topic } from '@todo/contracts/events';
import { identifier, withTransaction } from '@todo/runtime/database';
import type { Pool, PoolClient, Queryable } from '@todo/runtime/database';
import type { Logger } from '@todo/runtime/log';
import { measured } from '@todo/runtime/measurements';
import type { Measurements } from '@todo/runtime/measurements';
import type { Migration } from '@todo/runtime/migrate';
import type { OutgoingEvent } from '@todo/runtime/sidecar';
import { continueTrace, currentTrace, inNewTrace, withoutTrace } from '@todo/runtime/trace';
import type { Span, Trace } from '@todo/runtime/trace';
import { uuidv7 } from '@todo/runtime/uuid';
import { sendOf, startPassSpan } from './message-span.ts';

/** Rows a pass claims at once. */
const BATCH = 100;
/** A claim outlives its relay by at most this long; longer than a publish can take (10 s) with room. */
const LEASE_SECONDS = 30;
/** Rows that wait are counted up to this many. */
const MOST_COUNTED = 10_000;
/** Pauses between passes while something fails, in ms. */
const MIN_PAUSE_MS = 100;
const MAX_PAUSE_MS = 5_000;

/** The outbox's table. */
export const outboxMigrations: readonly Migration[] = [
  {
    name: '000-outbox-1',
    sql: `CREATE TABLE {schema}.outbox (
      seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      id uuid NOT NULL UNIQUE,
      topic text NOT NULL,
      type text NOT NULL,
      key text NOT NULL,
      time timestamptz NOT NULL,
      traceparent text,
      data jsonb NOT NULL,
      lease_until timestamptz
    );
    CREATE INDEX outbox_key ON {schema}.outbox (key, seq)`,
  },
  // Which relay a lease belongs to. A version that does not know it leaves it empty: nobody's own, as before.
  { name: '000-outbox-2', sql: 'ALTER TABLE {schema}.outbox ADD COLUMN holder uuid' },
];

/**
 * Adds an event to the outbox, in the caller's transaction.
 * @param client inside a transaction.
 * @param event `key` orders it (the task id); its data must fit the type's schema; `trace` it belongs to, by default the one
 *   of the work under way, or one that begins with it.
 * @returns the event's id.
 */
export async function appendEvent<T extends EventType>(
  client: Queryable,
  schema: string,
  event: { topic: Topic; type: T; key: string; time: Date; data: EventData<T>; trace?: Trace },
): Promise<string> {
  const id = uuidv7(event.time.getTime());
  const trace = event.trace ?? currentTrace() ?? continueTrace();
  await client.query(
    `INSERT INTO ${identifier(schema)}.outbox (id, topic, type, key, time, traceparent, data) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [
      id,
      event.topic,
      event.type,
      event.key,
      event.time,
      trace.traceparent,
      JSON.stringify(event.data),
    ],
  );
  return id;
}

/**
 * Adds several events with one statement, in the caller's transaction; they leave in this order.
 * @param client inside a transaction.
 * @param events as {@link appendEvent} takes them.
 */
export async function appendEvents<T extends EventType>(
  client: Queryable,
  schema: string,
  events: readonly { topic: Topic; type: T; key: string; time: Date; data: EventData<T> }[],
): Promise<void> {
  if (events.length === 0) return;
  await client.query(
    `INSERT INTO ${identifier(schema)}.outbox (id, topic, type, key, time, traceparent, data)
     SELECT id, topic, type, key, time, $7, data::jsonb
     FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::text[])
       WITH ORDINALITY AS new (id, topic, type, key, time, data, n) ORDER BY n`,
    [
      events.map((event) => uuidv7(event.time.getTime())),
      events.map((event) => event.topic),
      events.map((event) => event.type),
      events.map((event) => event.key),
      events.map((event) => event.time),
      events.map((event) => JSON.stringify(event.data)),
      currentTrace()?.traceparent ?? null,
    ],
  );
}

/** Publishes what the outbox holds. */
export interface OutboxRelay {
  /** Its name on the leases of rows it holds. */
  readonly holder: string;
  /** Says that rows may wait; returns at once. Call it after a commit and when the sidecar came back. */
  wake: () => void;
  /** Resolves when no row is known to wait, for tests and a clean stop. */
  idle: () => Promise<void>;
  /** Stops after the batch under way. */
  stop: () => Promise<void>;
}

/**
 * Starts a relay.
 * @param options `source` becomes the events' source (`/todo/<app-id>`); `publish` must resolve only when the broker has the event.
 */
export function startOutboxRelay(options: {
  pool: Pool;
  schema: string;
  source: string;
  publish: (topic: string, event: OutgoingEvent) => Promise<void>;
  log: Logger;
}): OutboxRelay {
  const stopping = new AbortController();
  let wanted = true;
  let running: Promise<void> | undefined;
  let pause = 0;
  let leaseEnd: NodeJS.Timeout | undefined;
  const own: Own = { holder: randomUUID(), published: [], waiting: NONE };
  let known = NONE;
  const report = (waiting: Waiting): void => {
    known = waiting;
    measured('outbox.waiting', waiting);
  };

  const loop = async (): Promise<void> => {
    while (wanted && !stopping.signal.aborted) {
      wanted = false;
      try {
        const outcome = await relayBatch(options, own);
        // What another relay holds is that one's to report, until its lease ends.
        report(outcome === 'more' || outcome === 'waiting' ? own.waiting : NONE);
        if (outcome === 'more') wanted = true;
        if (outcome === 'waiting')
          throw new Error('rows are leased by another relay or follow a row that failed');
        if (typeof outcome === 'object') {
          clearTimeout(leaseEnd);
          leaseEnd = setTimeout(wake, outcome.heldForMs);
        }
        pause = 0;
      } catch (error) {
        wanted = true;
        pause = Math.min(MAX_PAUSE_MS, Math.max(MIN_PAUSE_MS, pause * 2));
        options.log[pause > 1_000 ? 'warn' : 'debug'](
          { err: error, pauseMs: pause },
          'events are waiting in the outbox',
        );
        await sleep(pause, undefined, { signal: stopping.signal }).catch(() => undefined);
      }
    }
    running = undefined;
  };
  const wake = (): void => {
    wanted = true;
    // Should the database or the pass hang, what was just committed waits from now on.
    if (known.oldestAt === undefined) report({ ...known, oldestAt: performance.now() });
    running ??= withoutTrace(loop);
  };
  return {
    holder: own.holder,
    wake,
    idle: async () => {
      while (running) await running;
    },
    stop: async () => {
      stopping.abort();
      clearTimeout(leaseEnd);
      await running;
    },
  };
}

/** What a relay knows from one pass to the next: its name on leases, and the rows that went out but may not be deleted yet. */
interface Own {
  readonly holder: string;
  published: string[];
  /** What the last pass left behind. */
  waiting: Waiting;
}

type Waiting = Measurements['outbox.waiting'];
const NONE: Waiting = { rows: 0, oldestAt: undefined };

/** What waits besides the rows of parameter $1, measured in a statement that is sent anyway: an idle database is not asked. */
const waitingColumns = (table: string): string =>
  `(SELECT count(*)::int FROM (SELECT 1 FROM ${table} WHERE seq <> ALL($1) LIMIT ${MOST_COUNTED}) AS counted) AS waiting,
   (SELECT extract(epoch FROM clock_timestamp() - time)::float8 * 1000 FROM ${table} WHERE seq <> ALL($1) ORDER BY seq LIMIT 1) AS "oldestMs"`;

function waitingOf(row: WaitingRow | undefined): Waiting {
  if (!row || row.oldestMs === null) return NONE;
  return { rows: row.waiting, oldestAt: performance.now() - Math.max(0, row.oldestMs) };
}

interface WaitingRow {
  waiting: number;
  oldestMs: number | null;
}

interface OutboxRow {
  seq: string;
  id: string;
  topic: string;
  type: string;
  key: string;
  time: Date;
  traceparent: string | null;
  data: unknown;
}

/**
 * One pass. 'done': nothing is left; 'more': a full batch went out; 'waiting': rows are left that can't go now; `heldForMs`: this
 * relay is done, and another one holds rows for so long.
 */
async function relayBatch(
  options: Parameters<typeof startOutboxRelay>[0],
  own: Own,
): Promise<'done' | 'more' | 'waiting' | { heldForMs: number }> {
  const { pool, schema } = options;
  const table = `${identifier(schema)}.outbox`;
  if (own.published.length > 0) {
    await pool.query(`DELETE FROM ${table} WHERE seq = ANY($1)`, [own.published]);
    own.published = [];
  }
  const rows = await withTransaction(pool, (client) => claim(client, schema, own.holder));
  if (rows.length === 0) {
    const { rows: left } = await pool.query<WaitingRow>(`SELECT ${waitingColumns(table)}`, [[]]);
    own.waiting = waitingOf(left[0]);
    return own.waiting.rows > 0 ? 'waiting' : 'done';
  }
  const { published } = own;
  const pass = rows.length > 1 ? startPassSpan(rows) : undefined;
  const returned: string[] = [];
  await Promise.all(
    byKey(rows).map(async (sameKey) => {
      for (const [index, row] of sameKey.entries()) {
        const sent = await inNewTrace(
          sendOf(row, pass && [pass.traceparent]),
          row.traceparent ?? undefined,
          (span) => publishRow(options, row, span),
        );
        if (!sent) {
          returned.push(...sameKey.slice(index).map((late) => late.seq));
          return;
        }
        published.push(row.seq);
      }
    }),
  );
  pass?.end();
  const { rows: held } = await pool.query<{ ms: number | null } & WaitingRow>(
    `WITH gone AS (DELETE FROM ${table} WHERE seq = ANY($1))
     SELECT (SELECT ceil(extract(epoch FROM min(lease_until) - now()) * 1000)::int
       FROM ${table} WHERE seq <> ALL($1) AND lease_until >= now() AND holder IS DISTINCT FROM $2) AS ms,
       ${waitingColumns(table)}`,
    [published, own.holder],
  );
  own.published = [];
  own.waiting = waitingOf(held[0]);
  if (returned.length > 0) {
    await pool.query(`UPDATE ${table} SET lease_until = NULL WHERE seq = ANY($1)`, [returned]);
    return 'waiting';
  }
  if (rows.length === BATCH) return 'more';
  const heldForMs = held[0]?.ms ?? null;
  // a moment more: a lease that ends right now is still one
  return heldForMs === null ? 'done' : { heldForMs: heldForMs + 50 };
}

/** Publishes one row, in its own trace. @returns false when it could not */
async function publishRow(
  options: Parameters<typeof startOutboxRelay>[0],
  row: OutboxRow,
  span: Span,
): Promise<boolean> {
  const about = { eventId: row.id, type: row.type, taskId: row.key, topic: row.topic };
  try {
    await options.publish(row.topic, {
      id: row.id,
      source: options.source,
      type: row.type,
      subject: row.key,
      time: row.time.toISOString(),
      traceparent: span.traceparent,
      data: row.data,
    });
    measured('event.published', { topic: row.topic, type: row.type, outcome: 'published' });
    options.log.info(about, 'event published');
    return true;
  } catch (error) {
    measured('event.published', { topic: row.topic, type: row.type, outcome: 'failed' });
    options.log.warn({ err: error, ...about }, 'event not published yet');
    span.fail(error);
    return false;
  }
}

async function claim(client: PoolClient, schema: string, holder: string): Promise<OutboxRow[]> {
  const table = `${identifier(schema)}.outbox`;
  await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`outbox:${schema}`]);
  const { rows } = await client.query<OutboxRow>(
    // MATERIALIZED, so that it is read once, however the update is planned
    `WITH free AS MATERIALIZED (
       SELECT seq FROM ${table} AS mine
       WHERE (lease_until IS NULL OR lease_until < now() OR holder = $3)
         AND NOT EXISTS (
           SELECT 1 FROM ${table} AS earlier
           WHERE earlier.key = mine.key AND earlier.seq < mine.seq AND earlier.lease_until >= now() AND earlier.holder IS DISTINCT FROM $3)
       ORDER BY seq LIMIT $1)
     UPDATE ${table} AS taken SET lease_until = now() + make_interval(secs => $2), holder = $3
     FROM free WHERE taken.seq = free.seq
     RETURNING taken.seq, id, topic, type, key, time, traceparent, data`,
    [BATCH, LEASE_SECONDS, holder],
  );
  return rows.sort((a, b) => Number(BigInt(a.seq) - BigInt(b.seq)));
}

function byKey(rows: readonly OutboxRow[]): OutboxRow[][] {
  return [...Map.groupBy(rows, (row) => row.key).values()];
}

// PostgreSQL access that survives what a serverless database does: connections cut while idle, slow first connections,
// a pooler in transaction mode (so no session state, ever). One place opens transactions and one place knows which
// errors mean "not now" and which mean "never".
import type { Socket } from 'node:net';
import pg from 'pg';
import { clockOf, READ_DATABASE_CLOCK } from './database-clock.ts';
import { recordingClient } from './database-span.ts';
import type { Logger } from './log.ts';
import { recordUse } from './pool-use.ts';

export type { Pool, PoolClient } from 'pg';

/** What a query can be sent to: a pool, or a client inside a transaction. */
export type Queryable = Pick<pg.Pool, 'query'>;

// A DATE has no zone: as a JavaScript Date it would shift by a day in half of the world.
const types = new pg.TypeOverrides();
types.setTypeParser(pg.types.builtins.DATE, (text) => text);

/** A connection that can't be made within this time counts as an unavailable database, in ms. */
const CONNECT_TIMEOUT_MS = 10_000;

/** Idle connections are given up after this time, in ms, so that an idle service leaves the database alone. */
const IDLE_TIMEOUT_MS = 30_000;

/** A statement that takes longer is stuck on a dead connection, in ms: what lies between acknowledges and swallows. */
const STATEMENT_TIMEOUT_MS = 20_000;

/** TCP's keep-alive begins after this silence, in ms; Node then probes every second and gives up after ten. */
const KEEP_ALIVE_AFTER_MS = 10_000;

/** How long the server may take to close its side of a connection we end, in ms. */
const GOODBYE_MS = 1_000;

/**
 * Begins a transaction whose locks end with its client: the server, too, may be at the end of a dead connection and would
 * keep them for hours. 45 s is more than any pause inside a transaction of ours. By SET LOCAL, which a pooler passes on.
 */
export const BEGIN = "BEGIN; SET LOCAL idle_in_transaction_session_timeout = '45s'";

/**
 * Opens a pool.
 * @param options `url` may be a transaction-mode pooler; `application` is shown in pg_stat_activity.
 */
export function createPool(options: {
  url: string;
  application: string;
  max?: number;
  log: Logger;
}): pg.Pool {
  const pool = new pg.Pool({
    connectionString: options.url,
    application_name: options.application,
    max: options.max ?? 10,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    idleTimeoutMillis: IDLE_TIMEOUT_MS,
    query_timeout: STATEMENT_TIMEOUT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER_MS,
    types,
    Client: recordingClient(),
  });
  // Without a listener an idle client's error ends the process.
  pool.on('error', (error) => {
    options.log.info({ code: errorCode(error) }, 'an idle database connection was closed');
  });
  // A server can end a connection in the same packet that made it ready: before its first user could listen for errors.
  pool.on('connect', (client) => {
    client.on('error', () => undefined);
    limitGoodbye(client);
  });
  recordUse(pool, isUnavailable);
  return pool;
}

/** The work resolved, but its transaction was not committed: nothing of it is stored. `cause`: the statement's error. */
export class TransactionRolledBack extends Error {
  override readonly name = 'TransactionRolledBack';
}

/**
 * Runs `work` in a transaction and commits what it did, or nothing. Connections found dead before the transaction began are
 * replaced, all that the pool may hold: a server that was restarted cut every one of them. Anything later is the caller's to
 * retry, because it may have been committed.
 * @throws what `work` throws, or the database's error; TransactionRolledBack when `work` caught a statement's error and went on.
 */
export async function withTransaction<T>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const client = await begin(pool);
  let broken = false;
  const watched = watchErrors(client);
  try {
    const result = await work(client);
    await commit(client, watched.error);
    return result;
  } catch (error) {
    // Behind a statement that was never answered a rollback would wait as long again.
    if (isSilent(error)) broken = true;
    else
      await client.query('ROLLBACK').catch(() => {
        broken = true;
      });
    throw error;
  } finally {
    watched.end();
    // A client whose rollback failed would hand its aborted transaction to the next caller.
    release(client, broken);
  }
}

/** PostgreSQL answers COMMIT with ROLLBACK, and no error, when a statement of the transaction failed. */
async function commit(client: pg.PoolClient, cause: () => unknown): Promise<void> {
  // without a transaction COMMIT is only a warning
  const ended = client.getTransactionStatus() === 'I';
  const { command } = await client.query('COMMIT');
  if (ended || command !== 'COMMIT')
    throw new TransactionRolledBack(
      ended
        ? 'the transaction was rolled back or committed inside its own callback'
        : 'the transaction was rolled back: a statement failed and its error was swallowed',
      { cause: cause() },
    );
}

/** SQLSTATE in_failed_sql_transaction: refused because of an earlier error. */
const ABORTED = '25P02';

/** Remembers the last error of a client's statements that is not a consequence of another. */
function watchErrors(client: pg.PoolClient): { error: () => unknown; end: () => void } {
  const query = client.query.bind(client) as (...args: unknown[]) => unknown;
  let last: unknown;
  const watched = (...args: unknown[]): unknown => {
    const answer = query(...args);
    if (answer instanceof Promise)
      answer.catch((error: unknown) => {
        if (errorCode(error) !== ABORTED) last = error;
      });
    return answer;
  };
  Object.assign(client, { query: watched });
  return {
    error: () => last,
    end: () => {
      delete (client as Partial<pg.PoolClient>).query; // the class's own is there again
    },
  };
}

async function begin(pool: pg.Pool): Promise<pg.PoolClient> {
  for (let attempt = 1; ; attempt += 1) {
    const client = await pool.connect();
    // A checked-out client emits errors of its own; the failing query reports them, this keeps the process alive.
    client.on('error', ignore);
    try {
      await start(client, pool);
      return client;
    } catch (error) {
      release(client, true);
      if (attempt > pool.options.max || !isUnavailable(error)) throw error;
    }
  }
}

/** Begins; where the database's clock is kept, it is read in the same round trip. */
async function start(client: pg.PoolClient, pool: pg.Pool): Promise<void> {
  const clock = clockOf(pool);
  if (!clock) {
    await client.query(BEGIN);
    return;
  }
  const askedAt = clock.machine().getTime();
  const results = (await client.query(
    `${BEGIN}; ${READ_DATABASE_CLOCK}`,
  )) as unknown as pg.QueryResult<{ database_ms: number }>[];
  const read = results.at(-1)?.rows[0];
  if (read) clock.note(askedAt, clock.machine().getTime(), read.database_ms);
}

/** A statement got no answer: nothing more comes on its connection. */
function isSilent(error: unknown): boolean {
  return error instanceof Error && error.message === 'Query read timeout';
}

/** Ends a connection, and within a second also one whose server never says goodbye. Never rejects. */
export async function endClient(client: pg.Client): Promise<void> {
  limitGoodbye(client);
  await client.end().catch(() => undefined);
}

// `end()` waits for the server to close its side, which a dead connection's never does: the socket would stay for good.
function limitGoodbye(client: pg.Client): void {
  const end = client.end.bind(client) as (...args: unknown[]) => unknown;
  client.end = ((...args: unknown[]) => {
    const { stream } = (client as unknown as { connection: { stream: Socket } }).connection;
    const timer = setTimeout(() => stream.destroy(), GOODBYE_MS);
    timer.unref();
    stream.once('close', () => {
      clearTimeout(timer);
    });
    return end(...args);
  }) as typeof client.end;
}

function release(client: pg.PoolClient, broken: boolean): void {
  client.off('error', ignore);
  client.release(broken);
}

function ignore(): void {
  // deliberately nothing
}

/** The SQLSTATE or system error code of an error, if it has one. */
export function errorCode(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : undefined;
}

const SYSTEM_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
]);

/** SQLSTATE classes and codes that pass: connection (08), out of resources (53), operator intervention (57), read-only after a failover, serialization, deadlock. */
const PASSING_STATES = /^(08...|53...|57...|25006|40001|40P01)$/;

/** True when the database can't do it now but may do it later. */
export function isUnavailable(error: unknown): boolean {
  const code = errorCode(error);
  if (code) return SYSTEM_CODES.has(code) || PASSING_STATES.test(code);
  return (
    error instanceof Error &&
    /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Query read timeout/.test(
      error.message,
    )
  );
}

/** True when the database will never take this value (class 22: bad text, bad number, bad JSON). */
export function isBadData(error: unknown): boolean {
  return /^22...$/.test(errorCode(error) ?? '');
}

/** A schema or table name as SQL; only plain lower-case names are accepted, since they come from our own code. */
export function identifier(name: string): string {
  if (!/^[a-z_][a-z0-9_]{0,62}$/.test(name))
    throw new Error(`not a plain SQL name: ${JSON.stringify(name)}`);
  return `"${name}"`;
}

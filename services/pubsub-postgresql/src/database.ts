// The pool of connections every statement but LISTEN goes through. It may lead through a transaction-mode pooler, so
// nothing here depends on the session: no SET, no named statements, no session locks.
import pg from 'pg';
import type { Logger } from 'pino';
import { parseConnectionString } from './connection-string.ts';
import { describeError, isPassing } from './database-errors.ts';

/** Shown in pg_stat_activity. */
export const APPLICATION_NAME = 'dapr-pubsub-postgresql';

/** Idle connections are given back after this, so that a sleeping system holds none. */
const IDLE_CONNECTION_MS = 10_000;
const CONNECT_TIMEOUT_MS = 5_000;
/** A statement that takes longer is stuck on a dead connection. */
const STATEMENT_TIMEOUT_MS = 15_000;
const RETRY_FIRST_MS = 50;
const MAX_RETRY_PAUSE_MS = 2_000;

/** A row as `pg` gives it. */
export type Row = Record<string, unknown>;

/** What the rest of the component uses of the database. */
export interface Database {
  /** Runs one statement in a transaction of its own. `dapr_pubsub.` in it stands for the configured schema. */
  query: <T extends Row>(text: string, values?: unknown[]) => Promise<T[]>;
  /**
   * Runs one statement, and again after errors that pass by themselves, for up to `patienceMs`.
   * A connection cut in the middle may mean that it was done twice.
   */
  withRetries: <T extends Row>(text: string, values: unknown[], patienceMs: number) => Promise<T[]>;
  /** When a statement last succeeded, by performance.now(). */
  lastSuccess: () => number;
  /** Calls back after each statement that succeeded. */
  onSuccess: (callback: () => void) => void;
  close: () => Promise<void>;
}

/** Opens nothing yet: the first statement connects. */
export function openDatabase(options: {
  connectionString: string;
  schema: string;
  poolSize: number;
  /** The first statement works after one failed because the database was away: it may be another database now. */
  onReturn: () => void;
  log: Logger;
}): Database {
  const pool = new pg.Pool({
    ...parseConnectionString(options.connectionString),
    application_name: APPLICATION_NAME,
    max: options.poolSize,
    idleTimeoutMillis: IDLE_CONNECTION_MS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: STATEMENT_TIMEOUT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: 5_000,
    allowExitOnIdle: true,
  });
  // The server closes idle connections when it restarts or suspends: expected, and no reason to end the process.
  pool.on('error', (error) => {
    wasAway = true;
    options.log.info({ error: describeError(error) }, 'an idle database connection was closed');
  });
  // A server can end a connection in the same packet that made it ready: before its first user could listen for errors.
  pool.on('connect', (client) => {
    client.on('error', () => undefined);
  });
  let lastSuccess = performance.now();
  let wasAway = false;
  const listeners: (() => void)[] = [];
  const texts = new Map<string, string>();

  function named(text: string): string {
    let result = texts.get(text);
    if (result === undefined) {
      result = withSchema(text, options.schema);
      texts.set(text, result);
    }
    return result;
  }

  async function query<T extends Row>(text: string, values: unknown[] = []): Promise<T[]> {
    const client = await pool.connect().catch((error: unknown) => {
      wasAway = true;
      throw error;
    });
    let broken = false;
    const onError = (): void => {
      broken = true;
    };
    client.on('error', onError);
    try {
      const result = await client.query<T>(named(text), values);
      lastSuccess = performance.now();
      if (wasAway) {
        wasAway = false;
        options.onReturn();
      }
      for (const callback of listeners) callback();
      return result.rows;
    } catch (error) {
      // Only an answer from the server proves that the connection can be used again.
      broken ||= !(error instanceof pg.DatabaseError) || isPassing(error);
      wasAway ||= broken;
      throw error;
    } finally {
      client.off('error', onError);
      client.release(broken);
    }
  }

  async function withRetries<T extends Row>(
    text: string,
    values: unknown[],
    patienceMs: number,
  ): Promise<T[]> {
    const deadline = performance.now() + patienceMs;
    for (
      let pause = 0;
      ;
      pause = Math.min(MAX_RETRY_PAUSE_MS, Math.max(RETRY_FIRST_MS, pause * 2))
    ) {
      if (pause > 0) await new Promise((done) => setTimeout(done, pause * (0.5 + Math.random())));
      try {
        return await query<T>(text, values);
      } catch (error) {
        if (!isPassing(error) || performance.now() + pause > deadline) throw error;
      }
    }
  }

  return {
    query,
    withRetries,
    lastSuccess: () => lastSuccess,
    onSuccess: (callback) => listeners.push(callback),
    close: () => pool.end(),
  };
}

/** Puts the configured schema in the place of `dapr_pubsub.` in a statement. */
export function withSchema(text: string, schema: string): string {
  return schema === 'dapr_pubsub' ? text : text.replaceAll(/\bdapr_pubsub\./g, `${schema}.`);
}

// Sessions that an operator ended in the database (accounts.ts), while this web app runs: the backend is told of each at once, as of
// those that ended here.
//
//   off ──start, or a request──▶ connecting ──LISTEN, then read what is there──▶ listening ──connection lost──▶ off
//
// A lost connection comes back with the next request of a person, not by a timer: an idle database may sleep. What was noted
// meanwhile is read then.
import pg from 'pg';
import type { Pool } from '@todo/runtime/database';
import type { Logger } from '@todo/runtime/log';
import { announceSessionEnd } from './auth';
import { ENDED_SESSIONS_CHANNEL } from './accounts';
import { config } from './config';
import { database } from './database';
import { log } from './log';

/** Pause after a failed attempt to connect, ms. */
const PAUSE_MS = 5_000;
/** TCP's keep-alive begins after this silence, ms: a connection that is dead without saying so is found. */
const KEEP_ALIVE_AFTER_MS = 10_000;

interface Watch {
  /** Connects unless it is connected. */
  wake: () => void;
  stop: () => Promise<void>;
}
const globals = globalThis as unknown as { todoEndedSessions?: Watch };

/** Starts watching; the schema is there. */
export function startEndedSessionsWatch(): Watch {
  globals.todoEndedSessions ??= watchEndedSessions({
    url: config().DATABASE_DIRECT_URL ?? config().DATABASE_URL,
    pool: database().pool,
    announce: announceSessionEnd,
    log,
  });
  return globals.todoEndedSessions;
}

/** Says that somebody is here, so the watch should be. */
export function wakeEndedSessionsWatch(): void {
  globals.todoEndedSessions?.wake();
}

/**
 * Watches the table for sessions that ended.
 * @param options `url` leads to the database without a pooler; `announce` tells of one and never fails
 */
export function watchEndedSessions(options: {
  url: string;
  pool: Pool;
  announce: (session: { sub: string; sid: string }) => Promise<void>;
  log: Pick<Logger, 'warn'>;
}): Watch {
  let client: pg.Client | undefined;
  let stopped = false;
  let pausedUntil = 0; // by performance.now()
  let reading: Promise<void> | undefined;
  let again = false;

  function lost(of: pg.Client, error?: unknown): void {
    if (client !== of || stopped) return;
    client = undefined;
    pausedUntil = performance.now() + PAUSE_MS;
    of.end().catch(() => undefined);
    if (error !== undefined)
      options.log.warn({ err: error }, 'not watching for sessions that are ended elsewhere');
  }

  async function connect(of: pg.Client): Promise<void> {
    of.on('error', (error) => {
      lost(of, error);
    });
    of.on('end', () => {
      lost(of);
    });
    of.on('notification', read);
    try {
      await of.connect();
      await of.query(`LISTEN ${ENDED_SESSIONS_CHANNEL}`);
      read();
    } catch (error) {
      lost(of, error);
    }
  }

  function read(): void {
    again = true;
    reading ??= readAll().finally(() => (reading = undefined));
  }

  async function readAll(): Promise<void> {
    try {
      while (again && !stopped) {
        again = false;
        await announceAll(options);
      }
    } catch (error) {
      options.log.warn({ err: error }, 'could not read which sessions were ended elsewhere');
    }
  }

  function wake(): void {
    if (stopped || client !== undefined || performance.now() < pausedUntil) return;
    client = new pg.Client({
      connectionString: options.url,
      application_name: 'web',
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER_MS,
    });
    void connect(client);
  }

  wake();
  return {
    wake,
    stop: async () => {
      stopped = true;
      await client?.end().catch(() => undefined);
      await reading;
    },
  };
}

/** Tells of each that is noted and forgets it then; replicas that do so at once do no harm. */
async function announceAll({
  pool,
  announce,
}: Pick<Parameters<typeof watchEndedSessions>[0], 'pool' | 'announce'>): Promise<void> {
  const { rows } = await pool.query<{ sid: string; sub: string }>(
    'SELECT "id" AS sid, "userId" AS sub FROM auth."endedSession"',
  );
  if (rows.length === 0) return;
  await Promise.all(rows.map(announce));
  await pool.query('DELETE FROM auth."endedSession" WHERE "id" = ANY($1)', [
    rows.map(({ sid }) => sid),
  ]);
}

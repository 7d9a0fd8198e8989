// How open streams hear that there is something to read, also when another replica wrote it: NOTIFY after the commit, never
// in it (it would take a lock that is one for the whole database), and LISTEN only while a stream is open, so that an idle
// system leaves a serverless database alone.
//
//   nobody listens → a stream opens → connecting → listening → last stream closed → nobody listens
//                                       ↑ pause 0.2–5 s ↓ connection lost
// Each time listening begins, every stream reads from its place: what came in between is found there.
import pg from 'pg';
import type { Pool } from '@todo/common/database';
import type { Logger } from '@todo/common/log';

const CHANNEL = 'todo_changes';
/** Commits of this long are told of together, ms. */
const GATHER_MS = 10;
const MIN_PAUSE_MS = 200;
const MAX_PAUSE_MS = 5_000;

/** Tells streams when to read. */
export interface WakeUps {
  /** Tells every replica's streams of the user; returns at once. */
  announce: (userId: string) => void;
  /** Calls `wake` whenever the user's changes should be read; resolves when that is certain. @returns how to stop */
  watch: (userId: string, wake: () => void) => () => void;
  stop: () => Promise<void>;
}

/**
 * Makes the wake-ups.
 * @param options `directUrl` reaches PostgreSQL without a transaction-mode pooler: LISTEN needs a session.
 */
export function createWakeUps(options: { pool: Pool; directUrl: string; log: Logger }): WakeUps {
  const { pool, log } = options;
  const watchers = new Map<string, Set<() => void>>();
  const announced = new Set<string>();
  let gathering: NodeJS.Timeout | undefined;
  let listener: pg.Client | undefined;
  let retry: NodeJS.Timeout | undefined;
  let pause = 0;
  let stopped = false;

  const wake = (userId: string): void => {
    for (const one of watchers.get(userId) ?? []) one();
  };
  const wakeAll = (): void => {
    for (const userId of watchers.keys()) wake(userId);
  };
  const flush = (): void => {
    gathering = undefined;
    const users = [...announced];
    announced.clear();
    pool
      .query('SELECT pg_notify($1, user_id) FROM unnest($2::text[]) AS user_id', [CHANNEL, users])
      .catch((error: unknown) => {
        log.info(
          { err: error },
          'other replicas were not told of a change: their streams hear of it with the next one',
        );
      });
  };
  const lost = (client: pg.Client): void => {
    if (listener !== client) return;
    listener = undefined;
    client.end().catch(() => undefined);
    if (stopped || watchers.size === 0) return;
    pause = Math.min(MAX_PAUSE_MS, Math.max(MIN_PAUSE_MS, pause * 2));
    retry = setTimeout(listen, pause);
  };
  function listen(): void {
    if (stopped || listener || watchers.size === 0) return;
    clearTimeout(retry);
    const client = new pg.Client({
      connectionString: options.directUrl,
      application_name: 'todo-backend listen',
      keepAlive: true,
      connectionTimeoutMillis: 5_000,
    });
    listener = client;
    client.on('notification', ({ payload }) => {
      if (payload) wake(payload);
    });
    client.on('error', (error) => {
      log.info({ err: error }, 'the listening connection was lost');
      lost(client);
    });
    client.on('end', () => {
      lost(client);
    });
    const start = async (): Promise<void> => {
      await client.connect();
      await client.query(`LISTEN ${CHANNEL}`);
      pause = 0;
      wakeAll();
    };
    start().catch((error: unknown) => {
      log.warn({ err: error }, 'can not listen for changes yet');
      lost(client);
    });
  }
  const release = (): void => {
    if (watchers.size > 0 || !listener) return;
    const client = listener;
    listener = undefined;
    client.end().catch(() => undefined);
  };
  return {
    announce: (userId) => {
      wake(userId);
      announced.add(userId);
      gathering ??= setTimeout(flush, GATHER_MS);
    },
    watch: (userId, one) => {
      const mine = watchers.get(userId) ?? new Set();
      watchers.set(userId, mine.add(one));
      listen();
      return () => {
        mine.delete(one);
        if (mine.size === 0) watchers.delete(userId);
        release();
      };
    },
    stop: async () => {
      stopped = true;
      clearTimeout(retry);
      if (gathering) {
        clearTimeout(gathering);
        flush();
      }
      await listener?.end().catch(() => undefined);
    },
  };
}

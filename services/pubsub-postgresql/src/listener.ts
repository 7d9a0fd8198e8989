// Hears of new messages: one connection that LISTENs, and nothing else, on the direct address.
//
//   off ──start──▶ connecting ──LISTEN──────────────────────────────────────────▶ listening
//                     ▲  │ fails: again, with growing pauses                          │ connection lost
//                     │  └────────────                                                ▼
//                     └──idleMode listen, or lately active────────────────────────  lost
//                     └──idleMode sleep: any statement of ours, a knock, sleepPoll── asleep
//
// LISTEN comes before the catch-up read (`onListening` wakes every subscription), so nothing falls between the two.
//
// Asleep: a serverless database that suspended has cut the connection; connecting again would wake it, and keep it
// awake. So nothing is done until somebody publishes: this process (its statement wakes the database anyway), or another
// one, which then knocks at this process's wake port. sleepPoll bounds what a lost knock can cost.
import pg from 'pg';
import type { Logger } from 'pino';
import { parseConnectionString } from './connection-string.ts';
import { APPLICATION_NAME, type Database } from './database.ts';
import { describeError } from './database-errors.ts';

const FIRST_PAUSE_MS = 50;
const MOST_PAUSE_MS = 2_000;

/** Where it stands; see the head of the file. */
export type ListenerState = 'off' | 'connecting' | 'listening' | 'asleep';

/** The listening connection. */
export interface Listener {
  start: () => void;
  state: () => ListenerState;
  /** Leaves `asleep`. */
  rouse: () => void;
  close: () => Promise<void>;
}

/**
 * @param options.suspendsAfterMs - a connection lost after so long without a statement was cut by a suspension; one lost
 *   earlier is an accident
 * @param options.onNotice - payload of a notification
 * @param options.onListening - it listens (again): read what came meanwhile
 */
export function createListener(options: {
  connectionString: string;
  channel: string;
  database: Database;
  idleMode: 'listen' | 'sleep';
  suspendsAfterMs: number;
  sleepPollMs: number;
  onNotice: (payload: string) => void;
  onListening: () => void;
  log: Logger;
}): Listener {
  const { log, database } = options;
  let state: ListenerState = 'off';
  let client: pg.Client | undefined;
  let timer: NodeJS.Timeout | undefined;
  let pause = 0;
  let closed = false;
  let complained = false;

  function later(ms: number, action: () => void): void {
    clearTimeout(timer);
    timer = setTimeout(action, ms);
  }

  function connect(): void {
    if (closed || state === 'listening') return;
    state = 'connecting';
    clearTimeout(timer);
    open().catch((error: unknown) => {
      if (closed) return;
      if (!complained)
        log.warn({ error: describeError(error) }, 'cannot listen for wake-ups; trying again');
      complained = true;
      pause = Math.min(MOST_PAUSE_MS, Math.max(FIRST_PAUSE_MS, pause * 2));
      later(pause * (0.5 + Math.random()), connect);
    });
  }

  async function open(): Promise<void> {
    const own = new pg.Client({
      ...parseConnectionString(options.connectionString),
      application_name: `${APPLICATION_NAME}-listen`,
      connectionTimeoutMillis: 5_000,
      keepAlive: true,
      keepAliveInitialDelayMillis: 5_000,
    });
    let over = false;
    const end = (error?: Error): void => {
      if (over) return;
      over = true;
      if (client === own) lost(error);
    };
    own.on('error', end);
    own.on('end', () => {
      end();
    });
    own.on('notification', ({ payload }) => {
      if (payload) options.onNotice(payload);
    });
    try {
      await own.connect();
      await own.query(`listen ${own.escapeIdentifier(options.channel)}`);
    } catch (error) {
      await own.end().catch(() => undefined);
      throw error;
    }
    // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- changed by other callbacks while this one awaits
    if (closed || over) {
      await own.end().catch(() => undefined);
      if (closed) return;
      throw new Error('the connection ended at once');
    }
    client = own;
    state = 'listening';
    pause = 0;
    if (complained) log.info('listening for wake-ups again');
    complained = false;
    options.onListening();
  }

  function lost(error?: Error): void {
    client = undefined;
    if (closed) return;
    const idleMs = performance.now() - database.lastSuccess();
    if (options.idleMode === 'sleep' && idleMs > options.suspendsAfterMs) {
      state = 'asleep';
      log.info('the database closed the idle connection; asleep until somebody publishes');
      if (options.sleepPollMs > 0) later(options.sleepPollMs, connect);
      return;
    }
    state = 'connecting';
    log.info(
      { error: error ? describeError(error) : 'closed' },
      'the listening connection was lost; connecting again',
    );
    later(FIRST_PAUSE_MS * Math.random(), connect);
  }

  database.onSuccess(() => {
    if (state === 'asleep') connect();
  });

  return {
    start: () => {
      if (state === 'off') connect();
    },
    state: () => state,
    rouse: () => {
      if (state === 'asleep') connect();
    },
    close: async () => {
      closed = true;
      state = 'off';
      clearTimeout(timer);
      const own = client;
      client = undefined;
      await own?.end().catch(() => undefined);
    },
  };
}

// How replicas tell each other that something was committed: one NOTIFY for what gathers within a few milliseconds, sent
// outside of the transactions (inside, it would line up all commits of the database), and one LISTEN connection.
//
// The connection costs the database nothing while idle, but making it wakes a database that sleeps. So:
//   somebody is connected (eager) ...... listens; made again at once when it breaks
//   only reminders wait (lazy) ......... listens; when it breaks, made again at the next sign that the database is awake
//   neither ............................ no connection
//
// A connection can be dead without a word: lost packets are found by TCP's keep-alive, but something on the way may go on
// acknowledging and swallow every byte. So a connection that was silent is asked a question: every few seconds while somebody
// is connected, after each commit of this replica, and hourly while only reminders wait (that must not keep a database awake).
// One that does not answer is replaced, and what was missed is read.
import pg from 'pg';
import { endClient } from '@todo/runtime/database';
import type { Pool } from '@todo/runtime/database';
import type { Logger } from '@todo/runtime/log';

const CHANNEL = 'todo_changes';
/** Commits within this time are told in one NOTIFY, ms. */
const GATHER_MS = 4;
/** NOTIFY takes 7,999 bytes; more people than fit are told as "everybody". */
const MAX_PAYLOAD = 7_900;
/** An unwanted connection is kept for this long, ms: people reload pages. */
const LINGER_MS = 10_000;
const MIN_PAUSE_MS = 200;
const MAX_PAUSE_MS = 10_000;
/** An answer later than this is none, ms. */
const ANSWER_WITHIN_MS = 10_000;
/** A connection silent for this long is asked, ms … */
const DOUBT_AFTER_MS = 15_000;
/** … which is looked at this often while somebody is connected, ms. */
const WATCH_MS = 10_000;
/** … and as long as only reminders wait, ms: 1 hour. */
const LAZY_DOUBT_MS = 3_600_000;
/** For the server's side of the connection: it, too, notices within a minute when packets are lost. */
const SERVER_KEEP_ALIVE =
  'SET tcp_keepalives_idle = 30; SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 3; SET tcp_user_timeout = 60000';

/** What one notice tells. */
export interface Notice {
  /** Who has changes to read; null: anybody may have. */
  readonly users: readonly string[] | null;
  /** The earliest reminder that was set, ms since the epoch; null: none. */
  readonly remindAt: number | null;
  /** Whose tokens or sessions may have ended; null: anybody's. */
  readonly accessOf: readonly string[] | null;
}

/** A notice as it is sent: instance, users, reminder and, since access ends at once, whose access to check. */
interface Message {
  i: string;
  u: string[] | null;
  r: number | null;
  e?: string[] | null;
}

/** Sending and hearing of notices. */
export interface Notices {
  /** Tells the other replicas, soon. */
  tell: (userId: string, remindAt: Date | null) => void;
  /** Tells the other replicas that a token or session of a person has ended. */
  tellEnded: (userId: string) => void;
  /** Says how much hearing matters now. */
  want: (how: { eager?: boolean; lazy?: boolean }) => void;
  /** True while notices arrive. */
  isListening: () => boolean;
  close: () => Promise<void>;
}

/**
 * Starts without a connection.
 * @param options `directUrl`: an address that is not a transaction-mode pooler. `onNotice` hears of other replicas' commits;
 *   `onListening` is called after each new LISTEN: what was told before it is to be read by the hearer.
 */
export function createNotices(options: {
  pool: Pool;
  directUrl: string;
  instance: string;
  log: Logger;
  onNotice: (notice: Notice) => void;
  onListening: () => void;
}): Notices {
  const { log } = options;
  let users = new Set<string>();
  let accessOf = new Set<string>();
  let remindAt: number | null = null;
  let sendTimer: NodeJS.Timeout | undefined;
  const wanted = { eager: false, lazy: false };
  let client: pg.Client | undefined;
  let connecting = false;
  let pause = 0;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  let heardAt = 0; // by performance.now()
  let proving = false;
  /** A connection that did not answer, until another one listens. */
  let dead: { heardAt: number; doubtedAt: number } | undefined;
  const watch = setInterval(() => {
    doubt(wanted.eager ? DOUBT_AFTER_MS : LAZY_DOUBT_MS);
  }, WATCH_MS);
  watch.unref();

  const send = async (): Promise<void> => {
    const notice: Message = { i: options.instance, u: [...users], r: remindAt };
    if (accessOf.size > 0) notice.e = [...accessOf];
    users = new Set();
    accessOf = new Set();
    remindAt = null;
    sendTimer = undefined;
    if (Buffer.byteLength(JSON.stringify(notice)) > MAX_PAYLOAD) {
      notice.u = null;
      if (notice.e) notice.e = null;
    }
    try {
      await options.pool.query('SELECT pg_notify($1, $2)', [CHANNEL, JSON.stringify(notice)]);
    } catch (error) {
      // the others hear of it with the next change; their reminders' times are in the table
      log.warn({ err: error }, 'could not notify other replicas of a change');
    }
  };

  const connect = async (): Promise<void> => {
    connecting = true;
    const fresh = new pg.Client({
      connectionString: options.directUrl,
      application_name: 'todo-backend listen',
      connectionTimeoutMillis: 10_000,
      query_timeout: ANSWER_WITHIN_MS,
      keepAlive: true,
      keepAliveInitialDelayMillis: 5_000,
    });
    const lost = (): void => {
      if (client !== fresh) return;
      client = undefined;
      log.info('the connection for live updates was closed');
      if (wanted.eager) later();
    };
    fresh.on('error', lost);
    fresh.on('end', lost);
    fresh.on('notification', ({ payload }) => {
      heardAt = performance.now();
      hear(payload ?? '');
    });
    try {
      await fresh.connect();
      await fresh.query(SERVER_KEEP_ALIVE).catch((error: unknown) => {
        if (!(error instanceof pg.DatabaseError)) throw error; // refused: it is listened to all the same
      });
      await fresh.query(`LISTEN ${CHANNEL}`);
      client = fresh;
      heardAt = performance.now();
      pause = 0;
      connecting = false;
      if (dead) {
        log.warn(
          {
            silentForMs: Math.round(heardAt - dead.heardAt),
            replacedAfterMs: Math.round(heardAt - dead.doubtedAt),
          },
          'the connection for live updates was replaced',
        );
        dead = undefined;
      }
      if (closed || !isWanted()) settle();
      else options.onListening();
    } catch (error) {
      connecting = false;
      log.warn({ err: error }, 'cannot receive live updates from other replicas yet');
      await endClient(fresh);
      if (wanted.eager) later();
    }
  };
  /** Asks the connection, if it was silent for so long; one that does not answer is replaced. */
  function doubt(silentForMs: number): void {
    const asked = client;
    const doubtedAt = performance.now();
    if (!asked || proving || closed || doubtedAt - heardAt < silentForMs) return;
    proving = true;
    asked
      .query('SELECT 1')
      .then(
        () => {
          if (client === asked) heardAt = performance.now();
        },
        async (error: unknown) => {
          if (client === asked) {
            client = undefined;
            dead = { heardAt, doubtedAt };
            log.warn(
              { err: error, silentForMs: Math.round(performance.now() - heardAt) },
              'the connection for live updates does not answer; replacing it',
            );
            settle();
          }
          await endClient(asked);
        },
      )
      .finally(() => {
        proving = false;
      })
      .catch(() => undefined);
  }
  function later(): void {
    if (closed) return;
    clearTimeout(timer);
    timer = setTimeout(settle, pause);
    pause = Math.min(MAX_PAUSE_MS, Math.max(MIN_PAUSE_MS, pause * 2));
  }
  function isWanted(): boolean {
    return wanted.eager || wanted.lazy;
  }
  /** Makes or drops the connection, as wanted. */
  function settle(): void {
    clearTimeout(timer);
    if (!closed && isWanted() && !client && !connecting) {
      connect().catch((error: unknown) => {
        log.error({ err: error }, 'listening failed');
      });
    } else if (client && (closed || !isWanted())) {
      const unwanted = client;
      client = undefined;
      endClient(unwanted).catch(() => undefined);
    }
  }
  function hear(payload: string): void {
    try {
      const { i, u, r, e = [] } = JSON.parse(payload) as Message;
      if (i !== options.instance) options.onNotice({ users: u, remindAt: r, accessOf: e });
    } catch (error) {
      log.warn({ err: error }, 'could not parse a notification from another replica');
    }
  }
  return {
    tell: (userId, at) => {
      users.add(userId);
      if (at && (remindAt === null || at.getTime() < remindAt)) remindAt = at.getTime();
      sendTimer ??= setTimeout(() => {
        send().catch(() => undefined);
      }, GATHER_MS);
      if (isWanted()) settle(); // a commit: the database is awake
      doubt(DOUBT_AFTER_MS);
    },
    tellEnded: (userId) => {
      accessOf.add(userId);
      sendTimer ??= setTimeout(() => {
        send().catch(() => undefined);
      }, GATHER_MS);
    },
    want: (how) => {
      Object.assign(wanted, how);
      if (isWanted()) {
        settle();
        return;
      }
      clearTimeout(timer);
      timer = setTimeout(settle, LINGER_MS);
      timer.unref();
    },
    isListening: () => client !== undefined,
    close: async () => {
      closed = true;
      clearTimeout(timer);
      clearInterval(watch);
      if (sendTimer) {
        clearTimeout(sendTimer);
        await send();
      }
      const last = client;
      client = undefined;
      if (last) await endClient(last);
    },
  };
}

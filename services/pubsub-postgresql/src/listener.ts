// Learns of new messages: one session that LISTENs, and nothing else, on the direct address.
//
//   off ──start──▶ connecting ──LISTEN──────────────────────────────────────────▶ listening ──doubt──▶ proving
//                     ▲  │ fails: again, with growing pauses                          │ connection lost   │ no answer
//                     │  └────────────                                                ▼                   │
//                     ├──idleMode listen, or lately active────────────────────────  lost                  │
//                     ├──idleMode sleep: any statement of ours, a wake-up, sleepPoll── asleep            │
//                     └──at once, with the delay in the log───────────────────────────────────────────────┘
//
// LISTEN comes before the catch-up read (`onListening` wakes every subscription), so nothing falls between the two.
//
// Asleep: a serverless database that suspended has cut the connection; connecting again would wake it, and keep it
// awake. So nothing is done until somebody publishes: this process (its statement wakes the database anyway), or another
// one, which then calls this process's wake port. sleepPoll bounds what a lost wake-up can cost.
//
// Doubt: a session can be dead without a word, behind something that acknowledges and swallows. It is asked a question only
// when the database is awake anyway: after a statement of this process, when a publisher calls because nobody claims its
// message (call-back.ts), and every sleepPoll. So an idle process sends nothing, and a dead session still costs no message
// more than the publisher's patience.
import type { Logger } from 'pino';
import type { Database } from './database.ts';
import { describeError } from './database-errors.ts';
import { openListeningSession, type ListeningSession } from './listening-session.ts';

const FIRST_PAUSE_MS = 50;
const MAX_PAUSE_MS = 2_000;
/** A session that was silent for this long is asked after the next statement. */
const DOUBT_AFTER_MS = 15_000;
/** … and for this long, when a publisher calls: what it called for should have come by LISTEN. */
const DOUBT_WHEN_CALLED_MS = 2_000;
/** In `sleep` mode a wake-up comes with every message, at the same time as its notification: that is waited for. */
const NOTICE_WITHIN_MS = 1_000;

/** Which of them it is in; see the head of the file. */
export type ListenerState = 'off' | 'connecting' | 'listening' | 'asleep';

/** The listening connection. */
export interface Listener {
  start: () => void;
  state: () => ListenerState;
  /** A publisher called: leaves `asleep`, doubts a silent session. */
  called: () => void;
  close: () => Promise<void>;
}

/**
 * @param options.suspendsAfterMs - a connection lost after so long without a statement was cut by a suspension; one lost
 *   earlier is an accident
 * @param options.sleepPollMs - how often to connect, or to ask the session, although nobody called; 0: never
 * @param options.onNotice - payload of a notification
 * @param options.onListening - it listens (again): read what came meanwhile
 * @param options.onProven - the session answered a question
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
  onProven: () => void;
  log: Logger;
}): Listener {
  const { log, database } = options;
  let state: ListenerState = 'off';
  let session: ListeningSession | undefined;
  let proving = false;
  /** A session that did not answer, until another one listens; by performance.now(). */
  let dead: { heardAt: number; doubtedAt: number } | undefined;
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
        log.warn({ error: describeError(error) }, 'cannot listen for wake-ups; retrying');
      complained = true;
      pause = Math.min(MAX_PAUSE_MS, Math.max(FIRST_PAUSE_MS, pause * 2));
      later(pause * (0.5 + Math.random()), connect);
    });
  }

  async function open(): Promise<void> {
    const opened = await openListeningSession({
      connectionString: options.connectionString,
      channel: options.channel,
      onNotice: options.onNotice,
      onEnd: (error) => {
        if (session === opened) lost(error);
      },
    });
    if (closed) {
      await opened.close();
      return;
    }
    session = opened;
    state = 'listening';
    pause = 0;
    if (dead) {
      const now = performance.now();
      log.warn(
        {
          silentForMs: Math.round(now - dead.heardAt),
          replacedAfterMs: Math.round(now - dead.doubtedAt),
        },
        'the listening connection was replaced',
      );
    } else if (complained) log.info('listening for wake-ups again');
    dead = undefined;
    complained = false;
    askEverySleepPoll();
    options.onListening();
  }

  function askEverySleepPoll(): void {
    if (options.sleepPollMs === 0) return;
    later(options.sleepPollMs, () => {
      doubt(options.sleepPollMs / 2);
      if (state === 'listening') askEverySleepPoll();
    });
    timer?.unref();
  }

  /** Asks the session, if it was silent for so long; one that does not answer is replaced. */
  function doubt(silentForMs: number): void {
    const asked = session;
    const doubtedAt = performance.now();
    if (!asked || proving || doubtedAt - asked.heardAt() < silentForMs) return;
    const heardAt = asked.heardAt();
    proving = true;
    asked
      .prove()
      .then(options.onProven, (error: unknown) => {
        if (closed || session !== asked) return;
        session = undefined;
        state = 'connecting';
        dead = { heardAt, doubtedAt };
        log.warn(
          { error: describeError(error), silentForMs: Math.round(performance.now() - heardAt) },
          'the listening connection does not answer; replacing it',
        );
        connect();
      })
      .finally(() => {
        proving = false;
      });
  }

  function lost(error?: Error): void {
    session = undefined;
    if (closed) return;
    const idleMs = performance.now() - database.lastSuccess();
    if (options.idleMode === 'sleep' && idleMs > options.suspendsAfterMs) {
      state = 'asleep';
      log.info('the database closed the idle connection; sleeping until the next publish');
      if (options.sleepPollMs > 0) later(options.sleepPollMs, connect);
      return;
    }
    state = 'connecting';
    log.info(
      { error: error ? describeError(error) : 'closed' },
      'the listening connection was lost; reconnecting',
    );
    later(FIRST_PAUSE_MS * Math.random(), connect);
  }

  database.onSuccess(() => {
    if (state === 'asleep') connect();
    else doubt(DOUBT_AFTER_MS);
  });

  return {
    start: () => {
      if (state === 'off') connect();
    },
    state: () => state,
    called: () => {
      if (state === 'asleep') connect();
      else
        setTimeout(() => {
          doubt(DOUBT_WHEN_CALLED_MS);
        }, NOTICE_WITHIN_MS).unref();
    },
    close: async () => {
      closed = true;
      state = 'off';
      clearTimeout(timer);
      const last = session;
      session = undefined;
      await last?.close();
    },
  };
}

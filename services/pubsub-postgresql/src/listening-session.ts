// One connection that LISTENs, with what a listener needs to know of it: when it last gave a sign of life, and whether it
// gives one when asked.
//
// Three things can end it. The server says so: an error or a closed socket. The network loses every packet: TCP's keep-alive
// finds that (the client's within 15 s: 5 s idle, then ten probes a second apart; the server's within 60 s, so that its
// session goes too). Something on the way acknowledges and swallows: only a question tells, so `prove` asks one.
import pg from 'pg';
import { parseConnectionString } from './connection-string.ts';
import { APPLICATION_NAME } from './database.ts';
import { destroyClient, endClient } from './client-end.ts';

const CONNECT_WITHIN_MS = 5_000;
/** An answer later than this is none. */
const ANSWER_WITHIN_MS = 10_000;
const KEEP_ALIVE_AFTER_MS = 5_000;
/** For the server's side of the connection: no effect over a Unix socket. */
const SERVER_KEEP_ALIVE =
  'set tcp_keepalives_idle = 30; set tcp_keepalives_interval = 10; set tcp_keepalives_count = 3; set tcp_user_timeout = 60000';

/** A connection that listens. */
export interface ListeningSession {
  /** When something last came from the server, by performance.now(). */
  heardAt: () => number;
  /** Asks the server something. Rejects without an answer within 10 s, and then the session is over. */
  prove: () => Promise<void>;
  /** Ends it; `onEnd` is not called. */
  close: () => Promise<void>;
}

/**
 * Connects and listens.
 * @param options.onEnd - the connection is gone; called once, not after `close` or a failed `prove`
 * @throws pg's errors; an Error when the server does not answer in time
 */
export async function openListeningSession(options: {
  connectionString: string;
  channel: string;
  onNotice: (payload: string) => void;
  onEnd: (error?: Error) => void;
}): Promise<ListeningSession> {
  const client = new pg.Client({
    ...parseConnectionString(options.connectionString),
    application_name: `${APPLICATION_NAME}-listen`,
    connectionTimeoutMillis: CONNECT_WITHIN_MS,
    query_timeout: ANSWER_WITHIN_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER_MS,
  });
  let heardAt = performance.now();
  let open = false;
  let over = false;
  const end = (error?: Error): void => {
    if (over) return;
    over = true;
    if (open) options.onEnd(error);
  };
  client.on('error', end);
  client.on('end', () => {
    end();
  });
  client.on('notification', ({ payload }) => {
    heardAt = performance.now();
    if (payload) options.onNotice(payload);
  });
  try {
    await client.connect();
    await client.query(SERVER_KEEP_ALIVE).catch(unlessRefused);
    await client.query(`listen ${client.escapeIdentifier(options.channel)}`);
  } catch (error) {
    over = true;
    destroyClient(client);
    throw error;
  }
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- changed by other callbacks while this one awaits
  if (over) throw new Error('the connection closed immediately');
  open = true;
  heardAt = performance.now();
  return {
    heardAt: () => heardAt,
    prove: async () => {
      try {
        await client.query('select 1');
        heardAt = performance.now();
      } catch (error) {
        over = true;
        destroyClient(client);
        throw error;
      }
    },
    close: async () => {
      over = true;
      await endClient(client);
    },
  };
}

/** A server that does not let its keep-alive be set is listened to all the same. */
function unlessRefused(error: unknown): void {
  if (!(error instanceof pg.DatabaseError)) throw error;
}

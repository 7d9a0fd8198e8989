// One event stream for all tabs of a browser. HTTP/1.1 allows six connections to one host, so a
// stream a tab would block the seventh tab for good: the tab that holds a Web Lock keeps the stream
// and tells the others over a BroadcastChannel; when it closes, the lock and the stream move on.
//
// How the tab that holds the lock hears:
//   stream ──no byte within 4 s──> whole answers (long polling: a proxy gathers what should stream)
//     │ ▲                             │
//     │ └────── after 10 minutes ─────┘
//     └─ silent for 45 s, back from sleep, online again ──> a new connection from the last event seen
import { createParser } from 'eventsource-parser';
import { createEventSource, type EventSourceClient } from 'eventsource-client';

/** One server-sent event. */
export interface LiveEvent {
  id: string | undefined;
  type: string;
  data: string;
}

/** `open`: events arrive. `lost`: they do not, and a reconnection is under way. */
export type LiveStatus = 'connecting' | 'open' | 'lost';

/** What the page wants to hear. */
export interface LiveListener {
  onEvent: (event: LiveEvent) => void;
  onStatus: (status: LiveStatus) => void;
  /** Events may have been missed: what is shown must be read again. */
  onGap: () => void;
  /** The session has ended. */
  onSignedOut: () => void;
}

/** Without a byte (events or heartbeats) for this long the stream counts as dead, in ms: after sleep
 * a connection can be gone without anybody having told us. */
const SILENCE_MS = 45_000;
/** A person who comes back does not wait that long: one missed heartbeat (every 15 s) is enough, in ms. */
const STALE_MS = 25_000;
const WATCH_MS = 5_000;
/** A watch that comes later than this was asleep, in ms. */
const SLEPT_MS = 15_000;
/** The backend's first line comes at once; when nothing comes, something on the way gathers the answer, in ms. */
const FIRST_BYTE_MS = 4_000;
/** How long whole answers are asked for before the stream is tried again, in ms: people change networks. */
const STREAM_AGAIN_MS = 600_000;
/** A whole answer comes after 25 s at the latest, in ms. */
const WHOLE_ANSWER_MS = 40_000;
const MIN_PAUSE_MS = 1_000;
const MAX_PAUSE_MS = 10_000;

type Message =
  | { kind: 'event'; event: LiveEvent }
  | { kind: 'status'; status: LiveStatus }
  | { kind: 'gap' }
  /** Somebody looks at one of the tabs again: is the connection still alive? */
  | { kind: 'look' };

/**
 * Joins the browser's one event stream.
 * @param userId keeps the streams of two accounts in one browser apart
 * @returns leaves it
 */
export function joinLive(userId: string, listener: LiveListener): () => void {
  const name = `todo-live:${userId}`;
  const channel = 'BroadcastChannel' in window ? new BroadcastChannel(name) : null;
  const left = new AbortController();
  let lastEventId: string | undefined;
  let lookAgain: () => void = () => undefined;

  const hear = (message: Message) => {
    switch (message.kind) {
      case 'event':
        lastEventId = message.event.id ?? lastEventId;
        listener.onEvent(message.event);
        break;
      case 'status':
        listener.onStatus(message.status);
        break;
      case 'gap':
        listener.onGap();
        break;
      case 'look':
        lookAgain();
        break;
    }
  };
  const tell = (message: Message) => {
    hear(message);
    channel?.postMessage(message);
  };
  channel?.addEventListener('message', ({ data }: MessageEvent<Message>) => {
    hear(data);
  });

  const lead = () =>
    new Promise<void>((resolve) => {
      const connection = keepConnection(() => lastEventId, tell, listener.onSignedOut);
      lookAgain = connection.look;
      left.signal.addEventListener('abort', () => {
        connection.stop();
        resolve();
      });
    });
  document.addEventListener(
    'visibilitychange',
    () => {
      if (document.visibilityState === 'visible') tell({ kind: 'look' });
    },
    { signal: left.signal },
  );

  if ('locks' in navigator) {
    navigator.locks.request(name, { signal: left.signal }, lead).catch((error: unknown) => {
      if (!left.signal.aborted) throw error;
    });
    // Another tab may hold the stream: what this tab shows is as fresh as its own first read.
    listener.onStatus('open');
  } else {
    lead().catch((error: unknown) => {
      throw error;
    });
  }
  return () => {
    left.abort();
    channel?.close();
  };
}

/** Keeps hearing until it is stopped. `look` makes sure now that the connection lives. */
function keepConnection(
  lastEventId: () => string | undefined,
  tell: (message: Message) => void,
  onSignedOut: () => void,
): { stop: () => void; look: () => void } {
  let heardAt = Date.now();
  let lookedAt = Date.now();
  let open = false;
  let wholeUntil = 0;
  let end: () => void = () => undefined;

  const heard = () => {
    heardAt = Date.now();
    if (open) return;
    open = true;
    tell({ kind: 'status', status: 'open' });
  };
  const lost = () => {
    open = false;
    tell({ kind: 'status', status: 'lost' });
  };
  const receive = (id: string | undefined, type: string, data: string) => {
    heard();
    tell({ kind: 'event', event: { id, type, data } });
    // `ready`: a new stream begins here; `gap`: what came before can't be replayed any more.
    if (type === 'ready' || type === 'gap') tell({ kind: 'gap' });
  };
  const signedOut = () => {
    stop();
    onSignedOut();
  };
  const connect = () => {
    end();
    heardAt = Date.now();
    const hearing = { lastEventId, heard, lost, receive, signedOut };
    end =
      Date.now() < wholeUntil
        ? hearWholeAnswers(hearing)
        : hearStream(hearing, () => {
            wholeUntil = Date.now() + STREAM_AGAIN_MS;
            connect();
          });
  };
  const look = () => {
    if (Date.now() - heardAt > STALE_MS) connect();
  };
  const watch = setInterval(() => {
    // Timers of a hidden tab are held back as if it slept, so only a seen one's late watch means sleep.
    const slept =
      document.visibilityState === 'visible' && Date.now() - lookedAt > SLEPT_MS + WATCH_MS;
    lookedAt = Date.now();
    if (Date.now() - heardAt > SILENCE_MS) {
      lost();
      connect();
    } else if (slept) connect();
    else if (wholeUntil > 0 && Date.now() > wholeUntil) {
      wholeUntil = 0;
      connect();
    }
  }, WATCH_MS);
  window.addEventListener('online', connect);

  const stop = () => {
    clearInterval(watch);
    window.removeEventListener('online', connect);
    end();
  };
  connect();
  return { stop, look };
}

interface Hearing {
  lastEventId: () => string | undefined;
  /** A sign of life came. */
  heard: () => void;
  lost: () => void;
  receive: (id: string | undefined, type: string, data: string) => void;
  signedOut: () => void;
}

/** @param onNothing the stream does not come through. @returns ends it */
function hearStream(hearing: Hearing, onNothing: () => void): () => void {
  const from = hearing.lastEventId();
  let first: ReturnType<typeof setTimeout> | undefined;
  const heard = () => {
    clearTimeout(first);
    hearing.heard();
  };
  const end = () => {
    clearTimeout(first);
    source.close();
  };
  const source: EventSourceClient = createEventSource({
    url: '/api/v1/live',
    ...(from === undefined ? {} : { initialLastEventId: from }),
    credentials: 'same-origin',
    fetch: async (url, init) => {
      clearTimeout(first);
      first = setTimeout(() => {
        if (!navigator.onLine) return;
        end();
        onNothing();
      }, FIRST_BYTE_MS);
      try {
        const response = await fetch(url, init);
        if (response.status === 401) hearing.signedOut();
        if (!response.ok) throw new Error(`live updates: ${response.status}`); // tried again
        return response;
      } catch (error) {
        clearTimeout(first);
        throw error;
      }
    },
    onComment: heard,
    onMessage: ({ id, event, data }) => {
      heard();
      hearing.receive(id, event ?? 'message', data);
    },
    onScheduleReconnect: () => {
      clearTimeout(first);
      hearing.lost();
    },
  });
  return end;
}

/** Long polling: each answer ends with the news it brings. @returns ends it */
function hearWholeAnswers(hearing: Hearing): () => void {
  const leaving = new AbortController();
  const { signal } = leaving;
  const left = () => signal.aborted;
  const parser = createParser({
    onEvent: ({ id, event, data }) => {
      hearing.receive(id, event ?? 'message', data);
    },
  });
  const ask = async () => {
    const from = hearing.lastEventId();
    const response = await fetch('/api/v1/live?wait=whole', {
      headers: {
        accept: 'text/event-stream',
        ...(from === undefined ? {} : { 'last-event-id': from }),
      },
      cache: 'no-store',
      signal: AbortSignal.any([signal, AbortSignal.timeout(WHOLE_ANSWER_MS)]),
    });
    if (response.status === 401) hearing.signedOut();
    if (!response.ok) throw new Error(`live updates: ${response.status}`);
    const news = await response.text();
    if (left()) return;
    hearing.heard();
    parser.feed(news);
  };
  const keepAsking = async () => {
    let pause = MIN_PAUSE_MS;
    while (!left()) {
      try {
        await ask();
        pause = MIN_PAUSE_MS;
      } catch {
        if (left()) return;
        hearing.lost();
        await new Promise((resolve) => setTimeout(resolve, pause));
        pause = Math.min(MAX_PAUSE_MS, pause * 2);
      }
    }
  };
  void keepAsking();
  return () => {
    leaving.abort();
  };
}

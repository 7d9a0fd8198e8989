// One event stream for all tabs of a browser. HTTP/1.1 allows six connections to one host, so a
// stream a tab would block the seventh tab for good: the tab that holds a Web Lock keeps the stream
// and tells the others over a BroadcastChannel; when it closes, the lock and the stream move on.
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
const WATCH_MS = 5_000;

type Message =
  { kind: 'event'; event: LiveEvent } | { kind: 'status'; status: LiveStatus } | { kind: 'gap' };

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
      const stop = keepStream(() => lastEventId, tell, listener.onSignedOut);
      left.signal.addEventListener('abort', () => {
        stop();
        resolve();
      });
    });

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

function keepStream(
  lastEventId: () => string | undefined,
  tell: (message: Message) => void,
  onSignedOut: () => void,
): () => void {
  let source: EventSourceClient | undefined;
  let heardAt = Date.now();
  let stopped = false;

  const connect = () => {
    const from = lastEventId();
    heardAt = Date.now();
    let first = true;
    const heard = () => {
      heardAt = Date.now();
      if (!first) return;
      first = false;
      tell({ kind: 'status', status: 'open' });
    };
    source = createEventSource({
      url: '/api/v1/live',
      ...(from === undefined ? {} : { initialLastEventId: from }),
      credentials: 'same-origin',
      fetch: async (url, init) => {
        const response = await fetch(url, init);
        if (response.status === 401) {
          stop();
          onSignedOut();
        }
        if (!response.ok) throw new Error(`live updates: ${response.status}`); // tried again
        heard();
        return response;
      },
      onComment: heard,
      onMessage: ({ id, event, data }) => {
        heard();
        tell({ kind: 'event', event: { id, type: event ?? 'message', data } });
        // `ready`: a new stream begins here; `gap`: what came before can't be replayed any more.
        if (event === 'ready' || event === 'gap') tell({ kind: 'gap' });
      },
      onScheduleReconnect: () => {
        first = true;
        tell({ kind: 'status', status: 'lost' });
      },
    });
  };

  const reconnect = () => {
    source?.close();
    connect();
  };
  const watch = setInterval(() => {
    if (!stopped && Date.now() - heardAt > SILENCE_MS) {
      tell({ kind: 'status', status: 'lost' });
      reconnect();
    }
  }, WATCH_MS);
  const online = () => {
    if (!stopped) reconnect();
  };
  window.addEventListener('online', online);

  const stop = () => {
    stopped = true;
    clearInterval(watch);
    window.removeEventListener('online', online);
    source?.close();
  };
  connect();
  return stop;
}

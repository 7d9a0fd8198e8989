// A daprd's side of a subscription that outlives its component: whenever the stream breaks, connect, Init and pull again,
// as a sidecar that its supervisor restarts.
import { setTimeout as sleep } from 'node:timers/promises';
import { connectSidecar, type Answer, type Delivered } from './sidecar-client.ts';

const AGAIN_MS = 100;

/** A subscription that is renewed until it is closed. */
export interface Subscriber {
  /** Resolves when it pulls for the first time. */
  started: Promise<void>;
  /** Ends it; what is in flight goes back. */
  close: () => Promise<void>;
}

/**
 * Subscribes for as long as it takes.
 * @param options.properties - the Component manifest's metadata
 * @param options.handle - what it returns is answered: undefined for handled
 */
export function keepSubscribed(options: {
  socket: string;
  properties: Record<string, string>;
  topic: string;
  handle: (message: Delivered) => Answer | Promise<Answer>;
}): Subscriber {
  const closing = new AbortController();
  let begin: () => void = () => undefined;
  const started = new Promise<void>((done) => (begin = done));

  async function once(): Promise<void> {
    const client = connectSidecar(options.socket);
    try {
      await client.init(options.properties);
      const pull = client.pull(options.topic, options.handle);
      begin();
      closing.signal.addEventListener('abort', pull.cancel);
      if (closing.signal.aborted) pull.cancel();
      await pull.ended;
      closing.signal.removeEventListener('abort', pull.cancel);
    } catch {
      // the component is not there yet
    } finally {
      client.close();
    }
  }
  const running = (async (): Promise<void> => {
    while (!closing.signal.aborted) {
      await once();
      await sleep(AGAIN_MS);
    }
  })();
  return {
    started,
    close: async () => {
      closing.abort();
      await running;
    },
  };
}

/**
 * A publisher that repeats what was not acknowledged, connecting anew each time.
 * @returns publishes one message, however often that must be tried; and ends the connection
 */
export function keepPublishing(
  socket: string,
  properties: Record<string, string>,
): {
  publish: (topic: string, data: string, metadata?: Record<string, string>) => Promise<void>;
  close: () => void;
} {
  let closed = false;
  let connecting: ReturnType<typeof connect> | undefined;

  async function connect(): Promise<ReturnType<typeof connectSidecar>> {
    for (;;) {
      // A named component of its own: Init of one that a subscriber uses would replace it.
      const client = connectSidecar(socket).instance('publisher');
      try {
        await client.init(properties);
        return client;
      } catch (error) {
        client.close();
        if (closed) throw error;
        await sleep(AGAIN_MS);
      }
    }
  }
  return {
    publish: async (topic, data, metadata) => {
      for (;;) {
        const used = (connecting ??= connect());
        const client = await used;
        try {
          await client.publish(topic, data, metadata);
          return;
        } catch (error) {
          if (closed) throw error;
          if (connecting === used) {
            client.close();
            connecting = undefined;
          }
          await sleep(AGAIN_MS);
        }
      }
    },
    close: () => {
      closed = true;
      connecting
        ?.then((client) => {
          client.close();
        })
        .catch(() => undefined);
    },
  };
}

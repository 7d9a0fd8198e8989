// A person's open page: reads the live stream, and when that ends continues after what it saw last, as a browser does.
import { setTimeout as sleep } from 'node:timers/promises';
import type { LiveEvent } from '../evidence.ts';

/** Browsers wait about so long before they connect again, ms; the server may say otherwise. */
const RECONNECT_MS = 300;
/** Longer without a heartbeat, and the page connects again, ms: heartbeats come every 15 s. */
const SILENCE_MS = 20_000;

/** An open page. */
export interface LiveWatch {
  readonly events: readonly LiveEvent[];
  /** The number of the last event; undefined before the stream began. */
  readonly last: () => number | undefined;
  /** Closes the page until `open`; it then continues after what it saw last. */
  readonly shut: () => Promise<void>;
  readonly open: () => void;
}

/**
 * Opens a page. Resolves when its stream has begun.
 * @param baseUrls of the replicas; each connection goes to the next one
 * @param stream its name in the evidence
 */
export async function watchLive(
  baseUrls: readonly string[],
  token: string,
  stream: string,
): Promise<LiveWatch> {
  const events: LiveEvent[] = [];
  let closing = new AbortController();
  let turn = 0;
  let last: number | undefined;
  let ready: () => void = () => undefined;
  const began = new Promise<void>((resolve) => {
    ready = resolve;
  });

  const take = (block: string): void => {
    const fields = new Map(
      block.split('\n').flatMap((line) => {
        const at = line.indexOf(': ');
        return at > 0 ? [[line.slice(0, at), line.slice(at + 2)] as const] : [];
      }),
    );
    const event = fields.get('event');
    if (event === undefined) return;
    const number = fields.get('id');
    const id = number === undefined ? null : Number(number);
    const data = JSON.parse(fields.get('data') ?? '{}') as Record<string, unknown>;
    events.push({ stream, id, event, data, at: Date.now() });
    if (id !== null) last = id;
    ready();
  };

  const read = async (): Promise<void> => {
    const silent = new AbortController();
    let timer = setTimeout(() => {
      silent.abort();
    }, SILENCE_MS);
    try {
      const response = await fetch(`${baseUrls[turn++ % baseUrls.length] ?? ''}/api/v1/live`, {
        headers: {
          authorization: `Bearer ${token}`,
          accept: 'text/event-stream',
          ...(last !== undefined && { 'last-event-id': String(last) }),
        },
        signal: AbortSignal.any([closing.signal, silent.signal]),
      });
      if (!response.ok || !response.body) return;
      let rest = '';
      for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
        timer = timer.refresh();
        const blocks = (rest + chunk).split('\n\n');
        rest = blocks.pop() ?? '';
        for (const block of blocks) take(block);
      }
    } catch {
      // It broke off; what it had said counts, and half a message does not.
    } finally {
      clearTimeout(timer);
    }
  };
  const watching = async (): Promise<void> => {
    while (!closing.signal.aborted) {
      await read();
      await sleep(RECONNECT_MS, undefined, { signal: closing.signal }).catch(() => undefined);
    }
  };
  let running = watching();
  const shut = async (): Promise<void> => {
    closing.abort();
    await running;
  };
  await began;
  return {
    events,
    last: () => last,
    shut,
    open: () => {
      closing = new AbortController();
      running = watching();
    },
  };
}

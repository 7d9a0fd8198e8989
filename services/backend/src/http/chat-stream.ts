// Server-sent events of one answer: events go out as they come, a comment now and then keeps proxies from closing the stream,
// and who goes away or falls behind ends it.
import type { FastifyReply } from 'fastify';
import { beginEventStream } from './event-stream.ts';
import type { ChatEvent } from '../chat/conversation.ts';

/** Pause between heartbeats, ms: proxies close what is silent for 30 or 60 s. */
const HEARTBEAT_MS = 15_000;
/** A reader that leaves more than this unread is cut off, bytes. */
const MAX_UNREAD = 1024 * 1024;

/**
 * Streams an answer.
 * @param work emits the events; its signal is aborted when the reader is gone or `stop` is.
 */
export async function streamEvents(
  reply: FastifyReply,
  stop: AbortSignal,
  work: (emit: (event: ChatEvent) => void, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const response = beginEventStream(reply);
  const gone = new AbortController();
  response.on('close', () => {
    gone.abort();
  });
  const write = (text: string): void => {
    if (response.destroyed || response.writableEnded) return;
    if (response.writableLength > MAX_UNREAD) response.destroy();
    else response.write(text);
  };
  const heartbeat = setInterval(() => {
    write(': heartbeat\n\n');
  }, HEARTBEAT_MS);
  try {
    await work(
      (event) => {
        write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
      },
      AbortSignal.any([gone.signal, stop]),
    );
  } finally {
    clearInterval(heartbeat);
    response.end();
  }
}

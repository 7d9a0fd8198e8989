// Answers of server-sent events, for the live view and the chat alike: the head, a comment now and then that keeps proxies from
// closing the stream, and an end for a reader that falls behind.
import type { FastifyReply } from 'fastify';
import type { EventStream } from '../live/live-views.ts';

/** Pause between heartbeats, ms: proxies close what is silent for 30 or 60 s. */
const HEARTBEAT_MS = 15_000;
/** A reader that leaves more than this unread is cut off, bytes. */
const MAX_UNREAD = 1024 * 1024;

/**
 * Takes the answer out of fastify's hands and sends its head, with the headers that plugins have set so far.
 * @param heartbeatMs another pause between heartbeats, for tests
 * @returns the open stream, for the events.
 */
export function openEventStream(
  reply: FastifyReply,
  heartbeatMs: number = HEARTBEAT_MS,
): EventStream {
  reply.hijack();
  const response = reply.raw;
  for (const [name, value] of Object.entries(reply.getHeaders()))
    if (value !== undefined) response.setHeader(name, value);
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache, no-transform',
    // nginx and its like gather an answer unless told
    'x-accel-buffering': 'no',
  });
  response.flushHeaders();
  // a reader that went away shows as a close
  response.on('error', () => undefined);
  const write = (text: string): void => {
    if (response.destroyed || response.writableEnded) return;
    if (response.writableLength > MAX_UNREAD) response.destroy();
    else response.write(text);
  };
  const heartbeat = setInterval(() => {
    write(': heartbeat\n\n');
  }, heartbeatMs);
  response.once('close', () => {
    clearInterval(heartbeat);
  });
  return {
    write,
    end: () => {
      clearInterval(heartbeat);
      response.end();
    },
    destroy: () => {
      response.destroy();
    },
    onClose: (act) => {
      response.once('close', act);
    },
  };
}

// One answer of the chat as server-sent events, sent as they come.
import type { FastifyReply } from 'fastify';
import { openEventStream } from './event-stream.ts';
import type { ChatEvent } from '../chat/conversation.ts';

/**
 * Streams an answer.
 * @param work emits the events; its signal is aborted when the reader is gone or `stop` is.
 */
export async function streamEvents(
  reply: FastifyReply,
  stop: AbortSignal,
  work: (emit: (event: ChatEvent) => void, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const stream = openEventStream(reply);
  const gone = new AbortController();
  stream.onClose(() => {
    gone.abort();
  });
  try {
    await work(
      (event) => {
        stream.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
      },
      AbortSignal.any([gone.signal, stop]),
    );
  } finally {
    stream.end();
  }
}

// Begins an answer of server-sent events, for the live view and the chat alike.
import type { ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';

/**
 * Takes the answer out of fastify's hands and sends its head, with the headers that plugins have set so far.
 * @returns the open response, for the events.
 */
export function beginEventStream(reply: FastifyReply): ServerResponse {
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
  return response;
}

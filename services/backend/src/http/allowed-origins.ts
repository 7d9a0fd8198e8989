// Which pages of other origins may call the API, and which headers they may send and read.
import cors from '@fastify/cors';
import type { Server } from '@todo/runtime/server';

/** Answers the preflights of these origins. */
export async function allowOrigins(app: Server, origins: readonly string[]): Promise<void> {
  await app.register(cors, {
    origin: [...origins],
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowedHeaders: [
      'authorization',
      'content-type',
      'if-match',
      'if-none-match',
      'idempotency-key',
      'last-event-id',
      'traceparent',
      'mcp-session-id',
      'mcp-protocol-version',
      'mcp-method',
      'mcp-name',
    ],
    exposedHeaders: ['etag', 'location', 'mcp-session-id', 'retry-after'],
    strictPreflight: false,
    maxAge: 600,
  });
}

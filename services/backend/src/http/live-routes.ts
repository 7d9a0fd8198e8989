// The live stream over HTTP: server-sent events.
import type { Server } from '@todo/runtime/server';
import { z } from 'zod';
import { callerOf } from './authenticate.ts';
import type { LiveViews } from '../live/live-views.ts';
import { openEventStream } from './event-stream.ts';

/** Registers `/live`. @param options `heartbeatMs`: another pause between heartbeats, for tests */
export function registerLiveRoutes(
  app: Server,
  options: { views: LiveViews; heartbeatMs?: number | undefined },
): void {
  app.get(
    '/live',
    {
      config: { action: 'live.watch' },
      schema: {
        tags: ['live'],
        summary: 'Changes as they happen (text/event-stream); Last-Event-ID continues',
        description:
          'Events: ready (the stream has started), task (data: taskId, type, version, actor, at, task or null once deleted), ' +
          'order (a task was moved), list (data: listId, list or null once deleted), notification, and gap ' +
          '(earlier events cannot be replayed: read everything again). With wait=whole the answer ends with the first ' +
          'event, or after 25 s: long polling for clients behind a proxy that does not pass streams through.',
        querystring: z.strictObject({ wait: z.literal('whole').optional() }),
        produces: ['text/event-stream'],
      },
    },
    async (request, reply) => {
      const lastEventId = request.headers['last-event-id'];
      const stream = openEventStream(reply, options.heartbeatMs);
      try {
        await options.views.open(
          stream,
          callerOf(request),
          typeof lastEventId === 'string' ? lastEventId : undefined,
          request.query.wait === 'whole',
        );
      } catch (error) {
        request.log.warn({ err: error }, 'could not start a live stream');
      }
    },
  );
}

// GET /api/v1/live: the user's changes as server-sent events. Each event's id is its place in the change log, so a browser
// that reconnects (to any replica) with Last-Event-ID goes on where it was.
import type { ServerResponse } from 'node:http';
import type { Pool } from '@todo/common/database';
import type { Logger } from '@todo/common/log';
import type { Server } from '@todo/common/server';
import { callerOf } from '../auth/authenticate.ts';
import { isReplayable, newestChange, readChanges } from './change-log.ts';
import type { WakeUps } from './wake-ups.ts';

/** A comment this often keeps proxies from closing an idle stream, ms. */
const HEARTBEAT_MS = 20_000;
/** Where the browser should try again after a cut, ms. */
const RECONNECT_MS = 1_000;

/** Registers the route; its streams end when the server closes. */
export function registerLive(
  app: Server,
  options: { pool: Pool; wakeUps: WakeUps; log: Logger },
): void {
  const open = new Set<() => void>();
  app.addHook('preClose', (done) => {
    for (const end of open) end();
    done();
  });
  app.get(
    '/live',
    { schema: { summary: 'The caller’s changes as server-sent events', tags: ['live'] } },
    async (request, reply) => {
      const { userId } = callerOf(request);
      const asked = /^\d{1,18}$/.exec(String(request.headers['last-event-id'] ?? ''))?.[0];
      const newest = await newestChange(options.pool, userId);
      const replay = asked !== undefined && (await isReplayable(options.pool, asked));
      reply.hijack();
      const stream = reply.raw;
      stream.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-cache, no-transform', // no-transform: proxies must neither compress nor gather
        'x-accel-buffering': 'no',
        connection: 'keep-alive',
      });
      stream.write(`retry: ${RECONNECT_MS}\n\n`);
      if (!replay) writeEvent(stream, newest, asked === undefined ? 'ready' : 'gap', {});
      follow({ ...options, userId, stream, after: replay ? asked : newest, open });
    },
  );
}

function follow(options: {
  pool: Pool;
  wakeUps: WakeUps;
  log: Logger;
  userId: string;
  stream: ServerResponse;
  after: string;
  open: Set<() => void>;
}): void {
  const { pool, stream, userId, open } = options;
  let after = options.after;
  let wanted = true;
  let reading = false;
  const read = async (): Promise<void> => {
    if (reading) return;
    reading = true;
    try {
      while (wanted && !stream.destroyed) {
        wanted = false;
        const changes = await readChanges(pool, userId, after);
        for (const change of changes) {
          after = change.seq;
          writeEvent(stream, change.seq, change.kind, change.data);
        }
        if (changes.length > 0) wanted = true;
      }
    } catch (error) {
      // The browser comes back with its place; a stream that can't read must not look alive.
      options.log.info({ err: error }, 'a live stream ends: its changes can not be read');
      end();
    } finally {
      reading = false;
    }
  };
  const wake = (): void => {
    wanted = true;
    read().catch(() => undefined);
  };
  const heartbeat = setInterval(() => stream.write(': heartbeat\n\n'), HEARTBEAT_MS);
  const end = (): void => {
    stream.end();
  };
  open.add(end);
  const unwatch = options.wakeUps.watch(userId, wake);
  stream.on('close', () => {
    clearInterval(heartbeat);
    unwatch();
    open.delete(end);
  });
  wake();
}

function writeEvent(stream: ServerResponse, id: string, kind: string, data: unknown): void {
  stream.write(`id: ${id}\nevent: ${kind}\ndata: ${JSON.stringify(data)}\n\n`);
}

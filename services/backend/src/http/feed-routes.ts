// Calendar feeds over HTTP: `/feeds` of the API manages them, and `/feeds/<secret>.ics` is what calendar programs read. Whoever
// has the address may read: it is in no log and no span (both have the route's pattern), and the answer is not to be kept without
// asking again, so that a revoked feed is gone at once.
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { notFound } from '@todo/contracts/problem';
import type { Clock } from '@todo/runtime/clock';
import type { Pool } from '@todo/runtime/database';
import type { Server } from '@todo/runtime/server';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { writeFeed } from '../feeds/feed-calendar.ts';
import { feedPages, feedZones } from '../feeds/feed-tasks.ts';
import {
  createFeed,
  feed,
  FEED_PATH,
  listFeeds,
  newFeed,
  openFeed,
  renewFeed,
  revokeFeed,
} from '../feeds/feeds.ts';
import type { OpenFeed } from '../feeds/feeds.ts';
import { callerOf, contextOf } from './authenticate.ts';
import { problems } from './task-wire.ts';

const tags = ['import and export'];
const params = z.strictObject({ id: z.uuid('expected a UUID') });
const madeFeed = feed.extend({
  path: z.string().describe('The address below this system’s own; shown only now'),
});
/** Part of every ETag: another way of writing feeds is another file. */
const FORMAT = 1;

/** Registers the management of feeds, for their owner. */
export function registerFeedRoutes(app: Server, { pool }: { pool: Pool }): void {
  app.get(
    '/feeds',
    {
      config: { action: 'feeds.manage' },
      schema: {
        tags,
        summary: 'List calendar feeds, without their addresses',
        response: { 200: z.object({ items: z.array(feed) }), ...problems },
      },
    },
    async (request) => ({ items: await listFeeds(pool, callerOf(request).userId) }),
  );
  app.post(
    '/feeds',
    {
      config: { action: 'feeds.manage' },
      schema: {
        tags,
        summary: 'Create a calendar feed; its secret address is shown only once',
        description:
          'Calendar apps subscribe to the address (webcal) and read the tasks; they change nothing. content=events shows what is due as events, tasks gives VTODOs. A person has at most 20.',
        body: newFeed,
        response: { 201: madeFeed, ...problems },
      },
    },
    async (request, reply) =>
      reply.status(201).send(await createFeed(pool, contextOf(request), request.body)),
  );
  app.post(
    '/feeds/:id/renew',
    {
      config: { action: 'feeds.manage' },
      schema: {
        tags,
        summary: 'Give a calendar feed a new address; the old one ends immediately',
        params,
        response: { 200: madeFeed, ...problems },
      },
    },
    (request) => renewFeed(pool, callerOf(request).userId, request.params.id),
  );
  app.delete(
    '/feeds/:id',
    {
      config: { action: 'feeds.manage' },
      schema: {
        tags,
        summary: 'Revoke a calendar feed immediately',
        params,
        response: { 204: z.undefined(), ...problems },
      },
    },
    async (request, reply) => {
      await revokeFeed(pool, callerOf(request).userId, request.params.id);
      return reply.status(204).send();
    },
  );
}

/** Registers the addresses of feeds. @param parts `publicUrl` without a slash at its end */
export function registerFeedAddresses(
  app: FastifyInstance,
  { pool, clock, publicUrl }: { pool: Pool; clock: Clock; publicUrl: string },
): void {
  app.route<{ Params: { file: string } }>({
    method: ['GET', 'HEAD'],
    url: `${FEED_PATH}:file`,
    exposeHeadRoute: false,
    config: { action: 'feeds.read' },
    schema: { hide: true },
    handler: async (request, reply) => {
      const found = await openFeed(pool, request.params.file.replace(/\.ics$/, ''));
      if (!found) throw notFound('calendar feed');
      const now = clock();
      const etag = tagOf(found, now);
      void reply.headers({ etag, 'cache-control': 'private, no-cache', 'x-robots-tag': 'noindex' });
      if (isKnown(request.headers['if-none-match'], etag)) return await reply.status(304).send();
      void reply
        .type('text/calendar; charset=utf-8')
        .header('content-disposition', 'inline; filename="tasks.ics"');
      if (request.method === 'HEAD') return await reply.send();
      const { userId, choice, content } = found;
      const filter = { userId, choice, onlyDated: content === 'events', now };
      const file = { feed: found, publicUrl, now, ...(await feedZones(pool, filter)) };
      return await reply.send(Readable.from(writeFeed(feedPages(pool, filter), file)));
    },
  });
}

/** Weak: what the file says is the same, its bytes may not be. With the day, as what follows depends on it. */
function tagOf({ id, name, content, choice, zone, version }: OpenFeed, now: Date): string {
  const day = now.toISOString().slice(0, 10);
  const parts = [FORMAT, id, name, content, choice, zone, version, day, process.versions.tz];
  const digest = createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
  return `W/"${digest.slice(0, 22)}"`;
}

/** RFC 9110 13.1.2, by the weak comparison. */
function isKnown(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  const opaque = etag.replace(/^W\//, '');
  return header
    .split(',')
    .map((one) => one.trim().replace(/^W\//, ''))
    .some((one) => one === '*' || one === opaque);
}

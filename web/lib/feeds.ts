// Calendar feeds as the API has them.
import { queryOptions } from '@tanstack/react-query';
import { call } from './api';
import { randomKey } from './random-ids';

/** What a feed has: what is due, as events, or all tasks. */
export const FEED_CONTENTS = ['events', 'tasks'] as const;
/** See {@link FEED_CONTENTS}. */
export type FeedContent = (typeof FEED_CONTENTS)[number];

/** A feed without its address. */
export interface Feed {
  id: string;
  name: string;
  content: FeedContent;
  /** Ids of lists, or `none` for tasks without one; null: everything. */
  lists: string[] | null;
  lastUsedAt: string | null;
}

/** A feed whose address is known: it was just made. */
export interface MadeFeed extends Feed {
  /** Below the system's own address. */
  path: string;
}

/** What a new feed is made of. */
export type WantedFeed = Pick<Feed, 'name' | 'content' | 'lists'>;

/** All feeds, oldest first. */
export const feedsOptions = queryOptions({
  queryKey: ['feeds'],
  queryFn: ({ signal }) => call<{ items: Feed[] }>('/feeds', { signal }),
  select: (page) => page.items,
});

/** Makes a feed; its address is in the answer only. */
export function createFeed(wanted: WantedFeed): Promise<MadeFeed> {
  return call('/feeds', { method: 'POST', body: wanted, idempotencyKey: randomKey() });
}

/** Gives a feed another address; the one of before ends at once. */
export function renewFeed(id: string): Promise<MadeFeed> {
  return call(`/feeds/${id}/renew`, { method: 'POST' });
}

/** Ends a feed at once. */
export function revokeFeed(id: string): Promise<undefined> {
  return call(`/feeds/${id}`, { method: 'DELETE' });
}

/** The address for programs that subscribe: webcal over TLS; without it (a trial on one machine) as it is. */
export function feedAddress(path: string, origin: string): string {
  return `${origin.replace(/^https:/, 'webcal:')}${path}`;
}

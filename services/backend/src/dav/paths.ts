// The addresses below /dav/ and what stands there. The person is part of them, because programs tell accounts apart by address.
import { notFound } from '@todo/contracts/problem';
import type { Collection } from '../calendars/collection-rows.ts';

/** Where everything begins. */
export const ROOT = '/dav/';

/** What an address names. */
export type Place =
  | { readonly kind: 'root' }
  | { readonly kind: 'principals' }
  | { readonly kind: 'principal' }
  | { readonly kind: 'home' }
  | { readonly kind: 'collection'; readonly collection: string }
  | { readonly kind: 'item'; readonly collection: string; readonly item: string };

/** Reads a path as it was sent, escapes and all. @throws Problem 404 for what is nowhere, or is another person's */
export function readPath(path: string, userId: string): Place {
  const parts = segments(path);
  if (parts?.[0] !== 'dav') throw notFound('address');
  const [, kind, user, collection, item, ...more] = parts;
  if (kind === undefined) return { kind: 'root' };
  if (kind === 'principals' && user === undefined) return { kind: 'principals' };
  if (user !== userId || more.length > 0) throw notFound('address');
  if (kind === 'principals' && collection === undefined) return { kind: 'principal' };
  if (kind !== 'calendars') throw notFound('address');
  if (collection === undefined) return { kind: 'home' };
  if (item === undefined) return { kind: 'collection', collection };
  return { kind: 'item', collection, item };
}

/** A path's parts without their escapes; undefined where it has none that can be read. */
function segments(path: string): string[] | undefined {
  try {
    return path
      .split(/[?#]/, 1)[0]
      ?.split('/')
      .filter((part) => part !== '')
      .map(decodeURIComponent);
  } catch {
    return undefined;
  }
}

/** The place that an href in a body names: a path, or a whole address; null for one of something else. */
export function readHref(href: string, userId: string): Place | null {
  const path = /^https?:\/\/[^/]*(\/.*)$/i.exec(href)?.[1] ?? href;
  try {
    return readPath(path, userId);
  } catch {
    return null;
  }
}

/** Addresses, escaped. */
export const hrefs = {
  principal: (userId: string): string => `${ROOT}principals/${encodeURIComponent(userId)}/`,
  home: (userId: string): string => `${ROOT}calendars/${encodeURIComponent(userId)}/`,
  collection: (userId: string, { name }: Pick<Collection, 'name'>): string =>
    `${hrefs.home(userId)}${encodeURIComponent(name)}/`,
  item: (userId: string, collection: Pick<Collection, 'name'>, name: string): string =>
    `${hrefs.collection(userId, collection)}${encodeURIComponent(name)}`,
};

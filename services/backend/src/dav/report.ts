// REPORT: calendar-query and calendar-multiget (RFC 4791 7.8, 7.9), and sync-collection (RFC 6578).
import type { Element } from '@xmldom/xmldom';
import type { Collection } from '../calendars/collection-rows.ts';
import type { Item } from '../calendars/item-rows.ts';
import { breather } from '../transfer/breather.ts';
import type { DavContext } from './context.ts';
import { DavFault } from './answer.ts';
import { readFilter } from './filter.ts';
import { hrefs, readHref } from './paths.ts';
import { missingResponse, readSyncToken, syncToken } from './properties.ts';
import type { Wanted } from './properties.ts';
import { ofItem, wantedOf } from './propfind.ts';
import {
  CALDAV,
  child,
  childElements,
  DAV,
  documentEnd,
  documentOf,
  documentStart,
  element,
  nameOf,
  qname,
  textOf,
} from './xml.ts';
import type { QName } from './xml.ts';

const d = (local: string): QName => qname(DAV, local);
const c = (local: string): QName => qname(CALDAV, local);
/** Changes of one answer to sync-collection; the rest is asked for with its token. */
const MAX_CHANGES = 1_000;
/** Addresses of one multiget. */
const MAX_HREFS = 10_000;
/** Addresses read at once. */
const BATCH = 500;

/** Answers a report on a collection. @throws DavFault for one that is not supported */
export async function report(
  context: DavContext,
  collection: Collection,
  root: Element,
): Promise<string | AsyncIterable<string>> {
  switch (nameOf(root)) {
    case c('calendar-query'):
      return query(context, collection, root);
    case c('calendar-multiget'):
      return multiget(context, collection, root);
    case d('sync-collection'):
      return await syncCollection(context, collection, root);
    default:
      throw new DavFault(
        403,
        d('supported-report'),
        `The report ${root.nodeName} is not supported. Use calendar-query, calendar-multiget or sync-collection.`,
      );
  }
}

function query(context: DavContext, collection: Collection, root: Element): AsyncIterable<string> {
  const wanted = wantedOf(root);
  const matches = readFilter(child(root, c('filter')));
  const { calendars, person } = context;
  const pause = breather();
  return multistatus(async function* () {
    for await (const page of calendars.items(person, collection)) {
      const found: string[] = [];
      for (const item of page) {
        await pause();
        const text = once(() => calendars.text(person, item));
        if (matches({ task: item.task, text, zone: person.zone }))
          found.push(ofItem(context, collection, item, wanted));
      }
      yield found.join('');
    }
  });
}

function multiget(
  context: DavContext,
  collection: Collection,
  root: Element,
): AsyncIterable<string> {
  const wanted = wantedOf(root);
  const { calendars, person, owner } = context;
  const asked = childElements(root)
    .filter((one) => nameOf(one) === d('href'))
    .map((one) => textOf(one));
  if (asked.length > MAX_HREFS)
    throw new DavFault(
      403,
      d('number-of-matches-within-limits'),
      `Ask for at most ${MAX_HREFS} addresses.`,
    );
  return multistatus(async function* () {
    for (let at = 0; at < asked.length; at += BATCH) {
      const batch = asked.slice(at, at + BATCH).map((href) => {
        const place = readHref(href, owner.userId);
        const isHere = place?.kind === 'item' && place.collection === collection.name;
        return { href, name: isHere ? place.item : null };
      });
      const names = batch.flatMap(({ name }) => (name === null ? [] : [name]));
      const items = await calendars.itemsByName(person, collection, names);
      const byName = new Map(items.map((item) => [item.name, item]));
      yield batch
        .map(({ href, name }) => {
          const item = name === null ? undefined : byName.get(name);
          return item ? ofItem(context, collection, item, wanted) : missingResponse(href);
        })
        .join('');
    }
  });
}

async function syncCollection(
  context: DavContext,
  collection: Collection,
  root: Element,
): Promise<string | AsyncIterable<string>> {
  const { calendars, person, owner } = context;
  const wanted = wantedOf(root);
  const level = textOf(child(root, d('sync-level')));
  if (level !== '' && level !== '1' && level !== 'infinite')
    throw new DavFault(400, d('sync-traversal-supported'), 'sync-level must be 1.');
  const token = textOf(child(root, d('sync-token')));
  // read before the items: what changes meanwhile is told again, not left out
  const last = await calendars.lastChange(person, collection);
  if (token === '') return everything(context, collection, wanted, last);
  const since = readSyncToken(collection, token);
  if (since === null || since > last)
    throw new DavFault(
      403,
      d('valid-sync-token'),
      'This sync token is not known. Synchronize from the beginning.',
    );
  const asked = Number(textOf(child(child(root, d('limit')), d('nresults'))));
  const limit = asked >= 1 && asked < MAX_CHANGES ? Math.floor(asked) : MAX_CHANGES;
  const changes = await calendars.changes(person, collection, since, limit);
  const responses = changes.items.map(({ name, item }) =>
    item
      ? ofItem(context, collection, item, wanted)
      : missingResponse(hrefs.item(owner.userId, collection, name)),
  );
  if (changes.more)
    responses.push(missingResponse(hrefs.collection(owner.userId, collection), 507));
  return documentOf(
    d('multistatus'),
    responses.join('') + element(d('sync-token'), syncToken(collection, changes.upTo)),
  );
}

function everything(
  context: DavContext,
  collection: Collection,
  wanted: Wanted,
  last: number,
): AsyncIterable<string> {
  const { calendars, person } = context;
  return multistatus(async function* () {
    for await (const page of calendars.items(person, collection))
      yield page.map((item: Item) => ofItem(context, collection, item, wanted)).join('');
    yield element(d('sync-token'), syncToken(collection, last));
  });
}

async function* multistatus(write: () => AsyncGenerator<string>): AsyncGenerator<string> {
  yield documentStart(d('multistatus'));
  yield* write();
  yield documentEnd(d('multistatus'));
}

function once(make: () => string): () => string {
  let made: string | undefined;
  return () => (made ??= make());
}

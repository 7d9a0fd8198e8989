// Live properties (RFC 4918 15, 4791 5.2, 6578 4, and those of calendarserver.org that programs ask for), and how a response lists
// them. Each is a function that gives its content, called only where it was asked for.
import type { Collection } from '../calendars/collection-rows.ts';
import type { Item } from '../calendars/item-rows.ts';
import { itemTag } from '../calendars/preconditions.ts';
import { statusLine } from './answer.ts';
import { hrefs, ROOT } from './paths.ts';
import { CALDAV, CALENDARSERVER, DAV, element, escapeXml, qname, splitName } from './xml.ts';
import type { QName } from './xml.ts';

/** Longest iCalendar object that is stored, bytes. */
export const MAX_ITEM_BYTES = 1_048_576;

/** Whose properties. */
export interface Owner {
  readonly userId: string;
  readonly email: string | null;
}

/** A property's content as XML, or its whole element as a program stored it. */
type Value = string | { readonly whole: string };
/** A resource's properties by name. */
export type Properties = ReadonlyMap<QName, () => Value>;

/** What a request asks for: named properties, all that are cheap, or only the names. */
export type Wanted =
  | { readonly kind: 'named'; readonly names: readonly QName[] }
  | { readonly kind: 'all' }
  | { readonly kind: 'names' };

const d = (local: string): QName => qname(DAV, local);
const c = (local: string): QName => qname(CALDAV, local);

/** Asked for by name only (RFC 4791 5.2, RFC 4918 9.1): they cost more than others, or are long. */
const NOT_IN_ALLPROP = new Set<QName>([
  c('calendar-data'),
  c('calendar-home-set'),
  d('getcontentlength'),
  d('supported-report-set'),
  d('current-user-privilege-set'),
]);

function href(path: string): string {
  return element(d('href'), escapeXml(path));
}

function common({ userId }: Owner): [QName, () => string][] {
  return [
    [d('current-user-principal'), () => href(hrefs.principal(userId))],
    [d('owner'), () => href(hrefs.principal(userId))],
    [d('principal-collection-set'), () => href(`${ROOT}principals/`)],
    [d('current-user-privilege-set'), privileges],
  ];
}

function privileges(): string {
  return [
    'read',
    'write',
    'write-properties',
    'write-content',
    'bind',
    'unbind',
    'read-current-user-privilege-set',
  ]
    .map((name) => element(d('privilege'), element(d(name))))
    .join('');
}

function reports(names: readonly QName[]): string {
  return names
    .map((name) => element(d('supported-report'), element(d('report'), element(name))))
    .join('');
}

/** Of `/dav/`, `/dav/principals/` and a home of calendars. */
export function folderProperties(owner: Owner, title: string): Properties {
  return new Map([
    ...common(owner),
    [d('resourcetype'), () => element(d('collection'))],
    [d('displayname'), () => escapeXml(title)],
    [d('supported-report-set'), () => ''],
  ]);
}

/** Of the person. */
export function principalProperties(owner: Owner): Properties {
  const { userId, email } = owner;
  return new Map<QName, () => Value>([
    ...common(owner),
    [d('resourcetype'), () => element(d('collection')) + element(d('principal'))],
    [d('displayname'), () => escapeXml(email ?? userId)],
    [d('principal-URL'), () => href(hrefs.principal(userId))],
    [d('supported-report-set'), () => ''],
    [c('calendar-home-set'), () => href(hrefs.home(userId))],
    [
      c('calendar-user-address-set'),
      () => (email === null ? '' : href(`mailto:${email}`)) + href(hrefs.principal(userId)),
    ],
  ]);
}

/** The token of a collection's state (RFC 6578 3.2): which collection, and the number of its last change. */
export function syncToken(collection: Collection, seq: number): string {
  return `urn:todo:sync:${collection.id}:${seq}`;
}

/** The number in a token; null for one that is not this collection's. */
export function readSyncToken(collection: Collection, token: string): number | null {
  const [, id, seq] = /^urn:todo:sync:([0-9a-f-]{36}):(\d{1,15})$/.exec(token) ?? [];
  return id === collection.id ? Number(seq) : null;
}

/** Of a collection of tasks. @param seq the number of its last change @param stored what programs have stored, as whole elements */
export function collectionProperties(
  owner: Owner,
  collection: Collection,
  seq: number,
  stored: ReadonlyMap<string, string>,
): Properties {
  return new Map<QName, () => Value>([
    ...[...stored].map(([name, whole]): [QName, () => Value] => [name as QName, () => ({ whole })]),
    ...common(owner),
    [d('resourcetype'), () => element(d('collection')) + element(c('calendar'))],
    [d('displayname'), () => escapeXml(collection.displayName)],
    [d('getcontenttype'), () => 'text/calendar; charset=utf-8; component=VTODO'],
    [d('sync-token'), () => syncToken(collection, seq)],
    [qname(CALENDARSERVER, 'getctag'), () => `"${seq}"`],
    [d('getetag'), () => `"${seq}"`],
    [
      d('supported-report-set'),
      () => reports([c('calendar-query'), c('calendar-multiget'), d('sync-collection')]),
    ],
    [c('supported-calendar-component-set'), () => element(c('comp'), '', ' name="VTODO"')],
    [
      c('supported-calendar-data'),
      () => element(c('calendar-data'), '', ' content-type="text/calendar" version="2.0"'),
    ],
    [c('max-resource-size'), () => String(MAX_ITEM_BYTES)],
  ]);
}

/** Of a task. @param text makes its iCalendar object */
export function itemProperties(owner: Owner, item: Item, text: () => string): Properties {
  const { updatedAt, createdAt } = item.task;
  return new Map<QName, () => Value>([
    [d('getetag'), () => escapeXml(itemTag(item))],
    [d('resourcetype'), () => ''],
    [d('getcontenttype'), () => 'text/calendar; charset=utf-8; component=VTODO'],
    [d('getcontentlength'), () => String(Buffer.byteLength(text()))],
    [d('getlastmodified'), () => new Date(updatedAt).toUTCString()],
    [d('creationdate'), () => createdAt],
    ...common(owner),
    [c('calendar-data'), () => escapeXml(text())],
  ]);
}

/** Properties that no program may write. */
export function isLive(name: QName): boolean {
  const { namespace, local } = splitName(name);
  if (namespace === DAV) return local !== 'displayname';
  if (namespace === CALENDARSERVER) return local === 'getctag';
  return (
    namespace === CALDAV &&
    ![
      'calendar-description',
      'calendar-timezone',
      'calendar-timezone-id',
      'schedule-calendar-transp',
    ].includes(local)
  );
}

/** One response of a multistatus. @param minimal leave out what is not there (RFC 8144) */
export function response(
  path: string,
  properties: Properties,
  wanted: Wanted,
  minimal = false,
): string {
  const found: string[] = [];
  const missing: string[] = [];
  const names =
    wanted.kind === 'named'
      ? wanted.names
      : [...properties.keys()].filter(
          (name) => wanted.kind === 'names' || !NOT_IN_ALLPROP.has(name),
        );
  for (const name of new Set(names)) {
    if (wanted.kind === 'names') {
      found.push(element(name));
      continue;
    }
    const value = properties.get(name)?.();
    if (value === undefined) missing.push(element(name));
    else found.push(typeof value === 'string' ? element(name, value) : value.whole);
  }
  const stats = [
    ...(found.length > 0 || missing.length === 0 || minimal ? [propstat(found.join(''), 200)] : []),
    ...(missing.length > 0 && !minimal ? [propstat(missing.join(''), 404)] : []),
  ];
  return element(d('response'), href(path) + stats.join(''));
}

/** Properties and their status. */
export function propstat(properties: string, status: number): string {
  return element(d('propstat'), element(d('prop'), properties) + statusLine(status));
}

/** A response for an address that is not there. */
export function missingResponse(path: string, status = 404): string {
  return element(d('response'), href(path) + statusLine(status));
}

// The CalDAV door (RFC 4791, 4918, 6578): a request of one person to an answer, without HTTP's machinery and without SQL. What a
// task is and may be is decided by the commands; here is only what the protocol says of it.
import { Problem } from '@todo/contracts/problem';
import { isBeyondQuota } from '../limits/quotas.ts';
import { listName } from '../lists/lists.ts';
import { itemTag, namesTag } from '../calendars/preconditions.ts';
import { ItemFault } from '../calendars/read-item.ts';
import { UidConflict } from '../calendars/store-item.ts';
import type { DavAnswer } from './answer.ts';
import { DavFault, faultAnswer, XML_TYPE } from './answer.ts';
import type { DavContext } from './context.ts';
import { hrefs, readPath } from './paths.ts';
import type { Place } from './paths.ts';
import { depthOf, propfind, wantedOf } from './propfind.ts';
import { MAX_ITEM_BYTES } from './properties.ts';
import { proppatch, readChanges } from './proppatch.ts';
import { report } from './report.ts';
import {
  CALDAV,
  DAV,
  element,
  escapeXml,
  nameOf,
  parseXml,
  qname,
  serialized,
  XmlFault,
} from './xml.ts';

/** Methods of the protocol beside those of HTTP. */
export const DAV_METHODS = [
  'PROPFIND',
  'PROPPATCH',
  'REPORT',
  'MKCALENDAR',
  'MKCOL',
  'MOVE',
  'COPY',
] as const;

/** What the server can do (RFC 4791 5.1). */
const CAPABILITIES = '1, 3, access-control, calendar-access, extended-mkcol';
const ALLOWED: Readonly<Record<Place['kind'], string>> = {
  root: 'OPTIONS, PROPFIND',
  principals: 'OPTIONS, PROPFIND',
  principal: 'OPTIONS, PROPFIND',
  home: 'OPTIONS, PROPFIND, MKCALENDAR, MKCOL',
  collection: 'OPTIONS, PROPFIND, PROPPATCH, REPORT, MKCALENDAR, MKCOL, DELETE',
  item: 'OPTIONS, GET, HEAD, PUT, DELETE, PROPFIND',
};
const CALENDAR_TYPE = 'text/calendar; charset=utf-8; component=VTODO';

/** A request as the protocol sees it. */
export interface DavRequest {
  /** Upper case. */
  readonly method: string;
  /** As it was sent. */
  readonly path: string;
  readonly header: (name: string) => string | undefined;
  readonly body: string;
}

/** What OPTIONS is answered with, whoever asks. */
export function optionsAnswer(allowed = ALLOWED.collection): DavAnswer {
  return { status: 200, headers: { dav: CAPABILITIES, allow: allowed, 'content-length': '0' } };
}

/** Answers a request. @throws Problem for what is no matter of the protocol: 404, 412, an input that no task can be */
export async function answerDav(context: DavContext, request: DavRequest): Promise<DavAnswer> {
  try {
    return await answer(context, request, readPath(request.path, context.owner.userId));
  } catch (error) {
    if (error instanceof DavFault) return faultAnswer(error);
    if (isBeyondQuota(error))
      return faultAnswer(new DavFault(507, qname(DAV, 'quota-not-exceeded'), error.message)); // RFC 4331 6
    if (error instanceof XmlFault)
      throw new Problem(400, 'bad-xml', error.message, { cause: error });
    if (error instanceof ItemFault)
      return faultAnswer(new DavFault(403, qname(CALDAV, error.precondition), error.message));
    throw error;
  }
}

async function answer(context: DavContext, request: DavRequest, place: Place): Promise<DavAnswer> {
  switch (request.method) {
    case 'OPTIONS':
      return optionsAnswer(ALLOWED[place.kind]);
    case 'PROPFIND': {
      const wanted = wantedOf(request.body.trim() === '' ? undefined : rootOf(request, 'propfind'));
      const levels = place.kind === 'item' || place.kind === 'principal' ? 0 : 1;
      await exists(context, place);
      return multistatus(
        propfind(context, place, wanted, depthOf(request.header('depth'), levels)),
      );
    }
    case 'PROPPATCH':
      if (place.kind !== 'collection') return notAllowed(place);
      return multistatus(
        await proppatch(
          context,
          await context.collection(place.collection),
          readChanges(rootOf(request, 'propertyupdate')),
        ),
      );
    case 'REPORT':
      return await answerReport(context, request, place);
    case 'MKCALENDAR':
    case 'MKCOL':
      return await makeCollection(context, request, place);
    case 'GET':
    case 'HEAD':
      return await get(context, request, place);
    case 'PUT':
      return await put(context, request, place);
    case 'DELETE':
      return await remove(context, request, place);
    case 'MOVE':
    case 'COPY':
      throw new Problem(
        403,
        'not-supported',
        `${request.method} is not supported. PUT the item at its new address and DELETE the old one.`,
        { headers: { allow: ALLOWED[place.kind] } },
      );
    default:
      return notAllowed(place);
  }
}

function rootOf({ body }: DavRequest, name: string) {
  const root = parseXml(body);
  if (nameOf(root) !== qname(DAV, name))
    throw new XmlFault(`Expected the element ${name} of ${DAV}, found ${root.nodeName}.`);
  return root;
}

/** A long answer is not begun for what is not there. */
async function exists(context: DavContext, place: Place): Promise<void> {
  if (place.kind === 'collection') await context.collection(place.collection);
  if (place.kind === 'item')
    await context.item(await context.collection(place.collection), place.item);
}

async function answerReport(
  context: DavContext,
  request: DavRequest,
  place: Place,
): Promise<DavAnswer> {
  const root = parseXml(request.body);
  if (place.kind !== 'collection')
    throw new DavFault(
      403,
      qname(DAV, 'supported-report'),
      'Reports are of a collection of tasks. Send it to the address of one.',
    );
  return multistatus(await report(context, await context.collection(place.collection), root));
}

async function makeCollection(
  context: DavContext,
  request: DavRequest,
  place: Place,
): Promise<DavAnswer> {
  if (place.kind !== 'collection') return notAllowed(place);
  const { calendars, person, owner } = context;
  const name = place.collection;
  const all = await calendars.collections(person);
  if (all.some((one) => one.name === name))
    throw new Problem(405, 'exists', 'There is a collection at this address already.', {
      headers: { allow: ALLOWED.collection },
    });
  if (name.length > 255)
    throw new Problem(
      403,
      'too-long',
      'The address is longer than 255 characters. Use a shorter one.',
    );
  const stated = new Set([
    qname(DAV, 'resourcetype'),
    qname(CALDAV, 'supported-calendar-component-set'),
  ]);
  const root = request.body.trim() === '' ? undefined : parseXml(request.body);
  const changes = root && readChanges(root, stated);
  if (root && noTasks(serialized(root)))
    throw new DavFault(
      403,
      qname(CALDAV, 'supported-calendar-component'),
      'Collections contain tasks (VTODO) only. Ask for VTODO.',
    );
  const title = listName.safeParse(changes?.displayName ?? name);
  if (!title.success)
    throw new DavFault(
      403,
      qname(CALDAV, 'valid-calendar-data'),
      `displayname: ${title.error.issues[0]?.message ?? 'not valid'}`,
    );
  const stored = new Map(
    [...(changes?.stored ?? [])].filter((one): one is [(typeof one)[0], string] => one[1] !== null),
  );
  await calendars.addCollection(person, name, title.data, stored);
  return {
    status: 201,
    headers: { location: hrefs.collection(owner.userId, { name }), 'cache-control': 'no-cache' },
  };
}

/** A calendar for other components alone. */
function noTasks(xml: string): boolean {
  const named = [...xml.matchAll(/<(?:[\w-]+:)?comp\s[^>]*name="(\w+)"/gi)].map(([, name]) =>
    name?.toUpperCase(),
  );
  return named.length > 0 && !named.includes('VTODO');
}

async function get(context: DavContext, request: DavRequest, place: Place): Promise<DavAnswer> {
  if (place.kind !== 'item') return notAllowed(place);
  const collection = await context.collection(place.collection);
  const item = await context.item(collection, place.item);
  const etag = itemTag(item);
  const seen = request.header('if-none-match');
  if (seen !== undefined && namesTag(seen, etag)) return { status: 304, headers: { etag } };
  return {
    status: 200,
    headers: {
      etag,
      'content-type': CALENDAR_TYPE,
      'last-modified': new Date(item.task.updatedAt).toUTCString(),
    },
    body: context.calendars.text(context.person, item),
  };
}

async function put(context: DavContext, request: DavRequest, place: Place): Promise<DavAnswer> {
  if (place.kind !== 'item') return notAllowed(place);
  const collection = await context.collection(place.collection);
  if (Buffer.byteLength(request.body) > MAX_ITEM_BYTES)
    throw new DavFault(
      403,
      qname(CALDAV, 'max-resource-size'),
      `The item is larger than ${MAX_ITEM_BYTES} bytes. Shorten it.`,
    );
  if (place.item.length > 255)
    throw new Problem(
      403,
      'too-long',
      'The address is longer than 255 characters. Use a shorter one.',
    );
  const { owner, person, calendars } = context;
  try {
    const { created, etag } = await calendars.put(
      person,
      {
        collection,
        name: place.item,
        ifMatch: request.header('if-match'),
        ifNoneMatch: request.header('if-none-match'),
      },
      request.body,
    );
    return { status: created ? 201 : 204, headers: { etag } };
  } catch (error) {
    if (!(error instanceof UidConflict)) throw error;
    const href = hrefs.item(owner.userId, collection, error.itemName);
    throw new DavFault(
      403,
      qname(CALDAV, 'no-uid-conflict'),
      error.message,
      element(qname(DAV, 'href'), escapeXml(href)),
    );
  }
}

async function remove(context: DavContext, request: DavRequest, place: Place): Promise<DavAnswer> {
  if (place.kind !== 'item' && place.kind !== 'collection') return notAllowed(place);
  const { calendars, person } = context;
  const collection = await context.collection(place.collection);
  if (place.kind === 'collection') await calendars.removeCollection(person, collection);
  else
    await calendars.remove(person, {
      collection,
      name: place.item,
      ifMatch: request.header('if-match'),
    });
  return { status: 204 };
}

function multistatus(body: string | AsyncIterable<string>): DavAnswer {
  return { status: 207, headers: { 'content-type': XML_TYPE }, body };
}

function notAllowed({ kind }: Place): never {
  throw new Problem(405, 'method-not-allowed', 'This address does not take this method.', {
    headers: { allow: ALLOWED[kind] },
  });
}

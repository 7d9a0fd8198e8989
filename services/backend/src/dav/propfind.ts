// PROPFIND (RFC 4918 9.1): what a program asks of the addresses first, and most often.
import type { Element } from '@xmldom/xmldom';
import type { Collection } from '../calendars/collection-rows.ts';
import type { Item } from '../calendars/item-rows.ts';
import type { DavContext } from './context.ts';
import { DavFault } from './answer.ts';
import { hrefs, ROOT } from './paths.ts';
import type { Place } from './paths.ts';
import {
  collectionProperties,
  folderProperties,
  itemProperties,
  principalProperties,
  response,
} from './properties.ts';
import type { Properties, Wanted } from './properties.ts';
import { child, childElements, DAV, documentEnd, documentStart, nameOf, qname } from './xml.ts';

const d = (local: string) => qname(DAV, local);

/** What a body asks for; no body asks for all. */
export function wantedOf(root: Element | undefined): Wanted {
  if (!root) return { kind: 'all' };
  const prop = child(root, d('prop'));
  if (prop) return { kind: 'named', names: childElements(prop).map(nameOf) };
  if (child(root, d('propname'))) return { kind: 'names' };
  return { kind: 'all' };
}

/** The Depth header; `infinity` is refused where there is more than one level. @throws DavFault */
export function depthOf(header: string | undefined, levels: 0 | 1): 0 | 1 {
  if (header?.trim() === '0') return 0;
  if (header?.trim() === '1' || levels === 0) return levels;
  throw new DavFault(403, d('propfind-finite-depth'), 'Send the header Depth with 0 or 1.');
}

/** Answers, response by response. */
export async function* propfind(
  context: DavContext,
  place: Place,
  wanted: Wanted,
  depth: 0 | 1,
): AsyncGenerator<string> {
  yield documentStart(d('multistatus'));
  yield* responses(context, place, wanted, depth);
  yield documentEnd(d('multistatus'));
}

async function* responses(
  context: DavContext,
  place: Place,
  wanted: Wanted,
  depth: 0 | 1,
): AsyncGenerator<string> {
  const { owner, minimal } = context;
  const { userId } = owner;
  const say = (path: string, properties: Properties): string =>
    response(path, properties, wanted, minimal);
  switch (place.kind) {
    case 'root':
      yield say(ROOT, folderProperties(owner, 'Todo'));
      if (depth === 1) {
        yield say(`${ROOT}principals/`, folderProperties(owner, 'People'));
        yield say(hrefs.home(userId), folderProperties(owner, 'Tasks'));
      }
      break;
    case 'principals':
      yield say(`${ROOT}principals/`, folderProperties(owner, 'People'));
      if (depth === 1) yield say(hrefs.principal(userId), principalProperties(owner));
      break;
    case 'principal':
      yield say(hrefs.principal(userId), principalProperties(owner));
      break;
    case 'home':
      yield say(hrefs.home(userId), folderProperties(owner, 'Tasks'));
      if (depth === 1)
        for (const collection of await context.calendars.collections(context.person))
          yield await ofCollection(context, collection, wanted);
      break;
    case 'collection': {
      const collection = await context.collection(place.collection);
      yield await ofCollection(context, collection, wanted);
      if (depth === 1)
        for await (const page of context.calendars.items(context.person, collection))
          yield page.map((item) => ofItem(context, collection, item, wanted)).join('');
      break;
    }
    case 'item': {
      const collection = await context.collection(place.collection);
      yield ofItem(context, collection, await context.item(collection, place.item), wanted);
      break;
    }
  }
}

async function ofCollection(
  { calendars, person, owner, minimal }: DavContext,
  collection: Collection,
  wanted: Wanted,
): Promise<string> {
  const properties = collectionProperties(
    owner,
    collection,
    await calendars.lastChange(person, collection),
    await calendars.properties(person, collection),
  );
  return response(hrefs.collection(owner.userId, collection), properties, wanted, minimal);
}

/** An item's response. */
export function ofItem(
  { calendars, person, owner, minimal }: DavContext,
  collection: Collection,
  item: Item,
  wanted: Wanted,
): string {
  const properties = itemProperties(owner, item, () => calendars.text(person, item));
  return response(hrefs.item(owner.userId, collection, item.name), properties, wanted, minimal);
}

// PROPPATCH (RFC 4918 9.2) and the properties of MKCALENDAR (RFC 4791 5.3.1): the name of a list, and what programs keep with a
// collection, such as a colour. All of a request is done, or nothing.
import type { Element } from '@xmldom/xmldom';
import { Problem } from '@todo/contracts/problem';
import { listName } from '../lists/lists.ts';
import type { Collection } from '../calendars/collection-rows.ts';
import type { DavContext } from './context.ts';
import { statusLine } from './answer.ts';
import { hrefs } from './paths.ts';
import { isLive, propstat } from './properties.ts';
import {
  childElements,
  DAV,
  documentOf,
  element,
  escapeXml,
  nameOf,
  qname,
  serialized,
  textOf,
} from './xml.ts';
import type { QName } from './xml.ts';

const d = (local: string): QName => qname(DAV, local);
/** Longest property of a program, characters. */
const MAX_VALUE = 10_000;

/** What a body sets and removes: a whole element for each name, null to remove. */
export interface PropertyChanges {
  readonly displayName: string | undefined;
  readonly stored: ReadonlyMap<QName, string | null>;
  /** What may not be changed. */
  readonly refused: readonly QName[];
}

/** Reads the changes of a `propertyupdate`, or of what MKCALENDAR sends. @param ignored live properties that a program may state */
export function readChanges(
  root: Element,
  ignored: ReadonlySet<QName> = new Set(),
): PropertyChanges {
  let displayName: string | undefined;
  const stored = new Map<QName, string | null>();
  const refused: QName[] = [];
  for (const step of childElements(root)) {
    const sets = nameOf(step) === d('set');
    if (!sets && nameOf(step) !== d('remove')) continue;
    for (const prop of childElements(step).filter((one) => nameOf(one) === d('prop')))
      for (const property of childElements(prop)) {
        const name = nameOf(property);
        if (ignored.has(name)) continue;
        if (isLive(name) || (name === d('displayname') && !sets)) refused.push(name);
        else if (name === d('displayname')) displayName = textOf(property);
        else {
          const value = sets ? serialized(property) : null;
          if ((value?.length ?? 0) > MAX_VALUE || name.length > 500) refused.push(name);
          else stored.set(name, value);
        }
      }
  }
  return { displayName, stored, refused };
}

/** Changes a collection's properties, and says what became of each. */
export async function proppatch(
  { calendars, person, owner }: DavContext,
  collection: Collection,
  changes: PropertyChanges,
): Promise<string> {
  const { displayName, stored } = changes;
  const refused = [...changes.refused];
  const name = displayName === undefined ? undefined : listName.safeParse(displayName);
  const renames = displayName !== undefined && displayName !== collection.displayName;
  if (renames && (collection.isInbox || name?.success !== true)) refused.push(d('displayname'));
  if (refused.length === 0)
    try {
      await calendars.setProperties(person, collection, stored);
      if (renames) await calendars.rename(person, collection, displayName);
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 507) throw error;
      refused.push(...stored.keys());
    }
  const named = [...(displayName === undefined ? [] : [d('displayname')]), ...stored.keys()];
  const list = (names: readonly QName[]): string => names.map((one) => element(one)).join('');
  const left = named.filter((one) => !refused.includes(one));
  const stats =
    refused.length === 0
      ? propstat(list(named), 200)
      : propstat(list(refused), 403) + (left.length > 0 ? propstat(list(left), 424) : '');
  return documentOf(
    d('multistatus'),
    element(
      d('response'),
      element(d('href'), escapeXml(hrefs.collection(owner.userId, collection))) +
        (named.length + refused.length === 0 ? statusLine(200) : stats),
    ),
  );
}

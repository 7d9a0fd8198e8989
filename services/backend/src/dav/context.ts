// What every DAV method works with: whose request it is, and the two questions all of them ask.
import { notFound } from '@todo/contracts/problem';
import type { Calendars } from '../calendars/calendars.ts';
import type { Collection } from '../calendars/collection-rows.ts';
import type { Item } from '../calendars/item-rows.ts';
import type { TaskContext } from '../tasks/task-context.ts';
import type { Owner } from './properties.ts';

/** See above. */
export interface DavContext {
  readonly calendars: Calendars;
  readonly person: TaskContext;
  readonly owner: Owner;
  /** Leave out of answers what is not there (RFC 8144, `Prefer: return=minimal`). */
  readonly minimal: boolean;
  /** @throws Problem 404 */
  collection: (name: string) => Promise<Collection>;
  /** @throws Problem 404 */
  item: (collection: Collection, name: string) => Promise<Item>;
}

/** Makes it. */
export function davContext(parts: {
  calendars: Calendars;
  person: TaskContext;
  email: string | null;
  minimal: boolean;
}): DavContext {
  const { calendars, person, email, minimal } = parts;
  return {
    calendars,
    person,
    owner: { userId: person.userId, email },
    minimal,
    collection: async (name) => {
      const all = await calendars.collections(person);
      const found = all.find((one) => one.name === name);
      if (!found) throw notFound('collection');
      return found;
    },
    item: async (collection, name) => {
      const [found] = await calendars.itemsByName(person, collection, [name]);
      if (!found) throw notFound('item');
      return found;
    },
  };
}

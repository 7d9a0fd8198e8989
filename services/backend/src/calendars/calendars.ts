// A person's lists and tasks as calendars: what the CalDAV door asks and does, without its protocol.
import type { Pool } from '@todo/runtime/database';
import { withTransaction } from '@todo/runtime/database';
import type { Clock } from '@todo/runtime/clock';
import { notFound, Problem } from '@todo/contracts/problem';
import { lockPerson } from '../identity/person-row.ts';
import type { Lists } from '../lists/lists.ts';
import type { Tasks } from '../tasks/commands.ts';
import type { TaskContext } from '../tasks/task-context.ts';
import { allCollections, nameCollection, propertiesOf, saveProperties } from './collection-rows.ts';
import type { Collection } from './collection-rows.ts';
import { itemChanges, itemPages, itemsByName, lastItemChange } from './item-rows.ts';
import type { Item, ItemChanges } from './item-rows.ts';
import { itemText } from './item-text.ts';
import { deleteItem, putItem } from './store-item.ts';
import type { Placed } from './store-item.ts';

/** What can be done with calendars. */
export interface Calendars {
  /** All collections of a person, the inbox first. */
  collections: (context: Person) => Promise<Collection[]>;
  /** All items of a collection, in pages. */
  items: (context: Person, collection: Collection) => AsyncGenerator<Item[]>;
  /** The items of some addresses; what is not there is not in the answer. */
  itemsByName: (
    context: Person,
    collection: Collection,
    names: readonly string[],
  ) => Promise<Item[]>;
  /** An item's iCalendar object. */
  text: (context: Person, item: Item) => string;
  /** The number of a collection's last change. */
  lastChange: (context: Person, collection: Collection) => Promise<number>;
  changes: (
    context: Person,
    collection: Collection,
    after: number,
    limit: number,
  ) => Promise<ItemChanges>;
  /** See {@link putItem}. */
  put: (
    context: TaskContext,
    place: Placed,
    text: string,
  ) => Promise<{ created: boolean; etag: string }>;
  /** See {@link deleteItem}. */
  remove: (context: TaskContext, place: Placed) => Promise<void>;
  /** Makes a list with an address of the program's choice. */
  addCollection: (
    context: TaskContext,
    name: string,
    displayName: string,
    properties: ReadonlyMap<string, string>,
  ) => Promise<void>;
  /** Deletes a list with its tasks, which stay restorable. */
  removeCollection: (context: TaskContext, collection: Collection) => Promise<void>;
  rename: (context: TaskContext, collection: Collection, displayName: string) => Promise<void>;
  properties: (context: Person, collection: Collection) => Promise<Map<string, string>>;
  /** Stores properties, or removes those that are null. @throws Problem 507 for too many */
  setProperties: (
    context: TaskContext,
    collection: Collection,
    values: ReadonlyMap<string, string | null>,
  ) => Promise<void>;
}

/** Whose calendars, on whose clock. */
type Person = Pick<TaskContext, 'userId' | 'zone' | 'listIds'>;

/** Makes them. */
export function createCalendars(options: {
  pool: Pool;
  clock: Clock;
  tasks: Tasks;
  lists: Lists;
}): Calendars {
  const { pool, clock, tasks, lists } = options;

  async function storeProperties(
    context: TaskContext,
    collection: string,
    values: ReadonlyMap<string, string | null>,
  ): Promise<void> {
    if (values.size === 0) return;
    await withTransaction(pool, async (client) => {
      await lockPerson(client, context);
      if (!(await saveProperties(client, context.userId, collection, values))) throw tooMany();
    });
  }

  return {
    collections: (context) => allCollections(pool, context),
    items: ({ userId }, { id }) => itemPages(pool, userId, id),
    itemsByName: ({ userId }, { id }, names) => itemsByName(pool, userId, id, names),
    text: ({ zone }, item) => itemText(item, zone, clock()),
    lastChange: ({ userId }, { id }) => lastItemChange(pool, userId, id),
    changes: ({ userId }, { id }, after, limit) => itemChanges(pool, userId, id, after, limit),
    put: (context, place, text) => tasks.together(context, (steps) => putItem(steps, place, text)),
    remove: (context, place) => tasks.together(context, (steps) => deleteItem(steps, place)),
    addCollection: async (context, name, displayName, properties) => {
      requireAllLists(context);
      await lists.add(context, displayName, async (client, listId) => {
        await nameCollection(client, context.userId, listId, name);
        if (!(await saveProperties(client, context.userId, listId, properties))) throw tooMany();
      });
    },
    removeCollection: async (context, collection) => {
      requireAllLists(context);
      if (collection.isInbox)
        throw new Problem(
          403,
          'inbox-stays',
          'The inbox contains the tasks without a list and cannot be deleted. Delete its tasks instead.',
        );
      await tasks.together(context, async (steps) => {
        for await (const page of itemPages(steps.client, context.userId, collection.id))
          for (const { name } of page) {
            const [item] = await itemsByName(steps.client, context.userId, collection.id, [name]);
            if (item) await deleteItem(steps, { collection, name });
          }
      });
      await lists.remove(context, collection.id);
    },
    rename: async (context, { id, isInbox }, displayName) => {
      requireAllLists(context);
      if (isInbox) throw notFound('list');
      await lists.rename(context, id, displayName);
    },
    properties: ({ userId }, { id }) => propertiesOf(pool, userId, id),
    setProperties: (context, { id }, values) => storeProperties(context, id, values),
  };
}

/** Lists themselves are changed by who reaches all of them. @throws Problem 403 */
function requireAllLists({ listIds }: TaskContext): void {
  if (listIds != null)
    throw new Problem(
      403,
      'lists-only',
      'This access token is limited to lists, and this concerns the lists themselves. Create a token without that limit.',
    );
}

function tooMany(): Problem {
  return new Problem(
    507,
    'too-many-properties',
    'The collection has too many properties of programs. Remove some first.',
  );
}

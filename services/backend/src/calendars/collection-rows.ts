// Lists as collections of a calendar: the only SQL on `calendar_names` and `calendar_properties`.
import type { Queryable } from '@todo/runtime/database';
import { isInReach } from '../tasks/task-context.ts';
import type { Reach } from '../tasks/task-context.ts';
import { INBOX } from './item-rows.ts';

/** A list, or the tasks without one, as a collection. */
export interface Collection {
  /** The list's id; {@link INBOX} for tasks without a list. */
  readonly id: string;
  /** The last part of its address. */
  readonly name: string;
  readonly displayName: string;
  readonly isInbox: boolean;
}

/** The address of the tasks without a list. */
const INBOX_NAME = 'inbox';
/** What programs call the tasks without a list. */
const INBOX_TITLE = 'Inbox';
/** Properties of programs that a collection keeps. */
const MAX_PROPERTIES = 50;

/** The collection of the tasks without a list. */
const inbox: Collection = {
  id: INBOX,
  name: INBOX_NAME,
  displayName: INBOX_TITLE,
  isInbox: true,
};

/** The collections that can be reached, the inbox first, then the lists in their order. */
export async function allCollections(client: Queryable, reach: Reach): Promise<Collection[]> {
  const { rows } = await client.query<{ id: string; name: string; title: string }>(
    `SELECT l.id, coalesce(n.name, l.id::text) AS name, l.name AS title
     FROM todo.lists l LEFT JOIN todo.calendar_names n ON n.list_id = l.id
     WHERE l.user_id = $1 ORDER BY l.created_at, l.id`,
    [reach.userId],
  );
  const lists = rows.map(({ id, name, title }) => ({
    id,
    name,
    displayName: title,
    isInbox: false,
  }));
  return [inbox, ...lists].filter(({ id, isInbox }) => isInReach(reach, isInbox ? null : id));
}

/** Remembers the address that a program chose for a list. */
export async function nameCollection(
  client: Queryable,
  userId: string,
  listId: string,
  name: string,
): Promise<void> {
  await client.query(
    'INSERT INTO todo.calendar_names (list_id, user_id, name) VALUES ($1, $2, $3)',
    [listId, userId, name],
  );
}

/** What programs have stored with a collection: XML by `{namespace}name`. */
export async function propertiesOf(
  client: Queryable,
  userId: string,
  collection: string,
): Promise<Map<string, string>> {
  const { rows } = await client.query<{ name: string; value: string }>(
    'SELECT name, value FROM todo.calendar_properties WHERE user_id = $1 AND collection = $2 ORDER BY name',
    [userId, collection],
  );
  return new Map(rows.map((row) => [row.name, row.value]));
}

/** Stores (or with null removes) properties. @returns false when the collection then has too many: nothing may be kept */
export async function saveProperties(
  client: Queryable,
  userId: string,
  collection: string,
  values: ReadonlyMap<string, string | null>,
): Promise<boolean> {
  for (const [name, value] of values) {
    if (value === null)
      await client.query(
        'DELETE FROM todo.calendar_properties WHERE user_id = $1 AND collection = $2 AND name = $3',
        [userId, collection, name],
      );
    else
      await client.query(
        `INSERT INTO todo.calendar_properties (user_id, collection, name, value) VALUES ($1, $2, $3, $4)
         ON CONFLICT (user_id, collection, name) DO UPDATE SET value = excluded.value`,
        [userId, collection, name, value],
      );
  }
  return (await propertiesOf(client, userId, collection)).size <= MAX_PROPERTIES;
}

// Tasks as items of a calendar: the only SQL on `calendar_items` and `calendar_changes`. A task that no calendar program has
// written has no row; its address and its UID follow from its id.
import type { Queryable } from '@todo/runtime/database';
import type { Task } from '@todo/contracts/task';
import { isInReach } from '../tasks/task-context.ts';
import type { Reach } from '../tasks/task-context.ts';
import { TASK_COLUMNS, toTask } from '../tasks/task-rows.ts';
import type { TaskRow } from '../tasks/task-rows.ts';

/** The id of the collection of tasks without a list. */
export const INBOX = '00000000-0000-0000-0000-000000000000';
/** Items read at once. */
const PAGE = 500;

/** What a calendar program wrote, and the task that was read from it. */
export interface Source {
  readonly text: string;
  readonly task: Task;
}

/** A task as an item. */
export interface Item {
  readonly task: Task;
  /** The last part of its address. */
  readonly name: string;
  readonly uid: string;
  readonly parentUid: string | null;
  readonly source: Source | null;
}

interface Row extends TaskRow {
  name: string | null;
  uid: string | null;
  parent_uid: string | null;
  wanted_parent: string | null;
  source: string | null;
  source_task: Task | null;
}

const IMPORTED = (id: string): string =>
  `(SELECT min(u.uid) FROM todo.imported_uids u WHERE u.task_id = ${id} AND u.uid NOT LIKE 'content:%')`;
const SELECT_ITEM = `SELECT ${TASK_COLUMNS}, d.name, coalesce(d.uid, ${IMPORTED('t.id')}) AS uid, d.parent_uid AS wanted_parent, d.source,
    d.task AS source_task, CASE WHEN p.id IS NOT NULL THEN coalesce(pd.uid, ${IMPORTED('p.id')}, p.id::text) END AS parent_uid
  FROM todo.tasks t LEFT JOIN todo.calendar_items d ON d.task_id = t.id
    LEFT JOIN todo.tasks p ON p.id = t.parent_id AND p.deleted_at IS NULL
    LEFT JOIN todo.calendar_items pd ON pd.task_id = p.id`;
/** What has an address: living, and no finished occurrence that its series tells of. */
const VISIBLE = `t.deleted_at IS NULL AND NOT (t.status = 'done' AND coalesce(d.hidden, false))`;

function toItem(row: Row): Item {
  return {
    task: toTask(row),
    name: row.name ?? defaultName(row.id),
    uid: row.uid ?? row.id,
    parentUid: row.parent_uid ?? row.wanted_parent,
    source:
      row.source === null || !row.source_task ? null : { text: row.source, task: row.source_task },
  };
}

/** The address of a task that no calendar program named. */
function defaultName(taskId: string): string {
  return `${taskId}.ics`;
}

/** The id in a default address; null for any other name. */
function idOfName(name: string): string | null {
  return /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.ics$/.exec(name)?.[1] ?? null;
}

/** All items of a collection, a page at a time, oldest id first. */
export async function* itemPages(
  client: Queryable,
  userId: string,
  collection: string,
): AsyncGenerator<Item[]> {
  let after: string | undefined;
  do {
    const { rows } = await client.query<Row>(
      `${SELECT_ITEM} WHERE t.user_id = $1 AND t.list_id IS NOT DISTINCT FROM $2 AND ${VISIBLE} AND ($3::uuid IS NULL OR t.id > $3)
       ORDER BY t.id LIMIT ${PAGE}`,
      [userId, collection === INBOX ? null : collection, after ?? null],
    );
    yield rows.map(toItem);
    after = rows.length === PAGE ? rows.at(-1)?.id : undefined;
  } while (after !== undefined);
}

/** The items of some addresses of a collection; what is not there is not in the answer. */
export async function itemsByName(
  client: Queryable,
  userId: string,
  collection: string,
  names: readonly string[],
): Promise<Item[]> {
  const { rows } = await client.query<Row>(
    `${SELECT_ITEM} WHERE t.user_id = $1 AND t.list_id IS NOT DISTINCT FROM $2 AND ${VISIBLE}
       AND t.id IN (SELECT task_id FROM todo.calendar_items WHERE user_id = $1 AND name = ANY($3) UNION ALL SELECT unnest($4::uuid[]))
       AND coalesce(d.name, t.id || '.ics') = ANY($3)`,
    [
      userId,
      collection === INBOX ? null : collection,
      names,
      names.map(idOfName).filter((id) => id !== null),
    ],
  );
  return rows.map(toItem);
}

/** A living task that can be reached, by its UID in calendars, whatever its collection. */
export async function itemByUid(
  client: Queryable,
  reach: Reach,
  uid: string,
): Promise<Item | undefined> {
  const own = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(uid) ? uid : null;
  const { rows } = await client.query<Row>(
    `${SELECT_ITEM} WHERE t.user_id = $1 AND ${VISIBLE} AND t.id IN (
       SELECT task_id FROM todo.calendar_items WHERE user_id = $1 AND uid = $2
       UNION ALL SELECT task_id FROM todo.imported_uids WHERE user_id = $1 AND uid = $2 UNION ALL SELECT $3::uuid)
     ORDER BY (d.uid = $2) DESC NULLS LAST LIMIT 5`,
    [reach.userId, uid, own],
  );
  return rows.map(toItem).find((item) => item.uid === uid && isInReach(reach, item.task.listId));
}

/** One item of a person by its task; undefined when it was deleted. */
export async function itemOfTask(
  client: Queryable,
  userId: string,
  taskId: string,
): Promise<Item | undefined> {
  const { rows } = await client.query<Row>(
    `${SELECT_ITEM} WHERE t.user_id = $1 AND t.id = $2 AND t.deleted_at IS NULL`,
    [userId, taskId],
  );
  return rows[0] && toItem(rows[0]);
}

/** What a program calls a task and wrote of it. */
export interface ItemRow {
  readonly taskId: string;
  readonly name: string;
  readonly uid: string;
  /** A parent that is not there yet. */
  readonly parentUid: string | null;
  readonly hidden: boolean;
  readonly source: Source | null;
}

/** Stores what a program calls a task. The UID is also what an export calls it and an import finds it by. */
export async function saveItem(client: Queryable, userId: string, row: ItemRow): Promise<void> {
  await client.query(
    `INSERT INTO todo.calendar_items (task_id, user_id, name, uid, parent_uid, hidden, source, task) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
     ON CONFLICT (task_id) DO UPDATE SET name = excluded.name, uid = excluded.uid, parent_uid = excluded.parent_uid,
       hidden = excluded.hidden, source = excluded.source, task = excluded.task`,
    [
      row.taskId,
      userId,
      row.name,
      row.uid,
      row.parentUid,
      row.hidden,
      row.source?.text ?? null,
      row.source === null ? null : JSON.stringify(row.source.task),
    ],
  );
  if (row.uid.length <= 255)
    await client.query(
      `INSERT INTO todo.imported_uids (user_id, uid, task_id) VALUES ($1, $2, $3)
       ON CONFLICT (user_id, uid) DO UPDATE SET task_id = excluded.task_id`,
      [userId, row.uid, row.taskId],
    );
}

/** One change of a collection since a number. */
export interface ItemChange {
  /** The address that changed. */
  readonly name: string;
  /** As it is now; null: it is not in the collection any more. */
  readonly item: Item | null;
}

/** The number of a collection's last change; 0 before the first. */
export async function lastItemChange(
  client: Queryable,
  userId: string,
  collection: string,
): Promise<number> {
  const { rows } = await client.query<{ seq: string | null }>(
    'SELECT max(seq) AS seq FROM todo.calendar_changes WHERE user_id = $1 AND collection = $2',
    [userId, collection],
  );
  return Number(rows[0]?.seq ?? 0);
}

/** Changes of a collection after a number. */
export interface ItemChanges {
  readonly items: readonly ItemChange[];
  /** There are more than were asked for. */
  readonly more: boolean;
  /** The number up to which these are all. */
  readonly upTo: number;
}

/** Changes of a collection after a number, in their order, at most `limit`. */
export async function itemChanges(
  client: Queryable,
  userId: string,
  collection: string,
  after: number,
  limit: number,
): Promise<ItemChanges> {
  const { rows: found } = await client.query<{
    seq: string;
    task_id: string;
    name: string | null;
  }>(
    `SELECT c.seq, c.task_id, d.name FROM todo.calendar_changes c LEFT JOIN todo.calendar_items d ON d.task_id = c.task_id
     WHERE c.user_id = $1 AND c.collection = $2 AND c.seq > $3 ORDER BY c.seq LIMIT $4`,
    [userId, collection, after, limit + 1],
  );
  const changed = found.slice(0, limit);
  const { rows } = await client.query<Row>(
    `${SELECT_ITEM} WHERE t.user_id = $1 AND t.list_id IS NOT DISTINCT FROM $2 AND ${VISIBLE} AND t.id = ANY($3::uuid[])`,
    [userId, collection === INBOX ? null : collection, changed.map((row) => row.task_id)],
  );
  const living = new Map(rows.map((row) => [row.id, toItem(row)]));
  const gone = changed.filter((row) => !living.has(row.task_id));
  const taken = await itemsByName(
    client,
    userId,
    collection,
    gone.map((row) => row.name ?? defaultName(row.task_id)),
  );
  const names = new Set([...living.values(), ...taken].map((item) => item.name));
  const items = changed.flatMap((row): ItemChange[] => {
    const item = living.get(row.task_id) ?? null;
    const name = item?.name ?? row.name ?? defaultName(row.task_id);
    // an address that another item has by now is not gone
    return item === null && names.has(name) ? [] : [{ name, item }];
  });
  return { items, more: found.length > limit, upTo: Number(changed.at(-1)?.seq ?? after) };
}

// Calendar feeds: a person's tasks at a secret address that a calendar program subscribes to and can't change. The address is
// shown once, like the text of a token; only a hash of its secret is stored.
import { createHash, randomBytes } from 'node:crypto';
import { invalidInput, notFound, Problem } from '@todo/contracts/problem';
import { name } from '@todo/contracts/task';
import type { Pool, Queryable } from '@todo/runtime/database';
import { withTransaction } from '@todo/runtime/database';
import { uuidv7 } from '@todo/runtime/uuid';
import { z } from 'zod';
import { lockPerson } from '../identity/person-row.ts';
import type { ListChoice } from '../tasks/export-rows.ts';
import type { TaskContext } from '../tasks/task-context.ts';

/** Feeds a person may have. */
const MAX_FEEDS = 20;
/** Lists that one feed can be limited to, and tasks without one. */
const MAX_LISTS = 50;
/** Last use is noted at most this often, so that reads stay reads. */
const NOTE_USE_EVERY = '1 hour';
/** Where feeds are, before the secret. */
export const FEED_PATH = '/feeds/';
/** Bytes of a secret: more than anybody can guess. */
const SECRET_BYTES = 32;
const COLUMNS = 'id, name, content, list_ids, without_list, created_at, last_used_at';

/** What a new feed is made of. */
export const newFeed = z.strictObject({
  name,
  /** `events`: what is due, as a calendar shows it. `tasks`: all tasks, for programs that show VTODOs. */
  content: z.enum(['events', 'tasks']).default('events'),
  /** The only lists whose tasks it has; `none`: tasks without a list. null: everything. */
  lists: z
    .array(z.union([z.uuid(), z.literal('none')], { error: 'expected the id of a list, or none' }))
    .min(1, 'at least one list, or null')
    .max(MAX_LISTS)
    .nullable()
    .default(null),
});

/** A feed as its owner sees it. */
export const feed = z.object({
  id: z.uuid(),
  name: z.string(),
  content: z.enum(['events', 'tasks']),
  lists: z.array(z.string()).nullable(),
  createdAt: z.iso.datetime(),
  /** To the hour. */
  lastUsedAt: z.iso.datetime().nullable(),
});
/** See {@link feed}. */
export type Feed = z.output<typeof feed>;
/** A feed with its address, which is in the answer to its creation and nowhere else. */
export type NewFeed = Feed & { readonly path: string };

/** A feed as it is read at its address. */
export interface OpenFeed {
  readonly id: string;
  readonly userId: string;
  readonly name: string;
  readonly content: Feed['content'];
  readonly choice: ListChoice | undefined;
  /** The person's, IANA. */
  readonly zone: string;
  /** Changes with every change of the person's tasks. */
  readonly version: string;
}

interface Row {
  id: string;
  name: string;
  content: Feed['content'];
  list_ids: string[] | null;
  without_list: boolean;
  created_at: Date;
  last_used_at: Date | null;
}

/** All feeds of a person, oldest first. */
export async function listFeeds(client: Queryable, userId: string): Promise<Feed[]> {
  const { rows } = await client.query<Row>(
    `SELECT ${COLUMNS} FROM todo.calendar_feeds WHERE user_id = $1 ORDER BY created_at, id`,
    [userId],
  );
  return rows.map(onWire);
}

/** Makes a feed. @throws Problem 400 for a list that is not the person's, 422 when they have {@link MAX_FEEDS} */
export async function createFeed(
  pool: Pool,
  context: TaskContext,
  { name: called, content, lists }: z.output<typeof newFeed>,
): Promise<NewFeed> {
  const { userId } = context;
  const secret = newSecret();
  return await withTransaction(pool, async (client) => {
    // creations at the same moment wait here for each other, so that the count holds
    await lockPerson(client, context);
    const listIds = lists?.filter((id) => id !== 'none') ?? null;
    await checkLists(client, userId, lists ?? []);
    const { rows: counted } = await client.query<{ n: number }>(
      'SELECT count(*)::int AS n FROM todo.calendar_feeds WHERE user_id = $1',
      [userId],
    );
    if ((counted[0]?.n ?? 0) >= MAX_FEEDS)
      throw new Problem(
        422,
        'too-many-feeds',
        `You already have ${MAX_FEEDS} calendar feeds, the maximum. Revoke one first.`,
      );
    const { rows } = await client.query<Row>(
      `INSERT INTO todo.calendar_feeds (id, user_id, name, hash, content, list_ids, without_list)
       VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING ${COLUMNS}`,
      [
        uuidv7(),
        userId,
        called,
        hash(secret),
        content,
        listIds,
        lists === null || lists.includes('none'),
      ],
    );
    return withAddress(rows[0], secret);
  });
}

/** Gives a feed a new address; the old one ends at once. @throws Problem 404 */
export async function renewFeed(client: Queryable, userId: string, id: string): Promise<NewFeed> {
  const secret = newSecret();
  const { rows } = await client.query<Row>(
    `UPDATE todo.calendar_feeds SET hash = $3, last_used_at = NULL WHERE id = $1 AND user_id = $2 RETURNING ${COLUMNS}`,
    [id, userId, hash(secret)],
  );
  return withAddress(rows[0], secret);
}

/** Ends a feed at once. @throws Problem 404 */
export async function revokeFeed(client: Queryable, userId: string, id: string): Promise<void> {
  const { rowCount } = await client.query(
    'DELETE FROM todo.calendar_feeds WHERE id = $1 AND user_id = $2',
    [id, userId],
  );
  if (rowCount === 0) throw notFound('calendar feed');
}

/** The feed at an address, and notes its use; undefined where there is none, or none any more. */
export async function openFeed(client: Queryable, secret: string): Promise<OpenFeed | undefined> {
  const { rows } = await client.query<
    Row & { user_id: string; zone: string; version: string; stale: boolean }
  >(
    `SELECT f.*, u.zone,
       (SELECT coalesce(max(seq), 0) FROM todo.calendar_changes c WHERE c.user_id = f.user_id)::text AS version,
       f.last_used_at IS NULL OR f.last_used_at < now() - interval '${NOTE_USE_EVERY}' AS stale
     FROM todo.calendar_feeds f JOIN todo.users u ON u.id = f.user_id AND u.erased_at IS NULL
     WHERE f.hash = $1 AND NOT EXISTS (SELECT FROM todo.disabled_people d WHERE d.user_id = f.user_id AND d.disabled)`,
    [hash(secret)],
  );
  const [row] = rows;
  if (!row) return undefined;
  if (row.stale)
    await client.query('UPDATE todo.calendar_feeds SET last_used_at = now() WHERE id = $1', [
      row.id,
    ]);
  return {
    id: row.id,
    userId: row.user_id,
    name: row.name,
    content: row.content,
    choice:
      row.list_ids === null ? undefined : { ids: row.list_ids, withoutList: row.without_list },
    zone: row.zone,
    version: row.version,
  };
}

async function checkLists(
  client: Queryable,
  userId: string,
  asked: readonly string[],
): Promise<void> {
  const { rows } = await client.query<{ id: string }>(
    'SELECT id FROM todo.lists WHERE user_id = $1',
    [userId],
  );
  const own = new Set(['none', ...rows.map(({ id }) => id)]);
  const wrong = asked.flatMap((id, index) =>
    own.has(id.toLowerCase()) ? [] : [{ field: `lists.${index}`, message: 'no such list' }],
  );
  if (wrong.length > 0) throw invalidInput(wrong);
}

function withAddress(row: Row | undefined, secret: string): NewFeed {
  if (!row) throw notFound('calendar feed');
  return { ...onWire(row), path: `${FEED_PATH}${secret}.ics` };
}

function onWire(row: Row): Feed {
  return {
    id: row.id,
    name: row.name,
    content: row.content,
    lists: row.list_ids && [...row.list_ids, ...(row.without_list ? ['none'] : [])],
    createdAt: row.created_at.toISOString(),
    lastUsedAt: row.last_used_at?.toISOString() ?? null,
  };
}

function newSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url');
}

function hash(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

// The commands that only look: each runs in a read-only transaction, and takes no lock that a component would wait for.
import { measureBacklog, measureLogBytes, MAX_COUNTED } from '../backlog.ts';
import type { Row } from '../database.ts';
import { EXIT, type Request } from './arguments.ts';
import type { CliDatabase } from './connection.ts';
import { cut, harmless, READ_BYTES, viewMetadata, viewPayload } from './payload-view.ts';
import type { Report } from './report.ts';

/** No limit, for a parameter of `limit`. */
const ALL = 2_000_000_000;
/** Characters of an error message that are shown. */
const ERROR_SHOWN = 200;

/** There is no such topic, group or message. */
export class NotFoundError extends Error {}

/** A topic, and a group of it, by number. */
export interface Target {
  topicId: number;
  shards: number;
  groupId: number | undefined;
}

/** @throws NotFoundError */
export async function find(
  { read }: CliDatabase,
  topic: string,
  group: string | undefined,
): Promise<Target> {
  const [row] = await read.query<{ topic_id: number; shards: number; group_id: number | null }>(
    `select t.topic_id, t.shards, g.group_id
     from dapr_pubsub.topics t left join dapr_pubsub.groups g on g.topic_id = t.topic_id and g.name = $2
     where t.name = $1`,
    [topic, group ?? null],
  );
  if (!row) throw new NotFoundError(`topic '${topic}' does not exist`);
  if (group !== undefined && row.group_id === null)
    throw new NotFoundError(`group '${group}' does not exist in topic '${topic}'`);
  return { topicId: row.topic_id, shards: row.shards, groupId: row.group_id ?? undefined };
}

interface TopicRow extends Row {
  topic: string;
  shards: number;
  groups: number;
  dead_letters: number;
  created_at: Date;
}

/** Topics, and the log's size on disk, indexes included. */
export async function topics({ read }: CliDatabase): Promise<Report> {
  const rows = await read.query<TopicRow>(
    `select t.name as topic, t.shards, t.created_at,
       (select count(*)::int from dapr_pubsub.groups g where g.topic_id = t.topic_id) as groups,
       (select count(*)::int from dapr_pubsub.dead_letters d where d.topic = t.name) as dead_letters
     from dapr_pubsub.topics t order by t.name`,
  );
  return {
    name: 'topics',
    rows: rows.map((row) => ({
      topic: row.topic,
      shards: row.shards,
      groups: row.groups,
      deadLetters: row.dead_letters,
      createdAt: row.created_at,
    })),
    facts: { logBytes: await measureLogBytes(read) },
    exitCode: EXIT.done,
  };
}

interface GroupRow extends Row {
  topic: string;
  group_name: string;
  leased: number;
  shards: number;
  owners: number;
  retries: number;
  dead_letters: number;
  last_active_at: Date;
  expired_at: Date | null;
}

/** Groups: who reads, what waits for redelivery, and what was given up. */
export async function groups(database: CliDatabase, { topic }: Request): Promise<Report> {
  if (topic !== undefined) await find(database, topic, undefined);
  const rows = await database.read.query<GroupRow>(
    `select t.name as topic, g.name as group_name, g.last_active_at, g.expired_at, c.leased, c.shards, c.owners,
       (select count(*)::int from dapr_pubsub.retries r where r.group_id = g.group_id) as retries,
       (select count(*)::int from dapr_pubsub.dead_letters d
         where d.topic = t.name and d.group_name = g.name) as dead_letters
     from dapr_pubsub.groups g join dapr_pubsub.topics t using (topic_id)
     cross join lateral (
       select count(*)::int as shards, count(*) filter (where lease_until > clock_timestamp())::int as leased,
         count(distinct owner) filter (where lease_until > clock_timestamp())::int as owners
       from dapr_pubsub.cursors k where k.group_id = g.group_id) c
     where $1::text is null or t.name = $1
     order by t.name, g.name`,
    [topic ?? null],
  );
  return {
    name: 'groups',
    rows: rows.map((row) => ({
      topic: row.topic,
      group: row.group_name,
      lastActiveAt: row.last_active_at,
      givenUpAt: row.expired_at,
      shards: row.shards,
      leased: row.leased,
      owners: row.owners,
      retries: row.retries,
      deadLetters: row.dead_letters,
    })),
    exitCode: EXIT.done,
  };
}

/** What the groups have still to read: what is with a consumer now counts as unread. */
export async function lag(
  database: CliDatabase,
  { topic, group, exact }: Pick<Request, 'topic' | 'group' | 'exact'>,
): Promise<Report> {
  if (topic !== undefined) await find(database, topic, group);
  const all = await measureBacklog(database.read, topic === undefined ? null : [topic], {
    counted: exact ? ALL : MAX_COUNTED,
    groups: ALL,
  });
  const rows = all
    .filter((one) => group === undefined || one.group === group)
    .sort((a, b) => b.unread - a.unread)
    .map((one) => ({
      topic: one.topic,
      group: one.group,
      unread: one.unread,
      oldestSeconds: Math.round(one.oldestMs / 1_000),
      inactiveSeconds: Math.round(one.inactiveMs / 1_000),
      givenUp: one.isGivenUp,
    }));
  const note =
    !exact && rows.some(({ unread }) => unread >= MAX_COUNTED)
      ? `Counting ends at ${MAX_COUNTED} of each shard: --exact counts all.`
      : undefined;
  return { name: 'lag', rows, ...(note && { note }), exitCode: EXIT.done };
}

/** A message's content; `start`: its first READ_BYTES. */
interface ContentRow extends Row {
  content_type: string | null;
  metadata: string | null;
  bytes: number;
  start: Buffer;
}

/** The columns that show what is in a message, as far as was asked for. */
function contentOf(row: ContentRow, request: Request): Report['rows'][number] {
  const view = { content: request.payload, shown: request.shown };
  return {
    contentType: row.content_type,
    bytes: row.bytes,
    metadata: viewMetadata(row.metadata, view),
    payload: viewPayload(row.start, row.bytes, view),
  };
}

interface MessageRow extends ContentRow {
  source: string;
  id: string;
  shard: number;
  attempts: number | null;
  due_at: Date | null;
  error: string | null;
  published_at: Date;
  expires_at: Date | null;
}

const LOG_COLUMNS = `'log' as source, m.id, m.shard, null::int as attempts, null::timestamptz as due_at, null::text as error,
  m.published_at, m.expires_at, m.content_type, m.metadata, octet_length(m.data) as bytes, substring(m.data for $3) as start`;
// Unread: as in backlog.ts.
const NEXT = `select * from (
    (select 'retry' as source, r.id, r.shard, r.attempts, r.due_at, r.error, r.published_at, r.expires_at,
       r.content_type, r.metadata, octet_length(r.data) as bytes, substring(r.data for $3) as start
     from dapr_pubsub.retries r where r.group_id = $1 order by r.xid, r.id limit $2)
    union all
    (select l.* from dapr_pubsub.cursors c cross join lateral (
       (select ${LOG_COLUMNS} from dapr_pubsub.messages m
         where m.topic_id = c.topic_id and m.shard = c.shard
           and m.xid >= greatest(pg_snapshot_xmax(c.seen), c.at_xid) and (m.xid, m.id) > (c.at_xid, c.at_id)
         order by m.xid, m.id limit $2)
       union all
       (select ${LOG_COLUMNS} from dapr_pubsub.messages m
         where m.topic_id = c.topic_id and m.shard = c.shard
           and m.xid = any (array(select pg_snapshot_xip(c.seen))) and (m.xid, m.id) > (c.at_xid, c.at_id)
         order by m.xid, m.id limit $2)) l
     where c.group_id = $1)
  ) q order by published_at, id limit $2`;
const NEWEST = `select * from (
    select l.* from generate_series(0, $4::int - 1) s(shard) cross join lateral (
      select ${LOG_COLUMNS} from dapr_pubsub.messages m
      where m.topic_id = $1 and m.shard = s.shard order by m.xid desc, m.id desc limit $2) l
  ) q order by published_at desc, id desc limit $2`;

/** A group's next messages, oldest first; without a group the newest messages of the topic, newest first. */
export async function peek(database: CliDatabase, request: Request): Promise<Report> {
  const { topicId, groupId, shards } = await find(database, request.topic ?? '', request.group);
  const rows =
    groupId === undefined
      ? await database.read.query<MessageRow>(NEWEST, [topicId, request.limit, READ_BYTES, shards])
      : await database.read.query<MessageRow>(NEXT, [groupId, request.limit, READ_BYTES]);
  return {
    name: 'messages',
    rows: rows.map((row) => ({
      id: row.id,
      shard: row.shard,
      publishedAt: row.published_at,
      expiresAt: row.expires_at,
      attempts: row.attempts,
      dueAt: row.due_at,
      error: row.error === null ? null : cut(harmless(row.error), ERROR_SHOWN),
      ...contentOf(row, request),
    })),
    exitCode: EXIT.done,
  };
}

interface DeadRow extends ContentRow {
  dead_letter_id: string;
  topic: string;
  group_name: string;
  message_id: string;
  attempts: number;
  reason: string;
  died_at: Date;
  published_at: Date;
}

/** What a command about dead letters is about. */
export const DEAD_LETTERS_WHERE = `($1::text is null or topic = $1) and ($2::text is null or group_name = $2)
  and ($3::bigint is null or dead_letter_id = $3)`;

/** Dead letters, newest first. */
export async function dead({ read }: CliDatabase, request: Request): Promise<Report> {
  const chosen = [request.topic ?? null, request.group ?? null, request.id ?? null];
  const rows = await read.query<DeadRow>(
    `select dead_letter_id, topic, group_name, message_id, attempts, reason, died_at, published_at, content_type,
       metadata, octet_length(data) as bytes, substring(data for $5) as start
     from dapr_pubsub.dead_letters where ${DEAD_LETTERS_WHERE} order by dead_letter_id desc limit $4`,
    [...chosen, request.limit, READ_BYTES],
  );
  const [count] = await read.query<{ total: number }>(
    `select count(*)::int as total from dapr_pubsub.dead_letters where ${DEAD_LETTERS_WHERE}`,
    chosen,
  );
  if (request.id !== undefined && rows.length === 0)
    throw new NotFoundError(`dead letter ${request.id} does not exist`);
  return {
    name: 'deadLetters',
    rows: rows.map((row) => ({
      id: row.dead_letter_id,
      topic: row.topic,
      group: row.group_name,
      messageId: row.message_id,
      attempts: row.attempts,
      reason: cut(harmless(row.reason), ERROR_SHOWN),
      diedAt: row.died_at,
      publishedAt: row.published_at,
      ...contentOf(row, request),
    })),
    facts: { total: count?.total ?? 0 },
    exitCode: EXIT.done,
  };
}

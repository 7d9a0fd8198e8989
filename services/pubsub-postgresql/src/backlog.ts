// How much the groups have still to read. Bounded work: of each shard no more than a number of messages is counted, in the
// order of an index. Runs with maintenance, so only while there is activity and once after it.
import type { Database, Row } from './database.ts';
import type { Backlog } from './observer.ts';

/** Counted of each shard, and of each group's retries: more shows as so many. */
export const MAX_COUNTED = 1_000;
/** Groups that are measured. */
const MAX_GROUPS = 200;

interface BacklogRow extends Row {
  topic: string;
  group_name: string;
  unread: number;
  oldest_ms: number | null;
  inactive_ms: number;
  is_given_up: boolean;
}

// What is unread is what `claim` would find: behind the cursor inside its window, or of a transaction that was running when
// the window opened. What is with a consumer now counts as unread. A group that was given up has nothing to read any more.
const BACKLOG = `select t.name as topic, g.name as group_name, (u.unread + r.unread)::int as unread,
    extract(epoch from clock_timestamp() - least(u.oldest, r.oldest))::float8 * 1000 as oldest_ms,
    extract(epoch from clock_timestamp() - g.last_active_at)::float8 * 1000 as inactive_ms,
    g.expired_at is not null as is_given_up
  from dapr_pubsub.groups g
  join dapr_pubsub.topics t using (topic_id)
  cross join lateral (
    select count(*) as unread, min(m.published_at) as oldest
    from dapr_pubsub.cursors c
    cross join lateral (
      (select o.published_at from dapr_pubsub.messages o
        where o.topic_id = c.topic_id and o.shard = c.shard
          and o.xid >= greatest(pg_snapshot_xmax(c.seen), c.at_xid) and (o.xid, o.id) > (c.at_xid, c.at_id)
        order by o.xid, o.id limit $2)
      union all
      (select o.published_at from dapr_pubsub.messages o
        where o.topic_id = c.topic_id and o.shard = c.shard
          and o.xid = any (array(select pg_snapshot_xip(c.seen))) and (o.xid, o.id) > (c.at_xid, c.at_id)
        order by o.xid, o.id limit $2)
    ) m
    where c.group_id = g.group_id and g.expired_at is null
  ) u
  cross join lateral (
    select count(*) as unread, min(p.published_at) as oldest
    from (select published_at from dapr_pubsub.retries where group_id = g.group_id and g.expired_at is null limit $2) p
  ) r
  where $1::text[] is null or t.name = any ($1::text[])
  order by g.group_id limit $3`;

/**
 * @param topics - names of the topics whose groups are measured; null: of all
 * @param limits.counted - messages counted of each shard, and of each group's retries
 * @param limits.groups - groups that are measured
 */
export async function measureBacklog(
  database: Pick<Database, 'query'>,
  topics: string[] | null,
  limits = { counted: MAX_COUNTED, groups: MAX_GROUPS },
): Promise<Backlog[]> {
  if (topics?.length === 0) return [];
  const rows = await database.query<BacklogRow>(BACKLOG, [topics, limits.counted, limits.groups]);
  return rows.map((row) => ({
    topic: row.topic,
    group: row.group_name,
    unread: row.unread,
    oldestMs: Math.max(0, row.oldest_ms ?? 0),
    inactiveMs: Math.max(0, row.inactive_ms),
    isGivenUp: row.is_given_up,
  }));
}

/** The log's size on disk, indexes included, in bytes: asks the file system, reads no message. */
export async function measureLogBytes(database: Pick<Database, 'query'>): Promise<number> {
  const [row] = await database.query<{ bytes: number }>(
    `select sum(pg_total_relation_size(format('dapr_pubsub.messages_%s', segment)::regclass))::float8 as bytes
     from dapr_pubsub.segments`,
  );
  return row?.bytes ?? 0;
}

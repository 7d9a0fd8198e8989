// Calls subscribers back when nobody claims what was published.
//
// A NOTIFY is sent to a session; whether anybody is behind it the server does not know. An idle subscriber must not ask (an
// idle database is to sleep), so who published looks once, a few seconds later, while the database is awake from its own
// statement: is there a message that no replica of a group has taken, and no lease on its shard? Then every process that
// reads for that group is called at its wake port; it claims at once, and replaces its listening connection if that is dead.
//
// A call is a datagram and may be lost, so the look is repeated a few times while calling brings nothing. A group whose
// subscribers do not run has nobody to call, and costs one look.
import type { Logger } from 'pino';
import type { Database, Row } from './database.ts';
import { describeError } from './database-errors.ts';
import type { WakeAddress } from './notifier.ts';

/** How long after a publish to look; all topics of that time share a look. */
const LOOK_AFTER_MS = 5_000;
/** A message that waits for less than this may still be on its way. */
const CLAIMED_WITHIN_MS = 3_000;
/** Looks at a topic that calling has not helped, the first included. */
const MAX_LOOKS = 4;

/** Watches over what was published. */
export interface CallBack {
  /** Messages of this topic became durable. */
  published: (topicId: number) => void;
  close: () => void;
}

interface UnclaimedRow extends Row {
  topic_id: number;
  group_name: string;
  waiting_ms: number;
  host: string;
  port: number;
  secret: string;
}

// A shard without a lease whose oldest unread message (in the order of reading) waits for too long. What is unread is what
// `claim` would find: behind the cursor inside its window, or of a transaction that was running when the window opened.
const UNCLAIMED = `select g.topic_id, g.name as group_name, w.waiting_ms, l.host, l.port, l.secret
  from dapr_pubsub.groups g
  cross join lateral (
    select max(extract(epoch from clock_timestamp() - m.published_at)::float8 * 1000) as waiting_ms
    from dapr_pubsub.cursors c
    cross join lateral (
      (select o.published_at from dapr_pubsub.messages o
        where o.topic_id = c.topic_id and o.shard = c.shard
          and o.xid >= greatest(pg_snapshot_xmax(c.seen), c.at_xid) and (o.xid, o.id) > (c.at_xid, c.at_id)
          and (o.expires_at is null or o.expires_at > clock_timestamp())
        order by o.xid, o.id limit 1)
      union all
      (select o.published_at from dapr_pubsub.messages o
        where o.topic_id = c.topic_id and o.shard = c.shard
          and o.xid = any (array(select pg_snapshot_xip(c.seen))) and (o.xid, o.id) > (c.at_xid, c.at_id)
          and (o.expires_at is null or o.expires_at > clock_timestamp())
        order by o.xid, o.id limit 1)
    ) m
    where c.group_id = g.group_id and (c.lease_until is null or c.lease_until <= clock_timestamp())
      and m.published_at < clock_timestamp() - $2::int * interval '1 millisecond'
  ) w
  join dapr_pubsub.listeners l on g.group_id = any (l.group_ids) and l.listener_id <> $3
  where g.topic_id = any ($1::int[]) and g.expired_at is null and w.waiting_ms is not null`;

/**
 * @param options.listenerId - this process's own row in `listeners`: its subscriptions were woken by the publish itself
 * @param options.wake - wakes a subscriber
 */
export function createCallBack(options: {
  database: Database;
  listenerId: string;
  wake: (address: WakeAddress) => void;
  log: Logger;
}): CallBack {
  const { log } = options;
  const watched = new Map<number, { publishedAt: number; looks: number }>();
  /** Groups found waiting by the look before: said once. */
  let known = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  async function look(): Promise<void> {
    const lookedAt = performance.now();
    const rows = await options.database.query<UnclaimedRow>(UNCLAIMED, [
      [...watched.keys()],
      CLAIMED_WITHIN_MS,
      options.listenerId,
    ]);
    const waiting = new Map<
      string,
      { topicId: number; group: string; waitingMs: number; called: number }
    >();
    for (const row of rows) {
      options.wake(row);
      const name = `${row.topic_id}/${row.group_name}`;
      const one = waiting.get(name) ?? {
        topicId: row.topic_id,
        group: row.group_name,
        waitingMs: Math.round(row.waiting_ms),
        called: 0,
      };
      one.called++;
      waiting.set(name, one);
    }
    for (const [name, one] of waiting)
      if (!known.has(name))
        log.warn(one, 'messages are waiting unclaimed; notified their subscribers');
    known = new Set(waiting.keys());
    const unclaimed = new Set(rows.map((row) => row.topic_id));
    for (const [topicId, topic] of watched) {
      if (lookedAt - topic.publishedAt < CLAIMED_WITHIN_MS) continue; // too young to be judged: once more
      topic.looks++;
      if (!unclaimed.has(topicId) || topic.looks >= MAX_LOOKS) watched.delete(topicId);
    }
  }

  function schedule(): void {
    if (closed || timer || watched.size === 0) return;
    timer = setTimeout(() => {
      look()
        .catch((error: unknown) => {
          log.warn(
            { error: describeError(error) },
            'could not check whether messages were claimed; checking again after the next publish',
          );
          watched.clear();
        })
        .finally(() => {
          timer = undefined;
          schedule();
        });
    }, LOOK_AFTER_MS).unref();
  }

  return {
    published: (topicId) => {
      watched.set(topicId, { publishedAt: performance.now(), looks: 0 });
      schedule();
    },
    close: () => {
      closed = true;
      clearTimeout(timer);
    },
  };
}

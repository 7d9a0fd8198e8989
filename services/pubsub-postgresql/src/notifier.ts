// Tells subscribers in other processes that messages are there.
//
// NOTIFY takes one lock for the whole database at commit, so under load it stays out of the publishing transaction: it is a
// statement of its own, sent at once after the first message and then at most every NOTIFY_GAP_MS for all topics together.
// (The first message after a pause carries its NOTIFY with it: see publisher.ts.)
// The same statement brings the current segment, and who is to be woken because its LISTEN may be gone.
import type { Logger } from 'pino';
import type { Database, Row } from './database.ts';
import { describeError } from './database-errors.ts';

const NOTIFY_GAP_MS = 5;
const PATIENCE_MS = 30_000;

/** A subscriber that can be woken. */
export interface WakeAddress {
  host: string;
  port: number;
  secret: string;
}

/** Sends notifications. */
export interface Notifier {
  /** Messages of this topic became durable; `announced`: with a NOTIFY of their own. */
  publish: (topicId: number, announced: boolean) => void;
  /** Wakes the topic's subscribers before there is anything, so that they listen when there is. */
  callBack: (topicId: number) => Promise<void>;
  /** After a start: wakes whoever waits for what a process that ended announced no more. */
  announceAll: () => Promise<void>;
  /** Resolves when all that was announced is sent or has failed. */
  flush: () => Promise<void>;
}

interface NotifyRow extends Row {
  segment: number;
  host: string | null;
  port: number | null;
  secret: string | null;
}

const NOTIFY = `select s.segment, l.host, l.port, l.secret
  from (select case when $2 <> '' then pg_notify($1, $2) end) n, dapr_pubsub.segments s
  left join dapr_pubsub.listeners l on l.topic_ids && $3::int[] and l.listener_id <> $4
  where s.is_current`;

/**
 * @param options.listenerId - this process's own row in `listeners`, not to be woken
 * @param options.onSegment - the segment messages go to now
 * @param options.wake - wakes a subscriber
 * @param options.onAnnounced - called with a topic whose subscribers were told, or should have been
 */
export function createNotifier(options: {
  database: Database;
  channel: string;
  listenerId: string;
  onSegment: (segment: number) => void;
  wake: (address: WakeAddress) => void;
  onAnnounced: (topicId: number) => void;
  log: Logger;
}): Notifier {
  const waiting = new Map<number, boolean>(); // topic → whether it has been announced
  let sending: Promise<void> | undefined;

  async function tell(announce: number[], topics: number[]): Promise<void> {
    const rows = await options.database.withRetries<NotifyRow>(
      NOTIFY,
      [options.channel, announce.join(','), topics, options.listenerId],
      PATIENCE_MS,
    );
    if (rows[0]) options.onSegment(rows[0].segment);
    for (const { host, port, secret } of rows) {
      if (host !== null && port !== null && secret !== null) options.wake({ host, port, secret });
    }
  }

  async function send(): Promise<void> {
    while (waiting.size > 0) {
      const topics = [...waiting];
      waiting.clear();
      try {
        await tell(
          topics.filter(([, announced]) => !announced).map(([topic]) => topic),
          topics.map(([topic]) => topic),
        );
      } catch (error) {
        options.log.warn(
          { error: describeError(error) },
          'could not send a wake-up; subscribers find the messages at their next poll',
        );
      }
      await new Promise((done) => setTimeout(done, NOTIFY_GAP_MS));
    }
  }

  function publish(topicId: number, announced: boolean): void {
    waiting.set(topicId, announced && (waiting.get(topicId) ?? true));
    options.onAnnounced(topicId);
    sending ??= send().finally(() => {
      sending = undefined;
    });
  }

  return {
    callBack: (topicId) => tell([], [topicId]),
    publish,
    announceAll: async () => {
      const rows = await options.database.query<{ topic_id: number }>(
        'select topic_id from dapr_pubsub.topics',
      );
      for (const { topic_id: topicId } of rows) publish(topicId, false);
    },
    flush: async () => {
      await sending;
    },
  };
}

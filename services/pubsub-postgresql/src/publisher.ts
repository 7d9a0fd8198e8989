// Appends messages to the log. What returns is durable.
//
// While a connection is free a message goes out at once and alone. When all are busy, messages wait and the next free
// connection takes all of them in one statement: the busier, the fewer transactions a message. Messages of one call stay
// in their order. A statement that fails for a reason in one of its messages is tried again one message at a time.
//
// The first message of a topic after a pause carries its NOTIFY in its own transaction: should this process end right after
// the commit, subscribers know all the same. Under load that would cost the database most of its throughput (NOTIFY takes
// one lock at commit), so what follows within ANNOUNCE_GAP_MS is announced beside the transaction (notifier.ts), and a
// process that ends in between costs its last messages a poll: their subscribers have just been active.
//
// The segment is only a place: readers look in all of them, so an old number is harmless.
import type { Database } from './database.ts';
import { isPassing } from './database-errors.ts';
import {
  keyHash,
  metadataValue,
  PARTITION_KEY,
  shardOf,
  timeToLive,
  type OutgoingMessage,
} from './message.ts';
import type { FindTopic, Topic } from './topics.ts';

const MAX_ROWS = 200;
const MAX_BYTES = 512 * 1024;
const COLUMNS = 7;
const ANNOUNCE_GAP_MS = 1_000;
/** Payload that may wait for the database: more is refused, so that a stall does not fill the memory. */
const MAX_WAITING_BYTES = 8 * 1024 * 1024;

/** More is waiting for the database than this process may hold. */
export class TooMuchWaitingError extends Error {}

/** Appends messages. */
export interface Publisher {
  /**
   * Resolves when the messages are durable; they are stored in the given order.
   * @returns for each message undefined, or why it was not stored
   */
  publish: (topicName: string, messages: OutgoingMessage[]) => Promise<(Error | undefined)[]>;
  /** The segment new messages go to. */
  useSegment: (segment: number) => void;
}

interface Pending {
  topic: Topic;
  values: unknown[][];
  bytes: number;
  announced: boolean;
  done: (errors: (Error | undefined)[]) => void;
}

/**
 * @param options.channel - for NOTIFY
 * @param options.onPublished - called after messages of a topic became durable; `announced`: subscribers know already
 * @param options.patienceMs - how long to go on trying while the database is away
 */
export function createPublisher(options: {
  database: Database;
  findTopic: FindTopic;
  connections: number;
  patienceMs: number;
  channel: string;
  onPublished: (topic: Topic, announced: boolean) => void;
}): Publisher {
  const { database } = options;
  const queue: Pending[] = [];
  const statements = new Map<string, string>();
  let segment = 0;
  let busy = 0;
  let nextShard = 0;
  let waitingBytes = 0;
  const lastAnnounced = new Map<number, number>();

  function insertStatement(rows: number, announce: boolean): string {
    const name = `${segment}/${rows}/${announce}`;
    let text = statements.get(name);
    if (text === undefined) {
      const tuples = Array.from({ length: rows }, (_, row) => {
        const p = (column: number): string => `$${row * COLUMNS + column}`;
        return `(${segment}, ${p(1)}, ${p(2)}, ${p(3)}, now() + ${p(4)}::int * interval '1 second', ${p(5)}, ${p(6)}, ${p(7)})`;
      });
      text =
        `insert into dapr_pubsub.messages_${segment} ` +
        `(segment, topic_id, shard, key, expires_at, content_type, metadata, data) values ${tuples.join(', ')}`;
      if (announce) {
        const first = rows * COLUMNS + 1;
        text = `with stored as (${text}) select pg_notify($${first}, $${first + 1})`;
      }
      statements.set(name, text);
    }
    return text;
  }

  /** Stores rows of these topics; marks those whose NOTIFY went with them. */
  async function insert(rows: unknown[][], batch: Pending[]): Promise<void> {
    const now = performance.now();
    const topics = [...new Set(batch.map((pending) => pending.topic.id))].filter(
      (id) => now - (lastAnnounced.get(id) ?? -Infinity) > ANNOUNCE_GAP_MS,
    );
    for (const id of topics) lastAnnounced.set(id, now);
    const announce = topics.length > 0;
    try {
      await database.withRetries(
        insertStatement(rows.length, announce),
        [...rows.flat(), ...(announce ? [options.channel, topics.join(',')] : [])],
        options.patienceMs,
      );
    } catch (error) {
      for (const id of topics) lastAnnounced.delete(id);
      throw error;
    }
    for (const pending of batch) pending.announced = topics.includes(pending.topic.id);
  }

  async function insertEach(batch: Pending): Promise<(Error | undefined)[]> {
    const errors: (Error | undefined)[] = [];
    for (const row of batch.values) {
      try {
        await insert([row], [batch]);
        errors.push(undefined);
      } catch (error) {
        errors.push(error as Error);
      }
    }
    return errors;
  }

  async function drain(): Promise<void> {
    busy++;
    try {
      for (let batch = take(); batch.length > 0; batch = take()) {
        const error = await insert(
          batch.flatMap((pending) => pending.values),
          batch,
        ).then(
          () => undefined,
          (reason: unknown) => reason as Error,
        );
        for (const pending of batch) {
          const alone = batch.length === 1 && pending.values.length === 1;
          settle(
            pending,
            error === undefined || isPassing(error) || alone
              ? pending.values.map(() => error)
              : await insertEach(pending),
          );
        }
        // Whom this answered may publish again at once: let them share the next statement.
        await new Promise(setImmediate);
      }
    } finally {
      busy--;
    }
  }

  function settle(pending: Pending, errors: (Error | undefined)[]): void {
    waitingBytes -= pending.bytes;
    pending.done(errors); // first: it is stored, whatever becomes of those who are told
    if (errors.includes(undefined)) options.onPublished(pending.topic, pending.announced);
  }

  function store(topic: Topic, values: unknown[][], bytes: number): Promise<(Error | undefined)[]> {
    if (waitingBytes > 0 && waitingBytes + bytes > MAX_WAITING_BYTES) {
      const error = new TooMuchWaitingError(
        `${waitingBytes} bytes are already waiting for the database: try again later`,
      );
      return Promise.resolve(values.map(() => error));
    }
    waitingBytes += bytes;
    return new Promise((done, failed) => {
      queue.push({ topic, values, bytes, announced: false, done });
      if (busy < options.connections) drain().catch(failed); // no answer would read as success
    });
  }

  function take(): Pending[] {
    let rows = 0;
    let bytes = 0;
    let count = 0;
    for (const pending of queue) {
      rows += pending.values.length;
      bytes += pending.bytes;
      if (count > 0 && (rows > MAX_ROWS || bytes > MAX_BYTES)) break;
      count++;
    }
    return queue.splice(0, count);
  }

  function toRow(topic: Topic, message: OutgoingMessage, fallbackShard: number): unknown[] {
    const key = metadataValue(message.metadata, PARTITION_KEY);
    const hash = key === undefined || key === '' ? undefined : keyHash(key);
    return [
      topic.id,
      hash === undefined ? fallbackShard % topic.shards : shardOf(hash, topic.shards),
      hash === undefined ? null : hash.toString(),
      timeToLive(message.metadata) ?? null,
      message.contentType === '' ? null : message.contentType,
      Object.keys(message.metadata).length === 0 ? null : JSON.stringify(message.metadata),
      message.data,
    ];
  }

  return {
    useSegment: (number) => {
      segment = number;
    },
    publish: async (topicName, messages) => {
      const topic = await options.findTopic(topicName);
      const errors: (Error | undefined)[] = messages.map(() => undefined);
      // Messages without a key that came together stay together: in order for as long as nothing fails.
      const shard = nextShard++;
      const pieces: { values: unknown[][]; places: number[]; bytes: number }[] = [];
      messages.forEach((message, place) => {
        let row: unknown[];
        try {
          row = toRow(topic, message, shard);
        } catch (error) {
          errors[place] = error as Error;
          return;
        }
        let piece = pieces.at(-1);
        if (
          !piece ||
          piece.values.length >= MAX_ROWS ||
          piece.bytes + message.data.length > MAX_BYTES
        ) {
          piece = { values: [], places: [], bytes: 0 };
          pieces.push(piece);
        }
        piece.values.push(row);
        piece.places.push(place);
        piece.bytes += message.data.length;
      });
      for (const piece of pieces) {
        const results = await store(topic, piece.values, piece.bytes);
        results.forEach((error, index) => {
          const place = piece.places[index];
          if (place !== undefined) errors[place] = error;
        });
      }
      return errors;
    },
  };
}

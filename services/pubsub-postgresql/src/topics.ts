// The topics' numbers, looked up once a process: topics are made on first use and never removed.
import type { Database } from './database.ts';

/** A topic's row. */
export interface Topic {
  id: number;
  name: string;
  /** Fixed when the topic was made. */
  shards: number;
}

/** Finds or makes topics by name. */
export type FindTopic = (name: string) => Promise<Topic>;

/** Longest topic name, as in Kafka. */
const LONGEST_NAME = 249;

/** Whether PostgreSQL's type text can hold it. */
export function isStorable(text: string): boolean {
  return !text.includes('\u0000') && text.isWellFormed();
}

/** Says what is wrong with a topic's name, if anything. */
export function topicNameProblem(name: string): string | undefined {
  if (name === '') return 'topic: required and missing';
  if (name.length > LONGEST_NAME) return `topic: longer than ${LONGEST_NAME} characters`;
  if (!isStorable(name)) return 'topic: must not contain U+0000 or half a surrogate pair';
  return undefined;
}

/** A lookup with a memory. */
export function createTopics(database: Database, shards: number, patienceMs: number): FindTopic {
  const known = new Map<string, Topic>();
  return async (name) => {
    const found = known.get(name);
    if (found) return found;
    const rows = await database.withRetries<{ topic_id: number; shards: number }>(
      'select topic_id, shards from dapr_pubsub.ensure_topic($1, $2::smallint)',
      [name, shards],
      patienceMs,
    );
    const row = rows[0];
    if (!row) throw new Error(`could not create topic ${name}`);
    const topic = { id: row.topic_id, name, shards: row.shards };
    known.set(name, topic);
    return topic;
  };
}

// What really is in a Kafka topic, by another client than Dapr's.
import { Kafka, logLevel } from 'kafkajs';

/** What the suite reads of a message that holds a CloudEvent. */
export interface SeenMessage {
  partition: number;
  id: string;
  subject: string;
  version: number | undefined;
}

/** A broker that does not answer a request within this time is asked again, in ms. */
const ANSWER_WITHIN_MS = 8_000;
/** All of a view takes no longer than this, in ms. */
const VIEW_WITHIN_MS = 50_000;

/**
 * Everything in a topic from its beginning to its end of now, in order for each partition.
 * @throws Error after 50 s at the latest, also when a connection is dead without saying so
 */
export async function topicView(brokers: string[], topic: string): Promise<SeenMessage[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, failed) => {
    timer = setTimeout(() => {
      failed(new Error(`${topic} could not be read within ${VIEW_WITHIN_MS / 1_000} s`));
    }, VIEW_WITHIN_MS);
  });
  try {
    return await Promise.race([readTopic(brokers, topic), late]);
  } finally {
    clearTimeout(timer);
  }
}

async function readTopic(brokers: string[], topic: string): Promise<SeenMessage[]> {
  const kafka = new Kafka({
    clientId: 'e2e',
    brokers,
    logLevel: logLevel.NOTHING,
    requestTimeout: ANSWER_WITHIN_MS,
  });
  const admin = kafka.admin();
  await admin.connect();
  const ends = new Map(
    (await admin.fetchTopicOffsets(topic)).map(({ partition, high, low }) => [
      partition,
      { high: Number(high), low: Number(low) },
    ]),
  );
  await admin.disconnect();
  const open = new Set([...ends].filter(([, { high, low }]) => high > low).map(([id]) => id));
  if (open.size === 0) return [];

  const consumer = kafka.consumer({ groupId: `e2e-view-${process.pid}-${Date.now()}` });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const seen: SeenMessage[] = [];
  await new Promise<void>((done, failed) => {
    const timer = setTimeout(() => {
      failed(new Error(`${topic} was not read to its end in 30 s`));
    }, 30_000);
    consumer
      .run({
        eachMessage: ({ partition, message }) => {
          const event = JSON.parse(message.value?.toString() ?? '{}') as {
            id?: string;
            subject?: string;
            data?: { version?: number };
          };
          seen.push({
            partition,
            id: event.id ?? '',
            subject: event.subject ?? '',
            version: event.data?.version,
          });
          if (Number(message.offset) + 1 >= (ends.get(partition)?.high ?? 0))
            open.delete(partition);
          if (open.size === 0) {
            clearTimeout(timer);
            done();
          }
          return Promise.resolve();
        },
      })
      .catch(failed);
  }).finally(() => consumer.disconnect());
  return seen;
}

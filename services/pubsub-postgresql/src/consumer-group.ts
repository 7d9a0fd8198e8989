// A consumer group, by the component's metadata: how it is joined, how its messages are delivered, and where given-up ones
// go.
import type { Logger } from 'pino';
import type { ComponentMetadata } from './component-metadata.ts';
import type { Database } from './database.ts';
import type { SubscriptionSettings } from './subscription.ts';

/** Makes the topic and the group unless they are there. */
export async function joinGroup(
  database: Database,
  metadata: ComponentMetadata,
  topic: string,
  log: Logger,
): Promise<{ topicId: number; groupId: number }> {
  const [row] = await database.query<{ topic_id: number; group_id: number; was_expired: boolean }>(
    'select topic_id, group_id, was_expired from dapr_pubsub.subscribe($1, $2::smallint, $3, $4)',
    [topic, metadata.shards, metadata.consumerID, metadata.initialPosition === 'earliest'],
  );
  if (!row) throw new Error('could not create the subscription');
  if (row.was_expired) {
    log.error(
      'this consumer group had expired (groupExpiry); it continues with the oldest message that is still stored',
    );
  }
  return { topicId: row.topic_id, groupId: row.group_id };
}

/** @param deadTopicId - number of the configured dead-letter topic, about to get a message; called only when there is one */
export function groupSettings(
  metadata: ComponentMetadata,
  topic: string,
  deadTopicId: (name: string) => Promise<number>,
  onDead: () => void,
  log: Logger,
): SubscriptionSettings {
  // Its own dead letters must not come back to the group for ever: they go to the table.
  const deadLetterTopic = metadata.deadLetterTopic === topic ? undefined : metadata.deadLetterTopic;
  return {
    ordered: metadata.ordering === 'partitionKey',
    maxDeliveries: metadata.maxDeliveries,
    backoffMs: (attempts) =>
      Math.min(metadata.retryBackoffMax, metadata.retryBackoff * 2 ** Math.min(attempts - 1, 30)),
    deadMetadata: (message, reason) => ({
      ...message.metadata,
      deadLetterReason: reason,
      deadLetterTopic: topic,
      deadLetterGroup: metadata.consumerID,
      deadLetterAttempts: String(message.attempts),
    }),
    onDead: (message, reason) => {
      onDead();
      log.error(
        {
          messageId: message.id,
          attempts: message.attempts,
          reason,
          to: deadLetterTopic ?? 'table dead_letters',
        },
        'gave up on a message and moved it to the dead letters',
      );
    },
    visibilityTimeout: metadata.visibilityTimeout,
    handlerTimeout: metadata.handlerTimeout,
    maxInFlight: metadata.maxInFlight,
    pollInterval: metadata.pollInterval,
    pollIntervalMax: metadata.pollIntervalMax,
    idleAfter: metadata.idleAfter,
    deadTopicId: async () =>
      deadLetterTopic === undefined ? null : await deadTopicId(deadLetterTopic),
  };
}

// One configured component (what a Component manifest names): its database, publisher, listener and subscriptions.
import { randomBytes, randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { createListener, type Listener } from './listener.ts';
import { createByteBudget } from './byte-budget.ts';
import { createCallBack } from './call-back.ts';
import type { ComponentMetadata } from './component-metadata.ts';
import { openDatabase, type Database } from './database.ts';
import { describeError, isMisconfigured } from './database-errors.ts';
import { PooledAddressError, proveDirect } from './direct-address.ts';
import { createMaintenance } from './maintenance.ts';
import type { ClaimedMessage, OutgoingMessage } from './message.ts';
import { migrate } from './migrate.ts';
import { createNotifier } from './notifier.ts';
import { createPublisher } from './publisher.ts';
import { startSubscription, type Subscription } from './subscription.ts';
import { createTopics } from './topics.ts';
import { openWakePort, type WakePort } from './wake-port.ts';

/** How long a publish goes on trying while the database is away. */
const PUBLISH_PATIENCE_MS = 10_000;
const MIGRATE_PAUSE_MS = 500;
/** An entry of `listeners` is renewed after a day, and removed a month after its process was last there. */
const REGISTER_EVERY_MS = 86_400_000;
/** More would only spread the messages over more transactions. */
const MOST_PUBLISHING_CONNECTIONS = 2;

/** A stream's end of a subscription. */
export interface Delivery {
  topic: string;
  send: (deliveryId: string, message: ClaimedMessage) => void;
  /** Nothing is answered any more: the stream must end. */
  onStuck: (reason: string) => void;
}

/** A running component. */
export interface Component {
  /** Resolves when the schema is there; rejects when only another configuration can help. */
  ready: () => Promise<void>;
  publish: (topic: string, messages: OutgoingMessage[]) => Promise<(Error | undefined)[]>;
  subscribe: (delivery: Delivery) => Subscription;
  pause: () => void;
  resume: () => void;
  /** Rejects when the database does not answer. */
  ping: () => Promise<void>;
  metadata: ComponentMetadata;
  close: () => Promise<void>;
}

/**
 * Starts; answers at once, whether the database is there or not.
 * @param onMisconfigured - called when only another configuration can help: what `ready` rejects with, in words
 */
export function startComponent(
  metadata: ComponentMetadata,
  log: Logger,
  onMisconfigured: (reason: string) => void,
): Component {
  const direct = metadata.directConnectionString ?? metadata.connectionString;
  const channel = metadata.schema;
  const listenerId = randomUUID();
  const secret = randomBytes(16).toString('hex');
  const byTopicId = new Map<number, Set<Subscription>>();
  const groupIds = new Set<number>();
  const subscriptions = new Set<Subscription>();
  let registeredAt = -Infinity;
  let paused = false;
  let closed = false;

  const database: Database = openDatabase({
    connectionString: metadata.connectionString,
    schema: metadata.schema,
    poolSize: metadata.poolSize,
    onReturn: () => {
      checkOrigin().catch(() => undefined); // asked again with the next statement that works after a failure
    },
    log,
  });
  const budget = createByteBudget(metadata.maxInFlightBytes);
  const findTopic = createTopics(database, metadata.shards, PUBLISH_PATIENCE_MS);
  const maintenance = createMaintenance({ ...metadata, database, log });

  function wakeTopic(topicId: number): void {
    for (const subscription of byTopicId.get(topicId) ?? []) subscription.wake();
  }
  function wakeAll(): void {
    for (const subscription of subscriptions) subscription.wake();
  }

  const wakePort: WakePort = openWakePort({
    host: metadata.wakeHost,
    port: metadata.wakePort,
    secret,
    onKnock: () => {
      listener.called();
      wakeAll();
    },
    log,
  });
  const callBack = createCallBack({
    database,
    listenerId,
    knock: (address) => {
      wakePort.knock(address);
    },
    log,
  });

  const notifier = createNotifier({
    database,
    channel,
    listenerId,
    onSegment: (segment) => {
      publisher.useSegment(segment);
    },
    knock: (address) => {
      wakePort.knock(address);
    },
    onAnnounced: callBack.published,
    log,
  });
  const publisher = createPublisher({
    database,
    findTopic,
    connections: Math.max(1, Math.min(MOST_PUBLISHING_CONNECTIONS, metadata.poolSize - 1)),
    patienceMs: PUBLISH_PATIENCE_MS,
    channel,
    onPublished: (topic, announced) => {
      wakeTopic(topic.id);
      notifier.publish(topic.id, announced);
      maintenance.activity();
    },
  });
  const listener: Listener = createListener({
    connectionString: direct,
    channel,
    database,
    idleMode: metadata.idleMode,
    suspendsAfterMs: metadata.suspendsAfter,
    sleepPollMs: metadata.sleepPoll,
    onNotice: (payload) => {
      for (const topicId of payload.split(',')) wakeTopic(Number(topicId));
    },
    onListening: () => {
      const catchUp = async (): Promise<void> => {
        await checkOrigin().finally(wakeAll);
        await register();
      };
      catchUp().catch((error: unknown) => {
        log.warn({ error: describeError(error) }, 'listening, but not all could be put in order');
      });
    },
    onProven: () => {
      if (performance.now() - registeredAt > REGISTER_EVERY_MS) register().catch(() => undefined);
    },
    log,
  });

  /** Writes down where publishers can call this process; see migrations/0012_listener_groups.sql. */
  async function register(): Promise<void> {
    if (byTopicId.size === 0) return;
    registeredAt = performance.now();
    const { host, port } = await wakePort.address();
    await database.query(
      `insert into dapr_pubsub.listeners (listener_id, topic_ids, group_ids, host, port, secret) values ($1, $2, $3, $4, $5, $6)
       on conflict (listener_id) do update set topic_ids = excluded.topic_ids, group_ids = excluded.group_ids,
         host = excluded.host, port = excluded.port, seen_at = now()`,
      [
        listenerId,
        metadata.idleMode === 'sleep' ? [...byTopicId.keys()] : [],
        [...groupIds],
        host,
        port,
        secret,
      ],
    );
    await database.query(
      `delete from dapr_pubsub.listeners where seen_at < now() - interval '30 days'`,
    );
  }

  /** After a connection was lost the database may be another one, restored from a dump: positions move over. */
  async function checkOrigin(): Promise<void> {
    const [row] = await database.query<{ moved: boolean }>(
      'select dapr_pubsub.check_origin() as moved',
    );
    if (row?.moved)
      log.warn(
        'this database was restored into another cluster: positions were moved over; some messages are delivered again',
      );
  }

  /** The schema; tried until it is there. */
  const migrated = (async (): Promise<void> => {
    for (let complained = false; ;) {
      // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- changed by other callbacks while this one awaits
      if (closed) return;
      try {
        const applied = await migrate(direct, metadata.schema);
        if (applied.length > 0)
          log.info({ schema: metadata.schema, applied }, 'the schema is up to date');
        await proveDirect(
          direct,
          metadata.connectionString,
          metadata.directConnectionString ? 'directConnectionString' : 'connectionString',
        );
        await checkOrigin();
        return;
      } catch (error) {
        if (isMisconfigured(error) || error instanceof PooledAddressError) throw error;
        if (!complained)
          log.warn(
            { error: describeError(error) },
            'the database does not answer yet; trying again',
          );
        complained = true;
        await new Promise((done) => setTimeout(done, MIGRATE_PAUSE_MS));
      }
    }
  })();
  migrated.catch((error: unknown) => {
    onMisconfigured(describeError(error));
  });

  /** After a restart, wakes whoever waits for what a predecessor announced no more. */
  migrated
    .then(() => database.query<{ topic_id: number }>('select topic_id from dapr_pubsub.topics'))
    .then((rows) => {
      for (const { topic_id: topicId } of rows) notifier.publish(topicId, false);
    })
    .catch(() => undefined);

  return {
    metadata,
    ready: () => migrated,
    publish: async (topic, messages) => {
      let timer: NodeJS.Timeout | undefined;
      const patience = new Promise<never>((_, failed) => {
        timer = setTimeout(() => {
          failed(new Error('the database does not answer'));
        }, PUBLISH_PATIENCE_MS);
      });
      try {
        await Promise.race([migrated, patience]);
      } finally {
        clearTimeout(timer);
      }
      // A database that has suspended meanwhile has cut the subscribers' LISTEN: call them back before the message is
      // there, so that it is found even if this process ends right after its commit.
      if (
        metadata.idleMode === 'sleep' &&
        performance.now() - database.lastSuccess() > metadata.suspendsAfter
      ) {
        const { id } = await findTopic(topic);
        await notifier.callBack(id);
      }
      return publisher.publish(topic, messages);
    },
    subscribe: ({ topic, send, onStuck }) => {
      const where = log.child({ topic, group: metadata.consumerID });
      let topicId: number | undefined;
      const subscription = startSubscription({
        database,
        groupId: async () => {
          await migrated;
          const rows = await database.query<{
            topic_id: number;
            group_id: number;
            was_expired: boolean;
          }>(
            'select topic_id, group_id, was_expired from dapr_pubsub.subscribe($1, $2::smallint, $3, $4)',
            [topic, metadata.shards, metadata.consumerID, metadata.initialPosition === 'earliest'],
          );
          const row = rows[0];
          if (!row) throw new Error('the subscription was not made');
          topicId = row.topic_id;
          const peers = byTopicId.get(topicId) ?? new Set();
          byTopicId.set(topicId, peers.add(subscription));
          groupIds.add(row.group_id);
          if (row.was_expired) {
            where.error(
              'this consumer group had been given up after groupExpiry; it goes on with the oldest message kept',
            );
          }
          if (listener.state() === 'off') listener.start();
          else await register();
          return row.group_id;
        },
        settings: {
          ordered: metadata.ordering === 'partitionKey',
          maxDeliveries: metadata.maxDeliveries,
          backoffMs: (attempts) =>
            Math.min(
              metadata.retryBackoffMax,
              metadata.retryBackoff * 2 ** Math.min(attempts - 1, 30),
            ),
          deadMetadata: (message, reason) => ({
            ...message.metadata,
            deadLetterReason: reason,
            deadLetterTopic: topic,
            deadLetterGroup: metadata.consumerID,
            deadLetterAttempts: String(message.attempts),
          }),
          onDead: (message, reason) => {
            where.error(
              {
                messageId: message.id,
                attempts: message.attempts,
                reason,
                to:
                  metadata.deadLetterTopic === topic
                    ? 'table dead_letters'
                    : (metadata.deadLetterTopic ?? 'table dead_letters'),
              },
              'a message was given up and went to the dead letters',
            );
          },
          visibilityTimeout: metadata.visibilityTimeout,
          handlerTimeout: metadata.handlerTimeout,
          maxInFlight: metadata.maxInFlight,
          pollInterval: metadata.pollInterval,
          pollIntervalMax: metadata.pollIntervalMax,
          idleAfter: metadata.idleAfter,
          deadTopicId: async () => {
            // Its own dead letters must not come back to the group for ever: they go to the table.
            if (metadata.deadLetterTopic === undefined || metadata.deadLetterTopic === topic)
              return null;
            const { id } = await findTopic(metadata.deadLetterTopic);
            setTimeout(() => {
              wakeTopic(id);
              notifier.publish(id, false);
            }, 10).unref();
            return id;
          },
        },
        budget,
        send,
        onStuck,
        onActivity: () => {
          maintenance.activity();
        },
        log: where,
      });
      subscriptions.add(subscription);
      if (paused) subscription.pause();
      return {
        ...subscription,
        close: async () => {
          if (topicId !== undefined) byTopicId.get(topicId)?.delete(subscription);
          await subscription.close();
          subscriptions.delete(subscription); // not before: the component, too, waits for its last answers
          // What was released here may be waiting for another subscriber of the group.
          if (topicId !== undefined && !closed) notifier.publish(topicId, false);
        },
      };
    },
    pause: () => {
      paused = true;
      for (const subscription of subscriptions) subscription.pause();
    },
    resume: () => {
      paused = false;
      for (const subscription of subscriptions) subscription.resume();
    },
    ping: async () => {
      await database.query('select 1');
    },
    close: async () => {
      closed = true;
      maintenance.close();
      await listener.close();
      await Promise.allSettled([...subscriptions].map((subscription) => subscription.close()));
      await notifier.flush();
      callBack.close();
      wakePort.close();
      await database.close();
    },
  };
}

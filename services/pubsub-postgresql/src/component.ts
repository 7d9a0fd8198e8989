// One configured component (what a Component manifest names): its database, publisher, listener and subscriptions. What one
// part leads to in the others is the list `on`, in `startComponent`.
import { randomBytes, randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { measureBacklog, measureLogBytes } from './backlog.ts';
import { createByteBudget } from './byte-budget.ts';
import { createCallBack, type CallBack } from './call-back.ts';
import type { ComponentMetadata } from './component-metadata.ts';
import { groupSettings, joinGroup } from './consumer-group.ts';
import { openDatabase, type Database } from './database.ts';
import { describeError } from './database-errors.ts';
import { createListener, type Listener } from './listener.ts';
import { createMaintenance } from './maintenance.ts';
import type { ClaimedMessage, OutgoingMessage } from './message.ts';
import { createNotifier, type Notifier, type WakeAddress } from './notifier.ts';
import { NO_OBSERVER, observePublishes, type ComponentObserver } from './observer.ts';
import { checkOrigin, prepareDatabase, within } from './prepare-database.ts';
import { createPublisher, type Publisher } from './publisher.ts';
import { createRegistration, type Registration } from './registration.ts';
import { createSubscribers } from './subscribers.ts';
import { startSubscription, type Subscription } from './subscription.ts';
import { createTopics, type Topic } from './topics.ts';
import { openWakePort, type WakePort } from './wake-port.ts';

/** How long a publish goes on trying while the database is away. */
const PUBLISH_PATIENCE_MS = 10_000;
/** More would only spread the messages over more transactions. */
const MAX_PUBLISHING_CONNECTIONS = 2;
/** A dead letter's own transaction commits before its topic is woken, ms. */
const DEAD_LETTER_COMMITS_MS = 10;

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
 * @param observer - counts what happens; default: nobody does
 */
export function startComponent(
  metadata: ComponentMetadata,
  log: Logger,
  onMisconfigured: (reason: string) => void,
  observer: ComponentObserver = NO_OBSERVER,
): Component {
  const channel = metadata.schema;
  const listenerId = randomUUID();
  const secret = randomBytes(16).toString('hex');
  const subscribers = createSubscribers();
  /** Names of topics that this process has published to or subscribed to. */
  const activeTopics = new Set<string>();
  let closed = false;

  /** What happens in one part, and what it leads to in the others. */
  const on = {
    /** The database answers after it was away: it may be another one, asked again after the next return if this fails. */
    databaseReturned: (): void => {
      checkOrigin(database, log).catch(() => undefined);
    },
    /** Messages of this topic are durable; `announced`: their NOTIFY went with them. */
    published: (topic: Topic, announced: boolean): void => {
      observer.wokenUp('own');
      activeTopics.add(topic.name);
      subscribers.wakeTopic(topic.id);
      notifier.publish(topic.id, announced);
      maintenance.activity();
    },
    /** Subscribers in other processes were told of this topic, or should have been. */
    announced: (topicId: number): void => {
      callBack.published(topicId);
    },
    /** The log goes on in another segment. */
    segmentChanged: (segment: number): void => {
      publisher.useSegment(segment);
    },
    /** A process whose LISTEN may be gone has something to read. */
    subscriberFound: (address: WakeAddress): void => {
      wakePort.wake(address);
    },
    /** Another process found this one. */
    called: (): void => {
      observer.wokenUp('call');
      listener.called();
      subscribers.wakeAll();
    },
    /** A NOTIFY: numbers of topics. */
    noticed: (payload: string): void => {
      observer.wokenUp('notify');
      for (const topicId of payload.split(',')) subscribers.wakeTopic(Number(topicId));
    },
    /** The LISTEN connection is there (again): read what came meanwhile. */
    listening: (): void => {
      observer.wokenUp('listening');
      catchUp().catch((error: unknown) => {
        const about = { error: describeError(error) };
        log.warn(about, 'listening again, but could not restore every subscription');
      });
    },
    /** The LISTEN connection gave a sign of life, so the database is awake. */
    listenerProven: (): void => {
      registration.renew();
    },
    /** A subscription got messages, or wrote down what became of some. */
    delivering: (): void => {
      maintenance.activity();
    },
    /** Maintenance ran, so the database is awake. */
    maintained: async (): Promise<void> => {
      if (observer.wantsBacklog)
        observer.backlog(
          await measureBacklog(database, [...activeTopics]),
          await measureLogBytes(database),
        );
    },
  };

  const database: Database = openDatabase({
    connectionString: metadata.connectionString,
    schema: metadata.schema,
    poolSize: metadata.poolSize,
    onReturn: on.databaseReturned,
    log,
  });
  const budget = createByteBudget(metadata.maxInFlightBytes);
  const findTopic = createTopics(database, metadata.shards, PUBLISH_PATIENCE_MS);
  const maintenance = createMaintenance({ ...metadata, database, onRun: on.maintained, log });
  const wakePort: WakePort = openWakePort({
    host: metadata.wakeHost,
    port: metadata.wakePort,
    secret,
    onWake: on.called,
    log,
  });
  const registration: Registration = createRegistration({
    database,
    listenerId,
    wakesAlways: metadata.idleMode === 'sleep',
    subscribers,
    address: wakePort.address,
    secret,
  });
  const callBack: CallBack = createCallBack({
    database,
    listenerId,
    wake: on.subscriberFound,
    log,
  });
  const notifier: Notifier = createNotifier({
    database,
    channel,
    listenerId,
    onSegment: on.segmentChanged,
    wake: on.subscriberFound,
    onAnnounced: on.announced,
    log,
  });
  const publisher: Publisher = createPublisher({
    database,
    findTopic,
    connections: Math.max(1, Math.min(MAX_PUBLISHING_CONNECTIONS, metadata.poolSize - 1)),
    patienceMs: PUBLISH_PATIENCE_MS,
    channel,
    onPublished: on.published,
  });
  const listener: Listener = createListener({
    connectionString: metadata.directConnectionString ?? metadata.connectionString,
    channel,
    database,
    idleMode: metadata.idleMode,
    suspendsAfterMs: metadata.suspendsAfter,
    sleepPollMs: metadata.sleepPoll,
    onNotice: on.noticed,
    onListening: on.listening,
    onProven: on.listenerProven,
    log,
  });

  async function catchUp(): Promise<void> {
    await checkOrigin(database, log).finally(subscribers.wakeAll);
    await registration.register();
  }

  observer.watchListening(listener.state);

  const prepared = prepareDatabase({ metadata, database, isClosed: () => closed, log });
  prepared.catch((error: unknown) => {
    onMisconfigured(describeError(error));
  });

  prepared.then(notifier.announceAll).catch(() => undefined); // what a predecessor announced no more

  async function publish(
    topic: string,
    messages: OutgoingMessage[],
  ): Promise<(Error | undefined)[]> {
    await within(PUBLISH_PATIENCE_MS, prepared);
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
  }

  /** A message is about to go to this dead-letter topic: who reads it is woken. */
  async function deadTopicId(name: string): Promise<number> {
    const { id } = await findTopic(name);
    setTimeout(() => {
      subscribers.wakeTopic(id);
      notifier.publish(id, false);
    }, DEAD_LETTER_COMMITS_MS).unref();
    return id;
  }

  function subscribe({ topic, send, onStuck }: Delivery): Subscription {
    const where = log.child({ topic, group: metadata.consumerID });
    const group = observer.group(topic, metadata.consumerID);
    activeTopics.add(topic);
    let topicId: number | undefined;

    async function join(): Promise<number> {
      await prepared;
      const joined = await joinGroup(database, metadata, topic, where);
      topicId = joined.topicId;
      subscribers.joinTopic(subscription, topicId, joined.groupId);
      if (listener.state() === 'off') listener.start();
      else await registration.register();
      return joined.groupId;
    }

    const subscription = startSubscription({
      database,
      groupId: join,
      settings: groupSettings(metadata, topic, deadTopicId, group.dead, where),
      budget,
      send,
      onStuck,
      onActivity: on.delivering,
      observer: group,
      log: where,
    });
    subscribers.add(subscription);
    return {
      ...subscription,
      close: async () => {
        if (topicId !== undefined) subscribers.leaveTopic(subscription, topicId);
        await subscription.close();
        subscribers.remove(subscription); // not before: the component, too, waits for its last answers
        // What was released here may be waiting for another subscriber of the group.
        if (topicId !== undefined && !closed) notifier.publish(topicId, false);
      },
    };
  }

  return {
    metadata,
    ready: () => prepared,
    publish: observePublishes(publish, observer),
    subscribe,
    pause: subscribers.pause,
    resume: subscribers.resume,
    ping: async () => {
      await database.query('select 1');
    },
    close: async () => {
      closed = true;
      maintenance.close();
      await listener.close();
      await subscribers.close();
      await notifier.flush();
      callBack.close();
      wakePort.close();
      observer.close();
      await database.close();
    },
  };
}

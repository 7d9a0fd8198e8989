// A whole consumer on a database of its own, asked as its sidecar asks it: POST /events/<topic> with the token. Only the
// sidecar is an object in this process; it keeps what is published and the state that is saved (the event-flow suite runs
// the real one).
import { createTestDatabase } from './test-database-client.ts';
import { buildConsumer, consumerMigrations } from '@todo/messaging/consumer-service';
import type { Consumer, ConsumerParts } from '@todo/messaging/consumer-service';
import { createPool } from '@todo/runtime/database';
import type { Pool } from '@todo/runtime/database';
import type { DeadLetter } from '@todo/messaging/dead-letters';
import type { EventData, EventType } from '@todo/contracts/events';
import { createLogger } from '@todo/runtime/log';
import { migrate, readMigrations } from '@todo/runtime/migrate';
import { startOutboxRelay } from '@todo/messaging/outbox';
import type { Server } from '@todo/runtime/server';
import { SidecarError } from '@todo/runtime/sidecar';
import type { OutgoingEvent, Sidecar } from '@todo/runtime/sidecar';
import { uuidv7 } from '@todo/runtime/uuid';
import { startDatabaseOutage } from './database-outage.ts';
import type { DatabaseOutage } from './database-outage.ts';

/** What the sidecar shows. */
export const TOKEN = 'sidecar-token-for-tests';

/** An event as a sidecar delivers it. */
export type Envelope = ReturnType<typeof envelope>;

/** Makes a delivery of an event. @param more attributes that replace the usual ones */
export function envelope<T extends EventType>(
  topic: string,
  type: T,
  data: EventData<T>,
  more: object = {},
) {
  return {
    specversion: '1.0',
    id: uuidv7(),
    source: '/todo/todo-backend',
    type: type as string,
    subject: 'taskId' in data ? (data.taskId ?? '') : '',
    time: new Date().toISOString(),
    topic,
    pubsubname: 'pubsub',
    datacontenttype: 'application/json',
    data: data as unknown,
    ...more,
  };
}

/** An event that a service published, as a sidecar delivers it. */
export function asDelivered(topic: string, event: OutgoingEvent): Envelope {
  const { traceparent, ...rest } = event;
  return {
    specversion: '1.0',
    pubsubname: 'pubsub',
    datacontenttype: 'application/json',
    topic,
    ...rest,
    ...(traceparent ? { traceparent } : {}),
  };
}

/** The consumer and how to reach it. */
export interface ConsumerUnderTest {
  readonly app: () => Server;
  readonly parts: ConsumerParts;
  /** Straight to the database, also while the service has none. */
  readonly pool: Pool;
  readonly url: string;
  readonly outage: DatabaseOutage;
  readonly published: { topic: string; event: OutgoingEvent }[];
  /** The state store's content. */
  readonly state: Map<string, unknown>;
  /** @returns `SUCCESS`, `RETRY` or `DROP` */
  deliver: (event: Envelope, topic?: string) => Promise<string>;
  /** Calls a route as the backend does through its sidecar. */
  ask: (
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    body?: object,
    headers?: Record<string, string>,
  ) => Promise<{ status: number; body: unknown }>;
  deadLetters: () => Promise<DeadLetter[]>;
  /** Resolves when the outbox is empty. */
  relayed: () => Promise<void>;
  /** A new process on the same database: nothing that was only in memory is left. */
  restart: () => Promise<void>;
  close: () => Promise<void>;
}

/**
 * Starts one.
 * @param options `invoke` answers calls to other services; without it they are away.
 */
export async function startConsumerUnderTest(options: {
  appId: string;
  schema: string;
  /** The folder with the service's migrations. */
  migrations: URL;
  build: (parts: ConsumerParts) => Consumer;
  invoke?: Sidecar['invoke'];
  /** True while the state store is to be away. */
  stateIsAway?: () => boolean;
}): Promise<ConsumerUnderTest> {
  const database = await createTestDatabase({ qualifiedNames: true });
  const log = createLogger({ service: 'test', level: 'silent' });
  const outage = await startDatabaseOutage(database.url);
  await migrate({
    url: database.url,
    schema: options.schema,
    migrations: consumerMigrations(readMigrations(options.migrations)),
    log,
  });
  const servicePool = createPool({ url: outage.url, application: 'consumer-test', log });
  const pool = createPool({ url: database.url, application: 'test', log });
  const published: ConsumerUnderTest['published'] = [];
  const state = new Map<string, unknown>();
  const sidecar: Sidecar = {
    publish: (topic, event) => {
      published.push({ topic, event });
      return Promise.resolve();
    },
    invoke:
      options.invoke ??
      ((service) =>
        Promise.reject(new SidecarError(`${service} is away`, 500, 'ERR_DIRECT_INVOKE'))),
    getState: (key) =>
      options.stateIsAway?.() === true
        ? Promise.reject(new SidecarError('read state: the state store is away', 500))
        : Promise.resolve(structuredClone(state.get(key))),
    saveState: (key, value) => {
      state.set(key, structuredClone(value));
      return Promise.resolve();
    },
    deleteState: (key) => {
      state.delete(key);
      return Promise.resolve();
    },
    isReady: () => Promise.resolve(true),
    close: () => Promise.resolve(),
  };
  const relay = startOutboxRelay({
    pool: servicePool,
    schema: options.schema,
    source: `/todo/${options.appId}`,
    publish: sidecar.publish,
    log,
  });
  const parts: ConsumerParts = {
    pool: servicePool,
    sidecar,
    appApiToken: TOKEN,
    log,
    wakeOutbox: relay.wake,
  };
  let consumer = options.build(parts);
  let app = await buildConsumer(options.schema, parts, consumer);
  await consumer.start?.();
  const ask: ConsumerUnderTest['ask'] = async (method, path, body, headers) => {
    const answer = await app.inject({
      method,
      url: path,
      headers: headers ?? { 'dapr-api-token': TOKEN, 'dapr-caller-app-id': 'todo-backend' },
      ...(body === undefined ? {} : { payload: body }),
    });
    return {
      status: answer.statusCode,
      body: answer.body === '' ? undefined : answer.json<unknown>(),
    };
  };
  return {
    app: () => app,
    parts,
    pool,
    url: database.url,
    outage,
    published,
    state,
    ask,
    deliver: async (event, topic = event.topic) => {
      const answer = await app.inject({
        method: 'POST',
        url: `/events/${topic}`,
        headers: { 'content-type': 'application/cloudevents+json', 'dapr-api-token': TOKEN },
        payload: JSON.stringify(event),
      });
      if (answer.statusCode !== 200) throw new Error(`${answer.statusCode}: ${answer.body}`);
      return answer.json<{ status: string }>().status;
    },
    deadLetters: async () =>
      ((await ask('GET', '/ops/dead-letters')).body as { items: DeadLetter[] }).items,
    relayed: async () => {
      relay.wake();
      await relay.idle();
    },
    restart: async () => {
      await app.close();
      await consumer.stop?.();
      consumer = options.build(parts);
      app = await buildConsumer(options.schema, parts, consumer);
      await consumer.start?.();
    },
    close: async () => {
      await app.close();
      await consumer.stop?.();
      await relay.stop();
      await servicePool.end();
      await outage.down();
      await pool.end();
      await database.drop();
    },
  };
}

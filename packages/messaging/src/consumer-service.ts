// What notification, recurring and audit have in common: a process that consumes events. Each brings its schema, its tables,
// its handlers and its routes; this starts and stops them in the right order.
import type { z } from 'zod';
import { readConfigOrExit, serviceConfig } from '@todo/runtime/config';
import { databaseClock } from '@todo/runtime/database-clock';
import type { Pool } from '@todo/runtime/database';
import { deadLetterMigrations } from './dead-letters.ts';
import { databaseCheck, registerHealth, startCheck } from '@todo/runtime/health';
import type { Check } from '@todo/runtime/health';
import { inboxMigrations, pruneInbox } from './inbox.ts';
import type { Logger } from '@todo/runtime/log';
import { migrate } from '@todo/runtime/migrate';
import type { Migration } from '@todo/runtime/migrate';
import { outboxMigrations, startOutboxRelay } from './outbox.ts';
import type { OutboxRelay } from './outbox.ts';
import { startPruning } from '@todo/runtime/pruning';
import { createServer } from '@todo/runtime/server';
import type { Server } from '@todo/runtime/server';
import { openServiceProcess } from '@todo/runtime/service-process';
import type { Sidecar } from '@todo/runtime/sidecar';
import { noteVersion, versionMigrations } from '@todo/runtime/versions';
import { subscriber } from './subscriber.ts';
import type { EventHandler } from './subscriber.ts';

/** What a consumer's application stands on; tests make their own. */
export interface ConsumerParts {
  readonly pool: Pool;
  readonly sidecar: Sidecar;
  /** The token the sidecar shows us. */
  readonly appApiToken: string;
  readonly log: Logger;
  /** Says that an event was put into the outbox; call it after the commit. */
  readonly wakeOutbox: () => void;
}

/** A consumer's own part. */
export interface Consumer {
  /** Handlers by topic. */
  readonly handlers: Readonly<Record<string, EventHandler>>;
  /** Registers the service's own routes. */
  readonly routes?: (app: Server) => void;
  /** Whether the schema is there; without it, it is taken to be. */
  readonly migrated?: Check;
  /** Starts what works by itself; the schema is there. */
  readonly start?: () => Promise<void>;
  /** Stops it, after the last delivery. */
  readonly stop?: () => Promise<void>;
}

/** Builds a consumer's application without listening. */
export async function buildConsumer(
  schema: string,
  parts: ConsumerParts,
  consumer: Consumer,
): Promise<Server> {
  const app = createServer({ log: parts.log });
  registerHealth(
    app,
    {
      database: databaseCheck(parts.pool),
      ...(consumer.migrated && { schema: consumer.migrated }),
      sidecar: async () => ((await parts.sidecar.isReady()) ? undefined : 'not ready'),
    },
    databaseClock(parts.pool, parts),
  );
  await app.register(subscriber, {
    pool: parts.pool,
    schema,
    appApiToken: parts.appApiToken,
    handlers: consumer.handlers,
  });
  if (consumer.routes) {
    const { routes } = consumer;
    await app.register((scope, _options, done) => {
      routes(scope);
      done();
    });
  }
  return app;
}

/** All migrations of a consumer: the shared tables, then its own. */
export function consumerMigrations(own: readonly Migration[]): Migration[] {
  return [
    ...outboxMigrations,
    ...inboxMigrations,
    ...deadLetterMigrations,
    ...versionMigrations,
    ...own,
  ];
}

/**
 * Runs a consumer service until a signal ends it. Listens first (the sidecar waits for our port), then migrates.
 * @param options `appId`: the Dapr app id; `config`: fields of its own beside {@link serviceConfig}; `build`: the service's part,
 *   given what it stands on and those fields' values.
 */
export async function runConsumer<S extends z.ZodRawShape>(options: {
  appId: string;
  schema: string;
  migrations: readonly Migration[];
  config?: S;
  build: (parts: ConsumerParts, config: z.output<z.ZodObject<S>>) => Consumer;
}): Promise<void> {
  const { appId, schema } = options;
  // Read together, so that all problems are told at once; the compiler can't see through the generic part.
  const values: unknown = readConfigOrExit(appId, { ...serviceConfig, ...options.config });
  const config = values as z.output<z.ZodObject<typeof serviceConfig>>;
  const ownConfig = values as z.output<z.ZodObject<S>>;
  const service = await openServiceProcess(appId, config);
  const { log, pool, sidecar } = service;
  const running: { relay?: OutboxRelay; pruning?: { stop: () => Promise<void> } } = {};
  const parts: ConsumerParts = {
    pool,
    sidecar,
    appApiToken: config.APP_API_TOKEN,
    log,
    wakeOutbox: () => running.relay?.wake(),
  };
  const migrated = startCheck('not migrated yet');
  const consumer = { ...options.build(parts, ownConfig), migrated: migrated.check };
  const app = await buildConsumer(schema, parts, consumer);
  await service.listen(app, [
    () => app.close(),
    async () => await consumer.stop?.(),
    async () => await running.relay?.stop(),
    async () => await running.pruning?.stop(),
  ]);
  await migrate({
    url: service.directUrl,
    schema,
    migrations: consumerMigrations(options.migrations),
    log,
  });
  await databaseClock(pool, { log }).measure();
  await noteVersion(pool, schema);
  running.pruning = startPruning({ pool, prunes: { inbox: pruneInbox(schema) }, log });
  running.relay = startOutboxRelay({
    pool,
    schema,
    source: `/todo/${appId}`,
    publish: sidecar.publish,
    log,
  });
  running.relay.wake();
  await consumer.start?.();
  migrated.done();
  log.info('ready');
}

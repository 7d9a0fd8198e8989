// The sidecar's deliveries as fastify routes: read the envelope, check the contract, run the handler once, and answer so
// that nothing is lost.
//
//   delivery → unreadable, or the database will never take it ....... DROP  (daprd: to the dead-letter topic at once)
//            → recorded before ...................................... SUCCESS, no effect
//            → handler resolves, effect and inbox row committed ...... SUCCESS
//            → anything else goes wrong ............................. RETRY (daprd: the resiliency policy, then dead letter)
//
// 200 with a status in the body, always: daprd reads any other 2xx body as success and 404 as "drop it".
import { createHash } from 'node:crypto';
import type { FastifyBaseLogger, FastifyPluginCallback, FastifyRequest } from 'fastify';
import { isBadData, withTransaction } from '@todo/runtime/database';
import type { Pool, PoolClient } from '@todo/runtime/database';
import { replayDeadLetter, storeDeadLetter } from './dead-letters.ts';
import type { DeadLetter } from './dead-letters.ts';
import { readEvent, UnreadableEvent } from '@todo/contracts/events';
import type { TodoEvent } from '@todo/contracts/events';
import { isErased } from './erased-people.ts';
import { ownerOf } from './erasure.ts';
import { recordEvent, wasRecorded } from './inbox.ts';
import { eventAttributes, inDeliverySpan, inReplaySpan } from './message-span.ts';
import { databaseClock } from '@todo/runtime/database-clock';
import { measured } from '@todo/runtime/measurements';
import { registerOperatorRoutes } from './operator-routes.ts';
import { requireCaller, requireDelivery, requireSidecar } from '@todo/runtime/sidecar-token';
import type { Span } from '@todo/runtime/trace';

/** Largest delivery, bytes: the sidecar's own limit of 4 MiB. */
const MAX_DELIVERY = 4 * 1024 * 1024;
/** The app that asks for operators. */
const OPERATORS_APP = 'todo-backend';
/** Reasons of recent failures kept for the dead letter that may follow; the oldest go first. */
const REMEMBERED_FAILURES = 1_000;

/** An event that the handler knows it can never handle; it goes to the dead letters without further tries. */
export class PoisonEvent extends Error {
  override readonly name = 'PoisonEvent';
}

/**
 * Handles one event. Work outside of this service's database comes first and must be idempotent; then `once` runs the effect in the
 * transaction that records the event. A handler that has nothing to do just returns.
 * @param once resolves to false when another delivery of the same event was faster; the effect is not run then.
 */
export type EventHandler = (
  event: TodoEvent,
  once: (effect: (client: PoolClient) => Promise<void>) => Promise<boolean>,
) => Promise<void>;

/** What a subscriber needs. */
export interface SubscriberOptions {
  readonly pool: Pool;
  readonly schema: string;
  /** The token the sidecar shows us. */
  readonly appApiToken: string;
  /** A handler for each topic subscribed to. */
  readonly handlers: Readonly<Record<string, EventHandler>>;
}

/**
 * Registers `POST /events/<topic>` for each handler and `POST /events/dead`, for the sidecar itself, and the operator's
 * `/ops/dead-letters` routes, for the backend through the sidecar.
 */
export const subscriber: FastifyPluginCallback<SubscriberOptions> = (app, options, done) => {
  const failures = new Map<string, string>();
  app.addHook('onRequest', requireSidecar(options.appApiToken));
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    '*',
    { parseAs: 'buffer', bodyLimit: MAX_DELIVERY },
    (_request, body, next) => {
      next(null, body);
    },
  );

  const delivery = { bodyLimit: MAX_DELIVERY, onRequest: requireDelivery };
  for (const [topic, handler] of Object.entries(options.handlers)) {
    app.post(`/events/${topic}`, delivery, (request) =>
      inDeliverySpan(parseLoosely(request.body), topic, (span) =>
        deliver(request, topic, handler, span),
      ),
    );
  }
  app.post('/events/dead', delivery, (request) =>
    inDeliverySpan(parseLoosely(request.body), 'dead', () => keepDead(request)),
  );
  void app.register((scope, _options, registered) => {
    scope.addHook('onRequest', requireCaller(OPERATORS_APP));
    registerOperatorRoutes(scope, {
      ...options,
      replay: (id, log) => replayToHandler(options, id, log),
    });
    registered();
  });
  done();

  async function deliver(
    request: FastifyRequest,
    topic: string,
    handler: EventHandler,
    span: Span,
  ): Promise<{ status: string }> {
    try {
      const event = readEvent(parse(request.body));
      const { id, type, subject } = event;
      span.set(eventAttributes(event));
      const effect = await handleOnce(options, event, handler);
      measured(
        'event.delivered',
        effect
          ? { topic, type, outcome: 'handled', ageMs: ageOf(options.pool, event) }
          : { topic, type, outcome: 'duplicate' },
      );
      request.log.info(
        { eventId: id, type, taskId: subject, topic },
        effect ? 'event handled' : 'event was already handled',
      );
      span.set({ 'todo.event.outcome': effect ? 'handled' : 'handled before' });
      return { status: 'SUCCESS' };
    } catch (error) {
      const poison =
        error instanceof UnreadableEvent || error instanceof PoisonEvent || isBadData(error);
      const seen = attributes(parseLoosely(request.body));
      if (seen.id !== '') remember(`${seen.source} ${seen.id}`, error);
      measured('event.delivered', {
        topic,
        type: seen.type,
        outcome: poison ? 'refused' : 'retried',
      });
      request.log[poison ? 'error' : 'warn'](
        { err: error, eventId: seen.id, type: seen.type, taskId: seen.subject, topic },
        poison
          ? 'event cannot be handled; moving it to the dead letters'
          : 'event not handled yet; it will be redelivered',
      );
      span.set({ 'todo.event.outcome': poison ? 'dead letter' : 'to be delivered again' });
      span.fail(error);
      return { status: poison ? 'DROP' : 'RETRY' };
    }
  }

  async function keepDead(request: FastifyRequest): Promise<{ status: string }> {
    const raw = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const found = attributes(parseLoosely(raw));
    // Without an id of its own, an event is told from others by its bytes: each is kept, none in another's place.
    const seen = { ...found, id: found.id || digestOf(raw) };
    try {
      const owner = ownerOf(raw);
      if (owner !== undefined && (await isErased(options.pool, options.schema, owner))) {
        request.log.info(
          { eventId: seen.id, topic: seen.topic },
          'an erased account’s dead letter was dropped',
        );
        return { status: 'SUCCESS' };
      }
      const reason =
        failures.get(`${seen.source} ${seen.id}`) ??
        unreadableReason(raw) ??
        'every attempt failed; search the logs for this event id';
      const fresh = await storeDeadLetter(options.pool, options.schema, { ...seen, raw, reason });
      if (fresh) measured('event.dead', seen);
      request.log.error(
        { eventId: seen.id, taskId: seen.subject, topic: seen.topic, reason, fresh },
        'dead letter stored',
      );
      return { status: 'SUCCESS' };
    } catch (error) {
      request.log.warn(
        { err: error, eventId: seen.id, topic: seen.topic },
        'dead letter not stored yet',
      );
      return { status: 'RETRY' };
    }
  }

  function remember(key: string, error: unknown): void {
    failures.delete(key);
    failures.set(key, error instanceof Error ? error.message : String(error));
    const oldest = failures.keys().next();
    if (failures.size > REMEMBERED_FAILURES && !oldest.done) failures.delete(oldest.value);
  }
};

/** How old an event is now, ms; both instants are the database's. */
function ageOf(pool: Pool, event: TodoEvent): number {
  return databaseClock(pool).now().getTime() - Date.parse(event.time);
}

async function handle(options: SubscriberOptions, topic: string, body: string): Promise<void> {
  const handler = options.handlers[topic];
  if (!handler) throw new PoisonEvent(`this service has no handler for topic ${topic}`);
  const event = readEvent(parse(Buffer.from(body)));
  await inReplaySpan(event, topic, () => handleOnce(options, event, handler));
}

async function handleOnce(
  options: SubscriberOptions,
  event: TodoEvent,
  handler: EventHandler,
): Promise<boolean> {
  const { pool, schema } = options;
  if (await wasRecorded(pool, schema, event)) return false;
  const calls = { once: 0 };
  const once = async (effect: (client: PoolClient) => Promise<void>): Promise<boolean> => {
    calls.once += 1;
    return await withTransaction(pool, async (client) => {
      if (!(await recordEvent(client, schema, event))) return false;
      await effect(client);
      return true;
    });
  };
  await handler(event, once);
  if (calls.once === 0) await recordEvent(pool, schema, event);
  return true;
}

/**
 * Hands a waiting dead letter to the service's own handler again, once.
 * @throws Problem 404, 409 when it is not waiting, 422 when the handler refused it again.
 */
export async function replayToHandler(
  options: SubscriberOptions,
  id: string,
  log: FastifyBaseLogger,
): Promise<DeadLetter> {
  return await replayDeadLetter(
    options.pool,
    options.schema,
    id,
    async (body) => {
      await handle(options, attributes(parseLoosely(Buffer.from(body))).topic, body);
    },
    log,
  );
}

function parse(body: unknown): unknown {
  try {
    return JSON.parse(Buffer.isBuffer(body) ? body.toString('utf8') : '') as unknown;
  } catch {
    throw new UnreadableEvent('the request body is not JSON');
  }
}

function parseLoosely(body: unknown): unknown {
  try {
    return parse(body);
  } catch {
    return undefined;
  }
}

function digestOf(raw: Buffer): string {
  return `sha256:${createHash('sha256').update(raw).digest('hex')}`;
}

function unreadableReason(raw: Buffer): string | undefined {
  try {
    readEvent(parse(raw));
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** What can be told of any body, readable or not. */
function attributes(body: unknown): {
  source: string;
  id: string;
  type: string;
  subject: string;
  topic: string;
} {
  const fields = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const text = (name: string): string => (typeof fields[name] === 'string' ? fields[name] : '');
  return {
    source: text('source'),
    id: text('id'),
    type: text('type'),
    subject: text('subject'),
    topic: text('topic'),
  };
}

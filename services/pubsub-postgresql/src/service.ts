// The gRPC service dapr.proto.components.v1.PubSub, as daprd calls it: checks what comes in, and maps it to components.
//
// daprd names the component it means in the header x-component-instance, so one process serves several manifests.
import { fileURLToPath } from 'node:url';
import type { Metadata } from '@grpc/grpc-js';
import {
  loadPackageDefinition,
  Server,
  status,
  type sendUnaryData,
  type ServerDuplexStream,
  type ServerUnaryCall,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { ReflectionService } from '@grpc/reflection';
import type { Logger } from 'pino';
import { startComponent, type Component } from './component.ts';
import { ComponentMetadataError, parseComponentMetadata } from './component-metadata.ts';
import { describeError, isPassing } from './database-errors.ts';
import { PooledAddressError } from './direct-address.ts';
import { payloadPassed } from './memory.ts';
import type { OutgoingMessage } from './message.ts';
import { TooMuchWaitingError } from './publisher.ts';
import type { Subscription } from './subscription.ts';
import { topicNameProblem } from './topics.ts';

/** What daprd may rely on; each is true. */
export const FEATURES = ['MESSAGE_TTL', 'BULK_PUBSUB', 'BULK_SUBSCRIBE_IMMEDIATE'];

/** Init must not wait for a database that is away: daprd gives up after 5 s, and ends. */
const INIT_PATIENCE_MS = 2_500;
/**
 * daprd answers a ping at once; without an answer in time it hangs, its streams end, and what it had in hand goes to other
 * replicas of its group. Its own pings (it sends none by default) are answered by the library.
 */
const PING_EVERY_MS = 15_000;
const PONG_WITHIN_MS = 15_000;
/** How often a payload is copied between the socket and us: frames, message, payload. */
const COPIES = 3;
const CLOSE_PATIENCE_MS = 1_000;
const INSTANCE_HEADER = 'x-component-instance';
/** Larger than any message we accept, so that we refuse it with a clear answer instead of the library. */
const LARGEST_CALL_BYTES = 16 * 1024 * 1024;

const PROTO_FOLDER = fileURLToPath(new URL('../proto', import.meta.url));

interface PublishRequest {
  data: Buffer;
  topic: string;
  metadata: Record<string, string>;
  contentType: string;
}
interface BulkPublishRequest {
  entries: {
    entryId: string;
    event: Buffer;
    contentType: string;
    metadata: Record<string, string>;
  }[];
  topic: string;
  metadata: Record<string, string>;
}
interface PullRequest {
  topic?: { name: string; metadata: Record<string, string> } | null;
  ackMessageId: string;
  ackError?: { message: string } | null;
}

/** An answer with a gRPC status. */
class StatusError extends Error {
  readonly code: status;
  constructor(code: status, message: string) {
    super(message);
    this.code = code;
  }
}

/** The service in a server that is not bound yet. */
export interface PubSubService {
  server: Server;
  /** daprd has called Init at least once. */
  initialized: () => boolean;
  /** Ends all subscriptions and connections. */
  close: () => Promise<void>;
}

/**
 * @param options.onBrokenStream - a stream to daprd ended by our fault: daprd will not subscribe again by itself
 * @param options.onLostStream - a stream ended and it is not known why: daprd may have unsubscribed, or believe that it still
 *   is subscribed. `isOver`: it has subscribed again, or called Init.
 */
export function createService(options: {
  log: Logger;
  onBrokenStream: (reason: string) => void;
  onLostStream?: (instance: string, topic: string, isOver: () => boolean) => void;
}): PubSubService {
  const { log } = options;
  const definition = loadSync('dapr/proto/components/v1/pubsub.proto', {
    includeDirs: [PROTO_FOLDER],
    longs: String,
    defaults: true,
  });
  const loaded = loadPackageDefinition(definition) as unknown as {
    dapr: { proto: { components: { v1: { PubSub: { service: ServiceDefinition } } } } };
  };
  const components = new Map<string, Component>();
  /** How many streams each instance had for a topic, in all. */
  const subscribed = new Map<string, number>();
  /** What ends each open stream, by the component that it belongs to. */
  const streams = new Map<Component, Set<(error: StatusError) => void>>();
  let initialized = false;

  function instanceOf(metadata: Metadata): string {
    const [name] = metadata.get(INSTANCE_HEADER);
    return name === undefined ? '' : String(name);
  }

  function componentOf(metadata: Metadata): Component {
    const name = instanceOf(metadata);
    const found = components.get(name);
    if (found) return found;
    throw new StatusError(
      status.UNAVAILABLE,
      `component ${name === '' ? '' : `'${name}' `}has not got Init since this process started; the sidecar must be restarted`,
    );
  }

  /** Answers a unary call with what `work` gives, and every error with a status that says what to do. */
  function unary<Request, Response>(
    work: (request: Request, metadata: Metadata) => Promise<Response>,
  ) {
    const attempt = async (request: Request, metadata: Metadata): Promise<Response> =>
      work(request, metadata); // async: what it throws at once is a rejection too
    return (call: ServerUnaryCall<Request, Response>, callback: sendUnaryData<Response>): void => {
      attempt(call.request, call.metadata).then(
        (response) => {
          callback(null, response);
        },
        (error: unknown) => {
          callback({ code: codeOf(error), details: describeError(error) });
        },
      );
    };
  }

  async function init(
    request: { metadata?: { properties?: Record<string, string> } },
    meta: Metadata,
  ) {
    const name = instanceOf(meta);
    const { metadata, unknown } = parseComponentMetadata(request.metadata?.properties ?? {});
    const own = log.child({ component: name });
    if (unknown.length > 0)
      own.warn({ unknown }, 'unknown metadata is ignored; is a name misspelled?');
    const before = components.get(name);
    components.delete(name);
    // With the database away it cannot end cleanly, and must not keep Init from answering.
    if (before) {
      await Promise.race([before.close(), soon(CLOSE_PATIENCE_MS)]);
      // Nothing will come on its streams any more, and whoever reads them must not wait for it. The sidecar is not asked
      // to start anew: it has just called Init, and subscribes after it.
      for (const end of streams.get(before) ?? [])
        end(new StatusError(status.ABORTED, 'the component was initialized anew'));
      streams.delete(before);
    }
    let answered = false;
    const component = startComponent(metadata, own, (reason) => {
      // Found out only now, because the database was away at Init: the next Init tells the sidecar why.
      if (answered) options.onBrokenStream(`wrong configuration: ${reason}`);
    });
    try {
      if ((await Promise.race([component.ready(), soon(INIT_PATIENCE_MS)])) === 'late') {
        own.warn(
          'the database does not answer; going on without, messages are accepted when it does',
        );
      }
    } catch (error) {
      await component.close();
      throw new StatusError(
        status.FAILED_PRECONDITION,
        error instanceof PooledAddressError
          ? error.message
          : `connectionString or directConnectionString: ${describeError(error)}`,
      );
    }
    answered = true;
    components.set(name, component);
    initialized = true;
    own.info(
      { group: metadata.consumerID, ordering: metadata.ordering },
      'initialized by the sidecar',
    );
    return {};
  }

  function checked(
    component: Component,
    data: Buffer,
    contentType: string,
    metadata: Record<string, string>,
  ): OutgoingMessage {
    const { maxMessageBytes } = component.metadata;
    payloadPassed(data.length, COPIES);
    const metadataBytes = Object.entries(metadata).reduce(
      (sum, [key, value]) => sum + key.length + value.length,
      0,
    );
    if (data.length > maxMessageBytes) {
      throw new StatusError(
        status.INVALID_ARGUMENT,
        `message of ${data.length} bytes: larger than maxMessageBytes (${maxMessageBytes})`,
      );
    }
    if (metadataBytes > 16 * 1024) {
      throw new StatusError(
        status.INVALID_ARGUMENT,
        `metadata of ${metadataBytes} bytes: larger than 16384`,
      );
    }
    return { data, contentType, metadata };
  }

  function checkTopic(name: string): void {
    const problem = topicNameProblem(name);
    if (problem) throw new StatusError(status.INVALID_ARGUMENT, problem);
  }

  async function publish(request: PublishRequest, meta: Metadata) {
    const component = componentOf(meta);
    checkTopic(request.topic);
    const message = checked(component, request.data, request.contentType, request.metadata);
    const [error] = await component.publish(request.topic, [message]);
    if (error) throw error;
    return {};
  }

  async function bulkPublish(request: BulkPublishRequest, meta: Metadata) {
    const component = componentOf(meta);
    checkTopic(request.topic);
    const failed: { entryId: string; error: string }[] = [];
    const accepted: { entryId: string; message: OutgoingMessage }[] = [];
    for (const entry of request.entries) {
      try {
        const metadata = { ...request.metadata, ...entry.metadata };
        accepted.push({
          entryId: entry.entryId,
          message: checked(component, entry.event, entry.contentType, metadata),
        });
      } catch (error) {
        failed.push({ entryId: entry.entryId, error: describeError(error) });
      }
    }
    const errors = await component.publish(
      request.topic,
      accepted.map(({ message }) => message),
    );
    errors.forEach((error, index) => {
      const entryId = accepted[index]?.entryId;
      if (error && entryId !== undefined) failed.push({ entryId, error: describeError(error) });
    });
    return { failedEntries: failed };
  }

  function pullMessages(call: ServerDuplexStream<PullRequest, unknown>): void {
    let subscription: Subscription | undefined;
    let siblings: Set<(error: StatusError) => void> | undefined;
    let lost: () => void = () => undefined;
    let over = false;
    const end = (): void => {
      if (over) return;
      over = true;
      lost();
      siblings?.delete(refuse);
      subscription?.close().catch((error: unknown) => {
        log.warn({ error: describeError(error) }, 'a subscription did not close cleanly');
      });
    };
    const refuse = (error: unknown): void => {
      call.emit('error', { code: codeOf(error), details: describeError(error) });
      end();
    };
    call.on('data', (request: PullRequest) => {
      if (subscription) {
        if (request.ackMessageId !== '') {
          subscription.settle(
            request.ackMessageId,
            request.ackError ? request.ackError.message || 'no reason given' : undefined,
          );
        }
        return;
      }
      try {
        const component = componentOf(call.metadata);
        const topic = request.topic?.name ?? '';
        checkTopic(topic);
        log.info({ topic, group: component.metadata.consumerID }, 'subscribed');
        siblings = streams.get(component) ?? new Set();
        streams.set(component, siblings.add(refuse));
        const instance = instanceOf(call.metadata);
        const name = `${instance} ${topic}`;
        const count = (subscribed.get(name) ?? 0) + 1;
        subscribed.set(name, count);
        lost = () => {
          options.onLostStream?.(
            instance,
            topic,
            () => subscribed.get(name) !== count || components.get(instance) !== component,
          );
        };
        subscription = component.subscribe({
          topic,
          onStuck: (reason) => {
            refuse(new StatusError(status.ABORTED, reason));
            options.onBrokenStream(reason);
          },
          send: (id, message) => {
            payloadPassed(message.data.length, COPIES);
            call.write({
              data: message.data,
              topicName: topic,
              metadata: message.metadata,
              contentType: message.contentType,
              id,
            });
          },
        });
      } catch (error) {
        refuse(error);
        options.onBrokenStream(describeError(error));
      }
    });
    call.on('end', () => {
      call.end();
      end();
    });
    call.on('cancelled', end);
    call.on('close', end);
    call.on('error', end);
  }

  const implementation: UntypedServiceImplementation = {
    init: unary(init),
    features: unary(() => Promise.resolve({ features: FEATURES })),
    publish: unary(publish),
    bulkPublish: unary(bulkPublish),
    pullMessages: pullMessages,
    pause: unary((_: object, meta: Metadata) => {
      componentOf(meta).pause();
      return Promise.resolve({});
    }),
    resume: unary((_: object, meta: Metadata) => {
      componentOf(meta).resume();
      return Promise.resolve({});
    }),
    ping: unary(async (_: object, meta: Metadata) => {
      await componentOf(meta).ping();
      return {};
    }),
  };

  const server = new Server({
    'grpc.max_receive_message_length': LARGEST_CALL_BYTES,
    'grpc.max_send_message_length': LARGEST_CALL_BYTES,
    'grpc.keepalive_time_ms': PING_EVERY_MS,
    'grpc.keepalive_timeout_ms': PONG_WITHIN_MS,
  });
  server.addService(loaded.dapr.proto.components.v1.PubSub.service, implementation);
  new ReflectionService(definition).addToServer(server);

  return {
    server,
    initialized: () => initialized,
    close: async () => {
      const ends = await Promise.allSettled(
        [...components.values()].map((component) => component.close()),
      );
      for (const end of ends)
        if (end.status === 'rejected')
          log.warn({ error: describeError(end.reason) }, 'a component did not close cleanly');
      components.clear();
    },
  };
}

function soon(ms: number): Promise<'late'> {
  return new Promise((done) => setTimeout(done, ms, 'late').unref());
}

function codeOf(error: unknown): status {
  if (error instanceof StatusError) return error.code;
  if (error instanceof ComponentMetadataError || error instanceof RangeError)
    return status.INVALID_ARGUMENT;
  if (error instanceof TooMuchWaitingError) return status.RESOURCE_EXHAUSTED;
  return isPassing(error) ? status.UNAVAILABLE : status.INTERNAL;
}

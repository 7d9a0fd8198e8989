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
import { parseComponentMetadata } from './component-metadata.ts';
import { describeError } from './database-errors.ts';
import { PooledAddressError } from './direct-address.ts';
import { codeOf, StatusError } from './grpc-status.ts';
import type { Metrics } from './metrics.ts';
import { SchemaMismatchError } from './migrate.ts';
import {
  bulkPublish,
  publish,
  type BulkPublishRequest,
  type PublishRequest,
} from './publish-calls.ts';
import { createPullStreams, type PullRequest } from './pull-streams.ts';

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
const CLOSE_PATIENCE_MS = 1_000;
const INSTANCE_HEADER = 'x-component-instance';
/** Larger than any message we accept, so that we refuse it with a clear answer instead of the library. */
const LARGEST_CALL_BYTES = 16 * 1024 * 1024;

const PROTO_FOLDER = fileURLToPath(new URL('../proto', import.meta.url));

/** The service in a server that is not bound yet. */
export interface PubSubService {
  server: Server;
  /** daprd has called Init at least once. */
  initialized: () => boolean;
  /** Ends all subscriptions and connections. */
  close: () => Promise<void>;
}

/**
 * @param options.metrics - counts what components do; default: nobody does
 * @param options.onBrokenStream - a stream to daprd ended by our fault: daprd will not subscribe again by itself
 * @param options.onLostStream - a stream ended and it is not known why: daprd may have unsubscribed, or believe that it still
 *   is subscribed. `isOver`: it has subscribed again, or called Init.
 */
export function createService(options: {
  log: Logger;
  metrics?: Metrics | undefined;
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
  let initialized = false;

  function instanceOf(metadata: Metadata): string {
    const [name] = metadata.get(INSTANCE_HEADER);
    return name === undefined ? '' : String(name);
  }

  function componentNamed(name: string): Component {
    const found = components.get(name);
    if (found) return found;
    throw new StatusError(
      status.UNAVAILABLE,
      `component ${name === '' ? '' : `'${name}' `}has not received Init since this process started; restart the sidecar`,
    );
  }

  function componentOf(metadata: Metadata): Component {
    return componentNamed(instanceOf(metadata));
  }

  const streams = createPullStreams({
    find: componentNamed,
    isCurrent: (instance, component) => components.get(instance) === component,
    onBrokenStream: options.onBrokenStream,
    onLostStream: options.onLostStream,
    log,
  });

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
    if (unknown.length > 0) own.warn({ unknown }, 'ignoring unknown metadata; check the spelling');
    const before = components.get(name);
    components.delete(name);
    // With the database away it cannot end cleanly, and must not keep Init from answering.
    if (before) {
      await Promise.race([before.close(), soon(CLOSE_PATIENCE_MS)]);
      // Nothing will come on its streams any more, and whoever reads them must not wait for it. The sidecar is not asked
      // to start anew: it has just called Init, and subscribes after it.
      streams.endAll(before, 'the component was initialized again');
    }
    let answered = false;
    const component = startComponent(
      metadata,
      own,
      (reason) => {
        // Found out only now, because the database was away at Init: the next Init tells the sidecar why.
        if (answered) options.onBrokenStream(`wrong configuration: ${reason}`);
      },
      options.metrics?.observe(name),
    );
    try {
      if ((await Promise.race([component.ready(), soon(INIT_PATIENCE_MS)])) === 'late') {
        own.warn(
          'the database does not answer; starting without it, messages are accepted once it answers',
        );
      }
    } catch (error) {
      await component.close();
      throw new StatusError(
        status.FAILED_PRECONDITION,
        error instanceof PooledAddressError || error instanceof SchemaMismatchError
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

  const implementation: UntypedServiceImplementation = {
    init: unary(init),
    features: unary(() => Promise.resolve({ features: FEATURES })),
    publish: unary(async (request: PublishRequest, meta: Metadata) =>
      publish(componentOf(meta), request),
    ),
    bulkPublish: unary(async (request: BulkPublishRequest, meta: Metadata) =>
      bulkPublish(componentOf(meta), request),
    ),
    pullMessages: (call: ServerDuplexStream<PullRequest, unknown>) => {
      streams.serve(call, instanceOf(call.metadata));
    },
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
          log.warn({ error: describeError(end.reason) }, 'a component did not shut down cleanly');
      components.clear();
    },
  };
}

function soon(ms: number): Promise<'late'> {
  return new Promise((done) => setTimeout(done, ms, 'late').unref());
}

// The gRPC service dapr.proto.components.v1.PubSub, as daprd calls it: checks what comes in, and maps it to components.
//
// daprd names the component it means in the header x-component-instance, so one process serves several manifests.
import type { Logger } from 'pino';
import { startComponent, type Component } from './component.ts';
import { parseComponentMetadata } from './component-metadata.ts';
import { describeError } from './database-errors.ts';
import { PooledAddressError } from './direct-address.ts';
import {
  decodeBulkPublishRequest,
  decodeInitRequest,
  decodePublishRequest,
  EMPTY_MESSAGE,
  encodeBulkPublishResponse,
  encodeFeatures,
} from './grpc/pubsub-messages.ts';
import { reflectionStreams } from './grpc/reflection.ts';
import { createGrpcServer, type CallMetadata, type GrpcServer } from './grpc/server.ts';
import { STATUS, StatusError } from './grpc/status.ts';
import { codeOf } from './grpc-status.ts';
import type { Metrics } from './metrics.ts';
import { SchemaMismatchError } from './migrate.ts';
import { bulkPublish, publish } from './publish-calls.ts';
import { createPullStreams } from './pull-streams.ts';

/** What daprd may rely on; each is true. */
export const FEATURES = ['MESSAGE_TTL', 'BULK_PUBSUB', 'BULK_SUBSCRIBE_IMMEDIATE'];

/** Init must not wait for a database that is away: daprd gives up after 5 s, and ends. */
const INIT_PATIENCE_MS = 2_500;
/**
 * daprd answers a ping at once; without an answer in time it hangs, its streams end, and what it had in hand goes to other
 * replicas of its group.
 */
const PING_EVERY_MS = 15_000;
const PONG_WITHIN_MS = 15_000;
const CLOSE_PATIENCE_MS = 1_000;
const INSTANCE_HEADER = 'x-component-instance';
/** Larger than any message we accept, so that we refuse it with a clear answer instead of the library. */
const LARGEST_CALL_BYTES = 16 * 1024 * 1024;

/** As in proto/. */
const SERVICE = 'dapr.proto.components.v1.PubSub';

/** The service in a server that is not bound yet. */
export interface PubSubService {
  server: GrpcServer;
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
  const components = new Map<string, Component>();
  let initialized = false;

  const instanceOf = (metadata: CallMetadata): string => metadata(INSTANCE_HEADER) ?? '';

  function componentNamed(name: string): Component {
    const found = components.get(name);
    if (found) return found;
    throw new StatusError(
      STATUS.UNAVAILABLE,
      `component ${name === '' ? '' : `'${name}' `}has not received Init since this process started; restart the sidecar`,
    );
  }

  function componentOf(metadata: CallMetadata): Component {
    return componentNamed(instanceOf(metadata));
  }

  const streams = createPullStreams({
    find: componentNamed,
    isCurrent: (instance, component) => components.get(instance) === component,
    onBrokenStream: options.onBrokenStream,
    onLostStream: options.onLostStream,
    log,
  });

  async function init(name: string, properties: Record<string, string>): Promise<void> {
    const { metadata, unknown } = parseComponentMetadata(properties);
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
        STATUS.FAILED_PRECONDITION,
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
  }

  const server = createGrpcServer({
    unary: {
      [`/${SERVICE}/Init`]: async (request, meta) => {
        await init(instanceOf(meta), decodeInitRequest(request));
        return EMPTY_MESSAGE;
      },
      [`/${SERVICE}/Features`]: () => Promise.resolve(encodeFeatures(FEATURES)),
      [`/${SERVICE}/Publish`]: async (request, meta) => {
        await publish(componentOf(meta), decodePublishRequest(request));
        return EMPTY_MESSAGE;
      },
      [`/${SERVICE}/BulkPublish`]: async (request, meta) =>
        encodeBulkPublishResponse(
          await bulkPublish(componentOf(meta), decodeBulkPublishRequest(request)),
        ),
      [`/${SERVICE}/Pause`]: (_, meta) => {
        componentOf(meta).pause();
        return Promise.resolve(EMPTY_MESSAGE);
      },
      [`/${SERVICE}/Resume`]: (_, meta) => {
        componentOf(meta).resume();
        return Promise.resolve(EMPTY_MESSAGE);
      },
      [`/${SERVICE}/Ping`]: async (_, meta) => {
        await componentOf(meta).ping();
        return EMPTY_MESSAGE;
      },
    },
    streams: {
      [`/${SERVICE}/PullMessages`]: (call) => streams.serve(call, instanceOf(call.metadata)),
      ...reflectionStreams([SERVICE]),
    },
    statusOf: (error) => ({ code: codeOf(error), message: describeError(error) }),
    maxMessageBytes: LARGEST_CALL_BYTES,
    pingEveryMs: PING_EVERY_MS,
    pongWithinMs: PONG_WITHIN_MS,
  });

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

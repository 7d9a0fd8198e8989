// Speaks to the component as daprd does, but lets a test decide what is answered, and when.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Client } from '@grpc/grpc-js';
import {
  credentials,
  loadPackageDefinition,
  Metadata,
  type ClientDuplexStream,
  type ServiceError,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import pino from 'pino';
import type { Metrics } from '@todo/pubsub-postgresql/metrics';
import { createService } from '@todo/pubsub-postgresql/service';
import { bindSocket } from '@todo/pubsub-postgresql/socket';

const PROTO = fileURLToPath(new URL('../../../services/pubsub-postgresql/proto', import.meta.url));
const loaded = loadPackageDefinition(
  loadSync('dapr/proto/components/v1/pubsub.proto', {
    includeDirs: [PROTO],
    longs: String,
    defaults: true,
  }),
) as unknown as {
  dapr: {
    proto: {
      components: { v1: { PubSub: new (...args: ConstructorParameters<typeof Client>) => Client } };
    };
  };
};

/** A message as daprd gets it. */
export interface Delivered {
  id: string;
  data: Buffer;
  topicName: string;
  contentType: string;
  metadata: Record<string, string>;
}

/** One subscription's stream. */
export interface Pull {
  /** All deliveries so far. */
  received: Delivered[];
  ack: (id: string, error?: string) => void;
  /** As daprd does when it unsubscribes. */
  cancel: () => void;
  ended: Promise<void>;
}

/** A connection of one named component. */
export interface SidecarClient {
  init: (properties: Record<string, string>) => Promise<void>;
  call: (method: string, request: object) => Promise<Record<string, unknown>>;
  publish: (
    topic: string,
    data: string | Buffer,
    metadata?: Record<string, string>,
  ) => Promise<void>;
  /** @param handle - undefined: acknowledge at once; a string: fail with it; 'hold' answers nothing */
  pull: (topic: string, handle?: (message: Delivered) => Answer | Promise<Answer>) => Pull;
  /** The same connection, for another named component. */
  instance: (name: string) => SidecarClient;
  close: () => void;
}

/** What a handler answers. */
export type Answer = undefined | { error: string } | 'hold';

/** Connects to a component's socket. */
export function connectSidecar(socket: string): SidecarClient {
  const client = new loaded.dapr.proto.components.v1.PubSub(
    `unix:${socket}`,
    credentials.createInsecure(),
  );
  return speakFor(client, 'pubsub');
}

function speakFor(client: Client, instance: string): SidecarClient {
  const metadata = new Metadata();
  metadata.set('x-component-instance', instance);
  const methods = client as unknown as Record<
    string,
    (
      request: object,
      metadata: Metadata,
      callback: (error: ServiceError | null, response: object) => void,
    ) => void
  >;
  const call = (method: string, request: object): Promise<Record<string, unknown>> =>
    new Promise((done, failed) => {
      methods[method]!.call(client, request, metadata, (error, response) => {
        if (error) failed(error);
        else done(response as Record<string, unknown>);
      });
    });
  return {
    call,
    init: async (properties) => {
      await call('init', { metadata: { properties } });
    },
    publish: async (topic, data, meta = {}) => {
      await call('publish', {
        topic,
        data: Buffer.from(data as string),
        metadata: meta,
        pubsubName: instance,
      });
    },
    pull: (topic, handle = () => undefined) => {
      const open = (
        client as unknown as {
          pullMessages: (m: Metadata) => ClientDuplexStream<object, Delivered>;
        }
      ).pullMessages;
      const stream = open.call(client, metadata);
      const received: Delivered[] = [];
      const ack = (id: string, error?: string): void => {
        stream.write({
          ackMessageId: id,
          ...(error !== undefined && { ackError: { message: error } }),
        });
      };
      const ended = new Promise<void>((done) => {
        stream.on('error', () => {
          done();
        });
        stream.on('end', done);
      });
      stream.on('data', (message: Delivered) => {
        received.push(message);
        Promise.resolve(handle(message)).then(
          (answer) => {
            if (answer !== 'hold') ack(message.id, answer?.error);
          },
          () => undefined,
        );
      });
      stream.write({ topic: { name: topic, metadata: {} } });
      return {
        received,
        ack,
        ended,
        cancel: () => {
          stream.cancel();
        },
      };
    },
    instance: (name) => speakFor(client, name),
    close: () => {
      client.close();
    },
  };
}

/**
 * The component's service in this very process, on a socket in a temporary folder.
 * @param metrics - what it counts with; default: nothing
 */
export async function startService(metrics?: Metrics): Promise<{
  socket: string;
  broken: string[];
  /** The lines of the log with this message, so far. */
  logged: (message: string) => Record<string, unknown>[];
  close: () => Promise<void>;
}> {
  const folder = mkdtempSync(join(tmpdir(), 'pubsub-postgresql-test-'));
  const broken: string[] = [];
  const lines: Record<string, unknown>[] = [];
  const shown = process.env['TEST_LOG_LEVEL'];
  const service = createService({
    log: pino(
      { level: shown ?? 'info' },
      {
        write: (line: string) => {
          lines.push(JSON.parse(line) as Record<string, unknown>);
          if (shown) process.stdout.write(line);
        },
      },
    ),
    metrics,
    onBrokenStream: (reason) => broken.push(reason),
  });
  const socket = await bindSocket(service.server, folder, 0o660);
  return {
    socket,
    broken,
    logged: (message) => lines.filter((line) => line['msg'] === message),
    close: async () => {
      await service.close();
      service.server.forceShutdown();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Waits until `condition` holds; fails with what it waited for. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  ms = 20_000,
): Promise<void> {
  const deadline = performance.now() + ms;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`not within ${ms} ms: ${what}`);
    await new Promise((done) => setTimeout(done, 10));
  }
}

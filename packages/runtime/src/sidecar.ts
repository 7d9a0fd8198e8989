// Calls out through the Dapr sidecar, by the official client, with what it lacks: errors that are thrown, time limits, and
// an "is it there" that costs nothing. Deliveries in are fastify routes of our own (subscriber.ts): the client's server
// acknowledges an event whose handler failed.
import { DaprClient, HttpMethod, StateConcurrencyEnum, StateConsistencyEnum } from '@dapr/dapr';
import { currentTrace, inSpan, isTraceparent } from './trace.ts';
import { within } from './time-limit.ts';

/** Time limit of one call through the sidecar, in ms. */
const CALL_TIMEOUT_MS = 10_000;
/** Time limit of a health question, in ms. */
const HEALTH_TIMEOUT_MS = 1_500;

/** How to reach the sidecar. */
export interface SidecarOptions {
  readonly host: string;
  readonly port: number;
  /** Token that the sidecar asks of us. */
  readonly apiToken?: string | undefined;
  /** Pub/sub component's name. */
  readonly pubsub: string;
  /** State store component's name. */
  readonly statestore: string;
}

/** A call through the sidecar failed. */
export class SidecarError extends Error {
  override readonly name = 'SidecarError';
  /** HTTP status of the answer; undefined when there was none. */
  readonly status: number | undefined;
  /** The answer's body, if any. */
  readonly body: string;

  constructor(message: string, status?: number, body = '') {
    super(message);
    this.status = status;
    this.body = body;
  }
}

/** A CloudEvent to publish; `traceparent` goes out as Dapr's `traceid` too. */
export interface OutgoingEvent {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject: string;
  readonly time: string;
  readonly traceparent?: string | null;
  readonly data: unknown;
}

/** The sidecar's calls that this system uses. */
export interface Sidecar {
  /** Publishes one event, keyed by its subject. Durable in the broker when it resolves. @throws SidecarError */
  publish: (topic: string, event: OutgoingEvent) => Promise<void>;
  /** Calls another service; answers its JSON body. @throws SidecarError with the service's status */
  invoke: (
    appId: string,
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    body?: object,
  ) => Promise<unknown>;
  /** Reads a value of the state store; undefined if there is none. @throws SidecarError */
  getState: (key: string) => Promise<unknown>;
  /** Writes a value of the state store. @throws SidecarError */
  saveState: (key: string, value: unknown) => Promise<void>;
  /** Deletes a value of the state store. @throws SidecarError */
  deleteState: (key: string) => Promise<void>;
  /** True when the sidecar can call out (its components are up). Never throws. */
  isReady: () => Promise<boolean>;
  /** Closes kept connections. */
  close: () => Promise<void>;
}

/** A value of the state store with the version (ETag) it has. */
export interface VersionedState {
  readonly value: unknown;
  readonly etag: string;
}

/** State that several writers change: each write names the version it began from. */
export interface VersionedStates {
  /** Reads a value with its version; undefined if there is none. @throws SidecarError */
  readVersioned: (key: string) => Promise<VersionedState | undefined>;
  /**
   * Writes a value if it still has that version.
   * @param etag the version it was read with; undefined: there must be none yet.
   * @param ttlSeconds the store forgets it so long after this write.
   * @returns false when somebody else wrote meanwhile: read again. @throws SidecarError
   */
  writeVersioned: (
    key: string,
    value: object,
    etag: string | undefined,
    ttlSeconds: number,
  ) => Promise<boolean>;
  /** Deletes a value of any version. @throws SidecarError */
  deleteState: (key: string) => Promise<void>;
}

/** Makes the sidecar's client. Does not connect: the sidecar may start later. */
export function createSidecar(options: SidecarOptions): Sidecar & VersionedStates {
  const client = new DaprClient({
    daprHost: options.host,
    daprPort: String(options.port),
    ...(options.apiToken ? { daprApiToken: options.apiToken } : {}),
    // The client's debug lines contain the token.
    logger: { service: silent },
  });
  // The client would wait up to a minute for the sidecar before each first call; here a call fails and its caller decides.
  (
    client.daprClient as unknown as { setIsInitialized?: (yes: boolean) => void }
  ).setIsInitialized?.(true);
  handTraceOn(client);
  const healthUrl = `http://${options.host}:${options.port}/v1.0/healthz/outbound`;
  return {
    publish: async (topic, event) => {
      const { error } = await limited(
        client.pubsub.publish(options.pubsub, topic, cloudEvent(event), {
          contentType: 'application/cloudevents+json',
          metadata: { partitionKey: event.subject },
        }),
        `publish to ${topic}`,
      );
      if (error) throw asSidecarError(error, `publish to ${topic}`);
    },
    invoke: async (appId, method, path, body) => {
      const name = path.replace(/^\//, '');
      const attributes = { 'http.request.method': method, 'service.peer.name': appId };
      return await inSpan(
        { name: `${method} ${appId}`, kind: 'client', attributes },
        async (span) => {
          try {
            return await limited(
              client.invoker.invoke(appId, name, METHODS[method], body),
              `call ${appId}`,
            );
          } catch (error) {
            if (error instanceof SidecarError)
              span.set({ 'http.response.status_code': error.status });
            throw error;
          }
        },
      );
    },
    getState: async (key) => {
      const value: unknown = await limited(
        client.state.get(options.statestore, encodeURIComponent(key)),
        'read state',
      );
      return value === '' ? undefined : value;
    },
    saveState: async (key, value) => {
      const { error } = await limited(
        client.state.save(options.statestore, [{ key, value: value as object }]),
        'write state',
      );
      if (error) throw asSidecarError(error, 'write state');
    },
    readVersioned: async (key) => {
      const [item] = await limited(client.state.getBulk(options.statestore, [key]), 'read state');
      // a bulk read answers 200 and tells what failed in the item
      const { error, etag, data } = (item ?? {}) as {
        error?: string;
        etag?: string;
        data?: unknown;
      };
      if (error) throw new SidecarError(`read state: ${error}`, 500, error);
      return etag === undefined || data == null ? undefined : { value: data, etag };
    },
    writeVersioned: async (key, value, etag, ttlSeconds) => {
      const item = {
        key,
        value,
        ...(etag === undefined ? {} : { etag: etag as never }), // a string on the wire, whatever the type says
        options: {
          concurrency: StateConcurrencyEnum.CONCURRENCY_FIRST_WRITE,
          consistency: StateConsistencyEnum.CONSISTENCY_STRONG,
        },
        metadata: { ttlInSeconds: String(ttlSeconds) },
      };
      const { error } = await limited(client.state.save(options.statestore, [item]), 'write state');
      if (!error) return true;
      const failed = asSidecarError(error, 'write state');
      // state.postgresql says 409 for another version, but 500 when there is one where none was expected (daprd 1.18)
      const exists = etag === undefined && failed.body.includes('no item was updated');
      if (failed.status === 409 || exists) return false;
      throw failed;
    },
    deleteState: async (key) => {
      const { error } = await limited(
        client.state.delete(options.statestore, encodeURIComponent(key)),
        'delete state',
      );
      if (error) throw asSidecarError(error, 'delete state');
    },
    isReady: async () => {
      try {
        const answer = await fetch(healthUrl, {
          signal: AbortSignal.timeout(HEALTH_TIMEOUT_MS),
          headers: options.apiToken ? { 'dapr-api-token': options.apiToken } : {},
        });
        await answer.body?.cancel();
        return answer.ok;
      } catch {
        return false;
      }
    },
    close: async () => {
      await client.stop();
    },
  };
}

/** The client sends no trace context of itself, and takes headers for calls of services only. */
function handTraceOn({ daprClient }: DaprClient): void {
  const http = daprClient as unknown as {
    execute: (
      url: string,
      params?: { method?: string; headers?: object },
      ...rest: unknown[]
    ) => Promise<unknown>;
  };
  const execute = http.execute.bind(http);
  http.execute = (url, params, ...rest) => {
    const trace = currentTrace();
    if (trace === undefined) return execute(url, params, ...rest);
    const headers = { traceparent: trace.traceparent, ...params?.headers };
    // it fails at options without a method, and takes none for GET
    return execute(url, { method: 'GET', ...params, headers }, ...rest);
  };
}

const METHODS = {
  GET: HttpMethod.GET,
  POST: HttpMethod.POST,
  PUT: HttpMethod.PUT,
  DELETE: HttpMethod.DELETE,
} as const;

function cloudEvent(event: OutgoingEvent): object {
  return {
    specversion: '1.0',
    id: event.id,
    source: event.source,
    type: event.type,
    subject: event.subject,
    time: event.time,
    datacontenttype: 'application/json',
    ...traceAttributes(event.traceparent),
    data: event.data,
  };
}

/**
 * Both attributes or, for what is no trace context, none. daprd keeps `traceparent` only beside its own older `traceid`; without
 * that it writes a trace of its own over both. Always text: daprd before 1.18.3 ends at one that is not.
 */
function traceAttributes(traceparent: unknown): { traceparent?: string; traceid?: string } {
  return isTraceparent(traceparent) ? { traceparent, traceid: traceparent } : {};
}

async function limited<T>(call: Promise<T>, what: string): Promise<T> {
  try {
    return await within(CALL_TIMEOUT_MS, call, () => {
      throw new SidecarError(`${what}: no answer from the sidecar within ${CALL_TIMEOUT_MS} ms`);
    });
  } catch (error) {
    throw asSidecarError(error, what);
  }
}

// The client reports a failed call as an Error whose message is JSON: { error, error_msg, status }.
function asSidecarError(error: unknown, what: string): SidecarError {
  if (error instanceof SidecarError) return error;
  const message = error instanceof Error ? error.message : String(error);
  try {
    const told = JSON.parse(message) as { error_msg?: string; status?: number };
    return new SidecarError(
      `${what}: the sidecar answered ${told.status ?? 'an error'}: ${(told.error_msg ?? '').slice(0, 500)}`,
      told.status,
      told.error_msg,
    );
  } catch {
    return new SidecarError(`${what}: ${message}`);
  }
}

const silent = { error: drop, warn: drop, info: drop, verbose: drop, debug: drop };
function drop(): void {
  // the callers of this module log what failed, once, with its ids
}

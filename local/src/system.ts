// The whole system on this machine, without containers: what `npm run up` and the event-flow suite start.
// `startSystem` is the order of starting, a line a step; stopping is the reverse (running-parts.ts):
//
//   PostgreSQL, a login for each part, the state store's schema → Kafka (if asked for) → pub/sub component beside each sidecar →
//   services and sidecars → web
import { rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import {
  DEFAULT_DATA_DIR,
  removeData,
  requireSecretsOfData,
  ROOT,
  socketFolder,
} from './data-folder.ts';
import type { TokenClaims } from './dev-auth.ts';
import {
  renderDaprResources,
  startBroker,
  startComponents,
  startDatabase,
  startPrometheus,
  startServices,
  startTraceStore,
  storesTraces,
  startWeb,
  type Launch,
} from './launch.ts';
import { endLeftovers } from './leftovers.ts';
import type { PubsubKind } from './parts/dapr-resources.ts';
import { acquireDaprd, type Daprd } from './parts/daprd.ts';
import { requirePrometheus, type Observe } from './parts/prometheus.ts';
import { traceStoreUrl } from './parts/trace-store.ts';
import { webServerFolder } from './parts/web-build.ts';
import type { WebProgram } from './parts/web.ts';
import {
  DEFAULT_PORT_BASE,
  planPorts,
  portsOf,
  publicUrl,
  requireFreePorts,
  type PortPlan,
  type ServiceName,
} from './ports.ts';
import { replicasOf, type ReplicaName } from './replicas.ts';
import { partNamed, stopInOrder, waitUntilHealthy } from './running-parts.ts';
import { takeOver } from './runner.ts';
import { loadSecrets } from './secrets.ts';
import { supervise, type Part, type PartEvent } from './supervisor.ts';
import { tokenFor } from './system-token.ts';

/** How to start a system. */
export interface SystemOptions {
  /** First port; see docs/reference/system.md. */
  portBase?: number;
  /** Where its data, logs and secrets live. */
  dataDir?: string;
  pubsub?: PubsubKind;
  /** Without the web app: false. `source`: its page follows its sources, instead of a production build. */
  web?: boolean | 'source';
  /** Serve metrics, and start Prometheus to collect them and a trace store. */
  observe?: boolean | Observe;
  /** Replicas of each service, each with a sidecar; default 1. Prometheus collects from the first ones only. */
  replicas?: number;
  /** Throw away all data first. */
  reset?: boolean;
  /** More environment for a service, by its name, or for one replica, such as `audit-2`. */
  env?: Partial<Record<ReplicaName | 'web', Record<string, string>>>;
  /** Gets a line before and during anything slow. */
  say?: (line: string) => void;
  /** Gets what happens to the parts. */
  onPart?: (event: PartEvent) => void;
  /** Gives up starting: what runs already is ended, and `startSystem` rejects. */
  signal?: AbortSignal;
}

/** A running system. */
export interface System {
  urls: {
    /** Web, or the backend if there is no web: where people and curl go. */
    public: string;
    backend: string;
    /** Only with `observe`. */
    prometheus?: string;
    /** Only with `observe`, and where the environment names no collector. */
    traces?: string;
  };
  parts: readonly Part[];
  ports: PortPlan;
  dataDir: string;
  logs: string;
  daprd: Daprd;
  /** host:port of the broker, if events go through Kafka. */
  brokers?: string;
  /** Sends a signal to a part's process, for tests of its recovery. False if it does not run just now. */
  kill: (part: string, signal?: NodeJS.Signals) => boolean;
  /** Waits until every part is healthy at the same time. @throws Error naming what is not, after `timeoutMs` */
  waitUntilHealthy: (timeoutMs: number) => Promise<void>;
  /** A token that the backend accepts. */
  token: (claims: TokenClaims) => Promise<string>;
  /** Publishes a CloudEvent as it is, through a service's sidecar. @returns daprd's HTTP status */
  publish: (topic: string, event: unknown, by?: ServiceName) => Promise<number>;
  /** Hands a CloudEvent to a subscriber as its sidecar would. */
  deliver: (service: ServiceName, topic: string, event: unknown) => Promise<Response>;
  /** Ends everything, in order; at once (SIGKILL) with `now`. */
  stop: (now?: boolean) => Promise<void>;
}

/**
 * Starts the system and waits until every part is healthy. Nothing is left running if it throws.
 * @throws AlreadyRunningError, PortsTakenError, NoDaprdError, NoKafkaError, NoPrometheusError, WebBuildError, PartFailedError
 */
export async function startSystem(options: SystemOptions = {}): Promise<System> {
  const dataDir = resolve(options.dataDir ?? DEFAULT_DATA_DIR);
  const portBase = options.portBase ?? DEFAULT_PORT_BASE;
  const say = options.say ?? ((): void => undefined);
  const ports = planPorts(portBase);
  const pubsub = options.pubsub ?? 'postgresql';
  const replicas = replicasOf(portBase, options.replicas ?? 1);
  const withWeb = options.web !== false;

  const observe = options.observe === true ? {} : options.observe || undefined;
  if (observe) await requirePrometheus();
  await mkdir(dataDir, { recursive: true });
  takeOver(dataDir, portBase);
  const parts: Part[] = [];
  const folders = { logs: join(dataDir, 'logs'), records: join(dataDir, 'run') };
  const stop = async (now = false): Promise<void> => {
    await stopInOrder(parts, now);
    rmSync(socketFolder(dataDir), { recursive: true, force: true });
    rmSync(join(dataDir, 'runner.json'), { force: true });
  };

  try {
    const leftovers = await endLeftovers(folders.records);
    if (leftovers.length > 0)
      say(`stopped processes left by an earlier run: ${leftovers.join(', ')}`);
    rmSync(socketFolder(dataDir), { recursive: true, force: true });
    if (options.reset) await removeData(dataDir, say);
    await requireFreePorts(
      portsOf(
        ports,
        replicas,
        withWeb,
        pubsub === 'kafka' && !process.env['KAFKA_BROKERS'],
        !process.env['DATABASE_URL'],
        observe !== undefined,
        storesTraces({ observe }),
      ),
    );
    if (!process.env['DATABASE_URL']) await requireSecretsOfData(dataDir);
    const secrets = await loadSecrets(join(dataDir, 'secrets.json'));
    const daprd = await acquireDaprd(say);
    const webProgram = await webProgramOf(options.web, say);

    const launch: Launch = {
      ...{ dataDir, ports, replicas, pubsub, withWeb, secrets, say },
      env: options.env ?? {},
      observe,
      signal: options.signal,
      publicUrl: publicUrl(portBase),
      start: (spec) => {
        options.signal?.throwIfAborted();
        const part = supervise(spec, folders, options.onPart ?? ((): void => undefined));
        parts.push(part);
        return part;
      },
      healthy: async (started) => {
        const all = Promise.all(started.map((part) => part.started));
        await (options.signal ? Promise.race([all, rejectOnAbort(options.signal)]) : all);
      },
    };
    const database = await startDatabase(launch);
    const brokers = await startBroker(launch);
    const resources = await renderDaprResources(launch, database, brokers);
    await startComponents(launch);
    const services = await startServices(launch, database, daprd, resources);
    // Web needs nobody to start, and the backend fetches its keys only when the first token comes.
    if (webProgram !== undefined) services.push(startWeb(launch, database, webProgram));
    services.push(...startTraceStore(launch), ...(await startPrometheus(launch)));
    await launch.healthy(services);

    const backend = `http://127.0.0.1:${ports.services.backend.app}`;
    return {
      urls: {
        public: withWeb ? launch.publicUrl : backend,
        backend,
        ...(observe && { prometheus: `http://127.0.0.1:${ports.prometheus}` }),
        ...(storesTraces(launch) && { traces: traceStoreUrl(ports) }),
      },
      ...{ parts, ports, dataDir, logs: folders.logs, daprd, stop },
      ...(brokers !== undefined && { brokers }),
      kill: (name, signal = 'SIGKILL') => partNamed(parts, name).kill(signal),
      waitUntilHealthy: (timeoutMs) => waitUntilHealthy(parts, timeoutMs),
      token: (claims) => tokenFor(dataDir, portBase, claims),
      publish: async (topic, event, by = 'backend') => {
        const daprUrl = `http://127.0.0.1:${ports.services[by].daprHttp}`;
        const url = `${daprUrl}/v1.0/publish/pubsub/${topic}`;
        return (await postEvent(url, secrets.daprApiToken, event)).status;
      },
      deliver: (service, topic, event) =>
        postEvent(
          `http://127.0.0.1:${ports.services[service].app}/events/${topic}`,
          secrets.appApiToken,
          event,
        ),
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function webProgramOf(
  web: SystemOptions['web'],
  say: (line: string) => void,
): Promise<WebProgram | undefined> {
  if (web === false || web === 'source') return web || undefined;
  return { build: await webServerFolder(ROOT, say) };
}

/** POSTs a CloudEvent as it is. @param event text is sent unchanged, anything else as JSON */
function postEvent(url: string, token: string, event: unknown): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/cloudevents+json', 'dapr-api-token': token },
    body: typeof event === 'string' ? event : JSON.stringify(event),
  });
}

function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const fail = (): void => {
      reject(signal.reason as Error);
    };
    if (signal.aborted) fail();
    signal.addEventListener('abort', fail, { once: true });
  });
}

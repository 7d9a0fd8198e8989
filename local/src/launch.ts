// The steps of starting a system: each starts one kind of part and gives what later steps need. Their order is in system.ts.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Addresses } from '@todo/deploy/plan/database-logins';
import { ROOT } from './data-folder.ts';
import { ensureDevKey } from './dev-auth.ts';
import {
  renderResources,
  type PubsubKind,
  type RenderedResources,
} from './parts/dapr-resources.ts';
import type { Daprd } from './parts/daprd.ts';
import { kafkaPart } from './parts/kafka.ts';
import { makeDatabase, postgresPart, requireDatabase } from './parts/postgres.ts';
import {
  environmentOf,
  prepareDatabase,
  type DatabaseAddresses,
} from './parts/prepare-database.ts';
import { prometheusPart, type Observe } from './parts/prometheus.ts';
import { componentPart } from './parts/pubsub-component.ts';
import { accountSettings, channelSettings, servicePart } from './parts/services.ts';
import { sidecarPart } from './parts/sidecars.ts';
import {
  hasOwnTelemetry,
  traceStoreEnv,
  traceStorePart,
  traceStoreUrl,
} from './parts/trace-store.ts';
import { webPart, type WebProgram } from './parts/web.ts';
import type { PortPlan, ServiceName } from './ports.ts';
import type { Replica, ReplicaName } from './replicas.ts';
import type { Secrets } from './secrets.ts';
import type { Part, PartSpec } from './supervisor.ts';
import { AUDIENCE } from './system-token.ts';

/** Whose account is an operator where OPERATOR_EMAILS says nothing. */
export const DEFAULT_OPERATOR = 'operator@example.com';

/** What every step of the start works with. */
export interface Launch {
  readonly dataDir: string;
  /** The address people type; also the tokens' issuer. */
  readonly publicUrl: string;
  readonly ports: PortPlan;
  /** Of every service. */
  readonly replicas: readonly Replica[];
  readonly pubsub: PubsubKind;
  readonly withWeb: boolean;
  /** With metrics, and Prometheus to collect them. */
  readonly observe: Observe | undefined;
  readonly secrets: Secrets;
  /** More environment for a part, by its name. */
  readonly env: Partial<Record<ReplicaName | 'web', Record<string, string>>>;
  /** Gives up starting. */
  readonly signal: AbortSignal | undefined;
  readonly say: (line: string) => void;
  /** Starts a part and keeps it running. @throws the signal's reason when the start was given up */
  readonly start: (spec: PartSpec) => Part;
  /** Waits for started parts. @throws PartFailedError, or the signal's reason */
  readonly healthy: (started: readonly Part[]) => Promise<void>;
}

/**
 * The embedded PostgreSQL with its database, or the one that DATABASE_URL names; with a login for each part, where its login may
 * make them.
 */
export async function startDatabase(launch: Launch): Promise<DatabaseAddresses> {
  const { dataDir, ports, secrets } = launch;
  let url = process.env['DATABASE_URL'];
  if (url === undefined) {
    await launch.healthy([launch.start(await postgresPart(dataDir, ports.postgres, secrets))]);
    url = await makeDatabase(ports.postgres, secrets);
  } else {
    await requireDatabase(url);
  }
  const operator = { url, directUrl: process.env['DATABASE_DIRECT_URL'] ?? url };
  const addresses = await prepareDatabase(operator, {
    secret: secrets.databaseLogins,
    one: process.env['DATABASE_LOGINS'] === 'one',
    signal: launch.signal,
  });
  if (addresses.shared !== undefined)
    launch.say(`all parts share one database login: ${addresses.shared}`);
  return addresses;
}

/** For Kafka: the brokers that KAFKA_BROKERS names, or one of our own. */
export async function startBroker({
  dataDir,
  ports,
  pubsub,
  say,
  start,
  healthy,
}: Launch): Promise<string | undefined> {
  if (pubsub !== 'kafka') return undefined;
  const outside = process.env['KAFKA_BROKERS'];
  if (outside !== undefined && outside !== '') return outside;
  const folder = join(dataDir, 'kafka');
  await healthy([start(await kafkaPart(folder, ports.kafka, ports.kafkaController, say))]);
  return `127.0.0.1:${ports.kafka}`;
}

/** Dapr's components and configuration for this system, as files. */
export async function renderDaprResources(
  { dataDir, pubsub }: Launch,
  database: DatabaseAddresses,
  brokers: string | undefined,
): Promise<RenderedResources> {
  const nameFile = join(dataDir, 'names.db');
  const resources = await renderResources({
    source: join(ROOT, 'dapr'),
    target: join(dataDir, 'dapr'),
    pubsub,
    brokers: brokers ?? '',
    secrets: {
      'todo-pubsub': secretOf(database.of('pubsub-postgresql')),
      'todo-state': secretOf(database.of('state')),
    },
    nameFile,
  });
  for (const suffix of ['', '-wal', '-shm']) await rm(`${nameFile}${suffix}`, { force: true });
  return resources;
}

function secretOf({ url, directUrl }: Addresses): Record<string, string> {
  return { 'database-url': url, 'database-direct-url': directUrl };
}

/** The pub/sub components, healthy: sidecars start after them. */
export async function startComponents(launch: Launch): Promise<void> {
  const { dataDir, replicas, pubsub, secrets, start } = launch;
  const components =
    pubsub === 'postgresql'
      ? replicas.map((replica) =>
          start(componentPart(replica, dataDir, secrets, launch.observe !== undefined)),
        )
      : [];
  await launch.healthy(components);
}

/** Starts each replica of each service with its sidecar; waits for none. */
export async function startServices(
  launch: Launch,
  database: DatabaseAddresses,
  daprd: Daprd,
  resources: RenderedResources,
): Promise<Part[]> {
  const { dataDir, ports, pubsub, secrets, start, withWeb } = launch;
  const jwksUrls = [pathToFileURL(await ensureDevKey(join(dataDir, 'dev-auth'))).href];
  if (withWeb) jwksUrls.unshift(`http://127.0.0.1:${ports.web}/api/auth/jwks`);
  const own: Partial<Record<ServiceName, Record<string, string>>> = {
    backend: {
      AUTH_ISSUER: launch.publicUrl,
      AUTH_AUDIENCE: AUDIENCE,
      AUTH_JWKS_URLS: jwksUrls.join(','),
    },
    notification: { ...(withWeb && { PUBLIC_URL: launch.publicUrl }), ...channelSettings() },
  };
  return launch.replicas.flatMap((replica) => [
    start(
      servicePart(replica, secrets, {
        ...environmentOf(database.of(replica.service)),
        ...own[replica.service],
        ...metricsEnv(launch, replica.ports.metrics),
        ...traceEnv(launch),
        ...launch.env[replica.service],
        ...launch.env[replica.name],
      }),
    ),
    start(sidecarPart(replica, dataDir, pubsub, daprd, resources, secrets, traceEnv(launch))),
  ]);
}

/** Starts the web app; does not wait for it. */
export function startWeb(launch: Launch, database: DatabaseAddresses, program: WebProgram): Part {
  return launch.start(
    webPart(program, launch.ports, launch.publicUrl, {
      ...environmentOf(database.of('web')),
      BETTER_AUTH_SECRET: launch.secrets.betterAuthSecret,
      OPERATOR_EMAILS: process.env['OPERATOR_EMAILS'] ?? DEFAULT_OPERATOR,
      // a system for this machine's own people, mostly without a mail server
      OPERATOR_EMAILS_NEED_CONFIRMATION:
        process.env['OPERATOR_EMAILS_NEED_CONFIRMATION'] ?? 'false',
      ...accountSettings(),
      ...metricsEnv(launch, launch.ports.webMetrics),
      ...traceEnv(launch),
      ...(storesTraces(launch) && { TRACE_URL: `${traceStoreUrl(launch.ports)}/trace/{traceId}` }),
      ...launch.env.web,
    }),
  );
}

/** Starts Prometheus, where the system is observed; does not wait for it. */
export async function startPrometheus(launch: Launch): Promise<Part[]> {
  const { dataDir, ports, pubsub, withWeb: web, observe } = launch;
  if (observe === undefined) return [];
  const options = { pubsub, web, ...observe };
  return [launch.start(await prometheusPart(join(dataDir, 'prometheus'), ports, options))];
}

/** Starts the trace store, where the system is observed and nobody else takes its spans; does not wait for it. */
export function startTraceStore(launch: Launch): Part[] {
  return storesTraces(launch) ? [launch.start(traceStorePart(launch.ports))] : [];
}

/** Whether the spans go to a trace store of this system's own. */
export function storesTraces({ observe }: Pick<Launch, 'observe'>): boolean {
  return observe !== undefined && !hasOwnTelemetry();
}

function traceEnv(launch: Launch): Record<string, string> {
  return storesTraces(launch) ? traceStoreEnv(launch.ports) : {};
}

function metricsEnv({ observe }: Launch, port: number): Record<string, string> {
  return observe === undefined ? {} : { METRICS_PORT: String(port) };
}

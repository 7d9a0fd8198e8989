// The whole system on this machine, without containers: what `npm run up` and the event-flow suite start.
// The order of starting is the order of the functions below; stopping is the reverse.
//
//   PostgreSQL → Kafka (if asked for) → the state store's schema, pub/sub component beside each sidecar → services and
//   sidecars → web
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { execa } from 'execa';
import pg from 'pg';
import { acquireDaprd, type Daprd } from './parts/daprd.ts';
import {
  renderResources,
  type PubsubKind,
  type RenderedResources,
} from './parts/dapr-resources.ts';
import { ensureDevKey, signToken, type TokenClaims } from './dev-auth.ts';
import { kafkaPart } from './parts/kafka.ts';
import {
  APP_IDS,
  planPorts,
  requireFreePorts,
  SERVICES,
  type PortPlan,
  type ServiceName,
} from './ports.ts';
import { dataLocation, prepareServer, serverUrl, SUPERUSER } from './parts/postgres-server.ts';
import { answersOk, canConnect } from './probes.ts';
import { endGroup, identify, isRunning, type ProcessIdentity } from './process-identity.ts';
import { loadSecrets, type Secrets } from './secrets.ts';
import {
  describe,
  endLeftovers,
  supervise,
  type Part,
  type PartEvent,
  type PartSpec,
} from './supervisor.ts';
import { webServerFolder } from './parts/web-build.ts';

/** The repository's root. */
export const ROOT = resolve(import.meta.dirname, '..', '..');
/** Of the tokens; the backend's default. */
export const AUDIENCE = 'todo';
export const DEFAULT_PORT_BASE = 4300;
export const DEFAULT_DATA_DIR = join(ROOT, '.local');

/** How to start a system. */
export interface SystemOptions {
  /** First port; see docs/reference/system.md. */
  portBase?: number;
  /** Where its data, logs and secrets live. */
  dataDir?: string;
  pubsub?: PubsubKind;
  /** Without the web app: false. */
  web?: boolean;
  /** Throw away all data first. */
  reset?: boolean;
  /** More environment for a service, by its name. */
  env?: Partial<Record<ServiceName | 'web', Record<string, string>>>;
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
  };
  parts: readonly Part[];
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

/** Another system runs on the same data. */
export class AlreadyRunningError extends Error {
  override name = 'AlreadyRunningError';
}

/** Who runs a system on a data folder; kept in runner.json there. */
interface Runner extends ProcessIdentity {
  startedAt: string;
  publicUrl: string;
}

/** A path as its caller meant it: npm runs scripts in the root, and tells where it was called. */
export function fromCaller(path: string): string {
  return resolve(process.env['INIT_CWD'] ?? process.cwd(), path);
}

/** The address people type, by which tokens are issued. */
export function publicUrl(portBase: number): string {
  return `http://localhost:${portBase}`;
}

/** A token for the system on a data folder, whether or not it runs now. */
export async function tokenFor(
  dataDir: string,
  portBase: number | undefined,
  claims: TokenClaims,
  lifetime = '12h',
): Promise<string> {
  const folder = resolve(dataDir);
  const issuer =
    portBase === undefined
      ? (readRunner(folder)?.publicUrl ?? publicUrl(DEFAULT_PORT_BASE))
      : publicUrl(portBase);
  return await signToken(join(folder, 'dev-auth'), issuer, AUDIENCE, claims, lifetime);
}

/**
 * Starts the system and waits until every part is healthy. Nothing is left running if it throws.
 * @throws AlreadyRunningError, PortsTakenError, NoDaprdError, NoKafkaError, WebBuildError, PartFailedError
 */
export async function startSystem(options: SystemOptions = {}): Promise<System> {
  const dataDir = resolve(options.dataDir ?? DEFAULT_DATA_DIR);
  const portBase = options.portBase ?? DEFAULT_PORT_BASE;
  const say = options.say ?? ((): void => undefined);
  const ports = planPorts(portBase);
  const pubsub = options.pubsub ?? 'postgresql';
  const withWeb = options.web !== false;
  const externalDatabase = process.env['DATABASE_URL'];
  const externalBrokers = pubsub === 'kafka' ? process.env['KAFKA_BROKERS'] : undefined;

  await mkdir(dataDir, { recursive: true });
  takeOver(dataDir, portBase);
  const parts: Part[] = [];
  const stopAll = async (now = false): Promise<void> => {
    await stopInOrder(parts, now);
    rmSync(socketFolder(dataDir), { recursive: true, force: true });
    rmSync(join(dataDir, 'runner.json'), { force: true });
  };

  try {
    const leftovers = await endLeftovers(join(dataDir, 'run'));
    if (leftovers.length > 0) say(`ended what a former run had left: ${leftovers.join(', ')}`);
    rmSync(socketFolder(dataDir), { recursive: true, force: true });
    if (options.reset) await removeData(dataDir, say);
    const wanted = portsOf(
      ports,
      withWeb,
      pubsub === 'kafka' && !externalBrokers,
      !externalDatabase,
    );
    await requireFreePorts(wanted);

    if (!externalDatabase) await requireSecretsOfData(dataDir);
    const secrets = await loadSecrets(join(dataDir, 'secrets.json'));
    const daprd = await acquireDaprd(say);
    const webFolder = withWeb ? await webServerFolder(ROOT, say) : undefined;
    const folders = { logs: join(dataDir, 'logs'), records: join(dataDir, 'run') };
    const start = (spec: PartSpec): Part => {
      options.signal?.throwIfAborted();
      const part = supervise(spec, folders, options.onPart ?? ((): void => undefined));
      parts.push(part);
      return part;
    };

    const healthy = async (started: Part[]): Promise<void> => {
      const all = Promise.all(started.map((part) => part.started));
      await (options.signal ? Promise.race([all, rejectOnAbort(options.signal)]) : all);
    };

    let databaseUrl = externalDatabase;
    if (databaseUrl === undefined) {
      await healthy([start(await postgresPart(dataDir, ports.postgres, secrets))]);
      databaseUrl = await makeDatabase(ports.postgres, secrets);
    } else {
      await requireDatabase(databaseUrl);
    }
    const directUrl = process.env['DATABASE_DIRECT_URL'] ?? databaseUrl;

    let brokers = externalBrokers;
    if (pubsub === 'kafka' && brokers === undefined) {
      const kafka = await kafkaPart(
        join(dataDir, 'kafka'),
        ports.kafka,
        ports.kafkaController,
        say,
      );
      await healthy([start(kafka)]);
      brokers = `127.0.0.1:${ports.kafka}`;
    }

    const resources = await renderResources({
      source: join(ROOT, 'dapr'),
      target: join(dataDir, 'dapr'),
      pubsub,
      brokers: brokers ?? '',
      secrets: { 'database-url': databaseUrl, 'database-direct-url': directUrl },
      nameFile: join(dataDir, 'names.db'),
    });
    for (const suffix of ['', '-wal', '-shm']) {
      await rm(join(dataDir, `names.db${suffix}`), { force: true });
    }
    const jwks = await ensureDevKey(join(dataDir, 'dev-auth'));
    const issuer = publicUrl(portBase);
    const databaseEnv = {
      DATABASE_URL: databaseUrl,
      ...(directUrl !== databaseUrl && { DATABASE_DIRECT_URL: directUrl }),
    };
    const jwksUrls = [pathToFileURL(jwks).href];
    if (withWeb) jwksUrls.unshift(`http://127.0.0.1:${ports.web}/api/auth/jwks`);

    const components =
      pubsub === 'postgresql'
        ? SERVICES.map((service) => start(componentPart(service, ports, dataDir, secrets)))
        : [];
    await Promise.all([healthy(components), prepareStateStore(databaseEnv, options.signal)]);
    const services = SERVICES.flatMap((service) => [
      start(
        servicePart(service, ports, secrets, {
          ...databaseEnv,
          ...(service === 'backend' && {
            AUTH_ISSUER: issuer,
            AUTH_AUDIENCE: AUDIENCE,
            AUTH_JWKS_URLS: jwksUrls.join(','),
          }),
          ...(service === 'notification' && {
            ...(withWeb && { PUBLIC_URL: issuer }),
            ...given(CHANNEL_SETTINGS),
          }),
          ...options.env?.[service],
        }),
      ),
      start(sidecarPart(service, ports, dataDir, pubsub, daprd, resources, secrets)),
    ]);
    // Web needs nobody to start, and the backend fetches its keys only when the first token comes.
    if (webFolder !== undefined) {
      services.push(
        start(
          webPart(webFolder, ports, issuer, {
            ...databaseEnv,
            BETTER_AUTH_SECRET: secrets.betterAuthSecret,
            OPERATOR_EMAILS: process.env['OPERATOR_EMAILS'] ?? 'operator@example.com',
            ...options.env?.web,
          }),
        ),
      );
    }
    await healthy(services);

    const backend = `http://127.0.0.1:${ports.services.backend.app}`;
    return {
      urls: { public: withWeb ? issuer : backend, backend },
      parts,
      dataDir,
      logs: folders.logs,
      daprd,
      ...(brokers !== undefined && { brokers }),
      kill: (name, signal = 'SIGKILL') => find(parts, name).kill(signal),
      waitUntilHealthy: (timeoutMs) => waitUntilHealthy(parts, timeoutMs),
      token: (claims) => tokenFor(dataDir, portBase, claims),
      publish: async (topic, event, by = 'backend') => {
        const response = await fetch(
          `http://127.0.0.1:${ports.services[by].daprHttp}/v1.0/publish/pubsub/${topic}`,
          {
            method: 'POST',
            headers: {
              'content-type': 'application/cloudevents+json',
              'dapr-api-token': secrets.daprApiToken,
            },
            body: typeof event === 'string' ? event : JSON.stringify(event),
          },
        );
        return response.status;
      },
      deliver: (service, topic, event) =>
        fetch(`http://127.0.0.1:${ports.services[service].app}/events/${topic}`, {
          method: 'POST',
          headers: {
            'content-type': 'application/cloudevents+json',
            'dapr-api-token': secrets.appApiToken,
          },
          body: typeof event === 'string' ? event : JSON.stringify(event),
        }),
      stop: stopAll,
    };
  } catch (error) {
    await stopAll();
    throw error;
  }
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

function postgresPart(dataDir: string, port: number, secrets: Secrets): Promise<PartSpec> {
  const options = { dataDir: join(dataDir, 'postgres'), port, password: secrets.postgresPassword };
  return prepareServer(options).then((server) => ({
    name: 'postgres',
    command: server.command,
    args: server.args,
    ...(server.uid !== undefined && { uid: server.uid }),
    ...(server.gid !== undefined && { gid: server.gid }),
    url: `127.0.0.1:${port}`,
    stopSignal: 'SIGINT', // "fast": clients are cut off, nothing committed is lost
    stopGraceMs: 20_000,
    beforeStart: () => clearStaleLock(server.dataDir),
    health: async () => {
      await query(serverUrl(port, secrets.postgresPassword, SUPERUSER), 'SELECT 1');
      return undefined;
    },
  }));
}

/**
 * A postmaster.pid outlives a crash. PostgreSQL refuses to start while any process of the same user has that pid, even
 * if the machine was restarted and it is another program. What really is an old server on this data is ended.
 */
async function clearStaleLock(dataDir: string): Promise<void> {
  const lock = join(dataDir, 'postmaster.pid');
  const text = await readFile(lock, 'utf8').catch(() => undefined);
  const pid = Number(text?.split('\n')[0]);
  if (!Number.isInteger(pid) || pid <= 0) return;
  const holder = identify(pid);
  if (holder && isServerOn(pid, dataDir)) await endGroup(holder, 'SIGINT', 10_000);
  else if (holder) await rm(lock, { force: true });
}

function isServerOn(pid: number, dataDir: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(dataDir);
  } catch {
    return true; // not Linux: leave the judgement to PostgreSQL
  }
}

function componentPart(
  service: ServiceName,
  ports: PortPlan,
  dataDir: string,
  secrets: Secrets,
): PartSpec {
  const folder = join(socketFolder(dataDir), service);
  const socket = join(folder, 'postgresql.sock');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return {
    name: `pubsub-${service}`,
    command: process.execPath,
    args: [join(ROOT, 'services', 'pubsub-postgresql', 'src', 'main.ts')],
    env: {
      DAPR_COMPONENTS_SOCKETS_FOLDER: folder,
      DAPR_HTTP_PORT: String(ports.services[service].daprHttp),
      DAPR_API_TOKEN: secrets.daprApiToken,
    },
    health: () => canConnect({ path: socket }),
  };
}

function servicePart(
  service: ServiceName,
  ports: PortPlan,
  secrets: Secrets,
  env: Record<string, string>,
): PartSpec {
  const { app, daprHttp } = ports.services[service];
  const url = `http://127.0.0.1:${app}`;
  return {
    name: service,
    command: process.execPath,
    args: [join(ROOT, 'services', service, 'src', 'main.ts')],
    env: {
      HOST: '127.0.0.1',
      PORT: String(app),
      DAPR_HTTP_PORT: String(daprHttp),
      DAPR_API_TOKEN: secrets.daprApiToken,
      APP_API_TOKEN: secrets.appApiToken,
      ...env,
    },
    url,
    health: () => answersOk(`${url}/readyz`),
  };
}

function sidecarPart(
  service: ServiceName,
  ports: PortPlan,
  dataDir: string,
  pubsub: PubsubKind,
  daprd: Daprd,
  { resources, configuration }: RenderedResources,
  secrets: Secrets,
): PartSpec {
  const mine = ports.services[service];
  const args: Record<string, string | number> = {
    'app-id': APP_IDS[service],
    'app-port': mine.app,
    'app-channel-address': '127.0.0.1',
    'dapr-http-port': mine.daprHttp,
    'dapr-grpc-port': mine.daprGrpc,
    'dapr-internal-grpc-port': mine.daprInternal,
    'dapr-internal-grpc-listen-address': '127.0.0.1',
    'dapr-listen-addresses': '127.0.0.1',
    'metrics-port': mine.daprMetrics,
    'metrics-listen-address': '127.0.0.1',
    'resources-path': resources,
    config: configuration,
    'dapr-graceful-shutdown-seconds': 5,
    'log-as-json': 'true',
  };
  return {
    name: `daprd-${service}`,
    command: daprd.path,
    args: Object.entries(args).map(([name, value]) => `--${name}=${value}`),
    env: {
      DAPR_API_TOKEN: secrets.daprApiToken,
      APP_API_TOKEN: secrets.appApiToken,
      DAPR_HOST_IP: '127.0.0.1',
      DAPR_COMPONENTS_SOCKETS_FOLDER: join(
        socketFolder(dataDir),
        pubsub === 'kafka' ? 'none' : service,
      ),
    },
    url: `http://127.0.0.1:${mine.daprHttp}`,
    health: () => answersOk(`http://127.0.0.1:${mine.daprHttp}/v1.0/healthz`, secrets.daprApiToken),
  };
}

/** The channels' settings, passed on from the environment as they are: docs/reference/notifications.md. */
const CHANNEL_SETTINGS = [
  'SMTP_URL',
  'SMTP_FROM',
  'VAPID_PUBLIC_KEY',
  'VAPID_PRIVATE_KEY',
  'VAPID_SUBJECT',
  'OUTBOUND_PRIVATE_ADDRESSES',
];

function given(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

function webPart(
  folder: string,
  ports: PortPlan,
  issuer: string,
  env: Record<string, string>,
): PartSpec {
  return {
    name: 'web',
    command: process.execPath,
    args: [join(folder, 'server.js')],
    cwd: folder,
    env: {
      NODE_ENV: 'production',
      NEXT_TELEMETRY_DISABLED: '1',
      HOST: '127.0.0.1',
      PORT: String(ports.web),
      PUBLIC_URL: issuer,
      BACKEND_URL: `http://127.0.0.1:${ports.services.backend.app}`,
      ...env,
    },
    url: issuer,
    health: () => answersOk(`http://127.0.0.1:${ports.web}/readyz`),
  };
}

/** Makes the database `todo` and the role that owns it; keeps the role's password right. Returns its address. */
async function makeDatabase(port: number, secrets: Secrets): Promise<string> {
  const admin = serverUrl(port, secrets.postgresPassword, SUPERUSER);
  const client = new pg.Client({ connectionString: admin });
  await client.connect();
  try {
    const role = await client.query("SELECT 1 FROM pg_roles WHERE rolname = 'todo'");
    if (role.rowCount === 0) await client.query('CREATE ROLE todo LOGIN');
    const password = client.escapeLiteral(secrets.databasePassword);
    await client.query(`ALTER ROLE todo PASSWORD ${password}`);
    const database = await client.query("SELECT 1 FROM pg_database WHERE datname = 'todo'");
    if (database.rowCount === 0) await client.query('CREATE DATABASE todo OWNER todo');
  } finally {
    await client.end();
  }
  return `postgresql://todo:${encodeURIComponent(secrets.databasePassword)}@127.0.0.1:${port}/todo`;
}

async function requireDatabase(url: string): Promise<void> {
  try {
    await query(url, 'SELECT 1');
  } catch (error) {
    const { host } = new URL(url);
    throw new Error(
      `DATABASE_URL is set, and the database at ${host} can't be used: ${describe(error)}. ` +
        'Correct it, or unset it to run the embedded PostgreSQL.',
      { cause: error },
    );
  }
}

/** The schema that the sidecars' state store names must be there before they start. */
async function prepareStateStore(
  env: Record<string, string>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const program = join(ROOT, 'services', 'backend', 'src', 'prepare-state-store.ts');
  try {
    await execa(process.execPath, [program], { env, ...(signal && { cancelSignal: signal }) });
  } catch (error) {
    throw new Error(`the state store can't be prepared: ${describe(error)}`, { cause: error });
  }
}

async function query(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query(statement);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Sockets have paths of at most 104 bytes, so they don't go below the data folder. */
function socketFolder(dataDir: string): string {
  const key = createHash('sha256').update(dataDir).digest('hex').slice(0, 8);
  const folder = join(tmpdir(), `todo-${key}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const found = lstatSync(folder);
  if (!found.isDirectory() || (process.getuid && found.uid !== process.getuid())) {
    throw new Error(`${folder} exists and is not ours. Remove it, or set TMPDIR to a short path.`);
  }
  return folder;
}

function portsOf(
  ports: PortPlan,
  web: boolean,
  kafka: boolean,
  postgres: boolean,
): Map<number, string> {
  const wanted = new Map<number, string>();
  if (web) wanted.set(ports.web, 'web');
  for (const service of SERVICES) {
    const { app, daprHttp, daprGrpc, daprInternal, daprMetrics } = ports.services[service];
    wanted.set(app, service);
    wanted.set(daprHttp, `daprd-${service} HTTP`);
    wanted.set(daprGrpc, `daprd-${service} gRPC`);
    wanted.set(daprInternal, `daprd-${service} internal gRPC`);
    wanted.set(daprMetrics, `daprd-${service} metrics`);
  }
  if (kafka) wanted.set(ports.kafka, 'kafka').set(ports.kafkaController, 'kafka controller');
  if (postgres) wanted.set(ports.postgres, 'postgres');
  return wanted;
}

function readRunner(dataDir: string): Runner | undefined {
  try {
    return JSON.parse(readFileSync(join(dataDir, 'runner.json'), 'utf8')) as Runner;
  } catch {
    return undefined;
  }
}

/** Makes us the runner of a data folder, unless somebody is. */
function takeOver(dataDir: string, portBase: number): void {
  const file = join(dataDir, 'runner.json');
  const me = identify(process.pid);
  const record = JSON.stringify({
    ...me,
    startedAt: new Date().toISOString(),
    publicUrl: publicUrl(portBase),
  });
  for (;;) {
    try {
      writeFileSync(file, record, { flag: 'wx' });
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const runner = readRunner(dataDir);
    if (runner && isRunning(runner)) {
      throw new AlreadyRunningError(
        `Already running on ${dataDir}: process ${runner.pid}, since ${runner.startedAt}, at ${runner.publicUrl}.\n` +
          `Stop it with Ctrl-C where it runs, or with: kill ${runner.pid}\n` +
          'A second system needs other data and other ports: npm run up -- --data-dir /tmp/second --port-base 4400',
      );
    }
    rmSync(file, { force: true });
  }
}

/** Data without its secrets can't be opened: the server asks for the password, and web's keys are encrypted with one. */
async function requireSecretsOfData(dataDir: string): Promise<void> {
  const file = join(dataDir, 'secrets.json');
  const { folder } = await dataLocation(join(dataDir, 'postgres'));
  if (existsSync(file) || !existsSync(join(folder, 'PG_VERSION'))) return;
  throw new Error(
    `${file} is gone, and the data in ${folder} can't be opened without it. ` +
      'Put it back, or start with --reset to throw the data away.',
  );
}

/** `--reset`: everything below the data folder but the lock and the web builds. An external database is not touched. */
async function removeData(dataDir: string, say: (line: string) => void): Promise<void> {
  const { folder, moved } = await dataLocation(join(dataDir, 'postgres'));
  for (const name of [
    'postgres',
    'kafka',
    'dapr',
    'dev-auth',
    'secrets.json',
    'logs',
    'names.db',
  ]) {
    await rm(join(dataDir, name), { recursive: true, force: true });
  }
  if (moved) await rm(folder, { recursive: true, force: true });
  say(`removed the data in ${moved ? folder : dataDir}`);
}

function find(parts: readonly Part[], name: string): Part {
  const part = parts.find((candidate) => candidate.name === name);
  if (part) return part;
  throw new Error(
    `No part ${name}; there are ${parts.map((candidate) => candidate.name).join(', ')}`,
  );
}

async function waitUntilHealthy(parts: readonly Part[], timeoutMs: number): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const states = await Promise.all(
      parts.map(async (part) => ({
        name: part.name,
        wrong: part.pid() === undefined ? 'does not run' : await part.check(),
      })),
    );
    const unhealthy = states.filter((state) => state.wrong !== undefined);
    if (unhealthy.length === 0) return;
    if (Date.now() > deadline) {
      const list = unhealthy.map((state) => `${state.name}: ${state.wrong ?? ''}`).join('\n');
      throw new Error(`Not healthy after ${timeoutMs} ms:\n${list}`);
    }
    await new Promise((done) => setTimeout(done, 100));
  }
}

/** First what takes work in, last what keeps the data; what is of one kind at the same time. */
async function stopInOrder(parts: readonly Part[], now: boolean): Promise<void> {
  const kinds: ((name: string) => boolean)[] = [
    (name) => name === 'web' || (SERVICES as readonly string[]).includes(name),
    (name) => name.startsWith('daprd-'),
    (name) => name.startsWith('pubsub-'),
    (name) => name === 'kafka',
    (name) => name === 'postgres',
  ];
  if (now) {
    await Promise.all(parts.map((part) => part.stop(true)));
    return;
  }
  for (const isOfKind of kinds) {
    await Promise.all(parts.filter((part) => isOfKind(part.name)).map((part) => part.stop()));
  }
}

// A real daprd beside a component, and the app it delivers to.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cacheFolder } from '@todo/local/parts/daprd';
import { freePort, freePorts } from '@todo/local/free-port';
import { startComponentProcess } from './component-process.ts';

const START_TIMEOUT_MS = 120_000;
/** The app's route that events are delivered to. */
const EVENTS = '/events';

/** A usable daprd: the variable DAPRD, `daprd` on the PATH, or the one this repository has built or fetched. */
export function findDaprd(): string | undefined {
  return [process.env['DAPRD'], 'daprd', join(cacheFolder(), 'daprd')].find(
    (path) =>
      path !== undefined &&
      (path === 'daprd' || existsSync(path)) &&
      spawnSync(path, ['--version'], { stdio: 'ignore' }).status === 0,
  );
}

/** What the app answers to a delivery. */
export type AppAnswer = 'SUCCESS' | 'RETRY' | 'DROP';

/** An app, its daprd and its component. */
export interface Sidecar {
  /** Publishes plain text through daprd. @throws Error with daprd's answer if it refuses */
  publish: (topic: string, text: string, metadata?: Record<string, string>) => Promise<void>;
  /** Requests with events that the app got so far. */
  calls: () => number;
  /** The component's resident memory, bytes. */
  residentBytes: () => number;
  close: () => Promise<void>;
}

/** An app that answers daprd. */
export interface App {
  port: number;
  /** Requests with events so far: one an event, or one a batch. */
  calls: () => number;
  close: () => Promise<void>;
}

/** What an app does with what was published to its topic as text. */
export type AppHandler = (text: string) => AppAnswer | Promise<AppAnswer>;

/** The body of a delivery: an event, or a batch of a bulk subscription. */
interface EventBody {
  data: string;
  entries?: { entryId: string; event: { data: string } }[];
}

/** Starts an app that subscribes to nothing by itself. */
export async function startApp(handle: AppHandler): Promise<App> {
  let calls = 0;
  const answer = async ({ data, entries }: EventBody): Promise<object> => {
    calls++;
    if (!entries) return { status: await handle(data) };
    return {
      statuses: await Promise.all(
        entries.map(async ({ entryId, event }) => ({ entryId, status: await handle(event.data) })),
      ),
    };
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body =
        request.url === EVENTS
          ? answer(JSON.parse(Buffer.concat(chunks).toString()) as EventBody)
          : Promise.resolve([]);
      body.then(
        (words) => {
          response.writeHead(200, { 'content-type': 'application/json' });
          response.end(JSON.stringify(words));
        },
        () => response.writeHead(500).end(),
      );
    });
  });
  const port = await freePort();
  await new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
  return {
    port,
    calls: () => calls,
    close: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

/** Limits of a bulk subscription's batches, as in Dapr's Subscription. */
export interface BulkSettings {
  maxMessagesCount: number;
  maxAwaitDurationMs: number;
}

/** Writes what daprd is told of: the component `pubsub`, and that the app gets a topic, if one is given, in batches or not. */
export async function writeResources(
  folder: string,
  component: { type: string; metadata: Record<string, string> },
  topic?: string,
  bulk?: BulkSettings,
): Promise<void> {
  const manifests: object[] = [
    {
      apiVersion: 'dapr.io/v1alpha1',
      kind: 'Component',
      metadata: { name: 'pubsub' },
      spec: {
        type: component.type,
        version: 'v1',
        metadata: Object.entries(component.metadata).map(([name, value]) => ({ name, value })),
      },
    },
  ];
  if (topic !== undefined)
    manifests.push({
      apiVersion: 'dapr.io/v2alpha1',
      kind: 'Subscription',
      metadata: { name: 'events' },
      spec: {
        pubsubname: 'pubsub',
        topic,
        routes: { default: EVENTS },
        ...(bulk && { bulkSubscribe: { enabled: true, ...bulk } }),
      },
    });
  // JSON is YAML.
  const text = manifests.map((manifest) => JSON.stringify(manifest)).join('\n---\n');
  await writeFile(join(folder, 'resources.yaml'), text);
}

/** daprd's arguments, with ports of its own that nobody needs to know. */
export async function daprdArguments(options: {
  appId: string;
  appPort?: number | undefined;
  httpPort: number;
  resources: string;
  graceSeconds: number;
  logLevel: 'warn' | 'error';
  /** Requests that the app gets at once; default: any number. */
  appMaxConcurrency?: number | undefined;
}): Promise<string[]> {
  const [grpc = 0, internal = 0, metrics = 0] = await freePorts(3);
  const flags: Record<string, string | number> = {
    'app-id': options.appId,
    ...(options.appPort !== undefined && { 'app-port': options.appPort }),
    'dapr-http-port': options.httpPort,
    'dapr-grpc-port': grpc,
    'dapr-internal-grpc-port': internal,
    'metrics-port': metrics,
    'dapr-listen-addresses': '127.0.0.1',
    'resources-path': options.resources,
    'dapr-graceful-shutdown-seconds': options.graceSeconds,
    'log-level': options.logLevel,
    ...(options.appMaxConcurrency !== undefined && {
      'app-max-concurrency': options.appMaxConcurrency,
    }),
  };
  return Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
}

/**
 * Starts the three and waits until daprd serves.
 * @param options.handle - called with what was published; its answer goes back to daprd
 * @param options.metadata - further metadata of the Component manifest
 */
export async function startSidecar(options: {
  daprd: string;
  appId: string;
  topic: string;
  connectionString: string;
  metadata?: Record<string, string>;
  bulk?: BulkSettings;
  appMaxConcurrency?: number;
  handle: AppHandler;
}): Promise<Sidecar> {
  const app = await startApp(options.handle);
  const http = await freePort();
  const component = await startComponentProcess({
    env: { LOG_LEVEL: 'warn', DAPR_HTTP_PORT: String(http) },
  });
  const resources = await mkdtemp(join(tmpdir(), 'pubsub-postgresql-resources-'));
  const metadata = { connectionString: options.connectionString, ...options.metadata };
  await writeResources(
    resources,
    { type: 'pubsub.postgresql', metadata },
    options.topic,
    options.bulk,
  );
  let words = '';
  const child = spawn(
    options.daprd,
    await daprdArguments({
      appId: options.appId,
      appPort: app.port,
      httpPort: http,
      resources,
      graceSeconds: 2,
      logLevel: 'warn',
      appMaxConcurrency: options.appMaxConcurrency,
    }),
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, DAPR_COMPONENTS_SOCKETS_FOLDER: component.folder },
    },
  );
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (words = (words + chunk.toString()).slice(-4_000)));

  const base = `http://127.0.0.1:${http}/v1.0`;
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (!(await isHealthy(base))) {
    if (child.exitCode !== null || performance.now() > deadline)
      throw new Error(`daprd did not start: ${words}`);
    await sleep(100);
  }
  return {
    calls: app.calls,
    residentBytes: component.residentBytes,
    publish: async (topic, body, extra = {}) => {
      const query = new URLSearchParams(
        Object.entries(extra).map(([name, value]): [string, string] => [`metadata.${name}`, value]),
      );
      const answer = await fetch(`${base}/publish/pubsub/${topic}?${query.toString()}`, {
        method: 'POST',
        headers: { 'content-type': 'text/plain' },
        body,
      });
      const said = await answer.text();
      if (!answer.ok) throw new Error(`daprd answered ${answer.status}: ${said}`);
    },
    close: async () => {
      const gone = new Promise((done) => child.once('exit', done));
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await gone;
      await component.remove();
      await app.close();
      await rm(resources, { recursive: true, force: true });
    },
  };
}

async function isHealthy(base: string): Promise<boolean> {
  try {
    const answer = await fetch(`${base}/healthz`, { signal: AbortSignal.timeout(2_000) });
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    return false;
  }
}

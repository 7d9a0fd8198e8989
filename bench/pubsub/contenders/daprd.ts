// What a Dapr user gets: publishes go through a daprd, deliveries come from another daprd by HTTP, and behind both is either
// this project's component or Dapr's own for Kafka (one broker on the same machine). One daprd a group, one to publish, as in
// separate pods.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Agent, createServer, request, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { acquireDaprd } from '@todo/local/daprd';
import { freePort } from '@todo/local/free-port';
import { kafkaPart } from '@todo/local/kafka';
import {
  startComponentProcess,
  type ComponentProcess,
} from '../../../services/pubsub-postgresql/certification/component-process.ts';
import type { StartContender } from '../contender.ts';

const TOPIC = 'bench';
/** Published until a group has got one: only then does it surely get all that follows at once. */
const PROBE = 'probe';
const PROBE_EVERY_MS = 250;
const START_TIMEOUT_MS = 60_000;
/** As long as daprd may wait for what it has begun. */
const STOP_GRACE_MS = 15_000;

/** What daprd gets as the component `pubsub`, for one group. */
type MetadataOf = (group: string) => Record<string, string>;

interface Sidecar {
  httpPort: number;
  component: ComponentProcess | undefined;
  stop: () => Promise<void>;
}

/** The component of this project behind daprd, with its defaults. */
export const startOursThroughDaprd: StartContender = (url) =>
  throughDaprd('pubsub.postgresql', (group) => ({
    connectionString: url,
    consumerID: group,
    initialPosition: 'earliest',
  }));

/** Dapr's component for Kafka behind daprd, with this project's settings (dapr/components/pubsub.yaml). */
export const startKafkaThroughDaprd: StartContender = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bench-kafka-'));
  const port = await freePort();
  const part = await kafkaPart(join(folder, 'data'), port, await freePort(), () => undefined);
  const broker = spawn(part.command, part.args, { stdio: 'ignore' });
  const abandon = (): void => {
    broker.kill('SIGKILL');
  };
  process.once('exit', abandon);
  await poll('the broker', async () => (await part.health()) === undefined);
  const contender = await throughDaprd('pubsub.kafka', (group) => ({
    brokers: `127.0.0.1:${port}`,
    authType: 'none',
    disableTls: 'true',
    consumerGroup: group,
    initialOffset: 'oldest',
    version: '3.6.0',
  }));
  return {
    ...contender,
    residentBytes: () => residentBytes(broker.pid),
    close: async () => {
      await contender.close();
      process.off('exit', abandon);
      await end(broker);
      await rm(folder, { recursive: true, force: true });
    },
  };
};

async function throughDaprd(
  type: 'pubsub.postgresql' | 'pubsub.kafka',
  metadataOf: MetadataOf,
): ReturnType<StartContender> {
  const { path } = await acquireDaprd(() => undefined);
  const folder = await mkdtemp(join(tmpdir(), 'bench-daprd-'));
  const agent = new Agent({ keepAlive: true });
  const sidecars = new Set<Sidecar>();
  let names: string[] = [];

  const start = async (group: string, appPort?: number): Promise<Sidecar> => {
    const sidecar = await startSidecar({
      path,
      resources: await writeResources(join(folder, group), type, metadataOf(group), appPort),
      group,
      appPort,
      pluggable: type === 'pubsub.postgresql',
    });
    sidecars.add(sidecar);
    return sidecar;
  };
  const publisher = await start('publisher');
  const publish = (body: string): Promise<void> => post(agent, publisher.httpPort, body);

  return {
    setUp: (groups) => {
      names = groups;
      return Promise.resolve();
    },
    publish,
    consume: async (handle) => {
      const running = await Promise.all(
        names.map(async (name) => {
          let ready = false;
          const app = await startApp((body) => {
            if (body === PROBE) ready = true;
            else handle(name, body);
          });
          const sidecar = await start(name, app.port);
          return { app: app.server, sidecar, isReady: () => ready };
        }),
      );
      while (!running.every((group) => group.isReady())) {
        await publish(PROBE);
        await sleep(PROBE_EVERY_MS);
      }
      return async () => {
        for (const { app, sidecar } of running) {
          await sidecar.stop();
          sidecars.delete(sidecar);
          app.closeAllConnections();
          app.close();
        }
      };
    },
    residentBytes: () =>
      [...sidecars].reduce((sum, { component }) => sum + (component?.residentBytes() ?? 0), 0),
    close: async () => {
      for (const sidecar of sidecars) await sidecar.stop();
      agent.destroy();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function writeResources(
  folder: string,
  type: string,
  metadata: Record<string, string>,
  appPort: number | undefined,
): Promise<string> {
  await mkdir(folder, { recursive: true });
  const component = {
    apiVersion: 'dapr.io/v1alpha1',
    kind: 'Component',
    metadata: { name: 'pubsub' },
    spec: {
      type,
      version: 'v1',
      metadata: Object.entries(metadata).map(([name, value]) => ({ name, value })),
    },
  };
  // JSON is YAML.
  await writeFile(join(folder, 'pubsub.yaml'), JSON.stringify(component));
  if (appPort !== undefined) {
    const subscription = {
      apiVersion: 'dapr.io/v2alpha1',
      kind: 'Subscription',
      metadata: { name: 'events' },
      spec: { pubsubname: 'pubsub', topic: TOPIC, routes: { default: '/events' } },
    };
    await writeFile(join(folder, 'subscription.yaml'), JSON.stringify(subscription));
  }
  return folder;
}

async function startSidecar(options: {
  path: string;
  resources: string;
  group: string;
  appPort: number | undefined;
  pluggable: boolean;
}): Promise<Sidecar> {
  const httpPort = await freePort();
  const component = options.pluggable
    ? await startComponentProcess({
        bundled: true,
        env: { LOG_LEVEL: 'warn', DAPR_HTTP_PORT: String(httpPort) },
      })
    : undefined;
  const flags: Record<string, string | number> = {
    'app-id': options.group,
    'dapr-http-port': httpPort,
    'dapr-grpc-port': await freePort(),
    'dapr-internal-grpc-port': await freePort(),
    'metrics-port': await freePort(),
    'dapr-listen-addresses': '127.0.0.1',
    'resources-path': options.resources,
    'dapr-graceful-shutdown-seconds': 5,
    'log-level': 'error',
    ...(options.appPort !== undefined && { 'app-port': options.appPort }),
  };
  const child = spawn(
    options.path,
    Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)]),
    {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DAPR_COMPONENTS_SOCKETS_FOLDER: component?.folder ?? '' },
    },
  );
  const abandon = (): void => {
    child.kill('SIGKILL');
  };
  process.once('exit', abandon);
  await poll('daprd', async () => {
    if (child.exitCode !== null) throw new Error(`daprd of ${options.group} ended`);
    const answer = await fetch(`http://127.0.0.1:${httpPort}/v1.0/healthz`).catch(() => undefined);
    return answer?.ok === true;
  });
  return {
    httpPort,
    component,
    stop: async () => {
      process.off('exit', abandon);
      await end(child);
      await component?.remove();
    },
  };
}

/** The app beside a group's daprd. */
async function startApp(handle: (body: string) => void): Promise<{ server: Server; port: number }> {
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const event = incoming.url === '/events';
      if (event) handle((JSON.parse(Buffer.concat(chunks).toString()) as { data: string }).data);
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(event ? '{"status":"SUCCESS"}' : '[]');
    });
  });
  const port = await freePort();
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return { server, port };
}

/** Publishes as text, so that the event's `data` is the very body. */
function post(agent: Agent, port: number, body: string): Promise<void> {
  return new Promise((done, failed) => {
    const call = request(
      {
        agent,
        host: '127.0.0.1',
        port,
        method: 'POST',
        path: `/v1.0/publish/pubsub/${TOPIC}`,
        headers: { 'content-type': 'text/plain', 'content-length': Buffer.byteLength(body) },
      },
      (response) => {
        let words = '';
        response.on('data', (chunk: Buffer) => (words += chunk.toString()));
        response.on('end', () => {
          if (response.statusCode === 204) done();
          else failed(new Error(`not published: ${response.statusCode} ${words}`));
        });
      },
    );
    call.on('error', failed);
    call.end(body);
  });
}

async function poll(what: string, isThere: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (!(await isThere())) {
    if (performance.now() > deadline)
      throw new Error(`${what} was not there within ${START_TIMEOUT_MS / 1_000} s`);
    await sleep(100);
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), STOP_GRACE_MS);
  await gone;
  clearTimeout(late);
}

function residentBytes(pid: number | undefined): number {
  if (pid === undefined) return 0;
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024;
}

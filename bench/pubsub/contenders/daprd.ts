// What a Dapr user gets: publishes go through a daprd, deliveries come from another daprd by HTTP, and behind both is either
// this project's component or Dapr's own for Kafka (one broker on the same machine). One daprd a group, one to publish, as in
// separate pods.
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { acquireDaprd } from '@todo/local/parts/daprd';
import { freePort } from '@todo/local/free-port';
import { kafkaPart } from '@todo/local/parts/kafka';
import { answersOk } from '@todo/local/probes';
import { supervise, type Part, type PartSpec } from '@todo/local/supervisor';
import {
  residentBytesOf,
  startComponentProcess,
  type ComponentProcess,
} from '@todo/testing/component-process';
import { daprdArguments, startApp, writeResources } from '@todo/testing/sidecar-process';
import type { StartContender } from '../contender.ts';

const TOPIC = 'bench';
/** Published until a group has got one: only then does it surely get all that follows at once. */
const PROBE = 'probe';
const PROBE_EVERY_MS = 250;
const START_TIMEOUT_MS = 60_000;
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
  const broker = await startPart(folder, part);
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
    residentBytes: () => residentBytesOf(broker.pid()),
    close: async () => {
      await contender.close();
      await broker.stop();
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
      folder: join(folder, group),
      group,
      component: { type, metadata: metadataOf(group) },
      appPort,
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
            return 'SUCCESS';
          });
          const sidecar = await start(name, app.port);
          return { app, sidecar, isReady: () => ready };
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
          await app.close();
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

async function startSidecar(options: {
  path: string;
  folder: string;
  group: string;
  component: { type: string; metadata: Record<string, string> };
  appPort: number | undefined;
}): Promise<Sidecar> {
  const { path, folder, group, appPort } = options;
  await mkdir(folder, { recursive: true }); // there already when a group consumes a second time
  await writeResources(folder, options.component, appPort === undefined ? undefined : TOPIC);
  const httpPort = await freePort();
  const component =
    options.component.type === 'pubsub.postgresql'
      ? await startComponentProcess({
          bundled: true,
          env: { LOG_LEVEL: 'warn', DAPR_HTTP_PORT: String(httpPort) },
        })
      : undefined;
  const daprd = await startPart(folder, {
    name: 'daprd',
    command: path,
    args: await daprdArguments({
      ...{ appId: group, appPort, httpPort, resources: folder },
      ...{ graceSeconds: 5, logLevel: 'error' },
    }),
    env: { DAPR_COMPONENTS_SOCKETS_FOLDER: component?.folder ?? '' },
    health: () => answersOk(`http://127.0.0.1:${httpPort}/v1.0/healthz`),
    stopGraceMs: 15_000,
  });
  return {
    httpPort,
    component,
    stop: async () => {
      await daprd.stop();
      await component?.remove();
    },
  };
}

/** Starts a process and waits until it is healthy. A run that is interrupted leaves none behind. */
async function startPart(folder: string, spec: PartSpec): Promise<Part> {
  const part = supervise(
    spec,
    { logs: join(folder, 'logs'), records: join(folder, 'logs') },
    () => undefined,
  );
  const abandon = (): void => {
    part.kill('SIGKILL');
  };
  process.once('exit', abandon);
  await Promise.race([
    part.started,
    sleep(START_TIMEOUT_MS, undefined, { ref: false }).then(() => {
      throw new Error(`${spec.name} was not healthy within ${START_TIMEOUT_MS / 1_000} s`);
    }),
  ]);
  return {
    ...part,
    stop: async (now) => {
      process.off('exit', abandon);
      await part.stop(now);
    },
  };
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

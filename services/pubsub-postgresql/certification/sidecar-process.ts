// A real daprd beside a component, and the app it delivers to.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cacheFolder } from '@todo/local/daprd';
import { freePort } from '@todo/local/free-port';
import { startComponentProcess } from './component-process.ts';

const START_TIMEOUT_MS = 120_000;

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
  close: () => Promise<void>;
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
  handle: (text: string) => AppAnswer;
}): Promise<Sidecar> {
  const app = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const event = request.url === '/events' ? (JSON.parse(body) as { data: string }) : undefined;
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(event ? JSON.stringify({ status: options.handle(event.data) }) : '[]');
    });
  });
  const appPort = await freePort();
  await new Promise<void>((done) => app.listen(appPort, '127.0.0.1', done));
  const http = await freePort();
  const component = await startComponentProcess({
    env: { LOG_LEVEL: 'warn', DAPR_HTTP_PORT: String(http) },
  });
  const resources = await mkdtemp(join(tmpdir(), 'pubsub-postgresql-resources-'));
  const metadata = { connectionString: options.connectionString, ...options.metadata };
  const manifests: object[] = [
    {
      apiVersion: 'dapr.io/v1alpha1',
      kind: 'Component',
      metadata: { name: 'pubsub' },
      spec: {
        type: 'pubsub.postgresql',
        version: 'v1',
        metadata: Object.entries(metadata).map(([name, value]) => ({ name, value })),
      },
    },
    {
      apiVersion: 'dapr.io/v2alpha1',
      kind: 'Subscription',
      metadata: { name: 'events' },
      spec: { pubsubname: 'pubsub', topic: options.topic, routes: { default: '/events' } },
    },
  ];
  // JSON is YAML.
  const text = manifests.map((manifest) => JSON.stringify(manifest)).join('\n---\n');
  await writeFile(join(resources, 'resources.yaml'), text);
  const flags: Record<string, string | number> = {
    'app-id': options.appId,
    'app-port': appPort,
    'dapr-http-port': http,
    'dapr-grpc-port': await freePort(),
    'dapr-internal-grpc-port': await freePort(),
    'metrics-port': await freePort(),
    'dapr-listen-addresses': '127.0.0.1',
    'resources-path': resources,
    'dapr-graceful-shutdown-seconds': 2,
    'log-level': 'warn',
  };
  let words = '';
  const child = spawn(
    options.daprd,
    Object.entries(flags).map(([name, value]) => `--${name}=${value}`),
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
      app.closeAllConnections();
      await new Promise((done) => app.close(done));
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

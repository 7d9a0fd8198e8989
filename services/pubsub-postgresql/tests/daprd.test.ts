// Never a silently dead subscription: a real daprd and the component, started in either order, killed alone or together,
// before a stale socket. Both have a supervisor that starts them again, as Kubernetes does; nothing else helps them.
//
// Needs daprd: the variable DAPRD, or `daprd` on the PATH.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { freePort } from '@todo/local/free-port';
import { until } from '@todo/testing/sidecar-client';
import { createWorld, fresh, pause, type World } from './world.ts';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const DAPRD = [process.env['DAPRD'], 'daprd'].find(
  (path) => path && spawnSync(path, ['--version'], { stdio: 'ignore' }).status === 0,
);
if (!DAPRD)
  process.stderr.write('SKIPPED: the tests of healing need daprd (set DAPRD to its path)\n');

/** Healing takes a few seconds on a quiet machine (docs/benchmarks/2026-11-component.md); this is when a test gives up. */
const HEALED_MS = 45_000;

/** Starts a program again whenever it ends. */
interface Supervised {
  start: () => void;
  kill: () => void;
  signal: (name: NodeJS.Signals) => void;
  /** Does not start it again, and kills it. */
  stop: () => Promise<void>;
  starts: () => number;
}

function supervise(begin: () => ChildProcess): Supervised {
  let child: ChildProcess | undefined;
  let wanted = false;
  let starts = 0;
  let again: NodeJS.Timeout | undefined;
  const run = (): void => {
    starts++;
    child = begin();
    child.once('exit', () => {
      if (wanted) again = setTimeout(run, 300);
    });
  };
  return {
    starts: () => starts,
    start: () => {
      wanted = true;
      run();
    },
    kill: () => child?.kill('SIGKILL'),
    signal: (name) => child?.kill(name),
    stop: async () => {
      wanted = false;
      clearTimeout(again);
      if (!child || child.exitCode !== null || child.signalCode !== null) return;
      const ended = new Promise((done) => child?.once('exit', done));
      child.kill('SIGKILL');
      await ended;
    },
  };
}

describe.skipIf(!DAPRD)('with a real daprd', () => {
  let world: World;
  let folder: string;
  let app: Server;
  let component: Supervised;
  let daprd: Supervised;
  let http: number;
  let topic: string;
  let handled: Set<string>;
  let slowness: number;

  beforeEach(async () => {
    world = await createWorld();
    folder = mkdtempSync(join(tmpdir(), 'pubsub-postgresql-daprd-'));
    topic = fresh('healing');
    handled = new Set();
    slowness = 0;
    app = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        const answer = (): void => {
          if (request.url === '/events' && body !== '') {
            handled.add((JSON.parse(body) as { data: { n: string } }).data.n);
          }
          response.writeHead(200, { 'content-type': 'application/json' });
          response.end(request.url === '/events' ? '{"status":"SUCCESS"}' : '[]');
        };
        setTimeout(answer, slowness);
      });
    });
    const appPort = await freePort();
    await new Promise<void>((done) => app.listen(appPort, '127.0.0.1', done));
    http = await freePort();
    const [grpc, internal, metrics] = [await freePort(), await freePort(), await freePort()];
    const resources = join(folder, 'resources');
    mkdirSync(resources);
    writeFileSync(
      join(resources, 'pubsub.yaml'),
      `apiVersion: dapr.io/v1alpha1
kind: Component
metadata: { name: pubsub }
spec:
  type: pubsub.postgresql
  version: v1
  metadata:
    - { name: connectionString, value: "${world.url}" }
    - { name: initialPosition, value: earliest }
    - { name: visibilityTimeout, value: 3s }
---
apiVersion: dapr.io/v2alpha1
kind: Subscription
metadata: { name: events }
spec: { pubsubname: pubsub, topic: ${topic}, routes: { default: /events } }
`,
    );
    const env = { ...process.env, DAPR_COMPONENTS_SOCKETS_FOLDER: join(folder, 'sockets') };
    mkdirSync(join(folder, 'sockets'));
    component = supervise(() =>
      spawn(process.execPath, [MAIN], {
        stdio: 'ignore',
        env: { ...env, DAPR_HTTP_PORT: String(http), LOG_LEVEL: 'silent' },
      }),
    );
    const flags: Record<string, string | number> = {
      'app-id': 'healing',
      'app-port': appPort,
      'dapr-http-port': http,
      'dapr-grpc-port': grpc,
      'dapr-internal-grpc-port': internal,
      'metrics-port': metrics,
      'dapr-listen-addresses': '127.0.0.1',
      'resources-path': resources,
      'dapr-graceful-shutdown-seconds': 2,
      'log-level': 'error',
    };
    const arguments_ = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
    daprd = supervise(() => spawn(DAPRD!, arguments_, { stdio: 'ignore', env }));
  });

  afterEach(async () => {
    await daprd.stop();
    await component.stop();
    app.closeAllConnections();
    app.close();
    await world.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Publishes through daprd; tries again until it is answered for. */
  async function publish(n: string): Promise<void> {
    await until(
      `publishing ${n}`,
      async () => {
        try {
          const answer = await fetch(`http://127.0.0.1:${http}/v1.0/publish/pubsub/${topic}`, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({ n }),
            signal: AbortSignal.timeout(5_000),
          });
          await answer.body?.cancel();
          if (answer.ok) return true;
        } catch {
          // not there now
        }
        await pause(200);
        return false;
      },
      HEALED_MS,
    );
  }

  async function delivered(names: string[]): Promise<void> {
    await until('all are delivered', () => names.every((name) => handled.has(name)), HEALED_MS);
  }

  async function running(): Promise<void> {
    component.start();
    await until('the socket', () => existsSync(socket()), 60_000);
    daprd.start();
    await publish('first');
    await delivered(['first']);
  }

  const socket = (): string => join(folder, 'sockets', 'postgresql.sock');

  /** What is published before, while and after something breaks arrives, all of it. */
  async function heals(fault: () => Promise<void> | void): Promise<void> {
    slowness = 20;
    const names = Array.from({ length: 60 }, (_, n) => String(n));
    for (const name of names.slice(0, 30)) await publish(name);
    const begun = performance.now();
    await fault();
    for (const name of names.slice(30)) await publish(name);
    await publish('last');
    await delivered(['last']);
    const seconds = ((performance.now() - begun) / 1_000).toFixed(1);
    await delivered(names);
    if (process.env['SHOW_HEALING']) process.stderr.write(`healed in ${seconds} s\n`);
  }

  test('component before daprd', () => running(), 120_000);

  test('daprd before component: it ends for want of the socket, is started again, and finds it', async () => {
    daprd.start();
    await pause(1_500);
    component.start();
    await publish('x');
    await delivered(['x']);
  }, 120_000);

  test('B08: the component is killed with messages in flight', async () => {
    await running();
    const before = daprd.starts();
    await heals(() => {
      component.kill();
    });
    expect(daprd.starts(), 'daprd was asked to start anew').toBeGreaterThan(before);
  }, 180_000);

  test('daprd is killed alone', async () => {
    await running();
    await heals(() => {
      daprd.kill();
    });
    expect(component.starts(), 'the component lives on').toBe(1);
  }, 180_000);

  test('both are killed', async () => {
    await running();
    await heals(() => {
      daprd.kill();
      component.kill();
    });
  }, 180_000);

  test('a stale socket: daprd comes back first and finds a socket nobody listens at', async () => {
    await running();
    await component.stop();
    await daprd.stop();
    expect(existsSync(socket())).toBe(true);
    daprd.start();
    await pause(1_500);
    component.start();
    await publish('again');
    await delivered(['again']);
  }, 180_000);

  test('the component is killed three times in a row', async () => {
    await running();
    await heals(async () => {
      for (let n = 0; n < 3; n++) {
        component.kill();
        await pause(1_000);
      }
    });
  }, 240_000);

  test('daprd hangs with messages in hand: another replica gets them within a minute, and it is subscribed when it goes on', async () => {
    await running();
    slowness = 100;
    for (let n = 0; n < 20; n++) await publish(`before ${n}`);
    daprd.signal('SIGSTOP');
    const stopped = performance.now();
    try {
      const other = await world.replica({ consumerID: 'healing', visibilityTimeout: '3s' });
      const pull = other.pull(topic);
      const texts = (): string =>
        pull.received.map((message) => message.data.toString('utf8')).join('\n');
      await until(
        'all are delivered, to one or the other',
        () =>
          Array.from({ length: 20 }, (_, n) => `before ${n}`).every(
            (name) => handled.has(name) || texts().includes(`"${name}"`),
          ),
        60_000,
      );
      if (process.env['SHOW_HEALING'])
        process.stderr.write(`taken over in ${Math.round(performance.now() - stopped)} ms\n`);
      await other.stop();
    } finally {
      daprd.signal('SIGCONT');
    }
    await publish('after');
    await delivered(['after']);
  }, 180_000);
});

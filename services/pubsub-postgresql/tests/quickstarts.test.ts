// The quickstarts as their README has them: one component process, and for each app a real daprd, started as `dapr run -f .`
// would by dapr.yaml. Every app gets every order.
//
// Needs daprd; an app whose language is not installed is skipped.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { freePort } from '@todo/local/free-port';
import { startComponentProcess, type ComponentProcess } from '@todo/testing/component-process';
import { until } from '@todo/testing/sidecar-client';
import { findDaprd } from '@todo/testing/sidecar-process';
import { createWorld, type World } from './world.ts';

const FOLDER = fileURLToPath(new URL('../quickstarts/', import.meta.url));
/** `go run` compiles first, which takes a minute on a busy machine. */
const READY_MS = 240_000;

interface App {
  appID: string;
  appDirPath: string;
  env: Record<string, string>;
  command: [program: string, ...args: string[]];
}
const { apps } = parse(readFileSync(join(FOLDER, 'dapr.yaml'), 'utf8')) as { apps: App[] };

const DAPRD = findDaprd();
const runnable = apps.filter(({ command: [program] }) => {
  const there = !spawnSync(program, [program === 'go' ? 'version' : '--version']).error;
  if (!there) process.stderr.write(`SKIPPED: the quickstart that needs ${program}\n`);
  return there;
});
if (!DAPRD) process.stderr.write('SKIPPED: the quickstarts need daprd (set DAPRD to its path)\n');

describe.skipIf(!DAPRD)('the quickstarts', () => {
  let world: World;
  let component: ComponentProcess;
  let resources: string;
  const children: ChildProcess[] = [];
  const said = new Map<string, string>();

  beforeAll(async () => {
    world = await createWorld();
    component = await startComponentProcess();
    resources = mkdtempSync(join(tmpdir(), 'pubsub-postgresql-quickstarts-'));
    mkdirSync(resources, { recursive: true });
    const manifests = readFileSync(join(FOLDER, 'components/pubsub.yaml'), 'utf8');
    writeFileSync(
      join(resources, 'pubsub.yaml'),
      manifests.replaceAll(/postgresql:\/\/\S+/g, world.url),
    );
    for (const app of runnable) await start(app);
  }, 120_000);

  async function start({
    appID,
    appDirPath,
    env,
    command: [program, ...args],
  }: App): Promise<void> {
    const [appPort, http] = [await freePort(), await freePort()];
    const flags: Record<string, string | number> = {
      'app-id': appID,
      'app-port': appPort,
      'dapr-http-port': http,
      'dapr-grpc-port': await freePort(),
      'dapr-internal-grpc-port': await freePort(),
      'metrics-port': await freePort(),
      'dapr-listen-addresses': '127.0.0.1',
      'resources-path': resources,
      'log-level': 'error',
    };
    children.push(
      spawn(
        DAPRD!,
        Object.entries(flags).map(([name, value]) => `--${name}=${value}`),
        {
          stdio: 'ignore',
          env: { ...process.env, DAPR_COMPONENTS_SOCKETS_FOLDER: component.folder },
        },
      ),
    );
    const app = spawn(program === 'node' ? process.execPath : program, args, {
      cwd: join(FOLDER, appDirPath),
      detached: true, // with what it starts: `go run` is not the app
      stdio: ['ignore', 'pipe', 'inherit'],
      env: {
        ...process.env,
        ...env,
        APP_ID: appID,
        APP_PORT: String(appPort),
        DAPR_HTTP_PORT: String(http),
      },
    });
    children.push(app);
    said.set(appID, '');
    app.stdout.on('data', (chunk: Buffer) => {
      said.set(appID, `${said.get(appID) ?? ''}${chunk.toString()}`);
    });
  }

  afterAll(async () => {
    for (const child of children) {
      if (child.pid === undefined || child.exitCode !== null) continue;
      if (child.spawnfile === DAPRD) child.kill('SIGKILL');
      else process.kill(-child.pid, 'SIGKILL');
    }
    await component.remove();
    await world.close();
    rmSync(resources, { recursive: true, force: true });
  });

  test.each(runnable.map(({ appID }) => appID))(
    '%s publishes its order, and gets everybody’s',
    async (appID) => {
      await until(
        `${appID} has published`,
        () => /published order/.test(said.get(appID) ?? ''),
        READY_MS,
      );
      for (const { appID: other } of runnable)
        await until(
          `${appID} got the order of ${other}`,
          () => new RegExp(`got order \\d+ from ${other}`).test(said.get(appID) ?? ''),
          READY_MS,
        );
    },
    READY_MS * 2,
  );
});

// How sidecars on this machine find each other, on real daprds with the rendered configuration: an address stays known through
// an hour of running and through a machine that sleeps. Needs daprd: the variable DAPRD, or `daprd` on the PATH.
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { renderResources } from '../src/parts/dapr-resources.ts';
import { freePorts } from '../src/free-port.ts';

const DAPRD = [process.env['DAPRD'], 'daprd'].find(
  (path) => path && spawnSync(path, ['--version'], { stdio: 'ignore' }).status === 0,
);
if (!DAPRD) process.stderr.write('SKIPPED: the tests of name resolution need daprd (set DAPRD)\n');

/** Registrations are renewed, and count as too old, after 5 s by default: this is longer. */
const SLEEP_MS = Number(process.env['SLEEP_MS'] ?? 12_000);
/** What an hour is in the test of an hour. */
const HOUR = '3s';

interface Running {
  http: number;
  ports: number[];
  process: ChildProcess;
  words: () => string;
}

describe.skipIf(!DAPRD)('name resolution on this machine', { timeout: 60_000 + SLEEP_MS }, () => {
  let folder: string;
  let app: Server;
  let configuration: string;
  const daprds: Running[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'names-'));
    await mkdir(join(folder, 'none'));
    app = createServer((_request, response) => {
      response.end('"here"');
    }).listen(0, '127.0.0.1');
    const rendered = await renderResources({
      source: resolve(import.meta.dirname, '../../dapr'),
      target: join(folder, 'dapr'),
      pubsub: 'postgresql',
      brokers: '',
      secrets: {},
      nameFile: join(folder, 'names.db'),
    });
    configuration = rendered.configuration;
  });
  afterEach(async () => {
    for (const { process: child } of daprds.splice(0)) {
      const ended = new Promise((done) => child.once('exit', done));
      if (child.exitCode === null && child.kill('SIGKILL')) await ended;
    }
    app.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function start(appId: string, ports?: number[]): Promise<Running> {
    const used = ports ?? (await freePorts(4));
    const [http = 0, grpc = 0, internal = 0, metrics = 0] = used;
    const child = spawn(
      DAPRD ?? '',
      [
        ['--app-id', appId],
        ['--app-port', String((app.address() as AddressInfo).port)],
        ['--config', configuration],
        ['--resources-path', join(folder, 'none')],
        ['--dapr-http-port', String(http)],
        ['--dapr-grpc-port', String(grpc)],
        ['--dapr-internal-grpc-port', String(internal)],
        ['--dapr-internal-grpc-listen-address', '127.0.0.1'],
        ['--metrics-port', String(metrics)],
        ['--dapr-listen-addresses', '127.0.0.1'],
      ].flat(),
      { env: { ...process.env, DAPR_HOST_IP: '127.0.0.1' }, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    let words = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (words = (words + chunk.toString()).slice(-20_000)));
    const running = { http, ports: used, process: child, words: () => words };
    daprds.push(running);
    await expect
      .poll(
        () =>
          fetch(`http://127.0.0.1:${http}/v1.0/healthz/outbound`).then(
            ({ ok }) => ok,
            () => false,
          ),
        { timeout: 30_000 },
      )
      .toBe(true);
    return running;
  }
  const call = async (from: Running, appId: string): Promise<number> =>
    (await fetch(`http://127.0.0.1:${from.http}/v1.0/invoke/${appId}/method/x`)).status;
  const alive = (): (number | null)[] => daprds.map(({ process: { exitCode } }) => exitCode);

  it('no sidecar ends when its clean-up runs, which is once an hour by default', async () => {
    const document = parseDocument(await readFile(configuration, 'utf8'));
    const path = ['spec', 'nameResolution', 'configuration', 'cleanupInterval'];
    if (document.getIn(path) === undefined) document.setIn(path, HOUR);
    await writeFile(configuration, String(document));
    const [one, two] = [await start('one'), await start('two')];
    for (const [from, to] of [
      [one, 'two'],
      [two, 'one'],
    ] as const)
      expect(await call(from, to)).toBe(200);
    await sleep(10_000);
    expect(alive()).toEqual([null, null]);
    expect(one.words() + two.words()).not.toContain('registration lost');
    expect(await call(one, 'two')).toBe(200);
  });

  it('after the machine slept, calls succeed at once', async () => {
    const [one, two] = [await start('one'), await start('two')];
    for (const { process: child } of daprds) child.kill('SIGSTOP');
    await sleep(SLEEP_MS);
    // one after the other, as they come back: the first looks for one that has not renewed anything yet
    one.process.kill('SIGCONT');
    const early = call(one, 'two');
    await sleep(500);
    two.process.kill('SIGCONT');
    expect(await early).toBe(200);
    expect(await call(two, 'one')).toBe(200);
    await sleep(5_000);
    expect(alive()).toEqual([null, null]);
  });

  it.each([
    ['killed', 'SIGKILL'],
    ['stopped', 'SIGTERM'],
  ] as const)(
    'a sidecar that was %s is found again once it is back at its address',
    async (_how, signal) => {
      const [one, two] = [await start('one'), await start('two')];
      expect(await call(one, 'two')).toBe(200);
      const ended = new Promise((done) => two.process.once('exit', done));
      two.process.kill(signal);
      await ended;
      expect(await call(one, 'two')).toBeGreaterThanOrEqual(500);
      daprds.splice(daprds.indexOf(two), 1);
      await start('two', two.ports);
      await expect.poll(() => call(one, 'two')).toBe(200);
      expect(alive()).toEqual([null, null]);
    },
  );
});

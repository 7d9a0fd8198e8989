// The bundle is what runs in every image: a dependency that only works beside its node_modules would fail there first.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundleService } from '../bundle.ts';
import type { Bundle } from '../bundle.ts';

const repository = resolve(import.meta.dirname, '../..');
let folder: string;
let image: string;
let bundle: Bundle;

/** A service that touches each CommonJS dependency the services have, the way they do. */
const SOURCE = `
import { createRequire } from 'node:module';
import fastify from 'fastify';
import pg from 'pg';
import { pino } from 'pino';
import { z } from 'zod';
import * as grpc from '@grpc/grpc-js';
import * as loader from '@grpc/proto-loader';

process.on('SIGTERM', () => { process.exit(143); });
const definition = loader.loadSync(new URL('../proto/hello.proto', import.meta.url).pathname);
const server = new grpc.Server();
server.addService(grpc.loadPackageDefinition(definition).hello.Hello.service, {});
const app = fastify({ loggerInstance: pino({ level: 'silent' }) });
app.get('/', { schema: { response: { 200: { type: 'object', properties: { name: { type: 'string' } } } } } }, async () => ({ name: 'bundled' }));
const answer = await app.inject('/');
import { DaprClient, HttpMethod, StateConcurrencyEnum, StateConsistencyEnum } from '@dapr/dapr';
process.stdout.write(JSON.stringify({
  answer: answer.json(),
  pool: new pg.Pool().totalCount,
  dapr: [typeof DaprClient, HttpMethod.GET, StateConcurrencyEnum.CONCURRENCY_FIRST_WRITE, StateConsistencyEnum.CONSISTENCY_STRONG],
  zod: z.string().safeParse(1).success,
  node: typeof createRequire,
}));
if (process.argv.includes('--wait')) setInterval(() => undefined, 1_000);
`;

beforeAll(async () => {
  // in the repository, where its node_modules is found; never committed
  await mkdir(join(repository, '.local'), { recursive: true });
  folder = await mkdtemp(join(repository, '.local/bundle-'));
  image = await mkdtemp(join(tmpdir(), 'bundle-image-'));
  await mkdir(join(folder, 'service/src'), { recursive: true });
  await mkdir(join(folder, 'service/proto'));
  await writeFile(join(folder, 'service/package.json'), '{"type":"module"}');
  await writeFile(join(folder, 'service/src/main.ts'), SOURCE);
  await writeFile(
    join(folder, 'service/proto/hello.proto'),
    'syntax = "proto3"; package hello; message A {} service Hello { rpc Say(A) returns (A); }',
  );
  await writeFile(
    join(folder, 'service/src/prepare-database.ts'),
    `import pg from 'pg'; process.stdout.write(String(new pg.Pool().totalCount));`,
  );
  bundle = await bundleService(join(folder, 'service'));
});
afterAll(async () => {
  for (const made of [folder, image]) await rm(made, { recursive: true, force: true });
});

describe('bundling a service', () => {
  test('gives a file that runs where no node_modules is, with its CommonJS dependencies and their .proto files', async () => {
    const { packages } = bundle;
    await cp(join(folder, 'service/dist'), join(image, 'dist'), { recursive: true });
    await cp(join(folder, 'service/proto'), join(image, 'proto'), { recursive: true });
    await writeFile(join(image, 'package.json'), '{"type":"module"}');
    // @dapr/dapr still asks for Node's own punycode; the images start Node with the same flag
    const run = spawnSync(
      process.execPath,
      ['--disable-warning=DEP0040', join(image, 'dist/main.js')],
      {
        encoding: 'utf8',
        cwd: '/',
        env: {},
      },
    );
    expect(run.stderr).toBe('');
    expect(JSON.parse(run.stdout)).toEqual({
      answer: { name: 'bundled' },
      pool: 0,
      dapr: ['function', 'get', 1, 2],
      zod: false,
      node: 'function',
    });
    expect(packages.map((name) => name.replace(/@[^@]+$/, ''))).toEqual(
      expect.arrayContaining([
        '@dapr/dapr',
        '@grpc/grpc-js',
        '@grpc/proto-loader',
        'fastify',
        'pg',
        'pino',
        'zod',
      ]),
    );
  });

  test('an import that the bundle leaves out fails the build, not the first call', async () => {
    const other = join(folder, 'other');
    await mkdir(join(other, 'src'), { recursive: true });
    await writeFile(join(other, 'package.json'), '{"type":"module"}');
    await writeFile(
      join(other, 'src/main.ts'),
      `import { ActorId } from '@dapr/dapr'; console.log(new ActorId('x'));`,
    );
    await expect(bundleService(other)).rejects.toThrow(/No matching export.*ActorId/);
  });

  test('makes another program of the service a file of its own', async () => {
    await cp(join(folder, 'service/dist'), join(image, 'dist'), { recursive: true });
    await writeFile(join(image, 'package.json'), '{"type":"module"}');
    const program = join(image, 'dist/prepare-database.js');
    const run = spawnSync(process.execPath, [program], { encoding: 'utf8', cwd: '/', env: {} });
    expect({ out: run.stdout, err: run.stderr }).toEqual({ out: '0', err: '' });
  });

  test('keeps the licence text of every package inside, and the source map beside the file', async () => {
    const { packages } = bundle;
    const notices = await readFile(join(folder, 'service/dist/THIRD-PARTY-LICENSES.txt'), 'utf8');
    for (const name of packages) expect(notices).toContain(`${name} (`);
    expect(notices).toContain('Permission is hereby granted');
    expect(existsSync(join(folder, 'service/dist/main.js.map'))).toBe(true);
    expect(await readFile(join(folder, 'service/dist/main.js'), 'utf8')).not.toContain(
      'sourcesContent',
    );
  });

  test('lists what is inside for scanners, which see no packages in one file', async () => {
    const list = JSON.parse(
      await readFile(join(folder, 'service/dist/bundle.cdx.json'), 'utf8'),
    ) as {
      components: { purl: string }[];
    };
    const purls = list.components.map(({ purl }) => purl);
    expect(purls).toHaveLength(bundle.packages.length);
    expect(purls).toContainEqual(expect.stringMatching(/^pkg:npm\/%40grpc\/grpc-js@1\./));
  });

  test('holds no path of the machine that built it', async () => {
    const code = await readFile(join(folder, 'service/dist/main.js'), 'utf8');
    // as whole paths: where the repository is /src, "../../src/" is none of its
    const absolute = [repository, folder].map((path) => path.replace(/\W/g, '\\$&')).join('|');
    const path = new RegExp(String.raw`(?<![\w.*-])(?:file://)?(?:${absolute})/`);
    expect(code.split('\n').filter((line) => path.test(line))).toEqual([]);
    expect(path.test(`import "file://${repository}/x.ts"`)).toBe(true);
  });

  test('ends at SIGTERM as process 1 of a container would', async () => {
    const { file } = bundle;
    const child = spawn(process.execPath, ['--disable-warning=DEP0040', file, '--wait'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise((ready) => child.stdout.once('data', ready));
    child.kill('SIGTERM');
    const code = await new Promise((ended) => child.once('exit', ended));
    expect(code).toBe(143);
  });

  test('names the file and line of what it cannot resolve', async () => {
    const broken = join(folder, 'broken');
    await mkdir(join(broken, 'src'), { recursive: true });
    await writeFile(join(broken, 'src/main.ts'), `import './missing.ts';\n`);
    await expect(bundleService(broken)).rejects.toThrow(
      /src\/main\.ts:1:7: ERROR: Could not resolve "\.\/missing\.ts"/,
    );
  });
});

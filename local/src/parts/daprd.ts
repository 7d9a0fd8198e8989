// Where the sidecar's program comes from, in this order: DAPRD, PATH, ~/.dapr/bin (the Dapr CLI's place), our cache,
// Dapr's release on GitHub, a build from its Go module. The last two fill the cache, so they happen once a machine.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DAPR_VERSION } from '@todo/deploy/plan/services';
import { execa } from 'execa';
import { identify, isRunning, type ProcessIdentity } from '../process-identity.ts';
import { describe } from '../errors.ts';
import { buildDaprd, CONCURRENT_DELIVERIES } from './daprd-build.ts';

const DOWNLOAD_TIMEOUT_MS = 300_000;
/** The first answer of the download's host must come within this time, or we go on to the next way. */
const CONNECT_TIMEOUT_MS = 15_000;

/**
 * SHA-256 of the release's archives, for those platforms where it is known beforehand. For the others the download is
 * compared with the `.sha256` file that Dapr publishes beside each archive: that finds a damaged download, and trusts
 * github.com and TLS for the rest.
 */
const PINNED_SHA256: Partial<Record<string, string>> = {};

/** A usable sidecar. */
export interface Daprd {
  path: string;
  version: string;
  /** In words, for the line that says so. */
  source: string;
}

/** What to say on the way. */
export type Say = (line: string) => void;

/** No way to get daprd worked. */
export class NoDaprdError extends Error {
  override name = 'NoDaprdError';
}

/** The folder that keeps what was downloaded or built, for every clone of this user. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  const base =
    env['XDG_CACHE_HOME'] ??
    (process.platform === 'darwin'
      ? join(homedir(), 'Library', 'Caches')
      : join(homedir(), '.cache'));
  return join(base, 'todo', `daprd-${DAPR_VERSION}-${process.platform}-${process.arch}`);
}

/**
 * The daprd that delivers messages of a pluggable component side by side (CONCURRENT_DELIVERIES), as later releases do.
 * It comes from the cache only; `npm run daprd -- --concurrent` puts it there.
 * @returns why there is none, in words, when there is none
 */
export async function findConcurrentDaprd(
  env: NodeJS.ProcessEnv = process.env,
): Promise<Daprd | string> {
  const path = concurrentPath(env);
  return existsSync(path)
    ? await inspect(path, 'our cache')
    : `there is no daprd at ${path}; \`npm run daprd -- --concurrent\` builds it`;
}

/**
 * Finds or builds that daprd.
 * @throws Error saying why it could not be built
 */
export async function acquireConcurrentDaprd(
  say: Say,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Daprd> {
  const target = concurrentPath(env);
  return await oneAtATime(target, say, async () => {
    const cached = await findConcurrentDaprd(env);
    if (typeof cached !== 'string') return cached;
    await buildDaprd({
      version: DAPR_VERSION,
      change: CONCURRENT_DELIVERIES,
      install: placeAt(target),
      say,
    });
    const built = await findConcurrentDaprd(env);
    if (typeof built === 'string') throw new NoDaprdError(built);
    return built;
  });
}

const concurrentPath = (env: NodeJS.ProcessEnv): string =>
  join(cacheFolder(env), CONCURRENT_DELIVERIES.name, 'daprd');

/**
 * Finds or makes a daprd.
 * @param say gets a line before and during anything slow
 * @throws NoDaprdError with each try, why it failed, and what to install
 */
export async function acquireDaprd(say: Say, env: NodeJS.ProcessEnv = process.env): Promise<Daprd> {
  if (env['DAPRD']) {
    const found = await inspect(env['DAPRD'], 'DAPRD');
    if (typeof found !== 'string') return found;
    throw new NoDaprdError(`DAPRD=${env['DAPRD']} cannot be used: ${found}. Correct or unset it.`);
  }
  const tries: string[] = ['DAPRD: not set'];
  const folders = (env['PATH'] ?? '').split(delimiter).filter(Boolean);
  const onPath = folders.map((folder) => join(folder, 'daprd')).find((file) => existsSync(file));
  const cached = join(cacheFolder(env), 'daprd');
  const places: [string, string | undefined][] = [
    ['PATH', onPath],
    ['the Dapr CLI (~/.dapr/bin)', join(homedir(), '.dapr', 'bin', 'daprd')],
    ['our cache', cached],
  ];
  for (const [source, path] of places) {
    const found =
      path && existsSync(path)
        ? await inspect(path, source)
        : `no daprd${path ? ` at ${path}` : ''}`;
    if (typeof found !== 'string') return found;
    tries.push(`${source}: ${found}`);
  }
  return await oneAtATime(cached, say, async () => {
    // Another process may have filled the cache while we waited for it.
    const found = existsSync(cached) ? await inspect(cached, 'our cache') : undefined;
    return found !== undefined && typeof found !== 'string'
      ? found
      : await make(cached, tries, say);
  });
}

/** Fills the cache by the first way that works. */
async function make(cached: string, tries: string[], say: Say): Promise<Daprd> {
  for (const [source, way] of [
    ["Dapr's release", download],
    [
      'building it with Go',
      (target: string) => buildDaprd({ version: DAPR_VERSION, install: placeAt(target), say }),
    ],
  ] as const) {
    try {
      await way(cached, say);
      const found = await inspect(cached, source);
      if (typeof found !== 'string') return found;
      tries.push(`${source}: ${found}`);
      await rm(cached, { force: true });
    } catch (error) {
      tries.push(`${source}: ${describe(error)}`);
      say(`${source}: ${describe(error)}`);
    }
  }
  throw new NoDaprdError(
    `Could not get daprd, the Dapr sidecar:\n${tries.map((line) => `  - ${line}`).join('\n')}\n` +
      `Do one of the following, then start again:\n` +
      `  - install the Dapr CLI and run: dapr init --slim --runtime-version ${DAPR_VERSION}   (https://docs.dapr.io/getting-started)\n` +
      `  - set DAPRD to the path of a daprd ${DAPR_VERSION} (the build with all components)\n` +
      `  - install Go 1.21 or later (https://go.dev/dl); it downloads the toolchain it needs`,
  );
}

/** Runs `work` while no other process does the same for `target`; a lock whose owner is gone is taken over. */
async function oneAtATime<T>(target: string, say: Say, work: () => Promise<T>): Promise<T> {
  const lock = `${target}.lock`;
  await mkdir(join(target, '..'), { recursive: true });
  const me = JSON.stringify(identify(process.pid));
  let said = 0;
  for (;;) {
    try {
      await writeFile(lock, me, { flag: 'wx' });
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const owner = await readFile(lock, 'utf8')
      .then((text) => JSON.parse(text) as ProcessIdentity)
      .catch(() => undefined);
    if (owner && !isRunning(owner)) await rm(lock, { force: true });
    else if (Date.now() - said > 30_000) {
      said = Date.now();
      say(`waiting for process ${owner?.pid ?? '?'} to finish getting daprd`);
    }
    await sleep(500);
  }
  try {
    return await work();
  } finally {
    await rm(lock, { force: true });
  }
}

/** Checks that a file is a daprd that can do what we need; a string says why not. */
async function inspect(path: string, source: string): Promise<Daprd | string> {
  try {
    const { stdout } = await execa(path, ['--version'], { timeout: 20_000 });
    const version = stdout.trim().split('\n').at(-1) ?? '';
    const [major, minor] = version.replace(/^v/, '').split('.').map(Number);
    if (major !== 1 || !minor || minor < 18)
      return `${path} is version ${version}; version 1.18 or later is required`;
    // Go keeps the names of all packages in its programs.
    const sqlite = 'components-contrib/nameresolution/sqlite';
    if (!path.startsWith(cacheFolder()) && !(await readFile(path)).includes(sqlite)) {
      return `${path} contains only the stable components (nameresolution.sqlite is missing)`;
    }
    return { path, version, source };
  } catch (error) {
    return `${path} does not run: ${describe(error).split('\n')[0] ?? ''}`;
  }
}

/** Puts a finished file in its place, so that half a file never has the final name. */
async function place(file: string, target: string): Promise<void> {
  await mkdir(join(target, '..'), { recursive: true });
  const unfinished = `${target}.${process.pid}`;
  await copyFile(file, unfinished);
  await chmod(unfinished, 0o755);
  await rename(unfinished, target);
}

/** Puts a build in its place, and beside it what it was built from. */
function placeAt(target: string): (file: string, builtFrom: string) => Promise<void> {
  return async (file, builtFrom) => {
    await place(file, target);
    await writeFile(`${target}.source`, builtFrom);
  };
}

async function download(target: string, say: Say): Promise<void> {
  const arch = { x64: 'amd64', arm64: 'arm64' }[process.arch as string];
  if (!arch || !['linux', 'darwin'].includes(process.platform)) {
    throw new Error(`there is no release for ${process.platform} on ${process.arch}`);
  }
  const name = `daprd_${process.platform}_${arch}.tar.gz`;
  const url = `https://github.com/dapr/dapr/releases/download/v${DAPR_VERSION}/${name}`;
  say(`downloading ${url}`);
  const expected = PINNED_SHA256[name] ?? (await publishedChecksum(`${url}.sha256`));
  const folder = await mkdtemp(join(tmpdir(), 'todo-daprd-'));
  try {
    const response = await get(url, DOWNLOAD_TIMEOUT_MS);
    if (!response.body) throw new Error('empty answer');
    const total = Number(response.headers.get('content-length') ?? 0);
    const chunks: Uint8Array[] = [];
    let received = 0;
    let said = Date.now();
    for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
      chunks.push(chunk);
      received += chunk.length;
      if (Date.now() - said > 3_000) {
        say(`downloaded ${megabytes(received)}${total ? ` of ${megabytes(total)}` : ''}`);
        said = Date.now();
      }
    }
    const bytes = Buffer.concat(chunks);
    const actual = createHash('sha256').update(bytes).digest('hex');
    if (actual !== expected) throw new Error(`${name}: SHA-256 is ${actual}, expected ${expected}`);
    await writeFile(join(folder, name), bytes);
    await execa('tar', ['-xzf', name, 'daprd'], { cwd: folder });
    await place(join(folder, 'daprd'), target);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function publishedChecksum(url: string): Promise<string> {
  const sum = /\b[0-9a-f]{64}\b/i.exec(await (await get(url, CONNECT_TIMEOUT_MS)).text())?.[0];
  if (!sum) throw new Error(`${url} contains no SHA-256 checksum`);
  return sum.toLowerCase();
}

async function get(url: string, timeoutMs: number): Promise<Response> {
  const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return response;
}

const megabytes = (bytes: number): string => `${(bytes / 1_048_576).toFixed(0)} MB`;

// The web app runs from a production build. It is built here when its sources have changed since the last one, and
// each build is kept apart by its sources' hash: a running app never has its files replaced underneath.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { execa } from 'execa';
import type { Say } from './daprd.ts';

const KEEP_BUILDS = 2;
const NOT_SOURCES = new Set(['node_modules', '.next', 'tests', 'test-results']);

/** The web app failed to build. */
export class WebBuildError extends Error {
  override name = 'WebBuildError';
}

/** The build of the present sources: the folder that holds server.js. Builds it if there is none. */
export async function webServerFolder(root: string, say: Say): Promise<string> {
  const hash = await sourcesHash(root);
  const builds = join(root, '.local', 'web-builds');
  const finished = join(builds, hash);
  if (existsSync(finished)) {
    await utimes(finished, new Date(), new Date());
    return join(finished, 'web');
  }
  say('building the web app, because it is new or its sources have changed (about a minute)');
  const started = Date.now();
  const ticker = setInterval(() => {
    say(`building the web app: ${((Date.now() - started) / 1000).toFixed(0)} s so far`);
  }, 20_000);
  try {
    const next = join(root, 'node_modules', 'next', 'dist', 'bin', 'next');
    for (const args of [[next, 'build'], ['build-standalone.mjs']])
      await execa(process.execPath, args, {
        cwd: join(root, 'web'),
        env: { NEXT_TELEMETRY_DISABLED: '1', NODE_ENV: 'production' },
        stdin: 'ignore',
        all: true,
      });
  } catch (error) {
    const output = (error as { all?: string }).all ?? String(error);
    throw new WebBuildError(
      `Building the web app failed. The last lines of "next build":\n${output.trimEnd().split('\n').slice(-30).join('\n')}\n` +
        'Fix the error and start again, or start without the web app: npm run up -- --no-web',
    );
  } finally {
    clearInterval(ticker);
  }
  await mkdir(builds, { recursive: true });
  const unfinished = `${finished}.${process.pid}`;
  const web = join(root, 'web');
  await cp(join(web, '.next', 'standalone'), unfinished, {
    recursive: true,
    verbatimSymlinks: true,
  });
  await cp(join(web, 'migrations'), join(unfinished, 'web', 'migrations'), { recursive: true });
  await rename(unfinished, finished).catch(async () => {
    await rm(unfinished, { recursive: true, force: true }); // another run was faster
  });
  await removeOldBuilds(builds);
  say(`built the web app in ${((Date.now() - started) / 1000).toFixed(0)} s`);
  return join(finished, 'web');
}

/** A hash over every file the build depends on: names and contents. */
async function sourcesHash(root: string): Promise<string> {
  const hash = createHash('sha256');
  const files: string[] = [join(root, 'package-lock.json')];
  for (const folder of [
    'web',
    join('packages', 'contracts', 'src'),
    join('packages', 'runtime', 'src'),
  ]) {
    await collect(join(root, folder), files);
  }
  for (const file of files.sort()) {
    hash
      .update(`${relative(root, file)}\0`)
      .update(await readFile(file))
      .update('\0');
  }
  return hash.digest('hex').slice(0, 16);
}

async function collect(folder: string, files: string[]): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (
      NOT_SOURCES.has(entry.name) ||
      entry.name.endsWith('.tsbuildinfo') ||
      entry.name === 'next-env.d.ts'
    ) {
      continue;
    }
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await collect(path, files);
    else if (entry.isFile()) files.push(path);
  }
}

async function removeOldBuilds(builds: string): Promise<void> {
  const names = await readdir(builds);
  const ages = await Promise.all(
    names.map(async (name) => ({ name, used: (await stat(join(builds, name))).mtimeMs })),
  );
  for (const { name } of ages.sort((a, b) => b.used - a.used).slice(KEEP_BUILDS)) {
    await rm(join(builds, name), { recursive: true, force: true });
  }
}

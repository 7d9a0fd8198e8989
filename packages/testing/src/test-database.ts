// vitest's global setup: one real PostgreSQL 18 for the whole run, or the one TEST_DATABASE_URL names.
//
// Each run has a server of its own in a temporary folder, so runs side by side never meet. The slow part,
// initdb, is done once a machine: later runs copy its result. A run that was killed leaves its server behind;
// the next run finds it by the owner's identity and ends it.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { chmod, chown, cp, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { endGroup, identify, isRunning, type ProcessIdentity } from '@todo/local/process-identity';
import { freePort } from '@todo/local/free-port';
import {
  prepareServer,
  serverAccount,
  serverUrl,
  SUPERUSER,
} from '@todo/local/parts/postgres-server';

declare module 'vitest' {
  interface ProvidedContext {
    /** The server's address with superuser rights, database `postgres`. */
    databaseUrl: string;
  }
}

const PREFIX = 'todo-test-postgres-';
const START_TRIES = 3;
const START_TIMEOUT_MS = 60_000;
/** Fast shutdown; see PostgreSQL's "Shutting Down the Server". */
const STOP_SIGNAL = 'SIGINT';

interface Owner {
  owner: ProcessIdentity;
  server?: ProcessIdentity;
}

/** Starts the server and gives its address to the tests; what it returns is run at the end. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env['TEST_DATABASE_URL'];
  if (given) {
    project.provide('databaseUrl', given);
    return () => Promise.resolve();
  }
  await removeLeftovers();
  const server = await startTestServer();
  project.provide('databaseUrl', server.url);
  return server.stop;
}

/**
 * Starts a throw-away server on a free port.
 * @returns its address and what stops it and removes its data
 */
export async function startTestServer(): Promise<{ url: string; stop: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), PREFIX));
  await chmod(folder, 0o711);
  const owner = identify(process.pid);
  if (!owner) throw new Error('This process has no identity'); // can't happen while it runs
  const recordOwner = (server?: ProcessIdentity): Promise<void> =>
    writeFile(
      join(folder, 'owner.json'),
      JSON.stringify({ owner, ...(server && { server }) } satisfies Owner),
    );
  await recordOwner();
  const password = await copyTemplate(folder);

  let lastOutput = '';
  for (let attempt = 1; attempt <= START_TRIES; attempt++) {
    const port = await freePort();
    const prepared = await prepareServer({
      dataDir: join(folder, 'data'),
      port,
      password,
      disposable: true,
    });
    const child = spawn(prepared.command, prepared.args, {
      cwd: '/',
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
      ...(prepared.uid !== undefined && { uid: prepared.uid, gid: prepared.gid }),
    });
    lastOutput = '';
    child.stderr.on(
      'data',
      (chunk: Buffer) => (lastOutput = (lastOutput + chunk.toString()).slice(-4000)),
    );
    const ended = new AbortController();
    child.once('exit', () => {
      ended.abort();
    });
    child.once('error', (error) => {
      lastOutput += String(error);
      ended.abort();
    });
    const server = child.pid === undefined ? undefined : identify(child.pid);
    await recordOwner(server);
    const url = serverUrl(port, password, SUPERUSER);
    if (server && (await answers(url, ended.signal))) {
      child.unref();
      (child.stderr as unknown as { unref: () => void }).unref();
      return {
        url,
        stop: async () => {
          await endGroup(server, STOP_SIGNAL, 10_000);
          await rm(folder, { recursive: true, force: true });
        },
      };
    }
    if (server) await endGroup(server, STOP_SIGNAL, 5_000);
  }
  await rm(folder, { recursive: true, force: true });
  throw new Error(`PostgreSQL for tests did not start in ${START_TRIES} tries:\n${lastOutput}`);
}

/** Tries to connect until it works (true), or the server ends or the time is over (false). */
async function answers(url: string, ended: AbortSignal): Promise<boolean> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!ended.aborted && Date.now() < deadline) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.end();
      return true;
    } catch {
      await sleep(50);
    }
  }
  return false;
}

/**
 * Fills `folder/data` with a fresh data directory: a copy of the one made by the machine's first run.
 * @returns the superuser's password in it
 */
async function copyTemplate(folder: string): Promise<string> {
  const user = process.getuid?.() ?? 0;
  const template = join(tmpdir(), `todo-test-postgres18.${user}`);
  const passwordFile = join(template, 'password');
  if (!existsSync(passwordFile)) {
    const unfinished = join(folder, 'template');
    await mkdir(unfinished, { mode: 0o711 });
    const password = randomBytes(16).toString('hex');
    const options = { dataDir: join(unfinished, 'data'), port: 1, password, disposable: true };
    await prepareServer(options);
    await writeFile(join(unfinished, 'password'), password, { mode: 0o600 });
    await rename(unfinished, template).catch(async () => {
      await rm(unfinished, { recursive: true, force: true }); // another run was faster
    });
  }
  const password = readFileSync(passwordFile, 'utf8');
  const data = join(folder, 'data');
  await cp(join(template, 'data'), data, { recursive: true });
  const account = await serverAccount();
  if (account) await giveTo(data, account.uid, account.gid);
  await chmod(data, 0o700);
  return password;
}

async function giveTo(folder: string, uid: number, gid: number): Promise<void> {
  await chown(folder, uid, gid);
  for (const entry of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    await chown(join(folder, entry), uid, gid);
  }
}

/** Ends the servers of runs that no longer exist, and removes their data. */
async function removeLeftovers(): Promise<void> {
  for (const name of readdirSync(tmpdir())) {
    if (!name.startsWith(PREFIX)) continue;
    const folder = join(tmpdir(), name);
    try {
      const found = JSON.parse(readFileSync(join(folder, 'owner.json'), 'utf8')) as Owner;
      if (isRunning(found.owner)) continue;
      if (found.server) await endGroup(found.server, STOP_SIGNAL, 10_000);
      await rm(folder, { recursive: true, force: true });
    } catch {
      // Not ours, or just being made by another run.
    }
  }
}

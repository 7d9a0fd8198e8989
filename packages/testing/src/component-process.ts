// The component as a process of its own, as it runs beside a daprd, so that it can be killed and measured.
import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { SOCKET_NAME } from '@todo/pubsub-postgresql/socket';

const MAIN = fileURLToPath(
  new URL('../../../services/pubsub-postgresql/src/main.ts', import.meta.url),
);
/** What the image runs; made by `npm run build`. */
const BUNDLE = fileURLToPath(
  new URL('../../../services/pubsub-postgresql/dist/main.js', import.meta.url),
);
/** Generous: an overloaded machine may take a minute to start Node. */
const START_TIMEOUT_MS = 120_000;
/** Port 1 refuses at once: there is no sidecar to heal unless the caller names one. */
const NO_SIDECAR = '1';

/** A component's process. */
export interface ComponentProcess {
  /** The folder for DAPR_COMPONENTS_SOCKETS_FOLDER. */
  folder: string;
  socket: string;
  /** Undefined while it is down. */
  pid: () => number | undefined;
  /** Resident memory in bytes, 0 while it is down. */
  residentBytes: () => number;
  /** Processor time of all its threads so far, ms; 0 while it is down. */
  cpuMs: () => number;
  start: () => Promise<void>;
  /** Ends it; resolves when it is gone. */
  end: (signal: 'SIGTERM' | 'SIGKILL') => Promise<void>;
  /** Ends it and removes the folder. */
  remove: () => Promise<void>;
  /** Its log so far, one JSON object a line; the last 200 kB. */
  log: () => string;
}

/** Resident memory of a process in bytes, 0 when there is none. */
export function residentBytesOf(pid: number | undefined): number {
  if (pid === undefined) return 0;
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024;
}

/** Linux counts a process's time in hundredths of a second: proc(5). */
const TICK_MS = 10;

function cpuMsOf(pid: number | undefined): number {
  if (pid === undefined) return 0;
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS; // utime, stime
}

/**
 * Starts the component and waits for its socket.
 * @param options.env - further environment, like DAPR_HTTP_PORT
 * @param options.bundled - run the bundle that the image runs, which `npm run build` must have made; or another build's, by
 *   its path
 * @throws Error with its log when it ends or does not bind in time
 */
export async function startComponentProcess(
  options: { env?: Record<string, string>; bundled?: boolean | string } = {},
): Promise<ComponentProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'pubsub-postgresql-'));
  const socket = join(folder, SOCKET_NAME);
  let child: ChildProcess | undefined;
  let words = '';

  async function start(): Promise<void> {
    const before = await stat(socket).catch(() => undefined);
    const bundle = options.bundled === true ? BUNDLE : options.bundled;
    const own = spawn(process.execPath, [bundle || MAIN], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        DAPR_COMPONENTS_SOCKETS_FOLDER: folder,
        DAPR_HTTP_PORT: NO_SIDECAR,
        ...options.env,
      },
    });
    const hear = (chunk: Buffer): void => {
      words = (words + chunk.toString()).slice(-200_000);
    };
    own.stdout.on('data', hear);
    own.stderr.on('data', hear);
    child = own;
    const deadline = performance.now() + START_TIMEOUT_MS;
    for (;;) {
      const now = await stat(socket).catch(() => undefined);
      if (now && now.ino !== before?.ino) return;
      if (own.exitCode !== null || performance.now() > deadline)
        throw new Error(`the component did not bind its socket: ${words}`);
      await sleep(10);
    }
  }

  async function end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const own = child;
    child = undefined;
    if (own?.exitCode !== null || own.signalCode !== null) return;
    const gone = new Promise((done) => own.once('exit', done));
    own.kill(signal);
    await gone;
  }

  // A run that is interrupted leaves no component behind.
  const abandon = (): void => {
    child?.kill('SIGKILL');
  };
  process.once('exit', abandon);
  await start();
  return {
    folder,
    socket,
    pid: () => child?.pid,
    residentBytes: () => residentBytesOf(child?.pid),
    cpuMs: () => cpuMsOf(child?.pid),
    start,
    end,
    remove: async () => {
      process.off('exit', abandon);
      await end('SIGTERM');
      await rm(folder, { recursive: true, force: true });
    },
    log: () => words,
  };
}

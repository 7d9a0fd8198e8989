// Keeps one process of the system running, the way a cluster would: started, watched, started again when it ends,
// with a wait that grows and has an end, and ended with its whole group when the system stops.
//
//   starting → healthy → (ended) → waiting → starting → …        until stop(): stopping → stopped
//
// Each process writes to its own log file directly, not through us: it goes on undisturbed if we are killed, and the
// record beside it (pid and start time) lets the next start find it and end it.
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe } from './errors.ts';
import { keepPreviousLog, lastLines } from './part-log.ts';
import { endGroup, identify, signal, type ProcessIdentity } from './process-identity.ts';

/** What one process of the system is. */
export interface PartSpec {
  /** Unique; also the name of its log file. */
  name: string;
  command: string;
  args: string[];
  env?: Record<string, string>;
  cwd?: string;
  uid?: number;
  gid?: number;
  /** Where people or programs reach it, if they do. */
  url?: string;
  /** Asked until it answers undefined; else what is still missing. */
  health: () => Promise<string | undefined>;
  /** Run before each start. */
  beforeStart?: () => Promise<void> | void;
  /** Default SIGTERM. */
  stopSignal?: NodeJS.Signals;
  /** Milliseconds from the stop signal to SIGKILL; default 10 s. */
  stopGraceMs?: number;
}

/** What happens to a part, for people to see. */
export type PartEvent =
  | { part: string; kind: 'healthy'; afterMs: number; again: boolean; url?: string }
  | { part: string; kind: 'ended'; how: string; restartInMs: number }
  | { part: string; kind: 'waiting'; afterMs: number; reason: string };

/** A running, supervised part. */
export interface Part {
  readonly name: string;
  readonly url?: string;
  /** The process that runs now; undefined between two. */
  pid: () => number | undefined;
  /** How often it was started again. */
  restarts: () => number;
  /** Resolves when it is healthy for the first time. Rejects if it keeps ending before that. */
  started: Promise<void>;
  /** Asks its health now: undefined or what is wrong. */
  check: () => Promise<string | undefined>;
  /** Sends a signal to the process alone, for tests of its recovery. */
  kill: (name: NodeJS.Signals) => boolean;
  /** Ends its process as `stop` does and starts it again without a wait; it does not count as a failure. */
  restart: () => Promise<void>;
  /** Ends it for good; at once (SIGKILL) with `now`. */
  stop: (now?: boolean) => Promise<void>;
}

/** Where logs and process records go. */
export interface PartFolders {
  logs: string;
  records: string;
}

/** A part that can't be started. */
export class PartFailedError extends Error {
  override name = 'PartFailedError';
}

const RESTART_WAITS_MS = [100, 500, 1_000, 2_000, 4_000, 8_000];
/** Healthy for this long: its next end counts as the first again. */
const STABLE_MS = 30_000;
/** Ends before it was ever healthy, until we give up. */
const START_TRIES = 6;
const HEALTH_INTERVAL_MS = 100;
/** From the stop signal to SIGKILL, ms. */
const STOP_GRACE_MS = 10_000;
/** While a part is not healthy, say so at this interval. */
const REPORT_INTERVAL_MS = 15_000;
/** sysexits.h: the configuration is wrong; starting again can't help. */
const EX_CONFIG = 78;

/** Starts a part and keeps it running until `stop`. */
export function supervise(
  spec: PartSpec,
  folders: PartFolders,
  report: (event: PartEvent) => void,
): Part {
  const logFile = join(folders.logs, `${spec.name}.log`);
  const recordFile = join(folders.records, `${spec.name}.json`);
  mkdirSync(folders.logs, { recursive: true });
  mkdirSync(folders.records, { recursive: true });
  keepPreviousLog(logFile);

  const stopping = new AbortController();
  const isStopping = (): boolean => stopping.signal.aborted;
  const isRestarting = (): boolean => restarting;
  let current: ProcessIdentity | undefined;
  /** Set by `restart` until the next process is there. */
  let restarting = false;
  let pause = new AbortController();
  let restarts = -1;
  let everHealthy = false;
  let firstHealthy: () => void = () => undefined;
  let failed: (error: Error) => void = () => undefined;
  const started = new Promise<void>((resolve, reject) => {
    firstHealthy = resolve;
    failed = reject;
  });
  started.catch(() => undefined); // who waits for it hears of it

  const check = async (): Promise<string | undefined> => {
    try {
      return await spec.health();
    } catch (error) {
      return describe(error);
    }
  };

  async function watchUntilHealthy(since: number, ended: AbortSignal): Promise<number | undefined> {
    let nextReport = since + REPORT_INTERVAL_MS;
    const over = (): boolean => ended.aborted || isStopping();
    while (!over()) {
      const reason = await check();
      if (over()) return undefined;
      if (reason === undefined) {
        const afterMs = Date.now() - since;
        report({
          part: spec.name,
          kind: 'healthy',
          afterMs,
          again: everHealthy,
          ...(spec.url && { url: spec.url }),
        });
        everHealthy = true;
        firstHealthy();
        return Date.now();
      }
      if (Date.now() > nextReport) {
        report({ part: spec.name, kind: 'waiting', afterMs: Date.now() - since, reason });
        nextReport += REPORT_INTERVAL_MS;
      }
      await sleep(HEALTH_INTERVAL_MS, undefined, { ref: false });
    }
    return undefined;
  }

  async function run(): Promise<void> {
    let failures = 0;
    let notHealthySince = Date.now();
    while (!isStopping()) {
      await spec.beforeStart?.();
      restarting = false;
      restarts++;
      const log = openSync(logFile, 'a');
      const child = spawn(spec.command, spec.args, {
        cwd: spec.cwd ?? '/',
        detached: true, // its own process group: our Ctrl-C is not its Ctrl-C
        stdio: ['ignore', log, log],
        env: { ...inheritedEnvironment(), ...spec.env },
        ...(spec.uid !== undefined && { uid: spec.uid, gid: spec.gid }),
      });
      closeSync(log);
      const ended = new AbortController();
      const exit = exitOf(child);
      if (child.pid !== undefined) {
        current = identify(child.pid) ?? { pid: child.pid, startTime: 'ended' };
        writeFileSync(recordFile, JSON.stringify({ name: spec.name, ...current }));
      }
      const healthy = watchUntilHealthy(notHealthySince, ended.signal);
      const how = await exit;
      ended.abort();
      const healthySince = await healthy;
      if (child.pid !== undefined) signal(-child.pid, 'SIGKILL'); // what it left of its group
      current = undefined;
      rmSync(recordFile, { force: true });
      if (isStopping()) return;
      if (isRestarting()) {
        failures = 0;
        notHealthySince = Date.now();
        continue;
      }

      if (healthySince !== undefined) {
        notHealthySince = Date.now();
        if (Date.now() - healthySince > STABLE_MS) failures = 0;
      }
      failures++;
      if (!everHealthy && (failures >= START_TRIES || how.code === EX_CONFIG || how.never)) {
        failed(
          new PartFailedError(
            `${spec.name} did not start: it ${how.text}${failures > 1 ? `, ${failures} times` : ''}. Its last log lines (${logFile}):\n${lastLines(logFile)}`,
          ),
        );
        return;
      }
      const restartInMs = RESTART_WAITS_MS[Math.min(failures, RESTART_WAITS_MS.length) - 1] ?? 0;
      report({ part: spec.name, kind: 'ended', how: how.text, restartInMs });
      pause = new AbortController();
      const over = AbortSignal.any([stopping.signal, pause.signal]);
      await sleep(restartInMs, undefined, { signal: over }).catch(() => undefined);
      if (isRestarting()) notHealthySince = Date.now();
    }
  }

  const running = run().catch((error: unknown) => {
    failed(new PartFailedError(`${spec.name} did not start: ${describe(error)}`));
  });

  return {
    name: spec.name,
    ...(spec.url && { url: spec.url }),
    pid: () => current?.pid,
    restarts: () => Math.max(restarts, 0),
    started,
    check,
    kill: (name) => (current ? signal(current.pid, name) : false),
    restart: async () => {
      restarting = true;
      pause.abort();
      if (current)
        await endGroup(current, spec.stopSignal ?? 'SIGTERM', spec.stopGraceMs ?? STOP_GRACE_MS);
    },
    stop: async (now = false) => {
      stopping.abort();
      if (current) {
        const grace = now ? 0 : (spec.stopGraceMs ?? STOP_GRACE_MS);
        await endGroup(current, now ? 'SIGKILL' : (spec.stopSignal ?? 'SIGTERM'), grace);
      }
      await running;
    },
  };
}

/** How a process ended. */
interface Exit {
  code: number | null;
  /** It never ran: there is no such program. */
  never: boolean;
  text: string;
}

function exitOf(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve) => {
    child.once('error', (error) => {
      resolve({ code: null, never: true, text: `could not be started (${error.message})` });
    });
    child.once('exit', (code, name) => {
      resolve({
        code,
        never: false,
        text: name ? `was killed by ${name}` : `exited with code ${code ?? 0}`,
      });
    });
  });
}

/**
 * Our environment without what npm adds (it would reach each child and its log of settings), and without the one name in
 * telemetry that would be every part's.
 */
function inheritedEnvironment(): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(npm_|INIT_CWD$|VITEST|NODE_OPTIONS$|OTEL_SERVICE_NAME$)/.test(name),
    ),
  );
}

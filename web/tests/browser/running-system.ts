// The system under test: the one at WEB_TEST_URL, else the whole of it, started here.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** The account that is an operator in the system started here. */
export const OPERATOR = 'operator@example.com';

/** What the tests need of a system. */
export interface RunningSystem {
  url: string;
  /** Kills the backend's process at once; null where that can't be done from here. */
  killBackend: (() => void) | null;
  waitUntilHealthy: () => Promise<void>;
  stop: () => Promise<void>;
}

/** The part of `@todo/local/system` used here. Not imported as a type: its sources are checked with other settings. */
interface Local {
  startSystem: (options: {
    portBase: number;
    dataDir: string;
    env: { web: Record<string, string> };
    say: (line: string) => void;
  }) => Promise<{
    urls: { public: string };
    kill: (part: string, signal: NodeJS.Signals) => boolean;
    waitUntilHealthy: (timeoutMs: number) => Promise<void>;
    stop: () => Promise<void>;
  }>;
}
const LOCAL: string = '@todo/local/system';

/** Port base of the system started here: WEB_TEST_PORT_BASE, or 5340. */
const PORT_BASE = Number(process.env['WEB_TEST_PORT_BASE'] ?? 5340);

/** Starts or finds the system. */
export async function runningSystem(): Promise<RunningSystem> {
  const remote = process.env['WEB_TEST_URL'];
  if (remote !== undefined) {
    return {
      url: remote,
      killBackend: null,
      waitUntilHealthy: () => Promise.resolve(),
      stop: () => Promise.resolve(),
    };
  }
  const dataDir = mkdtempSync(path.join(tmpdir(), 'todo-browser-'));
  const { startSystem } = (await import(LOCAL)) as Local;
  const system = await startSystem({
    say: (line) => process.stdout.write(`${line}\n`),
    portBase: PORT_BASE,
    dataDir,
    env: { web: { OPERATOR_EMAILS: OPERATOR } },
  });
  return {
    url: system.urls.public,
    killBackend: () => {
      system.kill('backend', 'SIGKILL');
    },
    waitUntilHealthy: () => system.waitUntilHealthy(60_000),
    stop: async () => {
      await system.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

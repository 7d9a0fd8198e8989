// The system under test: the one at WEB_TEST_URL, else the whole of it, started here.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { freePort } from '@todo/local/free-port';
import { startMailServer, type ReceivedMail } from '../mail-server.ts';
import { CLIENT, startProvider } from '../oidc-provider.ts';

/** The account that is an operator in the system started here. */
export const OPERATOR = 'operator@example.com';

/** What the tests need of a system. */
export interface RunningSystem {
  url: string;
  /** Kills the backend's process at once; null where that can't be done from here. */
  killBackend: (() => void) | null;
  waitUntilHealthy: () => Promise<void>;
  /** Publishes an event as it is; daprd's status. Null where that can't be done from here. */
  publish: ((topic: string, event: object) => Promise<number>) | null;
  /** Starts a second backend on the same database; null where that can't be done from here. */
  startReplica: (() => Promise<Replica>) | null;
  /** Mails about accounts, the newest last; null where they go elsewhere. */
  mails: readonly ReceivedMail[] | null;
  stop: () => Promise<void>;
}

/** Who can sign in with the provider of the system started here, by their name there. */
const PEOPLE = {
  nia: { email: 'nia@example.com', email_verified: true, name: 'Nia', zoneinfo: 'Asia/Tokyo' },
};

/** One more backend. */
export interface Replica {
  url: string;
  stop: () => Promise<void>;
}

/** The part of `@todo/local/system` used here. Not imported as a type: its sources are checked with other settings. */
interface Local {
  startSystem: (options: {
    portBase: number;
    dataDir: string;
    reset: boolean;
    env: { web: Record<string, string> };
    say: (line: string) => void;
  }) => Promise<{
    urls: { public: string };
    kill: (part: string, signal: NodeJS.Signals) => boolean;
    waitUntilHealthy: (timeoutMs: number) => Promise<void>;
    publish: (topic: string, event: unknown) => Promise<number>;
    stop: () => Promise<void>;
  }>;
}
const LOCAL: string = '@todo/local/system';
const DATA_FOLDER: string = '@todo/local/data-folder';

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
      publish: null,
      startReplica: null,
      mails: null,
      stop: () => Promise.resolve(),
    };
  }
  const { startSystem } = (await import(LOCAL)) as Local;
  const { DEFAULT_DATA_DIR } = (await import(DATA_FOLDER)) as { DEFAULT_DATA_DIR: string };
  // Always the same folder: what a killed run left running is found by its records there, and ended.
  const dataDir = path.join(DEFAULT_DATA_DIR, 'browser');
  const mails: ReceivedMail[] = [];
  const mailServer = await startMailServer(mails);
  const site = { url: `http://localhost:${PORT_BASE}`, ids: ['home'] };
  const provider = await startProvider(PEOPLE, site);
  const system = await startSystem({
    say: (line) => process.stdout.write(`${line}\n`),
    portBase: PORT_BASE,
    dataDir,
    reset: true,
    env: {
      // people of the tests sign up one after the other, all from this machine
      web: {
        OPERATOR_EMAILS: OPERATOR,
        SIGN_UPS_PER_MINUTE: '10000',
        SIGN_INS_PER_MINUTE: '10000',
        SMTP_URL: mailServer.url,
        OIDC_PROVIDERS: JSON.stringify([
          { id: 'home', name: 'Home', issuer: provider.issuer, ...CLIENT },
        ]),
      },
    },
  });
  return {
    url: system.urls.public,
    killBackend: () => {
      system.kill('backend', 'SIGKILL');
    },
    waitUntilHealthy: () => system.waitUntilHealthy(60_000),
    publish: (topic, event) => system.publish(topic, event),
    startReplica: () => startReplica(dataDir, system.urls.public),
    mails,
    stop: async () => {
      await system.stop();
      provider.server.closeAllConnections();
      provider.server.close();
      await mailServer.close();
    },
  };
}

/** A backend like the system's own, on a free port, with the same sidecar. */
async function startReplica(dataDir: string, publicUrl: string): Promise<Replica> {
  const root = path.join(import.meta.dirname, '../../..');
  const secrets = JSON.parse(readFileSync(path.join(dataDir, 'secrets.json'), 'utf8')) as {
    databasePassword: string;
    appApiToken: string;
    daprApiToken: string;
  };
  const port = await freePort();
  const password = encodeURIComponent(secrets.databasePassword);
  const child = spawn(process.execPath, [path.join(root, 'services/backend/src/main.ts')], {
    stdio: 'ignore',
    env: {
      ...process.env,
      HOST: '127.0.0.1',
      PORT: String(port),
      LOG_LEVEL: 'warn',
      DATABASE_URL: `postgresql://todo:${password}@127.0.0.1:${PORT_BASE + 9}/todo`,
      DAPR_HTTP_PORT: String(PORT_BASE + 11),
      DAPR_API_TOKEN: secrets.daprApiToken,
      APP_API_TOKEN: secrets.appApiToken,
      AUTH_ISSUER: publicUrl,
      AUTH_JWKS_URLS: `http://127.0.0.1:${PORT_BASE}/api/auth/jwks`,
    },
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const url = `http://127.0.0.1:${port}`;
  const deadline = Date.now() + 60_000;
  while (!(await answersOk(`${url}/readyz`))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      child.kill('SIGKILL');
      throw new Error('the second backend did not become ready');
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return {
    url,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function answersOk(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}

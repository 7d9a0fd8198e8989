// The system under test when nobody names one: the whole of it, started on this machine for this run on data of its own.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openDatabase } from '@todo/testing/find-text';
import type { System, SystemOptions } from '@todo/local/system';
import type { Hooks, Victim } from './hooks.ts';
import { accountBySignUp, freshUser, tokenBySignUp, type Role, type Target } from './target.ts';

const OPERATOR = 'operator@example.com';

/** Where events go. */
export type Pubsub = NonNullable<SystemOptions['pubsub']>;

/** First ports of the two systems, apart from those of `npm run up`. */
const PORT_BASES: Record<Pubsub, number> = { postgresql: 14_300, kafka: 14_400 };

/** Why a system with this pub/sub can't run here; undefined if it can. */
export async function whyNot(pubsub: Pubsub): Promise<string | undefined> {
  if (pubsub === 'postgresql' || process.env['KAFKA_BROKERS']) return undefined;
  const { kafkaLibs } = await import('@todo/local/parts/kafka');
  try {
    await kafkaLibs(console.log);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/**
 * Starts a whole system. With `postgresql` it has the web app and people sign up there; with `kafka` it has none, and
 * tokens come from the machine's development key: both ways of getting one are used.
 */
export async function embeddedTarget(pubsub: Pubsub): Promise<Target> {
  const { DEFAULT_DATA_DIR } = await import('@todo/local/data-folder');
  const { startSystem } = await import('@todo/local/system');
  // Always the same folder: what a killed run left running is found by its records there, and ended.
  const dataDir = join(DEFAULT_DATA_DIR, `e2e-${pubsub}`);
  const web = pubsub === 'postgresql';
  const portBase = Number(process.env['E2E_PORT_BASE'] ?? PORT_BASES.postgresql);
  const log = (line: string): void => {
    console.log(`[${pubsub}] ${line}`);
  };
  const options: SystemOptions = {
    dataDir,
    portBase: portBase + PORT_BASES[pubsub] - PORT_BASES.postgresql,
    pubsub,
    web,
    env: {
      web: {
        OPERATOR_EMAILS: OPERATOR,
        ACCOUNT_DELETION_GRACE_DAYS: '0',
        SIGN_UPS_PER_MINUTE: '10000',
      },
    },
    say: log,
    onPart: (event) => {
      if (event.kind === 'ended') log(`${event.part} ${event.how}`);
      if (event.kind === 'waiting') log(`${event.part} is not healthy: ${event.reason}`);
      if (event.kind === 'healthy') log(`${event.part} healthy after ${event.afterMs} ms`);
    },
  };
  const start = async (reset: boolean): Promise<System> => {
    try {
      return await startSystem({ ...options, reset });
    } catch (error) {
      console.log(`logs of the failed start: ${join(dataDir, 'logs')}`);
      throw error;
    }
  };
  const running = { system: await start(true) };
  const { urls } = running.system;
  const restart = async (): Promise<void> => {
    await running.system.stop();
    running.system = await start(false);
  };
  const token = (role: Role): Promise<string> =>
    running.system.token({ user: freshUser(), role, zone: 'Europe/Berlin' });
  return {
    name: `the embedded system on pubsub.${pubsub}`,
    baseUrl: urls.public,
    token: web
      ? (role) => tokenBySignUp(urls.public, role, { E2E_OPERATOR_EMAIL: OPERATOR })
      : token,
    account: web
      ? () => accountBySignUp(urls.public)
      : async () => ({ token: await token('user') }),
    hooks: {
      ...hooksOf(() => running.system, pubsub),
      restart,
      withDatabase: async (work) => {
        const database = openDatabase(await databaseUrl(dataDir, running.system));
        try {
          return await work(database);
        } finally {
          await database.end();
        }
      },
    },
    stop: async () => {
      await running.system.stop();
      console.log(`logs of the system: ${running.system.logs}`);
    },
  };
}

/** The database of a system, as a superuser sees it. */
async function databaseUrl(dataDir: string, { ports }: System): Promise<string> {
  const given = process.env['DATABASE_URL'];
  if (given !== undefined) return given;
  const { serverUrl } = await import('@todo/local/parts/postgres-server');
  const { loadSecrets } = await import('@todo/local/secrets');
  const { postgresPassword } = await loadSecrets(join(dataDir, 'secrets.json'));
  return serverUrl(ports.postgres, postgresPassword, 'todo');
}

/** @param current the system that runs now: a restart makes another one */
function hooksOf(current: () => System, pubsub: Pubsub): Hooks {
  const system = current();
  const partOf = (victim: Victim): string => {
    switch (victim.kind) {
      case 'service':
        return victim.service;
      case 'sidecar':
        return `daprd-${victim.service}`;
      case 'component':
        return `pubsub-${victim.service}`;
      case 'database':
        return 'postgres';
      case 'broker':
        return 'kafka';
    }
  };
  const ownBroker = system.parts.some((part) => part.name === 'kafka');
  return {
    victims: [
      'service',
      'sidecar',
      'database',
      ...(pubsub === 'postgresql' ? (['component'] as const) : []),
      ...(ownBroker ? (['broker'] as const) : []),
    ],
    kill: async (victim) => {
      const part = current().parts.find((one) => one.name === partOf(victim));
      const pid = part?.pid();
      if (!part?.kill('SIGKILL')) throw new Error(`${partOf(victim)} does not run`);
      // A process of much memory takes its time to end, and answers until then.
      while (part.pid() === pid) await sleep(5);
    },
    waitUntilHealthy: (timeoutMs) => current().waitUntilHealthy(timeoutMs),
    logs: (service) => readFile(join(current().logs, `${service}.log`), 'utf8'),
    sleep: async (ms, wakeMs) => {
      const sidecars = current().parts.filter(({ name }) => name.startsWith('daprd-'));
      const before = new Map(sidecars.map((part) => [part, part.pid()]));
      for (const part of sidecars) part.kill('SIGSTOP');
      await sleep(ms);
      for (const part of sidecars) part.kill('SIGCONT');
      await sleep(wakeMs);
      return sidecars.filter((part) => part.pid() !== before.get(part)).map(({ name }) => name);
    },
    publish: async (topic, event) => {
      const status = await current().publish(topic, event);
      if (status >= 300) throw new Error(`publishing to ${topic}: daprd answered ${status}`);
    },
    deliver: async (service, topic, event) => {
      const response = await current().deliver(service, topic, event);
      return { status: response.status, body: await response.json() };
    },
    ...(system.brokers && { brokers: system.brokers.split(',') }),
  };
}

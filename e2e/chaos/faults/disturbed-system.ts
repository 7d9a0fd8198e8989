// The whole system on this machine with everything between its parts that a fault needs: a proxy from each service to PostgreSQL
// and to its sidecar, and a superuser's connection to the server.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { addressesOf } from '@todo/deploy/plan/database-logins';
import { removeData } from '@todo/local/data-folder';
import { planPorts, type ServiceName } from '@todo/local/ports';
import { isRunning } from '@todo/local/process-identity';
import { replicasOf, type Replica } from '@todo/local/replicas';
import { readRunner } from '@todo/local/runner';
import { serverUrl } from '@todo/local/parts/postgres-server';
import { loadSecrets } from '@todo/local/secrets';
import { startSystem, type System, type SystemOptions } from '@todo/local/system';
import { startTcpProxy, type TcpProxy } from '@todo/testing/tcp-proxy';
import pg from 'pg';
import type { Pubsub } from '../../targets/embedded.ts';
import { prepareSlowCommits } from './slow-commits.ts';

/** A replica with what is between it and the others. */
export interface DisturbedReplica extends Replica {
  readonly database: TcpProxy;
  readonly sidecar: TcpProxy;
}

/** A running system that faults can be put into. */
export interface DisturbedSystem {
  readonly system: System;
  readonly pubsub: Pubsub;
  readonly replicas: readonly DisturbedReplica[];
  /** Where each of the backend's replicas answers. */
  readonly backends: readonly string[];
  /** Address of the database `todo` for a superuser, past the proxies. */
  readonly adminUrl: string;
  /** Address for the operator's login, past the proxies. */
  readonly ownerUrl: string;
  /** Runs one statement as superuser. */
  readonly asAdmin: (statement: string) => Promise<pg.QueryResult>;
  readonly stop: () => Promise<void>;
}

/** What is put between the parts of a system before it starts. */
export interface Disturbances extends Pick<
  DisturbedSystem,
  'replicas' | 'backends' | 'adminUrl' | 'ownerUrl' | 'asAdmin'
> {
  /** The environment that leads each replica through its proxies. */
  readonly env: NonNullable<SystemOptions['env']>;
  readonly close: () => Promise<void>;
}

/**
 * Starts the proxies of a system to come, on data of its own, which it throws away first.
 * @param say gets a line about what is slow
 * @throws Error when a system runs on that data
 */
export async function putBetween(options: {
  dataDir: string;
  portBase: number;
  /** Replicas of each service. */
  replicas: number;
  say: (line: string) => void;
}): Promise<Disturbances> {
  const { dataDir, portBase } = options;
  const ports = planPorts(portBase);
  const runner = readRunner(dataDir);
  if (runner && isRunning(runner))
    throw new Error(
      `A system runs on ${dataDir} (process ${runner.pid}), and its data would be thrown away. Stop it first.`,
    );
  await mkdir(dataDir, { recursive: true });
  await removeData(dataDir, options.say);
  // Its passwords are needed before it runs: the services' addresses go through the proxies.
  const secrets = await loadSecrets(join(dataDir, 'secrets.json'));
  const ownerUrl = `postgresql://todo:${secrets.databasePassword}@127.0.0.1:${ports.postgres}/todo`;
  const adminUrl = serverUrl(ports.postgres, secrets.postgresPassword, 'todo');
  const replicas = await Promise.all(
    replicasOf(portBase, options.replicas).map(async (replica): Promise<DisturbedReplica> => ({
      ...replica,
      database: await startTcpProxy(ports.postgres),
      sidecar: await startTcpProxy(replica.ports.daprHttp),
    })),
  );
  const env = Object.fromEntries(
    replicas.map(({ service, name, database, sidecar }) => {
      const proxied = new URL(ownerUrl);
      proxied.port = String(database.port);
      const operator = { url: proxied.href, directUrl: proxied.href };
      const { url, directUrl } = addressesOf(operator, service, secrets.databaseLogins);
      const own: Record<string, string> = {
        DATABASE_URL: url,
        DATABASE_DIRECT_URL: directUrl,
        DAPR_HTTP_PORT: String(sidecar.port),
      };
      if (service === 'notification') own['OUTBOUND_PRIVATE_ADDRESSES'] = 'true';
      return [name, own];
    }),
  );
  return {
    ...{ replicas, env, adminUrl, ownerUrl },
    asAdmin: (statement) => once(adminUrl, statement),
    backends: replicas
      .filter(({ service }) => service === 'backend')
      .map(({ ports: own }) => `http://127.0.0.1:${own.app}`),
    close: async () => {
      for (const { database, sidecar } of replicas) {
        await database.close();
        await sidecar.close();
      }
    },
  };
}

/** What faults work with, of a system that was started with its disturbances. */
export async function disturbedSystem(
  system: System,
  pubsub: Pubsub,
  disturbances: Disturbances,
): Promise<DisturbedSystem> {
  const { replicas, backends, adminUrl, ownerUrl, asAdmin, close } = disturbances;
  await prepareSlowCommits(asAdmin);
  return {
    ...{ system, pubsub, replicas, backends, adminUrl, ownerUrl, asAdmin },
    stop: async () => {
      await system.stop();
      await close();
    },
  };
}

/**
 * Starts a system without the web app, on data of its own, which it throws away first.
 * @param options say: gets a line about what is slow
 */
export async function startDisturbedSystem(
  options: Parameters<typeof putBetween>[0] & { pubsub: Pubsub },
): Promise<DisturbedSystem> {
  const { dataDir, portBase, pubsub, replicas, say } = options;
  const disturbances = await putBetween(options);
  let started: System | undefined;
  try {
    const { env } = disturbances;
    started = await startSystem({ dataDir, portBase, pubsub, env, replicas, say, web: false });
    return await disturbedSystem(started, pubsub, disturbances);
  } catch (error) {
    await started?.stop();
    await disturbances.close();
    throw error;
  }
}

/** Kills every replica of a service that is running now. @returns how many */
export function killEvery({ system, replicas }: DisturbedSystem, service: ServiceName): number {
  return replicas.filter((one) => one.service === service && system.kill(one.name)).length;
}

async function once(url: string, statement: string): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await client.query(statement);
  } finally {
    await client.end().catch(() => undefined);
  }
}

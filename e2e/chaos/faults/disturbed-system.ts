// The whole system on this machine with everything between its parts that a fault needs: a proxy from each service to PostgreSQL
// and to its sidecar, and a superuser's connection to the server.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { addressesOf } from '@todo/deploy/plan/database-logins';
import { removeData } from '@todo/local/data-folder';
import { planPorts, type ServiceName } from '@todo/local/ports';
import { replicasOf, type Replica } from '@todo/local/replicas';
import { serverUrl } from '@todo/local/parts/postgres-server';
import { loadSecrets } from '@todo/local/secrets';
import { startSystem, type System } from '@todo/local/system';
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

/**
 * Starts it on data of its own, which it throws away first.
 * @param say gets a line about what is slow
 */
export async function startDisturbedSystem(options: {
  dataDir: string;
  portBase: number;
  pubsub: Pubsub;
  /** Replicas of each service. */
  replicas: number;
  say: (line: string) => void;
}): Promise<DisturbedSystem> {
  const { dataDir, portBase, pubsub } = options;
  const ports = planPorts(portBase);
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
  const closeProxies = async (): Promise<void> => {
    for (const { database, sidecar } of replicas) {
      await database.close();
      await sidecar.close();
    }
  };
  let started: System | undefined;
  try {
    const system = (started = await startSystem({
      ...{ dataDir, portBase, pubsub, env, replicas: options.replicas, say: options.say },
      web: false,
    }));
    const asAdmin = (statement: string): Promise<pg.QueryResult> => once(adminUrl, statement);
    await prepareSlowCommits(asAdmin);
    return {
      ...{ system, pubsub, replicas, adminUrl, ownerUrl, asAdmin },
      backends: replicas
        .filter(({ service }) => service === 'backend')
        .map(({ ports: own }) => `http://127.0.0.1:${own.app}`),
      stop: async () => {
        await system.stop();
        await closeProxies();
      },
    };
  } catch (error) {
    await started?.stop();
    await closeProxies();
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

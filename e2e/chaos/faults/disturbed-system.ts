// The whole system on this machine with everything between its parts that a fault needs: a proxy from each service to PostgreSQL
// and to its sidecar, and a superuser's connection to the server.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { addressesOf } from '@todo/deploy/plan/database-logins';
import { removeData } from '@todo/local/data-folder';
import { planPorts, SERVICES, type ServiceName } from '@todo/local/ports';
import { serverUrl } from '@todo/local/parts/postgres-server';
import { loadSecrets } from '@todo/local/secrets';
import { startSystem, type System } from '@todo/local/system';
import { startTcpProxy, type TcpProxy } from '@todo/testing/tcp-proxy';
import pg from 'pg';
import type { Pubsub } from '../../targets/embedded.ts';

/** A running system that faults can be put into. */
export interface DisturbedSystem {
  readonly system: System;
  readonly pubsub: Pubsub;
  /** From a service to its database, and to its sidecar. */
  readonly proxies: Readonly<Record<ServiceName, { database: TcpProxy; sidecar: TcpProxy }>>;
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
  const proxies = Object.fromEntries(
    await Promise.all(
      SERVICES.map(async (service) => [
        service,
        {
          database: await startTcpProxy(ports.postgres),
          sidecar: await startTcpProxy(ports.services[service].daprHttp),
        },
      ]),
    ),
  ) as DisturbedSystem['proxies'];
  const env = Object.fromEntries(
    SERVICES.map((service) => {
      const proxied = new URL(ownerUrl);
      proxied.port = String(proxies[service].database.port);
      const operator = { url: proxied.href, directUrl: proxied.href };
      const { url, directUrl } = addressesOf(operator, service, secrets.databaseLogins);
      const own: Record<string, string> = {
        DATABASE_URL: url,
        DATABASE_DIRECT_URL: directUrl,
        DAPR_HTTP_PORT: String(proxies[service].sidecar.port),
      };
      if (service === 'notification') own['OUTBOUND_PRIVATE_ADDRESSES'] = 'true';
      return [service, own];
    }),
  );
  const closeProxies = async (): Promise<void> => {
    for (const { database, sidecar } of Object.values(proxies)) {
      await database.close();
      await sidecar.close();
    }
  };
  try {
    const system = await startSystem({
      ...{ dataDir, portBase, pubsub, env, say: options.say },
      web: false,
    });
    return {
      ...{ system, pubsub, proxies, adminUrl, ownerUrl },
      asAdmin: (statement) => once(adminUrl, statement),
      stop: async () => {
        await system.stop();
        await closeProxies();
      },
    };
  } catch (error) {
    await closeProxies();
    throw error;
  }
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

// What the component's tests stand on: a database of their own on a real server, and replicas of the component in it,
// each on a socket of its own with a client that speaks as daprd.
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { Metrics } from '../src/metrics.ts';
import { createTestDatabase } from '@todo/testing/test-database-client';
import {
  connectSidecar,
  startService,
  type Pull,
  type SidecarClient,
} from '@todo/testing/sidecar-client';

export type { Pull };

/** A component process's worth of parts, initialized. */
export interface Replica extends SidecarClient {
  /** Reasons for which daprd was asked to start anew. */
  broken: string[];
  /** The lines of its log with this message, so far. */
  logged: (message: string) => Record<string, unknown>[];
  /** As SIGTERM does: writes down what is settled, then ends. */
  stop: () => Promise<void>;
}

/** One test file's surroundings. */
export interface World {
  url: string;
  /** Runs a statement as superuser, on a connection of the test's own. */
  sql: <T extends object>(text: string, values?: unknown[]) => Promise<T[]>;
  /** Starts a replica; `properties` go over the shortest sensible defaults. */
  replica: (properties?: Record<string, string>, metrics?: Metrics) => Promise<Replica>;
  /** Stops all replicas that still run. */
  stopAll: () => Promise<void>;
  close: () => Promise<void>;
}

/** A name nobody else uses. */
export function fresh(what: string): string {
  return `${what}-${randomUUID().slice(0, 8)}`;
}

/**
 * Makes the database and a connection to it.
 * @param server - another server than the tests' own: its address, database included
 */
export async function createWorld(server?: string): Promise<World> {
  const database = server
    ? { url: server, drop: () => Promise.resolve() }
    : await createTestDatabase();
  const pool = new pg.Pool({
    connectionString: database.url,
    max: 4,
    application_name: 'the-test',
  });
  pool.on('error', () => undefined);
  pool.on('connect', (client) => {
    client.on('error', () => undefined);
  });
  const running = new Set<Replica>();

  return {
    url: database.url,
    sql: async <T extends object>(text: string, values: unknown[] = []) =>
      (await pool.query(text, values)).rows as T[],
    replica: async (properties = {}, metrics) => {
      const service = await startService(metrics);
      const client = connectSidecar(service.socket);
      const replica: Replica = {
        ...client,
        broken: service.broken,
        logged: service.logged,
        stop: async () => {
          running.delete(replica);
          client.close();
          await service.close();
        },
      };
      running.add(replica);
      await client.init({
        connectionString: database.url,
        consumerID: 'group-a',
        initialPosition: 'earliest',
        ...properties,
      });
      return replica;
    },
    stopAll: async () => {
      await Promise.all([...running].map((replica) => replica.stop()));
    },
    close: async () => {
      await Promise.all([...running].map((replica) => replica.stop()));
      await pool.end();
      await database.drop();
    },
  };
}

/** The payloads as text. */
export function texts(messages: { data: Buffer }[]): string[] {
  return messages.map((message) => message.data.toString('utf8'));
}

/** Waits. */
export function pause(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}

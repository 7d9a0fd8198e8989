// The tool's one connection. It may lead through a transaction-mode pooler: every statement is in a transaction that says
// itself what it may do.
import pg from 'pg';
import { z } from 'zod';
import { endClient } from '../client-end.ts';
import { connection, schemaName } from '../component-metadata.ts';
import { readSettings } from '../configuration.ts';
import { parseConnectionString } from '../connection-string.ts';
import { APPLICATION_NAME, withSchema, type Database, type Row } from '../database.ts';

const CONNECT_TIMEOUT_MS = 5_000;
/** An exact count of a long log may take a while; nothing waits for this tool. */
const STATEMENT_TIMEOUT_MS = 60_000;

const environment = z.object({
  CONNECTION_STRING: connection,
  SCHEMA: schemaName,
});

/** The tool's settings. */
export type CliConfiguration = z.output<typeof environment>;

/** What commands use of the database; `dapr_pubsub.` in a statement stands for the configured schema. */
export interface CliDatabase {
  /** One statement in a read-only transaction. */
  read: Pick<Database, 'query'>;
  /** Statements in one transaction, which is rolled back when one fails. */
  change: <T>(work: (query: Database['query']) => Promise<T>) => Promise<T>;
  /** The channel subscribers listen on. */
  channel: string;
  close: () => Promise<void>;
}

/** @throws ConfigurationError */
export function readCliConfiguration(env: NodeJS.ProcessEnv): CliConfiguration {
  return readSettings(environment, env);
}

/** @throws pg's errors */
export async function connect(configuration: CliConfiguration): Promise<CliDatabase> {
  const client = new pg.Client({
    ...parseConnectionString(configuration.CONNECTION_STRING),
    application_name: `${APPLICATION_NAME}-cli`,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: STATEMENT_TIMEOUT_MS,
    keepAlive: true,
  });
  client.on('error', () => undefined); // the statement under way fails with it
  await client.connect();

  async function query<T extends Row>(text: string, values: unknown[] = []): Promise<T[]> {
    return (await client.query<T>(withSchema(text, configuration.SCHEMA), values)).rows;
  }

  async function transaction<T>(mode: string, work: () => Promise<T>): Promise<T> {
    await client.query(`begin isolation level read committed ${mode}`);
    try {
      const result = await work();
      await client.query('commit');
      return result;
    } catch (error) {
      await client.query('rollback').catch(() => undefined);
      throw error;
    }
  }

  return {
    read: {
      query: (text, values) => transaction('read only', () => query(text, values)),
    },
    change: (work) => transaction('read write', () => work(query)),
    channel: configuration.SCHEMA,
    close: () => endClient(client),
  };
}

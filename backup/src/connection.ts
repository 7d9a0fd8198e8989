// The one connection of a backup or a restore.
import pg from 'pg';

/**
 * For the transaction: values as text that any server reads the same way, and no limit of time, since a slow disk at this end
 * is no reason to end.
 */
export const TEXT_SETTINGS = `SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL timezone = 'UTC'; SET LOCAL intervalstyle = 'postgres';
SET LOCAL bytea_output = 'hex'; SET LOCAL extra_float_digits = 1; SET LOCAL client_encoding = 'UTF8';
SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0`;

/** Opens it. @param application shown in pg_stat_activity */
export async function openClient(url: string, application: string): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: url,
    application_name: application,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  });
  client.on('error', () => undefined); // the statement under way fails with it
  await client.connect();
  return client;
}

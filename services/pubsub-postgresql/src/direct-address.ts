// Proves that an address is no transaction-mode pooler: one that is accepts LISTEN and never delivers anything.
//
// A notification is sent through the other address while the listening connection does nothing: through a pooler it
// reaches whoever has that server connection by then, not us. A busy machine can be late, too; so silence is believed only
// when a question on the listening connection, which a direct server answers after what it had to say, brings nothing.
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { endClient } from './client-end.ts';
import { parseConnectionString } from './connection-string.ts';
import { APPLICATION_NAME } from './database.ts';

const HEARS_WITHIN_MS = 1_000;
const ROUNDS = 3;

/** The address given for LISTEN does not bring notifications. */
export class PooledAddressError extends Error {}

/**
 * Listens at `direct` for what is sent through `other`.
 * @param named - the setting that `direct` comes from, for the message
 * @throws PooledAddressError when notifications do not arrive; pg's errors when a server does not answer
 */
export async function proveDirect(direct: string, other: string, named: string): Promise<void> {
  const listening = client(direct);
  const sending = client(other);
  const channel = `dapr_pubsub_check_${randomUUID().replaceAll('-', '')}`;
  try {
    await listening.connect();
    await sending.connect();
    await listening.query(`listen ${channel}`);
    for (let round = 1; round <= ROUNDS; round++) {
      const heard = hears(listening, channel);
      await sending.query('select pg_notify($1, $2)', [channel, String(round)]);
      if (await Promise.race([heard, after(HEARS_WITHIN_MS)])) return;
      await listening.query('select 1');
      await listening.query('select 1');
      if (!(await Promise.race([heard, after(0)]))) {
        throw new PooledAddressError(
          `${named}: notifications sent through connectionString do not arrive on it: it goes through a transaction-mode pooler, ` +
            'or to another database. Set directConnectionString to the unpooled address of the same database',
        );
      }
    }
  } finally {
    await Promise.all([endClient(listening), endClient(sending)]);
  }
}

function client(connectionString: string): pg.Client {
  const own = new pg.Client({
    ...parseConnectionString(connectionString),
    application_name: `${APPLICATION_NAME}-check`,
    connectionTimeoutMillis: 5_000,
    query_timeout: 5_000,
  });
  own.on('error', () => undefined); // the statement under way fails with it
  return own;
}

function hears(listening: pg.Client, channel: string): Promise<true> {
  return new Promise((done) => {
    listening.on('notification', (notification) => {
      if (notification.channel === channel) done(true);
    });
  });
}

function after(ms: number): Promise<false> {
  return new Promise((done) => setTimeout(done, ms, false));
}

// Faults of the database: what a server does when it crashes, fails over, is full or slow, and what others do beside us there.
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { DisturbedSystem } from './disturbed-system.ts';

/** What a fault of the database works with. */
interface DatabaseTools {
  readonly disturbed: DisturbedSystem;
  readonly random: () => number;
}

const TODO_BACKENDS = `SELECT pid FROM pg_stat_activity WHERE datname = 'todo' AND pid <> pg_backend_pid()`;
/** Ends about half of the sessions. */
export async function terminateSome({ disturbed, random }: DatabaseTools): Promise<void> {
  const { rows } = await disturbed.asAdmin(`${TODO_BACKENDS} ORDER BY pid`);
  const chosen = (rows as { pid: number }[]).filter(() => random() < 0.5).map(({ pid }) => pid);
  if (chosen.length === 0) return;
  await disturbed.asAdmin(
    `SELECT pg_terminate_backend(pid) FROM unnest(ARRAY[${chosen.join()}]::int[]) AS gone (pid)`,
  );
}

/** Refuses writes as a standby does; sessions that are open notice it at their next transaction. */
export async function refuseWrites({ disturbed }: DatabaseTools): Promise<() => Promise<void>> {
  await disturbed.asAdmin('ALTER SYSTEM SET default_transaction_read_only = on');
  await disturbed.asAdmin('SELECT pg_reload_conf()');
  return async () => {
    await disturbed.asAdmin('ALTER SYSTEM RESET default_transaction_read_only');
    await disturbed.asAdmin('SELECT pg_reload_conf()');
  };
}

/** Takes every connection that the services' role can get, and ends theirs, so that they have to ask for new ones. */
export async function takeConnections({ disturbed }: DatabaseTools): Promise<() => Promise<void>> {
  const held: pg.Client[] = [];
  await disturbed.asAdmin(
    `SELECT pg_terminate_backend(pid) FROM (${TODO_BACKENDS}) AS all_of_them`,
  );
  try {
    for (;;) held.push(await ownClient(disturbed));
  } catch {
    // None is left: that is what was wanted.
  }
  return async () => {
    await Promise.all(held.map((client) => client.end().catch(() => undefined)));
  };
}

/** Somebody's transaction that has written and stays open: nothing after it may be taken for complete, nor wait for it. */
export async function holdTransaction({ disturbed }: DatabaseTools): Promise<() => Promise<void>> {
  const client = await ownClient(disturbed);
  await client.query('BEGIN');
  await client.query('SELECT pg_current_xact_id()');
  return async () => {
    await client.query('ROLLBACK').catch(() => undefined);
    await client.end().catch(() => undefined);
  };
}

/** Waits until a database that was killed answers again. @throws the last error after a minute */
export async function databaseIsBack({ disturbed }: DatabaseTools): Promise<void> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    try {
      await disturbed.asAdmin('SELECT 1');
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await sleep(100);
    }
  }
}

async function ownClient({ ownerUrl }: DisturbedSystem): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: ownerUrl, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

// Whether this replica may get traffic: its schema is migrated and its database answers.
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { clockDetail, type ClockDetail } from '@todo/runtime/health';
import { migrate, readMigrations } from '@todo/runtime/migrate';
import { auth } from './auth';
import { config } from './config';
import { database } from './database';
import { log } from './log';

const globals = globalThis as unknown as { todoMigrated?: boolean };

/**
 * Migrates the schema `auth` and makes sure that a signing key exists. Waits for a database that is not there yet.
 * @throws Error when a migration fails or the database stays away for minutes.
 */
export async function prepareDatabase(): Promise<void> {
  await migrate({
    url: config().DATABASE_DIRECT_URL ?? config().DATABASE_URL,
    schema: 'auth',
    migrations: readMigrations(pathToFileURL(path.join(process.cwd(), 'migrations/'))),
    log,
  });
  await database().clock.measure();
  await ensureSigningKey();
  globals.todoMigrated = true;
}

/**
 * Makes sure that JWTs can be signed. A key that was encrypted with another BETTER_AUTH_SECRET is retired and a new
 * one made: tokens it signed stay valid, since its public half stays in the JWKS for a while.
 */
async function ensureSigningKey(): Promise<void> {
  const sign = () => auth().api.signJWT({ body: { payload: { sub: 'start' } } });
  await auth().api.getJwks(); // makes the first key
  try {
    await sign();
  } catch (error) {
    log.warn({ err: error }, 'BETTER_AUTH_SECRET has changed; replacing the signing key');
    // By this machine's clock, because better-auth goes by it: a key that is retired in its future signs on.
    await database().pool.query(
      'UPDATE auth.jwks SET "expiresAt" = $1 WHERE "expiresAt" IS NULL OR "expiresAt" > $1',
      [new Date()],
    );
    await sign();
  }
}

/** What `/readyz` answers. */
export interface Readiness {
  status: 'ready' | 'unready';
  checks: { database: string };
  clock: ClockDetail;
}

/** Reports readiness; an idle database is not asked. */
export async function readiness(): Promise<Readiness> {
  const problem =
    globals.todoMigrated === true ? await database().check() : 'schema not migrated yet';
  return {
    status: problem === undefined ? 'ready' : 'unready',
    checks: { database: problem ?? 'ok' },
    clock: clockDetail(database().clock),
  };
}

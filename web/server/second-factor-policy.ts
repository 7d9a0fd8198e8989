// Of whom a second factor is required, and whether a session has one. What is required is the stricter of the configuration
// (SECOND_FACTOR_REQUIRED_OF) and what operators decided on the admin page.
//
//   signed in ──required, and nothing but a password──▶ held ──sets one up, or enters a code──▶ open
//
// A held session reaches only the page that sets a factor up, and the routes of that page.
import type { Queryable } from '@todo/runtime/database';
import { REQUIRED_OF, type FactorPolicy, type RequiredOf } from '@/lib/required-of';
import { config } from './config';
import { database } from './database';
import { roleOf } from './role';

/** What a session was begun with, or has been confirmed with, beyond a password. */
export type SessionFactor = 'totp' | 'recovery-code' | 'passkey' | 'provider';

/** The name of the decision in the table of settings. */
const SETTING = 'second factor required of';

/** A person and a session of theirs, as better-auth gives them. */
export interface Sessioned {
  readonly user: {
    readonly id: string;
    readonly email: string;
    readonly emailVerified: boolean;
    readonly twoFactorEnabled?: unknown;
  };
  readonly session: Readonly<Record<string, unknown>>;
}

/** Of whom it is required now, and of whom the configuration requires it in any case. */
export async function secondFactorPolicy(client: Queryable): Promise<FactorPolicy> {
  const { SECOND_FACTOR_REQUIRED_OF: atLeast } = config();
  const { rows } = await client.query<{ value: string }>(
    'SELECT "value" FROM auth."setting" WHERE "name" = $1',
    [SETTING],
  );
  const decided = REQUIRED_OF.find((one) => one === rows[0]?.value) ?? 'nobody';
  return { requiredOf: strictness(decided) > strictness(atLeast) ? decided : atLeast, atLeast };
}

/** Stores what operators decided. */
export async function requireSecondFactorOf(client: Queryable, of: RequiredOf): Promise<void> {
  await client.query(
    `INSERT INTO auth."setting" ("name", "value") VALUES ($1, $2)
     ON CONFLICT ("name") DO UPDATE SET "value" = excluded."value", "changedAt" = now()`,
    [SETTING, of],
  );
}

/** How strict a decision is: a higher number asks more people. */
export function strictness(of: RequiredOf): number {
  return REQUIRED_OF.indexOf(of);
}

/** Whether a session must wait until its person has set up, or entered, a second factor. */
export async function isHeld({ user, session }: Sessioned): Promise<boolean> {
  const { pool } = database();
  const { requiredOf } = await secondFactorPolicy(pool);
  if (requiredOf === 'nobody') return false;
  if (requiredOf === 'operators' && (await roleOf(user, session)) !== 'operator') return false;
  const { secondFactor } = session;
  if (secondFactor === 'provider') return false;
  if (typeof secondFactor !== 'string') return true;
  // One that was turned off since no longer protects the next sign-in.
  const { app, passkeys } = await factorsOf(pool, user);
  return !app && passkeys === 0;
}

/** Which factors a person has: an authenticator app, with its recovery codes, and how many passkeys. */
export async function factorsOf(
  client: Queryable,
  { id, twoFactorEnabled }: Sessioned['user'],
): Promise<{ app: boolean; passkeys: number }> {
  const { rows } = await client.query<{ passkeys: number }>(
    'SELECT count(*)::int AS passkeys FROM auth."passkey" WHERE "userId" = $1',
    [id],
  );
  return { app: twoFactorEnabled === true, passkeys: rows[0]?.passkeys ?? 0 };
}

/** Notes that a session's person has just shown a factor. A session that has one keeps it. */
export async function noteFactor(
  client: Queryable,
  sessionId: string,
  factor: SessionFactor,
): Promise<void> {
  await client.query(
    'UPDATE auth."session" SET "secondFactor" = $2 WHERE "id" = $1 AND "secondFactor" IS NULL',
    [sessionId, factor],
  );
}

// Who may sign up: everybody, people with an invitation or an address of a domain, or nobody (SIGN_UP). A provider's own setting
// `signUp` decides for those who come from it.
import { createHash, randomBytes } from 'node:crypto';
import { APIError } from 'better-auth/api';
import type { Queryable } from '@todo/runtime/database';
import { config } from './config';
import { database } from './database';

/** An invitation as operators see it. */
export interface Invitation {
  readonly id: string;
  /** The only address it is good for; null: any. */
  readonly email: string | null;
  readonly maxUses: number;
  readonly uses: number;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

/** What a new one is made of. */
export interface NewInvitation {
  readonly email: string | null;
  readonly maxUses: number;
  readonly days: number;
}

/** Makes one. @returns its secret too, which is stored nowhere */
export async function createInvitation(
  client: Queryable,
  { email, maxUses, days }: NewInvitation,
): Promise<Invitation & { token: string }> {
  const token = randomBytes(24).toString('base64url');
  await client.query(`DELETE FROM auth."invitation" WHERE "expiresAt" < now() - interval '7 days'`);
  const { rows } = await client.query<Invitation>(
    `INSERT INTO auth."invitation" ("id", "tokenHash", "email", "maxUses", "expiresAt")
     VALUES ($1, $2, lower($3), $4, now() + make_interval(days => $5)) RETURNING ${COLUMNS}`,
    [randomBytes(12).toString('base64url'), hash(token), email, maxUses, days],
  );
  const [made] = rows;
  if (made === undefined) throw new Error('an insert returned no row');
  return { ...made, token };
}

const COLUMNS = '"id", "email", "maxUses", "uses", "createdAt", "expiresAt"';

/** Those that can be used still, the newest first. */
export async function listInvitations(client: Queryable): Promise<Invitation[]> {
  const { rows } = await client.query<Invitation>(
    `SELECT ${COLUMNS} FROM auth."invitation" WHERE "expiresAt" > now() AND "uses" < "maxUses"
     ORDER BY "createdAt" DESC, "id" LIMIT 100`,
  );
  return rows;
}

/** Withdraws one. @returns whether there was one */
export async function deleteInvitation(client: Queryable, id: string): Promise<boolean> {
  const { rowCount } = await client.query('DELETE FROM auth."invitation" WHERE "id" = $1', [id]);
  return rowCount === 1;
}

/**
 * Counts a use of an invitation that is good for an address, in one statement: the last use is one person's. An address that has an
 * account uses nothing up, but its sender must have a good invitation, too.
 */
async function takeInvitation(email: string, token: string): Promise<boolean> {
  const { rows } = await database().pool.query<{ good: boolean }>(
    `WITH good AS (
       SELECT "id" FROM auth."invitation" WHERE "tokenHash" = $1 AND "expiresAt" > now() AND "uses" < "maxUses" AND ("email" IS NULL OR "email" = $2)),
     known AS (SELECT FROM auth."user" WHERE "email" = $2),
     used AS (
       UPDATE auth."invitation" SET "uses" = "uses" + 1
       WHERE "id" = (SELECT "id" FROM good) AND "uses" < "maxUses" AND NOT EXISTS (SELECT FROM known) RETURNING 1)
     SELECT EXISTS (SELECT FROM used) OR (EXISTS (SELECT FROM known) AND EXISTS (SELECT FROM good)) AS good`,
    [hash(token), email.toLowerCase()],
  );
  return rows[0]?.good === true;
}

/**
 * Refuses who may not sign up with a password. Asked before better-auth looks at the address, so that the answer does not depend on
 * whether it has an account, and outside of its transaction, which holds a connection.
 * @throws APIError 403 with a sentence for the person
 */
export async function requireSignUp(email: string, invitation: unknown): Promise<void> {
  const { SIGN_UP: mode } = config();
  if (mode === 'open' || isOfDomain(email)) return;
  if (
    mode !== 'closed' &&
    typeof invitation === 'string' &&
    (await takeInvitation(email, invitation))
  )
    return;
  throw refusal();
}

/** Refuses an account that somebody would get in another way than by signing up; a provider's `signUp` was asked. @throws APIError 403 */
export function requireOtherSignUp(email: string, path: string): void {
  const byProvider = /^\/(?:oauth2\/)?callback\//.test(path);
  if (config().SIGN_UP !== 'open' && !byProvider && !isOfDomain(email)) throw refusal();
}

function isOfDomain(email: string): boolean {
  const { SIGN_UP: mode, SIGN_UP_DOMAINS: domains } = config();
  return mode === 'domain' && domains.includes(email.split('@').at(-1)?.toLowerCase() ?? '');
}

function refusal(): APIError {
  const { SIGN_UP: mode } = config();
  const message = mode === 'open' ? '' : REASONS[mode];
  return new APIError('FORBIDDEN', { code: 'SIGN_UP_REFUSED', message });
}

const REASONS = {
  closed: 'Nobody can create an account here. Ask the operator of this system.',
  domain:
    'Accounts are for addresses of some domains and for invited people. Ask the operator of this system for an invitation.',
  invitation:
    'An account needs an invitation that is still good. Ask the operator of this system for one.',
} as const;

function hash(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}

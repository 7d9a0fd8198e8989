// Personal access tokens: made once, shown once, stored as a hash. They act for their owner with role `user`, within their
// scopes, in the zone and locale the owner used last.
import { createHash, randomBytes } from 'node:crypto';
import type { Pool } from '@todo/runtime/database';
import { notFound } from '@todo/contracts/problem';
import { name } from '@todo/contracts/task';
import { uuidv7 } from '@todo/runtime/uuid';
import { z } from 'zod';
import { scope } from './caller.ts';
import type { Caller, Scope } from './caller.ts';

const PREFIX = 'todo_pat_';
/** Last use is noted at most this often, so that reads stay reads. */
const NOTE_USE_EVERY = '1 hour';
/** Tokens a person may have. */
const MAX_TOKENS = 100;

/** What a new token is made of. */
export const newAccessToken = z.strictObject({
  name,
  scopes: z.array(scope).min(1, 'at least one scope').default(['tasks:read', 'tasks:write']),
  /** Days until it ends; null: never. */
  expiresInDays: z.int().min(1).max(3_650).nullable().default(null),
});

/** A token as its owner sees it. */
export const accessToken = z.object({
  id: z.uuid(),
  name: z.string(),
  scopes: z.array(scope),
  createdAt: z.string(),
  expiresAt: z.string().nullable(),
  lastUsedAt: z.string().nullable(),
});
/** See {@link accessToken}. */
export type AccessToken = z.output<typeof accessToken>;

interface Row {
  id: string;
  name: string;
  scopes: Scope[];
  created_at: Date;
  expires_at: Date | null;
  last_used_at: Date | null;
}

/** True for text that has the form of a personal access token. */
export function isAccessToken(token: string): boolean {
  return token.startsWith(PREFIX);
}

/** The caller that a living token stands for, or undefined. */
export async function findAccessToken(pool: Pool, token: string): Promise<Caller | undefined> {
  const { rows } = await pool.query<
    Row & { user_id: string; email: string | null; zone: string; locale: string; stale: boolean }
  >(
    `SELECT t.id, t.name, t.scopes, t.created_at, t.expires_at, t.last_used_at, t.user_id, t.email, u.zone, u.locale,
       t.last_used_at IS NULL OR t.last_used_at < now() - interval '${NOTE_USE_EVERY}' AS stale
     FROM todo.access_tokens t JOIN todo.users u ON u.id = t.user_id
     WHERE t.hash = $1 AND t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > now())`,
    [hash(token)],
  );
  const row = rows[0];
  if (!row) return undefined;
  if (row.stale)
    await pool.query('UPDATE todo.access_tokens SET last_used_at = now() WHERE id = $1', [row.id]);
  return {
    userId: row.user_id,
    email: row.email,
    role: 'user',
    zone: row.zone,
    zoneAsOf: null,
    locale: row.locale,
    scopes: row.scopes,
    accessTokenId: row.id,
    expiresAt: row.expires_at,
  };
}

/** Makes a token; its text is in the answer and nowhere else. */
export async function createAccessToken(
  pool: Pool,
  caller: Caller,
  input: z.output<typeof newAccessToken>,
): Promise<AccessToken & { token: string }> {
  const token = PREFIX + randomBytes(32).toString('base64url');
  await pool.query(
    `INSERT INTO todo.users (id, zone, locale) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING`,
    [caller.userId, caller.zone, caller.locale],
  );
  const { rows } = await pool.query<Row>(
    `INSERT INTO todo.access_tokens (id, user_id, name, hash, scopes, email, created_at, expires_at)
     VALUES ($1, $2, $3, $4, $5, $6, now(), now() + make_interval(days => $7)) RETURNING *`,
    [
      uuidv7(),
      caller.userId,
      input.name,
      hash(token),
      input.scopes,
      caller.email,
      input.expiresInDays,
    ],
  );
  return { ...onWire(rows[0] as Row), token };
}

/** A person's living tokens, oldest first. */
export async function listAccessTokens(pool: Pool, userId: string): Promise<AccessToken[]> {
  const { rows } = await pool.query<Row>(
    `SELECT * FROM todo.access_tokens WHERE user_id = $1 AND revoked_at IS NULL
       AND (expires_at IS NULL OR expires_at > now()) ORDER BY created_at, id LIMIT $2`,
    [userId, MAX_TOKENS],
  );
  return rows.map(onWire);
}

/** Ends a token at once. @throws Problem 404 */
export async function revokeAccessToken(pool: Pool, userId: string, id: string): Promise<void> {
  const { rowCount } = await pool.query(
    'UPDATE todo.access_tokens SET revoked_at = now() WHERE id = $1 AND user_id = $2 AND revoked_at IS NULL',
    [id, userId],
  );
  if (rowCount === 0) throw notFound('access token');
}

function onWire(row: Row): AccessToken {
  return {
    id: row.id,
    name: row.name,
    scopes: row.scopes,
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at?.toISOString() ?? null,
    lastUsedAt: row.last_used_at?.toISOString() ?? null,
  };
}

function hash(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

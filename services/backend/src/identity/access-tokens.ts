// Personal access tokens: made once, shown once, stored as a hash. They act for their owner with role `user`, within their
// scopes and lists, in the zone and locale the owner used last.
import { createHash, randomBytes } from 'node:crypto';
import type { Pool, Queryable } from '@todo/runtime/database';
import { withTransaction } from '@todo/runtime/database';
import { invalidInput, notFound } from '@todo/contracts/problem';
import { name } from '@todo/contracts/task';
import { uuidv7 } from '@todo/runtime/uuid';
import { z } from 'zod';
import { SCOPES } from '../authorization/rules.ts';
import type { Caller } from './caller.ts';
import { quotaExceeded } from '../limits/quotas.ts';
import { lockPerson } from './person-row.ts';
import { readScopes, SCOPE_NAMES, storedScopes } from './stored-scopes.ts';

const PREFIX = 'todo_pat_';
/** Last use is noted at most this often, so that reads stay reads. */
const NOTE_USE_EVERY = '1 hour';
/** Lists that one token can be limited to. */
const MAX_LISTS = 50;
/** Days a token lives unless its owner chooses. */
const DEFAULT_DAYS = 90;
const LIVING = 'revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())';

const days = z.int().min(1).max(3_650).nullable();

/** What a new token is made of. */
export const newAccessToken = z.strictObject({
  name,
  scopes: z.array(z.enum(SCOPE_NAMES)).min(1, 'at least one scope').default(['full']),
  /** The only lists it reaches; null: everything. */
  listIds: z
    .array(z.uuid('expected the id of a list'))
    .min(1, 'at least one list, or null')
    .max(MAX_LISTS)
    .nullable()
    .default(null),
  /** Days until it ends; null: never. */
  expiresInDays: days.default(DEFAULT_DAYS),
});

/** A longer life for a token: days from now, or null for no end. */
export const extendedAccessToken = z.strictObject({ expiresInDays: days });

/** A token as its owner sees it. */
export const accessToken = z.object({
  id: z.uuid(),
  name: z.string(),
  scopes: z.array(z.enum(SCOPES)),
  listIds: z.array(z.uuid()).nullable(),
  createdAt: z.string(),
  expiresAt: z.string().nullable(),
  /** To the hour. */
  lastUsedAt: z.string().nullable(),
});
/** See {@link accessToken}. */
export type AccessToken = z.output<typeof accessToken>;

interface Row {
  id: string;
  name: string;
  scopes: string[];
  list_ids: string[] | null;
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
    Pick<Row, 'id' | 'scopes' | 'list_ids' | 'expires_at'> & {
      user_id: string;
      email: string | null;
      zone: string;
      locale: string;
      stale: boolean;
    }
  >(
    `SELECT t.id, t.scopes, t.list_ids, t.expires_at, t.user_id, t.email, u.zone, u.locale,
       t.last_used_at IS NULL OR t.last_used_at < now() - interval '${NOTE_USE_EVERY}' AS stale
     FROM todo.access_tokens t JOIN todo.users u ON u.id = t.user_id
     WHERE t.hash = $1 AND t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > now())
       AND NOT EXISTS (SELECT FROM todo.disabled_people d WHERE d.user_id = t.user_id AND d.disabled)`,
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
    scopes: readScopes(row.scopes),
    listIds: row.list_ids,
    accessTokenId: row.id,
    sessionId: null,
    expiresAt: row.expires_at,
  };
}

/**
 * Makes a token; its text is in the answer and nowhere else.
 * @param max living tokens that a person may have; those of before a lower limit stay
 * @throws Problem 400 for a list that is not the person's, 422 when they have as many
 */
export async function createAccessToken(
  pool: Pool,
  caller: Caller,
  input: z.output<typeof newAccessToken>,
  max: number,
): Promise<AccessToken & { token: string }> {
  const token = PREFIX + randomBytes(32).toString('base64url');
  const scopes = readScopes(input.scopes);
  const { userId } = caller;
  return await withTransaction(pool, async (client) => {
    // creations at the same moment wait here for each other, so that the count holds
    await lockPerson(client, { ...caller, actor: { kind: 'user', id: userId } });
    await checkLists(client, userId, input.listIds);
    const { rows: counted } = await client.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM todo.access_tokens WHERE user_id = $1 AND ${LIVING}`,
      [userId],
    );
    if ((counted[0]?.n ?? 0) >= max) throw quotaExceeded('tokens', max);
    const { rows } = await client.query<Row>(
      `INSERT INTO todo.access_tokens (id, user_id, name, hash, scopes, list_ids, email, created_at, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, now(), now() + make_interval(days => $8)) RETURNING *`,
      [
        uuidv7(),
        userId,
        input.name,
        hash(token),
        storedScopes(scopes, input.listIds !== null),
        input.listIds,
        caller.email,
        input.expiresInDays,
      ],
    );
    return { ...onWire(rows[0] as Row), token };
  });
}

/** All living tokens of a person, oldest first. */
export async function listAccessTokens(pool: Pool, userId: string): Promise<AccessToken[]> {
  const { rows } = await pool.query<Row>(
    `SELECT * FROM todo.access_tokens WHERE user_id = $1 AND ${LIVING} ORDER BY created_at, id`,
    [userId],
  );
  return rows.map(onWire);
}

/**
 * Lets a living token live longer.
 * @param expiresInDays from now; null: without end
 * @throws Problem 404, or 400 when it would end earlier than now: open streams go by the end they began with
 */
export async function extendAccessToken(
  pool: Pool,
  userId: string,
  id: string,
  { expiresInDays }: z.output<typeof extendedAccessToken>,
): Promise<AccessToken> {
  return await withTransaction(pool, async (client) => {
    const { rows: living } = await client.query<{ shorter: boolean }>(
      `SELECT $3::int IS NOT NULL AND (expires_at IS NULL OR expires_at > now() + make_interval(days => $3::int)) AS shorter
       FROM todo.access_tokens WHERE id = $1 AND user_id = $2 AND ${LIVING} FOR UPDATE`,
      [id, userId, expiresInDays],
    );
    if (!living[0]) throw notFound('access token');
    if (living[0].shorter)
      throw invalidInput([
        {
          field: 'expiresInDays',
          message: 'the token lives longer than that already; revoke it to end it earlier',
        },
      ]);
    const { rows } = await client.query<Row>(
      'UPDATE todo.access_tokens SET expires_at = now() + make_interval(days => $2) WHERE id = $1 RETURNING *',
      [id, expiresInDays],
    );
    return onWire(rows[0] as Row);
  });
}

/** Ends a token at once. @throws Problem 404 */
export async function revokeAccessToken(pool: Pool, userId: string, id: string): Promise<void> {
  const { rowCount } = await pool.query(
    'UPDATE todo.access_tokens SET revoked_at = now() WHERE id = $1 AND user_id = $2 AND revoked_at IS NULL',
    [id, userId],
  );
  if (rowCount === 0) throw notFound('access token');
}

/** Ends all tokens of a person at once. */
export async function revokeAllAccessTokens(client: Queryable, userId: string): Promise<void> {
  await client.query(
    'UPDATE todo.access_tokens SET revoked_at = now() WHERE user_id = $1 AND revoked_at IS NULL',
    [userId],
  );
}

/** Which of these tokens don't live any more: revoked, expired, gone, or of a person who is disabled. */
export async function endedAccessTokens(
  client: Queryable,
  ids: readonly string[],
): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(
    `SELECT asked.id FROM unnest($1::uuid[]) AS asked (id)
     WHERE NOT EXISTS (SELECT FROM todo.access_tokens t WHERE t.id = asked.id AND ${LIVING}
         AND NOT EXISTS (SELECT FROM todo.disabled_people d WHERE d.user_id = t.user_id AND d.disabled))`,
    [ids],
  );
  return rows.map(({ id }) => id);
}

async function checkLists(
  client: Queryable,
  userId: string,
  listIds: readonly string[] | null,
): Promise<void> {
  if (listIds === null) return;
  const { rows } = await client.query<{ id: string }>(
    'SELECT id FROM todo.lists WHERE user_id = $1 AND id = ANY($2::uuid[])',
    [userId, listIds],
  );
  const own = new Set(rows.map(({ id }) => id));
  const wrong = listIds.flatMap((id, index) =>
    own.has(id.toLowerCase()) ? [] : [{ field: `listIds.${index}`, message: 'no such list' }],
  );
  if (wrong.length > 0) throw invalidInput(wrong);
}

function onWire(row: Row): AccessToken {
  return {
    id: row.id,
    name: row.name,
    scopes: readScopes(row.scopes),
    listIds: row.list_ids,
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at?.toISOString() ?? null,
    lastUsedAt: row.last_used_at?.toISOString() ?? null,
  };
}

function hash(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

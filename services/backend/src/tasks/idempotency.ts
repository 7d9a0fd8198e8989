// A create that is sent again with the same key is the same create, also after a restart and ten at once: the key is stored
// in the transaction of what it made, under the person's lock. Two creates without a key are two tasks.
import { createHash } from 'node:crypto';
import type { Queryable } from '@todo/runtime/database';
import { pruneRows } from '@todo/runtime/pruning';
import { Problem } from '@todo/contracts/problem';

/** Keys are remembered this long. */
const KEEP = '7 days';

/**
 * Runs `work` once a key and person; a repetition gets the first one's result.
 * @param request what was asked, for comparison.
 * @param client inside a transaction that holds the person's lock.
 * @throws Problem 422 when the key was used for something else.
 */
export async function once<T>(
  client: Queryable,
  userId: string,
  key: string | undefined,
  request: unknown,
  work: () => Promise<T>,
): Promise<T> {
  if (key === undefined) return await work();
  const fingerprint = createHash('sha256').update(JSON.stringify(request)).digest('base64');
  const { rows } = await client.query<{ fingerprint: string; result: T }>(
    'SELECT fingerprint, result FROM todo.idempotency_keys WHERE user_id = $1 AND key = $2',
    [userId, key],
  );
  const before = rows[0];
  if (before) {
    if (before.fingerprint === fingerprint) return before.result;
    throw new Problem(
      422,
      'idempotency-key-reused',
      'This Idempotency-Key was already used for a different request. Use a new key for each change.',
      {
        fields: [{ field: 'header.idempotency-key', message: 'was used for a different request' }],
      },
    );
  }
  const result = await work();
  await client.query(
    'INSERT INTO todo.idempotency_keys (user_id, key, fingerprint, result) VALUES ($1, $2, $3, $4)',
    [userId, key, fingerprint, JSON.stringify(result)],
  );
  return result;
}

/** Forgets keys older than 7 days. */
export const pruneIdempotencyKeys = pruneRows(
  'todo.idempotency_keys',
  `created_at < now() - interval '${KEEP}'`,
);

// Erases everything the backend keeps of a person, and has the other services do the same.
//
//   no more writes (users.erased_at, erased_people) → the conversation → tasks, a batch a transaction → all the rest, the
//   person's row, and the event `todo.account.erased.v1` in one transaction
//
// A person can have a hundred thousand tasks, and a statement may take 20 s: hence the batches. Cut off anywhere, the whole is
// done again: each step leaves what is left to do.
import { TOPICS } from '@todo/contracts/events';
import { ERASURE } from '@todo/messaging/erased-people';
import { eraseMessages } from '@todo/messaging/erasure';
import { appendEvent } from '@todo/messaging/outbox';
import type { Clock } from '@todo/runtime/clock';
import { identifier, withTransaction } from '@todo/runtime/database';
import type { Pool, Queryable } from '@todo/runtime/database';
import { uuidv7 } from '@todo/runtime/uuid';
import { SCHEMA } from '../schema.ts';

/** Rows deleted in one transaction; with what hangs on them about a second. */
const BATCH = 2_000;

/** What erasing needs. */
export interface Erasing {
  readonly pool: Pool;
  readonly clock: Clock;
  /** Forgets the person's conversation. @throws SidecarError */
  readonly forgetConversation: (userId: string) => Promise<void>;
  /** Says that an event waits in the outbox. */
  readonly wakeOutbox: () => void;
}

/**
 * Erases a person, whether the backend knows them or not. Again, it changes nothing but sends the event again.
 * @throws SidecarError or the database's error; nothing of what was done is taken back, and the next try goes on.
 */
export async function erasePerson(erasing: Erasing, userId: string): Promise<void> {
  const { pool } = erasing;
  await withTransaction(pool, async (client) => {
    // waits for a write of theirs that is under way
    await client.query('UPDATE todo.users SET erased_at = now() WHERE id = $1', [userId]);
    await eraseMessages(client, SCHEMA, userId);
  });
  await erasing.forgetConversation(userId);
  for (const table of ['changes', 'tasks'] as const) await deleteInBatches(pool, table, userId);
  await withTransaction(pool, async (client) => {
    await eraseMessages(client, SCHEMA, userId);
    for (const table of await tablesOfPeople(client))
      await client.query(
        `DELETE FROM ${identifier(SCHEMA)}.${identifier(table)} WHERE user_id = $1`,
        [userId],
      );
    await client.query('DELETE FROM todo.users WHERE id = $1', [userId]);
    const now = erasing.clock();
    await appendEvent(client, SCHEMA, {
      topic: TOPICS.taskEvents,
      type: ERASURE,
      // no task's, and not the person's id, which would stay in logs
      key: uuidv7(now.getTime()),
      time: now,
      data: { userId, at: now.toISOString() },
    });
  });
  // an answer that was being made when it began
  await erasing.forgetConversation(userId);
  erasing.wakeOutbox();
}

async function deleteInBatches(
  pool: Pool,
  table: 'changes' | 'tasks',
  userId: string,
): Promise<void> {
  for (;;) {
    const { rowCount } = await pool.query(
      table === 'changes'
        ? `DELETE FROM todo.changes WHERE user_id = $1
             AND seq = ANY(ARRAY(SELECT seq FROM todo.changes WHERE user_id = $1 LIMIT ${BATCH}))`
        : // a parent goes after its subtasks
          `DELETE FROM todo.tasks WHERE id = ANY(ARRAY(
             SELECT id FROM todo.tasks AS task WHERE user_id = $1
               AND NOT EXISTS (SELECT 1 FROM todo.tasks AS child WHERE child.parent_id = task.id) LIMIT ${BATCH}))`,
      [userId],
    );
    if ((rowCount ?? 0) === 0) return;
  }
}

/** Every table that names a person, from the catalogue: one that is added later is not forgotten. Tasks before their lists. */
async function tablesOfPeople(client: Queryable): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_catalog.pg_class c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid
     WHERE c.relnamespace = $1::regnamespace AND c.relkind IN ('r', 'p') AND a.attname = 'user_id' AND NOT a.attisdropped
     ORDER BY c.relname = 'lists', c.relname = 'tasks', c.relname`,
    [SCHEMA],
  );
  return rows.map(({ name }) => name);
}

// Changes that wait for a yes. What is stored is the whole call with its exact task ids, so that what runs is what was shown;
// each is its person's own, decided once, and ends after some minutes.
//
//   open ──yes──> done      by POST /chat/confirmations/:id, or by "yes" as the next message
//     ├───no────> cancelled
//     ├─another message─> superseded
//     └─time───> expired
import type { Clock } from '@todo/runtime/clock';
import type { Pool } from '@todo/runtime/database';
import { notFound, Problem } from '@todo/contracts/problem';
import { uuidv7 } from '@todo/runtime/uuid';

/** A question may be answered for so long, ms: ten minutes. */
export const CONFIRM_WITHIN_MS = 10 * 60_000;
/** Decided and expired ones are kept for so long, to say what became of them. */
const KEEP = '1 day';

/** A call that waits. */
export interface Waiting {
  readonly id: string;
  readonly tool: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly question: string;
  readonly expiresAt: Date;
}

/** The waiting calls. */
export interface Confirmations {
  add: (userId: string, call: Pick<Waiting, 'tool' | 'input' | 'question'>) => Promise<Waiting>;
  /** The one that "yes" is about: the last, while it is open. */
  newest: (userId: string) => Promise<Waiting | undefined>;
  /**
   * Decides one, once.
   * @returns the call, to be run after a yes
   * @throws Problem 404 for what is not the person's, 409 when it is decided or its time is over
   */
  decide: (userId: string, id: string, decision: 'yes' | 'no') => Promise<Waiting>;
  /** Closes all open ones: the person went on to something else. */
  supersede: (userId: string) => Promise<void>;
}

interface Row {
  id: string;
  tool: string;
  input: Record<string, unknown>;
  question: string;
  expires_at: Date;
  decided_at: Date | null;
  decision: string | null;
}

/** Makes them. */
export function createConfirmations(options: { pool: Pool; clock: Clock }): Confirmations {
  const { pool, clock } = options;
  return {
    add: async (userId, call) => {
      const now = clock();
      const waiting = {
        ...call,
        id: uuidv7(now.getTime()),
        expiresAt: new Date(now.getTime() + CONFIRM_WITHIN_MS),
      };
      await pool.query(
        `DELETE FROM todo.chat_confirmations WHERE expires_at < $1::timestamptz - interval '${KEEP}'`,
        [now],
      );
      await pool.query(
        `INSERT INTO todo.chat_confirmations (id, user_id, tool, input, question, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)`,
        [
          waiting.id,
          userId,
          call.tool,
          JSON.stringify(call.input),
          call.question,
          now,
          waiting.expiresAt,
        ],
      );
      return waiting;
    },
    newest: async (userId) => {
      const { rows } = await pool.query<Row>(
        `SELECT * FROM todo.chat_confirmations WHERE user_id = $1 AND decided_at IS NULL AND expires_at > $2
         ORDER BY created_at DESC, id DESC LIMIT 1`,
        [userId, clock()],
      );
      return rows[0] && toWaiting(rows[0]);
    },
    decide: async (userId, id, decision) => {
      const now = clock();
      const { rows } = await pool.query<Row>(
        `UPDATE todo.chat_confirmations SET decided_at = $3, decision = $4
         WHERE id = $1 AND user_id = $2 AND decided_at IS NULL AND expires_at > $3 RETURNING *`,
        [id, userId, now, decision],
      );
      if (rows[0]) return toWaiting(rows[0]);
      const { rows: before } = await pool.query<Row>(
        'SELECT * FROM todo.chat_confirmations WHERE id = $1 AND user_id = $2',
        [id, userId],
      );
      const known = before[0];
      if (!known) throw notFound('confirmation');
      throw known.decided_at
        ? new Problem(409, 'already-decided', 'This question was already answered. Ask again.')
        : new Problem(409, 'expired', 'This question has expired. Ask again.');
    },
    supersede: async (userId) => {
      await pool.query(
        `UPDATE todo.chat_confirmations SET decided_at = $2, decision = 'superseded'
         WHERE user_id = $1 AND decided_at IS NULL`,
        [userId, clock()],
      );
    },
  };
}

function toWaiting(row: Row): Waiting {
  return {
    id: row.id,
    tool: row.tool,
    input: row.input,
    question: row.question,
    expiresAt: row.expires_at,
  };
}

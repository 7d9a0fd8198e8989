// How many reminders one transaction takes, whatever PostgreSQL believes about the tables.
import { uuidv7 } from '@todo/runtime/uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { JOINS, STATISTICS, withPlanner } from '@todo/testing/planner';
import { takeDueReminders } from '../src/reminders/reminder-rows.ts';
import { startTestBackend } from '@todo/testing/backend-under-test';
import type { TestBackend } from '@todo/testing/backend-under-test';

describe('a claim of reminders', () => {
  let t: TestBackend;
  let taskId: string;
  beforeAll(async () => {
    t = await startTestBackend();
    await t.backend.close(); // no scheduler but the statement itself
    await t.pool.query(`INSERT INTO todo.users (id, zone, locale) VALUES ('anna', 'UTC', 'en')`);
    taskId = uuidv7();
    await t.pool.query(
      `INSERT INTO todo.tasks (id, user_id, version, title, notes, status, priority, tags, reminders, occurrence, created_at, updated_at, search)
       VALUES ($1, 'anna', 1, 'x', '', 'open', 0, '{}', '[]', 1, now(), now(), '')`,
      [taskId],
    );
  });
  afterAll(() => t.close());

  const add = async (count: number, pendingAt: string) => {
    const { rows } = await t.pool.query<{ id: string }>(
      `INSERT INTO todo.reminders (task_id, id, pending_at)
       SELECT $1, gen_random_uuid(), ${pendingAt} FROM generate_series(1, $2::int) AS n RETURNING id`,
      [taskId, count],
    );
    return rows.map(({ id }) => id);
  };

  it.each(STATISTICS.flatMap((statistics) => JOINS.map((join) => [statistics, join] as const)))(
    'takes 8 of 40, the oldest, with statistics of %s table, by %s',
    async (statistics, join) => {
      await withPlanner(
        t.pool,
        {
          tables: ['todo.reminders'],
          statistics,
          join,
          fill: async (count) => {
            await add(count, 'NULL');
          },
        },
        async (client) => {
          const due = await add(40, `now() - (1000 - n) * interval '1 second'`);
          const taken = await takeDueReminders(client, new Date(), 8);
          expect(taken.map(({ id }) => id)).toEqual(due.slice(0, 8));
          const { rows } = await t.pool.query<{ n: number }>(
            'SELECT count(*)::int AS n FROM todo.reminders WHERE sent_for IS NOT NULL',
          );
          expect(rows[0]!.n).toBe(8);
        },
      );
    },
  );
});

// The statement behind a list, for whoever looks at PostgreSQL's plan for it, and the table as it is most of the time.
import type { Pool, Queryable } from '@todo/runtime/database';
import pRetry from 'p-retry';
import type { WhereFilter } from '@todo/backend/tasks/filter-condition';
import { taskFilter } from '@todo/backend/tasks/input';
import { listTasks } from '@todo/backend/tasks/task-list';

/** The statement that lists a person's tasks, not run. @param query as in the URL @param where its filter, as it was read */
export async function listStatement(
  userId: string,
  query: string,
  where?: WhereFilter,
): Promise<{ text: string; values: unknown[] }> {
  let statement = { text: '', values: [] as unknown[] };
  const recorder = {
    query: (text: string, values: unknown[]) => {
      statement = { text, values };
      return Promise.resolve({ rows: [] });
    },
  } as unknown as Queryable;
  const filter = taskFilter.parse(Object.fromEntries(new URLSearchParams(query)));
  await listTasks(recorder, { userId }, { ...filter, where });
  return statement;
}

/** PostgreSQL's plan for that list. @param options of EXPLAIN, such as `ANALYZE` */
export async function planOf(
  pool: Pool,
  userId: string,
  query: string,
  options = 'COSTS',
  where?: WhereFilter,
): Promise<string> {
  const { text, values } = await listStatement(userId, query, where);
  const { rows } = await pool.query<Record<string, string>>(`EXPLAIN (${options}) ${text}`, values);
  return rows.map((row) => row['QUERY PLAN']).join('\n');
}

/**
 * Vacuums the tasks, as autovacuum does within a minute or two of many new ones: until then an index alone can answer nothing.
 * One vacuum may not do: as long as anybody has an older snapshot (an autovacuum worker that analyzes), no page counts as
 * visible to all. @throws Error after half a minute
 */
export async function vacuumTasks(pool: Pool): Promise<void> {
  await pRetry(
    async () => {
      await pool.query('VACUUM ANALYZE todo.tasks');
      const { rows } = await pool.query<{ done: boolean }>(
        `SELECT relallvisible >= 0.9 * relpages AS done FROM pg_class WHERE oid = 'todo.tasks'::regclass`,
      );
      if (rows[0]?.done !== true) throw new Error('somebody holds an old snapshot');
    },
    { retries: 60, minTimeout: 500, factor: 1 },
  );
}

// Lists (projects): a name that tasks can stand under. Plain functions of (context, input); nothing here knows HTTP.
import type { Clock } from '@todo/common/clock';
import type { Pool } from '@todo/common/database';
import { withTransaction } from '@todo/common/database';
import { notFound, Problem } from '@todo/common/problem';
import { storableText } from '@todo/common/task';
import { uuidv7 } from '@todo/common/uuid';
import type { TaskContext } from '../tasks/task-context.ts';
import { lockPerson } from '../users/person-row.ts';

/** Lists a person may have. */
const MAX_LISTS = 500;

/** A list's name. */
export const listName = storableText(100).refine(
  (text) => text.trim() !== '',
  'at least 1 character',
);

/** A list on the wire. */
export interface TaskList {
  readonly id: string;
  readonly name: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** What can be done with lists. Problem 404 for what is not the person's. */
export interface Lists {
  /** All of a person's lists, oldest first. */
  all: (context: Pick<TaskContext, 'userId'>) => Promise<TaskList[]>;
  /** @throws Problem 422 when the person has {@link MAX_LISTS} */
  add: (context: TaskContext, name: string) => Promise<TaskList>;
  rename: (context: Pick<TaskContext, 'userId'>, id: string, name: string) => Promise<TaskList>;
  /** Its tasks stay, without a list. */
  remove: (context: Pick<TaskContext, 'userId'>, id: string) => Promise<void>;
}

interface Row {
  id: string;
  name: string;
  created_at: Date;
  updated_at: Date;
}

/** Makes them. */
export function createLists(options: { pool: Pool; clock: Clock }): Lists {
  const { pool, clock } = options;
  return {
    all: async ({ userId }) => {
      const { rows } = await pool.query<Row>(
        'SELECT * FROM todo.lists WHERE user_id = $1 ORDER BY created_at, id',
        [userId],
      );
      return rows.map(onWire);
    },
    add: (context, name) =>
      withTransaction(pool, async (client) => {
        await lockPerson(client, context);
        const { rows: counted } = await client.query<{ n: number }>(
          'SELECT count(*)::int AS n FROM todo.lists WHERE user_id = $1',
          [context.userId],
        );
        if ((counted[0]?.n ?? 0) >= MAX_LISTS)
          throw new Problem(422, 'too-many-lists', `A person may have ${MAX_LISTS} lists.`);
        const { rows } = await client.query<Row>(
          'INSERT INTO todo.lists (id, user_id, name, created_at, updated_at) VALUES ($1, $2, $3, $4, $4) RETURNING *',
          [uuidv7(), context.userId, name, clock()],
        );
        return onWire(rows[0] as Row);
      }),
    rename: async ({ userId }, id, name) => {
      const { rows } = await pool.query<Row>(
        'UPDATE todo.lists SET name = $3, updated_at = $4 WHERE id = $1 AND user_id = $2 RETURNING *',
        [id, userId, name, clock()],
      );
      if (!rows[0]) throw notFound('list');
      return onWire(rows[0]);
    },
    remove: async ({ userId }, id) => {
      const { rowCount } = await pool.query(
        'DELETE FROM todo.lists WHERE id = $1 AND user_id = $2',
        [id, userId],
      );
      if (rowCount === 0) throw notFound('list');
    },
  };
}

function onWire(row: Row): TaskList {
  return {
    id: row.id,
    name: row.name,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

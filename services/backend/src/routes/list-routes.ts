// Lists (projects): a name that tasks can stand under.
import type { Clock } from '@todo/common/clock';
import { notFound, Problem } from '@todo/common/problem';
import type { Pool } from '@todo/common/database';
import { withTransaction } from '@todo/common/database';
import type { Server } from '@todo/common/server';
import { storableText } from '@todo/common/task';
import { uuidv7 } from '@todo/common/uuid';
import { z } from 'zod';
import { callerOf, contextOf } from '../auth/authenticate.ts';
import { lockPerson } from '../users/person-row.ts';
import { pageAnswer, problems } from './task-wire.ts';

/** Lists a person may have. */
const MAX_LISTS = 500;

const tags = ['lists'];
const id = z.strictObject({ id: z.uuid('expected a UUID') });
const body = z.strictObject({
  name: storableText(100).refine((text) => text.trim() !== '', 'at least 1 character'),
});
const listAnswer = z
  .object({
    id: z.uuid(),
    name: z.string(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'List' });

interface Row {
  id: string;
  name: string;
  created_at: Date;
  updated_at: Date;
}

/** Registers the routes below `/lists`. */
export function registerListRoutes(app: Server, options: { pool: Pool; clock: Clock }): void {
  const { pool, clock } = options;
  app.get(
    '/lists',
    {
      schema: {
        tags,
        summary: 'All lists',
        response: { 200: pageAnswer(listAnswer), ...problems },
      },
    },
    async (request) => {
      const { rows } = await pool.query<Row>(
        'SELECT * FROM todo.lists WHERE user_id = $1 ORDER BY created_at, id',
        [callerOf(request).userId],
      );
      return { items: rows.map(onWire), nextCursor: null };
    },
  );
  app.post(
    '/lists',
    { schema: { tags, summary: 'Add a list', body, response: { 201: listAnswer, ...problems } } },
    async (request, reply) => {
      const context = contextOf(request);
      const row = await withTransaction(pool, async (client) => {
        await lockPerson(client, context);
        const { rows: counted } = await client.query<{ n: number }>(
          'SELECT count(*)::int AS n FROM todo.lists WHERE user_id = $1',
          [context.userId],
        );
        if ((counted[0]?.n ?? 0) >= MAX_LISTS)
          throw new Problem(422, 'too-many-lists', `A person may have ${MAX_LISTS} lists.`);
        const { rows } = await client.query<Row>(
          'INSERT INTO todo.lists (id, user_id, name, created_at, updated_at) VALUES ($1, $2, $3, $4, $4) RETURNING *',
          [uuidv7(), context.userId, request.body.name, clock()],
        );
        return rows[0] as Row;
      });
      return reply.status(201).send(onWire(row));
    },
  );
  app.patch(
    '/lists/:id',
    {
      schema: {
        tags,
        summary: 'Rename a list',
        params: id,
        body,
        response: { 200: listAnswer, ...problems },
      },
    },
    async (request) => {
      const { rows } = await pool.query<Row>(
        'UPDATE todo.lists SET name = $3, updated_at = $4 WHERE id = $1 AND user_id = $2 RETURNING *',
        [request.params.id, callerOf(request).userId, request.body.name, clock()],
      );
      if (!rows[0]) throw notFound('list');
      return onWire(rows[0]);
    },
  );
  app.delete(
    '/lists/:id',
    {
      schema: {
        tags,
        summary: 'Delete a list; its tasks stay, without a list',
        params: id,
        response: { 204: z.undefined(), ...problems },
      },
    },
    async (request, reply) => {
      const { rowCount } = await pool.query(
        'DELETE FROM todo.lists WHERE id = $1 AND user_id = $2',
        [request.params.id, callerOf(request).userId],
      );
      if (rowCount === 0) throw notFound('list');
      return reply.status(204).send();
    },
  );
}

function onWire(row: Row): z.output<typeof listAnswer> {
  return {
    id: row.id,
    name: row.name,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

// Lists over HTTP.
import type { Server } from '@todo/runtime/server';
import { z } from 'zod';
import { callerOf, contextOf } from './authenticate.ts';
import { listName } from '../lists/lists.ts';
import type { Lists } from '../lists/lists.ts';
import { pageAnswer, problems } from './task-wire.ts';

const tags = ['lists'];
const id = z.strictObject({ id: z.uuid('expected a UUID') });
const body = z.strictObject({ name: listName });
const listAnswer = z
  .object({
    id: z.uuid(),
    name: z.string(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'List' });

/** Registers the routes below `/lists`. */
export function registerListRoutes(app: Server, options: { lists: Lists }): void {
  const { lists } = options;
  app.get(
    '/lists',
    {
      config: { action: 'lists.read' },
      schema: {
        tags,
        summary: 'All lists',
        response: { 200: pageAnswer(listAnswer), ...problems },
      },
    },
    async (request) => ({ items: await lists.all(callerOf(request)), nextCursor: null }),
  );
  app.post(
    '/lists',
    {
      config: { action: 'lists.change' },
      schema: { tags, summary: 'Add a list', body, response: { 201: listAnswer, ...problems } },
    },
    async (request, reply) =>
      reply.status(201).send(await lists.add(contextOf(request), request.body.name)),
  );
  app.patch(
    '/lists/:id',
    {
      config: { action: 'lists.change' },
      schema: {
        tags,
        summary: 'Rename a list',
        params: id,
        body,
        response: { 200: listAnswer, ...problems },
      },
    },
    (request) => lists.rename(contextOf(request), request.params.id, request.body.name),
  );
  app.delete(
    '/lists/:id',
    {
      config: { action: 'lists.change' },
      schema: {
        tags,
        summary: 'Delete a list; its tasks are kept, without a list',
        params: id,
        response: { 204: z.undefined(), ...problems },
      },
    },
    async (request, reply) => {
      await lists.remove(contextOf(request), request.params.id);
      return reply.status(204).send();
    },
  );
}

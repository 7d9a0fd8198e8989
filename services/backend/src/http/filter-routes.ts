// Filters over HTTP: saved ones, and how many tasks one finds.
import type { Server } from '@todo/runtime/server';
import { z } from 'zod';
import { callerOf, contextOf } from './authenticate.ts';
import { newSavedFilter, savedFilterPatch } from '../filters/saved-filters.ts';
import type { SavedFilters } from '../filters/saved-filters.ts';
import { printFilter } from '../filters/print-filter.ts';
import { readFilter } from '../filters/read-filter.ts';
import type { FilterParts } from '../filters/read-filter.ts';
import type { Tasks } from '../tasks/commands.ts';
import { filterText, taskFilter } from '../tasks/input.ts';
import { pageAnswer, problems } from './task-wire.ts';

const tags = ['filters'];
const id = z.strictObject({ id: z.uuid('expected a UUID') });
const filterAnswer = z
  .object({
    id: z.uuid(),
    name: z.string(),
    filter: z.string(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'SavedFilter' });

/** A count goes up to this. */
const MAX_COUNT = 1_000;
const EVERYTHING = taskFilter.parse({});

/** Registers the routes below `/filters`, and the count of a filter. */
export function registerFilterRoutes(
  app: Server,
  options: FilterParts & { filters: SavedFilters; tasks: Tasks },
): void {
  const { filters, tasks } = options;
  app.get(
    '/tasks/count',
    {
      config: { action: 'tasks.read' },
      schema: {
        tags,
        summary: 'How many tasks a filter finds, and the filter in its shortest spelling',
        querystring: z.strictObject({ filter: filterText }),
        response: {
          200: z.object({
            count: z.int(),
            more: z.boolean().describe('There are more than count says'),
            filter: z.string(),
          }),
          ...problems,
        },
      },
    },
    async (request) => {
      const caller = callerOf(request);
      const where = await readFilter(options, caller, request.query.filter);
      const count = await tasks.count(caller, { ...EVERYTHING, where }, MAX_COUNT);
      return {
        count: Math.min(count, MAX_COUNT),
        more: count > MAX_COUNT,
        filter: printFilter(where.expression),
      };
    },
  );
  app.get(
    '/filters',
    {
      config: { action: 'filters.read' },
      schema: {
        tags,
        summary: 'All saved filters, in the person’s order',
        response: { 200: pageAnswer(filterAnswer), ...problems },
      },
    },
    async (request) => ({ items: await filters.all(callerOf(request)), nextCursor: null }),
  );
  app.post(
    '/filters',
    {
      config: { action: 'filters.change' },
      schema: {
        tags,
        summary: 'Save a filter',
        description:
          'The filter is stored in its shortest spelling. See docs/reference/filters.md for the language. A name can be used once.',
        body: newSavedFilter,
        response: { 201: filterAnswer, ...problems },
      },
    },
    async (request, reply) =>
      reply.status(201).send(await filters.add(contextOf(request), request.body)),
  );
  app.patch(
    '/filters/:id',
    {
      config: { action: 'filters.change' },
      schema: {
        tags,
        summary: 'Rename, change or move a saved filter; after: null moves it to the start',
        params: id,
        body: savedFilterPatch,
        response: { 200: filterAnswer, ...problems },
      },
    },
    (request) => filters.change(contextOf(request), request.params.id, request.body),
  );
  app.delete(
    '/filters/:id',
    {
      config: { action: 'filters.change' },
      schema: {
        tags,
        summary: 'Delete a saved filter; its tasks are kept',
        params: id,
        response: { 204: z.undefined(), ...problems },
      },
    },
    async (request, reply) => {
      await filters.remove(contextOf(request), request.params.id);
      return reply.status(204).send();
    },
  );
}

// Imports that were made, and how one is taken back as a whole.
import type { Server } from '@todo/runtime/server';
import { z } from 'zod';
import { callerOf, contextOf } from './authenticate.ts';
import type { Tasks } from '../tasks/commands.ts';
import type { StoredImport } from '../tasks/imports.ts';
import type { ImportState } from '../tasks/undo-import.ts';
import { problems } from './task-wire.ts';

const tags = ['import and export'];
const params = z.strictObject({ id: z.uuid('expected a UUID') });
const storedImport = z
  .object({
    id: z.uuid(),
    name: z.string().nullable().describe('The name of the file, if the client said it'),
    format: z.string(),
    createdAt: z.iso.datetime(),
    tasks: z.int().describe('Tasks that it stored'),
    newLists: z.array(z.string()),
    deleted: z.int().describe('Tasks that its undo deleted'),
    undoneAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Import' });
const importState = storedImport
  .extend({
    kept: z
      .array(z.object({ id: z.uuid(), title: z.string() }))
      .describe('Tasks of it that are still there; at most 100'),
    keptCount: z.int(),
    done: z.boolean().describe('Of an undo: false means that there is more to do; call again'),
  })
  .meta({ id: 'ImportState' });

/** Registers the routes below `/imports`. */
export function registerImportRoutes(app: Server, { tasks }: { tasks: Tasks }): void {
  app.get(
    '/imports',
    {
      config: { action: 'transfer.export' },
      schema: {
        tags,
        summary: 'The newest 50 imports that stored something',
        response: { 200: z.object({ items: z.array(storedImport) }), ...problems },
      },
    },
    async (request) => ({ items: (await tasks.imports(callerOf(request))).map(onWire) }),
  );
  app.get(
    '/imports/:id',
    {
      config: { action: 'transfer.export' },
      schema: {
        tags,
        summary: 'One import, with the tasks of it that are still there',
        params,
        response: { 200: importState, ...problems },
      },
    },
    async (request) => stateOnWire(await tasks.import(callerOf(request), request.params.id)),
  );
  app.post(
    '/imports/:id/undo',
    {
      config: { action: 'transfer.import' },
      schema: {
        tags,
        summary: 'Take an import back: delete the tasks of it that nobody changed since',
        description:
          'Keeps and names tasks that were changed, and those with something below them that stays. Deletes the lists that the import made if they are empty and were not renamed. A large import needs several calls: repeat it until done is true. Calling it again changes nothing.',
        params,
        response: { 200: importState, ...problems },
      },
    },
    async (request) => stateOnWire(await tasks.undoImport(contextOf(request), request.params.id)),
  );
}

function onWire(made: StoredImport): z.output<typeof storedImport> {
  const { id, name, format, createdAt, tasks, newLists, deleted, undoneAt } = made;
  return {
    ...{ id, name, format, tasks, deleted },
    createdAt: createdAt.toISOString(),
    newLists: newLists.map((list) => list.name),
    undoneAt: undoneAt?.toISOString() ?? null,
  };
}

function stateOnWire(state: ImportState): z.output<typeof importState> {
  const { kept, keptCount, undoneAt } = state;
  return { ...onWire(state), kept: [...kept], keptCount, done: undoneAt !== null };
}

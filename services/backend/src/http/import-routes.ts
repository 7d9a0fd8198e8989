// Imports that were made or are under way, how one is stopped, and how one is taken back as a whole.
import type { Server } from '@todo/runtime/server';
import { z } from 'zod';
import { callerOf, contextOf } from './authenticate.ts';
import type { Tasks } from '../tasks/commands.ts';
import type { StoredImport } from '../tasks/imports.ts';
import type { ImportState } from '../tasks/undo-import.ts';
import { problems } from './task-wire.ts';
import { importAnswer } from './transfer-routes.ts';
import type { ImportJobs } from '../transfer/import-jobs.ts';
import type { JobView } from '../transfer/job-rows.ts';

const tags = ['import and export'];
const params = z.strictObject({ id: z.uuid('expected a UUID') });
const storedImport = z
  .object({
    id: z.uuid(),
    name: z.string().nullable().describe('The name of the file, if the client said it'),
    format: z.string(),
    createdAt: z.iso.datetime(),
    tasks: z.int().describe('Tasks that it stored'),
    merged: z.int().describe('Tasks that it changed, because an entry was that task already'),
    state: z
      .enum(['waiting', 'running', 'done', 'failed', 'canceled'])
      .describe('Only one sent with Prefer: respond-async is ever something else than done'),
    progress: z
      .object({
        stage: z.enum(['reading', 'storing']),
        entries: z.int(),
        of: z.int().optional(),
      })
      .nullable()
      .describe('How far it is; null once it has ended'),
    newLists: z.array(z.string()),
    deleted: z.int().describe('Tasks that its undo deleted'),
    undoneAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Import' });
const importState = storedImport
  .extend({
    kept: z
      .array(z.object({ id: z.uuid(), title: z.string() }))
      .describe('Tasks of it that are still there, at most 100; none while it is under way'),
    keptCount: z.int(),
    done: z.boolean().describe('Of an undo: false means that there is more to do; call again'),
    report: importAnswer
      .nullable()
      .describe('Of one sent with Prefer: respond-async, once it is done'),
    problem: z
      .object({
        status: z.int(),
        title: z.string(),
        detail: z.string().optional(),
        errors: z
          .array(z.object({ field: z.string(), message: z.string() }))
          .readonly()
          .optional(),
      })
      .nullable()
      .describe('Why it failed'),
  })
  .meta({ id: 'ImportState' });

type Shown = z.output<typeof importState>;

/** Registers the routes below `/imports`. */
export function registerImportRoutes(
  app: Server,
  { tasks, imports }: { tasks: Tasks; imports: ImportJobs },
): void {
  const withJob = async (userId: string, state: ImportState): Promise<Shown> =>
    stateOnWire(state, (await imports.views(userId, [state.id])).get(state.id));
  const show = async (userId: string, id: string): Promise<Shown> => {
    const job = (await imports.views(userId, [id])).get(id);
    const underWay = job !== undefined && job.finishedAt === null;
    return stateOnWire(await tasks.import({ userId }, id, { underWay }), job);
  };

  app.get(
    '/imports',
    {
      config: { action: 'transfer.export' },
      schema: {
        tags,
        summary: 'The newest 50 imports that stored something or are under way',
        response: { 200: z.object({ items: z.array(storedImport) }), ...problems },
      },
    },
    async (request) => {
      const { userId } = callerOf(request);
      const found = await tasks.imports({ userId });
      const jobs = await imports.views(
        userId,
        found.map(({ id }) => id),
      );
      return {
        items: found
          .map((made) => onWire(made, jobs.get(made.id)))
          .filter((made) => made.state !== 'done' || storedSomething(made)),
      };
    },
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
    async (request) => {
      const { userId } = callerOf(request);
      return await show(userId, request.params.id);
    },
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
    async (request) => {
      const context = contextOf(request);
      await imports.cancel(context.userId, request.params.id);
      return await withJob(context.userId, await tasks.undoImport(context, request.params.id));
    },
  );
  app.post(
    '/imports/:id/cancel',
    {
      config: { action: 'transfer.import' },
      schema: {
        tags,
        summary: 'Stop an import in the background',
        description:
          'What it has stored stays and can be undone. One that has ended stays as it is.',
        params,
        response: { 200: importState, ...problems },
      },
    },
    async (request) => {
      const { userId } = callerOf(request);
      await imports.cancel(userId, request.params.id);
      return await show(userId, request.params.id);
    },
  );
}

function storedSomething({ tasks, merged, newLists }: z.output<typeof storedImport>): boolean {
  return tasks + merged + newLists.length > 0;
}

function onWire(made: StoredImport, job: JobView | undefined): z.output<typeof storedImport> {
  const { id, name, format, createdAt, tasks, merged, newLists, deleted, undoneAt } = made;
  const state = job === undefined || job.state === 'uploading' ? 'done' : job.state;
  return {
    ...{ id, name, format, tasks, merged, deleted, state },
    progress: state === 'running' ? (job?.progress ?? null) : null,
    createdAt: createdAt.toISOString(),
    newLists: newLists.map((list) => list.name),
    undoneAt: undoneAt?.toISOString() ?? null,
  };
}

function stateOnWire(state: ImportState, job: JobView | undefined): Shown {
  const { kept, keptCount, undoneAt } = state;
  return {
    ...onWire(state, job),
    ...{ kept: [...kept], keptCount, done: undoneAt !== null },
    ...{ report: job?.report ?? null, problem: job?.problem ?? null },
  };
}

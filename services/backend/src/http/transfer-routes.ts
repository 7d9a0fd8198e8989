// Import and export of a person's tasks. Both are streams: a body goes to the import as it arrives, whatever its size.
import { Readable } from 'node:stream';
import { invalidInput, Problem } from '@todo/contracts/problem';
import type { Server } from '@todo/runtime/server';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { callerOf, contextOf } from './authenticate.ts';
import type { SavedFilters } from '../filters/saved-filters.ts';
import type { Lists } from '../lists/lists.ts';
import type { Tasks } from '../tasks/commands.ts';
import type { ListChoice } from '../tasks/export-rows.ts';
import { EXPORT_FORMATS, exportFile, IMPORT_TYPES } from '../transfer/export.ts';
import { DUPLICATES, duplicateChoice } from '../transfer/duplicates.ts';
import { importFile } from '../transfer/import.ts';
import type { ImportProgress } from '../transfer/import.ts';
import type { ImportJobs } from '../transfer/import-jobs.ts';
import { MAX_ENTRIES } from '../transfer/read-file.ts';
import type { ImportReport } from '../transfer/report.ts';
import { idempotencyKey } from './preconditions.ts';
import { answerWithProgress, PROGRESS_TYPE, takesProgress } from './progress-lines.ts';
import { problems, taskAnswer } from './task-wire.ts';

const tags = ['import and export'];
/** Imports at once in one process: each holds a database connection and some memory. */
const MAX_AT_ONCE = 3;
/** Lists that an export can be limited to: as many as a person may have, and those without one. */
const MAX_CHOSEN = 501;

const reported = z.object({
  entry: z.int(),
  line: z.int().optional(),
  uid: z.string().optional(),
  title: z.string().optional(),
  outcome: z.enum(['read', 'changed', 'duplicate', 'left out']),
  merged: z.literal(true).optional().describe('Of a duplicate that changed the task it is already'),
  joined: z
    .literal(true)
    .optional()
    .describe('Of a changed occurrence: it is part of the task of its series'),
  taskId: z.uuid().optional(),
  match: z
    .enum(['id', 'content'])
    .optional()
    .describe('Of an entry that is a task already: what it was recognised by'),
  becomes: taskAnswer
    .pick({ due: true, priority: true, tags: true, status: true })
    .extend({
      list: z.string().nullable(),
      rule: z.string().nullable(),
      reminders: z.int(),
      isSubtask: z.boolean(),
    })
    .optional()
    .describe('What the entry will be; only in a dry run'),
  notes: z
    .array(
      z.object({
        property: z.string(),
        outcome: z.enum(['changed', 'left out']),
        why: z.string(),
      }),
    )
    .readonly(),
});
/** What an import reports. */
export const importAnswer = z
  .object({
    importId: z
      .uuid()
      .nullable()
      .describe('Undo it with POST /imports/{id}/undo; null: nothing was stored'),
    format: z.string(),
    encoding: z.string(),
    dryRun: z.boolean(),
    read: z.int(),
    created: z.int(),
    tasks: z.int(),
    changed: z.int(),
    duplicates: z.int(),
    merged: z.int().describe('Entries that changed the task they are already'),
    leftOut: z.int(),
    newLists: z.array(z.string()).readonly(),
    remarks: z.array(z.string()).readonly(),
    entries: z.array(reported).readonly(),
    entriesOmitted: z.int(),
  })
  .meta({ id: 'ImportReport' });

/** Registers `/export` and `/import`. */
export function registerTransferRoutes(
  app: Server,
  parts: { tasks: Tasks; lists: Lists; filters: SavedFilters; imports: ImportJobs },
): void {
  app.get(
    '/export',
    {
      config: { action: 'transfer.export' },
      schema: {
        tags,
        summary: 'All tasks as a file: json, csv, ics (iCalendar), txt (todo.txt) or md',
        description:
          'json is complete: importing it restores lists, order, series and saved filters. The other formats contain what they can express.',
        querystring: z.strictObject({
          format: z.enum(['json', 'csv', 'ics', 'txt', 'md']).default('json'),
          list: z
            .preprocess(
              (value) => (typeof value === 'string' ? [value] : value),
              z.array(z.union([z.uuid(), z.literal('none')])).max(MAX_CHOSEN),
            )
            .optional()
            .describe(
              'Only these lists, with the subtasks of their tasks; may be given several times. none: tasks without a list',
            ),
        }),
        response: {
          200: {
            description: 'The file',
            content: Object.fromEntries(
              Object.values(EXPORT_FORMATS).map(({ type }) => [type, { schema: z.unknown() }]),
            ),
          },
          ...problems,
        },
      },
    },
    async (request, reply) => {
      const { type, file } = EXPORT_FORMATS[request.query.format];
      const { userId, zone } = callerOf(request);
      const choice = await chosenLists(parts.lists, userId, request.query.list);
      return await reply
        .type(`${type}; charset=utf-8`)
        .header('content-disposition', `attachment; filename="${file}"`)
        .send(Readable.from(exportFile(parts, { userId, zone }, request.query.format, choice)));
    },
  );

  let running = 0;
  void app.register((plain, _options, done) => {
    const scope = plain as unknown as Server;
    scope.removeAllContentTypeParsers();
    // the body stays a stream; its size is counted where it is read
    for (const type of IMPORT_TYPES)
      scope.addContentTypeParser(type, (_request, payload, next) => {
        next(null, payload);
      });
    scope.post(
      '/import',
      {
        config: { action: 'transfer.import' },
        schema: {
          tags,
          summary: 'Import the tasks of a file; dryRun only reports the result',
          description: `Reads files from /export, iCalendar, CSV, and files of other programs, which it recognises by their content; at most ${MAX_ENTRIES} entries. Stores every readable entry in one transaction. The report says what it changed or left out for each entry, and why. Skips entries that are tasks already (duplicates=skip). With Accept: ${PROGRESS_TYPE} a large file is answered with lines of JSON: progress, then report or problem. With Prefer: respond-async the answer is 202 as soon as the file is stored; GET /imports/{id} says how far the import is.`,
          querystring: z.strictObject({
            dryRun: z.enum(['true', 'false']).default('false'),
            duplicates: z
              .enum(DUPLICATES)
              .default('skip')
              .describe(
                'For an entry that is a task already: skip it, add a second task, or merge it into the task',
              ),
            choices: z
              .string()
              .max(8_000)
              .optional()
              .describe(
                'Other choices for single entries by their number, such as 3=add,7-9=merge',
              ),
            match: z
              .enum(['id', 'content'])
              .default('id')
              .describe(
                'id: an entry is a task already if an import or export called it so. content: also if title, due, status and list are equal',
              ),
            name: z.string().max(1_000).optional().describe('The name of the file'),
          }),
          response: {
            200: importAnswer,
            202: z.object({ id: z.uuid() }).describe('Prefer: respond-async: the import continues'),
            ...problems,
          },
        },
      },
      async (request, reply) => {
        const { dryRun, duplicates, choices, match, name } = request.query;
        const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
        const choice = duplicateChoice(duplicates, choices, match);
        if (dryRun === 'false' && prefersAsync(request)) {
          const id = await parts.imports.accept(contextOf(request), {
            body: bodyOf(request.body),
            options: { type: type ?? null, duplicates, choices: choices ?? null, match },
            name,
            idempotencyKey: idempotencyKey(request),
          });
          return await reply
            .status(202)
            .header('location', `/api/v1/imports/${id}`)
            .header('preference-applied', 'respond-async')
            .send({ id });
        }
        if (running >= MAX_AT_ONCE)
          throw new Problem(
            503,
            'imports-busy',
            'Other imports are running. Try again in a few seconds.',
            { headers: { 'retry-after': '5' } },
          );
        running += 1;
        const work = async (
          onProgress?: (progress: ImportProgress) => void,
        ): Promise<ImportReport> => {
          try {
            return await importFile(parts.tasks, contextOf(request), bodyOf(request.body), {
              type,
              dryRun: dryRun === 'true',
              duplicates: choice,
              name,
              idempotencyKey: idempotencyKey(request),
              onProgress,
            });
          } finally {
            running -= 1;
          }
        };
        if (!takesProgress(request)) return await work();
        return await (answerWithProgress(request, reply, work) as Promise<ImportReport>);
      },
    );
    done();
  });
}

/** The lists that an export is limited to; undefined: all. @throws Problem 400 for one that is not the person's */
async function chosenLists(
  lists: Lists,
  userId: string,
  asked: readonly string[] | undefined,
): Promise<ListChoice | undefined> {
  if (asked === undefined) return undefined;
  const own = new Set((await lists.all({ userId })).map((list) => list.id));
  const ids = asked.filter((id) => id !== 'none');
  if (ids.some((id) => !own.has(id)))
    throw invalidInput([{ field: 'list', message: 'no such list' }]);
  return { ids, withoutList: ids.length < asked.length };
}

/** Whether a client asks for an answer before the work is done (RFC 7240 4.1). */
function prefersAsync({ headers }: FastifyRequest): boolean {
  return /(^|,)\s*respond-async\s*(;|,|$)/i.test([headers.prefer].flat().join(','));
}

/** The request's body; nothing for a request without one. */
function bodyOf(body: unknown): AsyncIterable<Buffer> {
  return body instanceof Readable ? body : Readable.from([]);
}

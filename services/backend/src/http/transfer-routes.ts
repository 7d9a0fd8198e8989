// Import and export of a person's tasks.
import { Readable } from 'node:stream';
import { fieldErrors, invalidInput } from '@todo/contracts/problem';
import type { Server } from '@todo/runtime/server';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { callerOf, contextOf } from './authenticate.ts';
import type { Tasks } from '../tasks/commands.ts';
import { MAX_PAGE } from '../tasks/input.ts';
import { csvHeader, csvRows, readCsv } from '../transfer/csv-file.ts';
import { CALENDAR_END, CALENDAR_START, readCalendar, toVtodo } from '../transfer/icalendar-file.ts';
import { fileTask, FORMATS, MAX_IMPORT } from '../transfer/task-file.ts';
import type { FileTask, Format } from '../transfer/task-file.ts';
import { idempotencyKey } from './preconditions.ts';
import { problems } from './task-wire.ts';

const tags = ['import and export'];
/** Wrong fields told of one import; a file with the wrong separator has thousands. */
const MAX_TOLD = 50;

/** Registers `/export` and `/import`. */
export function registerTransferRoutes(app: Server, options: { tasks: Tasks }): void {
  const { tasks } = options;
  for (const type of ['text/csv', 'text/calendar'])
    app.addContentTypeParser(type, { parseAs: 'string' }, (_request, body, done) => {
      done(null, body);
    });

  app.get(
    '/export',
    {
      schema: {
        tags,
        summary: 'All tasks as a file: json, csv or ics (iCalendar)',
        querystring: z.strictObject({ format: z.enum(['json', 'csv', 'ics']).default('json') }),
        response: {
          200: {
            description: 'The file',
            content: Object.fromEntries(
              Object.values(FORMATS).map((type) => [type, { schema: z.unknown() }]),
            ),
          },
          ...problems,
        },
      },
    },
    (request, reply) => {
      const { format } = request.query;
      return reply
        .type(`${FORMATS[format]}; charset=utf-8`)
        .header('content-disposition', `attachment; filename="tasks.${format}"`)
        .send(Readable.from(file(tasks, callerOf(request).userId, format)));
    },
  );
  app.post(
    '/import',
    {
      schema: {
        tags,
        summary: 'Add the tasks of a file: all or none; dryRun only checks it',
        description: `The body is what /export gives, as ${Object.values(FORMATS).join(', ')}; at most ${MAX_IMPORT} tasks.`,
        querystring: z.strictObject({ dryRun: z.enum(['true', 'false']).default('false') }),
        response: { 200: z.object({ read: z.int(), created: z.int() }), ...problems },
      },
    },
    async (request) => {
      const read = readFile(request);
      if (request.query.dryRun === 'true') return { read: read.length, created: 0 };
      const made = await tasks.importMany(contextOf(request), read, idempotencyKey(request));
      return { read: read.length, created: made.length };
    },
  );
}

async function* file(tasks: Tasks, userId: string, format: Format): AsyncGenerator<string> {
  if (format === 'json') yield '{"tasks":[';
  if (format === 'csv') yield csvHeader();
  if (format === 'ics') yield CALENDAR_START;
  let first = true;
  for (let cursor: string | null | undefined; cursor !== null;) {
    // newest last, so that a parent comes before its subtasks
    const page = await tasks.list(
      { userId },
      { status: 'all', sort: 'oldest', limit: MAX_PAGE, ...(cursor ? { cursor } : {}) },
    );
    cursor = page.nextCursor;
    for (const task of format === 'json' ? page.items : []) {
      yield `${first ? '' : ','}\n${JSON.stringify(task)}`;
      first = false;
    }
    if (format === 'csv') yield csvRows(page.items);
    if (format === 'ics') yield page.items.map(toVtodo).join('');
  }
  if (format === 'json') yield '\n]}\n';
  if (format === 'ics') yield CALENDAR_END;
}

function readFile(request: FastifyRequest): FileTask[] {
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  const given =
    type === FORMATS.csv
      ? readCsv(request.body as string)
      : type === FORMATS.ics
        ? readCalendar(request.body as string)
        : readJson(request.body);
  if (given.length === 0)
    throw invalidInput([{ field: '(body)', message: 'there is no task in it' }]);
  if (given.length > MAX_IMPORT)
    throw invalidInput([{ field: '(body)', message: `at most ${MAX_IMPORT} tasks at once` }]);
  const read = given.map((one) => fileTask.safeParse(one));
  const wrong = read.flatMap((one, index) =>
    one.success
      ? []
      : fieldErrors(one.error).map((error) => ({ ...error, field: `${index}.${error.field}` })),
  );
  if (wrong.length > 0) throw invalidInput(wrong.slice(0, MAX_TOLD));
  return read.flatMap((one) => (one.success ? [one.data] : []));
}

function readJson(body: unknown): unknown[] {
  const read = z
    .union([z.array(z.unknown()), z.object({ tasks: z.array(z.unknown()) })])
    .safeParse(body);
  if (!read.success)
    throw invalidInput([
      { field: '(body)', message: 'expected { "tasks": [ … ] } as /export gives' },
    ]);
  return Array.isArray(read.data) ? read.data : read.data.tasks;
}

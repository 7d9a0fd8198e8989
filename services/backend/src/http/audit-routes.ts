// A person's own history over all tasks, kept by audit-service: pages, and an export that is read page by page while it is
// written, so that its size does not matter.
import { Readable } from 'node:stream';
import type { Server } from '@todo/runtime/server';
import { instant, storableText } from '@todo/contracts/task';
import { stringify } from 'csv-stringify/sync';
import { z } from 'zod';
import { safeCell } from '../transfer/csv/cells.ts';
import { callerOf } from './authenticate.ts';
import { pageAnswer, problems } from './task-wire.ts';

/** Entries of one page of an export. */
const EXPORT_PAGE = 200;

/** Which entries. */
export interface HistoryFilter {
  readonly taskId?: string | undefined;
  /** Instants, UTC: from (inclusive) and to (exclusive). */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly cursor?: string | undefined;
  readonly limit: number;
}

/** Reads a page of a person's history, oldest first. @throws Problem 404 without the audit service, 503 when it is away */
export type ReadHistory = (
  userId: string,
  filter: HistoryFilter,
) => Promise<{ items: unknown[]; nextCursor: string | null }>;

interface Entry {
  at: string;
  type: string;
  taskId: string | null;
  version: number | null;
  actor: { kind: string; id: string } | null;
  task: { title?: string } | null;
  before: { title?: string } | null;
  data: unknown;
  eventId: string;
  source: string;
}

const COLUMNS = [
  'at',
  'type',
  'taskId',
  'version',
  'actorKind',
  'actorId',
  'title',
  'before',
  'after',
  'eventId',
  'source',
] as const;

const filter = {
  taskId: z.uuid('expected a UUID').optional(),
  from: instant.optional(),
  to: instant.optional(),
};

/** Registers `/audit` and `/audit/export`. */
export function registerAuditRoutes(app: Server, options: { history: ReadHistory }): void {
  app.get(
    '/audit',
    {
      config: { action: 'history.read' },
      schema: {
        tags: ['history'],
        summary: 'Who changed what and when, with values before and after; oldest first',
        querystring: z.strictObject({
          ...filter,
          limit: z.coerce.number().int().min(1).max(200).default(50),
          cursor: storableText(500).optional(),
        }),
        response: { 200: pageAnswer(z.unknown()), ...problems },
      },
    },
    (request) => options.history(callerOf(request).userId, request.query),
  );
  app.get(
    '/audit/export',
    {
      config: { action: 'history.read' },
      schema: {
        tags: ['history'],
        summary: 'The audit log as one file',
        querystring: z.strictObject({ ...filter, format: z.enum(['csv', 'ndjson']) }),
        response: {
          200: {
            description: 'The file, as a stream',
            content: {
              'text/csv': { schema: z.unknown() },
              'application/x-ndjson': { schema: z.unknown() },
            },
          },
          ...problems,
        },
      },
    },
    async (request, reply) => {
      const { format, ...wanted } = request.query;
      const { userId } = callerOf(request);
      const read = (cursor?: string) =>
        options.history(userId, { ...wanted, limit: EXPORT_PAGE, cursor });
      const first = await read(); // what is refused is refused before the file begins
      const write = format === 'csv' ? csv : ndjson;
      return await reply
        .type(format === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson')
        .header('content-disposition', `attachment; filename="todo-history.${format}"`)
        .serializer((body: unknown) => body as string)
        .send(Readable.from(lines(first, read, write)));
    },
  );
}

type Page = Awaited<ReturnType<ReadHistory>>;

async function* lines(
  first: Page,
  read: (cursor: string) => Promise<Page>,
  write: (entries: readonly Entry[], isFirst: boolean) => string,
): AsyncGenerator<string> {
  let page = first;
  yield write(page.items as Entry[], true);
  while (page.nextCursor !== null) {
    page = await read(page.nextCursor);
    yield write(page.items as Entry[], false);
  }
}

function ndjson(entries: readonly Entry[]): string {
  return entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
}

// Text that a spreadsheet would run as a formula gets an apostrophe before it; one with a line break, lone CR or LF too, stands in
// quotation marks: unquoted it would begin a row.
function csv(entries: readonly Entry[], isFirst: boolean): string {
  return stringify(entries.map(row), {
    header: isFirst,
    columns: [...COLUMNS],
    quoted_match: /[\r\n,;\t]/,
    record_delimiter: 'windows',
  });
}

function row(entry: Entry): Record<(typeof COLUMNS)[number], string> {
  const { at, type, taskId, version, actor, task, before, eventId, source } = entry;
  return {
    at,
    type,
    taskId: taskId ?? '',
    version: version === null ? '' : String(version),
    actorKind: actor?.kind ?? '',
    actorId: safeCell(actor?.id ?? ''),
    title: safeCell(task?.title ?? before?.title ?? ''),
    before: before === null ? '' : JSON.stringify(before),
    after: task === null ? '' : JSON.stringify(task),
    eventId: safeCell(eventId),
    source: safeCell(source),
  };
}

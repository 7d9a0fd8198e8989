// A person's tasks as a file, read from the database page by page while it is written. If that fails in the middle, the stream
// fails: the connection breaks off without its last chunk (RFC 9112 7.1), so that no client takes a part for the whole.
import type { SavedFilters } from '../filters/saved-filters.ts';
import type { Lists } from '../lists/lists.ts';
import type { Tasks } from '../tasks/commands.ts';
import type { ListChoice } from '../tasks/export-rows.ts';
import { writeCsv } from './csv/write-csv.ts';
import { writeCalendar } from './icalendar/write-calendar.ts';
import { writeJson } from './json/write-json.ts';
import { writeMarkdown } from './text/markdown.ts';
import { writeTodoTxt } from './text/todo-txt.ts';

/** Formats of an export by their name in `?format=`, with their media type and file name. */
export const EXPORT_FORMATS = {
  json: { type: 'application/json', file: 'tasks.json' },
  csv: { type: 'text/csv', file: 'tasks.csv' },
  ics: { type: 'text/calendar', file: 'tasks.ics' },
  txt: { type: 'text/plain', file: 'todo.txt' },
  md: { type: 'text/markdown', file: 'tasks.md' },
} as const;
/** See {@link EXPORT_FORMATS}. */
export type ExportFormat = keyof typeof EXPORT_FORMATS;

/** Media types that an import takes; the content decides what it is. */
export const IMPORT_TYPES = [
  'application/json',
  'text/csv',
  'text/calendar',
  'text/plain',
  'text/markdown',
  'application/octet-stream',
  'text/tab-separated-values',
] as const;

/** The file, piece by piece. @param choice only these lists; undefined: everything */
export async function* exportFile(
  parts: { readonly tasks: Tasks; readonly lists: Lists; readonly filters: SavedFilters },
  person: { readonly userId: string; readonly zone: string },
  format: ExportFormat,
  choice?: ListChoice,
): AsyncGenerator<string> {
  const pages = parts.tasks.exportPages(person, choice);
  const now = new Date();
  switch (format) {
    case 'json':
      yield* writeJson(
        pages,
        {
          lists: (await parts.lists.all(person)).filter(
            (list) => choice?.ids.includes(list.id) ?? true,
          ),
          filters: choice ? [] : await parts.filters.all(person),
        },
        now,
      );
      break;
    case 'csv':
      yield* writeCsv(pages);
      break;
    case 'ics':
      yield* writeCalendar(pages, {
        zone: person.zone,
        now,
        ...(await parts.tasks.zonesInUse(person)),
      });
      break;
    case 'txt':
      yield* writeTodoTxt(pages);
      break;
    case 'md':
      yield* writeMarkdown(pages);
      break;
  }
}

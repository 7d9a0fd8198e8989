// CSV: our own export, what a spreadsheet made of it, and tables of other programs. Separator, header and its language are found
// in the file; a file without a column of titles is refused in words that say what was looked for and what was found.
import { parse } from 'csv-parse';
import { invalidInput } from '@todo/contracts/problem';
import type { Draft, Note, ReadContext, Reader, StagedEntry } from '../entry.ts';
import { leftOut, quote } from '../entry.ts';
import { listName } from '../list-name.ts';
import {
  fromSafeCell,
  isDone,
  readDue,
  readInstant,
  readPriority,
  readReminders,
  readTags,
} from './cells.ts';
import { columnOf, plainName, TITLE_NAMES } from './columns.ts';
import type { Column } from './columns.ts';
import { outlookCsv } from './outlook-csv.ts';
import type { Row, TableReader } from './table-reader.ts';
import { ticktickCsv } from './ticktick-csv.ts';
import { todoistCsv } from './todoist-csv.ts';

const SEPARATORS = { ',': 'comma', ';': 'semicolon', '\t': 'tab', '|': 'bar' } as const;
type Separator = keyof typeof SEPARATORS;
/** Rows above the header that are skipped: programs put their version there. */
const MAX_PREAMBLE = 20;
/** Largest row, in characters; longer means that a quotation mark was never closed. */
const MAX_ROW = 1_000_000;

/** Tables of other programs, by their header. Each gives undefined for a header that is not its own. */
const FOREIGN: readonly ((
  header: readonly string[],
  context: ReadContext,
) => TableReader | undefined)[] = [todoistCsv, ticktickCsv, outlookCsv];

/** The reader. @param head the file's first part */
export function csvReader(head: string, context: ReadContext): Reader {
  const separator = separatorOf(head);
  let table: TableReader | undefined;
  return {
    get format() {
      return table?.format ?? 'csv';
    },
    hasWorldwideUids: false,
    entries: async function* (text) {
      const above: Row[] = [];
      for await (const row of rowsOf(text, separator)) {
        if (table) {
          const entry = table.entry(row);
          if (entry) yield { line: row.line, ...entry };
          continue;
        }
        table = tableOf(row.cells, context);
        above.push(row);
        if (!table && above.length > MAX_PREAMBLE) break;
      }
      if (!table) refuse(above, separator);
    },
    finish: (entry) => table?.finish(entry) ?? { remarks: [], leftOut: 'not a data row' },
    lists: () => [],
    remarks: () => [],
  };
}

function tableOf(header: readonly string[], context: ReadContext): TableReader | undefined {
  const cells = header.map((cell) => cell.replace(/^\uFEFF/, '').trim());
  for (const make of FOREIGN) {
    const table = make(cells, context);
    if (table) return table;
  }
  return plainTable(cells, context);
}

async function* rowsOf(text: AsyncIterable<string>, separator: Separator): AsyncGenerator<Row> {
  const parser = parse({
    delimiter: separator,
    bom: true,
    info: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: MAX_ROW,
  });
  const feed = (async () => {
    for await (const piece of text) {
      if (parser.destroyed) return;
      if (!parser.write(piece.replaceAll('\0', '')))
        await new Promise<void>((resolve) => {
          const goOn = (): void => {
            parser.off('drain', goOn).off('close', goOn);
            resolve();
          };
          parser.on('drain', goOn).on('close', goOn);
        });
    }
    parser.end();
  })();
  feed.catch((error: unknown) => parser.destroy(error as Error));
  let last = 0;
  try {
    for await (const { record, info } of parser as AsyncIterable<{
      record: string[];
      info: { lines: number };
    }>) {
      if (record.some((cell) => cell.trim() !== '')) yield { cells: record, line: last + 1 };
      last = info.lines;
    }
  } catch (error) {
    const { code = '', lines } = error as { code?: string; lines?: number };
    if (!code.startsWith('CSV_')) throw error;
    throw invalidInput([
      {
        field: `line ${lines ?? last + 1}`,
        message: `not CSV: ${code === 'CSV_QUOTE_NOT_CLOSED' || code === 'CSV_MAX_RECORD_SIZE' ? 'a quotation mark is never closed' : (error as Error).message}`,
      },
    ]);
  }
  await feed;
}

/** The separator that the first lines have most of, outside of quotation marks; `sep=;` says it outright. */
function separatorOf(head: string): Separator {
  const start = head.replace(/^\uFEFF/, '').slice(0, 8_192);
  const said = /^sep=([,;\t|])/i.exec(start)?.[1];
  if (said) return said as Separator;
  const lines = start
    .replace(/"(?:[^"]|"")*"/g, '""')
    .split(/\r\n|\r|\n/)
    .slice(0, 30);
  const known = (Object.keys(SEPARATORS) as Separator[]).map((separator) => {
    const columns = lines.map((line) => line.split(separator).length);
    const named = Math.max(
      ...lines.map((line) => line.split(separator).filter((cell) => columnOf(cell)).length),
    );
    return { separator, named, most: Math.max(...columns) };
  });
  known.sort((a, b) => b.named - a.named || b.most - a.most);
  return known[0]?.separator ?? ',';
}

function refuse(rows: readonly Row[], separator: Separator): never {
  const [first] = rows;
  const found = (first?.cells ?? [])
    .slice(0, 12)
    .map((cell) => quote(cell.replace(/^\uFEFF/, '').slice(0, 30)))
    .join(', ');
  throw invalidInput([
    {
      field: `line ${first?.line ?? 1}`,
      message: `no header has a title column. Expected one of ${TITLE_NAMES} (or the header of Todoist, TickTick or Outlook); found ${found || 'nothing'}, separated by ${SEPARATORS[separator]}. Name the column with the tasks' titles “title”.`,
    },
  ]);
}

function plainTable(header: readonly string[], context: ReadContext): TableReader | undefined {
  const columns = new Map<Column, number>();
  const unknown: string[] = [];
  header.forEach((cell, index) => {
    const column = columnOf(cell);
    if (column !== undefined && !columns.has(column)) columns.set(column, index);
    else if (cell !== '') unknown.push(cell);
  });
  if (!columns.has('title')) return undefined;
  // in our own export each formula has an apostrophe before it, elsewhere an apostrophe is one
  const names = new Set(header.map(plainName));
  const isOwn = names.has('parentid') && names.has('title') && names.has('id');
  const cell = (cells: readonly string[], column: Column): string =>
    cells[columns.get(column) ?? -1] ?? '';
  return {
    format: 'csv',
    entry: ({ cells }) => {
      const plain = (column: Column): string =>
        isOwn ? fromSafeCell(cell(cells, column)) : cell(cells, column).trim();
      return {
        uid: plain('id') || undefined,
        parentUid: plain('parentId') || undefined,
        content: {
          cells: Object.fromEntries(
            [...columns.keys()]
              .filter((column) => column !== 'id' && column !== 'parentId')
              .map((column) => [column, plain(column)]),
          ),
          extra: unknown.filter((name) => (cells[header.indexOf(name)] ?? '').trim() !== ''),
          missing: cells.length < header.length && columns.size > cells.length,
        },
      };
    },
    finish: (entry) => draftOf(entry, context),
  };
}

function draftOf(entry: StagedEntry, context: ReadContext): Draft {
  const { cells, extra } = entry.content as {
    cells: Partial<Record<Column, string>>;
    extra: string[];
  };
  const remarks: Note[] = extra.slice(0, 20).map((name) => leftOut(name, 'unknown column'));
  const text = (column: Column): string => (cells[column] ?? '').trim();
  const status = text('status');
  const completedAt = readInstant('completedAt', text('completedAt'), context, remarks);
  const done = status === '' ? completedAt !== null : isDone(status);
  if (
    !done &&
    status !== '' &&
    !/^(open|todo|to do|offen|0|false|falsch|no|n|nein|pending|not ?started|in ?progress)$/i.test(
      status,
    )
  )
    remarks.push(leftOut('status', `${quote(status)} is not a status: expected open or done`));
  const priority = readPriority(text('priority'));
  if (priority === undefined)
    remarks.push(
      leftOut('priority', `${quote(text('priority'))}: expected none, low, medium or high`),
    );
  const rule = text('recurrence');
  const list = text('list');
  return {
    title: cells.title,
    notes: cells.notes,
    status: done ? 'done' : 'open',
    completedAt: done ? completedAt : null,
    priority,
    tags: readTags(cells.tags ?? ''),
    list: list === '' ? undefined : { name: listName(list), copy: 0 },
    due: readDue('due', text('due'), text('zone') || undefined, context, remarks),
    recurrence:
      rule === ''
        ? null
        : {
            rule,
            ...given('from', text('recurrenceFrom')),
            ...given('anchor', text('recurrenceAnchor')),
            ...given('lead', text('recurrenceLead')),
          },
    reminders: readReminders(text('reminders')),
    createdAt:
      text('createdAt') === ''
        ? null
        : readInstant('createdAt', text('createdAt'), context, remarks),
    remarks,
  };
}

function given(name: string, value: string): object {
  return value === '' ? {} : { [name]: value };
}

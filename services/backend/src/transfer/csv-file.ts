// Tasks as CSV (RFC 4180, UTF-8, a header row): for spreadsheets. Due is a date, a local time with zone, or an instant.
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { invalidInput } from '@todo/contracts/problem';
import type { Due, Task } from '@todo/contracts/task';

const COLUMNS = [
  'id',
  'parentId',
  'title',
  'notes',
  'status',
  'priority',
  'tags',
  'due',
  'zone',
  'recurrence',
  'recurrenceFrom',
  'reminders',
  'completedAt',
] as const;
type Row = Partial<Record<(typeof COLUMNS)[number], string>>;

/** The header row. */
export function csvHeader(): string {
  return stringify([COLUMNS], { record_delimiter: 'windows' });
}

/** Tasks as rows. Text that a spreadsheet would run as a formula gets an apostrophe before it. */
export function csvRows(tasks: readonly Task[]): string {
  return stringify(
    tasks.map((task): Row => ({
      id: task.id,
      parentId: task.parentId ?? '',
      title: task.title,
      notes: task.notes,
      status: task.status,
      priority: task.priority,
      tags: task.tags.join(' '),
      due: dueText(task.due),
      zone: task.due?.kind === 'local' ? task.due.zone : '',
      recurrence: task.recurrence?.rule ?? '',
      recurrenceFrom: task.recurrence?.from ?? '',
      reminders: task.reminders
        .map((reminder) => ('at' in reminder ? reminder.at : reminder.before))
        .join(' '),
      completedAt: task.completedAt ?? '',
    })),
    { columns: [...COLUMNS], escape_formulas: true, record_delimiter: 'windows' },
  );
}

/** Reads CSV; the fields are checked later. Only `title` is needed. @throws Problem 400 */
export function readCsv(text: string): unknown[] {
  let rows: Row[];
  try {
    rows = parse(text, { columns: true, bom: true, skip_empty_lines: true, trim: true });
  } catch (error) {
    throw invalidInput([{ field: '(body)', message: `not CSV: ${(error as Error).message}` }]);
  }
  return rows.map((row) => ({
    ...given('id', row.id),
    parentId: row.parentId || null,
    title: plain(row.title),
    ...given('notes', plain(row.notes)),
    ...given('status', row.status),
    ...given('priority', row.priority),
    tags: (row.tags ?? '').split(/\s+/).filter(Boolean).map(plain),
    due: readDue(row.due, row.zone),
    recurrence: row.recurrence
      ? { rule: row.recurrence, ...given('from', row.recurrenceFrom) }
      : null,
    reminders: (row.reminders ?? '')
      .split(/\s+/)
      .filter(Boolean)
      .map((text) => (text.startsWith('P') ? { before: text } : { at: text })),
    completedAt: row.completedAt || null,
  }));
}

function dueText(due: Due | null): string {
  if (due === null) return '';
  return due.kind === 'date' ? due.date : due.kind === 'local' ? due.local : due.at;
}

function readDue(text: string | undefined, zone: string | undefined): object | null {
  if (!text) return null;
  if (/^\d{4}-\d\d-\d\d$/.test(text)) return { kind: 'date', date: text };
  if (zone) return { kind: 'local', local: text.replace(' ', 'T').slice(0, 16), zone };
  return { kind: 'instant', at: text };
}

function given(name: string, value: string | undefined): object {
  return value === undefined || value === '' ? {} : { [name]: value };
}

/** Takes the apostrophe off that {@link csvRows} put before a formula. */
function plain<T extends string | undefined>(text: T): T {
  return text?.replace(/^'(?=[=+\-@\t\r])/, '') as T;
}

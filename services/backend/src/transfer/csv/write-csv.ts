// Tasks as CSV (RFC 4180, UTF-8, a header row): for spreadsheets. No cell runs as a formula, and a line break within a cell,
// bare CR included, is in quotation marks: unquoted it would begin a row.
import { stringify } from 'csv-stringify/sync';
import type { Due } from '@todo/contracts/task';
import type { ExportedTask } from '../../tasks/export-rows.ts';
import { safeCell, tagsCell } from './cells.ts';
import { COLUMNS } from './columns.ts';
import type { Column } from './columns.ts';

const OPTIONS = { record_delimiter: 'windows', quoted_match: /[\r\n,;\t]/ } as const;

/** The file, piece by piece. */
export async function* writeCsv(
  pages: AsyncIterable<readonly ExportedTask[]>,
): AsyncGenerator<string> {
  yield stringify([COLUMNS], OPTIONS);
  for await (const page of pages)
    yield stringify(page.map(rowOf), { ...OPTIONS, columns: [...COLUMNS] });
}

function rowOf({ task, list, uid, parentUid }: ExportedTask): Record<Column, string> {
  const { recurrence } = task;
  return {
    id: safeCell(uid),
    parentId: safeCell(parentUid ?? ''),
    list: safeCell(list ?? ''),
    title: safeCell(task.title),
    notes: safeCell(task.notes),
    status: task.status,
    priority: task.priority,
    tags: safeCell(tagsCell(task.tags)),
    due: dueCell(task.due),
    zone: task.due?.kind === 'local' ? task.due.zone : '',
    recurrence: recurrence?.rule ?? '',
    recurrenceFrom: recurrence?.from ?? '',
    recurrenceAnchor: recurrence?.anchor ?? '',
    recurrenceLead: recurrence?.lead ?? '',
    reminders: task.reminders
      .map((reminder) => ('at' in reminder ? reminder.at : reminder.before))
      .join(' '),
    completedAt: task.completedAt ?? '',
    createdAt: task.createdAt,
  };
}

function dueCell(due: Due | null): string {
  if (due === null) return '';
  return due.kind === 'date' ? due.date : due.kind === 'local' ? due.local : due.at;
}

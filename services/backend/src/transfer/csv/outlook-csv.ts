// Outlook's task export: a table with Subject, Start Date, Due Date, Reminder On/Off and its date and time, Date Completed,
// % Complete, Categories, Notes, Priority and Status, in English or German; dates in the order of the
// country, or in the one that the file's own dates show.
import type { Draft, DraftReminder, Note, ReadContext } from '../entry.ts';
import { leftOut } from '../entry.ts';
import { dateOrder, isDone, readDue, readInstant, readPriority } from './cells.ts';
import type { DateReader } from './cells.ts';
import { plainName } from './columns.ts';
import type { Row, TableReader } from './table-reader.ts';

/** Its columns in German. */
const GERMAN: Readonly<Record<string, string>> = {
  betreff: 'subject',
  beginntam: 'startdate',
  beginn: 'startdate',
  fälligam: 'duedate',
  'erinnerungein/aus': 'reminderon/off',
  erinnerungsdatum: 'reminderdate',
  erinnerungam: 'reminderdate',
  erinnerungszeit: 'remindertime',
  erinnerungum: 'remindertime',
  erledigtam: 'datecompleted',
  abgeschlossenam: 'datecompleted',
  '%erledigt': '%complete',
  '%abgeschlossen': '%complete',
  kategorien: 'categories',
  notizen: 'notes',
  priorität: 'priority',
};

/** Reads it, if the header is Outlook's: Subject beside Reminder Date or % Complete. */
export function outlookCsv(
  header: readonly string[],
  context: ReadContext,
): TableReader | undefined {
  const names = header.map(plainName).map((name) => GERMAN[name] ?? name);
  if (!names.includes('subject')) return undefined;
  if (!names.includes('reminderdate') && !names.includes('%complete')) return undefined;
  const order = dateOrder();
  const reader: DateReader = { ...context, monthFirst: order.monthFirst };
  return {
    format: 'outlook-csv',
    entry: (row: Row) => {
      order.see(row.cells);
      const cells = names.map((name, index) => [name, row.cells[index] ?? '']);
      return { content: Object.fromEntries(cells) as Record<string, string> };
    },
    finish: (entry) => draftOf(entry.content as Record<string, string>, reader),
  };
}

function draftOf(row: Readonly<Record<string, string>>, context: DateReader): Draft {
  const remarks: Note[] = [];
  const text = (name: string): string => (row[name] ?? '').trim();
  const due = readDue('Due Date', text('duedate'), undefined, context, remarks);
  if (text('startdate') !== '' && text('startdate') !== text('duedate'))
    remarks.push(leftOut('Start Date', 'tasks have no start date'));
  const reminders: DraftReminder[] = [];
  if (
    /^(on|ein|an|true|wahr|yes|ja|1)$/i.test(text('reminderon/off')) &&
    text('reminderdate') !== ''
  ) {
    const at = `${text('reminderdate')} ${text('remindertime') || '9:00'}`;
    const instant = readInstant('Reminder Date', at, context, remarks);
    if (instant !== null) reminders.push({ at: instant });
  }
  const completed = text('datecompleted');
  const done =
    completed !== '' || isDone(text('status')) || /^(100 ?%?|1|1[.,]0+)$/.test(text('%complete'));
  return {
    title: text('subject'),
    notes: row['notes'] ?? '',
    status: done ? 'done' : 'open',
    completedAt:
      completed === '' ? null : readInstant('Date Completed', completed, context, remarks),
    priority: readPriority(text('priority')) ?? 'none',
    tags: text('categories').split(/[,;]/),
    due,
    reminders,
    remarks,
  };
}

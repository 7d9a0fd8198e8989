// Todoist's "export as template": rows of sections, tasks and notes; a task's INDENT says how deep it is below the one before,
// PRIORITY 1 is the highest, labels are words of the content, and DATE is what a person typed, in DATE_LANG. It has no lists: a
// section becomes a tag, as a task has no section here.
import { parseQuickAdd } from '../../quick-add/parse-quick-add.ts';
import { contentNames } from '../entry-names.ts';
import { changed, leftOut, quote } from '../entry.ts';
import type { Draft, DraftDue, DraftRecurrence, Note, ReadContext } from '../entry.ts';
import { readDue } from './cells.ts';
import { englishOf } from './german-dates.ts';
import { plainName } from './columns.ts';
import type { Row, TableReader } from './table-reader.ts';

const PRIORITIES: Readonly<Record<string, string>> = {
  1: 'high',
  2: 'medium',
  3: 'low',
  4: 'none',
};

/** “every!” counts from the completion; so do its shorter and its German forms. */
const EVERY_AFTER = /^(every|ev|jede[nrs]?|alle)!\s*/i;

interface Content {
  readonly content: string;
  readonly description: string;
  readonly priority: string;
  readonly date: string;
  readonly language: string;
  readonly zone: string;
  readonly duration: string;
  readonly deadline: string;
  readonly labels?: string;
  readonly section: string;
  readonly responsible: string;
  readonly note?: boolean;
}

/** Reads it, if the header is Todoist's: TYPE, CONTENT and INDENT. */
export function todoistCsv(
  header: readonly string[],
  context: ReadContext,
): TableReader | undefined {
  const names = header.map(plainName);
  if (!['type', 'content', 'indent'].every((name) => names.includes(name))) return undefined;
  const nameByContent = contentNames();
  /** The entries above, by their indent. */
  let above: string[] = [];
  let section = '';
  const cell = ({ cells }: Row, name: string): string => (cells[names.indexOf(name)] ?? '').trim();
  return {
    format: 'todoist-csv',
    entry: (row) => {
      const type = cell(row, 'type').toLowerCase();
      if (type === 'section') {
        section = cell(row, 'content');
        above = [];
        return undefined;
      }
      if (type !== 'task' && type !== 'note') return undefined;
      const content: Content = {
        content: cell(row, 'content'),
        description: cell(row, 'description'),
        priority: cell(row, 'priority'),
        date: cell(row, 'date'),
        language: cell(row, 'datelang').toLowerCase(),
        zone: cell(row, 'timezone'),
        duration: [cell(row, 'duration'), cell(row, 'durationunit')].join(' ').trim(),
        deadline: cell(row, 'deadline'),
        section,
        responsible: cell(row, 'responsible'),
        // only where there are any: rows without are called what they were called before the column was read
        ...(cell(row, 'labels') === '' ? {} : { labels: cell(row, 'labels') }),
        ...(type === 'note' ? { note: true } : {}),
      };
      if (type === 'note') return { isAside: true, content };
      const indent = Math.max(1, Number(cell(row, 'indent')) || 1);
      above = above.slice(0, indent - 1);
      const parentUid = above.at(-1);
      const uid = nameByContent([parentUid, content]);
      above.push(uid);
      return { uid, parentUid, content };
    },
    finish: (entry) => draftOf(entry.content as Content, context),
  };
}

function draftOf(row: Content, context: ReadContext): Draft {
  if (row.note === true)
    return {
      title: row.content,
      remarks: [],
      leftOut: 'comments are not imported: copy what matters into the task’s notes',
    };
  const remarks: Note[] = [];
  const labels: string[] = (row.labels ?? '')
    .split(/[;,]/)
    .map((label) => label.trim().replace(/^@/, ''))
    .filter((label) => label !== '');
  const title = row.content
    .replace(/^\* /, '')
    .replace(/(^|\s)@([^\s@]+)/g, (_all, space: string, label: string) => {
      labels.push(label);
      return space;
    })
    .trim();
  if (row.section !== '')
    remarks.push(changed('section', `${quote(row.section)} was imported as a tag`));
  if (row.duration !== '' && !/^(none|0)?\s*(none|minute|day)?$/i.test(row.duration))
    remarks.push(leftOut('DURATION', 'tasks have no duration'));
  if (row.responsible !== '') remarks.push(leftOut('RESPONSIBLE', 'tasks belong to one person'));
  const when = readDate(row, context, remarks);
  if (row.deadline !== '') {
    const deadline = readDate({ ...row, date: row.deadline }, context, []).due;
    if (row.date === '' && deadline) when.due = deadline;
    else remarks.push(leftOut('DEADLINE', `a task has only one due date: ${quote(row.deadline)}`));
  }
  return {
    title,
    notes: row.description,
    status: 'open',
    priority: PRIORITIES[row.priority] ?? 'none',
    tags: row.section === '' ? labels : [...labels, row.section],
    ...when,
    remarks,
  };
}

function readDate(
  row: Content,
  context: ReadContext,
  remarks: Note[],
): { due?: DraftDue | null; recurrence?: DraftRecurrence | null } {
  if (row.date === '') return {};
  const zone = row.zone === '' || !isZone(row.zone) ? context.zone : row.zone;
  const written: Note[] = [];
  const plain = readDue('DATE', row.date, zone, { ...context, zone }, written);
  if (plain !== null) {
    remarks.push(...written);
    return { due: plain };
  }
  const language = /^[a-z]{2,3}(-[a-z]{2})?$/.test(row.language) ? row.language : 'en';
  const fromCompletion = EVERY_AFTER.test(row.date);
  const phrase = row.date.replace(EVERY_AFTER, '$1 ').replace(/^ev\b/i, 'every');
  const readings = [
    { words: phrase, locale: language },
    // shorter forms than a person writes in a sentence
    ...(language.startsWith('de') ? [{ words: englishOf(phrase), locale: 'en' }] : []),
    { words: phrase, locale: 'en' },
  ];
  let read: ReturnType<typeof parseQuickAdd> | undefined;
  for (const { words, locale } of readings) {
    const tried = parseQuickAdd(`x ${words}`, { ...context, zone, locale });
    // a phrase of which a word is left over was not understood
    if (tried.due === null || tried.title.trim() !== 'x') continue;
    read = tried;
    break;
  }
  if (read === undefined) {
    remarks.push(leftOut('DATE', `${quote(row.date)} could not be read`));
    return {};
  }
  const recurrence =
    read.recurrence && fromCompletion
      ? { ...read.recurrence, from: 'completion' }
      : read.recurrence;
  if (recurrence)
    remarks.push(changed('DATE', `${quote(row.date)} was read as ${recurrence.rule}`));
  return { due: read.due, recurrence };
}

function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

// One VTODO or VEVENT as a draft of a task. Every property is read by itself: a wrong one is noted and left out, and what a task
// has no place for is said, so that nobody misses it later.
import { changed, leftOut } from '../entry.ts';
import type { Draft, Note } from '../entry.ts';
import { listName } from '../list-name.ts';
import type { ContentLine } from './content-lines.ts';
import type { CalendarContent } from './calendar-content.ts';
import type { DraftChange, Override } from './occurrences.ts';
import type { TimeContext } from './read-time.ts';
import { readSeries } from './series.ts';
import {
  datesOf,
  notesOf,
  parse,
  priorityOf,
  remindersOf,
  statusOf,
  timestamp,
} from './todo-fields.ts';

/** Properties that say nothing a task would keep, and need no word in the report. */
const SILENT = new Set(
  'UID DTSTAMP SEQUENCE CLASS TRANSP METHOD REQUEST-STATUS CREATED LAST-MODIFIED PRIORITY CATEGORIES SUMMARY DESCRIPTION STATUS COMPLETED PERCENT-COMPLETE DTSTART DUE DTEND DURATION RRULE RDATE EXDATE RELATED-TO LOCATION URL COLOR RECURRENCE-ID'.split(
    ' ',
  ),
);

/** Makes a draft. */
export function draftOfTodo(
  content: CalendarContent,
  overrides: readonly Override[],
  context: TimeContext,
): Draft {
  const notes: Note[] = [];
  const { own, alarms } = parse(content.lines, notes);
  const all = (name: string): ContentLine[] => own.filter((line) => line.name === name);
  const value = (name: string): string | undefined => {
    const text = all(name)[0]?.values[0];
    return text === undefined || text.trim() === '' ? undefined : text;
  };
  const title = value('SUMMARY');
  const aside = whyAside(content, value('STATUS'));
  if (aside !== undefined) return { title, remarks: [], ...aside };
  if (content.isCut === true) notes.push(changed('END', 'missing: the entry may be truncated'));
  for (const name of ['STATUS', 'COMPLETED', 'SUMMARY'])
    if (all(name).length > 0 && value(name) === undefined) notes.push(leftOut(name, 'empty value'));

  const status = statusOf(value, all('COMPLETED')[0], context, notes);
  const { start, due } = datesOf(content.kind, all, context, notes);
  const series = readSeries(
    {
      rules: all('RRULE').filter((line) => line.values.some((text) => text.trim() !== '')),
      excluded: all('EXDATE'),
      added: all('RDATE'),
      overrides,
      isDone: status.status === 'done',
      own: new Map(
        own
          .filter((line) => line.name.startsWith('X-TODO-'))
          .map((line) => [line.name, line.values[0] ?? '']),
      ),
    },
    start,
    due,
    context,
    notes,
  );
  if (
    series === null &&
    start &&
    due &&
    start !== due &&
    content.kind === 'VTODO' &&
    JSON.stringify(start) !== JSON.stringify(due)
  )
    notes.push(leftOut('DTSTART', 'tasks have a due date but no start date'));
  const alarmContext = { ...context, start, due, repeats: series?.recurrence != null };
  const reminders = remindersOf(alarms, alarmContext, notes);
  for (const name of new Set(own.map((line) => line.name)))
    if (!SILENT.has(name) && !name.startsWith('X-'))
      notes.push(leftOut(name, 'tasks have no such field'));
  const relations = all('RELATED-TO').map(
    (line) => line.params['reltype']?.toUpperCase() ?? 'PARENT',
  );
  if (relations.filter((type) => type === 'PARENT').length > 1)
    notes.push(leftOut('RELATED-TO', 'a task has only one parent: kept the first'));
  for (const type of new Set(relations))
    if (type !== 'PARENT' && type !== 'CHILD')
      notes.push(
        leftOut('RELATED-TO', `${type}: the only relation between tasks is parent and subtask`),
      );

  const list = value('X-TODO-LIST') ?? content.calendar;
  const ofSeries: DraftChange = {
    ...(title === undefined ? {} : { title }),
    notes: notesOf(all('DESCRIPTION')[0]?.values[0] ?? '', value, notes),
    priority: priorityOf(value('PRIORITY'), notes),
    tags: all('CATEGORIES').flatMap((line) => line.values),
    reminders,
    ...series?.ofAll,
    ...(series ? { due: series.due } : due && { due }),
  };
  const alone = series?.own;
  return {
    ...ofSeries,
    ...alone,
    ...status,
    list: list === undefined ? undefined : { name: listName(list), copy: 0 },
    recurrence: series?.recurrence ?? null,
    occurrence: series?.occurrence ?? 1,
    usual: alone && usualBeside(ofSeries, alone),
    exceptions: series?.exceptions,
    createdAt: timestamp(all('CREATED')[0], context),
    updatedAt: timestamp(all('LAST-MODIFIED')[0], context),
    remarks: notes,
  };
}

/** What the series has in those fields that the occurrence has otherwise. */
function usualBeside(ofSeries: DraftChange, own: DraftChange): DraftChange {
  return Object.fromEntries(
    Object.entries(own).flatMap(([field, value]) => {
      const usual = ofSeries[field as keyof DraftChange];
      return JSON.stringify(usual) === JSON.stringify(value) ? [] : [[field, usual]];
    }),
  );
}

function whyAside(
  content: CalendarContent,
  status: string | undefined,
): Pick<Draft, 'leftOut' | 'joined'> | undefined {
  if (content.overrides !== undefined) {
    const said = status?.trim().toUpperCase();
    return said === 'COMPLETED' || said === 'CANCELLED'
      ? {
          leftOut: `the occurrence ${content.overrides} of its series is ${said.toLowerCase()}: the series continues without it`,
        }
      : { joined: true };
  }
  if (content.kind === 'VEVENT' && status?.toUpperCase() === 'CANCELLED')
    return { leftOut: 'the event was cancelled' };
  if (content.kind !== 'VTODO' && content.kind !== 'VEVENT')
    return { leftOut: `a ${content.kind} is not a task` };
  return undefined;
}

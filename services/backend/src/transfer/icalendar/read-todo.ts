// One VTODO or VEVENT as a draft of a task. Every property is read by itself: a wrong one is noted and left out, and what a task
// has no place for is said, so that nobody misses it later.
import { Temporal } from 'temporal-polyfill';
import { changed, leftOut, quote } from '../entry.ts';
import type { Draft, DraftDue, DraftReminder, Note } from '../entry.ts';
import { listName } from '../list-name.ts';
import { readTrigger } from './alarms.ts';
import type { ContentLine } from './content-lines.ts';
import { parseLine } from './content-lines.ts';
import type { CalendarContent } from './calendar-content.ts';
import { instantOf, readDuration, readTime } from './read-time.ts';
import type { TimeContext } from './read-time.ts';
import { readSeries } from './series.ts';
import type { Override } from './series.ts';

/** Properties that say nothing a task would keep, and need no word in the report. */
const SILENT = new Set(
  'UID DTSTAMP SEQUENCE CLASS TRANSP METHOD REQUEST-STATUS CREATED LAST-MODIFIED PRIORITY CATEGORIES SUMMARY DESCRIPTION STATUS COMPLETED PERCENT-COMPLETE DTSTART DUE DTEND DURATION RRULE RDATE EXDATE RELATED-TO LOCATION URL COLOR RECURRENCE-ID'.split(
    ' ',
  ),
);

/** The entry's own lines and those of its alarms. */
interface Parsed {
  readonly own: ContentLine[];
  readonly alarms: ContentLine[][];
}

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
  if (aside !== undefined) return { title, remarks: [], leftOut: aside };
  if (content.isCut === true) notes.push(changed('END', 'missing: the entry may be truncated'));
  for (const name of ['STATUS', 'COMPLETED', 'SUMMARY'])
    if (all(name).length > 0 && value(name) === undefined) notes.push(leftOut(name, 'empty value'));

  const { start, due } = datesOf(content.kind, all, context, notes);
  const series = readSeries(
    {
      rules: all('RRULE').filter((line) => line.values.some((text) => text.trim() !== '')),
      excluded: all('EXDATE'),
      added: all('RDATE'),
      overrides,
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
  const reminders = alarms.flatMap((lines): DraftReminder[] => {
    const trigger = lines.find((line) => line.name === 'TRIGGER');
    // Apple gives such an alarm a time in 1976
    if (lines.some((line) => line.name === 'X-APPLE-PROXIMITY')) {
      notes.push(leftOut('VALARM', 'reminds at a place, not at a time'));
      return [];
    }
    if (!trigger) {
      notes.push(leftOut('VALARM', 'TRIGGER is missing'));
      return [];
    }
    const reminder = readTrigger(trigger, alarmContext, notes);
    return reminder === null ? [] : [reminder];
  });
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
  return {
    title,
    notes: notesOf(all('DESCRIPTION')[0]?.values[0] ?? '', value, notes),
    ...statusOf(value, all('COMPLETED')[0], context, notes),
    priority: priorityOf(value('PRIORITY'), notes),
    tags: all('CATEGORIES').flatMap((line) => line.values),
    list: list === undefined ? undefined : { name: listName(list), copy: 0 },
    due: series?.due ?? due,
    recurrence: series?.recurrence ?? null,
    occurrence: series?.occurrence ?? 1,
    reminders,
    createdAt: timestamp(all('CREATED')[0], context),
    updatedAt: timestamp(all('LAST-MODIFIED')[0], context),
    remarks: notes,
  };
}

function whyAside(content: CalendarContent, status: string | undefined): string | undefined {
  if (content.overrides !== undefined) {
    const thisAndLater = content.lines.some((line) =>
      /^RECURRENCE-ID;(.*;)?RANGE=THISANDFUTURE/i.test(line),
    );
    return status === 'COMPLETED' || status === 'CANCELLED'
      ? `the occurrence ${content.overrides} of its series is ${status.toLowerCase()}: if it was the next one, the series was moved past it`
      : `a change of ${thisAndLater ? 'this and all later occurrences' : 'one occurrence'} (${content.overrides}) cannot be imported: the series continues unchanged`;
  }
  if (content.kind === 'VEVENT' && status?.toUpperCase() === 'CANCELLED')
    return 'the event was cancelled';
  if (content.kind !== 'VTODO' && content.kind !== 'VEVENT')
    return `a ${content.kind} is not a task`;
  return undefined;
}

function parse(lines: readonly string[], notes: Note[]): Parsed {
  const own: ContentLine[] = [];
  const alarms: ContentLine[][] = [];
  const within: string[] = [];
  for (const text of lines) {
    const [, edge, name = ''] = /^(BEGIN|END):\s*([\w-]+)\s*$/i.exec(text) ?? [];
    if (edge !== undefined) {
      if (edge.toUpperCase() === 'END') within.pop();
      else within.push(name.toUpperCase());
      if (edge.toUpperCase() === 'BEGIN' && within.at(-1) === 'VALARM') alarms.push([]);
      continue;
    }
    const target =
      within.length === 0
        ? own
        : within[0] === 'VALARM' && within.length === 1
          ? alarms.at(-1)
          : undefined;
    try {
      target?.push(parseLine(text));
    } catch {
      const property = /^[\w-]+/.exec(text)?.[0] ?? 'line';
      notes.push(leftOut(property, `${quote(text)} is not a content line of RFC 5545`));
    }
  }
  return { own, alarms };
}

function datesOf(
  kind: string,
  all: (name: string) => ContentLine[],
  context: TimeContext,
  notes: Note[],
): { start: DraftDue | null; due: DraftDue | null } {
  const read = (name: string): DraftDue | null => {
    const [line] = all(name);
    return line === undefined ? null : readTime(line, context, notes);
  };
  const start = read('DTSTART');
  // an event is due when it begins
  if (kind === 'VEVENT') return { start, due: start };
  const due = read('DUE');
  if (due !== null) {
    if (start === null) return { start: null, due };
    if (
      (start.kind === 'date') === (due.kind === 'date') &&
      instantOf(start, context.zone) > instantOf(due, context.zone)
    ) {
      notes.push(leftOut('DTSTART', 'it is after the due date'));
      return { start: null, due };
    }
    return { start, due };
  }
  const text = all('DURATION')[0]?.values[0];
  if (start === null || text === undefined) {
    if (text !== undefined)
      notes.push(leftOut('DURATION', 'DTSTART is missing, so there is nothing to count from'));
    return { start, due: start };
  }
  const duration = readDuration(text);
  if (!duration || duration.sign < 0) {
    notes.push(leftOut('DURATION', `${quote(text)} is not a duration of RFC 5545, such as PT3H`));
    return { start, due: start };
  }
  return { start, due: later(start, duration, context.zone) };
}

/** Days on the calendar, hours exact (RFC 5545 3.3.6). */
function later(start: DraftDue, duration: Temporal.Duration, zone: string): DraftDue {
  if (start.kind === 'date') {
    const days = duration.days + Math.floor(duration.hours / 24);
    return { kind: 'date', date: Temporal.PlainDate.from(start.date).add({ days }).toString() };
  }
  const counted = start.kind === 'local' ? start.zone : zone;
  const end = Temporal.Instant.fromEpochMilliseconds(instantOf(start, zone).getTime())
    .toZonedDateTimeISO(counted)
    .add(duration);
  return start.kind === 'instant'
    ? { kind: 'instant', at: new Date(end.epochMilliseconds).toISOString() }
    : { ...start, local: end.toPlainDateTime().toString({ smallestUnit: 'minute' }) };
}

/** Open or done: STATUS if there is one, else COMPLETED and PERCENT-COMPLETE. */
function statusOf(
  value: (name: string) => string | undefined,
  completed: ContentLine | undefined,
  context: TimeContext,
  notes: Note[],
): Pick<Draft, 'status' | 'completedAt'> {
  const status = value('STATUS')?.trim().toUpperCase();
  const percent = Number(value('PERCENT-COMPLETE') ?? 0);
  const time =
    completed && value('COMPLETED') !== undefined ? readTime(completed, context, notes) : null;
  const at = time && instantOf(time, context.zone).toISOString();
  if (status === 'CANCELLED') {
    notes.push(changed('STATUS', 'CANCELLED: a task is either open or done; imported as done'));
    return { status: 'done', completedAt: at };
  }
  const knows = status === 'COMPLETED' || status === 'NEEDS-ACTION' || status === 'IN-PROCESS';
  if (status !== undefined && !knows && !['CONFIRMED', 'TENTATIVE'].includes(status))
    notes.push(leftOut('STATUS', `${quote(status)} is not a status of RFC 5545`));
  const done = knows ? status === 'COMPLETED' : at !== null || percent >= 100;
  if (!done && at !== null) notes.push(leftOut('COMPLETED', `the status is ${status ?? 'open'}`));
  if (!done && percent > 0)
    notes.push(leftOut('PERCENT-COMPLETE', `${percent}: a task is either open or done`));
  return { status: done ? 'done' : 'open', completedAt: done ? at : null };
}

/** 1 to 4 is high, 5 medium, 6 to 9 low, 0 none (RFC 5545 3.8.1.9). */
function priorityOf(text: string | undefined, notes: Note[]): string {
  const number = Number(text ?? 0);
  if (Number.isInteger(number) && number >= 0 && number <= 9)
    return number === 0 ? 'none' : number < 5 ? 'high' : number === 5 ? 'medium' : 'low';
  notes.push(leftOut('PRIORITY', `${quote(text)}: expected 0 to 9`));
  return 'none';
}

/** The description, and below it what a task has no field for. */
function notesOf(
  description: string,
  value: (name: string) => string | undefined,
  notes: Note[],
): string {
  const lines = [description];
  for (const name of ['LOCATION', 'URL']) {
    const text = value(name)?.trim();
    if (text === undefined || lines[0]?.includes(text)) continue;
    lines.push(text);
    notes.push(changed(name, 'added at the end of the notes'));
  }
  return lines.filter((line) => line !== '').join('\n\n');
}

function timestamp(line: ContentLine | undefined, context: TimeContext): string | null {
  const time = line && readTime(line, context, []);
  return time ? instantOf(time, context.zone).toISOString() : null;
}

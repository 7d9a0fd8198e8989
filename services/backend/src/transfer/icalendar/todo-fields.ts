// The fields of a VTODO or VEVENT, each read by itself: a wrong one is noted and left out.
import { Temporal } from 'temporal-polyfill';
import { changed, leftOut, quote } from '../entry.ts';
import type { Draft, DraftDue, DraftReminder, Note } from '../entry.ts';
import { readTrigger } from './alarms.ts';
import type { AlarmContext } from './alarms.ts';
import type { ContentLine } from './content-lines.ts';
import { parseLine } from './content-lines.ts';
import { instantOf, readDuration, readTime } from './read-time.ts';
import type { TimeContext } from './read-time.ts';

/** The entry's own lines and those of its alarms. */
export interface Parsed {
  readonly own: ContentLine[];
  readonly alarms: ContentLine[][];
}

/** Splits an entry's lines; what is no content line is noted. */
export function parse(lines: readonly string[], notes: Note[]): Parsed {
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

/** An entry's start and due; of an event the due is the start. */
export function datesOf(
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
export function statusOf(
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
export function priorityOf(text: string | undefined, notes: Note[]): string {
  const number = Number(text ?? 0);
  if (Number.isInteger(number) && number >= 0 && number <= 9)
    return number === 0 ? 'none' : number < 5 ? 'high' : number === 5 ? 'medium' : 'low';
  notes.push(leftOut('PRIORITY', `${quote(text)}: expected 0 to 9`));
  return 'none';
}

/** The description, and below it what a task has no field for. */
export function notesOf(
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

/** A stamp of the entry, UTC; null where it can't be read. */
export function timestamp(line: ContentLine | undefined, context: TimeContext): string | null {
  const time = line && readTime(line, context, []);
  return time ? instantOf(time, context.zone).toISOString() : null;
}

/** The reminders of an entry's alarms. */
export function remindersOf(
  alarms: readonly (readonly ContentLine[])[],
  context: AlarmContext,
  notes: Note[],
): DraftReminder[] {
  return alarms.flatMap((lines): DraftReminder[] => {
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
    const reminder = readTrigger(trigger, context, notes);
    return reminder === null ? [] : [reminder];
  });
}

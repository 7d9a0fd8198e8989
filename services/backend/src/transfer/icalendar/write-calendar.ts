// Tasks as iCalendar VTODOs (RFC 5545). What the standard has no property for is in X-TODO- properties beside the nearest thing it
// has, so that other programs understand most and we read back everything. One task that can't be written whole is written
// without the part; the file never breaks off because of it.
import { moveDue } from '@todo/contracts/due';
import { anchorOf } from '@todo/contracts/recurrence';
import type { Due, Task } from '@todo/contracts/task';
import type { ExportedTask } from '../../tasks/export-rows.ts';
import { asUsual } from '../../tasks/usual-fields.ts';
import { triggerOf } from './alarms.ts';
import { nameOfStart } from './occurrences.ts';
import { occurrencesBeside } from './occurrences-beside.ts';
import type { Beside } from './occurrences-beside.ts';
import { standardRule } from './rule.ts';
import { contentLine, escapeText } from './write-lines.ts';
import { vtimezone } from './write-zone.ts';

/** PRIORITY: 1 to 4 is high, 5 medium, 6 to 9 low, 0 none (RFC 5545 3.8.1.9). */
const PRIORITIES = { none: 0, high: 1, medium: 5, low: 9 } as const;

/** Whose calendar it is. */
export interface CalendarOwner {
  /** The person's zone, IANA. */
  readonly zone: string;
  /** Zones that tasks name, defined before the first task. */
  readonly zones: readonly string[];
  /** The year of the earliest due. */
  readonly firstYear: number;
  readonly now: Date;
}

/** The file, piece by piece. */
export async function* writeCalendar(
  pages: AsyncIterable<readonly ExportedTask[]>,
  owner: CalendarOwner,
): AsyncGenerator<string> {
  const { zone, now } = owner;
  const defined = new Set<string>();
  const define = (name: string): string => {
    // UTC is written as such
    if (defined.has(name)) return '';
    defined.add(name);
    return vtimezone(name, owner.firstYear, now);
  };
  yield 'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//todo//todo-backend//EN\r\n';
  for (const name of owner.zones) yield define(name);
  for await (const page of pages) {
    let text = '';
    for (const exported of page) {
      for (const name of zonesOf(exported.task)) text += define(name);
      text += vtodo(exported, zone);
    }
    yield text;
  }
  yield 'END:VCALENDAR\r\n';
}

/**
 * One task as a VTODO; of a series with one for each occurrence that is not as it (RFC 5545 3.8.4.4).
 * @param zone the person's, for dues without a zone of their own
 */
export function vtodo(exported: ExportedTask, zone: string): string {
  const { task } = exported;
  const others = occurrencesBeside(task, zone);
  const series = others.length === 0 ? task : asUsual(task);
  return (
    todo({ ...exported, task: series }, zone) +
    others.map((one) => todo({ ...exported, task: one.task }, zone, { ...one, series })).join('')
  );
}

/** Zones that a task's times name, IANA. */
export function zonesOf(task: Task): string[] {
  const dues = [
    task.due,
    task.usual?.due,
    ...(task.exceptions ?? []).map((one) => one.change?.due),
  ];
  return [...new Set(dues.flatMap((due) => (due?.kind === 'local' ? [due.zone] : [])))];
}

/** @param beside set: it is an occurrence of that series, by its start */
function todo(
  { task, list, uid, parentUid }: ExportedTask,
  zone: string,
  beside?: Beside & { readonly series: Task },
): string {
  const { series } = beside ?? {};
  const lines = [
    'BEGIN:VTODO\r\n',
    contentLine('UID', escapeText(uid)),
    ...(beside ? [timeLine(recurrenceId(beside), beside.start)] : []),
    contentLine('DTSTAMP', utc(task.updatedAt)),
    contentLine('CREATED', utc(task.createdAt)),
    contentLine('LAST-MODIFIED', utc(task.updatedAt)),
    contentLine('SUMMARY', escapeText(task.title)),
  ];
  // an occurrence says what it does not have and its series has: what is missing would be as in the series
  if (task.notes !== '' || series?.notes)
    lines.push(contentLine('DESCRIPTION', escapeText(task.notes)));
  if (task.status === 'done') {
    if (!beside) lines.push('STATUS:COMPLETED\r\nPERCENT-COMPLETE:100\r\n');
    if (!beside && task.completedAt) lines.push(contentLine('COMPLETED', utc(task.completedAt)));
  } else lines.push('STATUS:NEEDS-ACTION\r\n');
  if (task.priority !== 'none' || (series && series.priority !== 'none'))
    lines.push(`PRIORITY:${PRIORITIES[task.priority]}\r\n`);
  if (task.tags.length > 0 || (series && series.tags.length > 0))
    lines.push(contentLine('CATEGORIES', task.tags.map(escapeText).join(',')));
  if (parentUid !== null)
    lines.push(contentLine('RELATED-TO;RELTYPE=PARENT', escapeText(parentUid)));
  if (list !== null) lines.push(contentLine('X-TODO-LIST', escapeText(list)));
  if (task.due) {
    lines.push(timeLine('DUE', task.due));
    if (beside) lines.push(timeLine('DTSTART', beside.from));
    else if (task.recurrence)
      lines.push(orWithout('RRULE', () => seriesLines(task, task.due as Due, zone)));
  }
  if (series && series.reminders.length > 0 && task.reminders.length === 0)
    lines.push('X-TODO-NO-ALARM:1\r\n');
  for (const reminder of task.reminders)
    lines.push(orWithout('VALARM', () => alarm(task, reminder, zone)));
  lines.push('END:VTODO\r\n');
  return lines.join('');
}

function recurrenceId({ isFollowing }: Beside): string {
  return `RECURRENCE-ID${isFollowing ? ';RANGE=THISANDFUTURE' : ''}`;
}

/** A part of a task; what can't be written is named instead. */
function orWithout(part: string, write: () => string): string {
  try {
    return write();
  } catch {
    return contentLine('X-TODO-NOT-EXPORTED', part);
  }
}

function seriesLines(task: Task, due: Due, zone: string): string {
  const { recurrence } = task;
  if (!recurrence) return '';
  const { rule, from, anchor, lead } = recurrence;
  const counted = due.kind === 'local' ? due.zone : (recurrence.zone ?? zone);
  const start = lead === undefined ? due : moveDue(due, `-${lead}`, counted);
  const began = anchor ?? anchorOf(start, counted);
  return [
    // required beside RRULE (3.8.2.4); the rule counts from it
    timeLine('DTSTART', start),
    contentLine('RRULE', standardRule(rule, began, task.occurrence, start, counted)),
    contentLine('X-TODO-RRULE', escapeText(rule)),
    contentLine('X-TODO-ANCHOR', began),
    contentLine('X-TODO-ZONE', counted),
    ...(task.occurrence > 1 ? [contentLine('X-TODO-OCCURRENCE', String(task.occurrence))] : []),
    ...(from === 'completion' ? ['X-TODO-REPEAT-FROM:COMPLETION\r\n'] : []),
    ...(lead === undefined ? [] : [contentLine('X-TODO-LEAD', lead)]),
    ...(task.exceptions ?? [])
      .filter(({ change }) => change === null)
      .map(({ on }) => timeLine('EXDATE', nameOfStart(on, start, counted))),
  ].join('');
}

function alarm(task: Task, reminder: Task['reminders'][number], zone: string): string {
  const lines = ['BEGIN:VALARM\r\nACTION:DISPLAY\r\n'];
  lines.push(contentLine('DESCRIPTION', escapeText(task.title)));
  if ('at' in reminder) lines.push(contentLine('TRIGGER;VALUE=DATE-TIME', utc(reminder.at)));
  else if (task.due) {
    const { params, value } = triggerOf(reminder.before, task.due, zone, task.recurrence !== null);
    const kept = /^[\w.]+$/.test(reminder.before) ? `;X-TODO-BEFORE=${reminder.before}` : '';
    lines.push(contentLine(`TRIGGER${params}${kept}`, value));
  }
  lines.push('END:VALARM\r\n');
  return lines.join('');
}

/** A time of a task as a content line (RFC 5545 3.3.4, 3.3.5): of its own kind, with its zone. */
export function timeLine(name: string, due: Due): string {
  switch (due.kind) {
    case 'date':
      return contentLine(`${name};VALUE=DATE`, due.date.replaceAll('-', ''));
    case 'instant':
      return contentLine(name, utc(due.at));
    case 'local':
      return contentLine(`${name};TZID=${tzid(due.zone)}`, `${due.local.replace(/[-:]/g, '')}00`);
  }
}

/** `+01:00` is a zone here; a colon needs quotation marks in a parameter. */
function tzid(zone: string): string {
  return /[:;,]/.test(zone) ? `"${zone}"` : zone;
}

/** An instant as UTC (RFC 5545 3.3.5, form 2). */
export function utc(instant: string): string {
  return new Date(instant).toISOString().replace(/[-:]|\.\d+/g, '');
}

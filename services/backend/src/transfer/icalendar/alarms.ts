// Reminders between this system and calendars. A calendar counts from the start or the end of the entry, of a whole day from
// midnight, in days and smaller units (RFC 5545 3.8.6.3, 3.3.6); ours count back from the due, of a whole day from nine
// o'clock, and may be months.
import { Temporal } from 'temporal-polyfill';
import { DATE_REMINDER_HOUR, dueInstant, reminderInstant } from '@todo/contracts/due';
import type { Due } from '@todo/contracts/task';
import { leftOut, quote } from '../entry.ts';
import type { DraftDue, DraftReminder, Note } from '../entry.ts';
import type { ContentLine } from './content-lines.ts';
import { instantOf, readDuration, readTime } from './read-time.ts';
import type { TimeContext } from './read-time.ts';

/** A TRIGGER's parameters and value. */
export interface Trigger {
  readonly params: string;
  readonly value: string;
}

/** A duration before the due as a TRIGGER, which never has months or years. @param repeats the due moves on */
export function triggerOf(before: string, due: Due, zone: string, repeats: boolean): Trigger {
  const duration = Temporal.Duration.from(before);
  if (duration.years !== 0 || duration.months !== 0) {
    const at = reminderInstant({ id: '', before }, due, zone) ?? dueInstant(due, zone);
    if (!repeats) return { params: ';VALUE=DATE-TIME', value: utc(at) };
    const base = reminderInstant({ id: '', before: 'PT0S' }, due, zone) ?? at;
    const days = Math.round((base.getTime() - at.getTime()) / 86_400_000);
    return triggerOf(`P${days}D`, due, zone, repeats);
  }
  const days = duration.weeks * 7 + duration.days;
  const exact = Math.trunc(duration.hours * 3_600 + duration.minutes * 60 + duration.seconds);
  if (due.kind !== 'date') return { params: ';RELATED=END', value: durationText(days, exact, -1) };
  const total = days * 86_400 + exact - DATE_REMINDER_HOUR * 3_600;
  const size = Math.abs(total);
  return {
    params: ';RELATED=END',
    value: durationText(Math.floor(size / 86_400), size % 86_400, total > 0 ? -1 : 1),
  };
}

function durationText(days: number, seconds: number, sign: 1 | -1): string {
  const time = [
    [Math.floor(seconds / 3_600), 'H'],
    [Math.floor((seconds % 3_600) / 60), 'M'],
    [seconds % 60, 'S'],
  ]
    .filter(([n]) => n !== 0)
    .map(([n, unit]) => `${n ?? 0}${unit ?? ''}`)
    .join('');
  const text = `P${days > 0 ? `${days}D` : ''}${time === '' ? '' : `T${time}`}`;
  return text === 'P' ? 'PT0S' : `${sign < 0 ? '-' : ''}${text}`;
}

function utc(at: Date): string {
  return at.toISOString().replace(/[-:]|\.\d+/g, '');
}

/** What an alarm counts from. */
export interface AlarmContext extends TimeContext {
  readonly start: DraftDue | null;
  readonly due: DraftDue | null;
  readonly repeats: boolean;
}

/** The reminder of an alarm's TRIGGER; null, with a note, for one that can't be kept. */
export function readTrigger(
  line: ContentLine,
  context: AlarmContext,
  notes: Note[],
): DraftReminder | null {
  const [value = ''] = line.values;
  const duration = readDuration(value);
  const { due, zone, repeats } = context;
  const kept = line.params['x-todo-before'];
  if (kept !== undefined && due !== null && isSame(kept, line, due, zone, repeats))
    return { before: kept };
  if (!duration) {
    if (/^[+-]?P/i.test(value.trim()) || value.trim() === '') {
      notes.push(
        leftOut('TRIGGER', `${quote(value)} is not a duration of RFC 5545, such as -PT15M`),
      );
      return null;
    }
    const at = readTime(line, context, notes);
    return at && { at: instantOf(at, zone).toISOString() };
  }
  // RELATED=START is the default (3.2.14); without a start, programs mean the due
  const fromEnd = line.params['related']?.toUpperCase() === 'END';
  const base = fromEnd ? due : (context.start ?? due);
  if (base === null || due === null) {
    notes.push(leftOut('TRIGGER', `${quote(value)}: the task has no date to count from`));
    return null;
  }
  const fromDue = base === due || sameTime(base, due);
  if (fromDue) {
    const before = ownBefore(duration, due);
    if (before !== null) return { before };
  } else if (repeats) {
    const lead = Temporal.Duration.from({
      milliseconds: instantOf(due, zone).getTime() - instantOf(base, zone).getTime(),
    });
    const before = ownBefore(duration.subtract({ minutes: lead.total('minutes') }), due);
    if (before !== null) return { before };
  }
  if (repeats) {
    notes.push(
      leftOut('TRIGGER', `${quote(value)} is after the due date: a reminder must be before it`),
    );
    return null;
  }
  return { at: addTo(base, duration, zone).toISOString() };
}

function isSame(
  before: string,
  line: ContentLine,
  due: Due,
  zone: string,
  repeats: boolean,
): boolean {
  try {
    return triggerOf(before, due, zone, repeats).value === line.values[0];
  } catch {
    return false;
  }
}

function sameTime(a: DraftDue, b: DraftDue): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** A trigger from the due as a duration before it; null when it is after it. */
function ownBefore(trigger: Temporal.Duration, due: DraftDue): string | null {
  const before = trigger.negated();
  if (due.kind !== 'date') return before.sign < 0 ? null : before.toString();
  const minutes = before.days * 1_440 + before.hours * 60 + before.minutes + before.seconds / 60;
  const ours = Math.round(minutes) + DATE_REMINDER_HOUR * 60;
  if (ours < 0) return null;
  const days = Math.floor(ours / 1_440);
  return Temporal.Duration.from({
    days,
    hours: Math.floor((ours % 1_440) / 60),
    minutes: ours % 60,
  }).toString();
}

function addTo(base: DraftDue, duration: Temporal.Duration, zone: string): Date {
  const counted = base.kind === 'local' ? base.zone : zone;
  return new Date(
    Temporal.Instant.fromEpochMilliseconds(instantOf(base, zone).getTime())
      .toZonedDateTimeISO(counted)
      .add(duration).epochMilliseconds,
  );
}

// Dates and times of a calendar (RFC 5545 3.3.4, 3.3.5), and what programs write instead: a date without VALUE=DATE, hyphens
// and colons, an offset. A time without a zone is on the clock of the person who reads (3.3.5, form 1).
import { Temporal } from 'temporal-polyfill';
import { localInstant, localTime } from '@todo/contracts/due';
import { changed, leftOut, quote } from '../entry.ts';
import type { DraftDue, Note } from '../entry.ts';
import type { ContentLine } from './content-lines.ts';
import type { FileZones } from './zones.ts';

/** Where times are read. */
export interface TimeContext {
  /** The person's zone, IANA. */
  readonly zone: string;
  readonly zones: FileZones;
}

/** Reads the value of a date property; null, with a note, for one that can't be read. An empty one is as none. */
export function readTime(line: ContentLine, context: TimeContext, notes: Note[]): DraftDue | null {
  const [value = ''] = line.values;
  return readTimeValue(line, value.trim(), context, notes);
}

/** Reads one of several values of a property, as EXDATE has them. */
export function readTimeValue(
  { name, params, type }: ContentLine,
  value: string,
  context: TimeContext,
  notes: Note[],
): DraftDue | null {
  if (value === '') {
    notes.push(leftOut(name, 'empty value'));
    return null;
  }
  const match =
    /^(\d{4})-?(\d\d)-?(\d\d)(?:[T ]?(\d\d):?(\d\d)(?::?(\d\d)(?:\.\d+)?)?\s*(Z|[+-]\d\d:?\d\d)?)?$/i.exec(
      value,
    );
  const [, year = '', month = '', day = '', hour, minute = '00', second = '00', offset] =
    match ?? [];
  const date = `${year}-${month}-${day}`;
  if (!match || !isDate(date)) {
    notes.push(
      leftOut(name, `${quote(value)} is not a date or time of RFC 5545, such as 20270131T090000`),
    );
    return null;
  }
  if (hour === undefined || type === 'date') return { kind: 'date', date };
  if (Number(hour) > 23 || Number(minute) > 59) {
    notes.push(leftOut(name, `${quote(value)}: there is no such time of day`));
    return null;
  }
  const seconds = String(Math.min(59, Number(second))).padStart(2, '0');
  if (offset !== undefined) {
    const zone = offset.toUpperCase() === 'Z' ? 'Z' : offset.replace(/(\d\d):?(\d\d)$/, '$1:$2');
    const at = new Date(`${date}T${hour}:${minute}:${seconds}${zone}`);
    if (!Number.isNaN(at.getTime())) return { kind: 'instant', at: at.toISOString() };
    notes.push(leftOut(name, `${quote(value)} is not a valid instant`));
    return null;
  }
  const local = `${date}T${hour}:${minute}`;
  if (seconds !== '00' && seconds !== '59')
    notes.push(changed(name, `due times have no seconds: dropped ${seconds}`));
  const tzid = params['tzid']?.trim();
  if (!tzid) return { kind: 'local', local, zone: context.zone };
  const found = context.zones.resolve(tzid);
  if ('offsetAt' in found) {
    notes.push(
      changed(
        name,
        `no known time zone matches the file's definition of ${quote(tzid)}: kept the instant without the zone`,
      ),
    );
    const minutes = found.offsetAt(local);
    return {
      kind: 'instant',
      at: new Date(Date.parse(`${local}:00Z`) - minutes * 60_000).toISOString(),
    };
  }
  if (found.how === 'unknown')
    notes.push(
      changed(
        name,
        `the zone ${quote(tzid)} is unknown and the file does not define it: read as ${found.zone}`,
      ),
    );
  if (found.how === 'definition')
    notes.push(
      changed(name, `the zone ${quote(tzid)} was read as ${found.zone}, which has the same rules`),
    );
  return { kind: 'local', local, zone: found.zone };
}

/** A day that exists. */
function isDate(date: string): boolean {
  try {
    Temporal.PlainDate.from(date, { overflow: 'reject' });
    return date >= '0001';
  } catch {
    return false;
  }
}

/** The instant of a due that is no date; a local time by the rules of due.ts. */
export function instantOf(due: DraftDue, zone: string): Date {
  switch (due.kind) {
    case 'instant':
      return new Date(due.at);
    case 'local':
      return localInstant(due.local, due.zone);
    case 'date':
      return localInstant(`${due.date}T00:00`, zone);
  }
}

/** A due on the wall clock: `2027-01-31T09:00`, or the date alone. */
export function wallClock(due: DraftDue, zone: string): string {
  switch (due.kind) {
    case 'instant':
      return localTime(new Date(due.at), zone).slice(0, 16);
    case 'local':
      return due.local;
    case 'date':
      return due.date;
  }
}

/** How long `end` is after `start` on the wall clock, as days, hours and minutes; null when it is not, or one is a date only. */
export function wallClockBetween(
  start: DraftDue,
  end: DraftDue,
  zone: string,
): Temporal.Duration | null {
  if ((start.kind === 'date') !== (end.kind === 'date')) return null;
  const counted = end.kind === 'local' ? end.zone : zone;
  // a start in another zone than its end is seen on the end's clock
  const begin =
    start.kind === 'local' && start.zone !== counted
      ? localTime(instantOf(start, zone), counted)
      : wallClock(start, counted);
  const duration = Temporal.PlainDateTime.from(begin).until(
    Temporal.PlainDateTime.from(wallClock(end, counted)),
    { largestUnit: 'days', smallestUnit: 'minutes' },
  );
  return duration.sign < 0 ? null : duration;
}

/** A duration of RFC 5545 3.3.6; undefined for anything else, such as one with months. */
export function readDuration(value: string): Temporal.Duration | undefined {
  const match =
    /^([+-])?P(?:(\d{1,6})W)?(?:(\d{1,6})D)?(?:T(?:(\d{1,7})H)?(?:(\d{1,9})M)?(?:(\d{1,9})S)?)?$/i.exec(
      value.trim(),
    );
  if (!match || !/\d/.test(value)) return undefined;
  const [, sign, weeks, days, hours, minutes, seconds] = match;
  const number = (text: string | undefined): number => Number(text ?? 0);
  const duration = Temporal.Duration.from({
    days: number(weeks) * 7 + number(days),
    hours: number(hours),
    minutes: number(minutes),
    seconds: number(seconds),
  });
  return sign === '-' ? duration.negated() : duration;
}

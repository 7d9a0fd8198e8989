// When a task falls due and when its reminders come: the one place where local time becomes an instant.
//
//   an instant ........... is what it is
//   a local time ......... that wall-clock time in its zone, whatever the offset is on that day
//   a date ............... due until the end of that local day: overdue from the next midnight on
//
// A clock change, in every case (Temporal's disambiguation "compatible", the rule of RFC 5545 too):
//   spring gap, the time does not exist .... as much later as the gap is long: 02:30 becomes 03:30
//   autumn fold, the time exists twice ..... the first one
import { Temporal } from 'temporal-polyfill';
import type { Due, Reminder } from './task.ts';

/** "A day before" a task that is due on a date means this hour of that day, as calendars do; local time. */
export const DATE_REMINDER_HOUR = 9;

/**
 * The instant a task falls due: it is overdue when this has passed.
 * @param due on the wire.
 * @param zone the user's IANA zone; a due with a zone of its own ignores it.
 * @returns UTC; for a date the last second of that local day, so that it still shows as that day.
 * @throws RangeError for a date, time or zone that does not exist.
 */
export function dueInstant(due: Due, zone: string): Date {
  switch (due.kind) {
    case 'instant':
      return toDate(Temporal.Instant.from(due.at));
    case 'date':
      return toDate(
        startOfDay(Temporal.PlainDate.from(due.date).add({ days: 1 }), zone)
          .toInstant()
          .subtract({ seconds: 1 }),
      );
    case 'local':
      return localInstant(due.local, due.zone);
  }
}

/**
 * The instant of a reminder.
 * @param before an ISO 8601 duration before the due: days, weeks, months and years are counted on the calendar of the zone
 *   (a day before 09:00 is 09:00, also over a clock change), hours and less are exact. Before a date it counts from 09:00 of
 *   that day.
 * @returns UTC, or null for a relative reminder of a task without due.
 * @throws RangeError for a duration out of range.
 */
export function reminderInstant(reminder: Reminder, due: Due | null, zone: string): Date | null {
  if ('at' in reminder) return new Date(reminder.at);
  if (due === null) return null;
  const duration = Temporal.Duration.from(reminder.before);
  return toDate(reminderBase(due, zone).subtract(duration).toInstant());
}

function reminderBase(due: Due, zone: string): Temporal.ZonedDateTime {
  if (due.kind === 'date') {
    return Temporal.PlainDate.from(due.date).toZonedDateTime({
      timeZone: zone,
      plainTime: new Temporal.PlainTime(DATE_REMINDER_HOUR),
    });
  }
  return Temporal.Instant.fromEpochMilliseconds(dueInstant(due, zone).getTime()).toZonedDateTimeISO(
    due.kind === 'local' ? due.zone : zone,
  );
}

/**
 * A wall-clock time as an instant, by the rules above for gap and fold.
 * @param local `2027-01-31T09:00`, seconds optional.
 * @throws RangeError for a date, time or zone that does not exist.
 */
export function localInstant(local: string, zone: string): Date {
  return toDate(
    Temporal.PlainDateTime.from(local, { overflow: 'reject' })
      .toZonedDateTime(zone, { disambiguation: 'compatible' })
      .toInstant(),
  );
}

/** The wall-clock time of an instant: `2027-01-31T09:00:00`, with milliseconds only where there are any. */
export function localTime(at: Date, zone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(at.getTime())
    .toZonedDateTimeISO(zone)
    .toPlainDateTime()
    .toString();
}

/** The local date of an instant: `2027-01-31`. */
export function localDate(at: Date, zone: string): string {
  return localTime(at, zone).slice(0, 10);
}

/** Local days from one due to another; negative when it is earlier. @param zone the user's, for dues that are instants */
export function daysBetween(from: Due, to: Due, zone: string): number {
  return dayOf(from, zone).until(dayOf(to, zone), { largestUnit: 'days' }).days;
}

/** A due so many local days later, at the same time of day. @param zone the user's, for a due that is an instant */
export function dueDaysLater(due: Due, days: number, zone: string): Due {
  const date = dayOf(due, zone).add({ days }).toString();
  switch (due.kind) {
    case 'date':
      return { kind: 'date', date };
    case 'local':
      return { ...due, local: `${date}${due.local.slice(10)}` };
    case 'instant': {
      const time = localTime(new Date(due.at), zone).slice(10);
      return { kind: 'instant', at: localInstant(`${date}${time}`, zone).toISOString() };
    }
  }
}

function dayOf(due: Due, zone: string): Temporal.PlainDate {
  if (due.kind === 'date') return Temporal.PlainDate.from(due.date);
  if (due.kind === 'local') return Temporal.PlainDate.from(due.local.slice(0, 10));
  return Temporal.PlainDate.from(localDate(new Date(due.at), zone));
}

/**
 * A due moved by a duration on the wall clock: two days and eight hours after 29 January 09:00 is 31 January 17:00, also over a
 * clock change.
 * @param by ISO 8601, negative to move back: `P2DT8H`, `-P1D`. A date moves by whole days only.
 * @param zone whose wall clock an instant is moved on, IANA; the other kinds ignore it.
 * @throws RangeError for a duration that can't be read, or a result out of range.
 */
export function moveDue(due: Due, by: string, zone: string): Due {
  const duration = Temporal.Duration.from(by);
  switch (due.kind) {
    case 'date':
      return { kind: 'date', date: Temporal.PlainDate.from(due.date).add(duration).toString() };
    case 'local': {
      const moved = Temporal.PlainDateTime.from(due.local).add(duration);
      return { ...due, local: moved.toString({ smallestUnit: 'minute' }) };
    }
    case 'instant': {
      const local = Temporal.PlainDateTime.from(localTime(new Date(due.at), zone)).add(duration);
      return { kind: 'instant', at: localInstant(local.toString(), zone).toISOString() };
    }
  }
}

// Some zones change their clocks at midnight: their day begins at 01:00.
function startOfDay(date: Temporal.PlainDate, zone: string): Temporal.ZonedDateTime {
  return date.toZonedDateTime(zone).startOfDay();
}

function toDate(at: Temporal.Instant): Date {
  return new Date(at.epochMilliseconds);
}

// A moment as far as words say it, and how it becomes a due: in the person's zone and in the future.
import type { Due } from '@todo/contracts/task';
import { weekdayFrom } from './calendar.ts';
import type { TimeReading } from './language.ts';
import { addDays, clockTime, today, weekdayOf } from './local-now.ts';
import type { ParseContext } from './local-now.ts';

/** When, as far as the words say: a date, a time of day, both, or an instant (the words named an offset). */
export interface When {
  readonly date?: string;
  /** `09:00`. */
  readonly time?: string;
  readonly instant?: Date;
  /** The date follows from a weekday's name and may move with the time. */
  readonly weekday?: number;
  /** IANA zone of the time, when the words name one. */
  readonly zone?: string;
  /** The clock time as it was said, when no part of the day explains it: "at 8" is 20:00 beside "every evening". */
  readonly clock?: TimeReading;
}

/**
 * A phrase as a due.
 * @param fallback the date of a phrase that names only a time.
 */
export function toDue(when: When, context: ParseContext, fallback?: string): Due {
  if (when.instant) return { kind: 'instant', at: when.instant.toISOString() };
  const { time } = when;
  const zone = when.zone ?? context.zone;
  const date = when.date ?? fallback ?? nextDateAt(time ?? '00:00', { ...context, zone });
  if (time === undefined) return { kind: 'date', date };
  const moved = when.weekday === undefined ? date : weekdayDate(when.weekday, time, context);
  return { kind: 'local', local: `${moved}T${time}`, zone };
}

/** Two phrases in one: a date from one, the time from the other; undefined when they don't complete each other. */
export function combine(a: When, b: When): When | undefined {
  if (a.instant || b.instant) return undefined;
  if (a.date !== undefined && a.time === undefined && b.date === undefined && b.time !== undefined)
    return { ...a, time: b.time, ...(b.zone === undefined ? {} : { zone: b.zone }) };
  if (b.date !== undefined && b.time === undefined && a.date === undefined && a.time !== undefined)
    return { ...b, time: a.time, ...(a.zone === undefined ? {} : { zone: a.zone }) };
  return undefined;
}

/** The next date with that weekday: today only if a time is named that is still ahead. */
export function weekdayDate(
  weekday: number,
  time: string | undefined,
  context: ParseContext,
): string {
  const now = today(context);
  const isToday = weekdayOf(now) === weekday;
  if (isToday && time !== undefined && time > clockTime(context)) return now;
  return weekdayFrom(addDays(now, 1), weekday);
}

/** The instant of a time with an offset: on a date, or the next time such a clock shows it. */
export function atOffset(
  date: string | undefined,
  time: string,
  offsetMinutes: number,
  context: ParseContext,
): Date {
  const at = (day: string): Date =>
    new Date(Date.parse(`${day}T${time}:00Z`) - offsetMinutes * 60_000);
  if (date !== undefined) return at(date);
  const first = at(addDays(today(context), -1));
  while (first <= context.now) first.setTime(first.getTime() + 86_400_000);
  return first;
}

/** The date on which the clock next shows that time. */
function nextDateAt(time: string, context: ParseContext): string {
  return time > clockTime(context) ? today(context) : addDays(today(context), 1);
}

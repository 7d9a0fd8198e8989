// What the words for a day mean, the same in every language; a language's forms hand over the numbers.
//
// Policies, also in docs/reference/quick-add.md: a weekday is the next one; "next friday" is the one of next week; a day without a year
// is the next one; "next month" is its first day; the past is no due date, its words stay in the title.
import {
  addMonths,
  dateOf,
  mondayOf,
  nextDayOfMonth,
  nextMonthDay,
  nextMonthWith,
  nthOfMonth,
  partsOf,
  weekdayFrom,
  weekdayInWeek,
} from './calendar.ts';
import type { DateReading, TimeReading } from './language.ts';
import { addDays, today, weekdayOf, writesDayFirst } from './local-now.ts';
import type { ParseContext } from './local-now.ts';

/** A reading, or that the words are text. */
type Read = DateReading | 'text';

/** The only years a two-digit one stands for. */
const CENTURY = 2000;
/** Amounts of days or months beyond this are text: no due is that far. */
const MAX_AMOUNT = 9_999;

/** A date, if it is not past. */
export function future(date: string | undefined, context: ParseContext): Read {
  return date === undefined || date < today(context) || date.length > 10 ? 'text' : { date };
}

/** So many days from today. */
export function inDays(days: number, context: ParseContext): Read {
  return future(addDays(today(context), days), context);
}

/** Units of days or months from a date (today without one), one after another: "in 1 month and 2 days". */
export function later(
  amounts: readonly { n: number; unit: 'day' | 'month'; size: number }[],
  context: ParseContext,
  from = today(context),
): Read {
  let date = from;
  for (const { n, unit, size } of amounts) {
    if (!Number.isInteger(n * size) || n * size > MAX_AMOUNT) return 'text';
    date = unit === 'day' ? addDays(date, n * size) : addMonths(date, n * size);
  }
  return future(date, context);
}

/** A day and month, perhaps with a year and the weekday it must be. */
export function monthDay(
  said: { day: number; month: number; year?: number | undefined; weekday?: number | undefined },
  context: ParseContext,
): Read {
  const { day, month, year, weekday } = said;
  const date =
    year === undefined
      ? nextMonthDay(today(context), month, day)
      : dateOf(year < 100 ? CENTURY + year : year, month, day);
  // "Friday 4 June" of a year in which that is a Thursday is no date at all
  if (date !== undefined && weekday !== undefined && weekdayOf(date) !== weekday) return 'text';
  return future(date, context);
}

/** "3/4": day and month in the locale's order, or in the other if only that exists. */
export function numericDate(
  first: number,
  second: number,
  year: number | undefined,
  context: ParseContext,
  weekday?: number,
): Read {
  const dayFirst = writesDayFirst(context.locale);
  const [day, month] = dayFirst ? [first, second] : [second, first];
  return month > 12
    ? monthDay({ day: month, month: day, year, weekday }, context)
    : monthDay({ day, month, year, weekday }, context);
}

/** "the 15th", perhaps of a weekday ("Friday the 13th"). */
export function dayOfMonth(day: number, context: ParseContext, weekday?: number): Read {
  const now = today(context);
  if (weekday === undefined) return future(nextDayOfMonth(now, day), context);
  return future(
    nextMonthWith(now, (year, month) => {
      const date = dateOf(year, month, day);
      return date !== undefined && weekdayOf(date) === weekday ? date : undefined;
    }),
    context,
  );
}

/** "the 15th of next month": so many months from this one. */
export function dayOfMonthIn(months: number, day: number, context: ParseContext): Read {
  const [year, month] = partsOf(addMonths(`${today(context).slice(0, 7)}-01`, months));
  return future(dateOf(year, month, day), context);
}

/** "the last friday of the month": the next one, of this month or the one after. */
export function nthOfAnyMonth(n: number, weekdays: readonly number[], context: ParseContext): Read {
  return future(
    nextMonthWith(today(context), (year, month) => nthOfMonth(year, month, n, weekdays)),
    context,
  );
}

/** "the first monday of june". */
export function nthOfMonthNamed(
  n: number,
  weekdays: readonly number[],
  month: number,
  year: number | undefined,
  context: ParseContext,
): Read {
  if (year !== undefined) return future(nthOfMonth(year, month, n, weekdays), context);
  return future(
    nextMonthWith(today(context), (inYear, inMonth) =>
      inMonth === month ? nthOfMonth(inYear, inMonth, n, weekdays) : undefined,
    ),
    context,
  );
}

/** "the last friday of next month". */
export function nthOfMonthIn(
  months: number,
  n: number,
  weekdays: readonly number[],
  context: ParseContext,
): Read {
  const [year, month] = partsOf(addMonths(`${today(context).slice(0, 7)}-01`, months));
  return future(nthOfMonth(year, month, n, weekdays), context);
}

/** "friday": the next one; whether today counts depends on the time. */
export function nextOf(weekday: number, context: ParseContext): Read {
  return { date: weekdayFrom(addDays(today(context), 1), weekday), weekday };
}

/** "this friday": today counts. */
export function thisWeekday(weekday: number, context: ParseContext): Read {
  return { date: weekdayFrom(today(context), weekday) };
}

/** "friday next week", "friday in 2 weeks": the weekday of the week so many weeks from now. */
export function weekdayInWeeks(weekday: number, weeks: number, context: ParseContext): Read {
  return weeks > MAX_AMOUNT / 7
    ? 'text'
    : future(weekdayInWeek(addDays(today(context), weeks * 7), weekday), context);
}

/** Saturday of this week; Sunday when today is one. */
export function thisWeekend(context: ParseContext): Read {
  const now = today(context);
  return { date: weekdayOf(now) === 0 ? now : weekdayFrom(now, 6) };
}

/** The first day of next week, month, quarter or year. */
export function nextPeriod(
  period: 'week' | 'month' | 'quarter' | 'year',
  context: ParseContext,
): Read {
  const now = today(context);
  const [year, month] = partsOf(now);
  switch (period) {
    case 'week':
      return { date: addDays(mondayOf(now), 7) };
    case 'month':
      return { date: addMonths(`${now.slice(0, 7)}-01`, 1) };
    case 'quarter':
      return { date: addMonths(`${now.slice(0, 7)}-01`, 3 - ((month - 1) % 3)) };
    case 'year':
      return { date: `${year + 1}-01-01` };
  }
}

/** The last day of this month or year, or of one after it. */
export function lastDayOf(period: 'month' | 'year', ahead: number, context: ParseContext): Read {
  const [year] = partsOf(today(context));
  return period === 'year'
    ? { date: `${year + ahead}-12-31` }
    : { date: addDays(addMonths(`${today(context).slice(0, 7)}-01`, ahead + 1), -1) };
}

/** A clock time; "text" when no clock shows it. */
export function clock(
  hour: number,
  minute: number,
  how: { exact: boolean; range?: boolean },
): TimeReading | 'text' {
  return hour > 23 || minute > 59 ? 'text' : { minutes: hour * 60 + minute, ...how };
}

/** Twelve hours twice: 12am is midnight. */
export function twelveHours(hour: number, half: string): number {
  return (hour % 12) + (/^p/i.test(half) ? 12 : 0);
}

/** Minutes east of UTC of `Z`, `+02:00`, `-0330`. */
export function offsetMinutes(text: string): number {
  const [, sign = '+', hours = '0', minutes = '0'] = /^([+-])(\d{1,2}):?(\d\d)?$/.exec(text) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes || 0));
}

// Dates as people count them: months are added on the calendar (31 January and a month is 28 February), weeks begin on
// Monday. Dates are text (`2027-01-31`), so neither the process's zone nor a clock change has a say.
import { addDays, weekdayOf } from './local-now.ts';

/** Years searched for a date that not every year has, such as 29 February: eight lie between 2096 and 2104. */
const SEARCHED_YEARS = 9;

/** `2027-01-31` of numbers; undefined when the calendar has no such day. */
export function dateOf(year: number, month: number, day: number): string | undefined {
  const date = `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
  const at = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().slice(0, 10) === date ? date : undefined;
}

/** A date so many months later; the last day of a month that is too short. */
export function addMonths(date: string, months: number): string {
  const [year, month, day] = partsOf(date);
  const first = new Date(Date.UTC(year, month - 1 + months, 1));
  const last = lastDayOf(first.getUTCFullYear(), first.getUTCMonth() + 1);
  first.setUTCDate(Math.min(day, last));
  return first.toISOString().slice(0, 10);
}

/** The first of these weekdays (0 Sunday … 6 Saturday) on or after a date. */
export function weekdayFrom(date: string, weekday: number): string {
  return addDays(date, (weekday - weekdayOf(date) + 7) % 7);
}

/** The Monday of a date's week. */
export function mondayOf(date: string): string {
  return addDays(date, 1 - (weekdayOf(date) || 7));
}

/** That weekday in the week (Monday to Sunday) of a date. */
export function weekdayInWeek(date: string, weekday: number): string {
  return addDays(mondayOf(date), (weekday || 7) - 1);
}

/** The next date with this month and day, from a date on; undefined when the calendar has none. */
export function nextMonthDay(from: string, month: number, day: number): string | undefined {
  const [year] = partsOf(from);
  for (let next = year; next < year + SEARCHED_YEARS; next += 1) {
    const date = dateOf(next, month, day);
    if (date !== undefined && date >= from) return date;
  }
  return undefined;
}

/** The next date with this day of the month, from a date on. */
export function nextDayOfMonth(from: string, day: number): string | undefined {
  return nextMonthWith(from, (year, month) => dateOf(year, month, day));
}

/** The next date from a date on that a month gives; each month is asked, for nine years. */
export function nextMonthWith(
  from: string,
  dayIn: (year: number, month: number) => string | undefined,
): string | undefined {
  const [year, month] = partsOf(from);
  for (let step = 0; step < SEARCHED_YEARS * 12; step += 1) {
    const at = month - 1 + step;
    const date = dayIn(year + Math.floor(at / 12), (at % 12) + 1);
    if (date !== undefined && date >= from) return date;
  }
  return undefined;
}

/**
 * The nth day of a month that is one of some weekdays.
 * @param n 1 first … 5 fifth, -1 last.
 */
export function nthOfMonth(
  year: number,
  month: number,
  n: number,
  weekdays: readonly number[],
): string | undefined {
  const days: string[] = [];
  for (let day = 1; day <= lastDayOf(year, month); day += 1) {
    const date = dateOf(year, month, day);
    if (date !== undefined && weekdays.includes(weekdayOf(date))) days.push(date);
  }
  return n < 0 ? days.at(n) : days[n - 1];
}

/** Year, month (from 1) and day of a date. */
export function partsOf(date: string): [year: number, month: number, day: number] {
  return [Number(date.slice(0, 4)), Number(date.slice(5, 7)), Number(date.slice(8, 10))];
}

/** Two digits. */
export function two(number: number): string {
  return String(number).padStart(2, '0');
}

function lastDayOf(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

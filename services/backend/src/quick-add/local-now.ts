// What "now" is for one person: every date word is resolved from this, never from the process's own zone.
import { localDate, localTime } from '@todo/contracts/due';

/** Where and when somebody types. */
export interface ParseContext {
  /** The instant of typing. */
  readonly now: Date;
  /** The person's IANA zone. */
  readonly zone: string;
  /** The person's BCP 47 locale: its order of day and month, and how dates are shown back. */
  readonly locale: string;
}

/** Today as the person's calendar shows it: `2027-01-31`. */
export function today(context: ParseContext): string {
  return localDate(context.now, context.zone);
}

/** The wall clock: `09:05`. */
export function clockTime(context: ParseContext): string {
  return localTime(context.now, context.zone).slice(11, 16);
}

/** A date so many days later. */
export function addDays(date: string, days: number): string {
  const utc = new Date(`${date}T00:00:00Z`);
  utc.setUTCDate(utc.getUTCDate() + days);
  return utc.toISOString().slice(0, 10);
}

/** 0 Sunday … 6 Saturday. */
export function weekdayOf(date: string): number {
  return new Date(`${date}T00:00:00Z`).getUTCDay();
}

/** True where people write the day before the month (31/1), by the locale's own way to write a date. */
export function writesDayFirst(locale: string): boolean {
  const parts = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'numeric' }).formatToParts(
    new Date('2027-01-31T12:00:00Z'),
  );
  const order = parts.map((part) => part.type);
  return order.indexOf('day') < order.indexOf('month');
}

// The days a calendar shows, and how it is addressed. Local dates are 'YYYY-MM-DD'; times of day are minutes on the wall clock.
import { addDays, localTime, startOfDay, weekday } from '../dates.ts';

/** How much a calendar shows. */
export type Span = 'week' | 'month';

/** What the calendar's address says. */
export interface Shown {
  span: Span;
  /** A local date within the week or month. */
  date: string;
  /** Whether done tasks are shown. */
  done: boolean;
}

const WEEK = 7;
const HOUR_MS = 3_600_000;
const QUARTER_MS = 900_000;

function isDate(text: string): boolean {
  const at = Date.parse(`${text}T00:00:00Z`);
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(at) && dateOf(at) === text;
}

function dateOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

/** Reads an address; what is missing or wrong is this month. */
export function shownOf(search: URLSearchParams, today: string): Shown {
  const date = search.get('date') ?? '';
  return {
    span: search.get('view') === 'week' ? 'week' : 'month',
    date: isDate(date) ? date : today,
    done: search.get('done') === '1',
  };
}

/** The address of what is shown. */
export function calendarPath({ span, date, done }: Shown): string {
  return `/calendar?view=${span}&date=${date}${done ? '&done=1' : ''}`;
}

/** The weekday that a locale's weeks begin with; 0 is Monday. Monday where the browser does not know. */
export function firstWeekday(locale: string): number {
  const info = new Intl.Locale(locale) as Intl.Locale & {
    getWeekInfo?: () => { firstDay: number };
  };
  return ((info.getWeekInfo?.().firstDay ?? 1) + 6) % WEEK;
}

/** The days on the screen: a week, or the whole weeks of a month. @param first the weekday a week begins with, 0 is Monday */
export function daysOf({ span, date }: Pick<Shown, 'span' | 'date'>, first: number): string[] {
  const begin = span === 'week' ? date : `${date.slice(0, 7)}-01`;
  const start = addDays(begin, -((weekday(begin) - first + WEEK) % WEEK));
  if (span === 'week') return range(start, WEEK);
  const next = shifted({ span, date: begin }, 1);
  let weeks = 4;
  while (addDays(start, weeks * WEEK) < next) weeks += 1;
  return range(start, weeks * WEEK);
}

function range(start: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => addDays(start, index));
}

/** The same day so many weeks or months later; the last day of a month that is shorter. */
export function shifted({ span, date }: Pick<Shown, 'span' | 'date'>, by: number): string {
  if (span === 'week') return addDays(date, by * WEEK);
  const [year = 0, month = 1, day = 1] = date.split('-').map(Number);
  const last = new Date(Date.UTC(year, month + by, 0)).getUTCDate();
  return dateOf(Date.UTC(year, month - 1 + by, Math.min(day, last)));
}

/** Part of a day on the wall clock, in minutes from midnight. */
export interface Minutes {
  from: number;
  to: number;
}

/** How a local day differs from one of 24 hours. */
export interface DayLength {
  /** 24, but on days when the clock changes. */
  hours: number;
  /** What the clock skips. */
  skipped: Minutes | null;
  /** What it shows twice. */
  twice: Minutes | null;
}

/** How long a local day is, and where its clock jumps. */
export function dayLength(date: string, zone: string): DayLength {
  const start = startOfDay(date, zone).getTime();
  const end = startOfDay(addDays(date, 1), zone).getTime();
  const length: DayLength = { hours: (end - start) / HOUR_MS, skipped: null, twice: null };
  const first = minutesOf(localTime(new Date(start), zone));
  if (length.hours === 24 && first === 0) return length;
  let expected = 0;
  for (let at = start; at < end; at += QUARTER_MS) {
    const minute = minutesOf(localTime(new Date(at), zone));
    if (minute > expected) length.skipped = { from: expected, to: minute };
    if (minute < expected) length.twice = { from: minute, to: expected };
    expected = minute + 15;
  }
  return length;
}

/** A local time 'HH:MM' in minutes from midnight. */
export function minutesOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
}

/** Minutes from midnight as a local time 'HH:MM'. */
export function timeOf(minutes: number): string {
  const two = (number: number) => String(number).padStart(2, '0');
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** Something at a time of day, and where it stands beside what overlaps it. */
export interface Placed<T> {
  item: T;
  minute: number;
  column: number;
  /** Columns that it shares the day's width with. */
  columns: number;
}

/**
 * Places what overlaps side by side.
 * @param length how long each takes on the screen, in minutes
 */
export function placeInDay<T extends { minute: number }>(items: T[], length: number): Placed<T>[] {
  const placed: Placed<T>[] = [];
  let group: Placed<T>[] = [];
  let ends: number[] = [];
  const close = () => {
    for (const one of group) one.columns = ends.length;
    group = [];
    ends = [];
  };
  for (const item of [...items].sort((a, b) => a.minute - b.minute)) {
    const { minute } = item;
    if (ends.every((end) => end <= minute)) close();
    const free = ends.findIndex((end) => end <= minute);
    const column = free === -1 ? ends.length : free;
    ends[column] = minute + length;
    const one = { item, minute, column, columns: 1 };
    group.push(one);
    placed.push(one);
  }
  close();
  return placed;
}

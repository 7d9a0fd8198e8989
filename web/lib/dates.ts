// Dates as a person in a given zone sees them. Local dates are 'YYYY-MM-DD', instants ISO 8601 UTC.
// Intl only: a Temporal polyfill would weigh more than the rest of the task page's own code.
import type { Due, Task } from '@todo/contracts/task';

/** Where and how a person reads dates. */
export interface Clock {
  zone: string;
  locale: string;
}

const partsFormats = new Map<string, Intl.DateTimeFormat>();

function partsFormat(zone: string): Intl.DateTimeFormat {
  let format = partsFormats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-CA', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
    partsFormats.set(zone, format);
  }
  return format;
}

function localParts(instant: Date, zone: string): Record<string, string> {
  const parts: Record<string, string> = {};
  for (const part of partsFormat(zone).formatToParts(instant)) parts[part.type] = part.value;
  return parts;
}

/** The local date of an instant in a zone. */
export function localDate(instant: Date | string, zone: string): string {
  const parts = localParts(new Date(instant), zone);
  return `${parts['year']}-${parts['month']}-${parts['day']}`;
}

/** The local time (HH:MM) of an instant in a zone. */
export function localTime(instant: Date | string, zone: string): string {
  const parts = localParts(new Date(instant), zone);
  return `${parts['hour']}:${parts['minute']}`;
}

/** A local date some days later (or earlier, when negative). */
export function addDays(date: string, days: number): string {
  const moved = new Date(`${date}T00:00:00Z`);
  moved.setUTCDate(moved.getUTCDate() + days);
  return moved.toISOString().slice(0, 10);
}

/** Day of the week of a local date: 0 is Monday. */
export function weekday(date: string): number {
  return (new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7;
}

function offsetMs(instant: number, zone: string): number {
  const parts = localParts(new Date(instant), zone);
  const asUtc = Date.UTC(
    Number(parts['year']),
    Number(parts['month']) - 1,
    Number(parts['day']),
    Number(parts['hour']),
    Number(parts['minute']),
    Number(parts['second']),
  );
  return asUtc - Math.floor(instant / 1000) * 1000;
}

/** The first instant of a local date in a zone; where midnight does not exist, the first one after it. */
export function startOfDay(date: string, zone: string): Date {
  const midnight = Date.parse(`${date}T00:00:00Z`);
  const early = midnight - offsetMs(midnight - 86_400_000, zone);
  const late = midnight - offsetMs(midnight + 86_400_000, zone);
  for (const candidate of [Math.min(early, late), Math.max(early, late)]) {
    if (
      localDate(new Date(candidate), zone) === date &&
      localDate(new Date(candidate - 1), zone) < date
    ) {
      return new Date(candidate);
    }
  }
  return new Date(Math.max(early, late));
}

/** The local date a task is due on, in the zone its due is given in; null without due. */
export function dueDate(due: Due | null, zone: string): string | null {
  if (due === null) return null;
  switch (due.kind) {
    case 'date':
      return due.date;
    case 'local':
      return due.zone === zone ? due.local.slice(0, 10) : null;
    case 'instant':
      return localDate(due.at, zone);
  }
}

/** The local date a task falls due on for this person. */
export function taskDate(task: Task, zone: string): string | null {
  return dueDate(task.due, zone) ?? (task.dueAt === null ? null : localDate(task.dueAt, zone));
}

/** The local time a task is due at for this person; null when it is due on a day as a whole. */
export function taskTime(task: Task, zone: string): string | null {
  if (task.due === null || task.due.kind === 'date') return null;
  if (task.due.kind === 'local' && task.due.zone === zone) return task.due.local.slice(11, 16);
  return task.dueAt === null ? null : localTime(task.dueAt, zone);
}

/** True when the task's time, or its whole day, is over. @param today the local date of `now`, for whoever asks about many tasks */
export function isOverdue(
  task: Task,
  zone: string,
  now: Date,
  today = localDate(now, zone),
): boolean {
  if (task.status === 'done' || task.due === null) return false;
  if (task.due.kind === 'date') return task.due.date < today;
  return task.dueAt !== null && new Date(task.dueAt) < now;
}

/** A local date in words: "Today", "Tomorrow", a weekday within the week, else day and month. */
export function dayLabel(
  date: string,
  today: string,
  locale: string,
  words: { today: string; tomorrow: string; yesterday: string },
): string {
  if (date === today) return words.today;
  if (date === addDays(today, 1)) return words.tomorrow;
  if (date === addDays(today, -1)) return words.yesterday;
  const near = date > today && date <= addDays(today, 6);
  const sameYear = date.slice(0, 4) === today.slice(0, 4);
  return new Intl.DateTimeFormat(
    locale,
    near
      ? { weekday: 'long', timeZone: 'UTC' }
      : {
          weekday: 'short',
          day: 'numeric',
          month: 'short',
          timeZone: 'UTC',
          ...(sameYear ? {} : { year: 'numeric' }),
        },
  ).format(new Date(`${date}T12:00:00Z`));
}

/** A local time ('HH:MM') as the locale writes it. */
export function timeLabel(time: string, locale: string): string {
  return new Intl.DateTimeFormat(locale, { timeStyle: 'short', timeZone: 'UTC' }).format(
    new Date(`2000-01-01T${time}:00Z`),
  );
}

/** An instant with date and time, in the person's zone. */
export function instantLabel(instant: string, { zone, locale }: Clock): string {
  return new Intl.DateTimeFormat(locale, {
    dateStyle: 'medium',
    timeStyle: 'short',
    timeZone: zone,
  }).format(new Date(instant));
}

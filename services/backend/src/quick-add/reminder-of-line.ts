// What a reminder of a line becomes: an instant, or a duration before the due.
import { DATE_REMINDER_HOUR, localInstant, localTime } from '@todo/contracts/due';
import type { Due } from '@todo/contracts/task';
import { addMonths } from './calendar.ts';
import { addDays } from './local-now.ts';
import type { ParseContext } from './local-now.ts';
import { toDue } from './when.ts';
import type { When } from './when.ts';

const DAY_MINUTES = 24 * 60;

/** A reminder that was asked for: at an instant, or an ISO 8601 duration before the due. */
export type WantedReminder = { readonly at: string } | { readonly before: string };

/** Adds a reminder that is not there yet. */
export function addReminder(reminders: WantedReminder[], reminder: WantedReminder): void {
  const key = JSON.stringify(reminder);
  if (!reminders.some((known) => JSON.stringify(known) === key)) reminders.push(reminder);
}

/**
 * A reminder with a time of its own. On a task that repeats it must count from the due, or it would come once only: a time
 * later than a date's reminder hour gives the due that time.
 */
export function placeReminder(
  when: When,
  due: Due,
  repeats: boolean,
  context: ParseContext,
): { due: Due; reminder: WantedReminder } {
  const timeOnly = repeats && when.time !== undefined && when.date === undefined;
  if (timeOnly && due.kind !== 'instant') {
    const minutes = minuteOfDue(due, context) - minutesOf(when.time ?? '');
    if (minutes >= 0) return { due, reminder: { before: minutesBefore(minutes) } };
    if (due.kind === 'date')
      return {
        due: { kind: 'local', local: `${due.date}T${when.time ?? ''}`, zone: context.zone },
        reminder: { before: 'PT0S' },
      };
  }
  const dueDay = due.kind === 'instant' ? undefined : dayOf(due, context);
  const at = toDue(when, context, dueDay);
  const instant =
    at.kind === 'date'
      ? localInstant(`${at.date}T0${DATE_REMINDER_HOUR}:00`, context.zone)
      : at.kind === 'local'
        ? localInstant(at.local, at.zone)
        : new Date(at.at);
  return { due, reminder: { at: instant.toISOString() } };
}

/** "a day before at 9am": days before the due, at a time; empty when it can't be said as a reminder. */
export function beforeAt(
  durations: readonly string[],
  time: string,
  due: Due,
  repeats: boolean,
  context: ParseContext,
): WantedReminder[] {
  const reminders: WantedReminder[] = [];
  for (const duration of durations) {
    const [, amount, unit] = /^P(\d+)([DWM])$/.exec(duration) ?? [];
    if (amount === undefined) return [];
    const days = Number(amount) * (unit === 'W' ? 7 : 1);
    if (!repeats) {
      const day = dayOf(due, context);
      const on = unit === 'M' ? addMonths(day, -Number(amount)) : addDays(day, -days);
      reminders.push({ at: localInstant(`${on}T${time}`, context.zone).toISOString() });
      continue;
    }
    const minutes = days * DAY_MINUTES + minuteOfDue(due, context) - minutesOf(time);
    if (unit === 'M' || minutes < 0) return [];
    reminders.push({
      before: minutes === days * DAY_MINUTES ? duration : minutesBefore(minutes),
    });
  }
  return reminders;
}

function dayOf(due: Due, context: ParseContext): string {
  if (due.kind === 'date') return due.date;
  return localOf(due, context).slice(0, 10);
}

function localOf(due: Exclude<Due, { kind: 'date' }>, context: ParseContext): string {
  return due.kind === 'local' ? due.local : localTime(new Date(due.at), context.zone);
}

function minuteOfDue(due: Due, context: ParseContext): number {
  if (due.kind === 'date') return DATE_REMINDER_HOUR * 60;
  return minutesOf(localOf(due, context).slice(11, 16));
}

function minutesBefore(minutes: number): string {
  const hours = Math.floor(minutes / 60);
  if (minutes === 0) return 'PT0S';
  return `PT${hours > 0 ? `${hours}H` : ''}${minutes % 60 > 0 ? `${minutes % 60}M` : ''}`;
}

function minutesOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
}

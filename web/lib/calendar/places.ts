// Where a task stands in the calendar, and the due that another place gives it.
import { daysBetween, dueDaysLater, localInstant, localTime } from '@todo/contracts/due';
import type { Due, Task } from '@todo/contracts/task';
import { addDays, taskDate, taskTime } from '../dates';
import type { TaskChange } from '../task-change';
import { minutesOf, timeOf, type Span } from './days';

/** A day, and a time of day ('HH:MM') or the whole of it. */
export interface Place {
  date: string;
  time: string | null;
}

/** Times are chosen in steps of this, in minutes. */
export const STEP = 15;
const LAST = 24 * 60 - STEP;
/** Where a task goes that is moved from the whole day to a time. */
const FIRST_TIME = '09:00';

/** Where a task is; null without due. */
export function placeOf(task: Task, zone: string): Place | null {
  const date = taskDate(task, zone);
  return date === null ? null : { date, time: taskTime(task, zone) };
}

/** Whether two places are one. */
export function samePlace(a: Place | null, b: Place | null): boolean {
  return a?.date === b?.date && a?.time === b?.time;
}

/** A local time as the clock of its day shows it: one that it skips is as much later as the gap is long (contracts/due.ts). */
function existing(local: string, zone: string): string {
  return localTime(localInstant(local, zone), zone).slice(0, 16);
}

/**
 * The due of a task at another place. One that only changes its day keeps its kind and its zone.
 * @param zone the person's
 */
export function dueAtPlace(task: Task, place: Place, zone: string): Due {
  const from = placeOf(task, zone);
  const day: Due = { kind: 'date', date: place.date };
  if (place.time === null) return day;
  if (task.due !== null && from !== null && from.time === place.time) {
    const days = daysBetween({ kind: 'date', date: from.date }, day, zone);
    const moved = dueDaysLater(task.due, days, zone);
    return moved.kind === 'local' ? { ...moved, local: existing(moved.local, moved.zone) } : moved;
  }
  return { kind: 'local', local: existing(`${place.date}T${place.time}`, zone), zone };
}

/** The change that brings a task to a place. Of a repeating one only this occurrence moves. */
export function moveTo(task: Task, place: Place, zone: string): TaskChange {
  return {
    kind: 'patch',
    task,
    patch: {
      due: dueAtPlace(task, place, zone),
      ...(task.recurrence === null ? {} : { scope: 'this' as const }),
    },
  };
}

/** Where a key leads from a place; undefined for a key that moves nothing. */
export function stepped(place: Place, key: string, span: Span): Place | undefined {
  const days = (by: number): Place => ({ ...place, date: addDays(place.date, by) });
  switch (key) {
    case 'ArrowLeft':
      return days(-1);
    case 'ArrowRight':
      return days(1);
    case 'PageUp':
      return days(span === 'week' ? -7 : -28);
    case 'PageDown':
      return days(span === 'week' ? 7 : 28);
    case 'ArrowUp':
      return span === 'month' ? days(-7) : minutesLater(place, -STEP);
    case 'ArrowDown':
      return span === 'month' ? days(7) : minutesLater(place, STEP);
    default:
      return undefined;
  }
}

/** Above the first time of a day is the whole day. */
function minutesLater(place: Place, by: number): Place {
  if (place.time === null) return by < 0 ? place : { ...place, time: FIRST_TIME };
  const minute = minutesOf(place.time) + by;
  const snapped = by < 0 ? Math.ceil(minute / STEP) * STEP : Math.floor(minute / STEP) * STEP;
  return { ...place, time: snapped < 0 ? null : timeOf(Math.min(snapped, LAST)) };
}

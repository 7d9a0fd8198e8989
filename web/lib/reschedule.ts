// Another day for a task. What has a time keeps it, unless that time would be over already.
import type { Due, Task } from '@todo/contracts/task';
import { addDays, localDate, startOfDay, taskTime, weekday, type Clock } from './dates';
import type { TaskPatch } from './task-change';

/** The Monday of next week. @param today the person's local date */
export function nextMonday(today: string): string {
  return addDays(today, 7 - weekday(today));
}

/**
 * The due of a task on another day.
 * @param date local; null: no due
 * @param now when it is decided
 */
export function dueOn(task: Task, date: string | null, clock: Clock, now: Date): Due | null {
  if (date === null) return null;
  const time = taskTime(task, clock.zone);
  if (time === null) return { kind: 'date', date };
  const isOver = date <= localDate(now, clock.zone) && time <= timeOf(now, clock.zone, date);
  return isOver
    ? { kind: 'date', date }
    : { kind: 'local', local: `${date}T${time}`, zone: clock.zone };
}

/** The patch that moves a task to a day; of a repeating one this occurrence alone moves. */
export function moveTo(task: Task, date: string | null, clock: Clock, now: Date): TaskPatch {
  const due = dueOn(task, date, clock, now);
  return task.recurrence === null || due === null ? { due } : { due, scope: 'this' };
}

/** The time on the clock, later than any time on days that are over. */
function timeOf(now: Date, zone: string, date: string): string {
  if (startOfDay(addDays(date, 1), zone) <= now) return '99:99';
  return new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(now);
}

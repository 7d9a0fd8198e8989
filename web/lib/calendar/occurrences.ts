// When the repeating tasks come again, as the backend will make them: by the same code.
import { dueInstant } from '@todo/contracts/due';
import { duesBetween, positionOf, RuleError } from '@todo/contracts/recurrence';
import type { Task } from '@todo/contracts/task';
import { localDate, localTime } from '../dates';
import type { Place } from './places';

/** A coming occurrence. It is no task yet: it comes when the one before it is done. */
export interface Occurrence {
  /** The open task of the series. */
  task: Task;
  place: Place;
}

const known = new WeakMap<Task, { of: string; occurrences: Occurrence[] }>();

/**
 * The coming occurrences of an open task.
 * @param from the first instant of the range
 * @param to the first instant after it
 * @param now a late task is taken to be done now
 * @returns nothing for a task that is counted from its completion: nobody knows yet
 */
export function occurrencesOf(
  task: Task,
  range: { from: Date; to: Date },
  zone: string,
  now: Date,
): Occurrence[] {
  const of = `${range.from.getTime()} ${range.to.getTime()} ${zone} ${localDate(now, zone)}`;
  const before = known.get(task);
  if (before?.of === of) return before.occurrences;
  const occurrences = worked(task, range, zone, now);
  known.set(task, { of, occurrences });
  return occurrences;
}

function worked(
  task: Task,
  { from, to }: { from: Date; to: Date },
  zone: string,
  now: Date,
): Occurrence[] {
  if (task.status === 'done' || task.recurrence?.from !== 'due') return [];
  const onTime = positionOf(task, zone);
  if (onTime === null) return [];
  const completedAt = onTime.completedAt < now ? now : onTime.completedAt;
  try {
    return duesBetween({ ...onTime, completedAt }, from, to).map((due) => {
      const at = dueInstant(due, onTime.zone);
      const place: Place =
        due.kind === 'date'
          ? { date: due.date, time: null }
          : { date: localDate(at, zone), time: localTime(at, zone) };
      return { task, place };
    });
  } catch (error) {
    // a rule of before its checks: the open task is shown all the same
    if (error instanceof RuleError || error instanceof RangeError) return [];
    throw error;
  }
}

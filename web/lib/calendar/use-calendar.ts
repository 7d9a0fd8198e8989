'use client';
// What a calendar shows: the tasks due in a range, those that are late, and the coming occurrences of the repeating ones.
import type { Task } from '@todo/contracts/task';
import { useMemo } from 'react';
import { addDays, isOverdue, startOfDay, type Clock } from '../dates';
import { useWholeList } from '../use-whole-list';
import { occurrencesOf, type Occurrence } from './occurrences';
import { placeOf, type Place } from './places';

/** A task on a day. */
export interface Entry {
  task: Task;
  place: Place;
}

/** See {@link useCalendar}. */
export interface Calendar {
  /** By local date, in the order of the day. */
  entries: ReadonlyMap<string, Entry[]>;
  occurrences: ReadonlyMap<string, Occurrence[]>;
  /** Late tasks of days that are not shown. */
  late: Task[];
  /** Every task of the calendar. */
  tasks: Task[];
  state: 'pending' | 'error' | 'ready';
  error: Error | null;
  /** Not everything is shown. */
  more: boolean;
  retry: () => void;
}

function byDate<T extends { place: Place; task: Task }>(items: T[]): Map<string, T[]> {
  const days = new Map<string, T[]>();
  for (const item of items) {
    const day = days.get(item.place.date);
    if (day) day.push(item);
    else days.set(item.place.date, [item]);
  }
  const key = ({ place }: T) => place.time ?? '';
  for (const day of days.values()) day.sort((a, b) => key(a).localeCompare(key(b)));
  return days;
}

/**
 * Reads a calendar.
 * @param days local dates that follow each other
 */
export function useCalendar(days: string[], done: boolean, today: string, clock: Clock): Calendar {
  const { zone } = clock;
  const first = days[0] ?? today;
  const end = addDays(days.at(-1) ?? today, 1);
  const [from, to, lateBefore] = useMemo(
    () => [first, end, first < today ? first : today].map((date) => startOfDay(date, zone)),
    [first, end, today, zone],
  ) as [Date, Date, Date];
  const range = { dueAfter: from.toISOString(), dueBefore: to.toISOString(), sort: 'due' } as const;
  const shown = useWholeList({ ...range, status: done ? 'all' : 'open' });
  const repeating = useWholeList({ status: 'open', repeats: 'true', dueBefore: to.toISOString() });
  const late = useWholeList({ status: 'open', dueBefore: lateBefore.toISOString() });
  const entries = useMemo(
    () =>
      byDate(
        shown.tasks.flatMap((task) => {
          const place = placeOf(task, zone);
          return place === null ? [] : [{ task, place }];
        }),
      ),
    [shown.tasks, zone],
  );
  const occurrences = useMemo(() => {
    const now = new Date();
    return byDate(repeating.tasks.flatMap((task) => occurrencesOf(task, { from, to }, zone, now)));
  }, [repeating.tasks, from, to, zone]);
  const lists = [shown, repeating, late];
  const failed = lists.find(({ error }) => error !== null);
  return {
    entries,
    occurrences,
    late: late.tasks.filter((task) => isOverdue(task, zone, new Date(), today)),
    tasks: lists.flatMap(({ tasks }) => tasks),
    state: failed ? 'error' : lists.some(({ isPending }) => isPending) ? 'pending' : 'ready',
    error: failed?.error ?? null,
    more: lists.some(({ more }) => more),
    retry: () => {
      for (const { retry } of lists) retry();
    },
  };
}

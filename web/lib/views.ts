// What each page of tasks shows: its filter for the backend and its groups on the screen.
import type { Task } from '@todo/contracts/task';
import { addDays, isOverdue, localDate, startOfDay, taskDate, type Clock } from './dates';
import type { TaskFilter } from './task-query';

/** The pages that list tasks. */
export type View =
  | { name: 'today' | 'upcoming' | 'all' | 'done' }
  | { name: 'tag'; tag: string }
  | { name: 'list'; listId: string }
  /** Its text in the filter language. */
  | { name: 'filter'; filter: string }
  | { name: 'search'; q: string };

/**
 * The backend's filter for a view.
 * @param today the person's local date
 */
export function filterOf(view: View, today: string, clock: Clock): TaskFilter {
  const tomorrow = startOfDay(addDays(today, 1), clock.zone).toISOString();
  switch (view.name) {
    case 'today':
      return { status: 'open', dueBefore: tomorrow };
    case 'upcoming':
      return { status: 'open', dueAfter: tomorrow };
    case 'all':
      return { status: 'open' };
    case 'done':
      return { status: 'done', sort: 'completed' };
    case 'tag':
      return { status: 'open', tag: view.tag };
    case 'list':
      return { status: 'open', listId: view.listId, sort: 'manual' };
    case 'filter':
      return { filter: view.filter };
    case 'search':
      return { q: view.q, status: 'all' };
  }
}

/** Tasks under one heading; `date` is a local date, `overdue`, or null for tasks without due. */
export interface Group {
  key: string;
  tasks: Task[];
}

/** Groups a view's tasks in the order they should be read. */
export function groupsOf(view: View, tasks: Task[], clock: Clock, now: Date): Group[] {
  if (view.name === 'done' || view.name === 'search' || view.name === 'list') {
    return tasks.length === 0 ? [] : [{ key: 'all', tasks }];
  }
  const groups = new Map<string, Task[]>();
  const today = localDate(now, clock.zone);
  for (const task of tasks) {
    const date = taskDate(task, clock.zone);
    const key = date === null ? 'none' : isOverdue(task, clock.zone, now, today) ? 'overdue' : date;
    const group = groups.get(key);
    if (group) group.push(task);
    else groups.set(key, [task]);
  }
  const rank = (key: string) => (key === 'overdue' ? '0' : key === 'none' ? '9' : `1${key}`);
  return [...groups]
    .map(([key, members]) => ({ key, tasks: members }))
    .sort((a, b) => rank(a.key).localeCompare(rank(b.key)));
}

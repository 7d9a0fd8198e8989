// What the backend would answer about tasks, worked out from tasks the browser has: the filters and orders of the lists, and
// what waiting changes lead to.
import type { Due, Task } from '@todo/contracts/task';
import { addDays, localTime, startOfDay } from '../dates.ts';
import type { TaskFilter } from '../task-query.ts';
import type { TaskChange } from '../task-change.ts';

const MINUTE_MS = 60_000;

/** The instant a local wall-clock time names. @param local 'YYYY-MM-DDTHH:MM' */
function instantOf(local: string, zone: string): Date {
  const [date = '', time = '00:00'] = local.split('T');
  const minutes = (clock: string) => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5));
  const guess = startOfDay(date, zone).getTime() + minutes(time) * MINUTE_MS;
  // The clock changed in between, on two days of a year.
  const off = minutes(time) - minutes(localTime(new Date(guess), zone));
  return new Date(guess + (Math.abs(off) > 720 ? 0 : off) * MINUTE_MS);
}

/** The instant a task falls due, UTC, as `dueInstant` of the contracts has it; null without due. */
export function dueAtOf(due: Due | null, zone: string): string | null {
  if (due === null) return null;
  switch (due.kind) {
    case 'instant':
      return due.at;
    case 'date':
      return new Date(startOfDay(addDays(due.date, 1), zone).getTime() - 1_000).toISOString();
    case 'local':
      return instantOf(due.local, due.zone).toISOString();
  }
}

/**
 * The tasks once a change is sent.
 * @param at when it was made, UTC
 */
export function withChange(
  tasks: Map<string, Task>,
  change: TaskChange,
  at: string,
  zone: string,
): void {
  const { task } = change;
  const now = tasks.get(task.id) ?? task;
  switch (change.kind) {
    case 'complete':
      if (now.status === 'open') tasks.set(task.id, { ...now, status: 'done', completedAt: at });
      break;
    case 'reopen':
      tasks.set(task.id, { ...now, status: 'open', completedAt: null });
      break;
    case 'restore':
      tasks.set(task.id, now);
      break;
    case 'delete':
      tasks.delete(task.id);
      for (const { id, parentId } of [...tasks.values()])
        if (parentId === task.id)
          withChange(tasks, { kind: 'delete', task: { ...task, id } }, at, zone);
      break;
    case 'patch': {
      // Reminders get their ids from the backend.
      const next: Task = { ...now, ...change.patch, reminders: now.reminders };
      tasks.set(task.id, { ...next, dueAt: dueAtOf(next.due, zone) });
    }
  }
}

/** Whether a list shows a task. */
export function matches(task: Task, filter: TaskFilter): boolean {
  const { status, q, tag, dueBefore, dueAfter, parentId, listId, repeats } = filter;
  if (status !== undefined && status !== 'all' && task.status !== status) return false;
  if (tag !== undefined && !task.tags.includes(tag)) return false;
  if (listId !== undefined && task.listId !== listId) return false;
  if (repeats !== undefined && task.recurrence === null) return false;
  if (parentId !== undefined && (task.parentId ?? 'none') !== parentId) return false;
  if (
    dueBefore !== undefined &&
    (task.dueAt === null || Date.parse(task.dueAt) >= Date.parse(dueBefore))
  )
    return false;
  if (
    dueAfter !== undefined &&
    (task.dueAt === null || Date.parse(task.dueAt) < Date.parse(dueAfter))
  )
    return false;
  const text = [task.title, task.notes, ...task.tags].join('\n').toLowerCase();
  return (q ?? '')
    .toLowerCase()
    .split(/\s+/)
    .every((term) => text.includes(term));
}

/** Like text, but later than every instant. */
const NEVER = '~';

/**
 * Tasks in a list's order.
 * @param order ids in the person's own order, as far as it is known
 */
export function sorted(
  tasks: readonly Task[],
  filter: TaskFilter,
  order: readonly string[],
): Task[] {
  const sort = filter.sort ?? (filter.status === 'done' ? 'completed' : 'due');
  const by = (key: (task: Task) => string, back = false) =>
    [...tasks].sort((a, b) => {
      const [first, second] = [`${key(a)} ${a.id}`, `${key(b)} ${b.id}`];
      return (first < second ? -1 : 1) * (back ? -1 : 1);
    });
  switch (sort) {
    case 'due':
      return by(({ dueAt }) => dueAt ?? NEVER);
    case 'completed':
      return by(({ completedAt }) => completedAt ?? '', true);
    case 'created':
      return by(({ createdAt }) => createdAt, true);
    case 'manual': {
      const place = new Map(order.map((id, index) => [id, index]));
      return by(({ createdAt }) => createdAt).sort(
        (a, b) => (place.get(a.id) ?? Infinity) - (place.get(b.id) ?? Infinity) || 0,
      );
    }
  }
}

/** The filter of a list's query string. */
export function filterFrom(search: URLSearchParams): TaskFilter {
  const page = new Set(['limit', 'cursor', 'include']);
  return Object.fromEntries([...search].filter(([name]) => !page.has(name)));
}

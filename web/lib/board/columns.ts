// The columns of a board, and what a task becomes in another one. A new way to group is a function beside the others here, and a
// name in BOARD_BY.
import type { Task } from '@todo/contracts/task';
import { dueAtPlace, placeOf } from '../calendar/places';
import { addDays, dayLabel, isOverdue, taskDate, type Clock } from '../dates';
import type { TaskChange, TaskPatch } from '../task-change';
import type { TaskList } from '../task-list';

/** What a board can be grouped by. */
export const BOARD_BY = ['list', 'priority', 'tag', 'day'] as const;
/** See {@link BOARD_BY}. */
export type BoardBy = (typeof BOARD_BY)[number];

/** One column. */
export interface Column {
  /** Unique on its board. */
  key: string;
  name: string;
  tasks: Task[];
  /**
   * What a task gets when it is put there.
   * @param from the key of the column it comes from
   * @returns null where nothing can be put down
   */
  patch: ((task: Task, from: string) => TaskPatch) | null;
}

/** What the columns depend on, beside the tasks. */
export interface BoardContext {
  lists: readonly TaskList[];
  today: string;
  now: Date;
  clock: Clock;
  words: {
    noList: string;
    noTag: string;
    noDate: string;
    overdue: string;
    later: string;
    today: string;
    tomorrow: string;
    yesterday: string;
    priority: Readonly<Record<Task['priority'], string>>;
  };
}

const PRIORITIES = ['high', 'medium', 'low', 'none'] as const;
/** Days with a column of their own, from today on. */
const DAYS = 7;
/** Tags with a column of their own, the most frequent ones. */
const TAGS = 12;
/** The column of tasks that have none of what the board is grouped by. A tag can't be named so. */
const NONE = '';

const GROUPINGS: Readonly<
  Record<BoardBy, (tasks: readonly Task[], context: BoardContext) => Column[]>
> = { list: byList, priority: byPriority, tag: byTag, day: byDay };

/** The columns of a board. @param tasks open ones */
export function columnsOf(by: BoardBy, tasks: readonly Task[], context: BoardContext): Column[] {
  return GROUPINGS[by](tasks, context);
}

/** The change that brings a task into another column; null where that changes nothing. */
export function dropOf(task: Task, from: Column, to: Column): TaskChange | null {
  if (to.patch === null || to.key === from.key) return null;
  return { kind: 'patch', task, patch: to.patch(task, from.key) };
}

function byList(tasks: readonly Task[], { lists, words }: BoardContext): Column[] {
  const known = new Set(lists.map(({ id }) => id));
  return [
    ...lists.map(({ id, name }) => ({
      key: id,
      name,
      tasks: tasks.filter(({ listId }) => listId === id),
      patch: () => ({ listId: id }),
    })),
    {
      key: NONE,
      name: words.noList,
      tasks: tasks.filter(({ listId }) => listId === null || !known.has(listId)),
      patch: () => ({ listId: null }),
    },
  ];
}

function byPriority(tasks: readonly Task[], { words }: BoardContext): Column[] {
  return PRIORITIES.map((priority) => ({
    key: priority,
    name: words.priority[priority],
    tasks: tasks.filter((task) => task.priority === priority),
    patch: () => ({ priority }),
  }));
}

/** A task with several tags is in several columns: from one to another it changes that one tag. */
function byTag(tasks: readonly Task[], { words, clock }: BoardContext): Column[] {
  const counts = new Map<string, number>();
  for (const { tags } of tasks) for (const tag of tags) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  const frequent = [...counts].sort(([, a], [, b]) => b - a).slice(0, TAGS);
  const shown = frequent.map(([tag]) => tag).sort((a, b) => a.localeCompare(b, clock.locale));
  return [
    ...shown.map((tag) => ({
      key: tag,
      name: `#${tag}`,
      tasks: tasks.filter(({ tags }) => tags.includes(tag)),
      patch: ({ tags }: Task, from: string) => ({
        tags: [...tags.filter((one) => one !== from && one !== tag), tag],
      }),
    })),
    {
      key: NONE,
      name: words.noTag,
      tasks: tasks.filter(({ tags }) => !tags.some((tag) => shown.includes(tag))),
      patch: () => ({ tags: [] }),
    },
  ];
}

function byDay(tasks: readonly Task[], { today, now, clock, words }: BoardContext): Column[] {
  const days = Array.from({ length: DAYS }, (_, index) => addDays(today, index));
  const last = days.at(-1) ?? today;
  const columns = new Map<string, Task[]>();
  const put = (key: string, task: Task) => {
    columns.set(key, [...(columns.get(key) ?? []), task]);
  };
  for (const task of tasks) {
    const date = taskDate(task, clock.zone);
    if (date === null) put(NONE, task);
    else if (isOverdue(task, clock.zone, now, today)) put('overdue', task);
    else put(date > last ? 'later' : date, task);
  }
  const of = (key: string) => columns.get(key) ?? [];
  return [
    { key: 'overdue', name: words.overdue, tasks: of('overdue'), patch: null },
    ...days.map((day) => ({
      key: day,
      name: dayLabel(day, today, clock.locale, words),
      tasks: of(day),
      patch: (task: Task) => dueOn(task, day, clock.zone),
    })),
    { key: 'later', name: words.later, tasks: of('later'), patch: null },
    { key: NONE, name: words.noDate, tasks: of(NONE), patch: () => ({ due: null }) },
  ];
}

/** A task on another day keeps its time; of a repeating one only this occurrence moves. */
function dueOn(task: Task, date: string, zone: string): TaskPatch {
  return {
    due: dueAtPlace(task, { date, time: placeOf(task, zone)?.time ?? null }, zone),
    ...(task.recurrence === null ? {} : { scope: 'this' as const }),
  };
}

// The columns of a board, and what a task becomes in another one.
import type { Task } from '@todo/contracts/task';
import { describe, expect, test } from 'vitest';
import { columnsOf, dropOf, type BoardBy, type BoardContext } from '@/lib/board/columns';

const context: BoardContext = {
  lists: [
    { id: 'a', name: 'Garden' },
    { id: 'b', name: 'House' },
  ],
  today: '2027-03-26',
  now: new Date('2027-03-26T11:00:00Z'),
  clock: { zone: 'Europe/Berlin', locale: 'en' },
  words: {
    noList: 'No list',
    noTag: 'No tag',
    noDate: 'No date',
    overdue: 'Overdue',
    later: 'Later',
    today: 'Today',
    tomorrow: 'Tomorrow',
    yesterday: 'Yesterday',
    priority: { none: 'None', low: 'Low', medium: 'Medium', high: 'High' },
  },
};

let number = 0;
function task(title: string, more: Partial<Task> = {}): Task {
  number += 1;
  return {
    id: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
    version: 1,
    title,
    notes: '',
    status: 'open',
    priority: 'none',
    tags: [],
    listId: null,
    parentId: null,
    due: null,
    dueAt: null,
    recurrence: null,
    reminders: [],
    seriesId: null,
    occurrence: 1,
    completedAt: null,
    createdAt: '2026-01-01T00:00:00Z',
    updatedAt: '2026-01-01T00:00:00Z',
    ...more,
  };
}

const board = (by: BoardBy, tasks: Task[]) => columnsOf(by, tasks, context);
const shown = (by: BoardBy, tasks: Task[]) =>
  board(by, tasks)
    .filter((column) => column.tasks.length > 0)
    .map(({ name, tasks: of }) => `${name}: ${of.map(({ title }) => title).join(', ')}`);
/** What a task gets in another column, both by their names. */
const moved = (by: BoardBy, one: Task, from: string, to: string, others: Task[] = []) => {
  const columns = board(by, [one, ...others]);
  const named = (name: string) => columns.find((column) => column.name === name)!;
  const change = dropOf(one, named(from), named(to));
  return change?.kind === 'patch' ? change.patch : change;
};

describe('the columns', () => {
  test('of lists, with the tasks of none and of one that is not there', () => {
    const tasks = [task('x', { listId: 'a' }), task('y'), task('z', { listId: 'gone' })];
    expect(shown('list', tasks)).toEqual(['Garden: x', 'No list: y, z']);
    expect(board('list', []).map(({ name }) => name)).toEqual(['Garden', 'House', 'No list']);
  });

  test('of priorities, the highest first', () => {
    expect(
      shown('priority', [task('x', { priority: 'low' }), task('y', { priority: 'high' })]),
    ).toEqual(['High: y', 'Low: x']);
  });

  test('of tags: a task with two is in both', () => {
    const tasks = [task('x', { tags: ['home', 'car'] }), task('y', { tags: ['home'] }), task('z')];
    expect(shown('tag', tasks)).toEqual(['#car: x', '#home: x, y', 'No tag: z']);
  });

  test('of days, in the person’s zone', () => {
    const tasks = [
      task('late', { due: { kind: 'date', date: '2027-03-25' } }),
      task('today', { due: { kind: 'date', date: '2027-03-26' } }),
      // 23:30 of the 26th in London is the 27th in Berlin
      task('night', {
        due: { kind: 'local', local: '2027-03-26T23:30', zone: 'Europe/London' },
        dueAt: '2027-03-26T23:30:00Z',
      }),
      task('far', { due: { kind: 'date', date: '2027-04-20' } }),
      task('never'),
    ];
    expect(shown('day', tasks)).toEqual([
      'Overdue: late',
      'Today: today',
      'Tomorrow: night',
      'Later: far',
      'No date: never',
    ]);
  });
});

describe('a task in another column', () => {
  test('gets its list, its priority', () => {
    expect(moved('list', task('x'), 'No list', 'House')).toEqual({ listId: 'b' });
    expect(moved('list', task('x', { listId: 'b' }), 'House', 'No list')).toEqual({ listId: null });
    expect(moved('priority', task('x'), 'None', 'High')).toEqual({ priority: 'high' });
    expect(moved('priority', task('x'), 'None', 'None')).toBeNull();
  });

  test('changes the one tag it was taken by', () => {
    const one = task('x', { tags: ['home', 'car'] });
    const other = task('y', { tags: ['garden'] });
    expect(moved('tag', one, '#home', '#garden', [other])).toEqual({ tags: ['car', 'garden'] });
    expect(moved('tag', one, '#home', '#car')).toEqual({ tags: ['car'] });
    expect(moved('tag', one, '#home', 'No tag')).toEqual({ tags: [] });
    expect(moved('tag', task('z'), 'No tag', '#garden', [other])).toEqual({ tags: ['garden'] });
  });

  test('keeps its time on another day, and its series', () => {
    const due = { kind: 'local', local: '2027-03-27T02:30', zone: 'Europe/Berlin' } as const;
    const one = task('x', { due, recurrence: { rule: 'FREQ=DAILY', from: 'due' } });
    // the clock skips 02:30 on Sunday the 28th
    expect(moved('day', one, 'Tomorrow', 'Sunday')).toEqual({
      due: { ...due, local: '2027-03-28T03:30' },
      scope: 'this',
    });
    expect(moved('day', task('y'), 'No date', 'Today')).toEqual({
      due: { kind: 'date', date: '2027-03-26' },
    });
    expect(moved('day', task('z', { due }), 'Tomorrow', 'No date')).toEqual({ due: null });
  });

  test('can’t be put where no one day is', () => {
    expect(moved('day', task('y'), 'No date', 'Overdue')).toBeNull();
    expect(moved('day', task('y'), 'No date', 'Later')).toBeNull();
  });
});

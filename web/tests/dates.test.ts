import { describe, expect, test } from 'vitest';
import type { Task } from '@todo/contracts/task';
import {
  addDays,
  dayLabel,
  isOverdue,
  localDate,
  startOfDay,
  taskDate,
  taskTime,
} from '@/lib/dates';
import { filterOf, groupsOf } from '@/lib/views';

const words = { today: 'Today', tomorrow: 'Tomorrow', yesterday: 'Yesterday' };

function task(fields: Partial<Task>): Task {
  return {
    id: '00000000-0000-4000-8000-000000000000',
    version: 1,
    title: 'x',
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
    createdAt: '2027-01-01T00:00:00Z',
    updatedAt: '2027-01-01T00:00:00Z',
    ...fields,
  };
}

describe('days of a person in a zone', () => {
  test('the same instant is another date on the other side of the world', () => {
    const instant = '2027-01-31T23:30:00Z';
    expect(localDate(instant, 'America/Los_Angeles')).toBe('2027-01-31');
    expect(localDate(instant, 'Asia/Tokyo')).toBe('2027-02-01');
  });

  test.each([
    ['2027-03-28', 'Europe/Berlin', '2027-03-27T23:00:00.000Z'], // the day of the spring gap
    ['2027-10-31', 'Europe/Berlin', '2027-10-30T22:00:00.000Z'], // the day of the autumn fold
    ['2027-04-23', 'Africa/Cairo', '2027-04-22T22:00:00.000Z'],
    ['2027-09-05', 'America/Santiago', '2027-09-05T04:00:00.000Z'], // there is no midnight that day
    ['2027-01-31', 'Asia/Kathmandu', '2027-01-30T18:15:00.000Z'],
    ['2027-01-31', 'Pacific/Kiritimati', '2027-01-30T10:00:00.000Z'],
    ['2027-01-31', 'UTC', '2027-01-31T00:00:00.000Z'],
  ])('%s begins in %s at %s', (date, zone, instant) => {
    expect(startOfDay(date, zone).toISOString()).toBe(instant);
  });

  test('days are counted on the calendar', () => {
    expect(addDays('2028-02-28', 1)).toBe('2028-02-29');
    expect(addDays('2027-12-31', 1)).toBe('2028-01-01');
  });

  test('near days have names', () => {
    expect(dayLabel('2027-01-31', '2027-01-31', 'en', words)).toBe('Today');
    expect(dayLabel('2027-02-01', '2027-01-31', 'en', words)).toBe('Tomorrow');
    expect(dayLabel('2027-02-05', '2027-01-31', 'en', words)).toBe('Friday');
    expect(dayLabel('2027-02-08', '2027-01-31', 'en-GB', words)).toBe('Mon 8 Feb');
  });

  test('a task due on a day is overdue only when the day is over', () => {
    const today = task({
      due: { kind: 'date', date: '2027-01-31' },
      dueAt: '2027-01-31T22:59:59Z',
    });
    expect(isOverdue(today, 'Europe/Berlin', new Date('2027-01-31T22:30:00Z'))).toBe(false);
    expect(isOverdue(today, 'Europe/Berlin', new Date('2027-01-31T23:00:00Z'))).toBe(true);
  });

  test('a local time of another zone is shown in the person’s own', () => {
    const call = task({
      due: { kind: 'local', local: '2027-01-31T09:00', zone: 'America/New_York' },
      dueAt: '2027-01-31T14:00:00Z',
    });
    expect(taskDate(call, 'Asia/Tokyo')).toBe('2027-01-31');
    expect(taskTime(call, 'Asia/Tokyo')).toBe('23:00');
  });
});

describe('the pages of tasks', () => {
  const clock = { zone: 'Europe/Berlin', locale: 'en' };

  test('today ends with the person’s day', () => {
    expect(filterOf({ name: 'today' }, '2027-01-31', clock)).toEqual({
      status: 'open',
      dueBefore: '2027-01-31T23:00:00.000Z',
    });
  });

  test('groups come overdue first, then by day, then without a date', () => {
    const tasks = [
      task({ title: 'none' }),
      task({ title: 'later', due: { kind: 'date', date: '2027-02-03' } }),
      task({ title: 'late', due: { kind: 'date', date: '2027-01-30' } }),
      task({ title: 'now', due: { kind: 'date', date: '2027-01-31' } }),
    ];
    const groups = groupsOf({ name: 'all' }, tasks, clock, new Date('2027-01-31T12:00:00Z'));
    expect(groups.map((group) => group.key)).toEqual([
      'overdue',
      '2027-01-31',
      '2027-02-03',
      'none',
    ]);
  });
});

// The calendar's days, places and occurrences.
import type { Due, Task } from '@todo/contracts/task';
import { describe, expect, test } from 'vitest';
import {
  calendarPath,
  dayLength,
  daysOf,
  firstWeekday,
  minutesOf,
  placeInDay,
  shifted,
  shownOf,
  timeOf,
} from '@/lib/calendar/days';
import { occurrencesOf } from '@/lib/calendar/occurrences';
import { dueAtPlace, moveTo, placeOf, stepped } from '@/lib/calendar/places';
import { startOfDay } from '@/lib/dates';

const BERLIN = 'Europe/Berlin';

function task(due: Due | null, more: Partial<Task> = {}): Task {
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
    due,
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
const local = (text: string, zone = BERLIN): Due => ({ kind: 'local', local: text, zone });
const date = (text: string): Due => ({ kind: 'date', date: text });

describe('what is shown', () => {
  test('an address says what is shown, and what it does not say is this month', () => {
    const today = '2026-11-30';
    const read = (query: string) => shownOf(new URLSearchParams(query), today);
    expect(read('')).toEqual({ span: 'month', date: today, done: false });
    expect(read('view=week&date=2027-02-28&done=1')).toEqual({
      span: 'week',
      date: '2027-02-28',
      done: true,
    });
    for (const wrong of ['2027-02-29', 'soon', '2027-13-01', '2027-2-1', '', '20270201'])
      expect(read(`view=year&date=${wrong}`)).toEqual({ span: 'month', date: today, done: false });
    const shown = read('view=week&date=2027-02-28&done=1');
    expect(read(calendarPath(shown).split('?')[1] ?? '')).toEqual(shown);
  });

  test('a week begins with the weekday of the language', () => {
    expect(daysOf({ span: 'week', date: '2026-11-30' }, 0)[0]).toBe('2026-11-30');
    expect(daysOf({ span: 'week', date: '2026-11-29' }, 0)[0]).toBe('2026-11-23');
    expect(daysOf({ span: 'week', date: '2026-11-30' }, 6)[0]).toBe('2026-11-29');
    expect(daysOf({ span: 'week', date: '2026-12-31' }, 0).at(-1)).toBe('2027-01-03');
    expect(firstWeekday('de-DE')).toBe(0);
  });

  test.each([
    ['2026-11-15', 0, '2026-10-26', 42],
    ['2027-02-28', 0, '2027-02-01', 28],
    ['2028-02-29', 6, '2028-01-30', 35],
    ['2026-12-01', 0, '2026-11-30', 35],
  ])('the month of %s in whole weeks', (day, first, begin, count) => {
    const days = daysOf({ span: 'month', date: day }, first);
    expect([days[0], days.length]).toEqual([begin, count]);
    expect(new Set(days).size).toBe(count);
  });

  test('a month later is the same day, or the last one', () => {
    expect(shifted({ span: 'month', date: '2027-01-31' }, 1)).toBe('2027-02-28');
    expect(shifted({ span: 'month', date: '2027-01-31' }, -2)).toBe('2026-11-30');
    expect(shifted({ span: 'month', date: '2026-12-05' }, 1)).toBe('2027-01-05');
    expect(shifted({ span: 'week', date: '2026-12-30' }, 1)).toBe('2027-01-06');
  });
});

describe('the length of a day', () => {
  test.each([
    ['2027-03-28', BERLIN, 23, { from: 120, to: 180 }, null],
    ['2027-10-31', BERLIN, 25, null, { from: 120, to: 180 }],
    ['2027-03-14', 'America/New_York', 23, { from: 120, to: 180 }, null],
    ['2027-11-07', 'America/New_York', 25, null, { from: 60, to: 120 }],
    ['2027-10-03', 'Australia/Lord_Howe', 23.5, { from: 120, to: 150 }, null],
    ['2027-04-04', 'Australia/Lord_Howe', 24.5, null, { from: 90, to: 120 }],
    ['2026-04-24', 'Africa/Cairo', 23, { from: 0, to: 60 }, null],
    ['2027-06-01', BERLIN, 24, null, null],
    ['2027-03-28', 'Asia/Tokyo', 24, null, null],
  ])('%s in %s has %d hours', (day, zone, hours, skipped, twice) => {
    expect(dayLength(day, zone)).toEqual({ hours, skipped, twice });
  });
});

test('what overlaps stands side by side, and what does not takes the whole width', () => {
  const at = (...times: string[]) =>
    placeInDay(
      times.map((time) => ({ minute: minutesOf(time) })),
      30,
    ).map(({ minute, column, columns }) => `${timeOf(minute)} ${column}/${columns}`);
  expect(at('09:00', '09:30', '12:00')).toEqual(['09:00 0/1', '09:30 0/1', '12:00 0/1']);
  expect(at('09:15', '09:00', '09:00')).toEqual(['09:00 0/3', '09:00 1/3', '09:15 2/3']);
  expect(at('09:00', '09:20', '09:40', '10:30')).toEqual([
    '09:00 0/2',
    '09:20 1/2',
    '09:40 0/2',
    '10:30 0/1',
  ]);
  expect(at()).toEqual([]);
});

describe('a task at another place', () => {
  test('keeps its kind and zone when only the day changes', () => {
    const tokyo = task(local('2027-01-10T09:00', 'Asia/Tokyo'), { dueAt: '2027-01-10T00:00:00Z' });
    expect(placeOf(tokyo, BERLIN)).toEqual({ date: '2027-01-10', time: '01:00' });
    expect(dueAtPlace(tokyo, { date: '2027-01-12', time: '01:00' }, BERLIN)).toEqual(
      local('2027-01-12T09:00', 'Asia/Tokyo'),
    );
    const instant = task({ kind: 'instant', at: '2027-03-27T08:00:00.000Z' });
    const at = placeOf({ ...instant, dueAt: '2027-03-27T08:00:00Z' }, BERLIN)!;
    expect(
      dueAtPlace(
        { ...instant, dueAt: '2027-03-27T08:00:00Z' },
        { ...at, date: '2027-03-28' },
        BERLIN,
      ),
    ).toEqual({ kind: 'instant', at: '2027-03-28T07:00:00.000Z' });
    expect(
      dueAtPlace(task(date('2027-01-10')), { date: '2027-01-11', time: null }, BERLIN),
    ).toEqual(date('2027-01-11'));
  });

  test('gets a time, another time, or the whole day', () => {
    const allDay = task(date('2027-01-10'));
    expect(dueAtPlace(allDay, { date: '2027-01-10', time: '14:15' }, BERLIN)).toEqual(
      local('2027-01-10T14:15'),
    );
    const timed = task(local('2027-01-10T09:00'));
    expect(dueAtPlace(timed, { date: '2027-01-11', time: '10:00' }, BERLIN)).toEqual(
      local('2027-01-11T10:00'),
    );
    expect(dueAtPlace(timed, { date: '2027-01-11', time: null }, BERLIN)).toEqual(
      date('2027-01-11'),
    );
  });

  test('never stands at a time that the clock skips', () => {
    const timed = task(local('2027-03-27T02:30'));
    expect(dueAtPlace(timed, { date: '2027-03-28', time: '02:30' }, BERLIN)).toEqual(
      local('2027-03-28T03:30'),
    );
    expect(dueAtPlace(timed, { date: '2027-03-28', time: '02:15' }, BERLIN)).toEqual(
      local('2027-03-28T03:15'),
    );
    expect(dueAtPlace(timed, { date: '2027-10-31', time: '02:30' }, BERLIN)).toEqual(
      local('2027-10-31T02:30'),
    );
  });

  test('a repeating one moves alone, its series stays', () => {
    const weekly = task(date('2027-01-10'), { recurrence: { rule: 'FREQ=WEEKLY', from: 'due' } });
    const place = { date: '2027-01-12', time: null };
    expect(moveTo(weekly, place, BERLIN)).toMatchObject({
      patch: { due: date('2027-01-12'), scope: 'this' },
    });
    expect(moveTo(task(date('2027-01-10')), place, BERLIN)).toMatchObject({
      patch: { due: date('2027-01-12') },
    });
  });

  test('goes there by keys', () => {
    const at = { date: '2027-02-28', time: '23:30' };
    expect(stepped(at, 'ArrowRight', 'week')).toEqual({ date: '2027-03-01', time: '23:30' });
    expect(stepped(at, 'ArrowLeft', 'month')).toEqual({ date: '2027-02-27', time: '23:30' });
    expect(stepped(at, 'ArrowDown', 'month')).toEqual({ date: '2027-03-07', time: '23:30' });
    expect(stepped(at, 'ArrowDown', 'week')).toEqual({ date: '2027-02-28', time: '23:45' });
    expect(stepped({ ...at, time: '23:45' }, 'ArrowDown', 'week')).toMatchObject({ time: '23:45' });
    expect(stepped({ ...at, time: '09:07' }, 'ArrowDown', 'week')).toMatchObject({ time: '09:15' });
    expect(stepped({ ...at, time: '09:07' }, 'ArrowUp', 'week')).toMatchObject({ time: '09:00' });
    expect(stepped({ ...at, time: '00:00' }, 'ArrowUp', 'week')).toMatchObject({ time: null });
    expect(stepped({ ...at, time: null }, 'ArrowUp', 'week')).toMatchObject({ time: null });
    expect(stepped({ ...at, time: null }, 'ArrowDown', 'week')).toMatchObject({ time: '09:00' });
    expect(stepped(at, 'a', 'week')).toBeUndefined();
  });
});

describe('coming occurrences', () => {
  const range = { from: startOfDay('2027-01-04', BERLIN), to: startOfDay('2027-01-11', BERLIN) };
  const days = (of: Task, now = '2027-01-01T12:00:00Z') =>
    occurrencesOf(of, range, BERLIN, new Date(now)).map(({ place }) =>
      [place.date, place.time].filter((part) => part !== null).join(' '),
    );

  test('are those after the open one', () => {
    const rule = { rule: 'FREQ=DAILY;INTERVAL=2', from: 'due' as const };
    expect(days(task(date('2027-01-06'), { recurrence: rule }))).toEqual([
      '2027-01-08',
      '2027-01-10',
    ]);
    expect(days(task(local('2027-01-02T18:30'), { recurrence: rule }))).toEqual([
      '2027-01-04 18:30',
      '2027-01-06 18:30',
      '2027-01-08 18:30',
      '2027-01-10 18:30',
    ]);
  });

  test('of a late one begin after now', () => {
    const daily = task(date('2026-12-01'), { recurrence: { rule: 'FREQ=DAILY', from: 'due' } });
    expect(days(daily, '2027-01-08T12:00:00Z')).toEqual(['2027-01-09', '2027-01-10']);
  });

  test('there are none of a task that is done, does not repeat, or is counted from its completion', () => {
    const daily = { rule: 'FREQ=DAILY', from: 'due' as const };
    expect(days(task(date('2027-01-06')))).toEqual([]);
    expect(days(task(date('2027-01-06'), { recurrence: daily, status: 'done' }))).toEqual([]);
    expect(
      days(task(date('2027-01-06'), { recurrence: { ...daily, from: 'completion' } })),
    ).toEqual([]);
    expect(
      days(task(date('2027-01-06'), { recurrence: { rule: 'FREQ=SOMETIMES', from: 'due' } })),
    ).toEqual([]);
  });
});

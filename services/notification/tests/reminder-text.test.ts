import { describe, expect, it } from 'vitest';
import { reminderText } from '../src/reminder-text.ts';
import type { Reminder } from './notification-under-test.ts';

describe('what a reminder says', () => {
  const say = (fields: Partial<Reminder>) =>
    reminderText({
      userId: 'anna',
      taskId: '',
      reminderId: '',
      title: 'x',
      dueAt: '2027-05-17T07:00:00.000Z',
      remindAt: '2027-05-17T06:00:00.000Z',
      zone: 'Europe/Berlin',
      locale: 'en-GB',
      ...fields,
    });

  it('the title, and when it is due in its reader’s zone and locale', () => {
    expect(say({})).toBe('x · 17 May 2027, 09:00');
    expect(say({ locale: 'de', zone: 'Asia/Tokyo' })).toBe('x · 17.05.2027, 16:00');
    expect(say({ dueAt: null })).toBe('x');
  });

  it.each(['America/Los_Angeles', 'UTC', 'Asia/Tokyo', 'Pacific/Kiritimati'])(
    'a task due on a day names the day and no time (%s)',
    (zone) => {
      const due = { kind: 'date', date: '2027-05-17' } as const;
      expect(say({ due, zone, dueAt: '2027-05-18T06:59:59.000Z' })).toBe('x · 17 May 2027');
    },
  );

  it('an event from before the kind of due was told, and one of an unknown kind, still say when', () => {
    expect(say({ due: undefined })).toBe('x · 17 May 2027, 09:00');
    expect(say({ due: null })).toBe('x · 17 May 2027, 09:00');
  });

  it.each([
    ['a zone that is none', { zone: 'Mars/Olympus' }, 'x · 17 May 2027, 07:00 UTC'],
    ['no zone', { zone: '' }, 'x · 17 May 2027, 07:00 UTC'],
    ['a locale that is none', { locale: 'no such_locale!' }, 'x · May 17, 2027, 9:00 AM'],
    ['no locale', { locale: '' }, 'x · May 17, 2027, 9:00 AM'],
    ['a due that is none', { dueAt: 'soon' }, 'x'],
  ])('%s: falls back', (_what, fields, expected) => {
    expect(say(fields).replaceAll('\u202F', ' ')).toBe(expected);
  });

  it.each([
    ['an override', 'pay \u202Exet', 'pay \u202Exet\u202C'],
    ['Arabic', 'شراء 5', 'شراء 5'],
    ['closing what it did not open', 'a\u2069\u202Cb', 'ab'],
  ])('%s in a title does not reach the date after it', (_what, title, shown) => {
    expect(say({ title })).toBe(`\u2068${shown}\u2069 · 17 May 2027, 09:00`);
    expect(say({ title, dueAt: null })).toBe(`\u2068${shown}\u2069`);
  });
});

// Every zone of the server process must give the same instants: each group runs under three.
import { afterEach, describe, expect, it } from 'vitest';
import { dueInstant, localDate, localInstant, localTime, reminderInstant } from '../src/due.ts';
import { due as dueSchema } from '../src/task.ts';

const processZone = process.env['TZ'];
const id = '0197c1c0-0000-7000-8000-000000000001';

describe.each(['UTC', 'America/Los_Angeles', 'Asia/Tokyo'])('due dates, process in %s', (tz) => {
  process.env['TZ'] = tz;
  afterEach(() => {
    process.env['TZ'] = processZone;
  });
  const at = (local: string, zone: string) => {
    process.env['TZ'] = tz;
    return localInstant(local, zone).toISOString();
  };
  const due = (value: Parameters<typeof dueInstant>[0], zone = 'UTC') => {
    process.env['TZ'] = tz;
    return dueInstant(value, zone).toISOString();
  };

  it('an instant is what it is, a local time is the wall clock of its zone', () => {
    expect(due({ kind: 'instant', at: '2027-01-31T09:00:00+01:00' }, 'Asia/Tokyo')).toBe(
      '2027-01-31T08:00:00.000Z',
    );
    expect(due({ kind: 'local', local: '2027-01-31T09:00', zone: 'Europe/Berlin' })).toBe(
      '2027-01-31T08:00:00.000Z',
    );
    expect(due({ kind: 'local', local: '2027-07-31T09:00', zone: 'Europe/Berlin' })).toBe(
      '2027-07-31T07:00:00.000Z',
    );
  });

  it.each([
    ['Europe/Berlin', '2027-05-10', '2027-05-10T21:59:59.000Z'],
    ['Asia/Tokyo', '2027-05-10', '2027-05-10T14:59:59.000Z'],
    ['America/Los_Angeles', '2027-05-10', '2027-05-11T06:59:59.000Z'],
    ['America/New_York', '2027-03-14', '2027-03-15T03:59:59.000Z'], // a day of 23 hours
    ['America/Santiago', '2027-09-04', '2027-09-05T03:59:59.000Z'], // the next day begins at 01:00
    ['Pacific/Kiritimati', '2027-12-31', '2027-12-31T09:59:59.000Z'],
  ])('C11: a date in %s is due until the end of %s, there', (zone, date, instant) => {
    expect(due({ kind: 'date', date }, zone)).toBe(instant);
    expect(localDate(new Date(instant), zone)).toBe(date);
  });

  it('A04: a time that does not exist is as much later as the gap is long', () => {
    expect(at('2027-03-13T02:30', 'America/New_York')).toBe('2027-03-13T07:30:00.000Z');
    expect(at('2027-03-14T02:30', 'America/New_York')).toBe('2027-03-14T07:30:00.000Z');
    expect(at('2027-03-15T02:30', 'America/New_York')).toBe('2027-03-15T06:30:00.000Z');
    expect(localTime(new Date('2027-03-14T07:30:00Z'), 'America/New_York')).toBe(
      '2027-03-14T03:30:00',
    );
    // half an hour, Lord Howe Island
    expect(at('2027-10-03T02:15', 'Australia/Lord_Howe')).toBe('2027-10-02T15:45:00.000Z');
  });

  it('a time that exists twice is the first', () => {
    expect(at('2027-11-07T01:30', 'America/New_York')).toBe('2027-11-07T05:30:00.000Z');
  });

  it('what does not exist is refused', () => {
    expect(() => at('2027-02-30T09:00', 'Europe/Berlin')).toThrow(RangeError);
    expect(() => at('2027-02-28T09:00', 'Mars/Olympus')).toThrow(RangeError);
    expect(
      dueSchema.safeParse({ kind: 'local', local: '2027-02-30T09:00', zone: 'UTC' }).success,
    ).toBe(false);
  });

  it('reminders: absolute, and before the due on the calendar of its zone', () => {
    process.env['TZ'] = tz;
    const reminder = (before: string, ...rest: [Parameters<typeof dueInstant>[0] | null, string]) =>
      reminderInstant({ id, before }, ...rest)?.toISOString();
    const monday = { kind: 'local', local: '2027-03-15T09:00', zone: 'America/New_York' } as const;
    expect(reminderInstant({ id, at: '2027-03-15T08:00:00Z' }, null, 'UTC')?.toISOString()).toBe(
      '2027-03-15T08:00:00.000Z',
    );
    expect(reminder('PT1H', monday, 'UTC')).toBe('2027-03-15T12:00:00.000Z');
    // the clocks change between: a day before is 09:00 still, 48 hours before are exact
    expect(reminder('P2D', monday, 'UTC')).toBe('2027-03-13T14:00:00.000Z');
    expect(reminder('PT48H', monday, 'UTC')).toBe('2027-03-13T13:00:00.000Z');
    expect(
      reminder('P2D', { kind: 'instant', at: '2027-03-15T13:00:00Z' }, 'America/New_York'),
    ).toBe('2027-03-13T14:00:00.000Z');
    // a date: 09:00 of the day before, in the user's zone
    expect(reminder('P1D', { kind: 'date', date: '2027-05-10' }, 'Asia/Tokyo')).toBe(
      '2027-05-09T00:00:00.000Z',
    );
    expect(reminder('PT0S', { kind: 'date', date: '2027-05-10' }, 'Asia/Tokyo')).toBe(
      '2027-05-10T00:00:00.000Z',
    );
    expect(reminder('P1D', null, 'UTC')).toBeUndefined();
  });
});

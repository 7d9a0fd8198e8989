// Each group runs with the process in three zones: the answers must not change.
import { afterEach, describe, expect, it } from 'vitest';
import { dueInstant } from '../src/due.ts';
import { anchorOf, checkRule, nextDue, previewDues, RuleError } from '../src/recurrence.ts';
import type { SeriesPosition } from '../src/recurrence.ts';
import type { Due } from '../src/task.ts';

const processZone = process.env['TZ'];

describe.each(['UTC', 'America/Los_Angeles', 'Asia/Tokyo'])('recurrence, process in %s', (tz) => {
  const inZone = <T>(work: () => T): T => {
    process.env['TZ'] = tz;
    return work();
  };
  afterEach(() => {
    process.env['TZ'] = processZone;
  });

  const local = (text: string, zone: string): Due => ({ kind: 'local', local: text, zone });
  const date = (text: string): Due => ({ kind: 'date', date: text });
  const day = (due: Due | null) => (due === null ? null : anchorOf(due, 'UTC').slice(0, 10));
  const position = (
    rule: string,
    due: Due,
    more: Partial<SeriesPosition> = {},
  ): SeriesPosition => ({
    rule,
    from: 'due',
    due,
    zone: 'UTC',
    completedAt: dueInstant(due, more.zone ?? 'UTC'),
    occurrence: 1,
    ...more,
  });
  const days = (rule: string, due: Due, n: number, more: Partial<SeriesPosition> = {}) =>
    inZone(() => previewDues(position(rule, due, more), n).map(day));
  const next = (rule: string, due: Due, completedAt: string, more: Partial<SeriesPosition> = {}) =>
    inZone(() => nextDue(position(rule, due, { completedAt: new Date(completedAt), ...more })));

  it('the process really runs in that zone', () => {
    expect(inZone(() => new Date('2027-07-01T00:00:00Z').getHours())).toBe(
      { UTC: 0, 'America/Los_Angeles': 17, 'Asia/Tokyo': 9 }[tz],
    );
  });

  it('A01: monthly on the 31st ends with each month and comes back to 31', () => {
    const due = local('2027-01-31T09:00', 'Europe/Berlin');
    expect(days('FREQ=MONTHLY', due, 5)).toEqual([
      '2027-02-28',
      '2027-03-31',
      '2027-04-30',
      '2027-05-31',
      '2027-06-30',
    ]);
    expect(days('FREQ=MONTHLY', date('2028-01-31'), 1)).toEqual(['2028-02-29']);
    // the same by a chain of completions that keeps nothing but the anchor
    let current: Due = due;
    const chain: (string | null)[] = [];
    for (let occurrence = 1; occurrence <= 5; occurrence += 1) {
      const successor = next('FREQ=MONTHLY', current, dueInstant(current, 'UTC').toISOString(), {
        anchor: anchorOf(due, 'UTC'),
        occurrence,
      });
      chain.push(day(successor));
      current = successor!;
    }
    expect(chain.at(-1)).toBe('2027-06-30');
    // and written into the rule
    expect(days('FREQ=MONTHLY;BYMONTHDAY=15,31', date('2027-01-31'), 4)).toEqual([
      '2027-02-15',
      '2027-02-28',
      '2027-03-15',
      '2027-03-31',
    ]);
    expect(days('FREQ=YEARLY', date('2028-02-29'), 4)).toEqual([
      '2029-02-28',
      '2030-02-28',
      '2031-02-28',
      '2032-02-29',
    ]);
    expect(days('FREQ=MONTHLY;INTERVAL=2', date('2027-12-31'), 2)).toEqual([
      '2028-02-29',
      '2028-04-30',
    ]);
    expect(days('FREQ=MONTHLY;RSCALE=GREGORIAN;SKIP=OMIT', date('2027-01-31'), 2)).toEqual([
      '2027-03-31',
      '2027-05-31',
    ]);
  });

  it.each([
    [
      'America/New_York',
      '2027-03-13T09:00',
      ['2027-03-13T14:00', '2027-03-14T13:00', '2027-03-15T13:00'],
    ],
    [
      'America/New_York',
      '2027-11-06T09:00',
      ['2027-11-06T13:00', '2027-11-07T14:00', '2027-11-08T14:00'],
    ],
    [
      'Europe/Berlin',
      '2027-03-27T16:00',
      ['2027-03-27T15:00', '2027-03-28T14:00', '2027-03-29T14:00'],
    ],
    [
      'Australia/Sydney',
      '2027-10-02T16:00',
      ['2027-10-02T06:00', '2027-10-03T05:00', '2027-10-04T05:00'],
    ],
  ])('A03: daily in %s from %s keeps the wall clock', (zone, start, instants) => {
    const expected = instants.map((text) => `${text}:00.000Z`);
    for (const due of [local(start, zone), { kind: 'instant', at: expected[0]! } as const]) {
      const dues = inZone(() => [due, ...previewDues(position('FREQ=DAILY', due, { zone }), 2)]);
      expect(dues.map((each) => dueInstant(each, zone).toISOString())).toEqual(expected);
    }
  });

  it('A04: one due a day across the gap, and back to 02:30 after it', () => {
    const zone = 'America/New_York';
    const start = '2027-03-13T07:30:00.000Z';
    const expected = [start, '2027-03-14T07:30:00.000Z', '2027-03-15T06:30:00.000Z'];
    for (const due of [local('2027-03-13T02:30', zone), { kind: 'instant', at: start } as const]) {
      const dues = inZone(() => [due, ...previewDues(position('FREQ=DAILY', due, { zone }), 2)]);
      expect(dues.map((each) => dueInstant(each, zone).toISOString())).toEqual(expected);
    }
  });

  it.each([
    ['Asia/Tokyo', '2027-05-07T11:00:00Z'],
    ['America/Los_Angeles', '2027-05-08T03:00:00Z'],
    ['UTC', '2027-05-07T20:00:00Z'],
  ])('A06: every weekday is the weekday of a user in %s', (zone, fridayEvening) => {
    const rule = 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR';
    const successor = next(rule, date('2027-05-07'), fridayEvening, { zone });
    expect(successor).toEqual(date('2027-05-10'));
    const weeks = days(rule, date('2027-05-07'), 20, { zone });
    expect(weeks).toHaveLength(20);
    for (const each of weeks) expect([0, 6]).not.toContain(new Date(`${each!}T12:00Z`).getUTCDay());
    const monday = local('2027-05-10T00:00', zone);
    const asInstant: Due = { kind: 'instant', at: dueInstant(monday, zone).toISOString() };
    for (const due of [monday, asInstant]) {
      const dues = inZone(() => previewDues(position('FREQ=WEEKLY', due, { zone }), 2));
      expect(dues.map((each) => anchorOf(each, zone))).toEqual([
        '2027-05-17T00:00',
        '2027-05-24T00:00',
      ]);
    }
  });

  it('A07: a late completion gives one successor, in the future', () => {
    const due = local('2027-05-11T09:00', 'UTC');
    expect(day(next('FREQ=DAILY', due, '2027-05-17T15:00:00Z'))).toBe('2027-05-18');
    expect(day(next('FREQ=DAILY', due, '2027-05-17T08:59:00Z'))).toBe('2027-05-17');
    expect(day(next('FREQ=DAILY', due, '2027-05-17T09:00:00Z'))).toBe('2027-05-18');
    expect(day(next('FREQ=WEEKLY', date('2027-05-17'), '2027-05-18T10:00:00Z'))).toBe('2027-05-24');
    // a date: what was done today does not come back today
    expect(day(next('FREQ=DAILY', date('2027-05-11'), '2027-05-17T15:00:00Z'))).toBe('2027-05-18');
    // every third day is counted from the anchor: 11, 14, 17, 20
    expect(day(next('FREQ=DAILY;INTERVAL=3', date('2027-05-11'), '2027-05-18T15:00:00Z'))).toBe(
      '2027-05-20',
    );
  });

  it('an early completion moves on from the due, not from today', () => {
    expect(day(next('FREQ=WEEKLY', date('2027-05-17'), '2027-05-13T10:00:00Z'))).toBe('2027-05-24');
  });

  it('from completion: counted from the local day it was completed', () => {
    const from = { from: 'completion' } as const;
    expect(
      day(next('FREQ=DAILY;INTERVAL=3', date('2027-05-11'), '2027-05-17T15:00:00Z', from)),
    ).toBe('2027-05-20');
    expect(day(next('FREQ=WEEKLY', date('2027-05-10'), '2027-05-12T15:00:00Z', from))).toBe(
      '2027-05-19',
    );
    expect(day(next('FREQ=MONTHLY', date('2027-01-10'), '2027-01-31T15:00:00Z', from))).toBe(
      '2027-02-28',
    );
    expect(
      day(next('FREQ=MONTHLY;BYMONTHDAY=1', date('2027-01-01'), '2027-03-05T15:00:00Z', from)),
    ).toBe('2027-04-01');
    // 20:00 in UTC is the next day in Tokyo
    expect(
      next('FREQ=DAILY', local('2027-05-11T09:00', 'Asia/Tokyo'), '2027-05-17T20:00:00Z', from),
    ).toEqual(local('2027-05-19T09:00', 'Asia/Tokyo'));
    // done a day early: not again on the day it was due
    expect(day(next('FREQ=DAILY', date('2027-05-12'), '2027-05-11T15:00:00Z', from))).toBe(
      '2027-05-13',
    );
  });

  it.each([
    // every 4 weeks on Sunday, done on a Wednesday: the Sunday after four weeks
    ['FREQ=WEEKLY;INTERVAL=4;BYDAY=SU', '2027-03-07', '2027-03-10', '2027-04-11'],
    ['FREQ=WEEKLY;INTERVAL=4;BYDAY=SU', '2027-03-07', '2027-03-14', '2027-04-11'],
    ['FREQ=MONTHLY;INTERVAL=3;BYDAY=1SU', '2027-03-07', '2027-04-01', '2027-07-04'],
    ['FREQ=MONTHLY;INTERVAL=2;BYDAY=-1FR', '2027-03-26', '2027-04-02', '2027-06-25'],
    // done on its day: the same Sunday three months on, though that is a day short of three months
    ['FREQ=MONTHLY;INTERVAL=3;BYDAY=1SU', '2027-07-04', '2027-07-04', '2027-10-03'],
    ['FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=15', '2027-04-15', '2027-04-20', '2027-07-15'],
    ['FREQ=WEEKLY;INTERVAL=2;BYDAY=MO', '2027-03-08', '2027-03-12', '2027-03-29'],
    [
      'FREQ=MONTHLY;INTERVAL=2;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1',
      '2027-03-01',
      '2027-03-20',
      '2027-05-03',
    ],
    ['FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=15', '2027-03-15', '2027-04-01', '2027-07-15'],
    ['FREQ=MONTHLY;INTERVAL=1;BYMONTHDAY=31', '2027-01-31', '2027-02-10', '2027-02-28'],
    ['FREQ=DAILY;INTERVAL=10;BYDAY=MO', '2027-03-01', '2027-03-03', '2027-03-15'],
    ['FREQ=YEARLY;INTERVAL=2;BYMONTH=5;BYDAY=2SU', '2027-05-09', '2027-05-09', '2029-05-13'],
    ['FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH', '2027-03-01', '2027-03-02', '2027-03-18'],
    // every week, every month: the next such day
    ['FREQ=WEEKLY;BYDAY=SU', '2027-03-07', '2027-03-10', '2027-03-14'],
    ['FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR', '2027-03-08', '2027-03-12', '2027-03-15'],
    ['FREQ=MONTHLY;BYDAY=1SU', '2027-03-07', '2027-04-01', '2027-04-04'],
    // a rule without days: so many days, weeks, months from the completion
    ['FREQ=WEEKLY;INTERVAL=4', '2027-03-07', '2027-03-10', '2027-04-07'],
    ['FREQ=MONTHLY;INTERVAL=3', '2027-03-07', '2027-04-01', '2027-07-01'],
  ])('N18: %s from completion, due %s, done %s: %s', (rule, due, done, expected) => {
    const from = { from: 'completion' } as const;
    expect(day(next(rule, date(due), `${done}T15:00:00Z`, from))).toBe(expected);
    const at = local(`${due}T09:00`, 'Europe/Berlin');
    expect(day(next(rule, at, `${done}T15:00:00Z`, from))).toBe(expected);
    inZone(() => {
      checkRule(rule, due, 'completion');
    });
  });

  it('parts of a rule come in any order and case; a start that is no day of the rule is its first', () => {
    const same = [
      'FREQ=MONTHLY;INTERVAL=2;BYDAY=1SU',
      'byday=1su;interval=2;freq=monthly',
      'RRULE:INTERVAL=2;BYDAY=1SU;FREQ=MONTHLY',
    ];
    for (const rule of same)
      expect(days(rule, date('2027-03-07'), 2)).toEqual(['2027-05-02', '2027-07-04']);
    // due on a Wednesday, every Monday and Friday
    expect(days('FREQ=WEEKLY;BYDAY=MO,FR', date('2027-03-10'), 3)).toEqual([
      '2027-03-12',
      '2027-03-15',
      '2027-03-19',
    ]);
    // it counts: three tasks in all
    expect(days('BYDAY=MO;COUNT=3;FREQ=WEEKLY', date('2027-03-10'), 9)).toEqual([
      '2027-03-15',
      '2027-03-22',
    ]);
  });

  it('COUNT ends the series by the number of its tasks, UNTIL by its last day or instant', () => {
    expect(days('FREQ=DAILY;COUNT=3', date('2027-05-11'), 10)).toEqual([
      '2027-05-12',
      '2027-05-13',
    ]);
    expect(
      next('FREQ=DAILY;COUNT=3', date('2027-05-13'), '2027-05-13T10:00:00Z', { occurrence: 3 }),
    ).toBeNull();
    expect(days('FREQ=DAILY;UNTIL=20270513', date('2027-05-11'), 10)).toEqual([
      '2027-05-12',
      '2027-05-13',
    ]);
    const due = local('2027-05-11T09:00', 'Europe/Berlin');
    expect(days('FREQ=DAILY;UNTIL=20270513T070000Z', due, 10)).toEqual([
      '2027-05-12',
      '2027-05-13',
    ]);
    expect(days('FREQ=DAILY;UNTIL=20270513T065959Z', due, 10)).toEqual(['2027-05-12']);
    expect(days('FREQ=DAILY;UNTIL=20270513T090000', due, 10)).toEqual(['2027-05-12', '2027-05-13']);
    expect(days('FREQ=DAILY;UNTIL=20270512', due, 10)).toEqual(['2027-05-12']);
  });

  it.each([
    ['FREQ=HOURLY', 'at most once a day'],
    ['FREQ=FORTNIGHTLY', 'FREQ: expected DAILY'],
    ['BYDAY=MO', 'FREQ: expected DAILY'],
    ['FREQ=DAILY;INTERVAL=0', 'INTERVAL: expected a whole number from 1'],
    ['FREQ=DAILY;INTERVAL=1000000000000', 'INTERVAL'],
    ['FREQ=DAILY;COUNT=-1', 'COUNT'],
    ['FREQ=DAILY;COUNT=3;UNTIL=20270101', 'either COUNT or UNTIL'],
    ['FREQ=DAILY;UNTIL=20270231', 'UNTIL: expected a date'],
    ['FREQ=WEEKLY;BYDAY=XX', 'BYDAY: expected'],
    ['FREQ=WEEKLY;BYDAY=1MO', 'needs FREQ=MONTHLY or YEARLY'],
    ['FREQ=MONTHLY;BYDAY=6MO', 'a month has no'],
    ['FREQ=MONTHLY;BYMONTHDAY=32', 'BYMONTHDAY: expected numbers from 1 to 31'],
    ['FREQ=YEARLY;BYMONTH=13', 'BYMONTH: expected numbers from 1 to 12'],
    ['FREQ=DAILY;BYHOUR=9', 'leave the time of day out'],
    ['FREQ=MONTHLY;BYSETPOS=1', 'BYSETPOS needs another BY part'],
    ['FREQ=DAILY;DAILY', 'expected NAME=VALUE'],
    ['FREQ=DAILY;FREQ=WEEKLY', 'given twice'],
    ['FREQ=DAILY;COLOUR=RED', 'not part of a recurrence rule'],
    ['FREQ=DAILY;RSCALE=HEBREW', 'only GREGORIAN'],
    ['FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30', 'never matches a day'],
    ['FREQ=MONTHLY;BYDAY=MO;BYSETPOS=300', 'never matches a day'],
    ['FREQ=YEARLY;BYWEEKNO=1;BYMONTH=7', 'never matches a day'],
    ['FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30', 'never matches a day: February has no day 30'],
    ['FREQ=MONTHLY;BYMONTHDAY=31;BYMONTH=4', 'never matches a day: April has no day 31'],
    [
      'FREQ=MONTHLY;BYMONTHDAY=31;BYMONTH=4,6,9,11',
      'April, June, September, November have no day 31',
    ],
    ['FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-30,31', 'February has no day -30, 31'],
    ['FREQ=MONTHLY;BYDAY=1MO;BYMONTHDAY=15', 'never matches a day'],
    ['FREQ=MONTHLY;BYDAY=MO;BYSETPOS=6', 'BYSETPOS=6'],
    ['FREQ=WEEKLY;BYDAY=MO,TU;BYSETPOS=3', 'BYSETPOS=3'],
    ['FREQ=WEEKLY;BYDAY=MO,TU;BYSETPOS=-3', 'BYSETPOS=-3'],
    ['FREQ=DAILY;BYDAY=MO;BYSETPOS=2', 'BYSETPOS=2'],
    ['FREQ=YEARLY;BYMONTH=3;BYDAY=MO;BYSETPOS=53', 'BYSETPOS=53'],
    ['FREQ=YEARLY;BYYEARDAY=366;BYMONTH=1', 'never matches a day'],
    ['FREQ=YEARLY;INTERVAL=2;BYYEARDAY=366', 'never matches a day'],
    ['FREQ=DAILY;INTERVAL=7;BYDAY=TU', 'never matches a day'],
  ])('%s is refused: %s', (rule, message) => {
    const check = () => {
      inZone(() => {
        checkRule(rule, '2027-05-10');
      });
    };
    expect(check).toThrow(RuleError);
    expect(check).toThrow(message);
  });

  it.each([
    'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29',
    'FREQ=MONTHLY;BYMONTH=2,3;BYMONTHDAY=30',
    'FREQ=YEARLY;BYMONTH=2;BYDAY=5MO',
    'FREQ=DAILY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO',
    'FREQ=MONTHLY;BYMONTHDAY=31',
    'FREQ=MONTHLY;BYDAY=MO;BYSETPOS=5',
    'FREQ=YEARLY;BYYEARDAY=366',
    'FREQ=YEARLY;BYWEEKNO=53',
    'FREQ=DAILY;INTERVAL=7;BYDAY=MO',
    'FREQ=YEARLY;BYMONTHDAY=-31;BYMONTH=1,2',
  ])('%s is rare, not impossible: it is taken', (rule) => {
    inZone(() => {
      checkRule(rule, '2027-05-10');
    });
  });

  it('the check of a rule is quick, whatever the rule', () => {
    for (const rule of [
      'FREQ=MONTHLY;BYDAY=1MO;BYMONTHDAY=15',
      'FREQ=DAILY;INTERVAL=7;BYDAY=TU',
      'FREQ=DAILY;INTERVAL=1000;BYDAY=MO;BYMONTH=2;BYMONTHDAY=29',
      'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYSETPOS=8',
      'FREQ=WEEKLY;INTERVAL=1000;BYMONTH=2;BYDAY=MO;BYSETPOS=2',
      'FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYSETPOS=366;BYMONTH=1',
      'FREQ=YEARLY;BYMONTHDAY=29,30,31;BYMONTH=2,4;BYDAY=1MO',
      'FREQ=YEARLY;BYWEEKNO=1,2,3,4,5,6,7,8,9,10;BYMONTH=7',
    ]) {
      const started = performance.now();
      try {
        checkRule(rule, '2027-05-10');
      } catch (error) {
        expect(error).toBeInstanceOf(RuleError);
      }
      expect(performance.now() - started, rule).toBeLessThan(3_000);
    }
  });

  it('absurd rules cost bounded work', () => {
    const rules = [
      'FREQ=DAILY;INTERVAL=1000;BYDAY=MO;BYMONTH=2;BYMONTHDAY=29',
      'FREQ=YEARLY;INTERVAL=1000;BYMONTH=2;BYDAY=5MO',
      `FREQ=YEARLY;BYMONTHDAY=${Array.from({ length: 31 }, (_, i) => i + 1).join(',')};BYDAY=MO;BYSETPOS=366`,
    ];
    for (const rule of rules) {
      const started = performance.now();
      try {
        days(rule, date('2027-05-11'), 2);
      } finally {
        expect(performance.now() - started).toBeLessThan(10_000);
      }
    }
    // a series of forty years does not walk through forty years
    expect(day(next('FREQ=DAILY;INTERVAL=2', date('1987-05-11'), '2027-05-11T10:00:00Z'))).toBe(
      '2027-05-13',
    );
  });

  it('takes RRULE: and lower case', () => {
    expect(days('rrule:freq=weekly;byday=mo;', date('2027-05-10'), 1)).toEqual(['2027-05-17']);
  });
});

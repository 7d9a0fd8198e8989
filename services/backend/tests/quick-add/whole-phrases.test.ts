// A phrase is read whole or not at all, wherever marks and other phrases stand around it. Each kind here was once read by
// half: a date lost beside a mark, a rule with a word left over, a name taken for a day.
import type { Due } from '@todo/contracts/task';
import { describe, expect, it } from 'vitest';
import { parseQuickAdd } from '../../src/quick-add/parse-quick-add.ts';

/** Wednesday 2027-05-19, 21:00 in Berlin. */
const WEDNESDAY = '2027-05-19T19:00:00Z';

function short(due: Due | null): string | null {
  if (due === null) return null;
  return due.kind === 'date' ? due.date : due.kind === 'local' ? due.local : due.at;
}

function read(text: string, now = WEDNESDAY) {
  const parsed = parseQuickAdd(text, {
    now: new Date(now),
    zone: 'Europe/Berlin',
    locale: 'en-GB',
  });
  return {
    title: parsed.title,
    due: short(parsed.due),
    rule: parsed.recurrence?.rule.replace('FREQ=', '') ?? null,
    parsed,
  };
}

describe('a date beside marks and other phrases', () => {
  it.each([
    ['dentist 4 march !low', 'dentist', '2028-03-04'],
    ['dentist !low 4 march', 'dentist', '2028-03-04'],
    ['visit grandma 7 july +family', 'visit grandma', '2027-07-07'],
    ['visit grandma 7 july #family', 'visit grandma', '2027-07-07'],
    ['order cake june 3 #party !high', 'order cake', '2027-06-03'],
    ['submit the form 15 october remind me 2h before', 'submit the form', '2027-10-15'],
    ['submit the form october 15 remind me a day before', 'submit the form', '2027-10-15'],
    ['call 3 june +work at 10', 'call', '2027-06-03T10:00'],
  ])('%s', (text, title, due) => {
    expect(read(text)).toMatchObject({ title, due, rule: null });
  });

  it.each([
    [
      'renew passport on 5 may every 10 years',
      'renew passport',
      '2028-05-05',
      'YEARLY;INTERVAL=10',
    ],
    ['change filter 1 june every 6 months', 'change filter', '2027-06-01', 'MONTHLY;INTERVAL=6'],
    ['every 2 years tax return 31 july', 'tax return', '2027-07-31', 'YEARLY;INTERVAL=2'],
  ])('%s', (text, title, due, rule) => {
    expect(read(text)).toMatchObject({ title, due, rule });
  });

  it('reads nothing across a mark', () => {
    expect(read('x every #home friday')).toMatchObject({ title: 'x every friday', due: null });
    expect(read('flight 4 #travel march')).toMatchObject({ title: 'flight 4 march', due: null });
    expect(read('pay on !high the 15th of friends')).toMatchObject({ due: null });
  });
});

describe('the first of a series is the next day that matches', () => {
  const SATURDAY = '2027-05-22T08:00:00Z';
  it.each([
    ['bins every 2 weeks on tuesday', '2027-05-25', 'WEEKLY;INTERVAL=2;BYDAY=TU'],
    ['bins every other tuesday', '2027-05-25', 'WEEKLY;INTERVAL=2;BYDAY=TU'],
    ['bins every 3 weeks on friday', '2027-05-28', 'WEEKLY;INTERVAL=3;BYDAY=FR'],
    ['bins every 2 weeks on saturday', '2027-05-22', 'WEEKLY;INTERVAL=2;BYDAY=SA'],
    ['water every 3 days at 8am', '2027-05-23T08:00', 'DAILY;INTERVAL=3'],
    ['rent every 2 months on the 1st', '2027-06-01', 'MONTHLY;INTERVAL=2;BYMONTHDAY=1'],
    ['rent every 3 months on the last day', '2027-05-31', 'MONTHLY;INTERVAL=3;BYMONTHDAY=-1'],
  ])('%s, said on a Saturday', (text, due, rule) => {
    expect(read(text, SATURDAY)).toMatchObject({ due, rule });
  });
});

describe('a number with a point is no clock time', () => {
  it.each([
    'cut 3.15 m of rope',
    'cut 3.15 m',
    'buy 2.30 kg flour',
    'pay 12.50',
    'lose 1.5 kg',
    'install node 20.19',
    'upgrade to python 3.12',
    'rated 4.30',
    'mix 1:30',
    'score 2:10',
    'ratio 16:09',
    'sell at 3.15 m deep',
    'read John 3:16',
  ])('%s', (text) => {
    expect(read(text)).toMatchObject({ title: text, due: null });
  });

  it('leaves the number beside a date', () => {
    expect(read('pay 12.50 tomorrow')).toMatchObject({ title: 'pay 12.50', due: '2027-05-20' });
    expect(read('install python 3.12 on friday')).toMatchObject({
      title: 'install python 3.12',
      due: '2027-05-21',
    });
    expect(read('call at 9.30 tomorrow')).toMatchObject({ due: '2027-05-20T09:30' });
    expect(read('call 9.30am tomorrow')).toMatchObject({ due: '2027-05-20T09:30' });
  });
});

describe('N25: ordinals with weekdays', () => {
  // Wednesday 2026-12-02, 10:30 in Berlin
  const NOW = '2026-12-02T09:30:00Z';
  it.each([
    ['review every 2nd friday', 'review', '2026-12-11', 'MONTHLY;BYDAY=2FR'],
    ['review every second friday', 'review', '2026-12-11', 'MONTHLY;BYDAY=2FR'],
    ['review every other friday', 'review', '2026-12-04', 'WEEKLY;INTERVAL=2;BYDAY=FR'],
    ['pay my bill every third thursday', 'pay my bill', '2026-12-17', 'MONTHLY;BYDAY=3TH'],
    ['team lunch every first monday', 'team lunch', '2026-12-07', 'MONTHLY;BYDAY=1MO'],
    ['sync every last wednesday', 'sync', '2026-12-30', 'MONTHLY;BYDAY=-1WE'],
    ['sync every 1st and 3rd monday', 'sync', '2026-12-07', 'MONTHLY;BYDAY=1MO,3MO'],
    ['review every 2nd week', 'review', '2026-12-02', 'WEEKLY;INTERVAL=2'],
    ['review every third week', 'review', '2026-12-02', 'WEEKLY;INTERVAL=3'],
    ['review every 3rd day', 'review', '2026-12-02', 'DAILY;INTERVAL=3'],
    ['pay rent 1st of every month', 'pay rent', '2027-01-01', 'MONTHLY;BYMONTHDAY=1'],
    ['pay rent on the first of each month', 'pay rent', '2027-01-01', 'MONTHLY;BYMONTHDAY=1'],
    [
      'report on the last weekday of every month',
      'report',
      '2026-12-31',
      'MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1',
    ],
    ['pay last friday of the month', 'pay', '2026-12-25', null],
    ['pay every last friday of the month', 'pay', '2026-12-25', 'MONTHLY;BYDAY=-1FR'],
  ])('%s', (text, title, due, rule) => {
    expect(read(text, NOW)).toMatchObject({ title, due, rule });
  });

  it('shows which Friday was understood', () => {
    const { parsed } = read('review every 2nd friday', NOW);
    expect(parsed.understood[0]?.meaning).toMatch(/every month on the second Friday/);
    const last = read('report on the last weekday of every month', NOW).parsed;
    expect(last.understood[0]?.meaning).toMatch(/every month on the last weekday/);
  });
});

describe('N26: names that only look like dates', () => {
  it.each([
    'Friday the 13th movie night',
    'watch Friday the 13th part 2',
    'cancel the Sunday Times',
    'read The Thursday Murder Club',
    'watch Friday Night Lights',
    'Saturday Night Fever rerun',
    'Black Friday deals',
    'Ruby Tuesday lyrics',
    'The 5th Wave',
    'The 9/11 Report',
    'Renovation - 2nd Floor Bath',
  ])('%s', (text) => {
    expect(read(text)).toMatchObject({ title: text, due: null, rule: null });
  });

  it('still reads the day beside the name', () => {
    expect(read('watch Friday Night Lights tomorrow')).toMatchObject({
      title: 'watch Friday Night Lights',
      due: '2027-05-20',
    });
    expect(read('dinner on friday the 13th')).toMatchObject({ title: 'dinner', due: '2027-08-13' });
    expect(read('cinema friday night')).toMatchObject({
      title: 'cinema',
      due: '2027-05-21T20:00',
    });
  });
});

describe('N29: parts of the day, exceptions and ends belong to the rule', () => {
  it.each([
    ['vacuum every saturday morning', 'vacuum', '2027-05-22T09:00', 'WEEKLY;BYDAY=SA'],
    ['vacuum saturday morning', 'vacuum', '2027-05-22T09:00', null],
    ['run every tue and thu evening', 'run', '2027-05-20T18:00', 'WEEKLY;BYDAY=TU,TH'],
    ['walk every evening at 8', 'walk', '2027-05-20T20:00', 'DAILY'],
    ['call every sunday afternoon at 4', 'call', '2027-05-23T16:00', 'WEEKLY;BYDAY=SU'],
    ['standup every weekday except friday', 'standup', '2027-05-19', 'WEEKLY;BYDAY=MO,TU,WE,TH'],
    ['feed cat daily except weekends', 'feed cat', '2027-05-19', 'WEEKLY;BYDAY=MO,TU,WE,TH,FR'],
    ['swim every day but not sunday', 'swim', '2027-05-19', 'WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA'],
    ['water daily for 2 weeks', 'water', '2027-05-19', 'DAILY;UNTIL=20270601'],
    ['physio every monday for 6 weeks', 'physio', '2027-05-24', 'WEEKLY;BYDAY=MO;UNTIL=20270704'],
    [
      'pay every month on the 1st for a year',
      'pay',
      '2027-06-01',
      'MONTHLY;BYMONTHDAY=1;UNTIL=20280531',
    ],
    ['meditate every day for 10 minutes', 'meditate for 10 minutes', '2027-05-19', 'DAILY'],
  ])('%s', (text, title, due, rule) => {
    expect(read(text)).toMatchObject({ title, due, rule });
  });

  it.each([
    'standup every weekday except holidays',
    'run every day unless it rains',
    'call every friday until I die',
    'call every friday until june',
    'pay every january 1 and july 1',
    'pills every morning and evening',
    'water every monday starting in spring',
    'gym 3 times a week at 7',
  ])('%s: stays text, with a hint', (text) => {
    const { parsed } = read(text);
    expect(parsed).toMatchObject({ title: text, due: null, recurrence: null, understood: [] });
    expect(parsed.hints.join()).toMatch(/repetition was left out/);
  });

  it.each([
    ['call mum after friday', 'call mum after friday', null],
    ['think about friday', 'think about friday', null],
    ['meet friday 5 june', 'meet friday 5 june', null],
    ['conference monday to friday', 'conference monday to friday', '2027-05-24'],
    ['trip 3 to 10 june', 'trip 3 to 10 june', '2027-06-03'],
    ['trip June 3-10', 'trip June 3-10', '2027-06-03'],
  ])('%s', (text, title, due) => {
    expect(read(text)).toMatchObject({ title, due, rule: null });
  });
});

describe('R03: months are added on the calendar', () => {
  it.each([
    ['2027-03-31T10:00:00Z', 'pay next month', '2027-04-01'],
    ['2027-01-31T10:00:00Z', 'pay next month', '2027-02-01'],
    ['2027-12-31T10:00:00Z', 'pay next month', '2028-01-01'],
    ['2027-01-31T10:00:00Z', 'pay in a month', '2027-02-28'],
    ['2028-01-31T10:00:00Z', 'pay in a month', '2028-02-29'],
    ['2027-08-31T10:00:00Z', 'pay in 6 months', '2028-02-29'],
    ['2027-10-31T10:00:00Z', 'pay a month from now', '2027-11-30'],
    ['2028-02-29T10:00:00Z', 'pay in a year', '2029-02-28'],
    ['2028-02-29T10:00:00Z', 'pay in 4 years', '2032-02-29'],
    ['2027-05-19T10:00:00Z', 'pay friday next week', '2027-05-28'],
    ['2027-05-19T10:00:00Z', 'pay next week friday', '2027-05-28'],
    ['2027-05-23T10:00:00Z', 'pay friday next week', '2027-05-28'],
    ['2027-05-31T10:00:00Z', 'pay in a month on friday', null],
  ])('on %s: %s', (now, text, due) => {
    if (due === null) expect(read(text, now).parsed.title).not.toBe('pay');
    else expect(read(text, now)).toMatchObject({ title: 'pay', due });
  });
});

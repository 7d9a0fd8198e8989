// The dues of a series within a range, as a calendar shows them: those that previewing one after the other comes to.
import { describe, expect, it } from 'vitest';
import { dueInstant, localInstant } from '../src/due.ts';
import { anchorOf, duesBetween, positionOf, previewDues } from '../src/recurrence.ts';
import type { SeriesPosition } from '../src/recurrence.ts';
import type { Due, Task } from '../src/task.ts';

const BERLIN = 'Europe/Berlin';
const local = (text: string, zone = BERLIN): Due => ({ kind: 'local', local: text, zone });
const date = (text: string): Due => ({ kind: 'date', date: text });
const position = (rule: string, due: Due, more: Partial<SeriesPosition> = {}): SeriesPosition => ({
  rule,
  from: 'due',
  due,
  zone: BERLIN,
  completedAt: dueInstant(due, BERLIN),
  occurrence: 1,
  ...more,
});
/** From one local midnight to another one in Berlin. */
const between = (of: SeriesPosition, from: string, to: string) =>
  duesBetween(of, localInstant(`${from}T00:00`, BERLIN), localInstant(`${to}T00:00`, BERLIN)).map(
    (due) => anchorOf(due, BERLIN),
  );

describe('dues between', () => {
  it.each<[string, Due]>([
    ['FREQ=DAILY', date('2027-01-30')],
    ['FREQ=WEEKLY;BYDAY=MO,WE,FR', date('2027-01-01')],
    ['FREQ=MONTHLY', date('2027-01-31')],
    ['FREQ=WEEKLY;INTERVAL=2', local('2027-01-04T09:30')],
    ['FREQ=DAILY;INTERVAL=3', local('2027-03-20T02:30')],
    ['FREQ=DAILY;COUNT=40', local('2027-02-20T23:30')],
    ['FREQ=MONTHLY;BYDAY=-1FR;UNTIL=20270601', date('2027-01-29')],
    ['FREQ=DAILY', { kind: 'instant', at: '2027-03-01T06:00:00.000Z' }],
  ])('%s has the dues that a preview has', (rule, due) => {
    const of = position(rule, due);
    const from = localInstant('2027-03-22T00:00', BERLIN);
    const to = localInstant('2027-04-05T00:00', BERLIN);
    const previewed = previewDues(of, 100).filter((one) => {
      const at = dueInstant(one, BERLIN);
      return at >= from && at < to;
    });
    expect(duesBetween(of, from, to)).toEqual(previewed);
    expect(duesBetween(of, from, to).length).toBeGreaterThan(0);
  });

  it('enters a series years later, where no preview reaches', () => {
    expect(between(position('FREQ=DAILY', date('2000-01-01')), '2037-05-10', '2037-05-12')).toEqual(
      ['2037-05-10', '2037-05-11'],
    );
    expect(
      between(position('FREQ=MONTHLY', date('2001-01-31')), '2044-02-01', '2044-04-01'),
    ).toEqual(['2044-02-29', '2044-03-31']);
  });

  it('ends with COUNT, and counts every occurrence until the range', () => {
    const of = position('FREQ=DAILY;COUNT=5', date('2027-01-01'));
    expect(between(of, '2027-01-04', '2027-02-01')).toEqual(['2027-01-04', '2027-01-05']);
    expect(between({ ...of, occurrence: 4 }, '2027-01-01', '2027-02-01')).toEqual(['2027-01-02']);
  });

  it('never has the current due, nor one before the completion', () => {
    const of = position('FREQ=DAILY', date('2027-01-10'));
    expect(between(of, '2027-01-08', '2027-01-12')).toEqual(['2027-01-11']);
    const late = { ...of, completedAt: new Date('2027-01-15T12:00:00Z') };
    expect(between(late, '2027-01-08', '2027-01-18')).toEqual(['2027-01-16', '2027-01-17']);
  });

  it('keeps the time of day over both changes of the clock', () => {
    const of = position('FREQ=DAILY', local('2027-03-26T02:30'));
    expect(between(of, '2027-03-27', '2027-03-30')).toEqual([
      '2027-03-27T02:30',
      '2027-03-28T02:30',
      '2027-03-29T02:30',
    ]);
    expect(
      between(position('FREQ=DAILY', local('2027-10-29T02:30')), '2027-10-30', '2027-11-02'),
    ).toHaveLength(3);
  });

  it('counts a rule of starts', () => {
    const of = position('FREQ=WEEKLY;BYDAY=MO', date('2027-01-06'), { lead: 'P2D' });
    expect(between(of, '2027-01-07', '2027-01-28')).toEqual([
      '2027-01-13',
      '2027-01-20',
      '2027-01-27',
    ]);
  });

  it('is at a task’s place in its series, with the due that its rule gave', () => {
    const task = {
      due: date('2027-01-09'),
      recurrence: { rule: 'FREQ=WEEKLY', from: 'due', anchor: '2027-01-01' },
      usual: { due: date('2027-01-08') },
      occurrence: 2,
    } as unknown as Task;
    const of = positionOf(task, BERLIN);
    expect(of).toMatchObject({ zone: BERLIN, due: date('2027-01-08'), occurrence: 2 });
    expect(between(of!, '2027-01-09', '2027-01-23')).toEqual(['2027-01-15', '2027-01-22']);
    expect(positionOf({ ...task, recurrence: null }, BERLIN)).toBeNull();
    expect(positionOf({ ...task, due: null }, BERLIN)).toBeNull();
  });
});

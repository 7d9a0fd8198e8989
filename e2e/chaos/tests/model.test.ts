// The second model and the second arithmetic of series, by hand.
import { describe, expect, test } from 'vitest';
import type { Change, Command } from '../evidence.ts';
import { coursesOf } from '../judge/model.ts';
import { nextDueOf, readRule } from '../judge/next-due.ts';

function given(...changes: Omit<Change, 'taskId'>[]): Command[] {
  return changes.map((change, index) => ({
    ...{ number: index + 1, person: 'p', via: 'rest', what: change.kind, tries: 1, answer: '200' },
    ...{ sentAt: index, answeredAt: index, changes: [{ ...change, taskId: 't' }] },
  }));
}
function typesOf(...changes: Omit<Change, 'taskId'>[]): string[] {
  const events = coursesOf(given(...changes)).get('t')?.events ?? [];
  return events.map(({ type, certain }) => `${type.split('.')[2] ?? ''}${certain ? '' : '?'}`);
}
const create: Omit<Change, 'taskId'> = { kind: 'create', title: 'a', outcome: 'accepted' };
const done = (kind: Change['kind'], outcome: Change['outcome'] = 'accepted'): typeof create => ({
  ...{ kind, outcome },
});

describe('the second model', () => {
  test('leads each command to its event', () => {
    expect(
      typesOf(create, done('complete'), done('reopen'), done('delete'), done('restore')),
    ).toEqual(['created', 'completed', 'reopened', 'deleted', 'restored']);
  });

  test('expects nothing of a repeated command, nor of a refused one', () => {
    expect(typesOf(create, done('complete'), done('complete'), done('delete', 'refused'))).toEqual([
      'created',
      'completed',
    ]);
  });

  test('expects nothing of a command on a deleted task', () => {
    expect(typesOf(create, done('delete'), done('complete'), done('delete'))).toEqual([
      ...['created', 'deleted'],
    ]);
  });

  test('leaves open what a command without an answer did', () => {
    expect(typesOf(create, done('complete', 'unknown'))).toEqual(['created', 'completed?']);
  });

  test('knows the title after a rename', () => {
    const renamed = { kind: 'rename', title: 'b', outcome: 'accepted' } as const;
    const events = coursesOf(given(create, renamed, done('complete'))).get('t')?.events;
    expect(events?.map(({ title }) => title)).toEqual(['a', 'b', 'b']);
  });
});

describe('the due of the next occurrence', () => {
  test.each([
    ['FREQ=DAILY', { kind: 'date', date: '2026-12-31' }, { kind: 'date', date: '2027-01-01' }],
    [
      'FREQ=DAILY;INTERVAL=3',
      { kind: 'instant', at: '2028-02-27T12:00:00.000Z' },
      { kind: 'instant', at: '2028-03-01T12:00:00.000Z' },
    ],
    [
      'FREQ=WEEKLY',
      { kind: 'local', local: '2026-12-28T09:30', zone: 'Europe/Berlin' },
      { kind: 'local', local: '2027-01-04T09:30', zone: 'Europe/Berlin' },
    ],
    ['FREQ=MONTHLY', { kind: 'date', date: '2026-12-28' }, { kind: 'date', date: '2027-01-28' }],
  ] as const)('%s after %j', (rule, due, next) => {
    expect(nextDueOf(readRule(rule), due, 1)).toEqual(next);
  });

  test('there is none after the last occurrence', () => {
    const due = { kind: 'date', date: '2026-12-01' } as const;
    expect(nextDueOf(readRule('FREQ=DAILY;COUNT=2'), due, 1)).not.toBeNull();
    expect(nextDueOf(readRule('FREQ=DAILY;COUNT=2'), due, 2)).toBeNull();
  });

  test('a rule that the arithmetic does not know is refused', () => {
    expect(() => readRule('FREQ=WEEKLY;BYDAY=MO')).toThrow('no arithmetic');
  });
});

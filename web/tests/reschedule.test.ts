// Another day for a task: its time stays, unless that would be over.
import type { Task } from '@todo/contracts/task';
import { describe, expect, it } from 'vitest';
import { moveTo, nextMonday } from '@/lib/reschedule';

const clock = { zone: 'Europe/Berlin', locale: 'en-GB' };
/** Wednesday, 14:00 in Berlin. */
const now = new Date('2027-05-19T12:00:00Z');

function task(more: Partial<Task>): Task {
  return {
    ...{ id: '01900000-0000-7000-8000-000000000000', version: 1, title: 'x', notes: '' },
    ...{ status: 'open', priority: 'none', tags: [], listId: null, parentId: null },
    ...{ due: null, dueAt: null, recurrence: null, reminders: [], seriesId: null },
    ...{ occurrence: 1, completedAt: null, createdAt: '2027-01-01T00:00:00.000Z' },
    updatedAt: '2027-01-01T00:00:00.000Z',
    ...more,
  };
}
const at = (local: string, zone = clock.zone): Partial<Task> => ({
  due: { kind: 'local', local, zone },
  dueAt: new Date(`${local}:00${zone === clock.zone ? '+02:00' : '+09:00'}`).toISOString(),
});

describe('another day', () => {
  it.each<[string, Partial<Task>, string, object]>([
    [
      'a day',
      { due: { kind: 'date', date: '2027-05-01' } },
      '2027-05-19',
      { kind: 'date', date: '2027-05-19' },
    ],
    [
      'a time that is ahead',
      at('2027-05-01T18:00'),
      '2027-05-19',
      { kind: 'local', local: '2027-05-19T18:00', zone: clock.zone },
    ],
    [
      'a time that is over',
      at('2027-05-01T09:00'),
      '2027-05-19',
      { kind: 'date', date: '2027-05-19' },
    ],
    [
      'the same, tomorrow',
      at('2027-05-01T09:00'),
      '2027-05-20',
      { kind: 'local', local: '2027-05-20T09:00', zone: clock.zone },
    ],
    ['a day behind', at('2027-05-01T18:00'), '2027-05-18', { kind: 'date', date: '2027-05-18' }],
    [
      'a time of another zone',
      at('2027-05-01T23:00', 'Asia/Tokyo'),
      '2027-05-20',
      { kind: 'local', local: '2027-05-20T16:00', zone: clock.zone },
    ],
  ])('%s', (_, before, date, due) => {
    expect(moveTo(task(before), date, clock, now)).toEqual({ due });
  });

  it('of a repeating task moves this occurrence alone', () => {
    const weekly = task({
      due: { kind: 'date', date: '2027-05-01' },
      recurrence: { rule: 'FREQ=WEEKLY', from: 'due' },
    });
    expect(moveTo(weekly, '2027-05-20', clock, now)).toEqual({
      due: { kind: 'date', date: '2027-05-20' },
      scope: 'this',
    });
    expect(moveTo(task({}), null, clock, now)).toEqual({ due: null });
  });

  it('next week begins on the next Monday', () => {
    expect(['2027-05-17', '2027-05-19', '2027-05-23'].map(nextMonday)).toEqual([
      '2027-05-24',
      '2027-05-24',
      '2027-05-24',
    ]);
  });
});

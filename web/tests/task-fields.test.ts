// The three-way merge of a task's form: nothing others changed is overwritten, nothing typed is lost.
import type { Task } from '@todo/contracts/task';
import { describe, expect, test } from 'vitest';
import {
  differences,
  fieldsOf,
  MERGED,
  mergeFields,
  patchOf,
  withField,
  type TaskFields,
} from '@/lib/task-fields';

const ZONE = 'Europe/Berlin';
const task = {
  title: 'Pay rent',
  notes: '',
  due: { kind: 'local', local: '2027-05-10T09:00', zone: ZONE },
  dueAt: '2027-05-10T07:00:00.000Z',
  priority: 'none',
  tags: ['home', 'money'],
  listId: null,
  recurrence: { rule: 'FREQ=MONTHLY', from: 'due', anchor: '2027-05-10T09:00', zone: ZONE },
  reminders: [{ id: 'a', before: 'PT1H' }],
} as unknown as Task;
const base = fieldsOf(task, ZONE);

/** Two other values of each field. */
const OTHERS: Record<(typeof MERGED)[number], [Partial<TaskFields>, Partial<TaskFields>]> = {
  title: [{ title: 'Pay the rent' }, { title: 'Rent' }],
  notes: [{ notes: 'by card' }, { notes: 'by cheque' }],
  due: [{ date: '2027-05-11' }, { time: '10:00' }],
  priority: [{ priority: 'high' }, { priority: 'low' }],
  tags: [{ tags: 'home' }, { tags: 'home, money, rent' }],
  listId: [{ listId: 'l1' }, { listId: 'l2' }],
  recurrence: [{ recurrence: null }, { recurrence: { rule: 'FREQ=DAILY', from: 'due' } }],
  reminders: [{ reminders: [] }, { reminders: [{ before: 'PT1H' }, { before: 'P1D' }] }],
};

describe.each(MERGED)('%s', (field) => {
  const [one, two] = OTHERS[field].map((change) => ({ ...base, ...change })) as [
    TaskFields,
    TaskFields,
  ];
  const other = field === 'notes' ? 'title' : 'notes';

  test('changed only elsewhere: taken, while another field stays as typed', () => {
    const mine = withField(base, other, { ...base, [other]: 'typed' });
    const { merged, conflicts } = mergeFields(base, mine, one);
    expect(conflicts).toEqual([]);
    expect(differences(merged, withField(one, other, mine))).toEqual([]);
    expect(Object.keys(patchOf(one, merged, ZONE))).toEqual([other]);
  });

  test('changed only here: stays, and only it is sent', () => {
    const { merged, conflicts } = mergeFields(base, one, base);
    expect(conflicts).toEqual([]);
    expect(merged).toEqual(one);
    expect(Object.keys(patchOf(base, merged, ZONE))).toEqual([field]);
  });

  test('changed in both to the same: nothing is sent', () => {
    const { merged, conflicts } = mergeFields(base, one, { ...one });
    expect(conflicts).toEqual([]);
    expect(patchOf(one, merged, ZONE)).toEqual({});
  });

  test('changed in both, differently: a conflict, and what was typed stays', () => {
    const { merged, conflicts } = mergeFields(base, one, two);
    expect(conflicts).toEqual([field]);
    expect(differences(merged, one)).toEqual([]);
  });
});

test('what means the same is no difference: spaces, order of tags, ids of reminders, the anchor of a rule', () => {
  const same: TaskFields = {
    ...base,
    title: ' Pay rent ',
    tags: '#home money',
    reminders: [{ before: 'PT1H' }],
    recurrence: { rule: 'FREQ=MONTHLY', from: 'due' },
  };
  expect(differences(base, same)).toEqual([]);
  expect(patchOf(base, same, ZONE)).toEqual({});
});

test('a day without its time is another due', () => {
  const patch = patchOf(base, { ...base, time: '' }, ZONE);
  expect(patch).toEqual({ due: { kind: 'date', date: '2027-05-10' } });
  expect(patchOf(base, { ...base, date: '', time: '' }, ZONE)).toEqual({ due: null });
});

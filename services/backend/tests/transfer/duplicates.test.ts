// Entries that are tasks already, by what they are called or by their content: skipped, merged or added, for all of a file and for
// single entries. The same file merged or skipped again changes nothing.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Task } from '@todo/contracts/task';
import { seededRandom } from '@todo/testing/seeded-random';
import { startTestBackend } from '@todo/testing/backend-under-test';
import type { TestBackend } from '@todo/testing/backend-under-test';
import { calendar, newPerson } from './files-under-test.ts';
import type { FilePerson } from './files-under-test.ts';

const PAST = 'LAST-MODIFIED:20200101T000000Z';

describe('entries that are tasks already', { timeout: 120_000 }, () => {
  let t: TestBackend;
  beforeAll(async () => {
    t = await startTestBackend();
  });
  afterAll(() => t.close());

  const merge = (who: FilePerson, file: string, query = '?duplicates=merge') =>
    who.send(file, 'text/calendar', query);

  it('merging fills what is empty, and leaves what the person wrote later', async () => {
    const who = await newPerson(t, 'Europe/Berlin');
    await merge(who, calendar(['UID:a', 'SUMMARY:Rent', 'CATEGORIES:home']));
    const { id } = await who.task('Rent');
    await who.ask('PATCH', `/tasks/${id}`, { title: 'Pay the rent', priority: 'low' });
    const file = calendar([
      ...['UID:a', 'SUMMARY:Rent', PAST, 'DESCRIPTION:by transfer', 'PRIORITY:1'],
      ...[
        'DUE;VALUE=DATE:20370101',
        'RRULE:FREQ=MONTHLY',
        'CATEGORIES:HOME,money',
        'X-TODO-LIST:Bills',
      ],
    ]);
    const { report } = await merge(who, file);
    expect(report).toMatchObject({ created: 0, merged: 1, duplicates: 0, read: 1 });
    expect(report.entries[0]).toMatchObject({
      outcome: 'duplicate',
      merged: true,
      taskId: id,
      match: 'id',
    });
    expect(report.entries[0]?.notes.map(({ property }) => property).sort()).toEqual([
      ...['due', 'listId', 'notes', 'recurrence', 'tags'],
    ]);
    expect(await who.task('Pay the rent')).toMatchObject({
      notes: 'by transfer',
      priority: 'low',
      tags: ['home', 'money'],
      due: { kind: 'date', date: '2037-01-01' },
      recurrence: { rule: expect.stringContaining('FREQ=MONTHLY') as string },
      version: 3,
    });
    expect((await merge(who, file)).report).toMatchObject({
      merged: 0,
      duplicates: 1,
      importId: null,
    });
    expect(await who.task('Pay the rent')).toMatchObject({ version: 3 });
  });

  it('a newer entry wins where both have something, and finishes the task', async () => {
    const who = await newPerson(t, 'Europe/Berlin');
    await merge(
      who,
      calendar(['UID:a', 'SUMMARY:Call', 'DUE;VALUE=DATE:20370101', 'DESCRIPTION:x']),
    );
    await t.pool.query(`UPDATE todo.tasks SET updated_at = '2020-01-01' WHERE user_id = $1`, [
      who.id,
    ]);
    const file = calendar([
      ...['UID:a', 'SUMMARY:Call Ann', 'LAST-MODIFIED:20210101T000000Z', 'DUE;VALUE=DATE:20370202'],
      ...['STATUS:COMPLETED', 'COMPLETED:20201231T120000Z'],
    ]);
    expect((await merge(who, file)).report).toMatchObject({ merged: 1 });
    expect(await who.task('Call Ann')).toMatchObject({
      due: { date: '2037-02-02' },
      notes: 'x',
      status: 'done',
      completedAt: '2020-12-31T12:00:00.000Z',
    });
    expect((await merge(who, file)).report).toMatchObject({ merged: 0, duplicates: 1 });
  });

  it('an undo takes merges back, but not from tasks that were changed since', async () => {
    const who = await newPerson(t, 'Europe/Berlin');
    await merge(who, calendar(['UID:a', 'SUMMARY:one'], ['UID:b', 'SUMMARY:two']));
    const more = calendar(
      ['UID:a', 'SUMMARY:one', 'DESCRIPTION:more'],
      ['UID:b', 'SUMMARY:two', 'DESCRIPTION:more'],
      ['UID:c', 'SUMMARY:three'],
    );
    const { report } = await merge(who, more);
    expect(report).toMatchObject({ created: 1, merged: 2 });
    const { id } = await who.task('two');
    await who.ask('PATCH', `/tasks/${id}`, { title: 'my two' });
    expect(await who.ask('GET', `/imports/${report.importId}`)).toMatchObject({
      merged: 2,
      tasks: 1,
    });
    expect(await who.ask('POST', `/imports/${report.importId}/undo`)).toMatchObject({ done: true });
    const notes = (await who.tasks()).map((task) => [task.title, task.notes]).sort();
    expect(notes).toEqual([
      ['my two', 'more'],
      ['one', ''],
    ]);
  });

  it('content tells too: a task that was typed, each one once, and not one with another day', async () => {
    const who = await newPerson(t, 'Europe/Berlin');
    const due = { kind: 'date', date: '2037-03-01' };
    const milk = await who.ask('POST', '/tasks', { title: 'buy milk', due });
    await who.ask('POST', '/tasks', { title: 'buy bread' });
    const file = 'title,due\nbuy milk,2037-03-01\nbuy milk,2037-03-01\nbuy bread,2037-03-02\n';
    const plain = await who.send(file, 'text/csv', '?dryRun=true');
    expect(plain.report).toMatchObject({ tasks: 3, duplicates: 0 });
    const dry = await who.send(file, 'text/csv', '?dryRun=true&match=content');
    expect(dry.report).toMatchObject({ tasks: 2, duplicates: 1 });
    expect(dry.report.entries[0]).toMatchObject({
      outcome: 'duplicate',
      match: 'content',
      taskId: milk.id,
    });
    const stored = await who.send(file, 'text/csv', '?match=content');
    expect(stored.report).toMatchObject({ created: 2, duplicates: 1 });
    const again = await who.send(file, 'text/csv', '?match=content');
    expect(again.report).toMatchObject({ created: 0, duplicates: 3 });
    expect(await who.tasks()).toHaveLength(4);
  });

  it('single entries have their own choice', async () => {
    const who = await newPerson(t, 'Europe/Berlin');
    const entries = ['a', 'b', 'c', 'd'].map((uid) => [`UID:${uid}`, `SUMMARY:${uid}`]);
    await merge(who, calendar(...entries));
    const more = calendar(...entries.map((entry) => [...entry, 'DESCRIPTION:more']));
    const { report } = await merge(who, more, '?duplicates=skip&choices=2=add,3-4=merge,4=skip');
    expect(report.entries.map(({ outcome, merged }) => merged ?? outcome)).toEqual([
      'duplicate',
      'read',
      true,
      'duplicate',
    ]);
    for (const wrong of ['x', '2', '2=take', '2=add;3=add']) {
      const refused = await merge(who, more, `?choices=${encodeURIComponent(wrong)}`);
      expect(refused.status).toBe(400);
      expect(refused.body).toContain('"field":"choices"');
    }
    expect((await merge(who, more, '?duplicates=both')).status).toBe(400);
  });

  it.each([1, 2, 3, 4, 5, 6])(
    'a file of seed %i imported twice changes nothing the second time',
    async (seed) => {
      const random = seededRandom(seed);
      const pick = <T>(values: readonly T[]): T =>
        values[Math.floor(random() * values.length)] as T;
      const row = (n: number): string =>
        [
          pick(['', `id-${n}`]),
          pick(['milk', 'rent', 'none', '  x  ', `task ${n}`]),
          pick(['', 'a note', '  ', '"two\nlines"']),
          pick(['', '2037-01-31', '2037-01-31T09:00']),
          pick(['', 'FREQ=MONTHLY', 'FREQ=WEEKLY;BYDAY=MO', 'nonsense']),
          pick(['', 'PT1H', 'P1D']),
          pick(['', 'home', 'home "two words"']),
          pick(['', 'high', 'none']),
          pick(['', 'done', 'open']),
          pick(['', 'L1', 'L2']),
        ].join(',');
      const header = 'id,title,notes,due,recurrence,reminders,tags,priority,status,list';
      const file = `${header}\n${Array.from({ length: 25 }, (_, n) => row(n)).join('\n')}\n`;
      const who = await newPerson(t, 'Europe/Berlin');
      // some of it is there already, typed by hand or with other fields
      await who.send(
        `${header}\n${Array.from({ length: 8 }, (_, n) => row(n)).join('\n')}\n`,
        'text/csv',
      );
      for (const query of [
        '?duplicates=merge&match=content',
        '?duplicates=merge',
        '?match=content',
        '',
      ]) {
        const first = await who.send(file, 'text/csv', query);
        expect(first.status, first.body).toBe(200);
        const before: Task[] = await who.tasks();
        const second = await who.send(file, 'text/csv', query);
        expect(second.report, second.body).toMatchObject({ created: 0, merged: 0, importId: null });
        expect(await who.tasks()).toEqual(before);
      }
    },
  );
});

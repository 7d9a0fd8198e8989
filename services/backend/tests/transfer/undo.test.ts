// A whole import is taken back: what nobody touched goes, what somebody worked with stays and is named.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Task } from '@todo/contracts/task';
import { startTestBackend } from '@todo/testing/backend-under-test';
import type { TestBackend } from '@todo/testing/backend-under-test';
import { calendar, newPerson } from './files-under-test.ts';
import type { FilePerson } from './files-under-test.ts';

interface UndoAnswer {
  id: string;
  name: string | null;
  tasks: number;
  deleted: number;
  kept: { id: string; title: string }[];
  keptCount: number;
  done: boolean;
  undoneAt: string | null;
  newLists: string[];
}

describe('undo of an import', { timeout: 120_000 }, () => {
  let t: TestBackend;
  beforeAll(async () => {
    t = await startTestBackend();
  });
  afterAll(() => t.close());

  const undo = async (who: FilePerson, id: string | null): Promise<UndoAnswer> =>
    (await who.ask('POST', `/imports/${id}/undo`)) as unknown as UndoAnswer;
  const titles = async (who: FilePerson): Promise<string[]> =>
    (await who.tasks()).map((task) => task.title).sort();

  it('deletes what it brought, with the lists it made; the same file can be imported again', async () => {
    const who = await newPerson(t, 'Europe/Berlin');
    await who.ask('POST', '/tasks', { title: 'mine' });
    const own = await who.ask('POST', '/lists', { name: 'Work' });
    const file = 'title,list\nsow,Garden\nreport,Work\nloose,\n';
    const { report } = await who.send(file, 'text/csv', '?name=tasks.csv');
    expect(report.importId).toMatch(/^[0-9a-f-]{36}$/);
    const before = t.published.length;
    const undone = await undo(who, report.importId);
    expect(undone).toMatchObject({
      ...{ id: report.importId, name: 'tasks.csv', tasks: 3, deleted: 3, kept: [], keptCount: 0 },
      ...{ done: true, newLists: ['Garden'] },
    });
    expect(undone.undoneAt).toBeTruthy();
    expect(await titles(who)).toEqual(['mine']);
    expect((await who.lists()).map((list) => list.name)).toEqual([own['name' as keyof Task]]);
    // other services hear of each, as of every delete
    await expect
      .poll(
        () =>
          t.published
            .slice(before)
            .filter(({ event }) => event.type === 'todo.task.deleted.v1')
            .map(({ event }) => (event.data as { before: Task }).before.title)
            .sort(),
        { timeout: 20_000 },
      )
      .toEqual(['loose', 'report', 'sow']);
    expect(await undo(who, report.importId)).toEqual(undone); // once more changes nothing
    const again = await who.send(file, 'text/csv');
    expect(again.report).toMatchObject({ created: 3, duplicates: 0 });
    expect(await titles(who)).toEqual(['loose', 'mine', 'report', 'sow']);
  });

  it('keeps what was changed, completed, moved or has something new below it, and names it', async () => {
    const who = await newPerson(t, 'Europe/Berlin');
    const { report } = await who.send(
      calendar(
        ['UID:top', 'SUMMARY:top'],
        ['UID:below', 'SUMMARY:below', 'RELATED-TO:top'],
        ['UID:other', 'SUMMARY:other', 'RELATED-TO:top'],
        ['UID:renamed', 'SUMMARY:renamed'],
        ['UID:done', 'SUMMARY:done'],
        ['UID:snoozed', 'SUMMARY:snoozed'],
        ['UID:plain', 'SUMMARY:plain'],
        ['UID:gone', 'SUMMARY:gone'],
        ['UID:back', 'SUMMARY:back'],
        ['UID:parent', 'SUMMARY:parent'],
      ),
      'text/calendar',
    );
    const ask = async (title: string, method: string, path = '', body?: object): Promise<void> => {
      const { id } = await who.task(title);
      await who.ask(method, `/tasks/${id}${path}`, body);
    };
    await ask('below', 'PATCH', '', { notes: 'a word' });
    await ask('renamed', 'PATCH', '', { title: 'renamed by me' });
    await ask('done', 'POST', '/complete');
    await ask('snoozed', 'POST', '/snooze', { minutes: 60 });
    await ask('gone', 'DELETE');
    const back = await who.task('back');
    await who.ask('DELETE', `/tasks/${back.id}`);
    await who.ask('POST', `/tasks/${back.id}/restore`);
    const parent = await who.task('parent');
    await who.ask('POST', '/tasks', { title: 'new below', parentId: parent.id });

    const undone = await undo(who, report.importId);
    const kept = ['back', 'below', 'done', 'parent', 'renamed by me', 'snoozed', 'top'];
    expect(undone.kept.map((task) => task.title).sort()).toEqual(kept);
    expect(undone).toMatchObject({ tasks: 10, deleted: 2, keptCount: 7, done: true });
    expect(await titles(who)).toEqual([...kept, 'new below'].sort());
    // only what was taken back then: later changes do not make the undo go on
    await ask('new below', 'DELETE');
    expect(await undo(who, report.importId)).toMatchObject({ deleted: 2, keptCount: 7 });
    expect(await titles(who)).toEqual(kept);
  });

  it('a list that got another name or a task of one’s own stays', async () => {
    const who = await newPerson(t, 'Europe/Berlin');
    const { report } = await who.send('title,list\na,Renamed\nb,Used\nc,Empty\n', 'text/csv');
    const list = async (name: string): Promise<string> =>
      (await who.lists()).find((one) => one.name === name)?.id ?? '';
    await who.ask('PATCH', `/lists/${await list('Renamed')}`, { name: 'Mine' });
    await who.ask('POST', '/tasks', { title: 'own', listId: await list('Used') });
    await undo(who, report.importId);
    expect((await who.lists()).map((one) => one.name).sort()).toEqual(['Mine', 'Used']);
    expect(await titles(who)).toEqual(['own']);
  });

  it('takes nothing of another import, of somebody else, or of a rehearsal', async () => {
    const who = await newPerson(t, 'Europe/Berlin');
    const other = await newPerson(t, 'Europe/Berlin');
    const first = await who.send('title\none\n', 'text/csv');
    const second = await who.send('title\none\ntwo\n', 'text/csv');
    expect(second.report).toMatchObject({ created: 1, duplicates: 1 });
    expect(await other.ask('POST', `/imports/${second.report.importId}/undo`)).toMatchObject({
      status: 404,
    });
    expect(await other.ask('GET', `/imports/${second.report.importId}`)).toMatchObject({
      status: 404,
    });
    await undo(who, second.report.importId);
    expect(await titles(who)).toEqual(['one']);
    const rehearsed = await who.send('title\nthree\n', 'text/csv', '?dryRun=true');
    expect(rehearsed.report.importId).toBeNull();
    const nothing = await who.send('title\none\n', 'text/csv');
    expect(nothing.report).toMatchObject({ created: 0, importId: null });
    const { items } = (await who.ask('GET', '/imports')) as unknown as { items: UndoAnswer[] };
    expect(items.map((one) => one.id)).toEqual([second.report.importId, first.report.importId]);
    expect(items.map((one) => one.undoneAt !== null)).toEqual([true, false]);
    expect(await who.ask('GET', `/imports/${first.report.importId}`)).toMatchObject({
      tasks: 1,
      deleted: 0,
      format: 'csv',
    });
  });

  it('the same import sent again has the same id; a restored parent comes back with its subtasks', async () => {
    const who = await newPerson(t, 'Europe/Berlin');
    const file = '# L\n\n- [ ] parent\n  - [ ] child\n    - [ ] grandchild\n';
    const headers = { 'idempotency-key': 'once' };
    const { report } = await who.send(file, 'text/markdown', '', headers);
    const again = await who.send(file, 'text/markdown', '', headers);
    expect(again.report.importId).toBe(report.importId);
    const parent = await who.task('parent');
    expect(await undo(who, report.importId)).toMatchObject({ deleted: 3 });
    await who.ask('POST', `/tasks/${parent.id}/restore`);
    expect(await titles(who)).toEqual(['child', 'grandchild', 'parent']);
  });

  it('reminders of tasks that were taken back are not sent', async () => {
    const who = await newPerson(t, 'Europe/Berlin');
    const { report } = await who.send(
      calendar([
        ...['UID:r', 'SUMMARY:ring', 'DUE:20370101T090000Z', 'BEGIN:VALARM', 'ACTION:DISPLAY'],
        ...['TRIGGER:-PT15M', 'END:VALARM'],
      ]),
      'text/calendar',
    );
    const { id } = await who.task('ring');
    const pending = async (): Promise<number | null> =>
      (
        await t.pool.query(
          'SELECT 1 FROM todo.reminders WHERE task_id = $1 AND pending_at IS NOT NULL',
          [id],
        )
      ).rowCount;
    expect(await pending()).toBe(1);
    await undo(who, report.importId);
    expect(await pending()).toBe(0);
  });

  it('an undo of thousands goes on where it stopped', async () => {
    const who = await newPerson(t, 'Europe/Berlin');
    const rows = Array.from({ length: 1_300 }, (_, n) => `task ${n}`);
    const { report } = await who.send(`title\n${rows.join('\n')}\n`, 'text/csv');
    // a part of it was taken back when the process ended
    await t.pool.query(
      `UPDATE todo.tasks SET deleted_at = now(), version = 2
       WHERE id IN (SELECT task_id FROM todo.imported_tasks WHERE import_id = $1 ORDER BY task_id LIMIT 600)`,
      [report.importId],
    );
    const undone = await undo(who, report.importId);
    expect(undone).toMatchObject({ deleted: 700, keptCount: 0, done: true });
    expect(await who.tasks()).toEqual([]);
  });
});

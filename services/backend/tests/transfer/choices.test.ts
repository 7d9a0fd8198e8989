// What a person chooses with a file: the report before an import says what each entry becomes, an export can hold some lists only.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Task } from '@todo/contracts/task';
import { startTestBackend } from '@todo/testing/backend-under-test';
import type { TestBackend } from '@todo/testing/backend-under-test';
import { calendar, newPerson } from './files-under-test.ts';
import type { FilePerson } from './files-under-test.ts';

describe('choices with a file', { timeout: 120_000 }, () => {
  let t: TestBackend;
  beforeAll(async () => {
    t = await startTestBackend();
  });
  afterAll(() => t.close());

  it('a dry run says what each entry becomes, in every kind of file', async () => {
    const who = await newPerson(t, 'Europe/Berlin');
    const table = await who.send(
      'title,list,due,priority,tags\nSow,Garden,2037-03-01,high,spring seeds\n',
      'text/csv',
      '?dryRun=true',
    );
    expect(table.report.entries[0]?.becomes).toMatchObject({
      list: 'Garden',
      due: { kind: 'date', date: '2037-03-01' },
      rule: null,
      priority: 'high',
      tags: ['spring', 'seeds'],
      status: 'open',
      isSubtask: false,
    });
    const todo = await who.send(
      calendar(
        ['UID:a', 'SUMMARY:Rent', 'DUE;VALUE=DATE:20370101', 'RRULE:FREQ=MONTHLY'],
        ['UID:b', 'SUMMARY:Ask', 'RELATED-TO:a', 'STATUS:COMPLETED'],
      ),
      'text/calendar',
      '?dryRun=true',
    );
    expect(todo.report.entries.map((entry) => entry.becomes)).toMatchObject([
      { rule: 'FREQ=MONTHLY', isSubtask: false, status: 'open' },
      { due: null, rule: null, isSubtask: true, status: 'done' },
    ]);
    const list = await who.send('# Shop\n\n- [ ] milk #food\n', 'text/markdown', '?dryRun=true');
    expect(list.report.entries[0]?.becomes).toMatchObject({ list: 'Shop', tags: ['food'] });
    const stored = await who.send('# Shop\n\n- [ ] milk #food\n', 'text/markdown');
    expect(stored.report.entries[0]).not.toHaveProperty('becomes');
  });

  async function withLists(): Promise<{ who: FilePerson; garden: Task; work: Task }> {
    const who = await newPerson(t, 'Europe/Berlin');
    const garden = await who.ask('POST', '/lists', { name: 'Garden' });
    const work = await who.ask('POST', '/lists', { name: 'Work' });
    const sow = await who.ask('POST', '/tasks', { title: 'sow', listId: garden.id });
    await who.ask('POST', '/tasks', { title: 'below sow', parentId: sow.id });
    const report = await who.ask('POST', '/tasks', { title: 'report', listId: work.id });
    await who.ask('POST', '/tasks', { title: 'weed', listId: garden.id, parentId: report.id });
    await who.ask('POST', '/tasks', { title: 'loose' });
    return { who, garden, work };
  }

  it.each(['json', 'csv', 'ics', 'txt', 'md'])(
    'an export of one list as %s holds its tasks and their subtasks, and nothing else',
    async (format) => {
      const { who, garden } = await withLists();
      const file = await who.export(`${format}&list=${garden.id}`);
      for (const title of ['sow', 'below sow', 'weed']) expect(file).toContain(title);
      for (const title of ['report', 'loose', 'Work']) expect(file).not.toContain(title);
      const other = await newPerson(t, 'Europe/Berlin');
      const types: Record<string, string> = {
        json: 'application/json',
        csv: 'text/csv',
        ics: 'text/calendar',
        txt: 'text/plain',
        md: 'text/markdown',
      };
      const { report, body } = await other.send(file, types[format] ?? '');
      expect(report, body).toMatchObject({ created: 3, leftOut: 0 });
    },
  );

  it('several lists, and what is in none', async () => {
    const { who, garden, work } = await withLists();
    const both = await who.export(`json&list=${garden.id}&list=${work.id}`);
    const titles = (file: string): string[] =>
      (JSON.parse(file) as { tasks: Task[] }).tasks.map((task) => task.title).sort();
    expect(titles(both)).toEqual(['below sow', 'report', 'sow', 'weed']);
    expect(titles(await who.export('json&list=none'))).toEqual(['loose']);
    expect(titles(await who.export('json'))).toHaveLength(5);
  });

  it('a list that is not there, or is somebody else’s, is refused by name', async () => {
    const { garden } = await withLists();
    const other = await newPerson(t, 'Europe/Berlin');
    await expect(other.export(`json&list=${garden.id}`)).rejects.toThrow(/"field":"list"/);
    await expect(other.export('json&list=x')).rejects.toThrow(/list/);
  });
});

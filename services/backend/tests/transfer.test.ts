import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestBackend } from '@todo/testing/backend-under-test';
import type { TestBackend } from '@todo/testing/backend-under-test';

describe('import and export', () => {
  let t: TestBackend;
  beforeAll(async () => {
    t = await startTestBackend();
  });
  afterAll(() => t.close());

  const send = async (
    user: string,
    method: 'GET' | 'POST',
    url: string,
    type?: string,
    payload?: string,
  ) =>
    await t.backend.app.inject({
      method,
      url: `/api/v1${url}`,
      headers: {
        authorization: `Bearer ${await t.token(user)}`,
        ...(type === undefined ? {} : { 'content-type': type }),
      },
      ...(payload === undefined ? {} : { payload }),
    });

  const types = { json: 'application/json', csv: 'text/csv', ics: 'text/calendar' } as const;
  for (const format of ['json', 'csv', 'ics'] as const)
    it(`${format}: what was exported can be imported, and is the same`, async () => {
      const from = `from-${format}`;
      const parent = await t.add(from, {
        title: 'Zażółć, "gęślą"; =1+1 😀',
        notes: 'two\nlines',
        priority: 'medium',
        tags: ['home', 'été'],
        due: { kind: 'local', local: '2027-01-31T09:00', zone: 'Europe/Berlin' },
        recurrence: { rule: 'FREQ=MONTHLY;COUNT=5' },
        reminders: [{ before: 'PT1H' }, { before: 'P1D' }, { at: '2027-01-01T08:00:00Z' }],
      });
      await t.add(from, {
        title: '=cmd()',
        parentId: parent.id,
        due: { kind: 'date', date: '2027-02-01' },
      });
      const done = await t.add(from, {
        title: 'done',
        due: { kind: 'instant', at: '2027-02-01T08:00:00Z' },
      });
      await t.ask(from, 'POST', `/tasks/${done.id}/complete`);
      const file = await send(from, 'GET', `/export?format=${format}`);
      expect(file.headers['content-type']).toContain(types[format]);
      const dry = await send(
        `to-${format}`,
        'POST',
        '/import?dryRun=true',
        types[format],
        file.body,
      );
      expect(dry.json()).toMatchObject({ dryRun: true, read: 3, created: 0, tasks: 3, leftOut: 0 });
      const made = await send(`to-${format}`, 'POST', '/import', types[format], file.body);
      expect(made.json(), made.body).toMatchObject({ read: 3, created: 3, changed: 0 });
      const read = async (user: string) =>
        (await t.ask(user, 'GET', '/tasks?sort=oldest')).body.items.map((task) => ({
          title: task.title,
          notes: task.notes,
          status: task.status,
          priority: task.priority,
          tags: task.tags,
          due: task.due,
          dueAt: task.dueAt,
          recurrence: task.recurrence,
          reminders: task.reminders.map(({ id: _id, ...reminder }) => reminder),
          isSubtask: task.parentId !== null,
        }));
      expect(await read(`to-${format}`)).toEqual(await read(from));
    });

  it('a wrong part is left out and named, the rest is read', async () => {
    const answer = await send(
      'anna',
      'POST',
      '/import',
      'text/csv',
      'title,due\nfine,\nwrong,soonish\n,\n',
    );
    expect(answer.json()).toMatchObject({
      read: 2,
      created: 2,
      changed: 1,
      entries: [
        { entry: 1, line: 2, title: 'fine', outcome: 'read', notes: [] },
        {
          entry: 2,
          line: 3,
          title: 'wrong',
          outcome: 'changed',
          notes: [{ property: 'due', outcome: 'left out' }],
        },
      ],
    });
    expect((await t.ask('anna', 'GET', '/tasks')).body.items).toHaveLength(2);
  });

  it('what is no file of tasks is refused, and says what was looked for', async () => {
    for (const [type, body, said] of [
      ['text/calendar', 'nonsense', 'expected BEGIN:VCALENDAR'],
      ['application/json', '{"x":1}', 'expected { "tasks": [ … ] }'],
      ['application/json', '{"tasks":[', 'is truncated'],
      ['application/json', '{"tasks":[}', 'not valid JSON'],
      ['text/csv', 'title\n', 'contains no tasks'],
      ['text/csv', 'a;b\n1;2\n', 'separated by semicolon'],
      ['text/csv', '', 'the file is empty'],
    ] as const) {
      const answer = await send('anna', 'POST', '/import', type, body);
      expect(answer.statusCode, body).toBe(400);
      expect(JSON.stringify(answer.json()), body).toContain(JSON.stringify(said).slice(1, -1));
    }
  });
});

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
      expect(dry.json()).toEqual({ read: 3, created: 0 });
      const made = await send(`to-${format}`, 'POST', '/import', types[format], file.body);
      expect(made.json(), made.body).toEqual({ read: 3, created: 3 });
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

  it('a wrong row is named, and nothing is imported', async () => {
    const answer = await send(
      'anna',
      'POST',
      '/import',
      'text/csv',
      'title,due\nfine,\nwrong,soonish\n,\n',
    );
    expect(answer.statusCode).toBe(400);
    expect(answer.body).toContain('1.due');
    expect((await t.ask('anna', 'GET', '/tasks')).body.items).toEqual([]);
    for (const [type, body] of [
      ['text/calendar', 'nonsense'],
      ['application/json', '{"x":1}'],
      ['text/csv', 'title\n'],
    ] as const)
      expect((await send('anna', 'POST', '/import', type, body)).statusCode).toBe(400);
  });
});

// Arguments as models send them: null where nothing is meant, names that are nearly right. Every refusal names an argument of
// the tool itself, and says what would be right.
import { Problem } from '@todo/contracts/problem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { TOOLS } from '../src/tools/all-tools.ts';
import { callTool, problemText } from '../src/tools/tool.ts';
import type { ToolContext } from '../src/tools/tool.ts';
import { startTestBackend } from '@todo/testing/backend-under-test';
import type { TestBackend } from '@todo/testing/backend-under-test';

describe('the arguments of tools', () => {
  let t: TestBackend;
  let context: ToolContext;
  let id = '';
  let done = '';
  let daily = '';
  beforeAll(async () => {
    t = await startTestBackend({ clock: () => new Date('2027-05-18T03:00:00Z') });
    context = t.backend.parts.toolContext({
      userId: 'anna',
      zone: 'Europe/Berlin',
      locale: 'en',
      actor: { kind: 'mcp', id: 'c' },
    });
    await t.ask('anna', 'POST', '/lists', { name: 'Home' });
    id = (await t.add('anna', { title: 'x', due: { kind: 'date', date: '2027-05-20' } })).id;
    done = (await t.add('anna', { title: 'y' })).id;
    daily = (
      await t.add('anna', {
        title: 'z',
        due: { kind: 'date', date: '2027-05-18' },
        recurrence: { rule: 'FREQ=DAILY' },
      })
    ).id;
  });
  afterAll(() => t.close());

  async function call(name: string, input: unknown): Promise<unknown> {
    const tool = TOOLS.find((one) => one.name === name);
    if (!tool) throw new Error(`no tool ${name}`);
    return await callTool(tool, context, input);
  }
  async function refusal(name: string, input: unknown): Promise<string> {
    const error: unknown = await call(name, input).catch((thrown: unknown) => thrown);
    if (!(error instanceof Problem)) throw new Error(`no problem, but ${JSON.stringify(error)}`);
    return problemText(error);
  }

  it('null for an optional argument means that it is not given, in every tool', async () => {
    const needed: Record<string, Record<string, unknown>> = {
      add_task: { title: 'x' },
      search_tasks: { query: 'x' },
      get_task: { id },
      snooze_task: { id, minutes: 5 },
      skip_occurrence: { id: daily },
      complete_task: { id: done },
      reopen_task: { id: done },
      restore_task: { id: done },
      delete_task: { id: done },
      complete_tasks: { ids: [done] },
      delete_tasks: { ids: [done] },
      add_list: { name: 'Home' },
      rename_list: { list: 'Home', name: 'Home' },
      save_filter: { name: 'Late', filter: 'overdue' },
      delete_filter: { name: 'Late' },
    };
    for (const tool of TOOLS) {
      const nulls = nullsOf(tool.name, []);
      const input = {
        add_tasks: { tasks: [{ title: 'x', ...nullsOf('add_task', ['requestId']) }], ...nulls },
        update_task: { ...nulls, id, title: 'x', due: '2027-05-20' },
        update_tasks: {
          ids: [id],
          changes: { ...nullsOf('update_task', ['ifVersion', 'onlyThis']), title: 'x' },
        },
        next_occurrences: { ...nulls, repeat: 'FREQ=DAILY', due: '2027-05-20' },
        delete_list: { list: 'Home' },
      }[tool.name] ?? { ...nulls, ...needed[tool.name] };
      await expect(call(tool.name, input), tool.name).resolves.toBeDefined();
    }

    function nullsOf(name: string, but: string[]): Record<string, null> {
      const tool = TOOLS.find((one) => one.name === name);
      const shape: Readonly<Record<string, z.core.$ZodType>> = tool?.input.shape ?? {};
      const names = Object.entries(shape).filter(
        ([key, schema]) => z.safeParse(schema, undefined).success && !but.includes(key),
      );
      return Object.fromEntries(names.map(([key]) => [key, null]));
    }
  });

  it('null still clears what can be cleared, and stays refused where something is needed', async () => {
    const input = { title: 'z', due: '2027-05-20', repeat: 'FREQ=DAILY' };
    const made = (await call('add_task', input)) as { task: { id: string } };
    expect(
      await call('update_task', { id: made.task.id, repeat: null, notes: null }),
    ).toMatchObject({
      task: { repeat: null, due: '2027-05-20', notes: '' },
    });
    expect(await refusal('add_task', { title: null })).toContain('title: expected text');
    expect(await refusal('update_task', { id: made.task.id, title: null })).toContain(
      'fields: expected at least one field to change',
    );
    expect(await refusal('add_task', { title: 'x', tags: [null] })).toContain('tags.0:');
  });

  it.each<[tool: string, input: object, message: RegExp]>([
    [
      'add_task',
      { title: 'x', due: '2027-05-20', repeat: 'FREQ=WEEKLY;BYDAY=XX' },
      / repeat: BYDAY: expected/,
    ],
    [
      'add_task',
      { title: 'x', due: '2027-05-20', repeat: 'FREQ=HOURLY' },
      / repeat: .*at most once a day/,
    ],
    ['add_task', { title: 'x', due: '2027-05-20', repeat: 'weekly' }, / repeat: expected an RRULE/],
    ['add_task', { title: 'x', repeat: 'FREQ=DAILY' }, / repeat: .*needs a due/],
    ['add_task', { title: 'x', reminders: ['P1D'] }, / reminders\.0: needs a due/],
    ['add_task', { title: 'x', due: '2027-05-20', reminders: ['P1X'] }, / reminders\.0: expected/],
    [
      'add_task',
      { title: 'x', due: '2027-05-20T09:00', dueZone: 'Mars/X' },
      / dueZone: expected an IANA/,
    ],
    [
      'add_tasks',
      { tasks: [{ title: 'x' }, { title: 'x', due: '2027-05-20', repeat: 'FREQ=DAILY;COUNT=0' }] },
      / tasks\.1\.repeat: COUNT/,
    ],
    [
      'add_tasks',
      { tasks: [{ title: 'x', parentId: '0198f3c0-0000-7000-8000-000000000000' }] },
      / tasks\.0\.parentId: no such task/,
    ],
    ['add_tasks', { tasks: [{ title: 'x', list: 'nowhere' }] }, / tasks\.0\.list: no such list/],
    [
      'next_occurrences',
      { repeat: 'FREQ=MONTHLY;BYDAY=6MO', due: '2027-05-20' },
      / repeat: .*a month has no/,
    ],
    ['next_occurrences', { repeat: 'FREQ=DAILY' }, / due: expected the first due/],
    [
      'add_task',
      { title: 'x', recurrence: { rule: 'FREQ=DAILY' } },
      / recurrence: unknown field: expected title, notes, due, dueZone, repeat/,
    ],
    [
      'add_tasks',
      { tasks: [{ title: 'x', rrule: 'FREQ=DAILY' }] },
      / tasks\.0\.rrule: unknown field: expected title/,
    ],
    ['list_lists', { all: true }, / all: unknown field: this tool takes no arguments/],
  ])('%s %j', async (tool, input, message) => {
    const text = await refusal(tool, input);
    expect(text).toMatch(message);
    expect(text).not.toMatch(/recurrence\.|listId|reminders\.\d+\.|due\./);
  });

  it('one that cannot be changed says why, by the arguments of update_tasks', async () => {
    const plain = (await t.add('anna', { title: 'no due' })).id;
    const dated = await t.add('anna', { title: 'x', due: { kind: 'date', date: '2027-05-20' } });
    const answer = (await call('update_tasks', {
      ids: [dated.id, plain],
      changes: { repeat: 'FREQ=DAILY' },
    })) as { results: { ok: boolean; problem: string | null }[] };
    expect(answer.results).toMatchObject([
      { ok: true },
      { ok: false, problem: 'changes.repeat: a repeating task needs a due date to count from' },
    ]);
    expect(await refusal('update_tasks', { ids: [id], changes: { due: 'soon' } })).toContain(
      ' changes.due: expected a day',
    );
    expect(
      await refusal('update_tasks', { ids: [id], changes: { repeatFrom: 'completion' } }),
    ).toContain(' changes.repeatFrom: needs repeat');
    const { body } = await t.ask('anna', 'POST', '/tasks/bulk', {
      action: 'update',
      ids: [plain],
      patch: { recurrence: { rule: 'FREQ=DAILY' } },
    });
    expect(body.results).toEqual([
      {
        id: plain,
        ok: false,
        status: 400,
        detail: 'Check these fields: recurrence.',
        errors: [
          { field: 'recurrence', message: 'a repeating task needs a due date to count from' },
        ],
      },
    ]);
  });

  it('N18: next_occurrences of a rule from completion, as it would go on if done on a day', async () => {
    const dues = async (input: object): Promise<string[]> => {
      const answer = (await call('next_occurrences', { count: 2, ...input })) as {
        occurrences: { due: string }[];
      };
      return answer.occurrences.map(({ due }) => due);
    };
    const rule = { repeat: 'FREQ=WEEKLY;INTERVAL=4;BYDAY=SU', due: '2027-03-07' };
    const from = { repeatFrom: 'completion' };
    expect(await dues({ ...rule, ...from, completed: '2027-03-10' })).toEqual([
      '2027-04-11',
      '2027-05-09',
    ]);
    expect(await dues({ ...rule, ...from })).toEqual(['2027-04-04', '2027-05-02']);
    const monthly = { repeat: 'FREQ=MONTHLY;INTERVAL=3;BYDAY=1SU', due: '2027-03-07' };
    expect(await dues({ ...monthly, ...from, completed: '2027-04-01T18:00' })).toEqual([
      '2027-07-04',
      '2027-10-03',
    ]);
    const task = await t.add('anna', {
      title: 'x',
      due: { kind: 'date', date: '2027-03-07' },
      recurrence: { rule: rule.repeat, from: 'completion' },
    });
    expect(await dues({ id: task.id, completed: '2027-03-10', count: 1 })).toEqual(['2027-04-11']);
    expect(await refusal('next_occurrences', { id: task.id, ...from })).toContain(
      ' repeatFrom: only allowed with repeat',
    );
  });

  it('a rule that never gives a day, or ends before it begins, is refused when it is saved', async () => {
    const due = { kind: 'date', date: '2027-05-20' }; // a Thursday
    const rules: [rule: string, message: string][] = [
      ['FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30', 'February has no day 30'],
      ['FREQ=MONTHLY;BYMONTHDAY=31;BYMONTH=4', 'April has no day 31'],
      ['FREQ=MONTHLY;BYDAY=MO;BYSETPOS=6', 'BYSETPOS=6'],
      ['FREQ=DAILY;INTERVAL=7;BYDAY=TU', 'never matches a day'],
      ['FREQ=DAILY;UNTIL=20270519', 'UNTIL=20270519 is before the due date 2027-05-20'],
      ['FREQ=WEEKLY;UNTIL=20260101T000000Z', 'is before the due'],
    ];
    const plain = await t.add('anna', { title: 'x', due });
    for (const [rule, message] of rules) {
      for (const [method, path, body] of [
        ['POST', '/tasks', { title: 'x', due, recurrence: { rule } }],
        ['PATCH', `/tasks/${plain.id}`, { recurrence: { rule } }],
      ] as const) {
        const { status, body: answer } = await t.ask('anna', method, path, body);
        expect([status, answer.errors[0].field.replace(/^0\./, '')]).toEqual([
          400,
          'recurrence.rule',
        ]);
        expect(answer.errors[0].message).toContain(message);
      }
      // A file is read as far as it goes: the report names what was left out. An end before the due is what it says.
      const file = { tasks: [{ title: 'x', due, recurrence: { rule } }] };
      const imported = await t.ask('anna', 'POST', '/import', file);
      expect(imported.status).toBe(200);
      if (!rule.includes('UNTIL')) expect(JSON.stringify(imported.body)).toContain(message);
      const input = { title: 'x', due: '2027-05-20', repeat: rule };
      expect(await refusal('add_task', input)).toContain(message);
      expect(await refusal('next_occurrences', { repeat: rule, due: '2027-05-20' })).toMatch(
        / repeat: /,
      );
    }
    // its last day is the due's: a series of one
    await t.add('anna', { title: 'x', due, recurrence: { rule: 'UNTIL=20270520;FREQ=DAILY' } });
  });

  it('moving a due to where its rule gives no day is refused too; the last one may be put off', async () => {
    const every = await t.add('anna', {
      title: 'x',
      due: { kind: 'date', date: '2027-05-18' }, // a Tuesday
      recurrence: { rule: 'FREQ=DAILY;INTERVAL=7;BYDAY=TU' },
    });
    const moved = { due: { kind: 'date', date: '2027-05-19' } };
    const refused = await t.ask('anna', 'PATCH', `/tasks/${every.id}`, moved);
    expect([refused.status, refused.body.errors[0].field]).toEqual([400, 'recurrence.rule']);
    const last = await t.add('anna', {
      title: 'x',
      due: { kind: 'date', date: '2027-05-18' },
      recurrence: { rule: 'FREQ=DAILY;UNTIL=20270518' },
    });
    expect((await t.ask('anna', 'PATCH', `/tasks/${last.id}`, moved)).status).toBe(200);
  });
});

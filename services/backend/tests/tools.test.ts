import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Problem } from '@todo/contracts/problem';
import { z } from 'zod';
import { addTask, addTasks } from '../src/tools/add-tasks.ts';
import { TOOLS } from '../src/tools/all-tools.ts';
import { completeTasks, deleteTask, restoreTask, updateTask } from '../src/tools/change-tasks.ts';
import { getTask, listTasks, searchTasks } from '../src/tools/find-tasks.ts';
import { addList, listLists } from '../src/tools/lists.ts';
import { nextOccurrences } from '../src/tools/next-occurrences.ts';
import { callTool, problemText } from '../src/tools/tool.ts';
import type { AnyTool, Tool, ToolContext } from '../src/tools/tool.ts';
import { startTestBackend } from '@todo/testing/backend-under-test';
import type { TestBackend } from '@todo/testing/backend-under-test';

describe('tools', () => {
  let t: TestBackend;
  beforeAll(async () => {
    // Monday evening in Los Angeles, the day after in Tokyo
    t = await startTestBackend({ clock: () => new Date('2027-05-18T03:00:00Z') });
  });
  afterAll(() => t.close());

  const context = (userId: string, zone = 'UTC'): ToolContext =>
    t.backend.parts.toolContext({ userId, zone, locale: 'en', actor: { kind: 'mcp', id: 'c' } });
  /** Calls with arguments as a client sends them, and holds the answer against the tool's own schema. */
  async function call<I extends z.ZodObject, O extends z.ZodObject>(
    tool: Tool<I, O>,
    who: ToolContext,
    input: unknown,
  ): Promise<z.output<O>> {
    return strictly(tool.output).parse(await callTool(tool, who, input)) as z.output<O>;
  }
  async function refusal(tool: Tool, who: ToolContext, input: unknown): Promise<string> {
    const error: unknown = await callTool(tool as unknown as AnyTool, who, input).catch(
      (thrown: unknown) => thrown,
    );
    if (!(error instanceof Problem)) throw new Error(`no problem, but ${JSON.stringify(error)}`);
    return problemText(error);
  }

  it('A13: a due without an offset is local to the person, with Z it is UTC, and answers show zone and day', async () => {
    const la = context('anna', 'America/Los_Angeles');
    const local = await call(addTask, la, { title: 'x', due: '2027-05-18T09:00' });
    expect(local.task).toMatchObject({
      due: '2027-05-18T09:00',
      dueZone: 'America/Los_Angeles',
      dueAt: '2027-05-18T16:00:00.000Z',
      dueLocal: 'Tuesday 2027-05-18 09:00',
    });
    expect(local.now).toEqual({
      date: '2027-05-17',
      weekday: 'Monday',
      time: '20:00',
      zone: 'America/Los_Angeles',
    });
    const utc = await call(addTask, la, { title: 'x', due: '2027-05-18T09:00:00Z' });
    expect(utc.task).toMatchObject({
      dueAt: '2027-05-18T09:00:00.000Z',
      dueLocal: 'Tuesday 2027-05-18 02:00',
    });
    const day = await call(addTask, context('tom', 'Asia/Tokyo'), {
      title: 'x',
      due: '2027-05-18',
    });
    expect(day.task).toMatchObject({
      due: '2027-05-18',
      dueAt: '2027-05-18T14:59:59.000Z',
      dueLocal: 'Tuesday 2027-05-18',
    });
    expect(day.now.date).toBe('2027-05-18');
    const elsewhere = await call(addTask, la, {
      title: 'x',
      due: '2027-05-18T09:00',
      dueZone: 'Asia/Tokyo',
    });
    expect(elsewhere.task.dueAt).toBe('2027-05-18T00:00:00.000Z');
  });

  it('F05: wrong arguments are told by field and expected form', async () => {
    const who = context('anna');
    expect(await refusal(addTask, who, { title: 123 })).toContain('title: expected text');
    expect(await refusal(addTask, who, {})).toContain('title: required');
    expect(await refusal(addTask, who, { title: 'x', due: 'soonish' })).toMatch(
      /due: expected a day 2027-05-17.*today is 2027-05-18 in UTC/,
    );
    expect(await refusal(addTask, who, { title: 'x', due: '2027-02-30' })).toContain('due: ');
    expect(await refusal(addTask, who, { title: 'x', userId: 'ben' })).toContain(
      'userId: unknown field',
    );
    expect(await refusal(addTask, who, { title: 'x', repeat: 'often' })).toContain('repeat: ');
    expect(await refusal(addTask, who, { title: 'x', repeat: 'FREQ=DAILY' })).toContain('due');
    expect(await refusal(addTask, who, { title: 'x', list: 'Nowhere' })).toContain(
      'list: no such list',
    );
    expect(
      await refusal(addTask, who, { title: 'x', due: '2027-05-18', reminders: ['soon'] }),
    ).toContain('reminders.0: ');
    expect(await refusal(getTask, who, { id: '0198f3c0-0000-7000-8000-000000000000' })).toContain(
      'There is no such task. Check its id.',
    );
    expect(
      (await call(listTasks, who, { status: 'all' })).tasks.map((task) => task.title),
    ).not.toContain('123');
  });

  it('adds several or none, and names the wrong one', async () => {
    const who = context('berta');
    await call(addList, who, { name: 'Shopping' });
    const { tasks } = await call(addTasks, who, {
      tasks: [
        { title: 'Milk', list: 'shopping' },
        { title: 'Bread', priority: 'high', tags: ['#food'] },
      ],
    });
    expect(tasks).toMatchObject([
      { title: 'Milk', list: { name: 'Shopping' } },
      { title: 'Bread', priority: 'high', tags: ['food'], list: null },
    ]);
    expect(
      await refusal(addTasks, who, { tasks: [{ title: 'Eggs' }, { title: 'Tea', due: 'noon' }] }),
    ).toContain('tasks.1.due');
    expect((await call(listTasks, who, {})).tasks).toHaveLength(2);
  });

  it('F11: the same requestId adds once', async () => {
    const who = context('carl');
    const same = { title: 'once', requestId: 'r-1' };
    const [a, b] = await Promise.all([call(addTask, who, same), call(addTask, who, same)]);
    expect(a.task.id).toBe(b.task.id);
    expect((await call(listTasks, who, {})).tasks).toHaveLength(1);
  });

  it('lists by day in the person’s zone, and finds by words', async () => {
    const who = context('dora', 'Asia/Tokyo');
    for (const [title, due] of [
      ['late', '2027-05-17'],
      ['first minute', '2027-05-18T00:00'],
      ['all day', '2027-05-18'],
      ['last minute', '2027-05-18T23:59'],
      ['tomorrow', '2027-05-19'],
      ['some day', undefined],
    ])
      await call(addTask, who, { title, due });
    const titles = async (input: object) =>
      (await call(listTasks, who, input)).tasks.map((task) => task.title);
    expect(await titles({ dueFrom: '2027-05-18', dueTo: '2027-05-18' })).toEqual([
      'first minute',
      'last minute',
      'all day',
    ]);
    expect(await titles({ overdue: true })).toEqual(['late', 'first minute']);
    expect(await titles({})).toHaveLength(6);
    const found = await call(searchTasks, who, { query: 'MINUTE first' });
    expect(found.tasks.map((task) => task.title)).toEqual(['first minute']);
  });

  it('G06: changes only what is named, refuses a stale version, and keeps the reminders that stay', async () => {
    const who = context('erik');
    const { task } = await call(addTask, who, {
      title: 'Call',
      due: '2027-06-01T09:00',
      repeat: 'FREQ=WEEKLY',
      reminders: ['P1D', '2027-05-30T08:00'],
    });
    expect(task.reminders).toEqual(['P1D', '2027-05-30T08:00:00.000Z']);
    const before = await t.backend.parts.tasks.get(who, task.id);
    const changed = await call(updateTask, who, {
      id: task.id,
      ifVersion: 1,
      due: '2027-06-02T09:00',
      reminders: ['PT1H', 'P1D'],
    });
    expect(changed.task).toMatchObject({ title: 'Call', version: 2, repeat: 'FREQ=WEEKLY' });
    const after = await t.backend.parts.tasks.get(who, task.id);
    expect(after.reminders[1]!.id).toBe(before.reminders[0]!.id);
    expect(await refusal(updateTask, who, { id: task.id, ifVersion: 1, title: 'y' })).toContain(
      'now has version 2',
    );
    expect(await refusal(updateTask, who, { id: task.id })).toContain('at least one field');
    const cleared = await call(updateTask, who, {
      id: task.id,
      repeat: null,
      due: null,
      reminders: [],
    });
    expect(cleared.task).toMatchObject({ due: null, repeat: null, reminders: [] });
  });

  it('deletes and brings back; several at once tell what was not done', async () => {
    const who = context('fred');
    const { task } = await call(addTask, who, { title: 'x' });
    await call(deleteTask, who, { id: task.id });
    expect(await refusal(getTask, who, { id: task.id })).toContain('no such task');
    const missing = '0198f3c0-0000-7000-8000-000000000000';
    await call(restoreTask, who, { id: task.id });
    const { results } = await call(completeTasks, who, { ids: [task.id, missing] });
    expect(results).toMatchObject([
      { ok: true, title: 'x' },
      { ok: false, problem: 'There is no such task. Check its id.' },
    ]);
  });

  it('A01: previews when a task repeats, clamped to the end of the month and back to the 31st', async () => {
    const who = context('gina', 'Europe/Berlin');
    const { task } = await call(addTask, who, {
      title: 'Rent',
      due: '2027-01-31T09:00',
      repeat: 'FREQ=MONTHLY',
    });
    const dues = async (input: object) =>
      (await call(nextOccurrences, who, input)).occurrences.map((one) => one.due.slice(0, 10));
    expect(await dues({ id: task.id, count: 3 })).toEqual([
      '2027-02-28',
      '2027-03-31',
      '2027-04-30',
    ]);
    expect(await dues({ repeat: 'FREQ=MONTHLY', due: '2028-01-31', count: 2 })).toEqual([
      '2028-02-29',
      '2028-03-31',
    ]);
    const last = await call(nextOccurrences, who, {
      repeat: 'FREQ=DAILY;COUNT=3',
      due: '2027-01-31',
    });
    expect(last).toMatchObject({ ends: true, occurrences: { length: 2 } });
    expect(await refusal(nextOccurrences, who, {})).toContain('id');
  });

  it('F01: another person’s ids reach nothing, by any tool', async () => {
    const hugo = context('hugo');
    const ida = context('ida');
    const { task } = await call(addTask, hugo, { title: 'secret-of-hugo' });
    const { list } = await call(addList, hugo, { name: 'list-of-hugo' });
    for (const tool of TOOLS) {
      const input: Record<string, unknown> = {
        ...('id' in tool.input.shape ? { id: task.id } : {}),
        ...('ids' in tool.input.shape ? { ids: [task.id] } : {}),
        ...('list' in tool.input.shape ? { list: list.id } : {}),
        ...('title' in tool.input.shape ? { title: 'taken' } : {}),
        ...('name' in tool.input.shape ? { name: 'taken' } : {}),
        ...('parentId' in tool.input.shape ? { parentId: task.id } : {}),
        ...('query' in tool.input.shape ? { query: 'secret' } : {}),
        ...('changes' in tool.input.shape ? { changes: { title: 'taken' } } : {}),
        ...('tasks' in tool.input.shape ? { tasks: [{ title: 'y', parentId: task.id }] } : {}),
      };
      const answer: unknown = await callTool(tool, ida, input).catch((error: unknown) => {
        if (!(error instanceof Problem)) throw error;
        return problemText(error);
      });
      expect(JSON.stringify(answer), tool.name).not.toContain('hugo');
    }
    expect(await t.backend.parts.tasks.get(hugo, task.id)).toMatchObject({
      title: 'secret-of-hugo',
      version: 1,
    });
    expect((await call(listLists, hugo, {})).lists).toEqual([list]);
  });
});

/** The schema with no more fields than it names: so that a field that is not described can not slip out. */
function strictly(schema: z.ZodObject): z.ZodObject {
  return z.strictObject(schema.shape);
}

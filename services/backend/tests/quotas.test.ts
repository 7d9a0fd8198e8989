// Quotas hold at every door, and for writes at the same moment; what they count is what is there, whatever was done before.
import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestBackend } from '@todo/testing/backend-under-test';
import type { TestBackend } from '@todo/testing/backend-under-test';
import { DEFAULT_QUOTAS } from '../src/limits/quotas.ts';
import { memoryStates } from './chat/chat-under-test.ts';

const QUOTAS = {
  tasks: 10,
  reminders: 6,
  textBytes: 2_000,
  lists: 3,
  filters: 2,
  tokens: 2,
  imports: 2,
};
let t: TestBackend;
beforeAll(async () => {
  t = await startTestBackend({ quotas: QUOTAS, chat: { states: memoryStates() } });
});
afterAll(() => t.close());

const task = (more: object = {}) => ({ title: 'x', ...more });
const many = (user: string, count: number) =>
  Promise.all(Array.from({ length: count }, () => t.ask(user, 'POST', '/tasks', task())));
const living = async (user: string) =>
  (await t.ask(user, 'GET', '/tasks?limit=100&status=all')).body.items.length;
const use = async (user: string, quota: string) => {
  const { body } = await t.ask(user, 'GET', '/me/usage');
  return (body.items as unknown as { quota: string; used: number; near: boolean }[]).find(
    (one) => one.quota === quota,
  )!;
};
let titles = 0;
const csv = async (user: string, rows: number) =>
  await t.ask(
    user,
    'POST',
    '/import',
    `title\n${Array.from({ length: rows }, () => `sow ${titles++}\n`).join('')}`,
    {
      'content-type': 'text/csv',
    },
  );

describe('quotas', { timeout: 60_000 }, () => {
  it('40 tasks at once over two replicas: ten are stored', async () => {
    const second = await t.another();
    const authorization = `Bearer ${await t.token('anna')}`;
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, n) =>
        [t.backend, second][n % 2]!.app.inject({
          method: 'POST',
          url: '/api/v1/tasks',
          headers: { authorization },
          payload: task(),
        }),
      ),
    );
    expect(answers.filter(({ statusCode }) => statusCode === 201)).toHaveLength(10);
    const refused = answers.find(({ statusCode }) => statusCode !== 201)!;
    expect(refused.json()).toMatchObject({
      status: 422,
      type: 'urn:todo:problem:too-many-tasks',
      detail: expect.stringMatching(/10 tasks.*[Dd]elete/) as string,
    });
    expect(await living('anna')).toBe(10);
    expect(await use('anna', 'tasks')).toMatchObject({ used: 10, limit: 10, near: true });
  });

  it('every door refuses the task after the last', async () => {
    const user = 'bea';
    await many(user, 10);
    const [one] = (await t.ask(user, 'GET', '/tasks')).body.items;
    const authorization = `Bearer ${await t.token(user)}`;
    const mcp = await t.backend.app.inject({
      method: 'POST',
      url: '/mcp',
      headers: { authorization, accept: 'application/json, text/event-stream' },
      payload: {
        ...{ jsonrpc: '2.0', id: 1, method: 'tools/call' },
        params: { name: 'add_task', arguments: { title: 'by MCP' } },
      },
    });
    expect(mcp.body).toContain('You can have 10 tasks');
    const chat = await t.backend.app.inject({
      method: 'POST',
      url: '/api/v1/chat/messages',
      headers: { authorization },
      payload: { text: 'Add a task: water the plants' },
    });
    expect(chat.body).toContain('You can have 10 tasks');
    expect((await t.ask(user, 'POST', '/quick-add', { text: 'by line' })).status).toBe(422);
    expect((await csv(user, 1)).status).toBe(422);
    const { token } = (await t.ask(user, 'POST', '/tokens', { name: 'calendar' })).body;
    const dav = await t.backend.app.inject({
      method: 'PUT',
      url: `/dav/calendars/${user}/inbox/new.ics`,
      headers: {
        authorization: `Basic ${Buffer.from(`x:${token}`).toString('base64')}`,
        'content-type': 'text/calendar; charset=utf-8',
      },
      payload: `BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VTODO\r\nUID:new\r\nDTSTAMP:20270101T000000Z\r\nSUMMARY:by calendar\r\nEND:VTODO\r\nEND:VCALENDAR\r\n`,
    });
    expect([dav.statusCode, dav.body]).toEqual([
      507,
      expect.stringMatching(/quota-not-exceeded.*You can have 10 tasks/s),
    ]);
    expect(await living(user)).toBe(10);
    // deleting makes room; restoring then asks for it again
    await t.ask(user, 'DELETE', `/tasks/${one!.id}`);
    await many(user, 1);
    expect((await t.ask(user, 'POST', `/tasks/${one!.id}/restore`)).status).toBe(422);
    expect(await living(user)).toBe(10);
  });

  it('an import is stored as a whole or not at all, and only so many a day', async () => {
    await many('cleo', 8);
    const whole = await csv('cleo', 3);
    expect([whole.status, JSON.stringify(whole.body)]).toEqual([
      422,
      expect.stringMatching(/10 tasks/),
    ]);
    expect(await living('cleo')).toBe(8);
    expect((await csv('cleo', 1)).status).toBe(200);
    expect((await csv('cleo', 1)).status).toBe(200);
    expect((await csv('cleo', 1)).body.detail).toMatch(/import 2 files/);
  });

  it('reminders and text count over all tasks; what is beyond may become less', async () => {
    const soon = { reminders: [{ at: '2030-01-01T08:00:00Z' }] };
    const reminders = await Promise.all(
      Array.from({ length: 9 }, () => t.ask('dora', 'POST', '/tasks', task(soon))),
    );
    const stored = reminders.filter(({ status }) => status === 201);
    expect([stored.length, new Set(reminders.map(({ status }) => status)).has(422)]).toEqual([
      6,
      true,
    ]);
    const { id } = stored[0]!.body;
    expect((await t.ask('dora', 'PATCH', `/tasks/${id}`, { reminders: [] })).status).toBe(200);

    const notes = 'ä'.repeat(900);
    const long = await t.add('emil', task({ notes }));
    const refused = await t.ask('emil', 'POST', '/tasks', task({ notes }));
    expect(refused.body.detail).toMatch(/2,000 bytes/);
    expect(await use('emil', 'textBytes')).toMatchObject({ used: 1_801, near: true });
    await t.pool.query(`UPDATE todo.users SET text_bytes = text_bytes + 5000 WHERE id = 'emil'`);
    const change = (body: object) => t.ask('emil', 'PATCH', `/tasks/${long.id}`, body);
    expect((await change({ notes: notes + 'more' })).status).toBe(422);
    expect((await change({ notes: 'short' })).status).toBe(200);
    expect((await t.ask('emil', 'POST', `/tasks/${long.id}/complete`)).status).toBe(200);
  });

  it('lists, filters and tokens', async () => {
    const lists = await Promise.all(
      Array.from({ length: 8 }, (_, n) => t.ask('fay', 'POST', '/lists', { name: `list ${n}` })),
    );
    expect(lists.filter(({ status }) => status === 201)).toHaveLength(3);
    const filters = await Promise.all(
      Array.from({ length: 8 }, (_, n) =>
        t.ask('fay', 'POST', '/filters', { name: `filter ${n}`, filter: 'overdue' }),
      ),
    );
    expect(filters.filter(({ status }) => status === 201)).toHaveLength(2);
    expect(filters.find(({ status }) => status === 422)?.body.detail).toContain('2 saved filters');
    const tokens = await Promise.all(
      Array.from({ length: 8 }, (_, n) => t.ask('fay', 'POST', '/tokens', { name: `token ${n}` })),
    );
    expect(tokens.filter(({ status }) => status === 201)).toHaveLength(2);
    expect(await use('fay', 'lists')).toMatchObject({ used: 3, near: true });
    expect(await use('nobody yet', 'tokens')).toMatchObject({ used: 0, near: false });
  });

  it('no quota ends a series', async () => {
    await many('gil', 9);
    const due = { kind: 'date', date: '2030-01-01' };
    const recurrence = { rule: 'FREQ=DAILY' };
    const made = await t.ask('gil', 'POST', '/tasks', task({ due, recurrence }));
    expect(made.status).toBe(201);
    const { id, seriesId } = (await t.ask('gil', 'POST', `/tasks/${made.body.id}/complete`)).body;
    const next = { previousTaskId: id, seriesId: seriesId!, occurrence: 2, due: { ...due } };
    const actor = { kind: 'user' as const, id: 'gil' };
    const context = { userId: 'gil', actor };
    expect(await t.backend.parts.tasks.createOccurrence(context, next as never)).toMatchObject({
      created: true,
    });
    expect(await living('gil')).toBe(11);
    expect((await many('gil', 1))[0]!.status).toBe(422);
  });
});

describe('what is counted', { timeout: 60_000 }, () => {
  it('is what is there, after whatever was done', async () => {
    const free = await t.another({ quotas: DEFAULT_QUOTAS });
    const headers = { authorization: `Bearer ${await t.token('zoe')}` };
    const ask = async (method: 'POST' | 'PATCH' | 'DELETE', url: string, payload?: object) =>
      await free.app.inject({
        ...{ method, url: `/api/v1${url}`, headers },
        ...(payload && { payload }),
      });
    const ids: string[] = [];
    for (let n = 0; n < 60; n++) {
      const id = ids[randomInt(Math.max(1, ids.length))];
      const text = {
        title: 'töitle '.repeat(1 + randomInt(5)),
        tags: ['a', 'bö'].slice(randomInt(3)),
      };
      const reminders = [{ at: '2030-01-01T08:00:00Z' }].slice(randomInt(2));
      const kind = id === undefined ? 0 : randomInt(6);
      if (kind === 0) {
        const parentId = id === undefined || n % 3 > 0 ? null : id;
        const made = await ask('POST', '/tasks', { ...text, reminders, parentId });
        if (made.statusCode === 201) ids.push(made.json<{ id: string }>().id);
      } else if (kind === 1) await ask('PATCH', `/tasks/${id}`, { ...text, reminders });
      else if (kind === 2) await ask('DELETE', `/tasks/${id}`);
      else if (kind === 3) await ask('POST', `/tasks/${id}/restore`);
      else if (kind === 4) await ask('POST', `/tasks/${id}/complete`);
      else await ask('POST', '/tasks/bulk', { action: 'delete', ids: ids.slice(0, 3) });
    }
    // whatever chance deleted, there is one
    expect((await ask('POST', '/tasks', { title: 'last' })).statusCode).toBe(201);
    const { rows } = await t.pool.query(
      `SELECT task_count, reminder_count, text_bytes, (SELECT count(*) FROM todo.tasks WHERE user_id = 'zoe' AND deleted_at IS NULL) AS tasks,
         (SELECT coalesce(sum(jsonb_array_length(reminders)), 0) FROM todo.tasks WHERE user_id = 'zoe' AND deleted_at IS NULL) AS reminders,
         (SELECT coalesce(sum(octet_length(title || notes || array_to_string(tags, ''))), 0) FROM todo.tasks WHERE user_id = 'zoe' AND deleted_at IS NULL) AS bytes
       FROM todo.users WHERE id = 'zoe'`,
    );
    const [row] = rows as [Record<string, string>];
    expect(Number(row.task_count)).toBeGreaterThan(0);
    expect([row.task_count, row.reminder_count, row.text_bytes]).toEqual([
      row.tasks,
      row.reminders,
      row.bytes,
    ]);
  });
});

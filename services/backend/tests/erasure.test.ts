// A person who is erased leaves nothing in the backend: their text is searched in every table that the catalogue lists.
import { ERASURE_AUDIENCE, ERASURE_PATH } from '@todo/contracts/account';
import { uuidv7 } from '@todo/runtime/uuid';
import { startTestBackend } from '@todo/testing/backend-under-test';
import type { TestBackend } from '@todo/testing/backend-under-test';
import { tablesWith } from '@todo/testing/find-text';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { memoryStates, readAnswer } from './chat/chat-under-test.ts';

const CANARY = 'Canary4Tq8Zm1Xb';
const ERASED = 'todo.account.erased.v1';

describe('erasing a person', () => {
  let t: TestBackend;
  const states = memoryStates();
  beforeAll(async () => {
    t = await startTestBackend({ chat: { states } });
  });
  afterAll(() => t.close());

  const post = async (path: string, token: string, payload?: object) =>
    await t.backend.app.inject({
      method: 'POST',
      url: path,
      headers: { authorization: `Bearer ${token}` },
      ...(payload ? { payload } : {}),
    });
  const order = async (user: string, claims: object = {}) =>
    await t.token(user, {
      aud: ERASURE_AUDIENCE,
      iat: Math.floor(Date.now() / 1_000),
      ...claims,
    });
  const erase = async (user: string) => (await post(ERASURE_PATH, await order(user))).statusCode;
  const say = async (user: string, text: string) => {
    const answer = await post('/api/v1/chat/messages', await t.token(user), { text });
    return readAnswer(answer.statusCode, answer.body);
  };

  /** Puts something of a person wherever something can be put. */
  async function fill(user: string, text: string): Promise<void> {
    const list = (await t.ask(user, 'POST', '/lists', { name: text })).body;
    const task = (
      await t.ask(
        user,
        'POST',
        '/tasks',
        {
          title: text,
          notes: text,
          tags: [text],
          listId: list.id,
          due: { kind: 'local', local: '2030-05-10T09:00', zone: 'Europe/Berlin' },
          recurrence: { rule: 'FREQ=DAILY' },
          reminders: [{ before: 'PT1H' }],
        },
        { 'idempotency-key': `key-${text}` },
      )
    ).body;
    const child = await t.add(user, { title: `sub ${text}`, parentId: task.id });
    await t.add(user, { title: `sub of sub ${text}`, parentId: child.id }).catch(() => undefined);
    const done = await t.add(user, { title: `done ${text}` });
    await t.ask(user, 'POST', `/tasks/${done.id}/complete`);
    await t.ask(user, 'DELETE', `/tasks/${done.id}`);
    await t.ask(user, 'POST', '/filters', { name: text, filter: `#${text}` });
    await t.ask(user, 'POST', '/tokens', { name: text });
    const file = `BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VTODO\r\nUID:${text}\r\nSUMMARY:${text}\r\nEND:VTODO\r\nEND:VCALENDAR\r\n`;
    const imported = await t.ask(user, 'POST', '/import', file, {
      'content-type': 'text/calendar',
    });
    expect(imported.status).toBe(200);
    await say(user, `add chat ${text}`);
    await say(user, 'delete all my tasks');
    await t.pool.query(
      `INSERT INTO todo.chat_confirmations (id, user_id, tool, input, question, created_at, expires_at)
       VALUES (gen_random_uuid(), $1, 'delete_task', '{}', $2, now(), now() + interval '1 hour')`,
      [user, text],
    );
  }

  it('leaves nothing of theirs in any table, and everything of another', async () => {
    await fill('anna', CANARY);
    await fill('ben', 'Another9Text');
    await t.pool.query(
      `INSERT INTO todo.dead_letters (topic, event_source, event_id, event_type, subject, raw, reason)
       VALUES ('task-updates', 'x', 'y', 'z', '', $1, 'r')`,
      [Buffer.from(JSON.stringify({ data: { userId: 'anna', text: CANARY } }))],
    );
    const filled = await tablesWith(t.pool, CANARY);
    // so that the search below can fail
    for (const table of [
      'tasks',
      'lists',
      'saved_filters',
      'changes',
      'idempotency_keys',
      'access_tokens',
      'chat_confirmations',
      'imported_uids',
      'dead_letters',
    ])
      expect(filled).toContain(`todo.${table}`);
    expect(JSON.stringify([...states.values])).toContain(CANARY);
    const others = await tablesWith(t.pool, 'Another9Text');
    const before = (await t.ask('ben', 'GET', '/tasks?status=all')).body.items;

    expect(await erase('anna')).toBe(204);

    expect(await tablesWith(t.pool, CANARY)).toEqual([]);
    expect(JSON.stringify([...states.values])).not.toContain(CANARY);
    const { rows } = await t.pool.query(`SELECT 1 FROM todo.users WHERE id = 'anna'`);
    expect(rows).toEqual([]);
    expect(await tablesWith(t.pool, 'Another9Text')).toEqual(others);
    expect((await t.ask('ben', 'GET', '/tasks?status=all')).body.items).toEqual(before);
    await expect
      .poll(() => t.published.filter(({ event }) => event.type === ERASED))
      .toMatchObject([{ topic: 'task-events', event: { data: { userId: 'anna' } } }]);
  });

  it('and nothing comes back while their token lives', async () => {
    await t.add('carl', { title: 'x' });
    expect(await erase('carl')).toBe(204);
    const token = await t.token('carl');
    for (const [path, body] of [
      ['/tasks', { title: CANARY }],
      ['/lists', { name: CANARY }],
      ['/tokens', { name: CANARY }],
      ['/tasks/batch', { tasks: [{ title: CANARY }] }],
    ] as const)
      expect((await post(`/api/v1${path}`, token, body)).statusCode).toBeGreaterThanOrEqual(400);
    await say('carl', `add ${CANARY}`);
    await say('carl', 'delete all my tasks');
    expect(await tablesWith(t.pool, CANARY)).toEqual([]);
    expect(JSON.stringify([...states.values])).not.toContain(CANARY);
    expect((await t.ask('carl', 'GET', '/tasks')).body.items).toEqual([]);
  });

  it('is the same again, and for somebody who was never here', async () => {
    expect(await erase('dora')).toBe(204);
    expect(await erase('dora')).toBe(204);
    expect((await t.ask('dora', 'POST', '/tasks', { title: 'x' })).status).toBe(401);
  });

  it('goes on where it was cut off: the state store was away', async () => {
    await fill('eva', `${CANARY}e`);
    states.down = true;
    expect(await erase('eva')).toBe(503);
    // nothing more of theirs from here on, although the rest is still there
    expect((await t.ask('eva', 'POST', '/tasks', { title: 'x' })).status).toBe(401);
    states.down = false;
    expect(await erase('eva')).toBe(204);
    expect(await tablesWith(t.pool, `${CANARY}e`)).toEqual([]);
  });

  it('a write under way is waited for, and goes too', async () => {
    await t.add('finn', { title: 'x' });
    const writes = Array.from({ length: 20 }, (_, n) =>
      t.ask('finn', 'POST', '/tasks', { title: `${CANARY} ${n}` }),
    );
    expect(await erase('finn')).toBe(204);
    for (const { status } of await Promise.all(writes)) expect([201, 401]).toContain(status);
    expect(await tablesWith(t.pool, CANARY)).toEqual([]);
  });

  it('takes many tasks in batches, parents after their subtasks', async () => {
    await t.add('gina', { title: 'x' });
    await t.pool.query(
      `INSERT INTO todo.tasks (id, user_id, version, title, notes, status, priority, tags, parent_id, reminders, occurrence, created_at, updated_at, search)
       SELECT id, 'gina', 1, $1, '', 'open', 0, '{}', CASE WHEN n % 3 = 0 THEN NULL ELSE ids[n - n % 3] END, '[]', 1, now(), now(), ''
       FROM (SELECT array_agg(gen_random_uuid()) AS ids FROM generate_series(1, 5000)) AS made, unnest(ids) WITH ORDINALITY AS task (id, n)`,
      [CANARY],
    );
    expect(await erase('gina')).toBe(204);
    expect(await tablesWith(t.pool, CANARY)).toEqual([]);
  });

  it('only the web app orders it', async () => {
    await t.add('hugo', { title: 'stays' });
    const pat = (await t.ask('hugo', 'POST', '/tokens', { name: 'script' })).body.token;
    const old = Math.floor(Date.now() / 1_000) - 3_600;
    for (const token of [
      await t.token('hugo'),
      await t.token('hugo', { role: 'operator' }),
      pat,
      '',
      await order('hugo', { iat: old }),
      await order('hugo', { iat: undefined }),
      `${(await order('hugo')).slice(0, -8)}AAAAAAAA`,
    ])
      expect((await post(ERASURE_PATH, token)).statusCode).toBe(401);
    expect((await t.ask('hugo', 'GET', '/tasks')).body.items).toHaveLength(1);
    // and its token opens nothing else
    const answer = await post('/api/v1/tasks', await order('hugo'), { title: uuidv7() });
    expect(answer.statusCode).toBe(401);
  });
});

// F01, for routes that nobody has thought of yet: walks the backend's own route table with a second person's tokens and the
// first one's ids. Nothing of the first person may come out, and nothing of theirs may change. A new route is walked by
// itself; one with an id in its path that no body below reaches fails here until it is told how to be called.
import { notFound, problemBody } from '@todo/contracts/problem';
import { SidecarError } from '@todo/runtime/sidecar';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { memoryStates, readAnswer } from './chat/chat-under-test.ts';
import { startTestBackend } from '@todo/testing/backend-under-test';
import type { TestBackend } from '@todo/testing/backend-under-test';

const SECRET = 'secret-of-anna';
/** Read by anybody; they know no person. */
const PUBLIC = ['/health', '/readyz', '/docs', '/docs/json', '/.well-known/caldav', '/dav'];
/** How long a stream is listened to, ms. */
const STREAM_MS = 300;

interface Answer {
  readonly status: number;
  readonly text: string;
}

// some thousand calls
describe('a second person', { timeout: 240_000 }, () => {
  let t: TestBackend;
  let address: string;
  /** Ids of everything that anna has. */
  const ids: Record<string, string> = {
    notification: '0198f3c0-0000-7000-8000-00000000000a',
  };
  const tokens: { jwt: string; accessToken: string } = { jwt: '', accessToken: '' };
  const states = memoryStates();
  /** Users that other services were asked about. */
  const asked = new Set<string>();

  beforeAll(async () => {
    t = await startTestBackend({ chat: { states } });
    for (const service of ['notification-service', 'audit-service', 'recurring-service'])
      t.answers(service, (path, body) => {
        const user =
          new URL(path, 'http://x').searchParams.get('userId') ??
          (body as { userId?: string } | undefined)?.userId ??
          '(nobody)';
        asked.add(user);
        if (user !== 'anna' && /[0-9a-f-]{36}/.test(path.split('?')[0] ?? ''))
          throw new SidecarError(
            'no such notice',
            404,
            JSON.stringify(problemBody(notFound('notification'))),
          );
        return { items: user === 'anna' ? [{ text: SECRET }] : [], next: null };
      });
    address = await t.backend.app.listen({ host: '127.0.0.1', port: 0 });
    const list = (await t.ask('anna', 'POST', '/lists', { name: SECRET })).body;
    const task = await t.add('anna', {
      title: SECRET,
      notes: SECRET,
      tags: [SECRET],
      listId: list.id,
      due: { kind: 'local', local: '2030-05-10T09:00', zone: 'Europe/Berlin' },
      recurrence: { rule: 'FREQ=DAILY' },
      reminders: [{ before: 'PT1H' }],
    });
    const subtask = await t.add('anna', { title: `sub ${SECRET}`, parentId: task.id });
    const done = await t.add('anna', { title: `done ${SECRET}` });
    await t.ask('anna', 'POST', `/tasks/${done.id}/complete`);
    const deleted = await t.add('anna', { title: `deleted ${SECRET}` });
    await t.ask('anna', 'DELETE', `/tasks/${deleted.id}`);
    const token = (await t.ask('anna', 'POST', '/tokens', { name: SECRET })).body;
    const say = async (text: string) => {
      const answer = await t.backend.app.inject({
        method: 'POST',
        url: '/api/v1/chat/messages',
        headers: { authorization: `Bearer ${await t.token('anna')}` },
        payload: { text },
      });
      return readAnswer(answer.statusCode, answer.body);
    };
    await say(`add chat ${SECRET}`);
    const waiting = (await say('delete all my tasks')).confirmation;
    Object.assign(ids, {
      confirmation: waiting!.id,
      list: list.id,
      task: task.id,
      reminder: task.reminders[0]!.id,
      subtask: subtask.id,
      done: done.id,
      deleted: deleted.id,
      token: token.id,
    });
    tokens.jwt = await t.token('ben');
    tokens.accessToken = (await t.ask('ben', 'POST', '/tokens', { name: 'script' })).body.token;
    asked.clear();
  });
  afterAll(() => t.close());

  /** Bodies that some route takes; each is sent to every route that can have one. */
  function bodies(): object[] {
    const all = Object.values(ids);
    const { task = '', list = '' } = ids;
    return [
      {},
      { title: 'taken' },
      { name: 'taken' },
      { title: 'taken', parentId: task },
      { title: 'taken', listId: list },
      { after: null },
      { after: task },
      { text: 'find secret' },
      { text: 'delete all my tasks' },
      { answer: 'yes' },
      { minutes: 30 },
      { due: { kind: 'date', date: '2027-05-17' } },
      ...['complete', 'reopen', 'delete', 'restore'].map((action) => ({ action, ids: all })),
      { action: 'update', ids: all, patch: { title: 'taken' } },
      { tasks: [{ title: 'taken', parentId: task, listId: list }] },
      { userId: 'anna', user_id: 'anna', sub: 'anna', title: 'taken' },
      ...['list_tasks', 'search_tasks', 'get_task', 'delete_task'].map((name) => ({
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/call',
        params: { name, arguments: { id: task, query: 'secret' } },
      })),
    ];
  }
  function queries(): string[] {
    const { task = '', list = '' } = ids;
    const filters = ['userId=anna', `listId=${list}`, `parentId=${task}`, `seriesId=${task}`];
    return ['', '?q=secret', '?format=csv', '?format=ics', ...filters.map((one) => `?${one}`)];
  }

  it('reads and changes nothing of the first, on any route', async () => {
    const before = await everythingOf('anna');
    expect(before).toContain(SECRET);
    const routes = t.backend.routes.filter(({ method }) => method !== 'OPTIONS');
    expect(routes.length).toBeGreaterThan(40);
    for (const { method, url } of routes) {
      const route = `${method} ${url}`;
      const people = url.startsWith('/api/v1/') || url === '/mcp';
      const answers = await callAll(method, url);
      for (const { status, text } of answers) {
        expect(status, `${route}: ${text}`).toBeLessThan(500);
        expect(text, route).not.toContain(SECRET);
      }
      const statuses = new Set(answers.map(({ status }) => status));
      if (url === '/feeds/:file')
        expect([...statuses], 'an address that nobody was given').toEqual([404]);
      else if (!people && !PUBLIC.includes(url))
        expect([...statuses], `${route} needs the sidecar's token`).toEqual([401]);
      if (people && url.includes(':')) {
        for (const status of statuses) expect(status, route).toBeGreaterThanOrEqual(400);
        expect(
          statuses.has(404) || statuses.has(403),
          `${route}: no body of this test reaches it; add one (had ${[...statuses].join(', ')})`,
        ).toBe(true);
      }
    }
    expect(await everythingOf('anna')).toBe(before);
    expect([...asked]).toEqual(['ben']);
  });

  it('an id in a path answers as an id that never was', async () => {
    const withId = t.backend.routes.filter(
      ({ method, url }) => method !== 'OPTIONS' && /^\/api\/v1\/(?!ops).*:/.test(url),
    );
    const strip = ({ status, text }: Answer): string =>
      `${status} ${text.replace(/"traceId":"\w+"/, '')}`;
    for (const { method, url } of withId)
      for (const body of [undefined, { title: 'taken' }, { name: 'taken' }, { after: null }]) {
        const [own, foreign] = await Promise.all(
          ['0198f3c0-0000-7000-8000-000000000000', ids['task'] ?? ''].map((id) =>
            call(
              method,
              url.replaceAll(/:\w+/g, id),
              tokens.jwt,
              method === 'GET' ? undefined : body,
            ),
          ),
        );
        expect(strip(foreign!), `${method} ${url}`).toBe(strip(own!));
      }
  });

  it('a task without an owner can not be, and an empty subject is no person', async () => {
    for (const owner of [null, ''])
      await expect(
        t.pool.query('INSERT INTO todo.users (id, zone, locale) VALUES ($1, $2, $3)', [
          owner,
          'UTC',
          'en',
        ]),
      ).rejects.toThrow();
    const nobody = await call('GET', '/api/v1/tasks', await t.token(''));
    expect(nobody.status).toBe(401);
  });

  /** Calls a route with every id and query that fits it, with both kinds of token, and with every body. */
  async function callAll(method: string, url: string): Promise<Answer[]> {
    const reads = method === 'GET' || method === 'HEAD';
    const paths = url.includes(':')
      ? Object.values(ids).map((id) => url.replaceAll(/:\w+/g, id))
      : reads && !url.endsWith('/live')
        ? queries().map((query) => url + query)
        : [url];
    const calls: [path: string, token: string, body?: object][] = [];
    for (const path of paths) calls.push([path, tokens.jwt]);
    calls.push([paths[0] ?? url, tokens.accessToken]);
    for (const body of reads ? [] : bodies()) {
      // a body goes with the kind of thing it is for
      const kind = 'answer' in body ? 'confirmation' : 'name' in body ? 'list' : 'task';
      calls.push([url.replaceAll(/:\w+/g, ids[kind] ?? ''), tokens.jwt, body]);
    }
    const answers: Answer[] = [];
    for (const one of calls) answers.push(await call(method, ...one));
    return answers;
  }

  async function call(method: string, path: string, token: string, body?: object): Promise<Answer> {
    const headers = {
      authorization: `Bearer ${token}`,
      accept: 'application/json, text/event-stream',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    };
    if (path.startsWith('/api/v1/live')) {
      const stream = await fetch(address + path, { method, headers });
      return { status: stream.status, text: await begin(stream) };
    }
    const answer = await t.backend.app.inject({
      method: method as 'GET',
      url: path,
      headers,
      ...(body === undefined ? {} : { payload: body }),
    });
    return { status: answer.statusCode, text: answer.body };
  }

  /** Every row that belongs to a person, of every table of the schema. */
  async function everythingOf(user: string): Promise<string> {
    const { rows: tables } = await t.pool.query<{ name: string }>(
      `SELECT table_name AS name FROM information_schema.columns
       WHERE table_schema = 'todo' AND column_name = 'user_id' ORDER BY 1`,
    );
    expect(tables.map(({ name }) => name)).toContain('tasks');
    const found: unknown[] = [];
    for (const { name } of tables)
      found.push(
        (
          await t.pool.query(
            `SELECT to_jsonb(t) FROM todo.${name} t WHERE user_id = $1 ORDER BY 1`,
            [user],
          )
        ).rows,
      );
    const { rows: reminders } = await t.pool.query(
      `SELECT to_jsonb(r) FROM todo.reminders r JOIN todo.tasks t ON t.id = r.task_id WHERE t.user_id = $1 ORDER BY 1`,
      [user],
    );
    const chat = [...states.values].filter(([key]) => key.includes(user));
    return JSON.stringify([...found, reminders, chat]);
  }
});

/** What a stream says at its begin. */
async function begin(answer: Response): Promise<string> {
  if (!answer.body) return '';
  const reader = answer.body.getReader();
  const over = setTimeout(() => {
    reader.cancel().catch(() => undefined);
  }, STREAM_MS);
  let text = '';
  for (let part = await reader.read(); !part.done; part = await reader.read())
    text += new TextDecoder().decode(part.value as Uint8Array);
  clearTimeout(over);
  return text;
}

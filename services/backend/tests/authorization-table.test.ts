// Who may do what, on a real server and a real database: every route there is (those of the OpenAPI description, and the hidden
// ones), every tool, every topic and every live message, with every relation, held against the table of rules. The table alone
// would prove nothing if it were wrong, so the facts below say independently of it what must hold.
import { uuidv7 } from '@todo/runtime/uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { APP_API_TOKEN, startTestBackend } from '@todo/testing/backend-under-test';
import type { TestBackend } from '@todo/testing/backend-under-test';
import { isAllowed } from '../src/authorization/decide.ts';
import { ACTIONS, LIVE_MESSAGES, mayDo, RELATIONS, SCOPES } from '../src/authorization/rules.ts';
import type { Relation, Scope } from '../src/authorization/rules.ts';
import { TOOLS } from '../src/tools/all-tools.ts';
import { memoryStates } from './chat/chat-under-test.ts';

/** What the table must say, route by route, whoever edits it: `+` may, `-` may not. */
const FACTS: Readonly<Record<string, string>> = {
  'GET /health': '+nobody',
  'GET /docs': '+nobody',
  'GET /api/v1/tasks':
    '+owner +token:full +token:read -token:write -token:mcp -token:caldav -nobody -sidecar -web',
  'POST /api/v1/tasks':
    '+owner +token:full +token:write -token:read -token:mcp -token:caldav -nobody -sidecar',
  'DELETE /api/v1/tasks/:id':
    '+owner +token:full +token:write -token:read -token:mcp -other -nobody',
  'GET /api/v1/export': '+owner +token:full +token:read -token:write -token:caldav -nobody',
  'POST /api/v1/import': '+owner +token:full +token:write -token:read -token:caldav -nobody',
  'GET /api/v1/live':
    '+owner +token:full +token:read -token:write -token:mcp -token:caldav -nobody',
  'GET /api/v1/audit/export': '+owner +token:full +token:read -token:write -token:mcp -nobody',
  'POST /api/v1/chat/messages': '+owner +token:full -token:read -token:write -token:mcp -nobody',
  'GET /api/v1/filters': '+owner +token:full +token:read -token:write -token:mcp -nobody',
  'POST /api/v1/filters': '+owner +token:full +token:write -token:read -token:mcp -nobody',
  'POST /api/v1/tokens':
    '+owner -token:full -token:read -token:write -token:mcp -token:caldav -nobody',
  'GET /api/v1/tokens': '+owner -token:full -token:read -nobody',
  'DELETE /api/v1/tokens': '+owner -token:full -token:write -nobody',
  'PUT /api/v1/me/zone': '+owner -token:full -token:write -nobody',
  'PUT /api/v1/notifications/preferences': '+owner -token:full -token:write -nobody',
  'GET /api/v1/ops/status': '+operator -owner -token:full -token:read -nobody -sidecar',
  'POST /api/v1/ops/dead-letters/:id/replay':
    '+operator -owner -token:full -nobody -app:todo-backend',
  'POST /mcp': '+owner +token:full +token:mcp +token:read -token:write -token:caldav -nobody',
  'POST /internal/occurrences':
    '+app:recurring-service -app:todo-backend -sidecar -owner -operator -nobody -web',
  'POST /events/task-updates':
    '+sidecar -app:recurring-service -app:todo-backend -owner -operator -nobody',
  'POST /events/dead': '+sidecar -app:recurring-service -owner -nobody',
  'GET /ops/dead-letters':
    '+app:todo-backend -app:recurring-service -sidecar -operator -owner -nobody',
  'GET /feeds/:file':
    '+feed -owner -operator -token:full -token:caldav -sidecar -web -app:todo-backend -nobody',
  'POST /api/v1/feeds': '+owner -token:full -token:read -token:caldav -feed -nobody',
  'GET /api/v1/feeds': '+owner -token:full -token:read -feed -nobody',
  'POST /internal/disabled-people':
    '+web -owner -operator -token:full -sidecar -app:todo-backend -nobody',
  'GET /api/v1/me/usage': '+owner +token:full +token:read -token:write -token:caldav -nobody',
  'POST /internal/ended-sessions':
    '+web -owner -operator -token:full -sidecar -app:todo-backend -nobody',
};
/** Likewise for tools, by scope. */
const TOOL_FACTS: Readonly<Record<string, string>> = {
  list_tasks: '+owner +token:full +token:mcp +token:read',
  get_task: '+owner +token:full +token:mcp +token:read',
  add_task: '+owner +token:full +token:mcp -token:read',
  delete_tasks: '+owner +token:full +token:mcp -token:read',
  delete_list: '+owner +token:full +token:mcp -token:read',
  list_filters: '+owner +token:full +token:mcp +token:read',
  save_filter: '+owner +token:full +token:mcp -token:read',
};

type Outcome = 'may' | 'may not';

describe('the table of who may do what', { timeout: 240_000 }, () => {
  let t: TestBackend;
  let address: string;
  let task: string;
  let feed: string;
  const headers = new Map<Relation, Record<string, string>>();

  beforeAll(async () => {
    t = await startTestBackend({ chat: { states: memoryStates() } });
    address = await t.backend.app.listen({ host: '127.0.0.1', port: 0 });
    task = (await t.add('anna', { title: 'of anna' })).id;
    const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
    const sidecar = { 'dapr-api-token': APP_API_TOKEN };
    headers.set('owner', bearer(await t.token('anna')));
    headers.set('operator', bearer(await t.token('olga', { role: 'operator' })));
    headers.set('other', bearer(await t.token('ben')));
    headers.set('nobody', {});
    headers.set('sidecar', sidecar);
    for (const app of ['recurring-service', 'todo-backend'] as const)
      headers.set(`app:${app}`, { ...sidecar, 'dapr-caller-app-id': app });
    headers.set('web', {});
    headers.set('feed', {});
    const made = await t.ask('anna', 'POST', '/feeds', { name: 'of anna' });
    feed = (made.body as unknown as { path: string }).path;
    await createTokens();
    expect([...headers.keys()].sort()).toEqual([...RELATIONS].sort());
  });
  afterAll(() => t.close());

  async function createTokens(): Promise<void> {
    for (const scope of SCOPES) {
      const made = await t.ask('anna', 'POST', '/tokens', { name: scope, scopes: [scope] });
      headers.set(`token:${scope}`, { authorization: `Bearer ${made.body.token}` });
    }
  }
  /** Routes as a caller sees them; HEAD goes with GET. */
  const routes = () =>
    t.backend.routes.filter(({ method }) => method !== 'OPTIONS' && method !== 'HEAD');
  const nameOf = ({ method, url }: { method: string; url: string }): string => `${method} ${url}`;

  /** Calls a route; what a caller is allowed is answered with anything but 401 and 403. */
  async function call(relation: Relation, method: string, url: string): Promise<Outcome> {
    // each note of the web app is for one purpose
    const iat = Math.floor(Date.now() / 1_000);
    const note = url.endsWith('erasure')
      ? { aud: 'todo-erasure', iat }
      : url.endsWith('disabled-people')
        ? { aud: 'todo-disabling', iat, disabled: false }
        : { aud: 'todo-sessions', sid: uuidv7() };
    const shown =
      relation === 'web'
        ? { authorization: `Bearer ${await t.token('nobody-yet', note)}` }
        : headers.get(relation);
    if (url.startsWith('/dav/')) return await overDav(shown ?? {}, method);
    if (url.startsWith('/feeds/')) return await overFeed(relation, shown ?? {}, method);
    const leaving = new AbortController();
    // an id that was never there: nothing is done, also by those who may
    const path = url.replaceAll(/:\w+/g, uuidv7());
    const json = method === 'POST' || method === 'PUT' || method === 'PATCH';
    const answer = await fetch(address + path, {
      method,
      headers: {
        ...shown,
        accept: 'application/json, text/event-stream',
        ...(json ? { 'content-type': 'application/json' } : {}),
      },
      ...(json ? { body: '{"nothing":"that any route takes"}' } : {}),
      redirect: 'manual',
      signal: leaving.signal,
    });
    leaving.abort();
    // done by somebody who may
    if (answer.status === 204 && url === '/api/v1/tokens') await createTokens();
    return answer.status === 401 || answer.status === 403 ? 'may not' : 'may';
  }
  /** A feed knows only who has its address; for all others it is not there. */
  async function overFeed(
    relation: Relation,
    shown: Record<string, string>,
    method: string,
  ): Promise<Outcome> {
    const url = relation === 'feed' ? feed : feed.replace(/\/[\w-]{4}/, '/aaaa');
    const answer = await t.backend.app.inject({ method: method as 'GET', url, headers: shown });
    return answer.statusCode === 404 ? 'may not' : 'may';
  }
  /** CalDAV takes tokens as passwords, and no session. */
  async function overDav(shown: Record<string, string>, method: string): Promise<Outcome> {
    const { authorization, ...rest } = shown;
    const password = Buffer.from(`anna:${authorization?.slice('Bearer '.length) ?? ''}`);
    const answer = await t.backend.app.inject({
      method: method as 'GET',
      url: `/dav/${uuidv7()}`,
      headers: {
        ...rest,
        ...(authorization && { authorization: `Basic ${password.toString('base64')}` }),
      },
    });
    return answer.statusCode === 401 || answer.statusCode === 403 ? 'may not' : 'may';
  }
  /** What the table says, for a relation alone; an operator is also the owner of their own data. */
  const expected = (relation: Relation, action: Parameters<typeof mayDo>[1]): Outcome => {
    // on a route, another person asks for their own data, and an operator for theirs
    const alone: Relation[] =
      relation === 'other'
        ? ['owner']
        : relation === 'operator'
          ? ['owner', 'operator']
          : [relation];
    return mayDo(alone, action) ? 'may' : 'may not';
  };

  it('every route of the description declares an action, and every action has a route, a tool or a message', () => {
    const described = Object.entries(
      (t.backend.app.swagger() as { paths: Record<string, Record<string, unknown>> }).paths,
    ).flatMap(([path, methods]) =>
      Object.keys(methods).map(
        (method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
      ),
    );
    const known = new Map(routes().map((route) => [nameOf(route), route.action]));
    expect(described.length).toBeGreaterThan(40);
    for (const route of described) expect(known.get(route), route).toBeDefined();
    for (const route of described)
      expect(route).not.toMatch(/ \/(internal|events|ops|health|readyz)/);
    const used = new Set<string | undefined>([
      ...known.values(),
      ...TOOLS.map(({ action }) => action),
      ...Object.values(LIVE_MESSAGES),
    ]);
    expect(ACTIONS.filter((action) => !used.has(action))).toEqual([]);
  });

  it('every route with every relation does what the table says', async () => {
    for (const route of routes()) {
      const { method, url, action } = route;
      if (action === undefined) throw new Error(`${nameOf(route)} declares no action`);
      for (const relation of RELATIONS.filter(
        (one) => !url.startsWith('/dav/') || !['owner', 'operator', 'other'].includes(one),
      ))
        expect(await call(relation, method, url), `${relation}: ${nameOf(route)}`).toBe(
          expected(relation, action),
        );
    }
  });

  it.each(Object.entries(FACTS))('%s: %s', async (route, facts) => {
    const [method = '', url = ''] = route.split(' ');
    expect(routes().map(nameOf)).toContain(route);
    for (const fact of facts.split(' ')) {
      const relation = fact.slice(1) as Relation;
      if (relation === 'other') continue; // see below: it needs what is somebody's
      expect(await call(relation, method, url), fact).toBe(
        fact.startsWith('+') ? 'may' : 'may not',
      );
    }
  });

  it('another person reaches nothing of the owner, whatever their role or token', async () => {
    const token = (await t.ask('ben', 'POST', '/tokens', { name: 'full' })).body.token;
    for (const shown of [
      headers.get('other'),
      headers.get('operator'),
      { authorization: `Bearer ${token}` },
    ])
      for (const [method, path] of [
        ['GET', ''],
        ['PATCH', ''],
        ['DELETE', ''],
        ['POST', '/complete'],
        ['POST', '/snooze'],
        ['GET', '/history'],
      ] as const) {
        const answer = await t.backend.app.inject({
          method,
          url: `/api/v1/tasks/${task}${path}`,
          headers: { ...shown },
          ...(method === 'PATCH' ? { payload: { title: 'taken' } } : {}),
          ...(path === '/snooze' ? { payload: { minutes: 5 } } : {}),
        });
        expect(answer.statusCode, `${method} ${path}`).toBe(404);
      }
  });

  it('every tool with every relation does what the table says, and the facts', async () => {
    for (const relation of RELATIONS) {
      const answer = await fetch(`${address}/mcp`, {
        method: 'POST',
        headers: {
          ...headers.get(relation),
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
        },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }),
      });
      const text = await answer.text();
      const shown = (name: string): boolean => answer.ok && text.includes(`"name":"${name}"`);
      const connects = expected(relation, 'mcp.use') === 'may';
      expect(answer.ok, relation).toBe(connects);
      for (const { name, action } of TOOLS)
        expect(shown(name), `${relation}: ${name}`).toBe(
          connects && expected(relation, action) === 'may',
        );
      for (const [name, facts] of Object.entries(TOOL_FACTS))
        for (const fact of facts.split(' '))
          if (fact.slice(1) === relation)
            expect(shown(name), `${fact}: ${name}`).toBe(fact.startsWith('+'));
    }
  });

  it('a tool that is not shown can not be called either', async () => {
    const answer = await fetch(`${address}/mcp`, {
      method: 'POST',
      headers: {
        ...headers.get('token:read'),
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
      },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/call',
        params: { name: 'delete_task', arguments: { id: task } },
      }),
    });
    expect(await answer.text()).toContain('error');
    expect((await t.ask('anna', 'GET', `/tasks/${task}`)).status).toBe(200);
  });

  it('a tool’s action is what its effect says', () => {
    for (const { name, action, effect } of TOOLS)
      expect(action, name).toBe(effect.readOnly ? 'tools.read' : 'tools.change');
    // the chat runs every tool for whoever may use it
    for (const relation of RELATIONS)
      if (mayDo([relation], 'chat.use'))
        expect(mayDo([relation], 'tools.read') && mayDo([relation], 'tools.change')).toBe(true);
  });

  it('every live message reaches whom the table says, and nobody else', async () => {
    const told = (relation: Relation) => {
      const leaving = new AbortController();
      const leave = (): void => {
        leaving.abort();
      };
      const stream = { text: '', leave, open: false };
      const read = async () => {
        const response = await fetch(`${address}/api/v1/live`, {
          headers: { ...headers.get(relation) },
          signal: leaving.signal,
        });
        if (!response.ok) return;
        stream.open = true;
        for await (const chunk of response.body!.pipeThrough(new TextDecoderStream()))
          stream.text += chunk;
      };
      read().catch(() => undefined);
      return stream;
    };
    const watching: Relation[] = [
      'owner',
      'other',
      'operator',
      ...SCOPES.map((scope: Scope): Relation => `token:${scope}`),
    ];
    const streams = new Map(watching.map((relation) => [relation, told(relation)]));
    const listeners = watching.filter((relation) => expected(relation, 'live.watch') === 'may');
    for (const relation of listeners)
      await expect
        .poll(() => streams.get(relation)!.text, { timeout: 20_000 })
        .toContain('event: ready');
    await t.add('anna', { title: 'news' });
    await t.ask('anna', 'POST', `/tasks/${task}/move`, { after: null });
    await t.ask('anna', 'POST', '/lists', { name: 'news' });
    await t.ask('anna', 'POST', '/filters', { name: 'news', filter: 'overdue' });
    await t.pool.query(
      `WITH one AS (UPDATE todo.users SET change_seq = change_seq + 2 WHERE id = 'anna' RETURNING change_seq)
       INSERT INTO todo.changes (user_id, seq, type, task_id, data, at)
       SELECT 'anna', change_seq - 1, 'notification', NULL::uuid, '{"id":"n"}'::jsonb, now() FROM one
       UNION ALL SELECT 'anna', change_seq, 'of-a-version-to-come', NULL, '{}'::jsonb, now() FROM one`,
    );
    await t.add('anna', { title: 'the last of the news' });
    const mine: Relation[] = ['owner', 'token:full', 'token:read'];
    expect(listeners.filter((relation) => relation !== 'other' && relation !== 'operator')).toEqual(
      mine,
    );
    for (const relation of mine) {
      const { text } = streams.get(relation)!;
      await expect
        .poll(() => streams.get(relation)!.text, { timeout: 20_000 })
        .toContain('the last of the news');
      for (const [message, action] of Object.entries(LIVE_MESSAGES))
        expect(
          streams.get(relation)!.text.includes(`event: ${message}\n`),
          `${relation}: ${message} (${text.length})`,
        ).toBe(expected(relation, action) === 'may');
      expect(streams.get(relation)!.text).not.toContain('of-a-version-to-come');
    }
    for (const relation of ['other', 'operator'] as const)
      expect(streams.get(relation)!.text).not.toMatch(/event: (?!ready)/);
    for (const scope of ['write', 'mcp', 'caldav'] as const)
      expect(streams.get(`token:${scope}`)!.open).toBe(false);
    for (const stream of streams.values()) stream.leave();
  });

  it('a token limited to lists does less than one that is not, never more', () => {
    const subject = { userId: 'anna', role: 'user', accessTokenId: 'x', listIds: null } as const;
    for (const scope of SCOPES)
      for (const action of ACTIONS) {
        const whole = isAllowed({ ...subject, scopes: [scope] }, action);
        const limited = isAllowed({ ...subject, scopes: [scope], listIds: ['list'] }, action);
        if (limited) expect(whole, `${scope}: ${action}`).toBe(true);
        if (/^(history|transfer|tokens|notifications|chat|live|operations)\./.test(action))
          expect(limited, `${scope}: ${action}`).toBe(false);
      }
  });
});

describe('what has no rule', () => {
  it('a route without an action keeps the backend from starting', async () => {
    const { fastify } = await import('fastify');
    const { authorizeRoutes } = await import('../src/http/authenticate.ts');
    const app = fastify();
    authorizeRoutes(app, {
      authenticate: () => Promise.reject(new Error('not asked')),
      appApiToken: APP_API_TOKEN,
    });
    app.get('/forgotten', () => 'secret');
    await expect(app.ready()).rejects.toThrow('the route GET /forgotten declares no action');
    await app.close();
  });
});

// Personal access tokens: how long they live, how many there may be, what each scope allows, and that an end takes effect on
// every replica. Two replicas share one real database.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Backend } from '../src/app.ts';
import { startTestBackend } from '@todo/testing/backend-under-test';
import type { TestBackend } from '@todo/testing/backend-under-test';

const DAY_MS = 86_400_000;
/** What "at once" promises, ms. */
const PROMISED_MS = 2_000;

interface Token {
  readonly id: string;
  readonly token: string;
  readonly scopes: string[];
  readonly listIds: string[] | null;
  readonly createdAt: string;
  readonly expiresAt: string | null;
  readonly lastUsedAt: string | null;
}

describe('access tokens', { timeout: 60_000 }, () => {
  let t: TestBackend;
  let second: Backend;
  let urls: string[];
  beforeAll(async () => {
    t = await startTestBackend();
    second = await t.another();
    urls = [
      await t.backend.app.listen({ host: '127.0.0.1', port: 0 }),
      await second.app.listen({ host: '127.0.0.1', port: 0 }),
    ];
  });
  afterAll(() => t.close());

  async function create(user: string, fields: object = {}): Promise<Token> {
    const made = await t.ask(user, 'POST', '/tokens', { name: 'script', ...fields });
    expect(made.status, JSON.stringify(made.body)).toBe(201);
    return made.body as unknown as Token;
  }
  const tokensOf = async (user: string): Promise<Token[]> =>
    (await t.ask(user, 'GET', '/tokens')).body.items as unknown as Token[];
  async function as(token: string, method: string, path: string, body?: unknown) {
    return await t.ask('nobody', method, path, body, { authorization: `Bearer ${token}` });
  }
  /** Opens a live stream at a replica; `ended` becomes the time it took from `mark`, ms. */
  async function stream(url: string, token: string) {
    const response = await fetch(`${url}/api/v1/live`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(response.status).toBe(200);
    const open = { text: '', endedAt: undefined as number | undefined };
    const read = async () => {
      for await (const chunk of response.body!.pipeThrough(new TextDecoderStream()))
        open.text += chunk;
    };
    read()
      .catch(() => undefined)
      .finally(() => (open.endedAt = performance.now()));
    await expect.poll(() => open.text, { timeout: 10_000 }).toContain('event: ready');
    return open;
  }
  /** Waits until the second replica hears what the first one announces. */
  async function bothListen(user: string) {
    const probe = await stream(urls[1]!, await t.token(user));
    await expect
      .poll(
        async () => {
          await t.add(user, { title: 'probe' });
          return probe.text;
        },
        { timeout: 20_000 },
      )
      .toContain('event: task');
  }

  describe('lifetime', () => {
    const days = (token: Token): number | null =>
      token.expiresAt === null
        ? null
        : (Date.parse(token.expiresAt) - Date.parse(token.createdAt)) / DAY_MS;

    it('ends after 90 days unless another time was chosen', async () => {
      expect(days(await create('ada'))).toBe(90);
      for (const chosen of [7, 30, 90, 365])
        expect(days(await create('ada', { expiresInDays: chosen }))).toBe(chosen);
      expect(days(await create('ada', { expiresInDays: null }))).toBeNull();
    });

    it('can be extended, and never shortened without a word', async () => {
      const token = await create('ada', { expiresInDays: 7 });
      const path = `/tokens/${token.id}`;
      const longer = await t.ask('ada', 'PATCH', path, { expiresInDays: 30 });
      expect(longer.status).toBe(200);
      const { expiresAt } = longer.body as unknown as Token;
      expect(Date.parse(expiresAt!) - Date.parse(token.expiresAt!)).toBeGreaterThan(22 * DAY_MS);
      const shorter = await t.ask('ada', 'PATCH', path, { expiresInDays: 1 });
      expect(shorter.status).toBe(400);
      expect(shorter.body.errors[0].field).toBe('expiresInDays');
      expect((await t.ask('bea', 'PATCH', path, { expiresInDays: 90 })).status).toBe(404);
      const never = await t.ask('ada', 'PATCH', path, { expiresInDays: null });
      expect((never.body as unknown as Token).expiresAt).toBeNull();
      expect((await t.ask('ada', 'PATCH', path, { expiresInDays: 30 })).status).toBe(400);
    });

    it('an expired token is refused, is not listed and can not be extended', async () => {
      const token = await create('ada', { name: 'old' });
      await t.pool.query(
        `UPDATE todo.access_tokens SET expires_at = now() - interval '1 second' WHERE id = $1`,
        [token.id],
      );
      expect((await as(token.token, 'GET', '/me')).status).toBe(401);
      expect((await tokensOf('ada')).map(({ id }) => id)).not.toContain(token.id);
      const extended = await t.ask('ada', 'PATCH', `/tokens/${token.id}`, { expiresInDays: 30 });
      expect(extended.status).toBe(404);
    });

    it('a use shows', async () => {
      const token = await create('cora');
      expect((await tokensOf('cora'))[0]!.lastUsedAt).toBeNull();
      await as(token.token, 'GET', '/me');
      expect((await tokensOf('cora'))[0]!.lastUsedAt).not.toBeNull();
    });
  });

  describe('number', () => {
    it('fifty at most, also when they are created at the same moment on two replicas', async () => {
      const one = await t.token('dora');
      const answers = await Promise.all(
        Array.from({ length: 70 }, (_, n) =>
          (n % 2 === 0 ? t.backend : second).app.inject({
            method: 'POST',
            url: '/api/v1/tokens',
            headers: { authorization: `Bearer ${one}` },
            payload: { name: `t${n}` },
          }),
        ),
      );
      const made = answers.filter(({ statusCode }) => statusCode === 201);
      expect(made).toHaveLength(50);
      for (const refused of answers.filter((answer) => !made.includes(answer)))
        expect([refused.statusCode, refused.json<{ type: string }>().type]).toEqual([
          422,
          expect.stringContaining('too-many-tokens'),
        ]);
      expect(await tokensOf('dora')).toHaveLength(50);
      const [first] = await tokensOf('dora');
      await t.ask('dora', 'DELETE', `/tokens/${first!.id}`);
      await create('dora');
    });

    it('all are listed, also more than may be created now', async () => {
      await create('elin');
      await t.pool.query(
        `INSERT INTO todo.access_tokens (id, user_id, name, hash, scopes, created_at)
         SELECT gen_random_uuid(), 'elin', 'made before', sha256(n::text::bytea), '{tasks:read,tasks:write}', now()
         FROM generate_series(1, 102) n`,
      );
      expect(await tokensOf('elin')).toHaveLength(103);
      expect((await t.ask('elin', 'POST', '/tokens', { name: 'x' })).status).toBe(422);
    });

    it('all of a person end with one request', async () => {
      const tokens = [await create('fay'), await create('fay')];
      const other = await create('gil');
      expect((await t.ask('fay', 'DELETE', '/tokens')).status).toBe(204);
      for (const { token } of tokens) expect((await as(token, 'GET', '/me')).status).toBe(401);
      expect((await as(other.token, 'GET', '/me')).status).toBe(200);
      expect(await tokensOf('fay')).toEqual([]);
    });
  });

  describe('scopes', () => {
    const refusal = async (token: string, method: string, path: string, body?: unknown) => {
      const { status, body: problem, headers } = await as(token, method, path, body);
      return { status, detail: problem.detail, challenge: headers['www-authenticate'] };
    };

    it('read reads and does not write; what is missing is named', async () => {
      const { token } = await create('hana', { scopes: ['read'] });
      expect((await as(token, 'GET', '/tasks')).status).toBe(200);
      expect(await refusal(token, 'POST', '/tasks', { title: 'x' })).toEqual({
        status: 403,
        detail: expect.stringContaining('the scope write') as string,
        challenge: 'Bearer realm="todo", error="insufficient_scope", scope="write"',
      });
    });

    it.each(['mcp', 'caldav'])('%s does not open the API', async (scope) => {
      const { token } = await create('hana', { scopes: [scope] });
      for (const [method, path, lacks] of [
        ['GET', '/tasks', 'read'],
        ['GET', '/me', 'read'],
        ['GET', '/live', 'read'],
        ['POST', '/tasks', 'write'],
        ['DELETE', '/tasks/0198f3c0-0000-7000-8000-000000000000', 'write'],
      ] as const) {
        const refused = await refusal(
          token,
          method,
          path,
          method === 'POST' ? { title: 'x' } : undefined,
        );
        expect(refused.status, path).toBe(403);
        expect(refused.detail, path).toContain(`the scope ${lacks}`);
      }
    });

    it('only mcp, read, write and full open /mcp', async () => {
      const list = { jsonrpc: '2.0', id: 1, method: 'tools/list' };
      for (const [scope, status] of [
        ['mcp', 200],
        ['full', 200],
        ['read', 200],
        ['caldav', 403],
      ] as const) {
        const { token } = await create('hana', { scopes: [scope] });
        const answer = await fetch(`${urls[0]}/mcp`, {
          method: 'POST',
          headers: {
            authorization: `Bearer ${token}`,
            'content-type': 'application/json',
            accept: 'application/json, text/event-stream',
          },
          body: JSON.stringify(list),
        });
        expect(answer.status, scope).toBe(status);
        if (status === 403)
          expect(((await answer.json()) as { detail: string }).detail).toContain('the scope mcp');
      }
    });

    it('full is what a token was before; the names of before are still taken', async () => {
      expect((await create('hana')).scopes).toEqual(['full']);
      expect((await create('hana', { scopes: ['tasks:read', 'tasks:write'] })).scopes).toEqual([
        'full',
      ]);
      expect((await create('hana', { scopes: ['tasks:read'] })).scopes).toEqual(['read']);
      expect((await t.ask('hana', 'POST', '/tokens', { name: 'x', scopes: ['all'] })).status).toBe(
        400,
      );
      await t.pool.query(
        `UPDATE todo.access_tokens SET scopes = '{tasks:read,tasks:write}' WHERE user_id = 'hana'`,
      );
      for (const token of await tokensOf('hana')) expect(token.scopes).toEqual(['full']);
    });

    it('the previous version takes no new token for more than it is', async () => {
      const list = (await t.ask('ida', 'POST', '/lists', { name: 'Work' })).body;
      const stored = async (fields: object): Promise<string[]> => {
        const { id } = await create('ida', fields);
        const { rows } = await t.pool.query<{ scopes: string[] }>(
          'SELECT scopes FROM todo.access_tokens WHERE id = $1',
          [id],
        );
        return rows[0]!.scopes;
      };
      expect((await stored({})).sort()).toEqual(['tasks:read', 'tasks:write']);
      expect(await stored({ scopes: ['read'] })).toEqual(['tasks:read']);
      for (const fields of [
        { scopes: ['mcp'] },
        { scopes: ['caldav'] },
        { listIds: [list.id] },
        { scopes: ['read'], listIds: [list.id] },
      ])
        for (const name of await stored(fields)) expect(name).not.toMatch(/^tasks:/);
    });
  });

  describe('limited to lists', () => {
    let work: string;
    let home: string;
    let limited: string;
    let inWork: string;
    let inHome: string;
    let loose: string;
    beforeAll(async () => {
      work = (await t.ask('jo', 'POST', '/lists', { name: 'Work' })).body.id;
      home = (await t.ask('jo', 'POST', '/lists', { name: 'Home' })).body.id;
      inWork = (await t.add('jo', { title: 'in work', listId: work })).id;
      inHome = (await t.add('jo', { title: 'secret at home', listId: home })).id;
      loose = (await t.add('jo', { title: 'secret nowhere' })).id;
      limited = (await create('jo', { listIds: [work] })).token;
    });

    it('sees and changes the tasks of its lists only', async () => {
      const { items } = (await as(limited, 'GET', '/tasks?status=all')).body;
      expect(items.map(({ id }) => id)).toEqual([inWork]);
      for (const query of [`listId=${home}`, 'q=secret', `parentId=none&listId=${home}`])
        expect((await as(limited, 'GET', `/tasks?${query}`)).body.items).toEqual([]);
      expect((await as(limited, 'GET', `/tasks/${inWork}`)).status).toBe(200);
      for (const id of [inHome, loose])
        for (const [method, path, body] of [
          ['GET', '', undefined],
          ['PATCH', '', { title: 'taken' }],
          ['PATCH', '', { listId: work }],
          ['POST', '/complete', undefined],
          ['POST', '/reopen', undefined],
          ['POST', '/restore', undefined],
          ['POST', '/snooze', { minutes: 5 }],
          ['DELETE', '', undefined],
        ] as const)
          expect(
            (await as(limited, method, `/tasks/${id}${path}`, body)).status,
            `${method} ${path}`,
          ).toBe(404);
      const lists = (await as(limited, 'GET', '/lists')).body.items;
      expect(lists.map(({ id }) => id)).toEqual([work]);
    });

    it('adds to its lists only, and moves nothing out of them', async () => {
      expect((await as(limited, 'POST', '/tasks', { title: 'x', listId: work })).status).toBe(201);
      for (const body of [
        { title: 'x' },
        { title: 'x', listId: home },
        { title: 'x', listId: work, parentId: inHome },
      ]) {
        const refused = await as(limited, 'POST', '/tasks', body);
        expect(refused.status, JSON.stringify(body)).toBe(400);
      }
      for (const listId of [home, null])
        expect((await as(limited, 'PATCH', `/tasks/${inWork}`, { listId })).status).toBe(400);
      const bulk = await as(limited, 'POST', '/tasks/bulk', {
        action: 'delete',
        ids: [inHome, loose],
      });
      expect(bulk.body.results).toEqual([
        expect.objectContaining({ ok: false, status: 404 }),
        expect.objectContaining({ ok: false, status: 404 }),
      ]);
    });

    it('is refused what concerns more than its lists, with the reason', async () => {
      for (const [method, path, body] of [
        ['GET', '/export?format=json', undefined],
        ['GET', '/tags', undefined],
        ['GET', '/history', undefined],
        ['GET', '/audit', undefined],
        ['GET', `/tasks/${inWork}/history`, undefined],
        ['GET', '/live', undefined],
        ['GET', '/notifications', undefined],
        ['POST', '/lists', { name: 'x' }],
        ['DELETE', `/lists/${work}`, undefined],
        ['POST', '/import?format=json', '{}'],
      ] as const) {
        const refused = await as(limited, method, path, body);
        expect(refused.status, `${method} ${path}`).toBe(403);
        expect(refused.body.detail, `${method} ${path}`).toContain('limited to lists');
      }
    });

    it('names lists that are the person’s own', async () => {
      const foreign = (await t.ask('kim', 'POST', '/lists', { name: 'Kim' })).body.id;
      for (const listIds of [[foreign], [work, foreign], []])
        expect((await t.ask('jo', 'POST', '/tokens', { name: 'x', listIds })).status).toBe(400);
    });
  });

  describe('at once', () => {
    it('a revoked token ends its streams on every replica, and no other’s', async () => {
      await bothListen('lia');
      const [ended, kept] = [await create('lia'), await create('lia')];
      const streams = [await stream(urls[0]!, ended.token), await stream(urls[1]!, ended.token)];
      const others = [
        await stream(urls[1]!, kept.token),
        await stream(urls[1]!, await t.token('lia')),
      ];
      const at = performance.now();
      expect((await t.ask('lia', 'DELETE', `/tokens/${ended.id}`)).status).toBe(204);
      for (const { app } of [t.backend, second]) {
        const answer = await app.inject({
          url: '/api/v1/me',
          headers: { authorization: `Bearer ${ended.token}` },
        });
        expect(answer.statusCode).toBe(401);
      }
      for (const one of streams) {
        await expect.poll(() => one.endedAt, { timeout: 10_000 }).toBeDefined();
        expect(one.endedAt! - at).toBeLessThan(PROMISED_MS);
      }
      for (const other of others) expect(other.endedAt).toBeUndefined();
    });

    it('a token that expires ends its stream', async () => {
      const token = await create('mo');
      await t.pool.query(
        `UPDATE todo.access_tokens SET expires_at = now() + interval '1500 ms' WHERE id = $1`,
        [token.id],
      );
      const open = await stream(urls[1]!, token.token);
      await expect.poll(() => open.endedAt, { timeout: 20_000 }).toBeDefined();
      expect((await as(token.token, 'GET', '/me')).status).toBe(401);
    });
  });
});

// Operators, the admin page's routes, invitations and who may sign up.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createServer, type Server } from 'node:http';
import * as actions from '@/app/api/admin/actions/route';
import * as invitations from '@/app/api/admin/invitations/route';
import * as people from '@/app/api/admin/people/route';
import * as secondFactor from '@/app/api/admin/second-factor/route';
import { changePerson } from '@/server/admin';
import { tellStatus } from '@/server/disabled-accounts';
import { config } from '@/server/config';
import { database } from '@/server/database';
import { eraseAccount } from '@/server/erasures';
import { addOperator } from '@/server/operators';
import { authUnderTest, call, mailTo, signIn, signUp, SITE, type Answer } from './auth-under-test';

authUnderTest({ SIGN_UPS_PER_MINUTE: '1000' });

/** What the backend was told: subject, audience and `disabled`. */
const told: Record<string, unknown>[] = [];
let backend: Server;
let backendAnswers = 204;
beforeAll(async () => {
  backend = createServer((request, response) => {
    const payload = (request.headers.authorization ?? '').split('.')[1] ?? '';
    if (backendAnswers === 204)
      told.push(
        JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>,
      );
    response.writeHead(backendAnswers).end();
  });
  await new Promise<void>((listening) => backend.listen(0, '127.0.0.1', listening));
  const { port } = backend.address() as { port: number };
  Object.assign(config(), { BACKEND_URL: `http://127.0.0.1:${port}` });
});
afterAll(() => backend.close());

const idOf = async (email: string): Promise<string> => {
  const { rows } = await database().pool.query<{ id: string }>(
    'SELECT "id" FROM auth."user" WHERE "email" = $1',
    [email],
  );
  return rows[0]!.id;
};
const newPerson = async (email: string): Promise<{ id: string; session: Answer }> => {
  expect((await signUp(email)).status).toBe(200);
  return { id: await idOf(email), session: await signIn(email) };
};
const newOperator = async (email: string) => {
  const person = await newPerson(email);
  await addOperator(database().pool, person.id);
  return person;
};
const request = (session: Answer | undefined, method: string, path: string, body?: object) =>
  new Request(`${SITE}/api/admin/${path}`, {
    method,
    headers: { origin: SITE, ...(session && { cookie: session.cookie }) },
    ...(body && { body: JSON.stringify(body) }),
  });
const change = async (session: Answer | undefined, body: object) =>
  await people.POST(request(session, 'POST', 'people', body));
const alive = async ({ cookie }: Answer) =>
  'user' in (await call('/get-session', undefined, { cookie })).body;
const inMode = async <T>(mode: string, work: () => Promise<T>, more: object = {}): Promise<T> => {
  Object.assign(config(), { SIGN_UP: mode, ...more });
  try {
    return await work();
  } finally {
    Object.assign(config(), { SIGN_UP: 'open' });
  }
};

describe('the admin page’s routes', () => {
  test('are for operators only, each of them', async () => {
    const { session: person } = await newPerson('person@example.com');
    const { session: operator } = await newOperator('first@example.com');
    const routes = [
      ['GET people', people.GET, 'GET', 'people', undefined],
      ['POST people', people.POST, 'POST', 'people', { id: 'nobody', action: 'enable' }],
      ['GET invitations', invitations.GET, 'GET', 'invitations', undefined],
      ['POST invitations', invitations.POST, 'POST', 'invitations', {}],
      ['DELETE invitations', invitations.DELETE, 'DELETE', 'invitations?id=x', undefined],
      ['GET actions', actions.GET, 'GET', 'actions', undefined],
      ['GET second-factor', secondFactor.GET, 'GET', 'second-factor', undefined],
      ['POST second-factor', secondFactor.POST, 'POST', 'second-factor', {}],
    ] as const;
    for (const [name, handler, method, path, body] of routes) {
      const status = async (session?: Answer) =>
        (await handler(request(session, method, path, body))).status;
      expect([await status(), await status(person)], name).toEqual([401, 403]);
      expect([401, 403], name).not.toContain(await status(operator));
    }
    const foreign = request(operator, 'POST', 'people', { id: 'x', action: 'enable' });
    foreign.headers.set('origin', 'https://evil.example');
    expect((await people.POST(foreign)).status).toBe(403);
  });

  test('list people with search and pages, and none of their secrets', async () => {
    const { session } = await newOperator('lister@example.com');
    await database().pool.query(
      `INSERT INTO auth."user" ("id", "name", "email") SELECT 'many' || n, 'Many ' || n, 'many' || n || '@example.com' FROM generate_series(1, 120) n`,
    );
    const page = async (query: string) =>
      (await (await people.GET(request(session, 'GET', `people?${query}`))).json()) as {
        items: { id: string; email: string; operator: string | null }[];
        next: string | null;
      };
    const seen: string[] = [];
    let next: string | null = '';
    while (next !== null) {
      const one: Awaited<ReturnType<typeof page>> = await page(
        `search=MANY${next === '' ? '' : `&after=${next}`}`,
      );
      seen.push(...one.items.map(({ id }) => id));
      next = one.next;
    }
    expect([seen.length, new Set(seen).size]).toEqual([120, 120]);
    const found = await page('search=lister%40');
    expect(found.items).toMatchObject([{ email: 'lister@example.com', operator: 'made' }]);
    expect((await page('search=%25')).items).toEqual([]);
    expect(JSON.stringify(found)).not.toMatch(/password|token|ipAddress/i);
  });
});

describe('what operators do', () => {
  test('disabling ends sessions, tells the backend, refuses sign-ins; enabling takes it back', async () => {
    const { session: operator } = await newOperator('disabler@example.com');
    const { id, session } = await newPerson('eve@example.com');
    told.length = 0;
    expect(await (await change(operator, { id, action: 'disable' })).json()).toEqual({
      told: true,
    });
    expect(await alive(session)).toBe(false);
    expect(told).toContainEqual(
      expect.objectContaining({ sub: id, aud: 'todo-disabling', disabled: true }),
    );
    expect(told).toContainEqual(expect.objectContaining({ sub: id, aud: 'todo-sessions' }));
    const refused = await signIn('eve@example.com');
    expect([refused.status, refused.body['code']]).toEqual([403, 'ACCOUNT_DISABLED']);
    expect((await signIn('eve@example.com', 'wrong')).status).toBe(401);
    await expect(
      database().pool.query(
        `INSERT INTO auth."session" ("id", "userId", "token", "expiresAt") VALUES ('s', $1, 's', now())`,
        [id],
      ),
    ).rejects.toThrow('disabled');
    expect((await change(operator, { id, action: 'enable' })).status).toBe(200);
    expect((await signIn('eve@example.com')).status).toBe(200);
    expect(told.at(-1)).toMatchObject({ sub: id, disabled: false });
  });

  test('a backend that is away is told later', async () => {
    const { session: operator } = await newOperator('patient@example.com');
    const { id } = await newPerson('late@example.com');
    backendAnswers = 503;
    expect(await (await change(operator, { id, action: 'disable' })).json()).toEqual({
      told: false,
    });
    backendAnswers = 204;
    expect(await tellStatus()).toBe(true);
    expect(told.at(-1)).toMatchObject({ sub: id, disabled: true });
  });

  test('deletion has the same grace, and can be taken back', async () => {
    const { session: operator } = await newOperator('deleter@example.com');
    const { id, session } = await newPerson('gone@example.com');
    expect((await change(operator, { id, action: 'delete' })).status).toBe(200);
    expect([await alive(session), (await signIn('gone@example.com')).status]).toEqual([false, 403]);
    const { rows } = await database().pool.query<{ days: number }>(
      `SELECT round(extract(epoch FROM "eraseAt" - now()) / 86400)::int AS days FROM auth.deletion WHERE "userId" = $1`,
      [id],
    );
    expect(rows).toEqual([{ days: 14 }]);
    expect((await change(operator, { id, action: 'keep' })).status).toBe(200);
    expect((await change(operator, { id, action: 'keep' })).status).toBe(409);
  });

  test('oneself only by saying so, and the last operator never; two can’t demote each other', async () => {
    const { pool } = database();
    await pool.query('DELETE FROM auth."operator"');
    const ann = await newOperator('ann@example.com');
    const codes = async (action: string, self: boolean) =>
      ((await (await change(ann.session, { id: ann.id, action, self })).json()) as { type: string })
        .type;
    for (const action of ['disable', 'delete', 'demote']) {
      expect(await codes(action, false)).toMatch(/:yourself$/);
      expect(await codes(action, true)).toMatch(/:last-operator$/);
    }
    for (let round = 0; round < 3; round++) {
      await pool.query('DELETE FROM auth."operator"');
      const [a, b] = [ann.id, (await newPerson(`b${round}@example.com`)).id];
      for (const id of [a, b]) await addOperator(pool, id);
      const outcomes = await Promise.allSettled([
        changePerson({ id: a }, { id: b, action: 'demote', self: false }),
        changePerson({ id: b }, { id: a, action: 'demote', self: false }),
      ]);
      expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    }
  });

  test('is recorded for good; an erased person’s id goes, what was done stays', async () => {
    const { pool } = database();
    const { id: by, session: operator } = await newOperator('recorder@example.com');
    const { id } = await newPerson('subject@example.com');
    await change(operator, { id, action: 'promote' });
    await invitations.POST(
      request(operator, 'POST', 'invitations', { email: 'Subject@example.com' }),
    );
    const log = async () =>
      (
        (await (await actions.GET(request(operator, 'GET', 'actions'))).json()) as {
          items: Record<string, unknown>[];
        }
      ).items;
    expect((await log())[1]).toMatchObject({
      ...{ action: 'promote', byCommand: false },
      ...{ operator: 'recorder@example.com', subject: 'subject@example.com' },
    });
    for (const sql of [
      `UPDATE auth."operatorAction" SET "action" = 'keep'`,
      `UPDATE auth."operatorAction" SET "subjectId" = 'somebody else'`,
      'DELETE FROM auth."operatorAction"',
      'TRUNCATE auth."operatorAction"',
    ])
      await expect(pool.query(sql), sql).rejects.toThrow('neither changed nor deleted');
    await eraseAccount(pool, id);
    expect((await log())[1]).toMatchObject({ action: 'promote', subject: null });
    const { rows } = await pool.query<{ all: string }>(
      `SELECT (SELECT string_agg(a::text, ' ') FROM auth."operatorAction" a) || (SELECT string_agg(i::text, ' ') FROM auth."invitation" i) AS all`,
    );
    expect(rows[0]!.all).not.toMatch(new RegExp(`${id}|subject@`, 'i'));
    expect(by).not.toBe(id);
  });
});

describe('who may sign up', () => {
  test('nobody, where it is closed, whether or not the address has an account', async () => {
    await newPerson('known@example.com');
    await inMode('closed', async () => {
      for (const email of ['known@example.com', 'new@example.com'])
        expect([email, (await signUp(email, { invitation: 'x' })).status]).toEqual([email, 403]);
    });
  });

  test('with an invitation: as often as it says, for its address, until it ends or is withdrawn', async () => {
    const { session } = await newOperator('host@example.com');
    const invite = async (body: object) =>
      (await (await invitations.POST(request(session, 'POST', 'invitations', body))).json()) as {
        id: string;
        link: string;
        mailed: boolean;
      };
    const tokenOf = ({ link }: { link: string }) => new URL(link).hash.slice(1);
    await inMode('invitation', async () => {
      expect((await signUp('x1@example.com')).status).toBe(403);
      expect((await signUp('x1@example.com', { invitation: 'made-up' })).status).toBe(403);
      const three = tokenOf(await invite({ maxUses: 3 }));
      const statuses = await Promise.all(
        Array.from(
          { length: 12 },
          async (_, n) => (await signUp(`guest${n}@example.com`, { invitation: three })).status,
        ),
      );
      expect(statuses.filter((status) => status === 200)).toHaveLength(3);
      const own = await invite({ email: 'Own@example.com' });
      expect(own.mailed).toBe(true);
      expect((await mailTo('own@example.com')).text).toContain(own.link);
      expect((await signUp('other@example.com', { invitation: tokenOf(own) })).status).toBe(403);
      expect((await signUp('own@example.com', { invitation: tokenOf(own) })).status).toBe(200);
      const withdrawn = await invite({});
      await invitations.DELETE(request(session, 'DELETE', `invitations?id=${withdrawn.id}`));
      expect((await signUp('y@example.com', { invitation: tokenOf(withdrawn) })).status).toBe(403);
      const ended = tokenOf(await invite({}));
      await database().pool.query(`UPDATE auth."invitation" SET "expiresAt" = now()`);
      expect((await signUp('y@example.com', { invitation: ended })).status).toBe(403);
    });
    const { rows } = await database().pool.query<{ all: string }>(
      `SELECT string_agg(i::text, ' ') AS all FROM auth."invitation" i`,
    );
    expect(rows[0]!.all).not.toContain('guest');
  });

  test('by domain, the whole of it', async () => {
    await inMode(
      'domain',
      async () => {
        expect((await signUp('a@corp.example')).status).toBe(200);
        expect((await signUp('b@CORP.example')).status).toBe(200);
        for (const email of [
          'c@evil-corp.example',
          'd@corp.example.evil.example',
          'e@sub.corp.example',
        ])
          expect([email, (await signUp(email)).status]).toEqual([email, 403]);
      },
      { SIGN_UP_DOMAINS: ['corp.example'] },
    );
  });
});

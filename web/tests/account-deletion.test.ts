// A person has their account deleted: confirmed, taken back, and carried out, with a real database and a real backend.
import type {} from '@todo/testing/test-database';
import { startTestBackend, type TestBackend } from '@todo/testing/backend-under-test';
import { tablesWith } from '@todo/testing/find-text';
import { createTestDatabase, type TestDatabase } from '@todo/testing/test-database-client';
import { createLocalJWKSet } from 'jose';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { GET } from '@/app/api/account/download/route';
import { DELETE, POST } from '@/app/api/account/deletion/route';
import { auth } from '@/server/auth';
import { pendingDeletion } from '@/server/account-deletion';
import { database } from '@/server/database';
import { containsName, eraseAccount, scheduleErasures, startErasures } from '@/server/erasures';
import { prepareDatabase } from '@/server/readiness';
import { tokenOfSession } from '@/server/session-token';

const PUBLIC_URL = 'http://localhost:5398';
const PASSWORD = 'plain words for a test';
const CANARY = 'Canary1Lw7Nb3Ut';
let db: TestDatabase;
let backend: TestBackend;

beforeAll(async () => {
  db = await createTestDatabase({ qualifiedNames: true });
  backend = await startTestBackend({
    chat: {
      states: {
        readVersioned: () => Promise.resolve(undefined),
        writeVersioned: () => Promise.resolve(true),
        deleteState: () => Promise.resolve(),
      },
    },
    auth: {
      keys: async (...asked) => createLocalJWKSet(await auth().api.getJwks())(...asked),
      issuer: PUBLIC_URL,
      audience: 'todo',
    },
  });
  const address = await backend.backend.app.listen({ host: '127.0.0.1', port: 0 });
  Object.assign(process.env, {
    DATABASE_URL: db.url,
    PUBLIC_URL,
    BACKEND_URL: address,
    BETTER_AUTH_SECRET: 'a-secret-of-tests-only-0123456789abcdef',
    LOG_LEVEL: 'fatal',
  });
  process.chdir(path.join(import.meta.dirname, '..'));
  await prepareDatabase();
});
afterAll(async () => {
  startErasures().stop();
  await backend.close();
  await database().pool.end();
  await db.drop();
});

async function post(route: string, body: object): Promise<Response> {
  return await auth().handler(
    new Request(`${PUBLIC_URL}/api/auth${route}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: PUBLIC_URL },
      body: JSON.stringify(body),
    }),
  );
}
async function cookieOf(response: Response): Promise<Headers> {
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
  const lines = response.headers.getSetCookie().map((line) => line.split(';')[0]);
  return new Headers({ cookie: lines.join('; ') });
}
const signUp = async (email: string, name = 'Mia') => {
  await post('/sign-up/email', { name, email, password: PASSWORD, zone: 'UTC', locale: 'en' });
  await database().pool.query(
    'DELETE FROM auth.session WHERE "userId" IN (SELECT "id" FROM auth."user" WHERE "email" = lower($1))',
    [email],
  );
  return await signIn(email);
};
const signIn = async (email: string) =>
  await cookieOf(await post('/sign-in/email', { email, password: PASSWORD }));
const idOf = async (headers: Headers) => (await auth().api.getSession({ headers }))?.user.id ?? '';

const request = (
  handle: (request: Request) => Promise<Response>,
  method: string,
  headers: Headers,
  body?: unknown,
  origin = PUBLIC_URL,
) =>
  handle(
    new Request(`${PUBLIC_URL}/api/account/deletion`, {
      method,
      headers: { cookie: headers.get('cookie') ?? '', origin, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }),
  );
const ask = (headers: Headers, body: unknown, origin?: string) =>
  request(POST, 'POST', headers, body, origin);
const keep = (headers: Headers) => request(DELETE, 'DELETE', headers);
/** One row in each table that more ways to sign in brought. */
async function addFactors(id: string, text: string): Promise<void> {
  const { pool } = database();
  await pool.query(
    `INSERT INTO auth.passkey ("id", "name", "publicKey", "userId", "credentialID", "counter", "deviceType", "backedUp", "createdAt")
     VALUES ($1, $2, $3, $1, $1, 0, 'multiDevice', true, now())`,
    [id, `Phone ${text}`, `a key of ${text}`],
  );
  await pool.query(
    `INSERT INTO auth."twoFactor" ("id", "secret", "backupCodes", "userId") VALUES ($1, $2, $3, $1)`,
    [id, `a secret of ${text}`, `a code of ${text}`],
  );
  await pool.query('INSERT INTO auth."usedCode" ("userId", "hash") VALUES ($1, $2)', [id, text]);
  await pool.query('INSERT INTO auth."endedSession" ("id", "userId") VALUES ($2, $1)', [id, text]);
}
const due = (id: string) =>
  database().pool.query(`UPDATE auth.deletion SET "eraseAt" = now() WHERE "userId" = $1`, [id]);

describe('a copy of everything', () => {
  const download = (headers: Headers) =>
    GET(new Request(`${PUBLIC_URL}/api/account/download`, { headers }));

  test('is one JSON file with the account, tasks, lists, tokens, notifications and history', async () => {
    const headers = await signUp('olga@example.com', 'Olga');
    const id = await idOf(headers);
    await addFactors(id, CANARY);
    const token = (await tokenOfSession(headers)) ?? '';
    for (const [route, payload] of [
      ['/tasks', { title: 'Buy "milk"\n🥛' }],
      ['/lists', { name: 'Home' }],
      ['/tokens', { name: 'script' }],
    ] as const)
      await backend.backend.app.inject({
        method: 'POST',
        url: `/api/v1${route}`,
        headers: { authorization: `Bearer ${token}` },
        payload,
      });
    const paged = (path: string, text: string) => ({
      items: [{ text, at: path.includes('after=2') ? 2 : 1 }],
      next: path.includes('after=2') ? null : '2',
    });
    backend.answers('notification-service', (path) =>
      path.startsWith('/internal/preferences')
        ? { email: { enabled: false } }
        : paged(path, 'ring'),
    );
    const entry = { type: 't', at: '2027-01-01T00:00:00.000Z', actor: null, task: null, data: {} };
    backend.answers('audit-service', (path) => ({
      items: [{ ...entry, eventId: path.includes('after=') ? 'b' : 'a' }],
      next: path.includes('after=') ? null : '2',
    }));
    const answer = await download(headers);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-disposition')).toContain('attachment');
    const file = (await answer.json()) as Record<
      string,
      { [key: string]: unknown; items?: unknown[] }
    >;
    expect(file['account']).toMatchObject({
      id,
      name: 'Olga',
      email: 'olga@example.com',
      signIns: [{ providerId: 'credential' }],
      secondFactor: false,
      passkeys: [{ name: `Phone ${CANARY}`, deviceType: 'multiDevice', backedUp: true }],
    });
    expect(file['account']!['sessions']).toHaveLength(1);
    expect(JSON.stringify(file['tasks'])).toContain('Buy \\"milk\\"\\n🥛');
    expect(file['lists']!.items).toMatchObject([{ name: 'Home' }]);
    expect(file['tokens']!.items).toMatchObject([{ name: 'script' }]);
    expect(file['notifications']).toHaveLength(2);
    expect(file['history']).toMatchObject([{ eventId: 'a' }, { eventId: 'b' }]);
    expect(JSON.stringify(file)).not.toMatch(/scrypt|todo_pat_|"password"|a (key|secret|code) of/);
  });

  test('is refused without a session, and while a part is away', async () => {
    expect((await download(new Headers())).status).toBe(401);
    backend.answers('notification-service', () => {
      throw new Error('away');
    });
    const answer = await download(await signUp('pia@example.com'));
    expect(answer.status).toBe(503);
    expect(((await answer.json()) as { detail: string }).detail).toContain(
      '/notifications/preferences',
    );
  });
});

describe('deleting an account', () => {
  test('needs a session, the password, and one of our own pages', async () => {
    const headers = await signUp('anna@example.com');
    for (const [given, origin, status] of [
      [{}, undefined, 403],
      [{ password: 'wrong' }, undefined, 403],
      [{ password: '' }, undefined, 403],
      [{ email: 'anna@example.com' }, undefined, 403],
      [{ password: PASSWORD, all: true }, undefined, 400],
      ['text', undefined, 400],
      [{ password: PASSWORD }, 'https://evil.example', 403],
      [{ password: PASSWORD }, '', 403],
    ] as const)
      expect((await ask(headers, given, origin)).status, JSON.stringify(given)).toBe(status);
    expect((await ask(new Headers(), { password: PASSWORD })).status).toBe(401);
    expect(await pendingDeletion(await idOf(headers))).toBeNull();
  });

  test('takes ten wrong passwords in a quarter of an hour, at once or one by one; then not even the right one', async () => {
    const headers = await signUp('greta@example.com');
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, n) => ask(headers, { password: `wrong ${n}` })),
    );
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([...Array<number>(10).fill(403), 429, 429]);
    const late = await ask(headers, { password: PASSWORD });
    expect(late.status).toBe(429);
    expect(Number(late.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await pendingDeletion(await idOf(headers))).toBeNull();
    await database().pool.query(
      `UPDATE auth."tries" SET "endsAt" = "endsAt" - interval '16 minutes'`,
    );
    expect((await ask(headers, { password: 'wrong' })).status).toBe(403);
    expect((await ask(headers, { password: PASSWORD })).status).toBe(200);
  });

  test('ends every session, waits 14 days, and can be taken back until then', async () => {
    const headers = await signUp('ben@example.com');
    const other = await signIn('ben@example.com');
    const answer = await ask(headers, { password: PASSWORD });
    expect(answer.status).toBe(200);
    const { eraseAt } = (await answer.json()) as { eraseAt: string };
    const days = (Date.parse(eraseAt) - database().clock.now().getTime()) / 86_400_000;
    expect(days).toBeGreaterThan(13.9);
    expect(days).toBeLessThan(14.1);
    for (const ended of [headers, other]) expect(await idOf(ended)).toBe('');
    expect((await keep(headers)).status).toBe(401);

    const again = await signIn('ben@example.com');
    const id = await idOf(again);
    expect(await pendingDeletion(id)).toEqual(new Date(eraseAt));
    expect((await keep(again)).status).toBe(204);
    expect(await pendingDeletion(id)).toBeNull();
    expect((await keep(again)).status).toBe(204);
    expect(await idOf(again)).toBe(id);
  });

  test('asking again does not put it off', async () => {
    const headers = await signUp('carl@example.com');
    const id = await idOf(headers);
    await ask(headers, { password: PASSWORD });
    await database().pool.query(
      `UPDATE auth.deletion SET "eraseAt" = now() + interval '1 day' WHERE "userId" = $1`,
      [id],
    );
    const before = await pendingDeletion(id);
    await ask(await signIn('carl@example.com'), { password: PASSWORD });
    expect(await pendingDeletion(id)).toEqual(before);
  });

  test('an account without a password is confirmed by its address, after a sign-in of the last minutes', async () => {
    const headers = await signUp('dora@example.com');
    const id = await idOf(headers);
    await database().pool.query('UPDATE auth.account SET "password" = NULL WHERE "userId" = $1', [
      id,
    ]);
    expect((await ask(headers, { email: 'eve@example.com' })).status).toBe(403);
    expect((await ask(headers, { password: PASSWORD })).status).toBe(403);
    const age = (minutes: number) =>
      database().pool.query(
        `UPDATE auth.session SET "createdAt" = now() - $2 * interval '1 minute' WHERE "userId" = $1`,
        [id, minutes],
      );
    await age(16);
    const late = await ask(headers, { email: 'dora@example.com' });
    expect(late.status).toBe(403);
    expect(await late.json()).toMatchObject({ type: 'urn:todo:problem:sign-in-again' });
    await age(14);
    expect((await ask(headers, { email: ' Dora@Example.com ' })).status).toBe(200);
  });

  test('is tried again while the backend is away, and the account stays until it is done', async () => {
    const headers = await signUp('finn@example.com');
    const id = await idOf(headers);
    await ask(headers, { password: PASSWORD });
    await due(id);
    const erase = vi.fn<(userId: string) => Promise<void>>();
    erase
      .mockRejectedValueOnce(new Error('the backend answered 503'))
      .mockImplementation((userId) => eraseAccount(database().pool, userId));
    const warn = vi.fn();
    const erasures = scheduleErasures({
      pool: database().pool,
      erase,
      log: { info: () => undefined, warn },
    });
    await expect.poll(() => erase.mock.calls.length).toBe(2);
    await expect.poll(() => pendingDeletion(id)).toBeNull();
    expect(warn).toHaveBeenCalled();
    erasures.stop();
  });

  test('when the time is over, everything goes: here and in the backend, and nobody else’s', async () => {
    const headers = await signUp(`${CANARY}@example.com`, CANARY);
    const id = await idOf(headers);
    const stays = await signUp(`x${CANARY}@example.com`, 'Another5Text');
    await addFactors(id, 'Factor9Of5Canary');
    const tables = await tablesWith(database().pool, 'Factor9Of5Canary');
    expect(tables).toHaveLength(4); // else what follows shows nothing
    await database().pool.query(
      `INSERT INTO auth.verification ("id", "identifier", "value", "expiresAt") VALUES
         ('v1', $1, 'code', now()), ('v2', 'reset:abc', $2, now()), ('v3', $3, 'code', now())`,
      [`sign-in-otp-${CANARY}@example.com`, `{"id":"${id}"}`, `x${CANARY}@example.com`],
    );
    const token = (await tokenOfSession(headers)) ?? '';
    const add = async (bearer: string) =>
      (
        await backend.backend.app.inject({
          method: 'POST',
          url: '/api/v1/tasks',
          headers: { authorization: `Bearer ${bearer}` },
          payload: { title: CANARY },
        })
      ).statusCode;
    expect(await add(token)).toBe(201);
    await ask(headers, { password: PASSWORD });
    await due(id);
    expect((await keep(await signIn(`${CANARY}@example.com`))).status).toBe(409);

    startErasures();
    await expect.poll(() => tablesWith(backend.pool, CANARY), { timeout: 20_000 }).toEqual([]);
    await expect
      .poll(
        async () =>
          (await database().pool.query('SELECT 1 FROM auth."user" WHERE "id" = $1', [id])).rowCount,
        { timeout: 20_000 },
      )
      .toBe(0);
    // what is left contains it only as part of another's address
    expect(await tablesWith(database().pool, id)).toEqual([]);
    expect(await tablesWith(database().pool, 'Factor9Of5Canary')).toEqual([]);
    const left = await database().pool.query<{ id: string }>('SELECT "id" FROM auth.verification');
    expect(left.rows.map((row) => row.id)).toEqual(['v3']);
    expect(await idOf(stays)).not.toBe('');
    expect(await add(token)).toBe(401);
    expect(
      (await post('/sign-in/email', { email: `${CANARY}@example.com`, password: PASSWORD })).status,
    ).toBe(401);
  });

  test('a name is found whole, and not inside of a longer one', () => {
    for (const text of [
      'ann@x.com',
      'sign-in-otp-ann@x.com',
      '{"email":"ANN@x.com"}',
      'a ann@x.com. b',
    ])
      expect(containsName(text, 'ann@x.com'), text).toBe(true);
    for (const text of ['joann@x.com', 'ann@x.community', 'j.ann@x.com', 'ann@x.co'])
      expect(containsName(text, 'ann@x.com'), text).toBe(false);
  });
});

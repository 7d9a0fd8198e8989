// Accounts on a real PostgreSQL: the schema better-auth expects, and the claims the backend trusts.
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { createLogger } from '@todo/runtime/log';
import { migrate, readMigrations } from '@todo/runtime/migrate';
import type {} from '@todo/testing/test-database';
import { createTestDatabase, type TestDatabase } from '@todo/testing/test-database-client';
import { getMigrations } from 'better-auth/db/migration';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { auth } from '@/server/auth';
import { database } from '@/server/database';
import { prepareDatabase } from '@/server/readiness';
import { forgetTokenOf, tokenOfSession } from '@/server/session-token';

const PUBLIC_URL = 'http://localhost:5399';
const log = createLogger({ service: 'web-test', level: 'fatal' });
const migrations = readMigrations(pathToFileURL(path.join(import.meta.dirname, '../migrations/')));
let db: TestDatabase;

beforeAll(async () => {
  db = await createTestDatabase({ qualifiedNames: true });
  Object.assign(process.env, {
    DATABASE_URL: db.url,
    PUBLIC_URL,
    BACKEND_URL: 'http://127.0.0.1:1',
    BETTER_AUTH_SECRET: 'a-secret-of-tests-only-0123456789abcdef',
    OPERATOR_EMAILS: 'ops@example.com',
  });
});

afterAll(async () => {
  await database().pool.end();
  await db.drop();
});

const PASSWORD = 'a quiet green harbour';

async function post(route: string, body: Record<string, string>): Promise<Response> {
  return await auth().handler(
    new Request(`${PUBLIC_URL}/api/auth${route}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: PUBLIC_URL },
      body: JSON.stringify(body),
    }),
  );
}

async function signUp(email: string, more: Record<string, string> = {}): Promise<Headers> {
  const details = {
    name: 'Mia',
    email,
    password: PASSWORD,
    zone: 'Europe/Berlin',
    locale: 'de-DE',
  };
  const made = await post('/sign-up/email', { ...details, ...more });
  if (!made.ok) throw new Error(`${made.status}: ${await made.text()}`);
  const response = await post('/sign-in/email', { email, password: PASSWORD });
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
  const cookie = response.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
  return new Headers({ cookie });
}

describe('accounts', () => {
  test('C06: replicas that start together migrate once', async () => {
    const applied = await Promise.all(
      Array.from({ length: 8 }, () => migrate({ url: db.url, schema: 'auth', migrations, log })),
    );
    expect(applied.flat()).toEqual(migrations.map((migration) => migration.name));
  });

  test('the schema is what better-auth expects, nothing missing', async () => {
    const { toBeCreated, toBeAdded } = await getMigrations(auth().options);
    expect(toBeCreated).toEqual([]);
    expect(toBeAdded).toEqual([]);
  });

  test('a name must show something, at sign-up and when it is changed', async () => {
    for (const name of ['\u200B\u2060', '\u3164', '\u{E0061}\uFE0F', ' \u00AD '])
      await expect(signUp('nobody@example.com', { name })).rejects.toThrow(
        /400.*name: expected at least 1 visible character/,
      );
    const headers = await signUp('blank@example.com');
    await expect(auth().api.updateUser({ headers, body: { name: '\u2800' } })).rejects.toThrow(
      'name: expected at least 1 visible character',
    );
    await auth().api.updateUser({ headers, body: { name: 'שרה 🌍' } });
  });

  test('a session becomes a JWT with the claims of the contract', async () => {
    const headers = await signUp('mia@example.com');
    const token = await tokenOfSession(headers);
    const keys = createLocalJWKSet(await auth().api.getJwks());
    const { payload } = await jwtVerify(token ?? '', keys, {
      issuer: PUBLIC_URL,
      audience: 'todo',
      algorithms: ['EdDSA'],
    });
    expect(payload).toMatchObject({
      email: 'mia@example.com',
      role: 'user',
      zone: 'Europe/Berlin',
      locale: 'de-DE',
    });
    expect(payload.sub).toMatch(/.{10,}/);
    expect(payload.exp! - payload.iat!).toBe(15 * 60);
    expect(Object.keys(payload).sort()).toEqual(
      ['aud', 'email', 'exp', 'iat', 'iss', 'locale', 'role', 'sid', 'sub', 'zone'].sort(),
    );
  });

  test.each([20, -20, 24 * 60])(
    'a JWT of a machine that is %i minutes ahead lives 15 minutes by the database’s clock',
    async (minutes) => {
      const real = () => performance.timeOrigin + performance.now();
      vi.useFakeTimers({ toFake: ['Date'], now: real() + minutes * 60_000 });
      try {
        await database().clock.measure();
        const token = await tokenOfSession(await signUp(`ahead${minutes}@example.com`));
        const { iat, exp } = JSON.parse(
          Buffer.from(token!.split('.')[1]!, 'base64url').toString(),
        ) as { iat: number; exp: number };
        expect(Math.abs(iat - real() / 1_000)).toBeLessThan(10);
        expect(exp - iat).toBe(15 * 60);
      } finally {
        vi.useRealTimers();
        await database().clock.measure();
      }
    },
  );

  test('an account of OPERATOR_EMAILS is an operator once its address is confirmed, whatever the case of its letters', async () => {
    const headers = await signUp('OPS@example.com');
    const first = await tokenOfSession(headers);
    expect(Buffer.from(first!.split('.')[1]!, 'base64url').toString()).toContain('"role":"user"');
    await database().pool.query(
      `UPDATE auth."user" SET "emailVerified" = true WHERE "email" = 'ops@example.com'`,
    );
    forgetTokenOf(headers);
    const token = await tokenOfSession(headers);
    const payload = JSON.parse(
      Buffer.from(token!.split('.')[1]!, 'base64url').toString(),
    ) as Record<string, unknown>;
    expect(payload['role']).toBe('operator');
  });

  test('a zone that does not exist is refused', async () => {
    await expect(signUp('x@example.com', { zone: 'Europe/Atlantis' })).rejects.toThrow(/^400/);
  });

  test('nobody can make himself an operator or somebody else at sign-up', async () => {
    const headers = await signUp('eve@example.com', { role: 'operator', id: 'mia' }).catch(
      () => null,
    );
    if (headers === null) return; // refused outright is right too
    const token = await tokenOfSession(headers);
    const payload = JSON.parse(
      Buffer.from(token!.split('.')[1]!, 'base64url').toString(),
    ) as Record<string, unknown>;
    expect(payload['role']).toBe('user');
    expect(payload.sub).not.toBe('mia');
  });

  test('a session that was ended gives no token, once its reuse is over', async () => {
    const headers = await signUp('bo@example.com');
    expect(await tokenOfSession(headers)).not.toBeNull();
    await auth().api.signOut({ headers });
    forgetTokenOf(headers);
    expect(await tokenOfSession(headers)).toBeNull();
  });

  test('with another secret a new signing key is made, and the old one still verifies', async () => {
    const token = await tokenOfSession(await signUp('sam@example.com'));
    await database().pool.query(`UPDATE auth.jwks SET "privateKey" = '"00"'`); // as if encrypted differently
    process.chdir(path.join(import.meta.dirname, '..'));
    await prepareDatabase();
    const { keys } = await auth().api.getJwks();
    expect(keys).toHaveLength(2);
    const set = createLocalJWKSet({ keys });
    await jwtVerify(token ?? '', set, { issuer: PUBLIC_URL, audience: 'todo' });
    const fresh = await tokenOfSession(await signUp('sim@example.com'));
    await jwtVerify(fresh ?? '', set, { issuer: PUBLIC_URL, audience: 'todo' });
  });

  test.each([20, -20])(
    'and also on a machine that is %i minutes ahead of the database',
    async (minutes) => {
      await database().pool.query(`UPDATE auth.jwks SET "privateKey" = '"00"'`);
      const real = performance.timeOrigin + performance.now();
      vi.useFakeTimers({ toFake: ['Date'], now: real + minutes * 60_000 });
      try {
        const before = (await auth().api.getJwks()).keys.length;
        await prepareDatabase();
        expect((await auth().api.getJwks()).keys).toHaveLength(before + 1);
      } finally {
        vi.useRealTimers();
        await database().clock.measure();
      }
    },
  );

  test('without a cookie, or with a forged one, there is no token', async () => {
    expect(await tokenOfSession(new Headers())).toBeNull();
    expect(
      await tokenOfSession(new Headers({ cookie: 'better-auth.session_token=abc.def' })),
    ).toBeNull();
  });
});

// A second factor that is required: who is held, what works until they have one, and what never gets round it.
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import * as policy from '@/app/api/admin/second-factor/route';
import * as people from '@/app/api/admin/people/route';
import * as deletion from '@/app/api/account/deletion/route';
import * as download from '@/app/api/account/download/route';
import * as sessions from '@/app/api/sessions/route';
import { config } from '@/server/config';
import { database } from '@/server/database';
import { addOperator } from '@/server/operators';
import type { RequiredOf } from '@/lib/required-of';
import { tokenOfSession } from '@/server/session-token';
import { codeOf } from './authenticator-app';
import {
  authUnderTest,
  call,
  PASSWORD,
  signIn,
  signUp,
  SITE,
  type Answer,
} from './auth-under-test';
import { createCredential, type Credential } from './soft-authenticator';

// Said by the log of every module, which is made when they are loaded.
vi.hoisted(() => {
  process.env['LOG_LEVEL'] = 'fatal';
});
authUnderTest({ SIGN_INS_PER_MINUTE: '1000', SIGN_UPS_PER_MINUTE: '1000' }, false);

// In the middle of a code's 30 s, so that no code expires while a test runs.
beforeAll(() => {
  const now = Math.floor(Date.now() / 30_000) * 30_000 + 15_000;
  vi.useFakeTimers({ now, toFake: ['Date'] });
});
afterAll(() => {
  vi.useRealTimers();
});

vi.setConfig({ testTimeout: 300_000 }); // passwords are hashed, which a busy machine does slowly

/** What the configuration requires from now on. */
const demand = (of: RequiredOf): void => {
  Object.assign(config(), { SECOND_FACTOR_REQUIRED_OF: of });
};
beforeEach(() => {
  demand('nobody');
});

const HERE = { origin: SITE, rpId: 'localhost' };
const joined = (...parts: (string | undefined)[]) => parts.filter(Boolean).join('; ');

/** Whether a session may use the API: the backend asks for this token. */
async function isOpen({ cookie }: Answer): Promise<boolean> {
  const direct = await call('/token', undefined, { cookie });
  const token = await tokenOfSession(new Headers({ cookie })).catch((error: unknown) => {
    expect(error).toMatchObject({ status: 401, code: 'second-factor-required' });
    return null;
  });
  expect(direct.status).toBe(token === null ? 401 : 200);
  return token !== null;
}

async function person(email: string): Promise<Answer> {
  await signUp(email);
  return await signIn(email);
}

const idOf = async (email: string): Promise<string> =>
  (
    await database().pool.query<{ id: string }>('SELECT "id" FROM auth."user" WHERE "email" = $1', [
      email,
    ])
  ).rows[0]!.id;

const verify = (code: string, session: Answer) =>
  call('/two-factor/verify-totp', { code }, session);

/** Sets up an authenticator app in a session. */
async function addApp(session: Answer): Promise<{ uri: string; codes: string[]; session: Answer }> {
  const { body } = await call('/two-factor/enable', { password: PASSWORD }, session);
  const uri = String(body['totpURI']);
  const confirmed = await verify(codeOf(uri, -1), session);
  expect(confirmed.status).toBe(200);
  return { uri, codes: body['backupCodes'] as string[], session: confirmed };
}

/** Adds a passkey in a session. */
async function addPasskey(session: Answer, credential: Credential): Promise<number> {
  const options = await call('/passkey/generate-register-options', undefined, session);
  if (options.status !== 200) return options.status;
  const response = credential.created(String(options.body['challenge']));
  const cookie = joined(session.cookie, options.cookie);
  return (await call('/passkey/verify-registration', { response, name: 'Phone' }, { cookie }))
    .status;
}

async function enterByPasskey(credential: Credential, session?: Answer): Promise<Answer> {
  const options = await call('/passkey/generate-authenticate-options', undefined, session ?? {});
  const response = credential.used(String(options.body['challenge']));
  const cookie = joined(session?.cookie, options.cookie);
  return await call('/passkey/verify-authentication', { response }, { cookie });
}

describe('somebody without a factor', () => {
  test('is not held where none is required, and is held from the moment one is', async () => {
    const session = await person('mia@example.com');
    expect(await isOpen(session)).toBe(true);
    demand('everybody');
    // another cookie than the one whose token is kept for a minute
    expect(await isOpen(await signIn('mia@example.com'))).toBe(false);
    demand('operators');
    expect(await isOpen(await signIn('mia@example.com'))).toBe(true);
  });

  test('reaches no route of ours and none of better-auth’s that does something', async () => {
    const session = await person('held@example.com');
    demand('everybody');
    const { cookie } = session;
    const request = (path: string, method: string, body?: object) =>
      new Request(`${SITE}/api/${path}`, {
        method,
        headers: { origin: SITE, cookie },
        ...(body && { body: JSON.stringify(body) }),
      });
    const ours = [
      await sessions.GET(request('sessions', 'GET')),
      await sessions.DELETE(request('sessions', 'DELETE')),
      await deletion.POST(request('account/deletion', 'POST', { password: PASSWORD })),
      await deletion.DELETE(request('account/deletion', 'DELETE')),
      await download.GET(request('account/download', 'GET')),
      await people.GET(request('admin/people', 'GET')),
      await policy.GET(request('admin/second-factor', 'GET')),
      await policy.POST(request('admin/second-factor', 'POST', { requiredOf: 'nobody' })),
    ];
    for (const answer of ours) {
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toContain('insufficient_user_authentication');
      expect(await answer.json()).toMatchObject({
        type: 'urn:todo:problem:second-factor-required',
      });
    }
    const newPassword = 'tall dry green hills';
    for (const [route, body] of [
      ['/update-user', { name: 'Mallory' }],
      ['/change-password', { currentPassword: PASSWORD, newPassword }],
      ['/two-factor/disable', { password: PASSWORD }],
      ['/two-factor/generate-backup-codes', { password: PASSWORD }],
      ['/passkey/update-passkey', { id: 'x', name: 'x' }],
      ['/passkey/delete-passkey', { id: 'x' }],
      ['/link-social', { provider: 'x', callbackURL: '/' }],
      ['/unlink-account', { providerId: 'credential' }],
      ['/revoke-other-sessions', {}],
      ['/update-session', { secondFactor: 'totp' }],
      ['/list-accounts', undefined],
      ['/token', undefined],
    ] as const)
      expect(await call(route, body, session), route).toMatchObject({
        status: 401,
        body: { code: 'SECOND_FACTOR_REQUIRED' },
      });
    expect((await call('/get-session', undefined, session)).body).toMatchObject({
      user: { email: 'held@example.com', name: 'Mia' },
    });
    expect((await call('/sign-out', {}, session)).status).toBe(200);
    expect((await call('/get-session', undefined, session)).body).toEqual({});
  });

  test('sets up an app and is let in; from then on a code or a recovery code counts', async () => {
    const first = await person('app@example.com');
    demand('everybody');
    const { uri, codes, session } = await addApp(first);
    expect(await isOpen(session)).toBe(true);
    const byCode = await verify(codeOf(uri), await signIn('app@example.com'));
    const half = await signIn('app@example.com');
    const byRecovery = await call('/two-factor/verify-backup-code', { code: codes[0] }, half);
    for (const entered of [byCode, byRecovery]) expect(await isOpen(entered)).toBe(true);
  });

  test('adds a passkey and is let in; from then on the passkey counts, the password does not', async () => {
    const first = await person('key@example.com');
    demand('everybody');
    const credential = createCredential(HERE);
    expect(await addPasskey(first, credential)).toBe(200);
    expect(await isOpen(first)).toBe(true);
    expect(await isOpen(await enterByPasskey(credential))).toBe(true);
    expect(await isOpen(await signIn('key@example.com'))).toBe(false);
  });

  test('can’t say that there is a factor', async () => {
    await person('liar@example.com');
    const session = await call('/sign-in/email', {
      ...{ email: 'liar@example.com', password: PASSWORD },
      ...{ secondFactor: 'totp', session: { secondFactor: 'totp' } },
    });
    expect(session.status).toBe(200);
    await call('/update-session', { secondFactor: 'totp' }, session);
    demand('everybody');
    expect(await isOpen(session)).toBe(false);
  });
});

describe('somebody with a factor, in a session that did not ask for it', () => {
  /** A session as it was begun before this version, or by a provider that asked for nothing more. */
  const withoutFactor = (email: string) =>
    database().pool.query(
      `UPDATE auth."session" SET "secondFactor" = NULL WHERE "userId" = (SELECT "id" FROM auth."user" WHERE "email" = $1)`,
      [email],
    );

  test('enters a code there; a wrong one does not count', async () => {
    const { uri, session } = await addApp(await person('step@example.com'));
    await withoutFactor('step@example.com');
    demand('everybody');
    expect(await isOpen(session)).toBe(false);
    expect((await verify('000000', session)).status).toBe(401);
    expect(await isOpen(session)).toBe(false);
    expect((await verify(codeOf(uri), session)).status).toBe(200);
    expect(await isOpen(session)).toBe(true);
  });

  test('or a recovery code, once', async () => {
    const { codes, session } = await addApp(await person('rescue@example.com'));
    await withoutFactor('rescue@example.com');
    demand('everybody');
    const recover = (code: string) => call('/two-factor/verify-backup-code', { code }, session);
    expect((await recover('wrong-codes')).status).toBe(401);
    expect(await isOpen(session)).toBe(false);
    expect((await recover(codes[3]!)).status).toBe(200);
    expect(await isOpen(session)).toBe(true);
    expect((await recover(codes[3]!)).status).toBe(401);
  });

  test('can try ten codes of either kind in a quarter of an hour, at once or one by one', async () => {
    const { uri, codes, session } = await addApp(await person('guess@example.com'));
    await withoutFactor('guess@example.com');
    demand('everybody');
    const answers = await Promise.all(
      Array.from({ length: 14 }, (_, n) =>
        n % 2 === 0
          ? verify(String(n).padStart(6, '0'), session)
          : call('/two-factor/verify-backup-code', { code: `wrong-${n}` }, session),
      ),
    );
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(10);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(4);
    expect((await verify(codeOf(uri), session)).status).toBe(429);
    const recovery = await call('/two-factor/verify-backup-code', { code: codes[0] }, session);
    expect(recovery.status).toBe(429);
    expect(await isOpen(session)).toBe(false);
  });

  test('adds no second one there: it could be a thief’s', async () => {
    const app = await addApp(await person('theft@example.com'));
    await withoutFactor('theft@example.com');
    await person('theft-key@example.com');
    const credential = createCredential(HERE);
    const owner = await signIn('theft-key@example.com');
    expect(await addPasskey(owner, credential)).toBe(200);
    const thief = await signIn('theft-key@example.com');
    demand('everybody');
    for (const session of [app.session, thief]) {
      expect(await addPasskey(session, createCredential(HERE))).toBe(401);
      const enable = await call('/two-factor/enable', { password: PASSWORD }, session);
      expect(enable).toMatchObject({ status: 401, body: { code: 'SECOND_FACTOR_REQUIRED' } });
      expect(await isOpen(session)).toBe(false);
    }
    expect(await isOpen(await enterByPasskey(credential, thief))).toBe(true);
  });

  test('a passkey that was added beside another factor says nothing about the session that added it', async () => {
    const { session } = await addApp(await person('beside@example.com'));
    await withoutFactor('beside@example.com');
    expect(await addPasskey(session, createCredential(HERE))).toBe(200);
    demand('everybody');
    expect(await isOpen(session)).toBe(false);
  });
});

describe('a session that has shown a factor', () => {
  test('is held again once its person has turned the last one off', async () => {
    const { session } = await addApp(await person('off@example.com'));
    demand('everybody');
    const off = await call('/two-factor/disable', { password: PASSWORD }, session);
    expect(off.status).toBe(200);
    expect(await isOpen(off)).toBe(false);
    expect(await isOpen((await addApp(off)).session)).toBe(true);
  });

  test('hands it on, and the role, to the one that replaces it', async () => {
    const { session } = await addApp(await person('change@example.com'));
    await database().pool.query(`UPDATE auth."session" SET "operator" = true WHERE "userId" = $1`, [
      await idOf('change@example.com'),
    ]);
    demand('operators');
    const changed = await call(
      '/change-password',
      {
        ...{ currentPassword: PASSWORD, newPassword: 'tall dry green hills' },
        revokeOtherSessions: true,
      },
      session,
    );
    expect(changed.status).toBe(200);
    expect(await isOpen(changed)).toBe(true);
    const { rows } = await database().pool.query(
      `SELECT "operator", "secondFactor" FROM auth."session" WHERE "userId" = $1`,
      [await idOf('change@example.com')],
    );
    expect(rows).toEqual([{ operator: true, secondFactor: 'totp' }]);
  });
});

describe('operators decide', () => {
  const ask = (session: Answer, requiredOf?: unknown) => {
    const request = new Request(`${SITE}/api/admin/second-factor`, {
      method: requiredOf === undefined ? 'GET' : 'POST',
      headers: { origin: SITE, cookie: session.cookie },
      ...(requiredOf !== undefined && { body: JSON.stringify({ requiredOf }) }),
    });
    return requiredOf === undefined ? policy.GET(request) : policy.POST(request);
  };
  const operator = async (email: string): Promise<Answer> => {
    const session = await person(email);
    await addOperator(database().pool, await idOf(email));
    return session;
  };
  const forget = () => database().pool.query('DELETE FROM auth."setting"');

  test('of whom, from operators to everybody; it is recorded, and holds in every process', async () => {
    const first = await operator('boss@example.com');
    const { session } = await addApp(first);
    const ordinary = await person('ordinary@example.com');
    const other = await operator('other@example.com');
    expect(await (await ask(session)).json()).toEqual({
      ...{ requiredOf: 'nobody', atLeast: 'nobody' },
    });
    expect((await ask(session, 'operators')).status).toBe(200);
    expect([await isOpen(ordinary), await isOpen(other)]).toEqual([true, false]);
    expect((await ask(session, 'everybody')).status).toBe(200);
    expect(await isOpen(await signIn('ordinary@example.com'))).toBe(false);
    const list = new Request(`${SITE}/api/admin/people`, { headers: { cookie: session.cookie } });
    const { items } = (await (await people.GET(list)).json()) as {
      items: { email: string; lacksFactor: boolean }[];
    };
    const lacking = items.filter(({ lacksFactor }) => lacksFactor).map(({ email }) => email);
    expect(lacking).toContain('ordinary@example.com');
    expect(lacking).not.toContain('boss@example.com');
    expect((await ask(session, 'nobody')).status).toBe(200);
    expect(await isOpen(await signIn('ordinary@example.com'))).toBe(true);
    const { rows } = await database().pool.query<{ action: string }>(
      `SELECT "action" FROM auth."operatorAction" WHERE "action" LIKE 'factor-%' ORDER BY "id"`,
    );
    expect(rows.map(({ action }) => action)).toEqual([
      'factor-of-operators',
      'factor-of-everybody',
      'factor-of-nobody',
    ]);
    await forget();
  });

  test('never of fewer than the configuration', async () => {
    const { session } = await addApp(await operator('bound@example.com'));
    demand('operators');
    const refused = await ask(session, 'nobody');
    expect(refused.status).toBe(409);
    expect(await refused.json()).toMatchObject({ type: 'urn:todo:problem:by-configuration' });
    expect((await ask(session, 'everybody')).status).toBe(200);
    demand('nobody');
    expect(await (await ask(session)).json()).toMatchObject({ requiredOf: 'everybody' });
    await forget();
    for (const wrong of ['all', '', null, 1, ['operators']])
      expect((await ask(session, wrong)).status, JSON.stringify(wrong)).toBe(400);
  });

  test('somebody who becomes an operator is held at once', async () => {
    demand('operators');
    const session = await person('rising@example.com');
    await addOperator(database().pool, await idOf('rising@example.com'));
    expect(await isOpen(session)).toBe(false);
  });
});

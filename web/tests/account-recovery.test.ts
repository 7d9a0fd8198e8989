// A forgotten password by mail and by an operator's link, a confirmed address, and answers that don't say who has an account.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { database } from '@/server/database';
import { codeOf } from './authenticator-app';
import {
  authUnderTest,
  call,
  linkIn,
  mails,
  mailTo,
  PASSWORD,
  signIn,
  signUp,
  SITE,
} from './auth-under-test';

authUnderTest();

const NEXT = 'another calm blue lagoon';

async function askForReset(email: string, count = 2): Promise<string> {
  expect((await call('/request-password-reset', { email })).status).toBe(200);
  return linkIn(await mailTo(email, count)).split('#')[1]!; // the first mail confirms the address
}

describe('a forgotten password, by mail', () => {
  test('a link sets a new one once, and ends every session', async () => {
    await signUp('mia@example.com');
    const session = await signIn('mia@example.com');
    const token = await askForReset('mia@example.com');
    expect((await call('/reset-password', { newPassword: NEXT, token })).status).toBe(200);
    expect((await call('/get-session', undefined, session)).body).toEqual({});
    expect((await signIn('mia@example.com')).status).toBe(401);
    expect((await signIn('mia@example.com', NEXT)).status).toBe(200);
    const again = await call('/reset-password', { newPassword: PASSWORD, token });
    expect(again).toMatchObject({ status: 400, body: { code: 'INVALID_TOKEN' } });
  });

  test('the link leads to the page with its secret in the fragment; the table has only its hash', async () => {
    await signUp('tab@example.com');
    await call('/request-password-reset', { email: 'tab@example.com' });
    const mail = await mailTo('tab@example.com', 2);
    expect(linkIn(mail)).toMatch(new RegExp(`^${SITE}/reset-password#[\\w-]{20,}$`));
    const { rows } = await database().pool.query<{ identifier: string }>(
      'SELECT "identifier" FROM auth."verification"',
    );
    const token = linkIn(mail).split('#')[1]!;
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.filter(({ identifier }) => identifier.includes(token))).toEqual([]);
  });

  test('an expired link is refused, and so is a weak password, which leaves the link good', async () => {
    await signUp('sam@example.com');
    const token = await askForReset('sam@example.com');
    const weak = await call('/reset-password', { newPassword: 'passwordpassword', token });
    expect(weak).toMatchObject({ status: 400, body: { code: 'PASSWORD_REFUSED' } });
    expect((await call('/reset-password', { newPassword: NEXT, token })).status).toBe(200);
    const late = await askForReset('sam@example.com', 3);
    await database().pool.query(
      `UPDATE auth."verification" SET "expiresAt" = now() - interval '1s'`,
    );
    expect((await call('/reset-password', { newPassword: NEXT, token: late })).status).toBe(400);
  });

  test('an address without an account gets the same answer, and no mail', async () => {
    await signUp('known@example.com');
    const known = await call('/request-password-reset', { email: 'known@example.com' });
    const unknown = await call('/request-password-reset', { email: 'nobody@example.com' });
    expect(unknown).toEqual(known);
    await mailTo('known@example.com', 2);
    expect(mails.filter(({ to }) => to === 'nobody@example.com')).toEqual([]);
  });
});

describe('a sign-up', () => {
  test('of an address that has an account is answered like any other, and its owner is told', async () => {
    const first = await signUp('twice@example.com', { name: 'Owner' });
    const second = await signUp('twice@example.com', { password: NEXT });
    expect(second.status).toBe(first.status);
    expect(second.cookie).toBe(first.cookie);
    expect(Object.keys(second.body)).toEqual(Object.keys(first.body));
    const [one, two] = [first, second].map(({ body }) => body['user'] as Record<string, unknown>);
    expect(Object.keys(two!).sort()).toEqual(Object.keys(one!).sort());
    expect(String(two!['id'])).toHaveLength(String(one!['id']).length);
    expect((await mailTo('twice@example.com', 2)).subject).toBe('You already have an account');
    expect((await signIn('twice@example.com', NEXT)).status).toBe(401);
    expect((await signIn('twice@example.com')).status).toBe(200);
  });

  test.each(['short', 'passwordpassword', 'first@example.com!', '123456789012345'])(
    'with the password %s is refused',
    async (password) => {
      const answer = await signUp('first@example.com', { password });
      expect(answer).toMatchObject({ status: 400, body: { code: 'PASSWORD_REFUSED' } });
      expect(answer.body['message']).toMatch(/^password: /);
    },
  );

  test('an older, shorter password goes on working until it is changed', async () => {
    await signUp('old@example.com');
    const { password } = await (await import('@/server/auth')).auth().$context;
    await database().pool.query(
      `UPDATE auth."account" SET "password" = $1
        WHERE "userId" = (SELECT "id" FROM auth."user" WHERE "email" = 'old@example.com')`,
      [await password.hash('eight888')],
    );
    const session = await signIn('old@example.com', 'eight888');
    expect(session.status).toBe(200);
    const change = (newPassword: string) =>
      call('/change-password', { currentPassword: 'eight888', newPassword }, session);
    expect((await change('nine99999')).body).toMatchObject({ code: 'PASSWORD_REFUSED' });
    expect((await change(NEXT)).status).toBe(200);
  });
});

describe('an address', () => {
  const confirmed = async (email: string) => {
    const { rows } = await database().pool.query<{ emailVerified: boolean }>(
      'SELECT "emailVerified" FROM auth."user" WHERE "email" = $1',
      [email],
    );
    return rows[0]?.emailVerified;
  };

  test('is confirmed by the link of the first mail, and by one asked for later', async () => {
    for (const [email, count] of [
      ['first-mail@example.com', 1],
      ['later-mail@example.com', 2],
    ] as const) {
      await signUp(email, { callbackURL: '/email-confirmed' });
      if (count === 2) {
        const session = await signIn(email);
        const body = { email, callbackURL: '/email-confirmed' };
        expect((await call('/send-verification-email', body, session)).status).toBe(200);
      }
      expect(await confirmed(email)).toBe(false);
      const answer = await call(linkIn(await mailTo(email, count)));
      expect(answer).toMatchObject({ status: 302, location: '/email-confirmed' });
      expect(await confirmed(email)).toBe(true);
    }
  });

  test('is not confirmed by a link that was changed', async () => {
    await signUp('forged@example.com', { callbackURL: '/email-confirmed' });
    const link = linkIn(await mailTo('forged@example.com')).replace(/token=[^&]{20}/, 'token=x');
    expect((await call(link)).location).toBe('/email-confirmed?error=INVALID_TOKEN');
    expect(await confirmed('forged@example.com')).toBe(false);
  });
});

describe('npm run account', () => {
  async function account(
    args: readonly string[],
    env: Record<string, string> = {},
  ): Promise<{ code: number; out: string; err: string }> {
    const program = path.join(import.meta.dirname, '../scripts/account.ts');
    const child = spawn(process.execPath, [program, ...args], {
      env: { ...process.env, ...env },
    });
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number];
    return { code, out: out.trim(), err };
  }

  test('a link sets a new password once; an earlier one stops working', async () => {
    await signUp('lost@example.com');
    const [first, second] = [
      await account(['reset', 'LOST@example.com'], { PUBLIC_URL: `${SITE}/` }),
      await account(['reset', 'lost@example.com'], { PUBLIC_URL: SITE }),
    ];
    expect(second).toMatchObject({ code: 0, err: '' });
    expect(second.out).toMatch(new RegExp(`^${SITE}/reset-password#[\\w-]{32}$`));
    const set = ({ out }: { out: string }) =>
      call('/reset-password', { newPassword: NEXT, token: out.split('#')[1] });
    expect((await set(first)).status).toBe(400);
    expect((await set(second)).status).toBe(200);
    expect((await set(second)).status).toBe(400);
    expect((await signIn('lost@example.com', NEXT)).status).toBe(200);
  });

  test('verify, sign-out and list', async () => {
    await signUp('ops@example.com');
    const session = await signIn('ops@example.com');
    expect(await account(['verify', 'ops@example.com'])).toMatchObject({
      code: 0,
      out: 'Confirmed ops@example.com.',
    });
    const line = (out: string) => out.split('\n').find((one) => one.startsWith('ops@')) ?? '';
    expect(line((await account(['list'])).out)).toMatch(
      /\tconfirmed\t1 session\tlast seen .* UTC\t/,
    );
    expect((await account(['sign-out', 'ops@example.com'])).out).toBe(
      'Ended 1 session of ops@example.com.',
    );
    expect((await call('/get-session', undefined, session)).body).toEqual({});
    expect(line((await account(['list'])).out)).toMatch(/\t0 sessions\tno session\t/);
  });

  test('a lost second factor is switched off', async () => {
    await signUp('two@example.com');
    const off = () => account(['second-factor', 'off', 'Two@example.com']);
    expect((await off()).out).toBe('Two@example.com has no second factor. Nothing was changed.');
    const session = await signIn('two@example.com');
    const { body } = await call('/two-factor/enable', { password: PASSWORD }, session);
    const code = codeOf(String(body['totpURI']));
    expect((await call('/two-factor/verify-totp', { code }, session)).status).toBe(200);
    expect((await signIn('two@example.com')).body).toMatchObject({ twoFactorRedirect: true });
    expect(await off()).toMatchObject({
      code: 0,
      out: 'Switched off the second factor of Two@example.com.',
    });
    expect((await signIn('two@example.com')).body).not.toHaveProperty('twoFactorRedirect');
    const { rows } = await database().pool.query('SELECT 1 FROM auth."twoFactor"');
    expect(rows).toEqual([]);
  });

  test.each([
    ['reset nobody@example.com', 1, /No account has the address nobody@example\.com/],
    ['second-factor off nobody@example.com', 1, /No account has the address nobody@example\.com/],
    ['remove mia@example.com', 78, /unknown command/],
    ['second-factor on mia@example.com', 78, /second-factor on: unknown command/],
    ['second-factor off', 78, /expected one e-mail/],
    ['reset', 78, /expected one e-mail/],
    ['list mia@example.com', 78, /expected no e-mail/],
  ])('%s ends with %i and says why', async (args, code, message) => {
    const answer = await account(args.split(' '), { PUBLIC_URL: SITE });
    expect(answer.code).toBe(code);
    expect(answer.err).toMatch(message);
  });

  test('settings that are wrong or missing end with 78, a database without accounts with 1', async () => {
    const reset = ['reset', 'mia@example.com'];
    expect((await account(reset, { PUBLIC_URL: '' })).err).toMatch(/PUBLIC_URL: expected/);
    const away = await account(['list'], { DATABASE_URL: 'postgres://a:b@127.0.0.1:1/todo' });
    expect(away).toMatchObject({ code: 1 });
    expect(await account(['list'], { DATABASE_URL: '' })).toMatchObject({ code: 78 });
  });
});

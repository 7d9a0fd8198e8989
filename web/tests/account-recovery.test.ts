// A forgotten password by mail and by an operator's link, a confirmed address, and answers that don't say who has an account.
import { describe, expect, test } from 'vitest';
import { database } from '@/server/database';
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

// Signing in by a link in a mail: once, for ten minutes, and only where that is as safe as the account's own way.
import { afterEach, describe, expect, test, vi } from 'vitest';
import { database } from '@/server/database';
import {
  authUnderTest,
  call,
  linkIn,
  mails,
  mailTo,
  signIn,
  signUp,
  SITE,
} from './auth-under-test';

authUnderTest();
afterEach(() => {
  vi.useRealTimers();
});

const ask = (email: string) => call('/sign-in/magic-link', { email });
const open = (token: string) => call(`/magic-link/verify?token=${token}`);
const confirm = (email: string) =>
  database().pool.query(`UPDATE auth."user" SET "emailVerified" = true WHERE "email" = $1`, [
    email,
  ]);

/** Somebody whose address is confirmed; one mail was sent. */
async function person(email: string): Promise<void> {
  await signUp(email);
  await mailTo(email);
  await confirm(email);
}
async function linkFor(email: string, count = 2): Promise<string> {
  expect((await ask(email)).status).toBe(200);
  const link = linkIn(await mailTo(email, count));
  expect(link).toMatch(new RegExp(`^${SITE}/sign-in-link#[A-Za-z]{32}$`));
  return link.split('#')[1]!;
}

describe('a link', () => {
  test('signs in once; the table has only its hash', async () => {
    await person('mia@example.com');
    const token = await linkFor('mia@example.com');
    const { rows } = await database().pool.query('SELECT * FROM auth."verification"');
    expect(JSON.stringify(rows)).not.toContain(token);
    const session = await open(token);
    expect(session.status).toBe(200);
    const { body } = await call('/get-session', undefined, session);
    expect(body).toMatchObject({ user: { email: 'mia@example.com' } });
    expect((await open(token)).status).toBe(302);
    expect((await open(token)).cookie).toBe('');
  });

  test('that two open at the same moment signs in one of them', async () => {
    await person('race@example.com');
    const token = await linkFor('race@example.com');
    const answers = await Promise.all([open(token), open(token), open(token)]);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  test('is good for ten minutes', async () => {
    await person('late@example.com');
    const token = await linkFor('late@example.com');
    vi.useFakeTimers({ now: Date.now() + 10 * 60_000 + 1_000, toFake: ['Date'] });
    expect(await open(token)).toMatchObject({ status: 302, cookie: '' });
  });

  test.each(['', 'A'.repeat(32), '%00', '../x', '{"type":"magic-link"}'])(
    'that nobody was sent (%j) signs nobody in',
    async (token) => {
      const answer = await open(encodeURIComponent(token));
      expect(answer.status).not.toBe(200);
      expect(answer.cookie).toBe('');
    },
  );
});

describe('who gets one', () => {
  test('an address without an account: the same answer, no mail, no account', async () => {
    await person('known@example.com');
    const known = await ask('known@example.com');
    const unknown = await ask('nobody@example.com');
    expect(unknown).toEqual(known);
    await mailTo('known@example.com', 2);
    expect(mails.filter(({ to }) => to === 'nobody@example.com')).toEqual([]);
    const { rows } = await database().pool.query(
      `SELECT 1 FROM auth."user" WHERE "email" = 'nobody@example.com'`,
    );
    expect(rows).toEqual([]);
  });

  test('an address in other letters is the same one', async () => {
    await person('case@example.com');
    expect((await ask('CASE@example.com')).status).toBe(200);
    expect((await open(linkIn(await mailTo('case@example.com', 2)).split('#')[1]!)).status).toBe(
      200,
    );
  });

  test('not an address that is not confirmed: it gets the link to confirm it, and its password stays', async () => {
    await signUp('open@example.com');
    await ask('open@example.com');
    const mail = await mailTo('open@example.com', 2);
    expect(mail.subject).toBe('Confirm your e-mail address');
    expect(mail.text).not.toContain('/sign-in-link');
    expect((await signIn('open@example.com')).status).toBe(200);
  });

  test('not an account with a second factor, nor with a link from before it was set up', async () => {
    await person('two@example.com');
    const before = await linkFor('two@example.com');
    await database().pool.query(
      `UPDATE auth."user" SET "twoFactorEnabled" = true WHERE "email" = 'two@example.com'`,
    );
    expect(await open(before)).toMatchObject({
      status: 401,
      cookie: '',
      body: { code: 'SECOND_FACTOR_NEEDED' },
    });
    await ask('two@example.com');
    const mail = await mailTo('two@example.com', 3);
    expect(mail.subject).toBe('Sign in with your second factor');
    expect(mail.text).not.toContain('/sign-in-link');
  });

  test('one client address asks ten times in a quarter of an hour', async () => {
    const { auth } = await import('@/server/auth');
    const statuses: number[] = [];
    for (let n = 0; n < 12; n += 1) {
      const response = await auth().handler(
        new Request(`${SITE}/api/auth/sign-in/magic-link`, {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            origin: SITE,
            'x-forwarded-for': '192.0.2.77',
          },
          body: JSON.stringify({ email: `many-${n}@example.com` }),
        }),
      );
      statuses.push(response.status);
    }
    expect(statuses).toEqual([...Array<number>(10).fill(200), 429, 429]);
  });
});

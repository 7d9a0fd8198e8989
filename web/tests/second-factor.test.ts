// A second factor after the password: set up, asked for, recovery codes, switched off; what better-auth leaves open is closed.
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { database } from '@/server/database';
import { codeOf, secretOf } from './authenticator-app';
import { authUnderTest, call, PASSWORD, signIn, signUp, type Answer } from './auth-under-test';

authUnderTest({}, false);
// In the middle of a code's 30 s, so that no code expires while a test runs.
const NOW = Math.floor(Date.now() / 30_000) * 30_000 + 15_000;
beforeAll(() => {
  vi.useFakeTimers({ now: NOW, toFake: ['Date'] });
});
afterAll(() => {
  vi.useRealTimers();
});

const verify = (code: string, session: Answer, more: object = {}) =>
  call('/two-factor/verify-totp', { code, ...more }, session);
const recover = (code: string, session: Answer) =>
  call('/two-factor/verify-backup-code', { code }, session);
const signedIn = async (answer: Answer) =>
  'user' in (await call('/get-session', undefined, answer)).body;

interface Enabled {
  readonly uri: string;
  readonly codes: string[];
  readonly session: Answer;
}

/** Somebody with a second factor; `session` is the one it was set up in. */
async function withFactor(email: string): Promise<Enabled> {
  await signUp(email);
  const session = await signIn(email);
  const { body } = await call('/two-factor/enable', { password: PASSWORD }, session);
  const uri = String(body['totpURI']);
  // of the step before this one, so that each code of now is still to be had
  const confirmed = await verify(codeOf(uri, -1), session);
  expect(confirmed.status).toBe(200);
  return { uri, codes: body['backupCodes'] as string[], session: confirmed };
}

describe('setting it up', () => {
  test('it counts once a code has confirmed it, and ten recovery codes come with it', async () => {
    await signUp('mia@example.com');
    const session = await signIn('mia@example.com');
    const wrong = await call('/two-factor/enable', { password: 'not my password' }, session);
    expect(wrong.status).toBe(400);
    const { body } = await call('/two-factor/enable', { password: PASSWORD }, session);
    expect(new Set(body['backupCodes'] as string[]).size).toBe(10);
    const uri = new URL(String(body['totpURI']));
    expect(uri.href).toMatch(/^otpauth:\/\/totp\/Todo:mia%40example\.com\?/);
    expect((await signIn('mia@example.com')).body).not.toHaveProperty('twoFactorRedirect');
    expect((await verify('000000', session)).status).toBe(401);
    expect((await verify(codeOf(uri.href), session)).status).toBe(200);
    expect((await signIn('mia@example.com')).body).toMatchObject({ twoFactorRedirect: true });
  });

  test('neither the secret nor a recovery code can be read from the table', async () => {
    const { uri, codes } = await withFactor('table@example.com');
    const { rows } = await database().pool.query('SELECT * FROM auth."twoFactor"');
    const secret = new URL(uri).searchParams.get('secret')!;
    const stored = JSON.stringify(rows);
    for (const text of [secret, secretOf(uri).toString(), ...codes])
      expect(stored).not.toContain(text);
  });

  test('the secret is shown once, and codes are not sent', async () => {
    const { session } = await withFactor('once@example.com');
    for (const route of ['get-totp-uri', 'send-otp', 'verify-otp'])
      expect((await call(`/two-factor/${route}`, { password: PASSWORD }, session)).status).toBe(
        404,
      );
    const again = await call('/two-factor/enable', { password: PASSWORD }, session);
    expect(again.body).not.toHaveProperty('totpURI');
  });
});

describe('signing in', () => {
  test('the password alone gives no session; with a code it does', async () => {
    const { uri } = await withFactor('ann@example.com');
    const half = await signIn('ann@example.com');
    expect(half.body).toMatchObject({ twoFactorRedirect: true });
    expect(await signedIn(half)).toBe(false);
    const whole = await verify(codeOf(uri), half);
    expect(await signedIn(whole)).toBe(true);
  });

  test('a code is taken once, whichever challenge it answers', async () => {
    const { uri } = await withFactor('replay@example.com');
    const code = codeOf(uri);
    const [first, second] = [
      await signIn('replay@example.com'),
      await signIn('replay@example.com'),
    ];
    const answers = await Promise.all([verify(code, first), verify(code, second)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401]);
    const third = await verify(code, await signIn('replay@example.com'));
    expect(third).toMatchObject({ status: 401, body: { code: 'INVALID_CODE' } });
    // the next code is another one
    const next = await verify(codeOf(uri, 1), await signIn('replay@example.com'));
    expect(next.status).toBe(200);
  });

  test('a code of one person is not used up by another with the same one', async () => {
    const [ida, ira] = [await withFactor('ida@example.com'), await withFactor('ira@example.com')];
    const code = codeOf(ida.uri);
    await verify(code, await signIn('ira@example.com'));
    expect((await verify(code, await signIn('ida@example.com'))).status).toBe(200);
    expect(ira.codes).not.toEqual(ida.codes);
  });

  test('what is no code of six digits is refused', async () => {
    const { uri } = await withFactor('odd@example.com');
    const code = codeOf(uri);
    const half = await signIn('odd@example.com');
    for (const odd of ['', code.slice(1), `${code}0`, ` ${code}`])
      expect((await verify(odd, half)).status).toBe(401);
    expect((await verify(code, half)).status).toBe(200);
  });

  test('without a challenge, or with an old one, a right code is worth nothing', async () => {
    const { uri } = await withFactor('old@example.com');
    const half = await signIn('old@example.com');
    const none = await call('/two-factor/verify-totp', { code: codeOf(uri) });
    expect(none.status).toBe(401);
    await database().pool.query(
      `UPDATE auth."verification" SET "expiresAt" = now() - interval '1 hour'`,
    );
    expect((await verify(codeOf(uri), half)).status).toBe(401);
  });

  test('no browser is trusted with less', async () => {
    const { uri, codes } = await withFactor('trust@example.com');
    const half = await signIn('trust@example.com');
    const trusting = await verify(codeOf(uri), half, { trustDevice: true });
    expect(trusting.status).toBe(400);
    const body = { code: codes[0], trustDevice: true };
    expect((await call('/two-factor/verify-backup-code', body, half)).status).toBe(400);
    expect((await verify(codeOf(uri), half)).status).toBe(200);
  });

  test('five wrong codes end the attempt, ten in a row lock the account for a while', async () => {
    const { uri, codes } = await withFactor('guess@example.com');
    const wrong = async (half: Answer, from: number, count: number) => {
      for (let n = 0; n < count; n += 1)
        expect((await recover(`nope${from + n}-xxxxx`, half)).status).toBe(401);
    };
    const half = await signIn('guess@example.com');
    await wrong(half, 0, 5);
    expect((await verify(codeOf(uri), half)).status).toBe(400);
    await wrong(await signIn('guess@example.com'), 5, 5);
    const locked = await signIn('guess@example.com');
    for (const answer of [await verify(codeOf(uri, 1), locked), await recover(codes[0]!, locked)])
      expect(answer).toMatchObject({ status: 429, body: { code: 'ACCOUNT_TEMPORARILY_LOCKED' } });
    vi.setSystemTime(NOW + 16 * 60_000);
    try {
      const later = await signIn('guess@example.com');
      expect((await recover(codes[0]!, later)).status).toBe(200);
    } finally {
      vi.setSystemTime(NOW);
    }
  });
});

describe('recovery codes', () => {
  test('each works once; new ones replace them', async () => {
    const { codes, session } = await withFactor('rita@example.com');
    const [first, second] = codes as [string, string];
    const whole = await recover(first, await signIn('rita@example.com'));
    expect(await signedIn(whole)).toBe(true);
    expect((await recover(first, await signIn('rita@example.com'))).status).toBe(401);
    const { body } = await call(
      '/two-factor/generate-backup-codes',
      { password: PASSWORD },
      session,
    );
    expect(body['backupCodes']).toHaveLength(10);
    expect((await recover(second, await signIn('rita@example.com'))).status).toBe(401);
    const fresh = (body['backupCodes'] as string[])[9]!;
    expect((await recover(fresh, await signIn('rita@example.com'))).status).toBe(200);
  });

  test('two who use one at the same moment: one gets in', async () => {
    const { codes } = await withFactor('race@example.com');
    const halves = [await signIn('race@example.com'), await signIn('race@example.com')];
    const answers = await Promise.all(halves.map((half) => recover(codes[0]!, half)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });
});

describe('switching it off', () => {
  test('takes the password, which can’t be guessed at an open session', async () => {
    const { session } = await withFactor('off@example.com');
    const off = (password: string) => call('/two-factor/disable', { password }, session);
    for (let n = 0; n < 10; n += 1) expect((await off(`wrong password ${n}`)).status).toBe(400);
    expect(await off(PASSWORD)).toMatchObject({ status: 429, body: { code: 'TOO_MANY_TRIES' } });
    const routes = ['/change-password', '/two-factor/enable', '/two-factor/generate-backup-codes'];
    for (const route of routes) {
      const body = {
        password: PASSWORD,
        currentPassword: PASSWORD,
        newPassword: 'tall dry green hills',
      };
      expect((await call(route, body, session)).status).toBe(429);
    }
    await database().pool.query('DELETE FROM auth."tries"');
    expect((await off(PASSWORD)).status).toBe(200);
    expect((await signIn('off@example.com')).body).not.toHaveProperty('twoFactorRedirect');
    const { rows } = await database().pool.query(
      `SELECT 1 FROM auth."twoFactor" t JOIN auth."user" u ON u."id" = t."userId" WHERE u."email" = 'off@example.com'`,
    );
    expect(rows).toEqual([]);
  });

  test('a right password is not counted against its person', async () => {
    const { session } = await withFactor('calm@example.com');
    for (let n = 0; n < 9; n += 1) {
      const body = { password: `wrong password ${n}` };
      expect((await call('/two-factor/generate-backup-codes', body, session)).status).toBe(400);
    }
    for (let n = 0; n < 3; n += 1) {
      const body = { password: PASSWORD };
      expect((await call('/two-factor/generate-backup-codes', body, session)).status).toBe(200);
    }
  });

  test('a password set by a link does not switch it off', async () => {
    await withFactor('forgot@example.com');
    const { makeResetToken } = await import('@/server/accounts');
    const token = await makeResetToken(database().pool, 'forgot@example.com');
    const newPassword = 'tall dry green hills';
    expect((await call('/reset-password', { newPassword, token })).status).toBe(200);
    expect((await signIn('forgot@example.com', newPassword)).body).toMatchObject({
      twoFactorRedirect: true,
    });
  });
});

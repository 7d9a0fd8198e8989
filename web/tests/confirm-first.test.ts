// EMAIL_VERIFICATION_REQUIRED: an account works once its address is confirmed, and no answer says whether an address has one.
import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { authUnderTest, call, linkIn, mailTo, signIn, signUp } from './auth-under-test';

authUnderTest({ EMAIL_VERIFICATION_REQUIRED: 'true' });

const NEXT = 'another calm blue lagoon';

test('an account works once its address is confirmed', async () => {
  await signUp('mia@example.com', { callbackURL: '/email-confirmed' });
  expect((await signIn('mia@example.com')).status).toBe(401);
  // The sign-in sent another link.
  const answer = await call(linkIn(await mailTo('mia@example.com', 2)));
  expect(answer.status).toBe(302);
  expect((await signIn('mia@example.com')).status).toBe(200);
});

test('who holds the secret confirms an address without mail, as the release’s proof does', async () => {
  await signUp('probe@todo.invalid');
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const seconds = Math.floor(Date.now() / 1000);
  const content = { email: 'probe@todo.invalid', iat: seconds, exp: seconds + 60 };
  const link = `${encode({ alg: 'HS256' })}.${encode(content)}`;
  const sign = (key: string) => createHmac('sha256', key).update(link).digest('base64url');
  await call(`/verify-email?token=${link}.${sign('x'.repeat(32))}`);
  expect((await signIn('probe@todo.invalid')).status).toBe(401);
  await call(`/verify-email?token=${link}.${sign(process.env['BETTER_AUTH_SECRET']!)}`);
  expect((await signIn('probe@todo.invalid')).status).toBe(200);
});

test('whoever signs up with a free, an unconfirmed or a taken address learns nothing by signing in', async () => {
  await signUp('taken@example.com');
  await call(linkIn(await mailTo('taken@example.com')));
  await signUp('open@example.com');
  const answers = [];
  for (const email of ['taken@example.com', 'open@example.com', 'free@example.com']) {
    const up = await signUp(email, { password: NEXT });
    const asked = await call('/send-verification-email', { email });
    const reset = await call('/request-password-reset', { email });
    answers.push({
      up: { ...up, body: Object.keys(up.body) },
      ...{ asked, reset, in: await signIn(email, NEXT) },
    });
  }
  expect(answers[1]).toEqual(answers[0]);
  expect(answers[2]).toEqual(answers[0]);
  expect(answers[0]!.in).toMatchObject({
    status: 401,
    body: { code: 'INVALID_EMAIL_OR_PASSWORD' },
    cookie: '',
  });
});

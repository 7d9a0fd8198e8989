// Passkeys: added in a fresh session, used to sign in, renamed and removed by their owner; what a server must check about one.
import { describe, expect, test } from 'vitest';
import { database } from '@/server/database';
import { authUnderTest, call, signIn, signUp, SITE, type Answer } from './auth-under-test';
import { createCredential, type Behaviour, type Credential } from './soft-authenticator';

authUnderTest({}, false);

const HERE = { origin: SITE, rpId: 'localhost' };

async function optionsFor(route: string, session?: Answer) {
  const answer = await call(`/passkey/generate-${route}-options`, undefined, session);
  const cookie = [session?.cookie, answer.cookie].filter(Boolean).join('; ');
  return { ...answer, cookie, challenge: String(answer.body['challenge']) };
}

/** Adds a passkey in a session. */
async function add(
  session: Answer,
  credential: Credential,
  { name = 'Laptop', ...behaviour }: Behaviour & { name?: string } = {},
): Promise<Answer> {
  const { challenge, cookie } = await optionsFor('register', session);
  const response = credential.created(challenge, behaviour);
  return await call('/passkey/verify-registration', { response, name }, { cookie });
}

/** Signs in with a passkey. */
async function enter(credential: Credential, behaviour: Behaviour = {}): Promise<Answer> {
  const { challenge, cookie } = await optionsFor('authenticate');
  const response = credential.used(challenge, behaviour);
  return await call('/passkey/verify-authentication', { response }, { cookie });
}

async function person(email: string): Promise<Answer> {
  await signUp(email);
  return await signIn(email);
}
const age = (email: string, minutes: number) =>
  database().pool.query(
    `UPDATE auth."session" SET "createdAt" = "createdAt" - $2 * interval '1 minute'
      WHERE "userId" = (SELECT "id" FROM auth."user" WHERE "email" = $1)`,
    [email, minutes],
  );
const names = async (email: string) =>
  (
    await database().pool.query<{ name: string }>(
      `SELECT p."name" FROM auth."passkey" p JOIN auth."user" u ON u."id" = p."userId" WHERE u."email" = $1`,
      [email],
    )
  ).rows.map(({ name }) => name);

describe('signing in', () => {
  test('with a passkey, without a password and in place of a second factor', async () => {
    const session = await person('mia@example.com');
    const credential = createCredential(HERE);
    expect((await add(session, credential)).status).toBe(200);
    await database().pool.query(`UPDATE auth."user" SET "twoFactorEnabled" = true`);
    const entered = await enter(credential);
    expect(entered.status).toBe(200);
    const { body } = await call('/get-session', undefined, entered);
    expect(body).toMatchObject({ user: { email: 'mia@example.com' } });
  });

  test.each<[string, (other: Credential) => Behaviour]>([
    ['another site’s page', () => ({ origin: 'https://todo.example.net' })],
    ['another site’s id', () => ({ rpId: 'example.net' })],
    ['another challenge', () => ({ challenge: 'AAAAAAAAAAAAAAAAAAAAAA' })],
    ['another key', (other) => ({ key: other.key })],
    ['no check of its person', () => ({ verified: false })],
  ])('is refused with %s', async (what, wrong) => {
    const session = await person(`${what.replace(/\W/g, '-')}@example.com`);
    const credential = createCredential(HERE);
    await add(session, credential);
    const refused = await enter(credential, wrong(createCredential(HERE)));
    expect(refused.status).toBeGreaterThanOrEqual(400);
    expect(refused.cookie).not.toContain('session_token=');
    expect((await enter(credential)).status).toBe(200);
  });

  test('an answer works once', async () => {
    const session = await person('once@example.com');
    const credential = createCredential(HERE);
    await add(session, credential);
    const { challenge, cookie } = await optionsFor('authenticate');
    const response = credential.used(challenge);
    const send = () => call('/passkey/verify-authentication', { response }, { cookie });
    expect((await send()).status).toBe(200);
    expect((await send()).status).toBe(400);
  });

  test('the answer to a question about adding one does not sign in', async () => {
    const session = await person('mixed@example.com');
    const credential = createCredential(HERE);
    await add(session, credential);
    const { challenge, cookie } = await optionsFor('register', session);
    const response = credential.used(challenge);
    expect((await call('/passkey/verify-authentication', { response }, { cookie })).status).toBe(
      400,
    );
  });
});

describe('adding one', () => {
  test('asks for a device that checks its person and remembers whose key it is', async () => {
    const { body } = await optionsFor('register', await person('asks@example.com'));
    expect(body).toMatchObject({
      rp: { id: 'localhost', name: 'Todo' },
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    });
  });

  test.each<[string, Behaviour]>([
    ['another site', { origin: 'http://localhost:5398' }],
    ['another challenge', { challenge: 'AAAAAAAAAAAAAAAAAAAAAA' }],
    ['no check of its person', { verified: false }],
  ])('is refused with %s', async (what, wrong) => {
    const email = `add-${what.replace(/\W/g, '-')}@example.com`;
    const refused = await add(await person(email), createCredential(HERE), wrong);
    expect(refused.status).toBeGreaterThanOrEqual(400);
    expect(await names(email)).toEqual([]);
  });

  test('needs a session of the last 15 minutes, and so does removing one', async () => {
    const session = await person('fresh@example.com');
    const added = await add(session, createCredential(HERE));
    await age('fresh@example.com', 14);
    expect((await optionsFor('register', session)).status).toBe(200);
    const { challenge, cookie } = await optionsFor('register', session);
    await age('fresh@example.com', 2);
    const late = { response: createCredential(HERE).created(challenge) };
    const refusals = [
      await optionsFor('register', session),
      await call('/passkey/verify-registration', late, { cookie }),
      await call('/passkey/delete-passkey', { id: added.body['id'] }, session),
    ];
    for (const refused of refusals)
      expect(refused).toMatchObject({ status: 403, body: { code: 'SESSION_NOT_FRESH' } });
    expect(await names('fresh@example.com')).toEqual(['Laptop']);
    const again = await signIn('fresh@example.com');
    expect((await call('/passkey/delete-passkey', { id: added.body['id'] }, again)).status).toBe(
      200,
    );
    expect(await names('fresh@example.com')).toEqual([]);
  });
});

test('a passkey is named and removed by its owner alone; a removed one signs nobody in', async () => {
  const [ann, bob] = [await person('ann@example.com'), await person('bob@example.com')];
  const credential = createCredential(HERE);
  const id = (await add(ann, credential, { name: '  Phone ' })).body['id'];
  const rename = (session: Answer, name: string) =>
    call('/passkey/update-passkey', { id, name }, session);
  expect((await rename(bob, 'Mine')).status).toBe(401);
  expect((await call('/passkey/delete-passkey', { id }, bob)).status).toBe(401);
  expect((await rename(ann, 'x'.repeat(101))).status).toBe(400);
  expect((await rename(ann, 'My phone')).status).toBe(200);
  expect(await names('ann@example.com')).toEqual(['My phone']);
  expect((await call('/passkey/delete-passkey', { id }, ann)).status).toBe(200);
  expect((await enter(credential)).status).toBe(401);
});

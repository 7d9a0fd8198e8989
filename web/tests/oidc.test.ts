// Signing in with a real OpenID Connect provider: discovery, code, PKCE, nonce, ID token; who becomes whom, and who an operator.
import { afterAll, describe, expect, test } from 'vitest';
import { config, readWebConfig } from '@/server/config';
import { database } from '@/server/database';
import { tokenOfSession } from '@/server/session-token';
import {
  authUnderTest,
  call,
  linkIn,
  mailTo,
  PASSWORD,
  signIn,
  signUp,
  SITE,
  type Answer,
} from './auth-under-test';
import { CLIENT, startProvider } from './oidc-provider';

/** People of the provider, by the name they sign in with there. */
const PEOPLE: Record<string, Record<string, unknown>> = {
  new: { email: 'New@example.com', email_verified: true, name: 'Nia', zoneinfo: 'Asia/Tokyo' },
  linked: { email: 'linked@example.com', email_verified: true },
  open: { email: 'open@example.com', email_verified: true },
  unproven: { email: 'unproven@example.com', email_verified: false },
  boss: { email: 'boss@example.com', email_verified: true, groups: ['staff', 'todo-admins'] },
  almost: { email: 'almost@example.com', email_verified: true, groups: ['todo-admins-not'] },
  blank: { email: 'blank@example.com', email_verified: true, name: '\u2060', zoneinfo: 'Mars/One' },
  nameless: {},
  twice: { email: 'twice@example.com', email_verified: true, amr: ['pwd', 'mfa'] },
  once: { email: 'once@example.com', email_verified: true, amr: ['pwd'] },
  nearly: { email: 'nearly@example.com', email_verified: true, amr: ['mfa-not'] },
};

const { server, issuer } = await startProvider(PEOPLE, { url: SITE, ids: ['home', 'closed'] });
const entry = { issuer, ...CLIENT };
authUnderTest({
  OIDC_PROVIDERS: JSON.stringify([
    {
      ...{ ...entry, id: 'home', name: 'Home', scopes: ['groups'], signOut: true },
      operator: { claim: 'groups', value: 'todo-admins' },
      secondFactor: { claim: 'amr', value: 'mfa' },
    },
    { ...entry, id: 'closed', name: 'Closed', signUp: false },
  ]),
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

/** A browser at the provider: signs in there, agrees, and gives the address that leads back. */
async function atProvider(start: string, login: string): Promise<string> {
  const cookies = new Map<string, string>();
  let next: { url: string; form?: Record<string, string> } = { url: start };
  for (let hops = 0; hops < 20; hops++) {
    const response = await fetch(next.url, {
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(next.form && { method: 'POST', body: new URLSearchParams(next.form) }),
    });
    for (const line of response.headers.getSetCookie()) {
      const [name = '', value = ''] = line.split(';')[0]!.split(/=(.*)/s);
      cookies.set(name, value);
    }
    const location = response.headers.get('location');
    if (location !== null) {
      const url = new URL(location, next.url).href;
      if (url.startsWith(SITE)) return url;
      next = { url };
      continue;
    }
    const page = await response.text();
    const action = /<form[^>]* action="([^"]+)"/.exec(page)?.[1];
    const prompt = /name="prompt" value="([^"]+)"/.exec(page)?.[1];
    if (action === undefined || prompt === undefined)
      throw new Error(`${response.status}: ${page.replace(/<[^>]+>/g, ' ').slice(0, 500)}`);
    const form: Record<string, string> =
      prompt === 'login' ? { prompt, login, password: 'any' } : { prompt };
    next = { url: new URL(action, next.url).href, form };
  }
  throw new Error('the provider led nowhere');
}

/** The whole way: our button, the provider, and back. */
async function signInWith(provider: string, login: string): Promise<Answer> {
  const started = await call('/sign-in/social', {
    provider,
    callbackURL: '/upcoming',
    errorCallbackURL: '/sign-in',
  });
  expect(started.status).toBe(200);
  return await call(await atProvider(String(started.body['url']), login), undefined, started);
}

const userOf = async ({ cookie }: Answer) =>
  (await call('/get-session', undefined, { cookie })).body['user'] as
    Record<string, unknown> | undefined;

const roleOf = async ({ cookie }: Answer): Promise<unknown> => {
  const token = await tokenOfSession(new Headers({ cookie }));
  const claims = Buffer.from(token!.split('.')[1]!, 'base64url').toString();
  return (JSON.parse(claims) as Record<string, unknown>)['role'];
};

describe('a sign-in with a provider', () => {
  test('makes an account for a new person, and finds it again', async () => {
    const first = await signInWith('home', 'new');
    expect(first).toMatchObject({ status: 302, location: '/upcoming' });
    const user = await userOf(first);
    expect(user).toMatchObject({
      ...{ email: 'new@example.com', emailVerified: true, name: 'Nia' },
      ...{ zone: 'Asia/Tokyo', locale: 'en' },
    });
    expect((await userOf(await signInWith('home', 'new')))?.['id']).toBe(user?.['id']);
    expect(await roleOf(first)).toBe('user');
  });

  test('links an account that is there only where both sides know the address', async () => {
    await signUp('linked@example.com', { callbackURL: '/email-confirmed' });
    await call(linkIn(await mailTo('linked@example.com')));
    const own = await userOf(await signIn('linked@example.com'));
    expect((await userOf(await signInWith('home', 'linked')))?.['id']).toBe(own?.['id']);

    await signUp('open@example.com'); // and may not own the address
    const refused = await signInWith('home', 'open');
    expect(refused.location).toBe('/sign-in?error=account_not_linked');
    expect(await userOf(refused)).toBeUndefined();

    await signUp('unproven@example.com', { callbackURL: '/email-confirmed' });
    await call(linkIn(await mailTo('unproven@example.com')));
    expect((await signInWith('home', 'unproven')).location).toBe(
      '/sign-in?error=account_not_linked',
    );
  });

  test('takes names and zones only as our own forms would', async () => {
    expect(await userOf(await signInWith('home', 'blank'))).toMatchObject({
      name: 'blank',
      zone: 'UTC',
    });
    expect((await signInWith('home', 'nameless')).location).toMatch(
      /^\/sign-in\?error=(email_not_found|unable_to_get_user_info)/,
    );
  });

  test('makes no account where a provider’s are not wanted', async () => {
    PEOPLE['stranger'] = { email: 'stranger@example.com', email_verified: true };
    const answer = await signInWith('closed', 'stranger');
    expect(answer.location).toBe('/sign-in?error=signup_disabled');
    const { rowCount } = await database().pool.query(
      `SELECT FROM auth."user" WHERE "email" = 'stranger@example.com'`,
    );
    expect(rowCount).toBe(0);
  });

  test('leads out again: the address of the provider’s own sign-out', async () => {
    const session = await signInWith('home', 'new');
    const { body } = await call('/sign-out', {}, session);
    const url = new URL(String(body['url']));
    expect(url.origin).toBe(issuer);
    expect(url.searchParams.get('post_logout_redirect_uri')).toBe(`${SITE}/sign-in`);
    expect((await fetch(url)).status).toBe(200);
    expect(await userOf(session)).toBeUndefined();
  });

  test('fails when the answer comes without the browser that asked', async () => {
    const started = await call('/sign-in/social', { provider: 'home', callbackURL: '/' });
    const back = await atProvider(String(started.body['url']), 'new');
    expect((await call(back)).cookie).not.toMatch(/session_token=[^;]/);
  });
});

describe('an operator by a claim', () => {
  test('is one in the sessions of that provider, while the claim is there', async () => {
    const session = await signInWith('home', 'boss');
    expect(await roleOf(session)).toBe('operator');
    expect(await roleOf(await signInWith('closed', 'boss'))).toBe('user');
    expect(await roleOf(session)).toBe('operator');
    PEOPLE['boss'] = { ...PEOPLE['boss'], groups: ['staff'] };
    expect(await roleOf(await signInWith('home', 'boss'))).toBe('user');
  });

  test('is nobody with a similar value, and nobody who sends it with a form', async () => {
    expect(await roleOf(await signInWith('home', 'almost'))).toBe('user');
    await signUp('form@example.com', { operator: true });
    const session = await call('/sign-in/email', {
      ...{ email: 'form@example.com', password: PASSWORD, operator: true },
    });
    if (session.status === 200) expect(await roleOf(session)).toBe('user');
    await call('/update-session', { operator: true }, session);
    if (session.status === 200) expect(await roleOf(session)).toBe('user');
  });
});

describe('a required second factor', () => {
  const isOpen = async (provider: string, login: string): Promise<boolean> => {
    const { cookie } = await signInWith(provider, login);
    expect(await userOf({ cookie } as Answer)).toBeDefined();
    Object.assign(config(), { SECOND_FACTOR_REQUIRED_OF: 'everybody' });
    try {
      const token = await tokenOfSession(new Headers({ cookie })).catch((error: unknown) => {
        expect(error).toMatchObject({ status: 401, code: 'second-factor-required' });
        return null;
      });
      return token !== null;
    } finally {
      Object.assign(config(), { SECOND_FACTOR_REQUIRED_OF: 'nobody' });
    }
  };

  test('counts where the provider says that it asked for one, and it is believed to', async () => {
    expect(await isOpen('home', 'twice')).toBe(true);
    for (const login of ['once', 'nearly', 'new'])
      expect([login, await isOpen('home', login)]).toEqual([login, false]);
    expect(await isOpen('closed', 'twice')).toBe(false); // says the same, but is not asked
  });
});

describe('OIDC_PROVIDERS', () => {
  const good = {
    DATABASE_URL: 'postgres://todo@db/todo',
    PUBLIC_URL: 'https://todo.example.com',
    BACKEND_URL: 'http://todo-backend/',
    BETTER_AUTH_SECRET: 'x'.repeat(32),
  };
  const one = { id: 'home', name: 'Home', issuer: 'https://id.example.com', clientId: 'todo' };

  test.each([
    ['not JSON', 'secret-{', /OIDC_PROVIDERS: .*array/],
    ['an unknown field', [{ ...one, secret: 'secret-1' }], /entry 1, .*"secret"/],
    ['http to another machine', [{ ...one, issuer: 'http://secret-2.example' }], /entry 1, issuer/],
    ['an id twice', [one, { ...one, clientSecret: 'secret-3' }], /each id only once/],
    ['an id for passwords', [one, { ...one, id: 'credential' }], /entry 2, id/],
    ['no client', [{ ...one, clientId: undefined }], /entry 1, clientId/],
    [
      'a factor without a claim',
      [{ ...one, secondFactor: { value: 'mfa' } }],
      /secondFactor\.claim/,
    ],
    ['a claim without a value', [{ ...one, operator: { claim: 'groups' } }], /operator\.value/],
  ])('with %s is refused without its values', (_what, value, message) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    const read = () => readWebConfig({ ...good, OIDC_PROVIDERS: text });
    expect(read).toThrow(message);
    expect(read).not.toThrow(/secret-\d/);
  });

  test('is off without it', () => {
    expect(readWebConfig(good).OIDC_PROVIDERS).toEqual([]);
    expect(
      readWebConfig({ ...good, OIDC_PROVIDERS: JSON.stringify([one]) }).OIDC_PROVIDERS,
    ).toEqual([{ ...one, scopes: [], signUp: true, signOut: false }]);
  });
});

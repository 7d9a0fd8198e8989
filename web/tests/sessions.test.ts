// The list of devices: what it shows, what it never shows, and that ending is for one's own.
import { describe, expect, test } from 'vitest';
import { DELETE, GET } from '@/app/api/sessions/route';
import { deviceOf } from '@/lib/device-name';
import {
  authUnderTest,
  call,
  PASSWORD,
  signIn,
  signUp,
  SITE,
  type Answer,
} from './auth-under-test';

authUnderTest();

const asked = (session: Answer | undefined, method: string, search = '') =>
  new Request(`${SITE}/api/sessions${search}`, {
    method,
    headers: session === undefined ? {} : { cookie: session.cookie },
  });

interface Entry {
  id: string;
  current: boolean;
}

const listOf = async (session: Answer): Promise<Entry[]> =>
  ((await (await GET(asked(session, 'GET'))).json()) as { items: Entry[] }).items;
const alive = async ({ cookie }: Answer) =>
  'user' in (await call('/get-session', undefined, { cookie })).body;

describe('sessions', () => {
  test('are listed without their tokens, the current one first; one or all others end', async () => {
    await signUp('mia@example.com');
    const phone = await signIn('mia@example.com');
    const laptop = await signIn('mia@example.com');
    const tablet = await signIn('mia@example.com');
    const text = await (await GET(asked(laptop, 'GET'))).text();
    for (const { cookie } of [phone, laptop, tablet])
      expect(text).not.toContain(/session_token=([^.]+)/.exec(cookie)![1]);
    const list = await listOf(laptop);
    expect(list.map(({ current }) => current)).toEqual([true, false, false]);

    const [phoneEntry] = (await listOf(phone)).filter(({ current }) => current);
    expect((await DELETE(asked(laptop, 'DELETE', `?id=${phoneEntry!.id}`))).status).toBe(200);
    expect([await alive(phone), await alive(tablet)]).toEqual([false, true]);
    expect(await (await DELETE(asked(laptop, 'DELETE'))).json()).toEqual({ ended: 1 });
    expect([await alive(tablet), await alive(laptop)]).toEqual([false, true]);
  });

  test('of others are out of reach, and nobody is asked without one', async () => {
    await signUp('eve@example.com');
    await signUp('bo@example.com');
    const eve = await signIn('eve@example.com');
    const bo = await signIn('bo@example.com');
    const [entry] = await listOf(bo);
    const answer = await DELETE(asked(eve, 'DELETE', `?id=${entry!.id}`));
    expect(answer.status).toBe(404);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(await alive(bo)).toBe(true);
    for (const method of [GET, DELETE])
      expect((await method(asked(undefined, 'GET'))).status).toBe(401);
    expect((await call('/list-sessions', undefined, eve)).status).toBe(404);
  });

  test('end with a changed password, or stay by choice', async () => {
    await signUp('kim@example.com');
    const other = await signIn('kim@example.com');
    const change = async (currentPassword: string, newPassword: string, others: boolean) =>
      await call(
        '/change-password',
        { currentPassword, newPassword, revokeOtherSessions: others },
        await signIn('kim@example.com', currentPassword),
      );
    expect((await change(PASSWORD, 'another calm blue lagoon', false)).status).toBe(200);
    expect(await alive(other)).toBe(true);
    expect((await change('another calm blue lagoon', PASSWORD, true)).status).toBe(200);
    expect(await alive(other)).toBe(false);
  });
});

test.each([
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0',
    'Firefox',
    'Windows',
  ],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1',
    'Safari',
    'iPhone',
  ],
  [
    'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36 EdgA/140.0.0.0',
    'Edge',
    'Android',
  ],
  [
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/140.0.0.0 Safari/537.36',
    'Chrome',
    'Linux',
  ],
  ['curl/8.5.0', undefined, undefined],
])('%s is %s on %s', (userAgent, browser, system) => {
  expect(deviceOf(userAgent)).toEqual({ ...(browser && { browser }), ...(system && { system }) });
});

// The limits of sign-in, sign-up, reset and mails: for an account from whatever addresses, for an address whatever it claims, and
// for tries at the same moment.
import { createPool } from '@todo/runtime/database';
import { createLogger } from '@todo/runtime/log';
import { describe, expect, test } from 'vitest';
import { auth } from '@/server/auth';
import { database } from '@/server/database';
import { eraseAccount } from '@/server/erasures';
import { CONFIRMATIONS, requireTry, sweepTries, takeTry } from '@/server/tries';
import { authUnderTest, call, mails, PASSWORD, signIn, signUp, SITE } from './auth-under-test';

authUnderTest({ SIGN_INS_PER_MINUTE: '30' });

const post = async (route: string, body: object, address: string): Promise<Response> =>
  await auth().handler(
    new Request(`${SITE}/api/auth${route}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: SITE, 'x-forwarded-for': address },
      body: JSON.stringify(body),
    }),
  );
const tally = (statuses: readonly number[]): Record<number, number> =>
  Object.fromEntries(
    [...new Set(statuses)].map((s) => [s, statuses.filter((x) => x === s).length]),
  );

describe('tries', () => {
  test('70 at once over two pools: ten get through', async () => {
    const url = process.env['DATABASE_URL']!;
    const log = createLogger({ service: 'web-test', level: 'fatal' });
    const pools = [0, 1].map(() => createPool({ url, application: 'replica', log }));
    const limit = { name: 'test', max: 10, seconds: 60 };
    const waits = await Promise.all(
      Array.from({ length: 70 }, (_, n) => takeTry(pools[n % 2]!, limit, 'somebody')),
    );
    await Promise.all(pools.map((pool) => pool.end()));
    expect(waits.filter((seconds) => seconds === 0)).toHaveLength(10);
    expect(Math.max(...waits)).toBeLessThanOrEqual(60);
  });

  test('a window that is over counts anew, and its row is deleted', async () => {
    const { pool } = database();
    const limit = { name: 'short', max: 1, seconds: 600 };
    expect(await takeTry(pool, limit, 'x')).toBe(0);
    expect(await takeTry(pool, limit, 'x')).toBeGreaterThan(0);
    await pool.query(`UPDATE auth."tries" SET "endsAt" = now()`);
    expect(await takeTry(pool, limit, 'x')).toBe(0);
    await pool.query(`UPDATE auth."tries" SET "endsAt" = now()`);
    expect(await sweepTries(pool)).toBe(false);
  });
});

describe('tries to confirm something', () => {
  test('are forgotten with the account', async () => {
    const { pool } = database();
    await signUp('erased@example.com');
    const { rows } = await pool.query<{ id: string }>(
      `SELECT "id" FROM auth."user" WHERE "email" = 'erased@example.com'`,
    );
    const { id } = rows[0]!;
    const left = async () => (await pool.query('SELECT FROM auth."tries"')).rowCount;
    const before = await left();
    await requireTry(pool, CONFIRMATIONS, id);
    expect(await left()).toBe(before! + 1);
    await eraseAccount(pool, id);
    expect(await left()).toBeLessThanOrEqual(before!);
    for (let n = 0; n < 10; n += 1) expect(await takeTry(pool, CONFIRMATIONS, id)).toBe(0);
    await expect(requireTry(pool, CONFIRMATIONS, id)).rejects.toMatchObject({ status: 429 });
  });

  test('are still counted by the version before this one, in the table that it knows', async () => {
    const { pool } = database();
    await signUp('before@example.com');
    const count = () =>
      pool.query<{ tries: number }>(
        `INSERT INTO auth."confirmationTries" AS c ("userId", "tries", "since")
         SELECT "id", 1, now() FROM auth."user" WHERE "email" = 'before@example.com'
         ON CONFLICT ("userId") DO UPDATE SET "tries" = c."tries" + 1 RETURNING "tries"`,
      );
    await count();
    expect((await count()).rows).toEqual([{ tries: 2 }]);
  });
});

describe('limits of an account', () => {
  test('70 sign-ins at once from 70 addresses: ten are tried, the answer is a problem', async () => {
    await signUp('mia@example.com');
    const answers = await Promise.all(
      Array.from({ length: 70 }, (_, n) =>
        post('/sign-in/email', { email: `Mia@example.com`, password: 'wrong' }, `192.0.2.${n}`),
      ),
    );
    expect(tally(answers.map(({ status }) => status))).toEqual({ 401: 10, 429: 60 });
    const refused = answers.find(({ status }) => status === 429)!;
    expect(refused.headers.get('content-type')).toBe('application/problem+json');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await refused.json()).toMatchObject({
      status: 429,
      type: 'urn:todo:problem:too-many-tries',
    });
    // others are not concerned
    await signUp('bo@example.com');
    expect((await signIn('bo@example.com')).status).toBe(200);
  });

  test('a form instead of JSON, another spelling of the path or the address: the same account', async () => {
    await signUp('ida@example.com');
    for (let n = 0; n < 10; n++) await signIn('ida@example.com', 'wrong');
    const form = await auth().handler(
      new Request(`${SITE}/api/auth/sign-in/email`, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          origin: SITE,
          'x-forwarded-for': '198.51.100.9',
        },
        body: new URLSearchParams({ email: 'ida@example.com', password: PASSWORD }),
      }),
    );
    expect(form.status).not.toBe(200);
    for (const route of [
      '/sign-in/email/',
      '//sign-in/email',
      '/sign-in/%65mail',
      '/sign-in/email?x=1',
    ]) {
      const answer = await call(route, { email: 'IDA@example.com', password: PASSWORD });
      expect(answer.status, route).toBeGreaterThanOrEqual(400);
    }
  });

  test('a right password forgets the wrong ones before it', async () => {
    await signUp('kim@example.com');
    for (let round = 0; round < 2; round++) {
      for (let n = 0; n < 9; n++)
        expect((await signIn('kim@example.com', 'wrong')).status).toBe(401);
      expect((await signIn('kim@example.com')).status).toBe(200);
    }
  });

  test('five mails an hour, of whatever kind, and the answer doesn’t depend on the account', async () => {
    for (const email of ['nobody@example.com', 'lea@example.com']) {
      const statuses: number[] = [];
      for (const route of ['/request-password-reset', '/send-verification-email'])
        for (let n = 0; n < 4; n++) statuses.push((await call(route, { email })).status);
      expect(statuses, email).toEqual([200, 200, 200, 200, 200, 429, 429, 429]);
    }
    expect(mails.filter(({ to }) => to === 'nobody@example.com')).toEqual([]);
  });
});

describe('limits of a client address', () => {
  const tries = async (addresses: readonly string[]) => {
    const statuses: number[] = [];
    for (const [n, address] of addresses.entries())
      statuses.push(
        (await post('/sign-in/email', { email: `x${n}-${address}@example.com` }, address)).status,
      );
    return tally(statuses);
  };

  test('IPv6 counts by /64, IPv4 by address in either form', async () => {
    const inOneNet = Array.from({ length: 31 }, (_, n) => `2001:db8:7:1:${n.toString(16)}::${n}`);
    expect((await tries(inOneNet))[429]).toBe(1);
    expect((await tries(['2001:db8:7:2::1']))[429]).toBeUndefined();
    const v4 = [...Array.from({ length: 30 }, () => '203.0.113.5'), '::ffff:203.0.113.5'];
    expect((await tries(v4))[429]).toBe(1);
    expect((await tries(['203.0.113.6']))[429]).toBeUndefined();
  });

  test('nothing that is stored names a person or an address', async () => {
    const { rows } = await database().pool.query<{ all: string }>(
      `SELECT string_agg(t::text, ' ') AS all FROM auth."tries" t`,
    );
    expect(rows[0]?.all).toMatch(/.{40}/);
    expect(rows[0]?.all).not.toMatch(/@|example|2001:db8|203\.0\.113|\b192\.0\.2/);
  });
});

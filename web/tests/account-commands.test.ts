// `npm run account`: every command with right and wrong input, what it prints, what it changes, and how it ends.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { database } from '@/server/database';
import { isOperator } from '@/server/operators';
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

authUnderTest({}, false);
vi.setConfig({ testTimeout: 300_000 }); // each command is a process, which a busy machine starts slowly

const NEXT = 'another calm blue lagoon';
const PROGRAM = path.join(import.meta.dirname, '../scripts/account.ts');
/** What `npm run account` runs; it gives the program the system on this machine. */
const LAUNCHER = path.join(import.meta.dirname, '../../local/src/commands/account.ts');

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function account(
  args: readonly string[],
  env: Record<string, string> = {},
  program = PROGRAM,
): Promise<Ended> {
  const child = spawn(process.execPath, [program, ...args], { env: { ...process.env, ...env } });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number];
  return { code, out: out.trim(), err };
}

const done = (out: string) => ({ code: 0, out, err: '' });
const idOf = async (email: string): Promise<string> => {
  const { rows } = await database().pool.query<{ id: string }>(
    'SELECT "id" FROM auth."user" WHERE "email" = $1',
    [email],
  );
  return rows[0]!.id;
};
const signedIn = async ({ cookie }: Answer) =>
  'user' in (await call('/get-session', undefined, { cookie })).body;

describe('links and sessions', () => {
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
});

describe('passkeys remove', () => {
  test('removes those of one account, by its address in any spelling', async () => {
    for (const [email, count] of [
      ['keys@example.com', 2],
      ['others@example.com', 1],
    ] as const) {
      await signUp(email);
      await database().pool.query(
        `INSERT INTO auth."passkey" ("id", "publicKey", "userId", "credentialID", "counter", "deviceType", "backedUp")
         SELECT $1 || n, 'key', $1, $1 || n, 0, 'singleDevice', false FROM generate_series(1, $2::int) n`,
        [await idOf(email), count],
      );
    }
    const remove = () => account(['passkeys', 'remove', 'Keys@example.com']);
    expect(await remove()).toEqual(done('Removed 2 passkeys of Keys@example.com.'));
    expect(await remove()).toEqual(done('Removed 0 passkeys of Keys@example.com.'));
    const { rows } = await database().pool.query('SELECT "userId" FROM auth."passkey"');
    expect(rows).toEqual([{ userId: await idOf('others@example.com') }]);
  });
});

describe('operator', () => {
  const log = async () =>
    (
      await database().pool.query<{ line: string }>(
        `SELECT concat_ws(' ', "action", "byCommand", "operatorId", u."email") AS line FROM auth."operatorAction"
         LEFT JOIN auth."user" u ON u."id" = "subjectId" ORDER BY auth."operatorAction"."id"`,
      )
    ).rows.map(({ line }) => line);

  test('list, add and remove, by address and by id; each change is recorded', async () => {
    const { pool } = database();
    expect(await account(['operator', 'list'])).toEqual(done('No operators.'));
    await signUp('ann@example.com');
    await signUp('bob@example.com');
    const [ann, bob] = [await idOf('ann@example.com'), await idOf('bob@example.com')];

    const refused = await account(['operator', 'add', 'ann@example.com']);
    expect(refused).toMatchObject({ code: 1, out: '' });
    expect(refused.err).toMatch(/ann@example\.com is not confirmed.*"verify".*"list"/);
    expect(await isOperator(pool, ann)).toBe(false);

    await account(['verify', 'ann@example.com']);
    const add = () => account(['operator', 'add', 'ANN@example.com']);
    expect(await add()).toEqual(done('ann@example.com is an operator now.'));
    expect(await add()).toEqual(done('ann@example.com is an operator already.'));
    expect(await account(['operator', 'add', bob])).toEqual(
      done('bob@example.com is an operator now.'),
    );
    expect(await account(['operator', 'list'])).toEqual(
      done(`ann@example.com\t${ann}\nbob@example.com\t${bob}`),
    );

    const sessions = [await signIn('ann@example.com'), await signIn('bob@example.com')];
    const remove = () => account(['operator', 'remove', ann]);
    expect(await remove()).toEqual(done('ann@example.com is no longer an operator.'));
    expect(await Promise.all(sessions.map(signedIn))).toEqual([false, true]);
    const again = await remove();
    expect(again).toMatchObject({ code: 1, out: '' });
    expect(again.err).toMatch(/ann@example\.com was not made an operator/);
    expect(await account(['operator', 'list'])).toEqual(done(`bob@example.com\t${bob}`));
    expect(await log()).toEqual([
      'promote t ann@example.com',
      'promote t bob@example.com',
      'demote t ann@example.com',
    ]);
  });

  test('of the same account twice at once: one is recorded', async () => {
    await signUp('twin@example.com');
    const id = await idOf('twin@example.com');
    const outs = await Promise.all([1, 2].map(() => account(['operator', 'add', id])));
    expect(outs.map(({ code }) => code)).toEqual([0, 0]);
    expect(outs.map(({ out }) => out).sort()).toEqual([
      'twin@example.com is an operator already.',
      'twin@example.com is an operator now.',
    ]);
    expect((await log()).filter((line) => line.includes('twin@'))).toHaveLength(1);
  });
});

describe('wrong input', () => {
  test.concurrent.each([
    ['reset nobody@example.com', 1, /No account has the address nobody@example\.com/],
    ['verify nobody@example.com', 1, /No account has the address nobody@example\.com/],
    ['sign-out nobody@example.com', 1, /No account has the address nobody@example\.com/],
    ['second-factor off nobody@example.com', 1, /No account has the address nobody@example\.com/],
    ['passkeys remove nobody@example.com', 1, /No account has the address nobody@example\.com/],
    ['operator add nobody@example.com', 1, /No account has the id or address nobody@example\.com/],
    ['operator remove nobody', 1, /No account has the id or address nobody/],
    ['', 78, /expected a command/],
    ['remove mia@example.com', 78, /remove: unknown command/],
    ['constructor mia@example.com', 78, /constructor: unknown command/],
    ['toString mia@example.com', 78, /toString: unknown command/],
    ['second-factor on mia@example.com', 78, /second-factor on: unknown command/],
    ['operator', 78, /operator: unknown command/],
    ['operator mia@example.com', 78, /operator mia@example\.com: unknown command/],
    ['second-factor off', 78, /expected one e-mail/],
    ['passkeys remove', 78, /expected one e-mail/],
    ['operator add', 78, /operator add: expected one id or e-mail/],
    ['operator remove mia@example.com bob@example.com', 78, /expected one id or e-mail/],
    ['operator list mia@example.com', 78, /operator list: expected no e-mail/],
    ['reset', 78, /expected one e-mail/],
    ['verify mia@example.com bob@example.com', 78, /expected one e-mail/],
    ['sign-out', 78, /expected one e-mail/],
    ['list mia@example.com', 78, /expected no e-mail/],
    ['list --all', 78, /--all/],
  ])('“%s” ends with %i and says why', async (args, code, message) => {
    const answer = await account(args === '' ? [] : args.split(' '), { PUBLIC_URL: SITE });
    expect(answer).toMatchObject({ code, out: '' });
    expect(answer.err).toMatch(message);
  });

  test('settings that are wrong or missing end with 78, a database without accounts with 1', async () => {
    const reset = ['reset', 'mia@example.com'];
    expect((await account(reset, { PUBLIC_URL: '' })).err).toMatch(/PUBLIC_URL: expected/);
    const away = await account(['list'], { DATABASE_URL: 'postgres://a:b@127.0.0.1:1/todo' });
    expect(away).toMatchObject({ code: 1, out: '' });
    expect(await account(['list'], { DATABASE_URL: '' })).toMatchObject({ code: 78, out: '' });
    const { DATABASE_URL: url = '' } = process.env;
    const empty = await account(['list'], { DATABASE_URL: url.replace(/\/[^/]*$/, '/postgres') });
    expect(empty).toMatchObject({ code: 1, out: '' });
    expect(empty.err).toMatch(/no accounts yet/);
  });
});

test('npm run account hands on arguments, output and exit code, and --help names every command', async () => {
  await signUp('launched@example.com');
  const launch = (...args: string[]) => account(args, {}, LAUNCHER);
  const verified = await launch('verify', 'launched@example.com');
  expect(verified).toEqual(done('Confirmed launched@example.com.'));
  expect((await launch('verify', 'nobody@example.com')).code).toBe(1);
  expect((await launch('operator', 'demote', 'launched@example.com')).code).toBe(78);
  const { code, out } = await launch('--help');
  expect(code).toBe(0);
  for (const command of [
    ...['list', 'reset', 'verify', 'sign-out', 'second-factor off', 'passkeys remove'],
    ...['operator list', 'operator add', 'operator remove'],
  ])
    expect(out).toMatch(new RegExp(`^  ${command}\\b`, 'm'));
});

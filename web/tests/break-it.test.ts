// Break it is for operators of a system that was started to be broken, and what they press reaches its program.
import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import * as actions from '@/app/api/admin/actions/route';
import * as route from '@/app/api/admin/break/route';
import { grouped, hasToWait, type FaultNow } from '@/lib/break-api';
import { config } from '@/server/config';
import { database } from '@/server/database';
import { addOperator } from '@/server/operators';
import { breakText } from '@/text/break';
import { authUnderTest, signIn, signUp, SITE, type Answer } from './auth-under-test';

authUnderTest({ SIGN_UPS_PER_MINUTE: '1000' });

const TOKEN = 'the token of the program';
const asked: string[] = [];
let program: Server;
let answers: { status: number; body: string };
let operator: Answer;
let person: Answer;

beforeAll(async () => {
  program = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      if (request.headers.authorization === `Bearer ${TOKEN}`)
        asked.push(`${request.method ?? ''} ${request.url ?? ''} ${body}`);
      response.writeHead(answers.status).end(answers.body);
    });
  });
  await new Promise<void>((listening) => program.listen(0, '127.0.0.1', listening));
  await signUp('breaker@example.com');
  await signUp('visitor@example.com');
  await addOperator(database().pool, await idOf('breaker@example.com'));
  [operator, person] = [await signIn('breaker@example.com'), await signIn('visitor@example.com')];
});
afterAll(() => {
  program.closeAllConnections();
  program.close();
});
beforeEach(() => {
  const { port } = program.address() as { port: number };
  Object.assign(config(), { BREAK_URL: `http://127.0.0.1:${port}`, BREAK_TOKEN: TOKEN });
  asked.length = 0;
  answers = { status: 200, body: '{"parts":9}' };
});

const idOf = async (email: string): Promise<string> => {
  const { rows } = await database().pool.query<{ id: string }>(
    'SELECT "id" FROM auth."user" WHERE "email" = $1',
    [email],
  );
  return rows[0]!.id;
};

async function ask(
  method: 'GET' | 'POST' | 'PUT',
  session: Answer | undefined,
  body?: unknown,
  origin = SITE,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await route[method](
    new Request(`${SITE}/api/admin/break`, {
      method,
      headers: { origin, ...(session && { cookie: session.cookie }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }),
  );
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

describe('the route', () => {
  test('is for operators only, and changes only come from our own pages', async () => {
    const bodies = { GET: undefined, POST: { fault: 'kill' }, PUT: { perSecond: 1 } };
    for (const method of ['GET', 'POST', 'PUT'] as const) {
      expect(await ask(method, undefined, bodies[method])).toMatchObject({ status: 401 });
      expect(await ask(method, person, bodies[method])).toMatchObject({ status: 403 });
      if (method !== 'GET')
        for (const origin of ['https://evil.example', 'null'])
          expect(await ask(method, operator, bodies[method], origin)).toMatchObject({
            status: 403,
          });
    }
    expect(asked).toEqual([]);
  });

  test('there is none where no system was started to be broken', async () => {
    Object.assign(config(), { BREAK_URL: undefined, BREAK_TOKEN: undefined });
    expect(await ask('GET', operator)).toMatchObject({ status: 404 });
    expect(await ask('POST', operator, { fault: 'kill' })).toMatchObject({ status: 404 });
    expect(await ask('PUT', operator, { perSecond: 1 })).toMatchObject({ status: 404 });
    expect(asked).toEqual([]);
  });

  test('passes on what an operator asks, with the token, and records each fault', async () => {
    expect(await ask('GET', operator)).toEqual({ status: 200, body: { parts: 9 } });
    await ask('POST', operator, { fault: 'kill', target: 'audit-2' });
    await ask('PUT', operator, { perSecond: 7 });
    expect(asked).toEqual([
      'GET /state ',
      'POST /faults {"fault":"kill","target":"audit-2"}',
      'PUT /load {"perSecond":7}',
    ]);
    const log = await actions.GET(
      new Request(`${SITE}/api/admin/actions`, { headers: { cookie: operator.cookie } }),
    );
    const { items } = (await log.json()) as { items: object[] };
    expect(items).toMatchObject([
      { action: 'break', operator: 'breaker@example.com', subject: null },
    ]);
  });

  test('passes on why something is refused, and says when nobody answers', async () => {
    answers = { status: 409, body: '{"detail":"kill is in."}' };
    expect(await ask('POST', operator, { fault: 'kill' })).toMatchObject({
      status: 409,
      body: { detail: 'kill is in.' },
    });
    answers = { status: 400, body: '{"detail":"fault: expected the name of a fault"}' };
    expect(await ask('POST', operator, { fault: 'x' })).toMatchObject({ status: 400 });
    for (const [status, body] of [
      [401, '{}'],
      [503, '{"detail":"starting"}'],
      [500, 'not JSON'],
    ] as const) {
      answers = { status, body };
      expect(await ask('GET', operator)).toMatchObject({ status: 503 });
    }
    Object.assign(config(), { BREAK_URL: 'http://127.0.0.1:9' });
    expect(await ask('GET', operator)).toMatchObject({ status: 503 });
  });

  test('names what is wrong with a request before it asks', async () => {
    for (const body of [{}, { fault: 7 }, { fault: '' }, { fault: 'kill', more: 1 }, 'kill'])
      expect(await ask('POST', operator, body)).toMatchObject({ status: 400 });
    for (const perSecond of [-1, 1.5, '3', 1e9])
      expect(await ask('PUT', operator, { perSecond })).toMatchObject({ status: 400 });
    expect(asked).toEqual([]);
  });
});

describe('the page', () => {
  const fault = (name: string) => ({ name, what: 'does something', targets: ['one'] });
  const now = (name: string): FaultNow => ({
    ...{ number: 1, name, target: 'one', begunAt: 0, lastsMs: 1 },
    phase: 'in',
  });

  test('shows faults by what they hit, and those that it does not know last', () => {
    const groups = grouped(['new-fault', 'poison', 'cut', 'kill'].map(fault));
    expect(groups.map(([group, some]) => [group, some.map(({ name }) => name)])).toEqual([
      ['processes', ['kill']],
      ['connections', ['cut']],
      ['events', ['poison']],
      ['other', ['new-fault']],
    ]);
    const text = breakText;
    expect(text.fault('new-fault', 'does something')).toEqual(['new-fault', 'does something']);
    expect(text.fault('kill', '')[0]).toBe('Kill a process');
  });

  test('lets a fault wait for one of its kind only', () => {
    expect(hasToWait('kill', [])).toBe(false);
    expect(hasToWait('kill', [now('cut')])).toBe(true);
    expect(hasToWait('kill', [now('poison')])).toBe(false);
    expect(hasToWait('redeliver', [now('cut')])).toBe(false);
    expect(hasToWait('redeliver', [now('cut'), now('poison')])).toBe(true);
  });
});

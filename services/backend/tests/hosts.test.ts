// A valid token is not enough: who names another host, or comes from a page of another origin, is refused on every route.
import { request } from 'node:http';
import type { OutgoingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestBackend } from '@todo/testing/backend-under-test';
import type { TestBackend } from '@todo/testing/backend-under-test';

let t: TestBackend;
let authorization: string;
beforeAll(async () => {
  t = await startTestBackend({
    allowedHosts: ['todo-backend', 'todo-backend.todo.svc.cluster.local'],
    rateLimitPerMinute: 5,
  });
  await t.backend.app.listen({ host: '127.0.0.1', port: 0 });
  authorization = `Bearer ${await t.token('ada')}`;
});
afterAll(async () => {
  await t.close();
});

/** `fetch` would not send another Host. */
function ask(method: string, path: string, headers: OutgoingHttpHeaders): Promise<number> {
  const { port } = t.backend.app.server.address() as AddressInfo;
  return new Promise((resolve, reject) => {
    const sent = request({ port, method, path, headers }, (answer) => {
      answer.destroy(); // a stream would go on
      resolve(answer.statusCode ?? 0);
    });
    sent.on('error', reject).end();
  });
}

it('every route refuses an unknown host, and a page of another origin', async () => {
  expect(t.backend.routes.length).toBeGreaterThan(40);
  for (const { method, url } of [...t.backend.routes, { method: 'GET', url: '/nowhere' }]) {
    const path = url.replace(/:\w+/g, 'x').replace('*', '/x');
    const hostile = { host: 'evil.example', origin: 'http://evil.example', authorization };
    const route = `${method} ${url}`;
    expect(`${route} ${await ask(method, path, hostile)}`).toBe(`${route} 421`);
    const known = { ...hostile, host: 'todo-backend', 'x-forwarded-host': 'evil.example' };
    expect(`${route} ${await ask(method, path, known)}`).toBe(`${route} 403`);
  }
});

describe('/mcp', () => {
  it.each([
    ['an unknown host', { host: 'evil.example' }, 421],
    [
      'an unknown host that a forwarded one hides',
      { host: 'evil.example', 'x-forwarded-host': 'localhost:3000' },
      421,
    ],
    ['the public address', { host: 'localhost:3000', origin: 'http://localhost:3000' }, 405],
    [
      'the public address’s page, through the web app',
      { host: 'todo-backend', origin: 'http://localhost:3000' },
      405,
    ],
    ['an allowed page', { host: 'todo-backend', origin: 'https://app.example' }, 405],
    ['a page of this host', { host: '127.0.0.1:9', origin: 'http://127.0.0.1:9' }, 405],
    ['a page of another port', { host: '127.0.0.1:9', origin: 'http://127.0.0.1:10' }, 403],
  ])('%s', async (_what, headers, status) => {
    expect(
      await ask('GET', '/mcp', { authorization, accept: 'text/event-stream', ...headers }),
    ).toBe(status);
  });
});

describe('the limit of requests counts the person', () => {
  it('other addresses and other spellings of the header are no other person', async () => {
    const answers: number[] = [];
    for (let number = 0; number < 8; number++)
      answers.push(
        await ask('GET', '/api/v1/me', {
          'x-forwarded-for': `198.51.100.${number}`,
          authorization: `Bearer${' '.repeat(number + 1)}${await t.token('bob', { jti: String(number) })}`,
        }),
      );
    expect(answers).toEqual([200, 200, 200, 200, 200, 429, 429, 429]);
  });
});

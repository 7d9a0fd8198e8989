// A request that is refused before its body has arrived, through the web app: the backend's own answer comes, soon, whatever the
// client is doing, and neither the client's connection nor those to the backend are spoilt for the next request.
import { createServer as createHttpServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { keepEarlyAnswers } from '@todo/runtime/lingering-close';
import { createLogger } from '@todo/runtime/log';
import { Problem } from '@todo/contracts/problem';
import { createServer } from '@todo/runtime/server';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDoor, type Door } from '@/server/door';
import { upload, type Upload } from '@todo/testing/upload-client';

const MIB = 1024 * 1024;
const backend = createServer({ log: createLogger({ service: 'test', level: 'silent' }) });
let front: Server;
let door: Door;
let port: number;

beforeAll(async () => {
  // Asked for as the backend does it: the token before the body, the body's type and length while it is read.
  backend.addHook('onRequest', (request, _reply, done) => {
    const known = request.headers.authorization === 'Bearer known';
    done(known ? undefined : new Problem(401, 'not-signed-in', 'Send a token.'));
  });
  for (const url of ['/api/v1/tasks', '/api/v1/tasks/:id', '/api/v1/import', '/mcp'])
    backend.route({
      method: ['GET', 'POST', 'PATCH'],
      url,
      handler: (request) => ({
        url: request.url,
        length: JSON.stringify(request.body ?? null).length,
      }),
    });
  await backend.listen({ host: '127.0.0.1', port: 0 });
  front = createHttpServer((request, response) => {
    if (!door(request, response)) response.end('a page');
  });
  keepEarlyAnswers(front);
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
  port = (front.address() as AddressInfo).port;
  Object.assign(process.env, {
    DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
    PUBLIC_URL: 'http://localhost:5398',
    BACKEND_URL: `http://127.0.0.1:${(backend.server.address() as AddressInfo).port}`,
    BETTER_AUTH_SECRET: 'a-secret-of-tests-only-0123456789abcdef',
  });
  door = createDoor();
});
afterAll(async () => {
  front.closeAllConnections();
  front.close();
  await backend.close();
});

const authorization = 'Bearer known';
const REFUSED: [string, number, Pick<Upload, 'path' | 'method' | 'headers'>][] = [
  ['a wrong token', 401, { path: '/api/v1/tasks', headers: { authorization: 'Bearer x' } }],
  ['no session', 403, { path: '/api/v1/tasks' }],
  ['MCP, a wrong token', 401, { path: '/mcp', headers: { authorization: 'Bearer x' } }],
  ['a body over the limit', 413, { path: '/api/v1/tasks', headers: { authorization } }],
  ['an import over the limit', 413, { path: '/api/v1/import', headers: { authorization } }],
  [
    'PATCH, over the limit',
    413,
    { path: '/api/v1/tasks/1', method: 'PATCH', headers: { authorization } },
  ],
  [
    'another type',
    415,
    { path: '/api/v1/tasks', headers: { authorization, 'content-type': 'application/xml' } },
  ],
  [
    'an unknown host',
    421,
    { path: '/api/v1/tasks', headers: { authorization, host: 'evil.example' } },
  ],
];
const WAYS: [string, Partial<Upload>][] = [
  ['with its length', {}],
  ['in chunks', { chunked: true }],
  ['everything sent before the answer is read', { sendFirst: true }],
  [
    'everything sent first, in chunks, and the connection ends',
    { sendFirst: true, chunked: true, headers: { connection: 'close' } },
  ],
  ['slowly', { pauseMs: 60 }],
  ['slowly, everything sent first, in chunks', { sendFirst: true, pauseMs: 60, chunked: true }],
  ['Expect: 100-continue', { expect: true }],
];

describe.each(REFUSED)('%s: %i', (_what, status, request) => {
  test.each(WAYS)('%s', async (_way, way) => {
    for (let number = 0; number < 3; number++) {
      const size = (way.pauseMs ? 3 : 3 + 4 * number) * MIB;
      const headers = { ...request.headers, ...way.headers };
      const answer = await upload({ port, size, ...request, ...way, headers });
      expect(answer).toMatchObject({ statuses: [status], error: undefined });
      expect(answer.text).toContain('application/problem+json');
      if (!way.sendFirst) expect(answer.firstMs).toBeLessThan(1_500);
      if (way.pauseMs) break;
    }
  });

  test('the next requests, on this connection and on those to the backend, are answered right', async () => {
    const next = `GET /api/v1/tasks/next HTTP/1.1\r\nhost: localhost\r\nauthorization: ${authorization}\r\n\r\n`;
    for (const chunked of [false, true]) {
      const answer = await upload({ port, size: 3 * MIB, ...request, chunked, next }, 2);
      expect(answer).toMatchObject({ statuses: [status, 200], error: undefined });
      expect(answer.text).toContain('{"url":"/api/v1/tasks/next",');
    }
    const urls = Array.from({ length: 20 }, (_none, number) => `/api/v1/tasks/${number}`);
    const answers = await Promise.all(
      urls.map(async (url) => {
        const answer = await fetch(`http://127.0.0.1:${port}${url}`, {
          headers: { authorization },
        });
        return ((await answer.json()) as { url: string }).url;
      }),
    );
    expect(answers).toEqual(urls);
  });
});

test('a body that is wanted arrives whole, also behind one that was not', async () => {
  const body = JSON.stringify({ text: 'x'.repeat(MIB) });
  for (let number = 0; number < 5; number++) {
    await upload({ port, size: 3 * MIB, path: '/mcp', headers: { authorization } });
    const answer = await fetch(`http://127.0.0.1:${port}/mcp`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body,
    });
    expect(await answer.json()).toMatchObject({ length: body.length });
  }
});

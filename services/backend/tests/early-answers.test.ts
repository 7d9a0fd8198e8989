// A request that is refused before its body has arrived: the answer reaches the client, whatever the client is doing, and the
// next request on the connection is answered as if nothing had been (RFC 9112 9.3 and 9.6).
import type { AddressInfo } from 'node:net';
import { upload } from '@todo/testing/upload-client';
import type { Upload } from '@todo/testing/upload-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestBackend } from '@todo/testing/backend-under-test';
import type { TestBackend } from '@todo/testing/backend-under-test';

const MIB = 1024 * 1024;
let t: TestBackend;
let port: number;
let authorization: string;

beforeAll(async () => {
  t = await startTestBackend();
  await t.backend.app.listen({ host: '127.0.0.1', port: 0 });
  port = (t.backend.app.server.address() as AddressInfo).port;
  authorization = `Bearer ${await t.token('ada')}`;
});
afterAll(async () => {
  await t.close();
});

const REFUSED: [string, number, Pick<Upload, 'path' | 'method' | 'headers'>, boolean][] = [
  ['without a token', 401, { path: '/api/v1/tasks' }, false],
  [
    'a wrong token, PATCH',
    401,
    { path: '/api/v1/tasks/1', method: 'PATCH', headers: { authorization: 'Bearer x' } },
    false,
  ],
  ['MCP without a token', 401, { path: '/mcp' }, false],
  ['a body over the limit', 413, { path: '/api/v1/tasks' }, true],
  [
    'an import without a token',
    401,
    { path: '/api/v1/import', headers: { 'content-type': 'text/csv' } },
    false,
  ],
  ['MCP over the limit', 413, { path: '/mcp' }, true],
  ['a PATCH over the limit', 413, { path: '/api/v1/tasks/1', method: 'PATCH' }, true],
  [
    'another content type',
    415,
    { path: '/api/v1/tasks', headers: { 'content-type': 'application/xml' } },
    true,
  ],
  ['a route for the sidecar', 401, { path: '/internal/occurrences' }, false],
  ['a path that can not be decoded', 400, { path: '/api/v1/%zz' }, false],
];
const WAYS: [string, Partial<Upload>][] = [
  ['with its length', {}],
  ['in chunks', { chunked: true }],
  ['everything sent before the answer is read', { sendFirst: true }],
  ['everything sent first, in chunks', { sendFirst: true, chunked: true }],
  [
    'everything sent first, and the connection ends',
    { sendFirst: true, headers: { connection: 'close' } },
  ],
  ['slowly', { pauseMs: 60 }],
  [
    'slowly, everything sent first, and the connection ends',
    { sendFirst: true, pauseMs: 60, headers: { connection: 'close' } },
  ],
  ['Expect: 100-continue', { expect: true }],
];

describe.each(REFUSED)('%s: %i', (_what, status, request, signedIn) => {
  it.each(WAYS)('%s', async (_way, way) => {
    for (const size of [3 * MIB, 9 * MIB]) {
      if (way.pauseMs && size > 3 * MIB) continue;
      const headers = { ...(signedIn && { authorization }), ...request.headers, ...way.headers };
      const answer = await upload({ port, size, ...request, ...way, headers });
      expect(answer).toMatchObject({ statuses: [status], error: undefined });
      expect(answer.text).toContain('application/problem+json');
      if (!way.sendFirst) expect(answer.firstMs).toBeLessThan(1_500);
    }
  });

  it('the next request on the connection is answered', async () => {
    const headers = { ...(signedIn && { authorization }), ...request.headers };
    const next = `GET /api/v1/me HTTP/1.1\r\nhost: localhost\r\nauthorization: ${authorization}\r\n\r\n`;
    for (const chunked of [false, true]) {
      const answer = await upload({ port, size: 3 * MIB, ...request, chunked, headers, next }, 2);
      expect(answer).toMatchObject({ statuses: [status, 200], error: undefined });
    }
  });
});

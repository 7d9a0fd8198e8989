// What each answer tells a browser, whoever makes it: a route, an error, the router, a stream, a file.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestBackend } from '@todo/testing/backend-under-test';
import type { TestBackend } from '@todo/testing/backend-under-test';

let t: TestBackend;
let url: string;
let authorization: string;
beforeAll(async () => {
  t = await startTestBackend();
  url = await t.backend.app.listen({ host: '127.0.0.1', port: 0 });
  authorization = `Bearer ${await t.token('ada')}`;
  await t.add('ada', { title: '=1+2' });
});
afterAll(async () => {
  await t.close();
});

const DATA = "default-src 'none'; frame-ancestors 'none'";
it.each([
  ['/api/v1/tasks', 200, DATA],
  ['/api/v1/tasks/018f0000-0000-7000-8000-000000000000', 404, DATA],
  ['/api/v1/tasks?limit=x', 400, DATA],
  ['/api/v1/live', 200, DATA],
  ['/api/v1/%zz', 400, DATA],
  ['/nowhere', 404, DATA],
  ['/health', 200, DATA],
  ['/mcp', 405, DATA],
  ['/api/v1/export?format=csv', 200, DATA],
  ['/api/v1/export?format=ics', 200, DATA],
  ['/api/v1/export', 200, DATA],
  ['/docs/json', 200, DATA],
  [
    '/docs',
    200,
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  ],
])('%s: %i', async (path, status, policy) => {
  const gone = new AbortController();
  const answer = await fetch(url + path, { headers: { authorization }, signal: gone.signal });
  expect(answer.status).toBe(status);
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'x-content-type-options': 'nosniff',
    'content-security-policy': policy,
    'referrer-policy': 'no-referrer',
  });
  if (path.includes('/export'))
    expect(answer.headers.get('content-disposition')).toMatch(
      /^attachment; filename="tasks\.\w+"$/,
    );
  gone.abort();
});

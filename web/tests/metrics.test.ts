// What the web server counts: requests by a bounded set of patterns, and what pages report, which anybody could send.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { onMeasured } from '@todo/runtime/measurements';
import type { Answered } from '@todo/runtime/server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { observedDoor, patternOf } from '@/server/answered-requests';
import { createDoor } from '@/server/door';

const PUBLIC_URL = 'http://localhost:5398';
const answered: Answered[] = [];
const vitals: { name: string; value: number }[] = [];
let server: Server;
let stop: () => void;

beforeAll(async () => {
  Object.assign(process.env, {
    DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
    PUBLIC_URL,
    BACKEND_URL: 'http://127.0.0.1:1',
    BETTER_AUTH_SECRET: 'a-secret-of-tests-only-0123456789abcdef',
  });
  const door = observedDoor(createDoor(), (one) => answered.push(one));
  server = createServer((request, response) => {
    if (!door(request, response)) response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stop = onMeasured('page.vital', (vital) => vitals.push(vital));
});
afterAll(() => {
  stop();
  server.closeAllConnections();
  server.close();
});

const url = (at: string) => `http://127.0.0.1:${(server.address() as AddressInfo).port}${at}`;
const report = (body: string, headers: Record<string, string> = { origin: PUBLIC_URL }) =>
  fetch(url('/api/vitals'), { method: 'POST', body, headers });

test('every page below app/ has a pattern of its own', () => {
  const app = path.join(import.meta.dirname, '../app');
  const pages = readdirSync(app, { recursive: true, encoding: 'utf8' })
    .filter((file) => /(?:^|\/)(?:page\.tsx|route\.ts)$/.test(file))
    .map(
      (file) =>
        `/${path
          .dirname(file)
          .replaceAll(/\([^)]*\)\/?/g, '')
          .replace(/^\.$/, '')}`,
    )
    .map((route) => route.replace('[...all]', '*'));
  expect(pages.length).toBeGreaterThan(10);
  for (const page of pages)
    expect(patternOf(page.replace('[id]', 'a').replace('[tag]', 'b'))).toBe(page);
});

test('paths that somebody makes up are one series', async () => {
  answered.length = 0;
  const odd = ['/wp-login.php', '/lists/a/b', '/%00', '/api/other', '/STATUS', '/tags/'];
  for (const one of odd) await fetch(url(one));
  for (let n = 0; n < 40; n += 1) await fetch(url(`/random-${n}`));
  for (let n = 0; n < 5; n += 1) await fetch(url(`/lists/${n}?a=${n}`));
  await expect.poll(() => answered).toHaveLength(51);
  expect(new Set(answered.map(({ route }) => route))).toEqual(
    new Set(['(no route)', '/lists/[id]']),
  );
});

test('a report of a page is counted', async () => {
  vitals.length = 0;
  const sent = [
    { name: 'LCP', value: 812.5 },
    { name: 'CLS', value: 0.013 },
  ];
  expect((await report(JSON.stringify({ vitals: sent }))).status).toBe(204);
  expect(vitals).toEqual(sent);
});

test.each([
  ['an unknown name', '{"vitals":[{"name":"FID","value":1}]}', 400],
  ['more of a field', '{"vitals":[{"name":"LCP","value":1,"url":"/lists/7"}]}', 400],
  ['a negative time', '{"vitals":[{"name":"LCP","value":-1}]}', 400],
  ['a time that nobody waits', '{"vitals":[{"name":"LCP","value":1e9}]}', 400],
  ['no number', '{"vitals":[{"name":"LCP","value":"1"}]}', 400],
  ['nothing', '{"vitals":[]}', 400],
  ['no JSON', 'LCP=1', 400],
  ['too much', JSON.stringify({ vitals: 'x'.repeat(2_000) }), 413],
])('refuses %s', async (_what, body, status) => {
  vitals.length = 0;
  const answer = await report(body);
  expect(answer.status).toBe(status);
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  expect(vitals).toEqual([]);
});

test('refuses a report from elsewhere, and another method', async () => {
  const body = '{"vitals":[{"name":"LCP","value":1}]}';
  expect((await report(body, {})).status).toBe(403);
  expect((await report(body, { origin: 'https://evil.example' })).status).toBe(403);
  expect((await fetch(url('/api/vitals'))).status).toBe(405);
});

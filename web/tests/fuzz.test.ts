// A sample of made-up requests to every documented route, at both doors: the backend itself and the web app in front of it.
// `npm run fuzz` sends thousands to a running system.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { keepEarlyAnswers } from '@todo/runtime/lingering-close';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDoor, type Door } from '@/server/door';
import { startTestBackend, type TestBackend } from '@todo/testing/backend-under-test';
import { requestMaker, type Description } from '@todo/testing/fuzz-requests';
import { fuzz } from '@todo/testing/fuzz-send';

const REQUESTS = 600;
/** Another sample each day; what failed is sent again by its seed. */
const SEED = Number(process.env['FUZZ_SEED'] ?? Math.floor(Date.now() / 86_400_000));

let t: TestBackend;
let front: Server;
let door: Door;
beforeAll(async () => {
  t = await startTestBackend();
  for (const service of ['audit-service', 'notification-service', 'recurring-service'])
    t.answers(service, () => ({ items: [], nextCursor: null }));
  await t.backend.app.listen({ host: '127.0.0.1', port: 0 });
  front = createServer((request, response) => {
    if (!door(request, response)) response.end('a page');
  });
  keepEarlyAnswers(front);
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
  Object.assign(process.env, {
    DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
    PUBLIC_URL: 'http://localhost:5398',
    BACKEND_URL: address(t.backend.app.server),
    BETTER_AUTH_SECRET: 'a-secret-of-tests-only-0123456789abcdef',
  });
  door = createDoor();
});
afterAll(async () => {
  front.closeAllConnections();
  front.close();
  await t.close();
});

function address(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test(`no made-up request is answered with 5xx, or not at all (seed ${SEED})`, async () => {
  const doors = [new URL(address(t.backend.app.server)), new URL(address(front))];
  const description = (await (await fetch(new URL('/docs/json', doors[0]))).json()) as Description;
  const ids: string[] = [];
  for (const title of ['one', 'two', 'three']) ids.push((await t.add('fuzz', { title })).id);
  const authorizations = [`Bearer ${await t.token('fuzz')}`];
  const next = requestMaker(description, { seed: SEED, authorizations, ids });
  expect(await fuzz({ doors, next, ids, count: REQUESTS })).toEqual([]);
}, 120_000);

// A line that is dead and does not say so, on both hops: what lies between acknowledges and swallows every byte. Real sockets
// and real time, all cases side by side.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, test, vi } from 'vitest';
import { call } from '@/lib/api';
import { postAuth } from '@/lib/auth-api';
import { converse } from '@/lib/chat';
import { createDoor, type Door } from '@/server/door';
import { startTcpProxy, type TcpProxy } from '@todo/testing/tcp-proxy';

/** What is promised for every connection. */
const FOUND_MS = 60_000;
let backend: Server;
let front: Server;
let between: TcpProxy;
let line: TcpProxy;
let door: Door;

const portOf = (one: Server) => (one.address() as AddressInfo).port;

beforeAll(async () => {
  backend = createServer((request: IncomingMessage, response: ServerResponse) => {
    if (request.url?.includes('stream') === true) {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const beat = setInterval(() => response.write(': heartbeat\n\n'), 1_000);
      response.on('close', () => {
        clearInterval(beat);
      });
    } else setTimeout(() => response.end('{}'), request.url?.includes('slow') ? 3_000 : 0);
  });
  front = createServer((request, response) => {
    if (!door(request, response)) response.end('{}');
  });
  for (const one of [backend, front])
    await new Promise<void>((resolve) => one.listen(0, '127.0.0.1', resolve));
  between = await startTcpProxy(portOf(backend));
  line = await startTcpProxy(portOf(front));
  Object.assign(process.env, {
    DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
    PUBLIC_URL: 'http://localhost:5398',
    BACKEND_URL: `http://127.0.0.1:${between.port}`,
    BETTER_AUTH_SECRET: 'a-secret-of-tests-only-0123456789abcdef',
  });
  door = createDoor();
});

afterAll(async () => {
  vi.unstubAllGlobals();
  for (const one of [backend, front]) {
    one.closeAllConnections();
    one.close();
  }
  await Promise.all([between.close(), line.close()]);
});

/** How long it takes to fail, in ms. */
async function failing(work: Promise<unknown>): Promise<number> {
  const started = performance.now();
  const settled = work.then(
    () => undefined,
    () => performance.now() - started,
  );
  return (await Promise.race([settled, sleep(FOUND_MS + 5_000)])) ?? Infinity;
}

describe.concurrent('silence', () => {
  test('between web and backend: requests are answered 502, streams end, kept connections go, and the next request works', async ({
    expect,
  }) => {
    const at = `http://127.0.0.1:${portOf(front)}`;
    const headers = { authorization: 'Bearer a' };
    const stream = await fetch(`${at}/api/v1/stream`, { headers });
    const reader = stream.body!.getReader();
    await reader.read();
    await Promise.all(
      [1, 2, 3].map(async () => (await fetch(`${at}/api/v1/x`, { headers })).text()),
    ); // kept
    const slow = fetch(`${at}/api/v1/slow`, { headers });
    const posted = fetch(`${at}/api/v1/slow`, { headers, method: 'POST', body: '{}' });
    await sleep(500);
    expect(between.swallow()).toBeGreaterThanOrEqual(3);
    const onKept = fetch(`${at}/api/v1/x`, { headers });
    const ended = failing(
      (async () => {
        while (!(await reader.read()).done);
      })(),
    );
    const started = performance.now();
    for (const answer of await Promise.all([slow, posted, onKept])) expect(answer.status).toBe(502);
    expect(performance.now() - started).toBeLessThan(FOUND_MS);
    expect(await ended).toBeLessThan(FOUND_MS);
    expect((await fetch(`${at}/api/v1/x`, { headers })).status).toBe(200);
  }, 150_000);

  test('between browser and web: a call, a sign-in, an answer of the assistant and one that stops half way end as offline', async ({
    expect,
  }) => {
    const real = globalThis.fetch;
    const half = await startTcpProxy(portOf(front));
    // As in a page: paths are those of its own origin, here through a line.
    vi.stubGlobal('fetch', (url: string, init?: RequestInit) =>
      real(
        url.startsWith('/')
          ? `http://127.0.0.1:${url.includes('half') ? half.port : line.port}${url}`
          : url,
        { ...init, headers: { authorization: 'Bearer a', ...(init?.headers as object) } },
      ),
    );
    line.muffle();
    const signal = new AbortController().signal;
    const calls = [
      failing(call('/slow')),
      failing(postAuth('/sign-in', {})),
      failing(converse('/stream', {}, () => undefined, signal)),
      failing(converse('/stream?half', {}, () => undefined, signal)),
    ];
    await sleep(3_000);
    expect(half.swallow()).toBe(1);
    for (const ms of await Promise.all(calls)) expect(ms).toBeLessThan(FOUND_MS);
    await half.close();
  }, 150_000);
});

// An installation with an https address behind a proxy that ends TLS: who is redirected, who is refused, and what browsers learn.
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';

const servers: Server[] = [];

async function listen(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return (server.address() as AddressInfo).port;
}

interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

/** A door of its own configuration, and how to ask it as a proxy would. */
async function doorWith(
  env: Record<string, string>,
): Promise<(path: string, proto?: string, method?: string) => Promise<Answer>> {
  const backend = await listen(createServer((_incoming, response) => response.end('{}')));
  Object.assign(process.env, {
    DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
    BACKEND_URL: `http://127.0.0.1:${backend}`,
    BETTER_AUTH_SECRET: 'a-secret-of-tests-only-0123456789abcdef',
    HSTS_SUBDOMAINS: 'false',
    ...env,
  });
  vi.resetModules(); // the configuration is read once
  const { createDoor } = await import('@/server/door');
  const door = createDoor();
  const port = await listen(
    createServer((incoming, response) => {
      if (!door(incoming, response)) response.end('a page');
    }),
  );
  return (path, proto, method = 'GET') =>
    new Promise((done, failed) => {
      const asked = request(
        {
          ...{ port, path, method, host: '127.0.0.1' },
          headers: {
            host: 'todo.example',
            ...(proto && { 'x-forwarded-proto': proto, 'x-forwarded-for': '203.0.113.9' }),
          },
        },
        (response) => {
          let body = '';
          response.on('data', (chunk: Buffer) => (body += chunk.toString()));
          response.on('end', () => {
            done({ status: response.statusCode ?? 0, headers: response.headers, body });
          });
        },
      );
      asked.on('error', failed);
      asked.end();
    });
}

afterAll(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

describe('with an https address behind one proxy', () => {
  let ask: Awaited<ReturnType<typeof doorWith>>;
  beforeAll(async () => {
    ask = await doorWith({ PUBLIC_URL: 'https://todo.example', TRUSTED_PROXIES: '1' });
  });

  test.each(['/', '/sign-in?next=%2Flists', '/lists/a%20b?x=1&y=2', '//evil.example/x'])(
    'a page that was asked for in plain text leads to its https address: %s',
    async (path) => {
      const { status, headers } = await ask(path, 'http');
      expect(status).toBe(308);
      const location = new URL(String(headers['location']));
      expect(location.origin).toBe('https://todo.example');
      if (!path.startsWith('//')) expect(`${location.pathname}${location.search}`).toBe(path);
    },
  );

  test.each([
    ['GET', '/api/v1/tasks'],
    ['POST', '/api/auth/sign-in/email'],
    ['PROPFIND', '/dav/'],
    ['GET', '/.well-known/caldav'],
    ['POST', '/lists'],
    ['POST', '/mcp'],
  ])(
    'a program that calls in plain text is refused and not redirected: %s %s',
    async (method, path) => {
      const { status, body, headers } = await ask(path, 'http', method);
      expect([status, headers['location']]).toEqual([403, undefined]);
      expect(body).toContain('https://todo.example');
    },
  );

  test('over https everything passes, and so do probes', async () => {
    for (const [path, proto] of [
      ['/', 'https'],
      ['/api/auth/get-session', 'https'],
      ['/health', 'http'],
      ['/readyz', 'http'],
      ['/', undefined],
    ] as const)
      expect([path, (await ask(path, proto)).status]).toEqual([path, 200]);
  });

  test('each answer tells browsers to come over https for a year', async () => {
    for (const path of ['/', '/api/v1/tasks', '/health', '/api/auth/get-session'])
      expect((await ask(path, 'https')).headers['strict-transport-security']).toBe(
        'max-age=31536000',
      );
    const refused = await ask('/api/v1/tasks', 'http');
    expect(refused.headers['strict-transport-security']).toBe('max-age=31536000');
  });
});

test('subdomains are included on request', async () => {
  const ask = await doorWith({
    PUBLIC_URL: 'https://todo.example',
    TRUSTED_PROXIES: '1',
    HSTS_SUBDOMAINS: 'true',
  });
  expect((await ask('/', 'https')).headers['strict-transport-security']).toBe(
    'max-age=31536000; includeSubDomains',
  );
});

test('who is no proxy of ours is not believed', async () => {
  const ask = await doorWith({ PUBLIC_URL: 'https://todo.example', TRUSTED_PROXIES: '0' });
  expect((await ask('/', 'http')).status).toBe(200);
});

test('an installation with an http address redirects nobody', async () => {
  const ask = await doorWith({ PUBLIC_URL: 'http://todo.example', TRUSTED_PROXIES: '1' });
  const { status, headers } = await ask('/', 'http');
  expect([status, headers['strict-transport-security']]).toEqual([200, undefined]);
});

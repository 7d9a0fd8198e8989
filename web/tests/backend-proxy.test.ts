// The proxy between two real HTTP servers: one in Next's place, one in the backend's. What passes, and how fast.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { onLogLine } from '@todo/runtime/log';
import { keepEarlyAnswers } from '@todo/runtime/lingering-close';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { backendSession } from '@/server/backend-proxy';
import { createDoor, type Door } from '@/server/door';

const PUBLIC_URL = 'http://localhost:5398';
const NEXT = 'this is a page';
let server: Server;
let front: Server;
let door: Door;
let handle: (request: IncomingMessage, response: ServerResponse) => void;

beforeAll(async () => {
  server = createServer((request, response) => {
    handle(request, response);
  });
  front = createServer((request, response) => {
    if (!door(request, response)) response.end(NEXT);
  });
  keepEarlyAnswers(front);
  for (const one of [server, front])
    await new Promise<void>((resolve) => one.listen(0, '127.0.0.1', resolve));
  Object.assign(process.env, {
    DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
    PUBLIC_URL,
    BACKEND_URL: `http://127.0.0.1:${portOf(server)}`,
    BETTER_AUTH_SECRET: 'a-secret-of-tests-only-0123456789abcdef',
  });
  door = createDoor();
});

afterAll(() => {
  for (const one of [server, front]) {
    one.closeAllConnections();
    one.close();
  }
});

function portOf(one: Server): number {
  return (one.address() as AddressInfo).port;
}

function ask(path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`http://127.0.0.1:${portOf(front)}${path}`, init);
}

/** What a request sent byte for byte is answered with; `fetch` would mend the path. */
function askRaw(head: string, host = 'localhost'): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(portOf(front), '127.0.0.1', () =>
      socket.write(
        `${head}${host && `\r\nHost: ${host}`}\r\nConnection: close\r\nAuthorization: Bearer a\r\n\r\n`,
      ),
    );
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    socket.on('end', () => {
      resolve(text);
    });
    socket.on('error', reject);
  });
}

describe('calendar programs', () => {
  test.each(['PROPFIND', 'REPORT', 'MKCALENDAR', 'PROPPATCH', 'PUT', 'DELETE', 'OPTIONS'])(
    '%s below /dav/ passes with its body and without cookies',
    async (method) => {
      let seen: { method?: string; url?: string; cookie?: string; body: string } = { body: '' };
      handle = (incoming, response) => {
        let body = '';
        incoming.on('data', (chunk: Buffer) => (body += chunk.toString()));
        incoming.on('end', () => {
          const { method: asked, url, headers } = incoming;
          seen = { method: asked, url, cookie: headers.cookie, body };
          response.writeHead(207, { 'content-type': 'application/xml' }).end('<a/>');
        });
      };
      const answer = await ask('/dav/calendars/anna%40x/inbox/a%2Fb.ics', {
        method,
        headers: { cookie: 'better-auth.session_token=x', authorization: 'Basic YTpi' },
        body: '<b/>',
      });
      expect(answer.status).toBe(207);
      expect(await answer.text()).toBe('<a/>');
      expect(seen).toEqual({
        method,
        url: '/dav/calendars/anna%40x/inbox/a%2Fb.ics',
        body: '<b/>',
      });
    },
  );

  test('are asked for a password by the backend, and read its errors in XML', async () => {
    handle = (incoming, response) => {
      const known = incoming.headers.authorization !== undefined;
      response.writeHead(known ? 403 : 401, {
        'content-type': known ? 'application/xml; charset=utf-8' : 'application/problem+json',
        ...(known ? {} : { 'www-authenticate': 'Basic realm="Todo"' }),
      });
      response.end(known ? '<error/>' : '{}');
    };
    for (const path of ['/dav/', '/.well-known/caldav']) {
      const unknown = await ask(path, { method: 'PROPFIND' });
      expect(unknown.status).toBe(401);
      expect(unknown.headers.get('www-authenticate')).toContain('Basic');
    }
    const refused = await ask('/dav/', {
      method: 'REPORT',
      headers: { authorization: 'Basic YTpi' },
    });
    expect([refused.status, await refused.text()]).toEqual([403, '<error/>']);
  });

  test('follow the redirect of the well-known address themselves', async () => {
    handle = (_incoming, response) => {
      response.writeHead(301, { location: '/dav/' }).end();
    };
    const answer = await ask('/.well-known/caldav', { method: 'PROPFIND', redirect: 'manual' });
    expect([answer.status, answer.headers.get('location')]).toEqual([301, '/dav/']);
  });

  test('read feeds without cookies, and no log has the secret of an address', async () => {
    const secret = 'aSecretOfAFeedThatNobodyElseMayKnow0123456_';
    const lines: string[] = [];
    onLogLine((line) => lines.push(line));
    let cookie: string | undefined;
    handle = (incoming, response) => {
      ({ cookie } = incoming.headers);
      response.writeHead(304, { etag: 'W/"a"', 'cache-control': 'private, no-cache' }).end();
    };
    const init = { headers: { cookie: 'better-auth.session_token=x', 'if-none-match': 'W/"a"' } };
    const known = await ask(`/feeds/${secret}.ics`, init);
    expect([known.status, known.headers.get('cache-control'), cookie]).toEqual([
      304,
      'private, no-cache',
      undefined,
    ]);
    // not the backend's, cut off, and no answer at all
    handle = (_incoming, response) => {
      response.writeHead(500).end('a gateway');
    };
    expect((await ask(`/feeds/${secret}.ics`)).status).toBe(502);
    handle = (_incoming, response) => {
      response.writeHead(200, { 'content-length': '9' });
      response.write('abc', () => response.destroy());
    };
    await expect(ask(`/feeds/${secret}.ics`).then((cut) => cut.text())).rejects.toThrow();
    handle = (_incoming, response) => {
      response.destroy();
    };
    expect((await ask(`/feeds/${secret}.ics`)).status).toBe(502);
    await expect.poll(() => lines.length, { timeout: 10_000 }).toBeGreaterThanOrEqual(4);
    onLogLine(undefined);
    expect(lines.join('')).not.toContain(secret);
    expect(lines.join('')).toContain('/feeds/…');
  });

  test('other paths with such methods stay the page’s', () => {
    expect(backendSession('/davos')).toBeUndefined();
    expect(backendSession('/.well-known/other')).toBeUndefined();
  });
});

describe('requests to the backend', () => {
  test('an Authorization header passes untouched, cookies do not', async () => {
    let seen: IncomingMessage['headers'] = {};
    handle = (incoming, response) => {
      seen = incoming.headers;
      response.end('{}');
    };
    await ask('/api/v1/tasks?q=a%20b', {
      headers: { authorization: 'Bearer abc', cookie: 'better-auth.session_token=x' },
    });
    expect(seen.authorization).toBe('Bearer abc');
    expect(seen.cookie).toBeUndefined();
  });

  test('path, query, body, status and headers pass both ways', async () => {
    handle = (incoming, response) => {
      let body = '';
      incoming.on('data', (chunk: Buffer) => (body += chunk.toString()));
      incoming.on('end', () => {
        response.writeHead(201, { etag: '"1"', 'content-type': 'application/json' });
        response.end(JSON.stringify({ url: incoming.url, method: incoming.method, body }));
      });
    };
    const answer = await ask('/api/v1/tasks?x=%2F', {
      method: 'POST',
      body: '{"title":"ü"}',
      headers: { authorization: 'Bearer abc', 'content-type': 'application/json' },
    });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('etag')).toBe('"1"');
    expect(await answer.json()).toEqual({
      url: '/api/v1/tasks?x=%2F',
      method: 'POST',
      body: '{"title":"ü"}',
    });
  });

  test.each([
    ['no body', {}],
    ['a page', { 'content-type': 'text/html' }],
    ['plain words', { 'content-type': 'text/plain' }],
  ])(
    'a 404 with %s is not the backend’s: nobody is told that a task does not exist',
    async (_what, headers) => {
      handle = (_incoming, response) => {
        response.writeHead(404, headers).end();
      };
      const answer = await ask('/api/v1/tasks/1', { headers: { authorization: 'Bearer abc' } });
      expect(answer.status).toBe(502);
      expect(await answer.json()).toMatchObject({ type: 'urn:todo:problem:backend-unreachable' });
    },
  );

  test('an error of the backend passes as it is', async () => {
    handle = (_incoming, response) => {
      response.writeHead(404, { 'content-type': 'application/problem+json' });
      response.end('{"status":404}');
    };
    const answer = await ask('/api/v1/tasks/1', { headers: { authorization: 'Bearer abc' } });
    expect(answer.status).toBe(404);
    expect(await answer.json()).toEqual({ status: 404 });
  });

  test('an unsafe method without Authorization must come from our own pages', async () => {
    for (const headers of [undefined, { origin: 'http://evil.example' }, { origin: 'null' }]) {
      const answer = await ask('/api/v1/tasks', { method: 'POST', ...(headers && { headers }) });
      expect(answer.status).toBe(403);
      expect(answer.headers.get('content-type')).toBe('application/problem+json');
    }
  });

  test('without a session the answer is a 401 problem', async () => {
    const answer = await ask('/api/v1/tasks');
    expect(answer.status).toBe(401);
    expect(await answer.json()).toMatchObject({ status: 401, type: expect.any(String) as string });
  });

  test('G04: events pass one by one, uncompressed, with headers that forbid gathering', async () => {
    handle = (incoming, response) => {
      expect(incoming.headers['accept-encoding']).toBe('identity');
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: 1\n\n');
      setTimeout(() => response.write('data: 2\n\n'), 150);
    };
    const answer = await ask('/api/v1/live', {
      headers: { authorization: 'Bearer abc', 'accept-encoding': 'gzip' },
    });
    expect(answer.headers.get('cache-control')).toContain('no-transform');
    expect(answer.headers.get('x-accel-buffering')).toBe('no');
    const reader = answer.body!.getReader();
    const first = await reader.read();
    expect(new TextDecoder().decode(first.value)).toBe('data: 1\n\n');
    const second = await reader.read();
    expect(new TextDecoder().decode(second.value)).toBe('data: 2\n\n');
    await reader.cancel();
  });

  test('when the browser goes, the backend’s connection goes too', async () => {
    const closed = new Promise<void>((resolve) => {
      handle = (_incoming, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write(': hello\n\n');
        response.on('close', resolve);
      };
    });
    const leaving = new AbortController();
    const answer = await ask('/api/v1/live', {
      headers: { authorization: 'Bearer abc' },
      signal: leaving.signal,
    });
    await answer.body!.getReader().read();
    leaving.abort();
    await closed;
  });

  test('a backend that is away is a 502 problem that says what to do', async () => {
    handle = (incoming) => {
      incoming.socket.destroy();
    };
    const answer = await ask('/api/v1/tasks', { headers: { authorization: 'Bearer abc' } });
    expect(answer.status).toBe(502);
    expect(answer.headers.get('retry-after')).toBe('2');
    expect(await answer.json()).toMatchObject({
      detail: expect.stringContaining('again') as string,
    });
  });

  test.each([
    ['GET', 200, 2],
    ['POST', 502, 1],
  ])(
    'a connection that ends before the answer: a %s is answered with %i after %i requests',
    async (method, status, requests) => {
      let seen = 0;
      handle = (incoming, outgoing) => {
        seen += 1;
        if (seen === 1) incoming.socket.destroy();
        else outgoing.end('{}');
      };
      const answer = await ask('/api/v1/tasks', {
        method,
        headers: { authorization: 'Bearer abc' },
        ...(method === 'POST' ? { body: '{}' } : {}),
      });
      expect(answer.status).toBe(status);
      expect(seen).toBe(requests);
    },
  );

  test('several kept connections that end at once, as those to a replica that goes: reads are answered', async () => {
    const headers = { authorization: 'Bearer abc' };
    const kept = new Set<unknown>();
    const waiting: ServerResponse[] = [];
    handle = (incoming, outgoing) => {
      kept.add(incoming.socket);
      waiting.push(outgoing);
      if (waiting.length === 4) for (const one of waiting) one.end('{}');
    };
    const first = await Promise.all(
      Array.from({ length: 4 }, () => ask('/api/v1/tasks', { headers })),
    );
    await Promise.all(first.map((answer) => answer.text()));
    expect(kept.size).toBe(4);
    handle = (incoming, outgoing) => {
      if (kept.has(incoming.socket)) incoming.socket.destroy();
      else outgoing.end('{}');
    };
    expect((await ask('/api/v1/tasks', { headers })).status).toBe(200);
  });

  test('a page is Next’s; the path that is judged is the path that is sent', async () => {
    const seen: string[] = [];
    handle = (incoming, response) => {
      seen.push(incoming.url ?? '');
      response.end('backend');
    };
    expect(await (await ask('/all')).text()).toBe(NEXT);
    expect(await askRaw('GET /api/v1/../../all HTTP/1.1')).toContain(NEXT);
    expect(await askRaw('GET /api/v1/%2e%2e/auth/session HTTP/1.1')).toContain(NEXT);
    expect(await askRaw('GET /api/v1/lists/../tasks?q=.. HTTP/1.1')).toContain('backend');
    expect(await askRaw('GET //api/v1/tasks HTTP/1.1')).not.toContain('backend');
    expect(seen).toEqual(['/api/v1/tasks?q=..']);
  });

  test.each([
    ['/api/v1/tasks', 'required'],
    ['/mcp', 'required'],
    ['/docs', 'optional'],
    ['/docs/json', 'optional'],
    ['/api/auth/session', undefined],
    ['/api/v10', undefined],
    ['/mcp-of-somebody', undefined],
    ['/docsy', undefined],
    ['/', undefined],
  ])('%s: its session is %s', (path, session) => {
    expect(backendSession(path)).toBe(session);
  });

  test('the backend is told who asks; what a client says of itself does not count', async () => {
    const seen: IncomingMessage['headers'][] = [];
    handle = (incoming, response) => {
      seen.push(incoming.headers);
      response.end('{}');
    };
    const headers = {
      authorization: 'Bearer abc',
      'x-forwarded-for': '192.0.2.7',
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-port': '1',
      forwarded: 'for=192.0.2.7',
      'x-real-ip': '192.0.2.7',
    };
    await ask('/api/v1/tasks', { headers });
    expect(seen[0]).toMatchObject({
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-forwarded-host': `127.0.0.1:${portOf(front)}`,
    });
    for (const name of ['x-forwarded-port', 'forwarded', 'x-real-ip'])
      expect(seen[0]).not.toHaveProperty(name);
  });

  test.each([
    ['gzip, br', 'gzip'],
    ['br;q=1, gzip;q=0.5', 'gzip'],
    ['br, gzip;q=0', null],
    ['identity', null],
  ])('a long answer to a client that accepts %s is coded as %s', async (accepted, coding) => {
    const body = JSON.stringify({ text: 'ü'.repeat(20_000) });
    handle = (_incoming, response) => {
      response.setHeader('content-type', 'application/json; charset=utf-8');
      response.setHeader('content-length', Buffer.byteLength(body));
      response.end(body);
    };
    const answer = await ask('/api/v1/tasks', {
      headers: { authorization: 'Bearer abc', 'accept-encoding': accepted },
    });
    expect(answer.headers.get('content-encoding')).toBe(coding);
    expect((await answer.text()) === body).toBe(true);
  });

  test.each([undefined, '5'])('a body of a DELETE arrives whole, length %s', async (length) => {
    let body = '';
    handle = (incoming, response) => {
      incoming.on('data', (chunk: Buffer) => (body += chunk.toString()));
      incoming.on('end', () => response.writeHead(204).end());
    };
    const answer = await ask('/api/v1/tasks', {
      method: 'DELETE',
      headers: { authorization: 'Bearer abc' },
      body: length === undefined ? new Blob(['hello']).stream() : 'hello',
      ...({ duplex: 'half' } as object),
    });
    expect(answer.status).toBe(204);
    expect(body).toBe('hello');
  });

  test('an answer that ends too early is cut off, not passed on as whole', async () => {
    handle = (incoming, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('{"items":[');
      setTimeout(() => incoming.socket.destroy(), 50);
    };
    const answer = await ask('/api/v1/tasks', { headers: { authorization: 'Bearer abc' } });
    await expect(answer.text()).rejects.toThrow();
  });

  test('requests one after the other share a connection to the backend, with and without a body', async () => {
    const connections = new Set<unknown>();
    handle = (incoming, response) => {
      connections.add(incoming.socket);
      incoming.resume();
      incoming.once('end', () => response.end('{}'));
    };
    const headers = { authorization: 'Bearer abc' };
    for (let number = 0; number < 20; number++) {
      const answer = await ask('/api/v1/tasks', {
        headers,
        ...(number % 2 === 1 && { method: 'POST', body: '{}' }),
      });
      expect(answer.status).toBe(200);
      await answer.text();
    }
    expect(connections.size).toBe(1);
    // Unused, it is closed from this side, before a replica that goes would close it.
    const [kept] = connections as Set<Socket>;
    expect(kept?.destroyed).toBe(false);
    const unusedSince = performance.now();
    await expect.poll(() => kept?.destroyed).toBe(true);
    expect(performance.now() - unusedSince).toBeGreaterThan(1_000);
  });
});

describe('who may ask', () => {
  const authorization = 'Bearer abc';
  /** `fetch` sends its own Host. */
  const statusOf = async (path: string, headers: Record<string, string>): Promise<string> => {
    const lines = Object.entries(headers).map(([name, value]) => `\r\n${name}: ${value}`);
    const answer = await askRaw(
      `GET ${path} HTTP/1.1${lines.join('')}`,
      headers['Host'] ? '' : 'localhost',
    );
    return answer.slice(9, 12);
  };

  test.each([
    '/',
    '/all',
    '/api/v1/tasks',
    '/mcp',
    '/docs',
    '/api/auth/jwks',
    '/health',
    '/_next/static/x.js',
  ])(
    '%s: an unknown host is 421, a page of another origin 403 (the backend’s to judge where it answers)',
    async (path) => {
      handle = (incoming, response) => {
        response.end(incoming.headers.origin);
      };
      const backends = backendSession(path) !== undefined;
      expect(await statusOf(path, { Host: 'evil.example', Origin: 'http://evil.example' })).toBe(
        '421',
      );
      expect(await statusOf(path, { Host: 'evil.example', 'X-Forwarded-Host': 'localhost' })).toBe(
        '421',
      );
      expect(await statusOf(path, { Origin: 'http://evil.example' })).toBe(
        backends ? '200' : '403',
      );
      expect(await statusOf(path, { Origin: PUBLIC_URL })).toBe('200');
      expect(await statusOf(path, { Host: `127.0.0.1:${portOf(front)}` })).toBe('200');
    },
  );

  test('data says that it is data, a page has headers of its own', async () => {
    const headers = async (path: string) =>
      (await ask(path, { headers: { authorization } })).headers;
    for (const path of ['/api/auth/jwks', '/health', '/readyz'])
      expect((await headers(path)).get('content-security-policy')).toContain("default-src 'none'");
    expect((await headers('/all')).get('content-security-policy')).toBeNull();
  });
});

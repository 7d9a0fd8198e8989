// The proxy before a real HTTP server that plays no part but its own: what passes, and how fast.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { passToBackend } from '@/server/backend-proxy';

const PUBLIC_URL = 'http://localhost:5398';
let server: Server;
let handle: (request: IncomingMessage, response: ServerResponse) => void;

beforeAll(async () => {
  server = createServer((request, response) => {
    handle(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  Object.assign(process.env, {
    DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
    PUBLIC_URL,
    BACKEND_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    BETTER_AUTH_SECRET: 'a-secret-of-tests-only-0123456789abcdef',
  });
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

function request(path: string, init: RequestInit = {}): Request {
  return new Request(`${PUBLIC_URL}${path}`, { duplex: 'half', ...init } as RequestInit);
}

describe('requests to the backend', () => {
  test('an Authorization header passes untouched, cookies do not', async () => {
    let seen: IncomingMessage['headers'] = {};
    handle = (incoming, response) => {
      seen = incoming.headers;
      response.end('{}');
    };
    await passToBackend(
      request('/api/v1/tasks?q=a%20b', {
        headers: { authorization: 'Bearer abc', cookie: 'better-auth.session_token=x' },
      }),
    );
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
    const answer = await passToBackend(
      request('/api/v1/tasks?x=%2F', {
        method: 'POST',
        body: '{"title":"ü"}',
        headers: { authorization: 'Bearer abc', 'content-type': 'application/json' },
      }),
    );
    expect(answer.status).toBe(201);
    expect(answer.headers.get('etag')).toBe('"1"');
    expect(await answer.json()).toEqual({
      url: '/api/v1/tasks?x=%2F',
      method: 'POST',
      body: '{"title":"ü"}',
    });
  });

  test('an unsafe method without Authorization must come from our own pages', async () => {
    for (const headers of [undefined, { origin: 'http://evil.example' }, { origin: 'null' }]) {
      const answer = await passToBackend(
        request('/api/v1/tasks', { method: 'POST', ...(headers && { headers }) }),
      );
      expect(answer.status).toBe(403);
      expect(answer.headers.get('content-type')).toBe('application/problem+json');
    }
  });

  test('without a session the answer is a 401 problem', async () => {
    const answer = await passToBackend(request('/api/v1/tasks'));
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
    const answer = await passToBackend(
      request('/api/v1/live', {
        headers: { authorization: 'Bearer abc', 'accept-encoding': 'gzip' },
      }),
    );
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
    const answer = await passToBackend(
      request('/api/v1/live', {
        headers: { authorization: 'Bearer abc' },
        signal: leaving.signal,
      }),
    );
    await answer.body!.getReader().read();
    leaving.abort();
    await closed;
  });

  test('a backend that is away is a 502 problem that says what to do', async () => {
    handle = (incoming) => {
      incoming.socket.destroy();
    };
    const answer = await passToBackend(
      request('/api/v1/tasks', { headers: { authorization: 'Bearer abc' } }),
    );
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
      const answer = await passToBackend(
        request('/api/v1/tasks', {
          method,
          headers: { authorization: 'Bearer abc' },
          ...(method === 'POST' ? { body: '{}' } : {}),
        }),
      );
      expect(answer.status).toBe(status);
      expect(seen).toBe(requests);
    },
  );
});

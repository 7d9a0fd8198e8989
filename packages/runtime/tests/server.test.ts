import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createLogger } from '../src/log.ts';
import { notFound } from '@todo/contracts/problem';
import { createServer } from '../src/server.ts';
import { storableText } from '@todo/contracts/task';

function testServer(lines: string[] = []) {
  const app = createServer({
    log: createLogger({ service: 'test' }, { write: (line) => lines.push(line) }),
  });
  app.post(
    '/things',
    { schema: { body: z.strictObject({ title: storableText(500).min(1) }) } },
    (request) => request.body,
  );
  app.post('/things/:id/complete', () => ({ done: true }));
  app.delete('/things/:id', (_request, reply) => reply.status(204).send());
  app.get('/things/:id', () => {
    throw notFound('thing');
  });
  app.get('/crash', () => {
    throw new Error('secret detail postgres://u:hunter2@db');
  });
  app.get('/asleep', () => {
    throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
  });
  return app;
}

const json = { 'content-type': 'application/json' };
const post = (payload: string, headers: Record<string, string> = json) =>
  testServer().inject({ method: 'POST', url: '/things', headers, payload });

describe('every error is problem+json', () => {
  it.each([
    ['a missing field', '{}', 400, 'title', 'required'],
    ['a wrong type', '{"title":123}', 400, 'title', 'expected text'],
    ['an unknown field', '{"title":"a","colour":"red"}', 400, 'colour', 'unknown field'],
    ['C04: NUL', '{"title":"a\\u0000b"}', 400, 'title', 'cannot be stored'],
    ['C04: half of a surrogate pair', '{"title":"x\\ud83d"}', 400, 'title', 'cannot be stored'],
    [
      'a title of a megabyte',
      JSON.stringify({ title: 'x'.repeat(1024 * 1024) }),
      400,
      'title',
      'at most 500',
    ],
    ['text that is not JSON', '{"title":', 400, '(body)', 'not valid JSON'],
    ['G01: no body', '', 400, '(body)', ''],
    ['G01: a prototype key', '{"__proto__":{"x":1},"title":"a"}', 400, '(body)', 'not valid JSON'],
  ])('%s', async (_what, payload, status, field, message) => {
    const answer = await post(payload);
    expect(answer.statusCode).toBe(status);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    const body = answer.json<{ errors: { field: string; message: string }[]; traceId: string }>();
    expect(body.errors[0]?.field).toBe(field);
    expect(body.errors[0]?.message).toContain(message);
    expect(body.traceId).toMatch(/^[0-9a-f]{32}$/);
  });

  it('C04: the six characters of an escape are plain text and pass', async () => {
    const answer = await post('{"title":"\\\\u0000"}');
    expect(answer.json()).toEqual({ title: '\\u0000' });
  });

  it('another content type is 415, a body over the limit 413', async () => {
    expect((await post('<a/>', { 'content-type': 'application/xml' })).statusCode).toBe(415);
    expect((await post(JSON.stringify({ title: 'x'.repeat(3 * 1024 * 1024) }))).statusCode).toBe(
      413,
    );
  });

  it.each([
    ['a path that can not be decoded', '/things/%zz', 400, '%'],
    ['a parameter of the path that is too long', `/things/${'0'.repeat(101)}`, 414, '100'],
  ])('%s', async (_what, url, status, message) => {
    const answer = await testServer().inject({ method: 'GET', url });
    expect(answer.statusCode).toBe(status);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    const body = answer.json<{ status: number; detail: string; traceId: string }>();
    expect(body).toMatchObject({ status, detail: expect.stringContaining(message) as string });
    expect(body.traceId).toMatch(/^[0-9a-f]{32}$/);
  });

  it('an unexpected error tells nothing but the trace id, which is in the log', async () => {
    const lines: string[] = [];
    const answer = await testServer(lines).inject({ url: '/crash' });
    expect(answer.statusCode).toBe(500);
    expect(answer.body).not.toContain('hunter2');
    const line = lines
      .map((text) => JSON.parse(text) as { traceId: string; msg: string })
      .find((entry) => entry.msg === 'request failed');
    expect(line?.traceId).toBe(answer.json<{ traceId: string }>().traceId);
  });

  it('C03: an unreachable database is 503 with Retry-After', async () => {
    const answer = await testServer().inject({ url: '/asleep' });
    expect(answer.statusCode).toBe(503);
    expect(answer.headers['retry-after']).toBe('2');
  });

  it('what does not exist is 404, as is a route that does not', async () => {
    expect((await testServer().inject({ url: '/things/1' })).json()).toMatchObject({
      status: 404,
      type: 'urn:todo:problem:not-found',
    });
    expect((await testServer().inject({ url: '/nowhere?x=1' })).json()).toMatchObject({
      type: 'urn:todo:problem:no-such-route',
    });
  });
});

describe('G01: a JSON content type without a body', () => {
  it('is fine where no body is needed', async () => {
    const app = testServer();
    expect(
      (await app.inject({ method: 'DELETE', url: '/things/1', headers: json })).statusCode,
    ).toBe(204);
    expect(
      (await app.inject({ method: 'POST', url: '/things/1/complete', headers: json })).json(),
    ).toEqual({ done: true });
  });
});

it('a request continues the trace of its traceparent header', async () => {
  const answer = await testServer().inject({
    url: '/nowhere',
    headers: { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' },
  });
  expect(answer.json<{ traceId: string }>().traceId).toBe('0af7651916cd43dd8448eb211c80319c');
});

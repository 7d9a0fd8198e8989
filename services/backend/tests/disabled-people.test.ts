// An account that an operator disabled: its access tokens are refused on every replica, its live streams end, and tokens work again
// once it is enabled. Only the web app may say so.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Backend } from '../src/app.ts';
import { startTestBackend } from '@todo/testing/backend-under-test';
import type { TestBackend } from '@todo/testing/backend-under-test';

describe('disabled people', { timeout: 60_000 }, () => {
  let t: TestBackend;
  let replicas: Backend[];
  beforeAll(async () => {
    t = await startTestBackend();
    replicas = [t.backend, await t.another()];
  });
  afterAll(() => t.close());

  const say = async (user: string, disabled: boolean, iat = Math.floor(Date.now() / 1_000)) =>
    (
      await t.backend.app.inject({
        method: 'POST',
        url: '/internal/disabled-people',
        headers: {
          authorization: `Bearer ${await t.token(user, { aud: 'todo-disabling', disabled, iat })}`,
        },
      })
    ).statusCode;
  const statuses = async (token: string) => {
    const headers = { authorization: `Bearer ${token}` };
    const basic = Buffer.from(`x:${token}`).toString('base64');
    const dav = { authorization: `Basic ${basic}` };
    const all: number[] = [];
    for (const { app } of replicas)
      all.push(
        (await app.inject({ url: '/api/v1/me', headers })).statusCode,
        (
          await app.inject({
            method: 'PROPFIND' as 'GET',
            url: '/dav/',
            headers: { ...dav, depth: '0' },
          })
        ).statusCode,
      );
    return all;
  };

  it('their tokens are refused everywhere, streams end, and tokens work again afterwards', async () => {
    const { token } = (await t.ask('anna', 'POST', '/tokens', { name: 'script' })).body;
    const other = (await t.ask('ben', 'POST', '/tokens', { name: 'script' })).body.token;
    const address = await replicas[1]!.app.listen({ host: '127.0.0.1', port: 0 });
    const stream = await fetch(`${address}/api/v1/live`, {
      headers: { authorization: `Bearer ${token}` },
    });
    const ended = (async () => {
      for await (const _chunk of stream.body!);
    })().catch(() => undefined);
    expect(await statuses(token)).toEqual([200, 207, 200, 207]);
    const feed = (await t.ask('anna', 'POST', '/feeds', { name: 'phone' })).body as never as {
      path?: string;
      url?: string;
    };
    const feedPath = new URL(feed.path ?? feed.url ?? '', 'http://x').pathname;
    const feedStatus = async () => (await t.backend.app.inject({ url: feedPath })).statusCode;
    expect(await feedStatus()).toBe(200);
    expect(await say('anna', true)).toBe(204);
    expect(await say('anna', true)).toBe(204);
    expect(await feedStatus()).toBeGreaterThanOrEqual(401);
    expect(await statuses(token)).toEqual([401, 401, 401, 401]);
    expect(await statuses(other)).toEqual([200, 207, 200, 207]);
    await ended;
    expect(await say('anna', false)).toBe(204);
    expect(await statuses(token)).toEqual([200, 207, 200, 207]);
    // a note that was late
    expect(await say('anna', true, Math.floor(Date.now() / 1_000) - 60)).toBe(204);
    expect(await statuses(token)).toEqual([200, 207, 200, 207]);
  });

  it('nobody else may say so, and an old note is refused', async () => {
    const url = '/internal/disabled-people';
    for (const claims of [{}, { aud: 'todo-sessions', sid: 'x' }, { aud: 'todo-erasure' }]) {
      const authorization = `Bearer ${await t.token('cleo', { ...claims, disabled: true, iat: Math.floor(Date.now() / 1_000) })}`;
      const answer = await t.backend.app.inject({
        method: 'POST',
        url,
        headers: { authorization },
      });
      expect(answer.statusCode).toBe(401);
    }
    expect(await say('cleo', true, Math.floor(Date.now() / 1_000) - 3_000)).toBe(401);
  });
});

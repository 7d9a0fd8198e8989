// A session that ended: its JWTs, which live for minutes, are refused on every replica within two seconds, and its streams end.
// Only the web app may say so, by a JWT for an audience of its own.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Backend } from '../src/app.ts';
import { startTestBackend } from '@todo/testing/backend-under-test';
import type { TestBackend } from '@todo/testing/backend-under-test';

/** What "at once" promises, ms. */
const PROMISED_MS = 2_000;

describe('ended sessions', { timeout: 60_000 }, () => {
  let t: TestBackend;
  let replicas: Backend[];
  let urls: string[];
  beforeAll(async () => {
    t = await startTestBackend();
    replicas = [t.backend, await t.another()];
    urls = await Promise.all(replicas.map(({ app }) => app.listen({ host: '127.0.0.1', port: 0 })));
  });
  afterAll(() => t.close());

  const ask = async (replica: Backend, token: string): Promise<number> =>
    (
      await replica.app.inject({
        url: '/api/v1/me',
        headers: { authorization: `Bearer ${token}` },
      })
    ).statusCode;
  const end = async (token: string): Promise<number> =>
    (
      await t.backend.app.inject({
        method: 'POST',
        url: '/internal/ended-sessions',
        headers: { authorization: `Bearer ${token}` },
      })
    ).statusCode;
  const note = (user: string, sid: string): Promise<string> =>
    t.token(user, { sid, aud: 'todo-sessions' });

  it('its JWTs are refused on every replica within two seconds; those of other sessions are not', async () => {
    const ended = await t.token('anna', { sid: 'first' });
    const again = await t.token('anna', { sid: 'first', zone: 'Asia/Tokyo' });
    const other = await t.token('anna', { sid: 'second' });
    const unnamed = await t.token('anna');
    for (const replica of replicas)
      for (const token of [ended, again, other, unnamed])
        expect(await ask(replica, token)).toBe(200);
    expect(await end(await note('anna', 'first'))).toBe(204);
    expect(await end(await note('anna', 'first'))).toBe(204);
    await sleep(PROMISED_MS);
    for (const replica of replicas) {
      expect(await ask(replica, ended)).toBe(401);
      expect(await ask(replica, again)).toBe(401);
      expect(await ask(replica, other)).toBe(200);
      expect(await ask(replica, unnamed)).toBe(200);
    }
    const later = await t.another();
    expect(await ask(later, ended)).toBe(401);
    expect(await ask(later, other)).toBe(200);
  });

  it('its streams end on every replica', async () => {
    const open = async (url: string, token: string) => {
      const response = await fetch(`${url}/api/v1/live`, {
        headers: { authorization: `Bearer ${token}` },
      });
      const stream = { text: '', ended: false };
      const read = async () => {
        for await (const chunk of response.body!.pipeThrough(new TextDecoderStream()))
          stream.text += chunk;
      };
      read()
        .catch(() => undefined)
        .finally(() => (stream.ended = true));
      await expect.poll(() => stream.text, { timeout: 10_000 }).toContain('event: ready');
      return stream;
    };
    const token = await t.token('ben', { sid: 'watching' });
    const streams = [await open(urls[0]!, token), await open(urls[1]!, token)];
    const kept = await open(urls[1]!, await t.token('ben', { sid: 'kept' }));
    // both replicas listen once a change of one shows on the other
    await t.add('ben', { title: 'probe' });
    await expect.poll(() => streams[1]!.text, { timeout: 20_000 }).toContain('event: task');
    expect(await end(await note('ben', 'watching'))).toBe(204);
    for (const stream of streams)
      await expect.poll(() => stream.ended, { timeout: 10_000 }).toBe(true);
    expect(kept.ended).toBe(false);
  });

  it('nobody else can end a session, and the note opens nothing', async () => {
    for (const token of [
      await t.token('cora', { sid: 'mine' }),
      await t.token('cora', { aud: 'todo-sessions' }),
      'todo_pat_made-up',
    ])
      expect(await end(token)).toBe(401);
    expect(await ask(t.backend, await note('cora', 'mine'))).toBe(401);
    expect(await ask(t.backend, await t.token('cora', { sid: 'mine' }))).toBe(200);
  });

  it('while the table can not be read, a JWT is refused for now', async () => {
    const token = await t.token('dora', { sid: 'fine' });
    const replica = await t.another();
    await t.pool.query('ALTER TABLE todo.ended_sessions RENAME TO away');
    try {
      expect(await ask(replica, token)).toBeGreaterThanOrEqual(500);
    } finally {
      await t.pool.query('ALTER TABLE todo.away RENAME TO ended_sessions');
    }
    expect(await ask(replica, token)).toBe(200);
  });
});

// A listening connection that is dead and does not say so: what lies between acknowledges and swallows every byte. One replica
// hears through it; the other one's changes must still appear on its streams.
import { Writable } from 'node:stream';
import { createPool, isUnavailable, withTransaction } from '@todo/runtime/database';
import { createLogger } from '@todo/runtime/log';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTcpProxy } from '@todo/testing/tcp-proxy';
import type { TcpProxy } from '@todo/testing/tcp-proxy';
import { createNotices } from '../src/live/notices.ts';
import type { Notice, Notices } from '../src/live/notices.ts';
import { startTestBackend } from '@todo/testing/backend-under-test';
import type { TestBackend } from '@todo/testing/backend-under-test';

const FOUND = { timeout: 55_000, interval: 100 };

describe('notices through something that acknowledges and swallows', () => {
  let t: TestBackend;
  let proxy: TcpProxy;
  let directUrl: string;
  const started: Notices[] = [];
  beforeAll(async () => {
    t = await startTestBackend();
    const url = new URL(t.url);
    proxy = await startTcpProxy(Number(url.port));
    url.hostname = '127.0.0.1';
    url.port = String(proxy.port);
    directUrl = url.href;
  });
  afterAll(async () => {
    await Promise.all(started.map((notices) => notices.close()));
    await proxy.close();
    await t.close();
  });

  /** Notices that listen through the proxy, with what they heard and logged. */
  function listen() {
    const lines: Record<string, unknown>[] = [];
    const heard: Notice[] = [];
    let listened = 0;
    const destination = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        lines.push(JSON.parse(chunk.toString()) as Record<string, unknown>);
        done();
      },
    });
    const notices = createNotices({
      pool: t.pool,
      directUrl,
      instance: 'deaf',
      log: createLogger({ service: 'test', level: 'info' }, destination),
      onNotice: (notice) => heard.push(notice),
      onListening: () => (listened += 1),
    });
    started.push(notices);
    const logged = (message: string) => lines.filter((line) => line['msg'] === message);
    return { notices, heard, logged, listened: () => listened };
  }
  const tell = (user: string) =>
    t.pool.query('SELECT pg_notify($1, $2)', [
      'todo_changes',
      JSON.stringify({ i: 'another', u: [user], r: null }),
    ]);
  const replaced = 'the connection for live updates was replaced';

  it('somebody is connected and nothing happens: found and replaced within 60 s, with the delay in the log', async () => {
    const { notices, heard, logged, listened } = listen();
    notices.want({ eager: true });
    await expect.poll(listened).toBe(1);
    proxy.swallow();
    const from = performance.now();
    await expect.poll(() => logged(replaced).length, FOUND).toBe(1);
    expect(performance.now() - from).toBeLessThan(60_000);
    expect(logged(replaced)[0]).toMatchObject({
      silentForMs: expect.any(Number) as number,
      replacedAfterMs: expect.any(Number) as number,
    });
    expect(listened()).toBe(2); // what was missed is read
    await tell('anna');
    await expect.poll(() => heard.map(({ users }) => users)).toEqual([['anna']]);
    await notices.close();
  }, 90_000);

  it('a live stream on such a replica gets the change of another replica within 60 s', async () => {
    const second = await t.another({ directUrl });
    const url = await second.app.listen({ host: '127.0.0.1', port: 0 });
    const leaving = new AbortController();
    const response = await fetch(`${url}/api/v1/live`, {
      headers: { authorization: `Bearer ${await t.token('olga')}` },
      signal: leaving.signal,
    });
    let text = '';
    const reading = (async () => {
      for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) text += chunk;
    })().catch(() => undefined);
    await expect.poll(() => text).toContain('event: ready');
    await new Promise((done) => setTimeout(done, 1_000)); // it listens by now
    expect(proxy.swallow()).toBeGreaterThan(0);
    await t.add('olga', { title: 'while it is deaf' });
    await expect.poll(() => text, FOUND).toContain('while it is deaf');
    leaving.abort();
    await reading;
  }, 90_000);

  it('only reminders wait: a commit of its own finds it; it closes in time while it is dead', async () => {
    const { notices, logged, listened } = listen();
    notices.want({ lazy: true });
    await expect.poll(listened).toBe(1);
    proxy.swallow();
    await new Promise((done) => setTimeout(done, 16_000));
    expect(logged(replaced)).toEqual([]); // idle: no statement
    notices.tell('ben', null);
    await expect.poll(() => logged(replaced).length, FOUND).toBe(1);
    proxy.swallow();
    const from = performance.now();
    await notices.close();
    expect(performance.now() - from).toBeLessThan(3_000);
  }, 90_000);

  it('swallowed before LISTEN is answered: tried again', async () => {
    const { notices, listened } = listen();
    proxy.muffle();
    notices.want({ eager: true });
    await new Promise((done) => setTimeout(done, 1_000));
    proxy.swallow();
    proxy.restore();
    await expect.poll(listened, FOUND).toBe(1);
    await notices.close();
  }, 90_000);

  it('the pool: a statement and a transaction on swallowed connections fail in time; locks end; the next ones work', async () => {
    const pool = createPool({
      url: directUrl,
      application: 'swallowed',
      log: createLogger({ service: 'test', level: 'silent' }),
    });
    await pool.query('CREATE TABLE IF NOT EXISTS public.locked (id int PRIMARY KEY, n int)');
    await pool.query('INSERT INTO public.locked VALUES (1, 0)');
    await Promise.all([1, 2, 3].map(() => pool.query('SELECT pg_sleep(0.05)')));
    let locked: () => void = () => undefined;
    const isLocked = new Promise<void>((done) => (locked = done));
    const from = performance.now();
    const stuck = withTransaction(pool, async (client) => {
      await client.query('UPDATE public.locked SET n = 1 WHERE id = 1');
      locked();
      await new Promise((done) => setTimeout(done, 500));
      await client.query('UPDATE public.locked SET n = 2 WHERE id = 1');
    }).catch((error: unknown) => error);
    await isLocked;
    expect(proxy.swallow()).toBeGreaterThan(1);
    const alone = pool.query('SELECT 1').catch((error: unknown) => error);
    const inTime = withTransaction(t.pool, (client) =>
      client.query('UPDATE public.locked SET n = 3 WHERE id = 1'),
    ).catch((error: unknown) => error); // waits for the lock, 20 s at most
    expect(isUnavailable(await alone)).toBe(true);
    expect(isUnavailable(await stuck)).toBe(true);
    expect(performance.now() - from).toBeLessThan(30_000);
    await inTime;
    await expect
      .poll(
        () =>
          withTransaction(t.pool, (client) =>
            client.query('UPDATE public.locked SET n = 4 WHERE id = 1'),
          ).then(
            () => 'done',
            () => 'locked',
          ),
        { timeout: 40_000 },
      )
      .toBe('done');
    expect(performance.now() - from).toBeLessThan(60_000);
    await expect(pool.query('SELECT 1')).resolves.toBeDefined();
    const ending = performance.now();
    await pool.end();
    expect(performance.now() - ending).toBeLessThan(5_000);
  }, 120_000);
});

import { createServer } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  AnswerLost,
  BlockedAddress,
  guardedPost,
  isPublic,
  lookupPublic,
  NO_PUBLIC_ADDRESS,
  NotSent,
  objectionTo,
} from '../src/channels/guarded-request.ts';
import { outcomeOf } from '../src/channels/http-outcome.ts';

const strict = { allowPrivate: false };
const inside = { allowPrivate: true };
const message = { headers: { 'content-type': 'text/plain' }, body: Buffer.from('hello') };

describe('requests to addresses that people gave', () => {
  const seen: { method: string; body: string }[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      seen.push({ method: request.method ?? '', body });
      switch (request.url) {
        case '/redirect':
          response.writeHead(307, { location: '/ok' }).end();
          break;
        case '/busy':
          response.writeHead(503, { 'retry-after': '90' }).end('later');
          break;
        case '/silent':
          break;
        case '/hang-up':
          request.socket.destroy();
          break;
        default:
          response.end('ok');
      }
    });
  });
  let base = '';
  beforeAll(async () => {
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  const post = (path: string, timeoutMs = 5_000) =>
    guardedPost(new URL(path, base), message, { ...inside, timeoutMs });

  it.each([
    '127.0.0.1',
    '10.1.2.3',
    '172.16.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    '198.18.0.1',
    '::1',
    '::',
    'fe80::1',
    'fd00::1',
    'fec0::1',
    '::ffff:127.0.0.1',
    '::127.0.0.1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
  ])('%s is not public', (address) => {
    expect(isPublic(address)).toBe(false);
  });

  it.each(['8.8.8.8', '1.1.1.1', '2606:4700:4700::1111'])('%s is public', (address) => {
    expect(isPublic(address)).toBe(true);
  });

  it.each([
    'http://example.com/',
    'https://127.0.0.1/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://[::1]/',
    'https://[::ffff:7f00:1]/',
    'https://localhost/',
    'https://metadata.google.internal/',
    'https://printer.local./',
  ])('%s is refused before anything is sent', async (address) => {
    expect(objectionTo(new URL(address), strict)).toBeDefined();
    await expect(guardedPost(new URL(address), message, strict)).rejects.toThrow(BlockedAddress);
  });

  it('a name is checked by what it resolves to while connecting, and a name that is not there fails the same', async () => {
    // the resolver of the system: the first name is a loopback address everywhere, the others are nowhere
    for (const name of ['localhost', 'no-such-host.invalid', 'db.invalid', 'x'.repeat(64)])
      for (const all of [true, false]) {
        const error = await new Promise<Error>((done) => {
          lookupPublic(name, { all }, (failed) => {
            done(failed ?? new Error('found'));
          });
        });
        // no property either that says more: code, hostname
        expect({ own: Object.keys(error), message: error.message }, name).toEqual({
          own: [],
          message: NO_PUBLIC_ADDRESS,
        });
      }
  });

  it('what becomes of a webhook does not say which names exist inside', async () => {
    const outcomes = await Promise.all(
      // lookups that succeed with an address of this machine, and ones that fail
      ['https://localhost.localdomain.invalid/', 'https://no-such-host.invalid/'].map((address) =>
        outcomeOf(() => guardedPost(new URL(address), message, strict)),
      ),
    );
    for (const outcome of outcomes)
      expect(outcome).toEqual({ kind: 'retry', reason: NO_PUBLIC_ADDRESS });
  });

  it('gives the status, and how long to wait', async () => {
    expect(await post('/ok')).toEqual({ status: 200, retryAfterMs: undefined });
    expect(seen.at(-1)).toEqual({ method: 'POST', body: 'hello' });
    expect(await post('/busy')).toEqual({ status: 503, retryAfterMs: 90_000 });
  });

  it('follows no redirect', async () => {
    const before = seen.length;
    expect((await post('/redirect')).status).toBe(307);
    expect(seen.length).toBe(before + 1);
  });

  it('knows what was sent from what was not', async () => {
    await expect(post('/silent', 300)).rejects.toThrow(AnswerLost);
    await expect(post('/hang-up')).rejects.toThrow(AnswerLost);
    const closed = createTcpServer();
    await new Promise<void>((listening) => closed.listen(0, '127.0.0.1', listening));
    const { port } = closed.address() as AddressInfo;
    await new Promise((done) => closed.close(done));
    const nobody = new URL(`http://127.0.0.1:${port}/`);
    await expect(guardedPost(nobody, message, inside)).rejects.toThrow(NotSent);
    const plain = new URL(base.replace('http:', 'https:'));
    await expect(guardedPost(plain, message, inside)).rejects.toThrow(NotSent);
    await expect(
      guardedPost(new URL('https://no-such-host.invalid/'), message, inside),
    ).rejects.toThrow(NotSent);
  });
});

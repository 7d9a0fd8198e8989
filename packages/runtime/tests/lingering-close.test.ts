// Bounds and cases of the plain Node part; the routes that answer early are tested with the backend.
import { createServer } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { keepEarlyAnswers, refuseMalformed } from '../src/lingering-close.ts';
import type { DiscardLimits } from '../src/lingering-close.ts';
import { upload } from '@todo/testing/upload-client';

const MIB = 1024 * 1024;
const close: (() => void)[] = [];
afterEach(() => {
  for (const one of close.splice(0)) one();
});

/** A server that answers 401 before it has read anything. */
async function refusing(limits: Partial<DiscardLimits>, headers = {}) {
  const server = createServer((_request, response) => {
    response.writeHead(401, { 'content-length': 4, ...headers }).end('none');
  });
  keepEarlyAnswers(server, { totalMs: 10_000, silenceMs: 5_000, bytes: 64 * MIB, ...limits });
  server.on('clientError', refuseMalformed);
  const sockets = new Set<{ bytesRead: number; destroyed: boolean }>();
  server.on('connection', (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  close.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, sockets };
}

it.each([
  ['the server ends the connection', { connection: 'close' }, {}],
  ['the client asks for the end', {}, { connection: 'close' }],
])('%s: the answer arrives, however late it is read', async (_what, answered, asked) => {
  const { port } = await refusing({}, answered);
  const upload1 = { port, path: '/', size: 5 * MIB, sendFirst: true, headers: asked };
  expect(await upload(upload1)).toMatchObject({ statuses: [401], error: undefined });
});

it.each([
  ['bytes', { bytes: 4 * MIB }, {}],
  ['time', { totalMs: 200 }, { pauseMs: 20 }],
  ['silence', { silenceMs: 100 }, { pauseMs: 400 }],
])('a body without end is cut off: limit of %s', async (_what, limits, pace) => {
  const { port, sockets } = await refusing(limits);
  const answer = await upload({ port, path: '/', size: 40 * MIB, ...pace }, 2);
  expect(answer.statuses).toEqual([401]);
  const [socket] = sockets;
  await expect.poll(() => socket?.destroyed).toBe(true);
  expect(socket?.bytesRead).toBeLessThan(30 * MIB);
});

it('a connection whose body was dropped serves on', async () => {
  const { port } = await refusing({});
  const next = 'GET / HTTP/1.1\r\nhost: a\r\n\r\n';
  const answer = await upload({ port, path: '/', size: 5 * MIB, chunked: true, next }, 2);
  expect(answer).toMatchObject({ statuses: [401, 401], error: undefined });
});

/** What a client reads that first sends all it has. */
function sendAll(port: number, head: string, size = 5 * MIB): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(port, '127.0.0.1', () => {
      socket.pause().write(head);
      socket.write(Buffer.alloc(size, 'x'), () => socket.resume());
    });
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    socket.on('close', () => {
      resolve(text);
    });
    socket.on('error', reject);
  });
}

it.each([
  [
    'headers that are too long',
    `POST / HTTP/1.1\r\nhost: a\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`,
    431,
  ],
  [
    'two lengths',
    'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n',
    400,
  ],
  ['no method', 'PO ST / HTTP/1.1\r\nhost: a\r\n\r\n', 400],
])('%s: the answer arrives too', async (_what, head, status) => {
  const { port } = await refusing({});
  const text = await sendAll(port, head);
  expect(text).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect(text).toContain('application/problem+json');
});

it('what follows a whole request and is none is answered; in the middle of an answered body nothing is added', async () => {
  const { port } = await refusing({});
  const whole = 'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\n\r\nx';
  expect((await sendAll(port, `${whole}no request\r\n\r\n`)).match(/HTTP\/1.1 \d+/g)).toEqual([
    'HTTP/1.1 401',
    'HTTP/1.1 400',
  ]);
  const chunked = 'POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n';
  const socket = connect(port, '127.0.0.1');
  socket.write(chunked);
  let text = '';
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString();
    if (text.endsWith('none')) socket.write('no chunk\r\n');
  });
  await new Promise((resolve) => socket.on('close', resolve));
  expect(text.match(/HTTP\/1.1 \d+/g)).toEqual(['HTTP/1.1 401']);
});

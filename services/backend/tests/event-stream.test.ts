// The one writer of server-sent events: a reader that falls behind is cut off and costs others nothing, and a silent stream shows
// that it is alive.
import { once } from 'node:events';
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { fastify } from 'fastify';
import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openEventStream } from '../src/http/event-stream.ts';
import type { EventStream } from '../src/live/live-views.ts';

const EVENT = `data: ${'x'.repeat(64 * 1024)}\n\n`;
/** 64 MiB: more than the kernel and the writer hold together. */
const MANY = 1_024;

interface Opened {
  readonly stream: EventStream;
  readonly unread: () => number;
  closed: boolean;
}

let app: FastifyInstance;
let opened: Map<string, Opened>;
let clients: Socket[];

beforeEach(async () => {
  opened = new Map();
  clients = [];
  app = fastify();
  app.get<{ Params: { name: string }; Querystring: { beat?: string } }>(
    '/:name',
    (request, reply) => {
      const stream = openEventStream(reply, Number(request.query.beat ?? 60_000));
      const entry: Opened = { stream, unread: () => reply.raw.writableLength, closed: false };
      stream.onClose(() => {
        entry.closed = true;
      });
      opened.set(request.params.name, entry);
    },
  );
  await app.listen({ host: '127.0.0.1', port: 0 });
});
afterEach(async () => {
  for (const client of clients) client.destroy();
  await app.close();
});

/** Asks for a stream and gives its connection, from which nothing has been read. */
async function open(path: string): Promise<{ socket: Socket; at: Opened }> {
  const { port } = app.server.address() as AddressInfo;
  const socket = connect({ host: '127.0.0.1', port });
  socket.on('error', () => undefined);
  clients.push(socket);
  await once(socket, 'connect');
  socket.write(`GET /${path} HTTP/1.1\r\nhost: localhost\r\n\r\n`);
  const name = path.split('?')[0] ?? '';
  await expect.poll(() => opened.has(name)).toBe(true);
  return { socket, at: opened.get(name)! };
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it('a reader that reads nothing is cut off, and one that reads gets everything', async () => {
  const slow = await open('slow');
  const quick = await open('quick');
  let received = 0;
  quick.socket.on('data', (bytes) => (received += bytes.length));
  let mostUnread = 0;
  for (let sent = 0; sent < MANY; sent += 1) {
    // No faster than the quick one reads: what is tested is the other.
    while (quick.at.unread() > EVENT.length) await nextTurn();
    for (const { stream } of [slow.at, quick.at]) stream.write(EVENT);
    mostUnread = Math.max(mostUnread, slow.at.unread());
    await nextTurn();
  }
  await expect.poll(() => slow.at.closed).toBe(true);
  expect(mostUnread).toBeLessThan(2 * 1024 * 1024);
  await expect.poll(() => received).toBeGreaterThan(MANY * EVENT.length);
  expect(quick.at.closed).toBe(false);
});

it('heartbeats alone cut off a reader that has left what it was sent', async () => {
  const slow = await open('stuck?beat=20');
  while (slow.at.unread() <= 1024 * 1024) {
    slow.at.stream.write(EVENT);
    await nextTurn();
  }
  await expect.poll(() => slow.at.closed).toBe(true);
});

it('a silent stream sends heartbeats until it ends, and none is written after', async () => {
  const { socket, at } = await open('silent?beat=20');
  let text = '';
  socket.on('data', (bytes) => (text += bytes.toString()));
  await expect.poll(() => text.match(/: heartbeat\n\n/g)?.length ?? 0).toBeGreaterThan(2);
  at.stream.end();
  await expect.poll(() => at.closed).toBe(true);
  await expect.poll(() => text).toMatch(/\r\n0\r\n\r\n$/); // the last chunk of the answer
  at.stream.write(EVENT);
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(text).toMatch(/\r\n0\r\n\r\n$/);
});

it('a reader that leaves is noticed, and what is written then goes nowhere', async () => {
  const { socket, at } = await open('left');
  socket.destroy();
  await expect.poll(() => at.closed).toBe(true);
  at.stream.write(EVENT);
  expect(at.unread()).toBe(0);
});

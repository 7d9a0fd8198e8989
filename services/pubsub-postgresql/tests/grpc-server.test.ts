// The gRPC server on its own: with node:http2 as a client that knows nothing of it, and with bytes of the tests' own.
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import {
  connect as connectHttp2,
  type ClientHttp2Session,
  type ClientHttp2Stream,
} from 'node:http2';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { seededRandom } from '@todo/testing/seeded-random';
import { until } from '@todo/testing/sidecar-client';
import { serveConnection } from '../src/grpc/connection.ts';
import { FLAG, FRAME, frame, PREFACE, SETTING, settingsFrame } from '../src/grpc/frames.ts';
import { createHpackDecoder, encodeHeaders, HpackError } from '../src/grpc/hpack.ts';
import { MESSAGE_PREFIX_BYTES, withPrefix } from '../src/grpc/messages.ts';
import { createGrpcServer, type GrpcServer } from '../src/grpc/server.ts';
import { STATUS, StatusError } from '../src/grpc/status.ts';

const MAX_MESSAGE = 8 * 1024 * 1024;
let folder: string;
let path: string;
let server: GrpcServer;
/** What `closed` was called for. */
let closed: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'grpc-server-'));
  path = join(folder, 's');
  closed = [];
  server = start({});
  await server.listen(path);
});

afterEach(async () => {
  server.forceShutdown();
  await rm(folder, { recursive: true, force: true });
});

function start(times: { pingEveryMs?: number; pongWithinMs?: number }): GrpcServer {
  return createGrpcServer({
    unary: {
      '/test.Test/Echo': (request) => Promise.resolve(framed(request)),
      '/test.Test/Fail': () => {
        throw new StatusError(STATUS.INVALID_ARGUMENT, 'ünreadable: 100 % wrong\nsecond line');
      },
      '/test.Test/Name': (_, metadata) =>
        Promise.resolve(framed(Buffer.from(metadata('x-component-instance') ?? 'none'))),
    },
    streams: {
      '/test.Test/Repeat': (call) => ({
        message: (message) => {
          if (message.toString() === 'abort') call.finish(STATUS.ABORTED, 'as asked');
          else
            for (let count = 0; count < Number(message.toString()); count++)
              call.send(framed(BODY));
        },
        end: () => {
          call.finish(STATUS.OK, '');
        },
        closed: () => {
          closed.push('Repeat');
        },
      }),
    },
    statusOf: (error) =>
      error instanceof StatusError ? error : { code: STATUS.INTERNAL, message: String(error) },
    maxMessageBytes: MAX_MESSAGE,
    pingEveryMs: 60_000,
    pongWithinMs: 60_000,
    ...times,
  });
}

const BODY = Buffer.alloc(1_024, 'x');

function framed(message: Buffer): Buffer {
  return withPrefix(Buffer.concat([Buffer.alloc(MESSAGE_PREFIX_BYTES), message]));
}

/** A call by node:http2. */
async function call(
  session: ClientHttp2Session,
  name: string,
  body: Buffer,
  headers: Record<string, string> = {},
): Promise<{ status: string; message: string; body: Buffer }> {
  const stream = open(session, name, headers);
  stream.end(body);
  return await answerOf(stream);
}

function open(
  session: ClientHttp2Session,
  name: string,
  headers: Record<string, string> = {},
): ClientHttp2Stream {
  return session.request({
    ':method': 'POST',
    ':path': `/test.Test/${name}`,
    'content-type': 'application/grpc',
    te: 'trailers',
    ...headers,
  });
}

async function answerOf(
  stream: ClientHttp2Stream,
): Promise<{ status: string; message: string; body: Buffer }> {
  const chunks: Buffer[] = [];
  const last = new Map<string, string>();
  const note = (headers: object): void => {
    for (const [name, value] of Object.entries(headers)) last.set(name, String(value));
  };
  stream.on('response', note);
  stream.on('trailers', note);
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(stream, 'close');
  return {
    status: last.get('grpc-status') ?? last.get(':status') ?? 'none',
    message: decodeURIComponent(last.get('grpc-message') ?? ''),
    body: Buffer.concat(chunks),
  };
}

async function withSession<T>(work: (session: ClientHttp2Session) => Promise<T>): Promise<T> {
  const session = connectHttp2('http://localhost', {
    createConnection: () => connect(path),
    maxSessionMemory: 200, // MB: what the client may hold
  });
  session.on('error', () => undefined);
  try {
    return await work(session);
  } finally {
    session.destroy();
  }
}

describe('calls from node:http2', () => {
  test('a unary call is answered; its headers reach the handler, compressed or not', () =>
    withSession(async (session) => {
      for (const name of ['first', 'second', 'second', 'ünïcode']) {
        const sent = Buffer.from(name).toString('latin1');
        const answer = await call(session, 'Name', framed(Buffer.alloc(0)), {
          'x-component-instance': sent,
        });
        expect(answer.status).toBe('0');
        expect(answer.body.subarray(MESSAGE_PREFIX_BYTES).toString()).toBe(sent);
      }
    }));

  test('a thousand calls at once, and messages of 5 MB either way: no window is overrun or stays shut', () =>
    withSession(async (session) => {
      const large = Buffer.alloc(5 * 1024 * 1024, 'y');
      const answers = await Promise.all([
        call(session, 'Echo', framed(large)),
        ...Array.from({ length: 900 }, (_, n) =>
          call(session, 'Echo', framed(Buffer.from(`n${n}`))),
        ),
        call(session, 'Echo', framed(large)),
      ]);
      expect(answers.every(({ status }) => status === '0')).toBe(true);
      expect(answers[0].body.equals(framed(large))).toBe(true);
      expect(answers[500]?.body.subarray(MESSAGE_PREFIX_BYTES).toString()).toBe('n499');
    }));

  test('what fails says why: the handler’s status and words, no such method, too large, not gRPC', () =>
    withSession(async (session) => {
      expect(await call(session, 'Fail', framed(BODY))).toMatchObject({
        status: String(STATUS.INVALID_ARGUMENT),
        message: 'ünreadable: 100 % wrong\nsecond line',
      });
      expect(await call(session, 'Missing', framed(BODY))).toMatchObject({
        status: String(STATUS.UNIMPLEMENTED),
      });
      const prefix = Buffer.alloc(MESSAGE_PREFIX_BYTES);
      prefix.writeUInt32BE(MAX_MESSAGE + 1, 1);
      expect(await call(session, 'Echo', prefix)).toMatchObject({
        status: String(STATUS.RESOURCE_EXHAUSTED),
      });
      expect(await call(session, 'Echo', Buffer.alloc(0))).toMatchObject({
        status: String(STATUS.INTERNAL),
      });
      expect(
        await call(session, 'Echo', Buffer.concat([framed(BODY), framed(BODY)])),
      ).toMatchObject({
        status: String(STATUS.INTERNAL),
        message: 'more than one request message',
      });
      const plain = await call(session, 'Echo', framed(BODY), { 'content-type': 'text/plain' });
      expect(plain.status).toBe('415');
      expect((await call(session, 'Echo', framed(BODY))).status).toBe('0');
    }));

  test('a stream: messages both ways, the client’s end, an abort, a cancelled call', () =>
    withSession(async (session) => {
      const ended = open(session, 'Repeat');
      ended.write(framed(Buffer.from('3')));
      ended.end(framed(Buffer.from('2')));
      const answer = await answerOf(ended);
      expect(answer.status).toBe('0');
      expect(answer.body.length).toBe(5 * framed(BODY).length);

      const aborted = open(session, 'Repeat');
      aborted.write(framed(Buffer.from('1')));
      aborted.write(framed(Buffer.from('abort')));
      expect(await answerOf(aborted)).toMatchObject({
        status: String(STATUS.ABORTED),
        message: 'as asked',
      });

      const cancelled = open(session, 'Repeat');
      cancelled.write(framed(Buffer.from('1')));
      await once(cancelled, 'data');
      cancelled.close(8);
      await until('each stream’s end was noticed', () => closed.length === 3);
    }));
});

/** Speaks in bytes; gathers what comes. */
async function raw(first: Buffer[]): Promise<{ socket: Socket; received: () => Buffer }> {
  const socket = connect(path);
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write(Buffer.concat(first));
  return { socket, received: () => Buffer.concat(chunks) };
}

/** The frames in these bytes, as far as they are whole. */
function framesIn(
  bytes: Buffer,
): { type: number; flags: number; stream: number; payload: Buffer }[] {
  const frames = [];
  for (let at = 0; at + 9 <= bytes.length;) {
    const end = at + 9 + bytes.readUIntBE(at, 3);
    if (end > bytes.length) break;
    frames.push({
      type: bytes[at + 3] ?? 0,
      flags: bytes[at + 4] ?? 0,
      stream: bytes.readUInt32BE(at + 5),
      payload: bytes.subarray(at + 9, end),
    });
    at = end;
  }
  return frames;
}

const HEADERS = (name: string): Buffer =>
  encodeHeaders([
    [':method', 'POST'],
    [':scheme', 'http'],
    [':path', `/test.Test/${name}`],
    ['content-type', 'application/grpc'],
  ]);
const begin = (stream: number, name: string): Buffer =>
  frame(FRAME.HEADERS, FLAG.END_HEADERS, stream, HEADERS(name));
const data = (stream: number, text: string, flags = 0): Buffer =>
  frame(FRAME.DATA, flags, stream, framed(Buffer.from(text)));

describe('on the wire', () => {
  test('a request cut at any byte is answered the same', async () => {
    const bytes = Buffer.concat([
      PREFACE,
      settingsFrame({}),
      begin(1, 'Echo'),
      data(1, 'hello', FLAG.END_STREAM),
    ]);
    for (let cut = 1; cut < bytes.length; cut += 3) {
      const { socket, received } = await raw([bytes.subarray(0, cut)]);
      await new Promise(setImmediate);
      socket.write(bytes.subarray(cut));
      await until(`an answer when cut at ${cut}`, () => received().includes('hello'));
      socket.destroy();
    }
  });

  test('messages of one turn share a write, and a frame', async () => {
    let writes = 0;
    const counted = createServer((socket) => {
      const write = socket.write.bind(socket);
      socket.write = (bytes: string | Uint8Array) => {
        writes++;
        return write(bytes);
      };
      serveConnection(socket, {
        pingEveryMs: 60_000,
        pongWithinMs: 60_000,
        onRequest: (_, response) => ({
          data: () => {
            response.headers(encodeHeaders([[':status', '200']]), false);
            for (let count = 0; count < 30; count++) response.write(BODY);
          },
          end: () => undefined,
          closed: () => undefined,
        }),
      });
    });
    await new Promise<void>((done) => counted.listen(join(folder, 'counted'), done));
    const socket = connect(join(folder, 'counted'));
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.write(Buffer.concat([PREFACE, settingsFrame({})]));
    await until(
      'the settings were acknowledged',
      () => framesIn(Buffer.concat(chunks)).length >= 3,
    );
    const before = writes;
    socket.write(Buffer.concat([begin(1, 'x'), data(1, 'go')]));
    const dataFrames = (): Buffer[] =>
      framesIn(Buffer.concat(chunks)).flatMap((one) =>
        one.type === FRAME.DATA ? [one.payload] : [],
      );
    await until('all came', () => Buffer.concat(dataFrames()).length === 30 * BODY.length);
    expect(writes - before).toBe(1);
    expect(dataFrames().length).toBe(2); // 30 KiB in frames of at most 16 KiB
    socket.destroy();
    counted.close();
  });

  test('nothing goes beyond the client’s windows, and all of it comes when they open', async () => {
    const { socket, received } = await raw([
      PREFACE,
      settingsFrame({ [SETTING.INITIAL_WINDOW_SIZE]: 1_000 }),
      begin(1, 'Repeat'),
      data(1, '5'),
    ]);
    const got = (): number =>
      framesIn(received())
        .filter(({ type }) => type === FRAME.DATA)
        .reduce((sum, { payload }) => sum + payload.length, 0);
    await until('the window is used up', () => got() >= 1_000);
    socket.write(frame(FRAME.PING, 0, 0, Buffer.from('12345678')));
    await until('the ping was answered', () => received().includes('12345678'));
    expect(got()).toBe(1_000);
    socket.write(settingsFrame({ [SETTING.INITIAL_WINDOW_SIZE]: 3_000 }));
    await until('the larger window is used up', () => got() >= 3_000);
    expect(got()).toBe(3_000);
    const more = Buffer.alloc(4);
    more.writeUInt32BE(1_000_000);
    socket.write(frame(FRAME.WINDOW_UPDATE, 0, 1, more));
    await until('all came', () => got() === 5 * framed(BODY).length);
    socket.destroy();
  });

  test('a peer that is silent after a ping is cut off; one that answers stays', async () => {
    server.forceShutdown();
    server = start({ pingEveryMs: 50, pongWithinMs: 400 });
    await server.listen(join(folder, 'quick'));
    path = join(folder, 'quick');
    const silent = await raw([PREFACE, settingsFrame({}), begin(1, 'Repeat'), data(1, '1')]);
    await withSession(async (session) => {
      const stream = open(session, 'Repeat');
      stream.write(framed(Buffer.from('1')));
      stream.resume();
      await once(silent.socket, 'close');
      expect(closed).toEqual(['Repeat']);
      expect((await call(session, 'Echo', framed(BODY))).status).toBe('0');
    });
  });

  test('an idle peer that answers pings at once stays, ping after ping', async () => {
    server.forceShutdown();
    server = start({ pingEveryMs: 200, pongWithinMs: 150 });
    await server.listen(join(folder, 'idle'));
    path = join(folder, 'idle');
    await withSession(async (session) => {
      let cut = false;
      session.once('close', () => (cut = true));
      const stream = open(session, 'Repeat');
      stream.write(framed(Buffer.from('1')));
      stream.resume();
      await new Promise((done) => setTimeout(done, 2_500)); // a dozen pings, and nothing else
      expect({ cut, closed }).toEqual({ cut: false, closed: [] });
      expect((await call(session, 'Echo', framed(BODY))).status).toBe('0');
    });
  });

  test('random bytes in valid streams: every connection ends or answers, and the server goes on', async () => {
    const random = seededRandom(91_130);
    const below = (limit: number): number => Math.floor(random() * limit);
    const valid = Buffer.concat([
      settingsFrame({ [SETTING.INITIAL_WINDOW_SIZE]: 70_000 }),
      begin(1, 'Repeat'),
      data(1, '3'),
      frame(FRAME.PING, 0, 0, Buffer.alloc(8)),
      begin(3, 'Echo'),
      data(3, 'hello', FLAG.END_STREAM),
      frame(FRAME.WINDOW_UPDATE, 0, 0, Buffer.from([0, 0, 1, 0])),
      data(1, '1'),
      frame(FRAME.RST_STREAM, 0, 1, Buffer.from([0, 0, 0, 8])),
    ]);
    for (let round = 0; round < 400; round++) {
      const bytes = Buffer.from(valid);
      for (let change = below(6); change >= 0; change--) bytes[below(bytes.length)] = below(256);
      const { socket } = await raw([PREFACE, bytes.subarray(0, 1 + below(bytes.length))]);
      const over = once(socket, 'close');
      socket.end();
      await over;
    }
    await withSession(async (session) => {
      expect((await call(session, 'Echo', framed(BODY))).status).toBe('0');
    });
  });
});

describe('header compression', () => {
  const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

  test('RFC 7541, C.4 and C.6: Huffman code, a dynamic table, eviction', () => {
    const requests = createHpackDecoder();
    expect(requests(hex('8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff'))).toContainEqual([
      ':authority',
      'www.example.com',
    ]);
    expect(requests(hex('8286 84be 5886 a8eb 1064 9cbf'))).toEqual([
      [':method', 'GET'],
      [':scheme', 'http'],
      [':path', '/'],
      [':authority', 'www.example.com'],
      ['cache-control', 'no-cache'],
    ]);
    expect(
      requests(hex('8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf')),
    ).toContainEqual(['custom-key', 'custom-value']);
  });

  test.each([
    ['an index beyond the table', 'ff ff 03'],
    ['index 0', '80'],
    ['a string longer than the block', '00 05 61'],
    ['Huffman padding of zeros', '00 81 00 01 61'],
    ['a number that never ends', 'ff ff ff ff ff ff ff 01'],
    ['a table size over the limit', '3f e2 1f'],
  ])('%s is refused', (_, block) => {
    expect(() => createHpackDecoder()(hex(block))).toThrow(HpackError);
  });

  test('a small block that names a large entry again and again is refused', () => {
    const decode = createHpackDecoder();
    const large = Buffer.concat([
      Buffer.from([0x40, 1, 0x61, 0x7f, 0x81, 0x1e]),
      Buffer.alloc(3_968, 'v'),
    ]);
    decode(large);
    expect(() => decode(Buffer.alloc(100, 0xbe))).toThrow(/too many/);
  });
});

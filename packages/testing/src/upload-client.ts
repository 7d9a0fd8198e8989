// A client that uploads over a bare socket, as programs do that an HTTP library would hide: it may send everything before
// it reads, pause between pieces, wait for `100 Continue`, or send the next request right behind the body.
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What is sent, and how. */
export interface Upload {
  readonly port: number;
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Bytes of the body. */
  readonly size: number;
  /** Without a length, in chunks. */
  readonly chunked?: boolean;
  /** Pause after each piece of 256 KiB, ms. */
  readonly pauseMs?: number;
  /** Nothing is read before everything is sent, as simple clients do. */
  readonly sendFirst?: boolean;
  /** Sends the body only after `100 Continue`, as `Expect: 100-continue` promises. */
  readonly expect?: boolean;
  /** Sent right behind the body, on the same connection. */
  readonly next?: string;
}

/** What came back. */
export interface UploadAnswer {
  /** Everything that arrived, both answers where there are two. */
  readonly text: string;
  /** Status codes of the final answers, in order. */
  readonly statuses: readonly number[];
  /** Time until the first final answer was there, ms. */
  readonly firstMs: number;
  /** Code of the socket's error, such as ECONNRESET. */
  readonly error: string | undefined;
}

const PIECE = Buffer.alloc(256 * 1024, 'x');
const FINAL = /HTTP\/1\.1 ([2-5]\d\d) /g;

/** Uploads and reads until the server closes, or `expectAnswers` answers are there. */
export async function upload(options: Upload, expectAnswers = 1): Promise<UploadAnswer> {
  const started = performance.now();
  const socket = connect(options.port, '127.0.0.1');
  const read = { text: '', firstMs: NaN, error: undefined as string | undefined };
  const statuses = (): number[] => [...read.text.matchAll(FINAL)].map(([, code]) => Number(code));
  const ended = new Promise<void>((resolve) => {
    socket.once('close', () => {
      resolve();
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      read.error = error.code ?? error.message;
    });
    socket.on('data', (chunk: Buffer) => {
      read.text += chunk.toString('latin1');
      if (Number.isNaN(read.firstMs) && statuses().length > 0)
        read.firstMs = performance.now() - started;
    });
  });
  if (options.sendFirst) socket.pause();
  const write = async (data: Buffer | string): Promise<void> => {
    if (socket.destroyed || socket.writableEnded) return;
    if (!socket.write(data))
      await new Promise<void>((resolve) => {
        socket.once('drain', resolve).once('close', resolve);
      });
  };
  const headers = {
    host: 'localhost',
    'content-type': 'application/json',
    ...(options.chunked
      ? { 'transfer-encoding': 'chunked' }
      : { 'content-length': String(options.size) }),
    ...(options.expect ? { expect: '100-continue' } : {}),
    ...options.headers,
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  await write(`${options.method ?? 'POST'} ${options.path} HTTP/1.1\r\n${lines.join('')}\r\n`);
  if (options.expect)
    while (!/HTTP\/1\.1 \d\d\d /.test(read.text) && !socket.destroyed) await sleep(5);
  const sends = !options.expect || read.text.startsWith('HTTP/1.1 100');
  for (let sent = 0; sends && !socket.destroyed && sent < options.size; sent += PIECE.length) {
    const piece = PIECE.subarray(0, Math.min(PIECE.length, options.size - sent));
    if (options.chunked) await write(`${piece.length.toString(16)}\r\n`);
    await write(piece);
    if (options.chunked) await write('\r\n');
    if (options.pauseMs) await sleep(options.pauseMs);
  }
  if (sends && options.chunked) await write('0\r\n\r\n');
  if (sends && options.next) await write(options.next);
  socket.resume();
  const enough = async (): Promise<void> => {
    while (statuses().length < expectAnswers && !socket.destroyed) await sleep(5);
    await sleep(20); // the rest of the last answer
  };
  await Promise.race([ended, enough()]);
  socket.destroy();
  return { ...read, statuses: statuses() };
}

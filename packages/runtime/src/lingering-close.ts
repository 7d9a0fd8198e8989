// An answer may be ready before the request's body has arrived: a 401, 413 or 415. If the connection is closed then, with
// bytes unread, TCP resets it, and the reset overtakes the answer: the client learns nothing. So the server stops sending,
// goes on reading for a bounded while, and closes after that (RFC 9112 9.6). On a connection that stays open, Node reads and
// drops the rest by itself, but without a bound.
import { STATUS_CODES } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex, Readable } from 'node:stream';
import { Problem, problemBody } from '@todo/contracts/problem';
import { SECURITY_HEADERS } from './security-headers.ts';

/** How much is read of a body that nobody wants. */
export interface DiscardLimits {
  /** From the answer on, ms: slow uploads end within this. */
  readonly totalMs: number;
  /** Without a byte, ms. */
  readonly silenceMs: number;
  readonly bytes: number;
}

/** A slow client needs time, and one that sends fast ends soon: reading costs a socket and next to no memory. */
const LIMITS: DiscardLimits = { totalMs: 120_000, silenceMs: 15_000, bytes: 256 * 1024 * 1024 };

/** The answer to a connection's last request, if that has a body: a second answer would be taken for the next request's. */
const answers = new WeakMap<Duplex, ServerResponse>();
/** Connections on which something came that is no request. */
const refused = new WeakSet<Duplex>();

/** Sees to it that every early answer of a server reaches its client. Call it before the server listens. */
export function keepEarlyAnswers(server: Server, limits = LIMITS): void {
  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    const { 'content-length': length, 'transfer-encoding': coding } = request.headers;
    if ((length === undefined || length === '0') && coding === undefined) {
      answers.delete(request.socket);
      return;
    }
    answers.set(request.socket, response);
    // Before Node's own listener, which ends the connection if this answer is its last.
    response.prependOnceListener('finish', () => {
      if (!request.complete) linger(request, limits);
    });
  });
}

function linger(request: IncomingMessage, limits: DiscardLimits): void {
  const { socket } = request;
  const state = { last: false };
  socket.destroySoon = () => {
    state.last = true;
    socket.end();
  };
  discard(request, limits, () => {
    Reflect.deleteProperty(socket, 'destroySoon'); // the class's own again
    if (state.last || !request.complete) socket.destroySoon();
  });
}

/** What a server's parser could not read, by its error code; anything else is a 400. */
const MALFORMED: Readonly<Record<string, Problem>> = {
  ERR_HTTP_REQUEST_TIMEOUT: new Problem(
    408,
    'timeout',
    'The request did not arrive in time. Send it again.',
  ),
  HPE_HEADER_OVERFLOW: new Problem(
    431,
    'headers-too-large',
    'The headers are larger than 16 KiB. Send fewer or shorter headers.',
  ),
};
const NOT_HTTP = new Problem(400, 'bad-request', 'This is not a valid HTTP/1.1 request.');

/** Answers what the parser could not read, for a server's event `clientError`; the answer arrives like any early one. */
export function refuseMalformed(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (refused.has(socket)) return; // the parser meets each further piece with the same error
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  refused.add(socket);
  const response = answers.get(socket);
  const isAnswered = response?.headersSent === true && !response.req.complete;
  socket.end(isAnswered ? '' : asText(MALFORMED[error.code ?? ''] ?? NOT_HTTP));
  discard(socket, LIMITS, () => {
    socket.destroy();
  });
}

function asText(problem: Problem): string {
  const body = JSON.stringify(problemBody(problem));
  const headers = {
    ...SECURITY_HEADERS,
    'content-type': 'application/problem+json',
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ''}\r\n${lines.join('')}\r\n${body}`;
}

/** Reads and drops what comes, until it ends, its sender leaves or a limit is reached. */
function discard(from: Readable, limits: DiscardLimits, done: () => void): void {
  let bytes = 0;
  const stop = (): void => {
    clearTimeout(total);
    clearTimeout(silence);
    from.off('data', count).off('end', stop).off('close', stop);
    done();
  };
  const count = (chunk: Buffer): void => {
    bytes += chunk.length;
    if (bytes > limits.bytes) stop();
    else silence.refresh();
  };
  const total = setTimeout(stop, limits.totalMs);
  const silence = setTimeout(stop, limits.silenceMs);
  from.on('data', count).on('end', stop).on('close', stop);
  from.on('error', () => undefined); // the sender left: 'close' follows
  from.resume();
}

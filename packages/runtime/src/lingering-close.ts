// An answer may be ready before the request's body has arrived: a 401, 413 or 415. If the connection is closed then, with
// bytes unread, TCP resets it, and the reset overtakes the answer: the client learns nothing. So the server stops sending,
// goes on reading for a bounded while, and closes after that (RFC 9112 9.6). On a connection that stays open, Node reads and
// drops the rest by itself, but without a bound.
import type { IncomingMessage, Server, ServerResponse } from 'node:http';

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

/** Sees to it that every early answer of a server reaches its client. Call it before the server listens. */
export function keepEarlyAnswers(server: Server, limits = LIMITS): void {
  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    const { 'content-length': length, 'transfer-encoding': coding } = request.headers;
    if ((length === undefined || length === '0') && coding === undefined) return;
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
  discardBody(request, limits, (whole) => {
    Reflect.deleteProperty(socket, 'destroySoon'); // the class's own again
    if (state.last || !whole) socket.destroySoon();
  });
}

/** Reads what is left of a body and drops it; tells whether all came, or the client left or a limit was reached. */
function discardBody(
  request: IncomingMessage,
  limits: DiscardLimits,
  done: (whole: boolean) => void,
): void {
  let bytes = 0;
  const stop = (): void => {
    clearTimeout(total);
    clearTimeout(silence);
    request.off('data', count).off('end', stop).off('close', stop);
    done(request.complete);
  };
  const count = (chunk: Buffer): void => {
    bytes += chunk.length;
    if (bytes > limits.bytes) stop();
    else silence.refresh();
  };
  const total = setTimeout(stop, limits.totalMs);
  const silence = setTimeout(stop, limits.silenceMs);
  request.on('data', count).on('end', stop).on('close', stop);
  request.on('error', () => undefined); // the client left: 'close' follows
  request.resume();
}

// One HTTP/2 connection (RFC 9113), the server's side, over a socket whose peer is trusted: reads frames, keeps the streams
// and the windows, and checks what the protocol lets a client do. Knows nothing of gRPC.
//
// Long because every frame changes the same few numbers of a connection and its streams; what can be judged without them is
// in payloads.ts, header-rules.ts and frame-reader.ts. Why not node:http2: docs/decisions/0020. What is left out, because gRPC has no use for it: push, priorities, TLS.
import type { Socket } from 'node:net';
import {
  CODE,
  DEFAULT_WINDOW,
  FLAG,
  FRAME,
  frame,
  frameHeader,
  goAwayFrame,
  Http2Error,
  MAX_FRAME_BYTES,
  MAX_WINDOW,
  resetFrame,
  SETTING,
  settingsFrame,
  windowUpdateFrame,
} from './frames.ts';
import { createFrameReader } from './frame-reader.ts';
import { areTrailers, requestOf, type RequestHeaders } from './header-rules.ts';
import { createHpackDecoder, HpackError, type Header } from './hpack.ts';
import { checkPriority, checkSize, unpadded } from './payloads.ts';
import { createOutput, type Outgoing } from './output.ts';

/** What a client may send on a stream, and on all together, before we have taken it. */
const STREAM_WINDOW = 256 * 1024;
const CONNECTION_WINDOW = 1024 * 1024;
const MAX_STREAMS = 1_000;
/** Of a header block in all its frames. */
const MAX_BLOCK_BYTES = 64 * 1024;
/** Streams that we reset: the client may have sent more before it knew. */
const REMEMBERED_RESETS = 1_000;

/** What reads a request's body. */
export interface StreamReader {
  data: (bytes: Buffer) => void;
  /** The client has sent all. */
  end: () => void;
  /** The stream is over before it was answered: the client gave up, or the connection is gone. */
  closed: () => void;
}

/** The answering half of a stream. After the end, nothing is sent and nothing fails. */
export interface ResponseStream {
  /** The header block of the answer; `last`: it is all of it. */
  headers: (block: Buffer, last: boolean) => void;
  write: (bytes: Buffer) => void;
  /** A header block that ends the answer. */
  trailers: (block: Buffer) => void;
}

/** A connection. */
export interface Connection {
  /** Cuts it. */
  close: () => void;
}

interface Stream extends Outgoing {
  reader: StreamReader;
  /** Bytes that may come, and those that were taken since the client was last told. */
  receiveWindow: number;
  taken: number;
  /** By its header, if it has one; bytes that are still to come. */
  bodyLeft: number | undefined;
  remoteEnded: boolean;
}

/**
 * Serves a connection until it ends.
 * @param options.onRequest - a request's headers are there
 * @param options.pingEveryMs - how often to ping
 * @param options.pongWithinMs - a peer that is silent for so long after a ping is gone: the connection is cut
 */
export function serveConnection(
  socket: Socket,
  options: {
    onRequest: (headers: RequestHeaders, response: ResponseStream) => StreamReader;
    pingEveryMs: number;
    pongWithinMs: number;
  },
): Connection {
  const streams = new Map<number, Stream>();
  const resets = new Set<number>();
  const decode = createHpackDecoder();
  const output = createOutput(socket, (outgoing) => {
    const stream = streams.get(outgoing.id);
    if (!stream) return;
    // RFC 9113, section 8.1: an answer that does not wait for the rest of the request.
    if (!stream.remoteEnded) output.send(resetFrame(stream.id, CODE.NO_ERROR));
    forget(stream, !stream.remoteEnded);
  });
  const reader = createFrameReader((type, flags, id, payload) => {
    if (isOver) return;
    try {
      onFrame(type, flags, id, payload);
    } catch (error) {
      if (!(error instanceof Http2Error) || error.stream === undefined) throw error;
      failStream(error.stream, error.code);
    }
  });
  let hasSettings = false;
  let lastStream = 0;
  let block: { stream: number; flags: number; pieces: Buffer[]; bytes: number } | undefined;
  let clientWindow = DEFAULT_WINDOW;
  let receiveWindow = CONNECTION_WINDOW;
  let taken = 0;
  let isOver = false;
  let lastHeardAt = performance.now();

  function forget(stream: Stream, byReset: boolean): void {
    streams.delete(stream.id);
    output.forget(stream);
    if (!byReset) return;
    resets.add(stream.id);
    if (resets.size > REMEMBERED_RESETS) resets.delete(resets.values().next().value ?? 0);
  }

  function abandon(stream: Stream, byReset: boolean): void {
    forget(stream, byReset);
    stream.reader.closed();
  }

  /** The stream of a frame that only an open one may get; undefined: to be ignored. */
  function openStream(id: number): Stream | undefined {
    const stream = streams.get(id);
    if (stream) return stream;
    if (id > lastStream || id % 2 === 0)
      throw new Http2Error(CODE.PROTOCOL_ERROR, `stream ${id} has not begun`);
    return undefined;
  }

  function take(bytes: number, stream: Stream | undefined): void {
    receiveWindow -= bytes;
    if (receiveWindow < 0)
      throw new Http2Error(CODE.FLOW_CONTROL_ERROR, 'more than the connection’s window');
    taken += bytes;
    if (taken >= CONNECTION_WINDOW / 2) {
      output.send(windowUpdateFrame(0, taken));
      receiveWindow += taken;
      taken = 0;
    }
    if (!stream) return;
    stream.receiveWindow -= bytes;
    if (stream.receiveWindow < 0)
      throw new Http2Error(CODE.FLOW_CONTROL_ERROR, 'more than the stream’s window', stream.id);
    stream.taken += bytes;
    if (stream.taken >= STREAM_WINDOW / 2 && !stream.remoteEnded) {
      output.send(windowUpdateFrame(stream.id, stream.taken));
      stream.receiveWindow += stream.taken;
      stream.taken = 0;
    }
  }

  function onData(id: number, flags: number, payload: Buffer): void {
    const bytes = unpadded(flags, payload);
    const stream = openStream(id);
    if (!stream || stream.remoteEnded) {
      take(payload.length, undefined);
      if (!resets.has(id)) throw new Http2Error(CODE.STREAM_CLOSED, 'data after the end', id);
      return;
    }
    stream.remoteEnded = (flags & FLAG.END_STREAM) !== 0;
    take(payload.length, stream);
    if (stream.bodyLeft !== undefined) stream.bodyLeft -= bytes.length;
    if (bytes.length > 0) stream.reader.data(bytes);
    if (stream.remoteEnded) endBody(stream);
  }

  function endBody(stream: Stream): void {
    stream.remoteEnded = true;
    if (stream.bodyLeft !== undefined && stream.bodyLeft !== 0)
      throw new Http2Error(CODE.PROTOCOL_ERROR, 'not as long as its content-length', stream.id);
    stream.reader.end();
  }

  function onHeaders(id: number, flags: number, payload: Buffer): void {
    let fragment = unpadded(flags, payload);
    if ((flags & FLAG.PRIORITY) !== 0) {
      checkPriority(id, fragment);
      fragment = fragment.subarray(5);
    }
    if (id % 2 === 0) throw new Http2Error(CODE.PROTOCOL_ERROR, `a client has no stream ${id}`);
    block = { stream: id, flags, pieces: [], bytes: 0 };
    onFragment(flags, fragment);
  }

  function onFragment(flags: number, fragment: Buffer): void {
    if (!block) return;
    block.pieces.push(fragment);
    block.bytes += fragment.length;
    if (block.bytes > MAX_BLOCK_BYTES || block.pieces.length > 100)
      throw new Http2Error(CODE.ENHANCE_YOUR_CALM, 'a header block is too large');
    if ((flags & FLAG.END_HEADERS) === 0) return;
    const { stream, flags: first, pieces } = block;
    block = undefined;
    const headers = decode(pieces.length === 1 ? fragment : Buffer.concat(pieces));
    onHeaderList(stream, (first & FLAG.END_STREAM) !== 0, headers);
  }

  function onHeaderList(id: number, ends: boolean, headers: Header[]): void {
    const open = streams.get(id);
    if (open) {
      if (open.remoteEnded) throw new Http2Error(CODE.STREAM_CLOSED, 'headers after the end', id);
      if (!ends || !areTrailers(headers))
        throw new Http2Error(CODE.PROTOCOL_ERROR, 'malformed trailers', id);
      endBody(open);
      return;
    }
    if (resets.has(id)) return;
    if (id <= lastStream) throw new Http2Error(CODE.STREAM_CLOSED, `stream ${id} has ended`);
    lastStream = id;
    if (streams.size >= MAX_STREAMS)
      throw new Http2Error(CODE.REFUSED_STREAM, `more than ${MAX_STREAMS} streams`, id);
    const request = requestOf(headers);
    if (!request) throw new Http2Error(CODE.PROTOCOL_ERROR, 'malformed request', id);
    begin(id, ends, request);
  }

  function begin(id: number, ends: boolean, request: RequestHeaders): void {
    const length = request.get('content-length');
    const stream: Stream = {
      id,
      window: clientWindow,
      queue: [],
      queuedBytes: 0,
      trailers: undefined,
      reader: { data: () => undefined, end: () => undefined, closed: () => undefined },
      receiveWindow: STREAM_WINDOW,
      taken: 0,
      bodyLeft: length === undefined ? undefined : Number(length),
      remoteEnded: ends,
    };
    streams.set(id, stream);
    stream.reader = options.onRequest(request, responseTo(stream));
    if (ends) endBody(stream);
  }

  function responseTo(stream: Stream): ResponseStream {
    const isOpen = (): boolean => streams.get(stream.id) === stream;
    const trailers = (trailerBlock: Buffer): void => {
      if (!isOpen()) return;
      stream.trailers = trailerBlock;
      output.touch(stream);
    };
    return {
      headers: (headerBlock, last) => {
        if (last) trailers(headerBlock);
        else if (isOpen()) {
          output.send(frameHeader(headerBlock.length, FRAME.HEADERS, FLAG.END_HEADERS, stream.id));
          output.send(headerBlock);
        }
      },
      write: (bytes) => {
        if (!isOpen() || stream.trailers) return;
        stream.queue.push(bytes);
        stream.queuedBytes += bytes.length;
        output.touch(stream);
      },
      trailers,
    };
  }

  function onReset(id: number, payload: Buffer): void {
    checkSize(payload, 4);
    const stream = openStream(id);
    if (stream) abandon(stream, false);
  }

  function onSettings(id: number, flags: number, payload: Buffer): void {
    if (id !== 0) throw new Http2Error(CODE.PROTOCOL_ERROR, 'settings of a stream');
    if ((flags & FLAG.ACK) !== 0) {
      checkSize(payload, 0);
      return;
    }
    if (payload.length % 6 !== 0) throw new Http2Error(CODE.FRAME_SIZE_ERROR, 'settings');
    for (let at = 0; at < payload.length; at += 6)
      onSetting(payload.readUInt16BE(at), payload.readUInt32BE(at + 2));
    output.send(frame(FRAME.SETTINGS, FLAG.ACK, 0, Buffer.alloc(0)));
  }

  function onSetting(id: number, value: number): void {
    if (id === SETTING.ENABLE_PUSH && value > 1)
      throw new Http2Error(CODE.PROTOCOL_ERROR, 'ENABLE_PUSH');
    if (id === SETTING.MAX_FRAME_SIZE && (value < MAX_FRAME_BYTES || value >= 2 ** 24))
      throw new Http2Error(CODE.PROTOCOL_ERROR, 'MAX_FRAME_SIZE');
    if (id !== SETTING.INITIAL_WINDOW_SIZE) return;
    if (value > MAX_WINDOW) throw new Http2Error(CODE.FLOW_CONTROL_ERROR, 'INITIAL_WINDOW_SIZE');
    for (const stream of streams.values()) growWindow(stream, value - clientWindow, undefined);
    clientWindow = value;
  }

  function growWindow(stream: Stream, bytes: number, blamed: number | undefined): void {
    stream.window += bytes;
    if (stream.window > MAX_WINDOW)
      throw new Http2Error(CODE.FLOW_CONTROL_ERROR, 'the window of a stream overflows', blamed);
    output.touch(stream);
  }

  function onWindowUpdate(id: number, payload: Buffer): void {
    checkSize(payload, 4);
    const bytes = payload.readUInt32BE(0) & MAX_WINDOW;
    if (bytes === 0)
      throw new Http2Error(CODE.PROTOCOL_ERROR, 'a window grows by nothing', id || undefined);
    if (id === 0) output.growWindow(bytes);
    else {
      const stream = openStream(id);
      if (stream) growWindow(stream, bytes, id);
    }
  }

  function onPing(id: number, flags: number, payload: Buffer): void {
    checkSize(payload, 8);
    if (id !== 0) throw new Http2Error(CODE.PROTOCOL_ERROR, 'ping of a stream');
    if ((flags & FLAG.ACK) === 0) output.send(frame(FRAME.PING, FLAG.ACK, 0, payload));
  }

  function onFrame(type: number, flags: number, id: number, payload: Buffer): void {
    if (!hasSettings && (type !== FRAME.SETTINGS || (flags & FLAG.ACK) !== 0))
      throw new Http2Error(CODE.PROTOCOL_ERROR, 'the preface lacks settings');
    hasSettings = true;
    if (block && (type !== FRAME.CONTINUATION || id !== block.stream))
      throw new Http2Error(CODE.PROTOCOL_ERROR, 'a header block is interrupted');
    switch (type) {
      case FRAME.DATA:
        onData(id, flags, payload);
        return;
      case FRAME.HEADERS:
        onHeaders(id, flags, payload);
        return;
      case FRAME.PRIORITY:
        if (payload.length !== 5) throw new Http2Error(CODE.FRAME_SIZE_ERROR, 'priority', id);
        checkPriority(id, payload);
        return;
      case FRAME.RST_STREAM:
        onReset(id, payload);
        return;
      case FRAME.SETTINGS:
        onSettings(id, flags, payload);
        return;
      case FRAME.PING:
        onPing(id, flags, payload);
        return;
      case FRAME.GOAWAY:
        if (id !== 0) throw new Http2Error(CODE.PROTOCOL_ERROR, 'goaway of a stream');
        return;
      case FRAME.WINDOW_UPDATE:
        onWindowUpdate(id, payload);
        return;
      case FRAME.CONTINUATION:
        if (!block) throw new Http2Error(CODE.PROTOCOL_ERROR, 'nothing to continue');
        onFragment(flags, payload);
        return;
      case FRAME.PUSH_PROMISE:
        throw new Http2Error(CODE.PROTOCOL_ERROR, 'a client pushes nothing');
      default: // RFC 9113, section 5.5: frames of unknown types are ignored
    }
  }

  function failStream(id: number, code: number): void {
    output.send(resetFrame(id, code));
    const stream = streams.get(id);
    if (stream) abandon(stream, true);
  }

  function fail(code: number, why: string): void {
    isOver = true;
    output.send(goAwayFrame(lastStream, code, why));
    output.flush();
    socket.end();
    socket.destroySoon();
  }

  const pings = setInterval(() => {
    if (isOver) return;
    const sentAt = performance.now();
    output.send(frame(FRAME.PING, 0, 0, Buffer.alloc(8)));
    // Anything that came since is a sign of life, however soon after the ping it came.
    const cutWhenSilent = (): void => {
      if (lastHeardAt < sentAt) socket.destroy();
    };
    // After a stall of this process timers run first: what came meanwhile is read before it is judged.
    setTimeout(() => setImmediate(cutWhenSilent), options.pongWithinMs).unref();
  }, options.pingEveryMs);
  pings.unref();

  socket.on('data', (chunk: Buffer) => {
    if (isOver) return;
    lastHeardAt = performance.now();
    try {
      reader.push(chunk);
    } catch (error) {
      if (error instanceof Http2Error) fail(error.code, error.message);
      else if (error instanceof HpackError) fail(CODE.COMPRESSION_ERROR, error.message);
      else throw error;
    }
  });
  socket.on('error', () => undefined); // 'close' follows
  socket.on('close', () => {
    isOver = true;
    clearInterval(pings);
    for (const stream of [...streams.values()]) abandon(stream, false);
  });

  output.send(
    settingsFrame({
      [SETTING.MAX_CONCURRENT_STREAMS]: MAX_STREAMS,
      [SETTING.INITIAL_WINDOW_SIZE]: STREAM_WINDOW,
      [SETTING.MAX_HEADER_LIST_SIZE]: MAX_BLOCK_BYTES,
    }),
  );
  output.send(windowUpdateFrame(0, CONNECTION_WINDOW - DEFAULT_WINDOW));

  return {
    close: () => {
      if (isOver) return;
      output.send(goAwayFrame(lastStream, CODE.NO_ERROR));
      output.flush();
      socket.destroySoon();
    },
  };
}

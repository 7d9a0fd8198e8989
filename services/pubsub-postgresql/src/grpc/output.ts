// What a connection sends: packs what streams have to say into frames, as far as the peer's windows allow, and gives the
// socket everything of one turn of the event loop in one write.
import type { Socket } from 'node:net';
import {
  DEFAULT_WINDOW,
  FLAG,
  FRAME,
  frameHeader,
  Http2Error,
  CODE,
  MAX_FRAME_BYTES,
  MAX_WINDOW,
} from './frames.ts';

/** Up to this much is copied into one piece: a write of many small pieces costs more than the copy. */
const COPY_BYTES = 64 * 1024;
/** A peer that asks for answers (PING, SETTINGS) without reading them. Messages stay far below: their number is bounded. */
const MAX_UNREAD_BYTES = 64 * 1024 * 1024;

/** A stream's end of the output. */
export interface Outgoing {
  id: number;
  /** Bytes the peer still takes. */
  window: number;
  /** What is to be sent, in order. */
  queue: Buffer[];
  queuedBytes: number;
  /** A header block that ends the stream, after the queue. */
  trailers: Buffer | undefined;
}

/** The sending half of a connection. */
export interface Output {
  /** Sends a whole frame that no window holds back. */
  send: (frame: Buffer) => void;
  /** The stream's queue, trailers or window have changed. */
  touch: (stream: Outgoing) => void;
  forget: (stream: Outgoing) => void;
  /** The peer takes so many more bytes on the connection. @throws Http2Error */
  growWindow: (bytes: number) => void;
  /** Writes what is waiting, now. */
  flush: () => void;
}

/** @param onEnded - a stream's trailers went out */
export function createOutput(socket: Socket, onEnded: (stream: Outgoing) => void): Output {
  let waiting: Buffer[] = [];
  const active = new Set<Outgoing>();
  let window = DEFAULT_WINDOW;
  let scheduled = false;

  function schedule(): void {
    if (scheduled) return;
    scheduled = true;
    process.nextTick(flush); // after the promises that this turn settles: their answers share the write
  }

  /** Takes exactly so many bytes from the stream's queue. */
  function dequeue(stream: Outgoing, bytes: number): void {
    let left = bytes;
    let used = 0;
    for (const piece of stream.queue) {
      if (piece.length > left) break;
      waiting.push(piece);
      left -= piece.length;
      used++;
    }
    if (used > 0) stream.queue.splice(0, used);
    const [first] = stream.queue;
    if (left > 0 && first) {
      waiting.push(first.subarray(0, left));
      stream.queue[0] = first.subarray(left);
    }
    stream.queuedBytes -= bytes;
  }

  function pack(stream: Outgoing): void {
    while (stream.queuedBytes > 0) {
      const bytes = Math.min(stream.queuedBytes, MAX_FRAME_BYTES, stream.window, window);
      if (bytes <= 0) {
        // Another stream's turn first when the connection's window opens.
        active.delete(stream);
        active.add(stream);
        return;
      }
      waiting.push(frameHeader(bytes, FRAME.DATA, 0, stream.id));
      dequeue(stream, bytes);
      stream.window -= bytes;
      window -= bytes;
    }
    active.delete(stream);
    if (!stream.trailers) return;
    const flags = FLAG.END_STREAM | FLAG.END_HEADERS;
    waiting.push(frameHeader(stream.trailers.length, FRAME.HEADERS, flags, stream.id));
    waiting.push(stream.trailers);
    stream.trailers = undefined;
    onEnded(stream);
  }

  function flush(): void {
    scheduled = false;
    for (const stream of [...active]) pack(stream);
    const pieces = waiting;
    waiting = [];
    if (pieces.length === 0 || socket.destroyed) return;
    writeTogether(socket, pieces);
    if (socket.writableLength > MAX_UNREAD_BYTES) socket.destroy();
  }

  return {
    flush,
    send: (frame) => {
      waiting.push(frame);
      schedule();
    },
    touch: (stream) => {
      active.add(stream);
      schedule();
    },
    forget: (stream) => {
      active.delete(stream);
    },
    growWindow: (bytes) => {
      window += bytes;
      if (window > MAX_WINDOW)
        throw new Http2Error(CODE.FLOW_CONTROL_ERROR, 'the window of the connection overflows');
      if (active.size > 0) schedule();
    },
  };
}

function writeTogether(socket: Socket, pieces: Buffer[]): void {
  let run: Buffer[] = [];
  let runBytes = 0;
  const writeRun = (): void => {
    const [first] = run;
    if (first) socket.write(run.length === 1 ? first : Buffer.concat(run, runBytes));
    run = [];
    runBytes = 0;
  };
  socket.cork();
  for (const piece of pieces) {
    if (runBytes + piece.length > COPY_BYTES) writeRun();
    run.push(piece);
    runBytes += piece.length;
  }
  writeRun();
  socket.uncork();
}

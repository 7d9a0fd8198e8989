// Cuts the bytes of a connection into HTTP/2 frames.
import {
  CODE,
  FRAME_HEADER_BYTES,
  Http2Error,
  MAX_FRAME_BYTES,
  MAX_WINDOW,
  PREFACE,
} from './frames.ts';

/** Takes a connection's bytes as they come. */
export interface FrameReader {
  /** @throws Http2Error when they are no HTTP/2, and what `onFrame` throws; nothing may follow then */
  push: (chunk: Buffer) => void;
}

/** @param onFrame - gets each frame; its payload is a part of what came */
export function createFrameReader(
  onFrame: (type: number, flags: number, stream: number, payload: Buffer) => void,
): FrameReader {
  let prefaceLeft = PREFACE.length;
  let rest: Buffer | undefined;

  function skipPreface(bytes: Buffer): number {
    const from = PREFACE.length - prefaceLeft;
    const piece = Math.min(prefaceLeft, bytes.length);
    if (!bytes.subarray(0, piece).equals(PREFACE.subarray(from, from + piece)))
      throw new Http2Error(CODE.PROTOCOL_ERROR, 'no HTTP/2 preface');
    prefaceLeft -= piece;
    return piece;
  }

  return {
    push: (chunk) => {
      const bytes = rest ? Buffer.concat([rest, chunk]) : chunk;
      let at = prefaceLeft > 0 ? skipPreface(bytes) : 0;
      while (bytes.length - at >= FRAME_HEADER_BYTES) {
        const length = bytes.readUIntBE(at, 3);
        if (length > MAX_FRAME_BYTES) throw new Http2Error(CODE.FRAME_SIZE_ERROR, 'too large');
        const from = at + FRAME_HEADER_BYTES;
        const to = from + length;
        if (to > bytes.length) break;
        const stream = bytes.readUInt32BE(at + 5) & MAX_WINDOW;
        onFrame(bytes[at + 3] ?? 0, bytes[at + 4] ?? 0, stream, bytes.subarray(from, to));
        at = to;
      }
      rest = at < bytes.length ? bytes.subarray(at) : undefined;
    },
  };
}

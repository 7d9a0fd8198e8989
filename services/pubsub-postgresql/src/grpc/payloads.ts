// What a frame's payload may look like (RFC 9113, sections 5.3 and 6), whatever stream it is for.
import { CODE, FLAG, Http2Error, MAX_WINDOW } from './frames.ts';

/** @throws Http2Error when the payload is not of the only size it can have */
export function checkSize(payload: Buffer, bytes: number): void {
  if (payload.length !== bytes)
    throw new Http2Error(CODE.FRAME_SIZE_ERROR, 'a frame of the wrong size');
}

/** RFC 9113, section 5.3.1. @throws Http2Error */
export function checkPriority(id: number, payload: Buffer): void {
  if (id === 0) throw new Http2Error(CODE.PROTOCOL_ERROR, 'priority of the connection');
  if (payload.length < 5) throw new Http2Error(CODE.FRAME_SIZE_ERROR, 'priority');
  if ((payload.readUInt32BE(0) & MAX_WINDOW) === id)
    throw new Http2Error(CODE.PROTOCOL_ERROR, 'a stream depends on itself', id);
}

/** A payload without its padding: RFC 9113, section 6.1. @throws Http2Error */
export function unpadded(flags: number, payload: Buffer): Buffer {
  if ((flags & FLAG.PADDED) === 0) return payload;
  const padding = payload[0] ?? Infinity;
  if (padding >= payload.length)
    throw new Http2Error(CODE.PROTOCOL_ERROR, 'more padding than payload');
  return payload.subarray(1, payload.length - padding);
}

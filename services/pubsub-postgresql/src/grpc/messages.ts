// gRPC's frames in a stream's bytes: one byte that says whether the message is compressed, four with its length, the message.
// https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md
import { STATUS, StatusError } from './status.ts';

const PREFIX_BYTES = 5;

/** Room for the prefix before a message that is encoded behind it. */
export const MESSAGE_PREFIX_BYTES = PREFIX_BYTES;

/** Writes the prefix into the first bytes of a buffer whose rest is the message. */
export function withPrefix(framed: Buffer): Buffer {
  framed[0] = 0;
  framed.writeUInt32BE(framed.length - PREFIX_BYTES, 1);
  return framed;
}

/**
 * Cuts a stream of bytes into messages.
 * @param maxBytes - larger messages are refused before they are read
 * @param onMessage - gets each message; its bytes may be part of a larger buffer
 * @returns takes the stream's bytes. It throws StatusError for what can't be read; nothing may follow then
 */
export function createMessageReader(
  maxBytes: number,
  onMessage: (message: Buffer) => void,
): { push: (bytes: Buffer) => void; isBetweenMessages: () => boolean } {
  let partialPrefix: Buffer | undefined;
  let message: Buffer | undefined;
  let filled = 0;

  function lengthOf(bytes: Buffer, at: number): number {
    if (bytes[at] !== 0)
      throw new StatusError(STATUS.UNIMPLEMENTED, 'compressed messages are not supported');
    const length = bytes.readUInt32BE(at + 1);
    if (length > maxBytes) {
      throw new StatusError(
        STATUS.RESOURCE_EXHAUSTED,
        `a message of ${length} bytes: ${maxBytes} are the most`,
      );
    }
    return length;
  }

  function push(chunk: Buffer): void {
    let bytes = chunk;
    if (partialPrefix) {
      bytes = Buffer.concat([partialPrefix, chunk]);
      partialPrefix = undefined;
    }
    let at = 0;
    while (at < bytes.length) {
      if (message) {
        const copied = bytes.copy(message, filled, at);
        filled += copied;
        at += copied;
        if (filled < message.length) return;
        const whole = message;
        message = undefined;
        onMessage(whole);
        continue;
      }
      if (bytes.length - at < PREFIX_BYTES) {
        partialPrefix = bytes.subarray(at);
        return;
      }
      const length = lengthOf(bytes, at);
      at += PREFIX_BYTES;
      if (bytes.length - at >= length) {
        const end = at + length;
        const whole = bytes.subarray(at, end);
        at = end;
        onMessage(whole);
      } else {
        message = Buffer.allocUnsafeSlow(length);
        filled = 0;
      }
    }
  }

  return { push, isBetweenMessages: () => !message && !partialPrefix };
}

// The end of an archive that is not encrypted: a skippable frame (RFC 8878, 3.1.2) with the SHA-256 of all bytes before it. The
// program `zstd` passes over it. The format's own checksum is not enough: a decompressor gets along without the last bytes.
import { createHash } from 'node:crypto';
import { BackupError } from '../errors.ts';

/** The frame's magic number and the length of what follows, 32, in little-endian order. */
const FRAME_HEAD = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 32, 0, 0, 0]);
const FRAME_BYTES = FRAME_HEAD.length + 32;

/** Passes a stream on and ends it with the frame. */
export async function* addChecksum(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  for await (const chunk of source) {
    hash.update(chunk);
    yield chunk;
  }
  yield Buffer.concat([FRAME_HEAD, hash.digest()]);
}

/**
 * Passes on what {@link addChecksum} was given. What it yields is only known to be right when it ends without an error.
 * @throws BackupError when a byte was changed, is missing or too many
 */
export async function* verifyChecksum(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  let held: Buffer = Buffer.alloc(0);
  for await (const chunk of source) {
    const all = Buffer.concat([held, chunk]);
    const certain = all.subarray(0, Math.max(0, all.length - FRAME_BYTES));
    held = all.subarray(certain.length);
    hash.update(certain);
    if (certain.length > 0) yield certain;
  }
  if (!held.equals(Buffer.concat([FRAME_HEAD, hash.digest()])))
    throw new BackupError('The backup is damaged or was cut off: its checksum is wrong.');
}

// An animated PNG of screenshots (PNG 3rd edition, W3C 2025, section 11.3.6): the chunks of each picture, in one file.
import { crc32 } from 'node:zlib';

/** A picture and how long it is shown, ms. All have the same size. */
export interface Frame {
  readonly png: Buffer;
  readonly ms: number;
}

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** Joins pictures; it plays again and again. @throws Error without a picture, or for pictures of different kinds */
export function animated(frames: readonly Frame[]): Buffer {
  const shown = joined(frames);
  const header = chunksOf(shown[0]?.png ?? Buffer.alloc(0)).find(({ type }) => type === 'IHDR');
  if (header === undefined) throw new Error('expected at least one PNG');
  let sequence = 0;
  const body = shown.flatMap(({ png, ms }, index) => {
    const chunks = chunksOf(png);
    if (!chunks.find(({ type }) => type === 'IHDR')?.data.equals(header.data))
      throw new Error('expected pictures of one size and depth');
    const control = Buffer.alloc(26);
    control.writeUInt32BE(sequence++, 0);
    header.data.copy(control, 4, 0, 8); // width and height; no offset
    control.writeUInt16BE(ms, 20);
    control.writeUInt16BE(1_000, 22);
    const data = chunks
      .filter(({ type }) => type === 'IDAT')
      .map(({ data: pixels }) => {
        if (index === 0) return chunk('IDAT', pixels);
        const numbered = Buffer.alloc(4);
        numbered.writeUInt32BE(sequence++, 0);
        return chunk('fdAT', Buffer.concat([numbered, pixels]));
      });
    return [chunk('fcTL', control), ...data];
  });
  const animation = Buffer.alloc(8);
  animation.writeUInt32BE(shown.length, 0); // and 0 plays: again and again
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header.data),
    chunk('acTL', animation),
    ...body,
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** Pictures that are the same are one that is shown for longer. */
function joined(frames: readonly Frame[]): Frame[] {
  const found: Frame[] = [];
  for (const frame of frames) {
    const last = found.at(-1);
    if (last?.png.equals(frame.png) === true)
      found[found.length - 1] = { png: last.png, ms: Math.min(65_535, last.ms + frame.ms) };
    else found.push(frame);
  }
  return found;
}

function chunksOf(png: Buffer): { type: string; data: Buffer }[] {
  const chunks: { type: string; data: Buffer }[] = [];
  for (let at = SIGNATURE.length; at < png.length;) {
    const length = png.readUInt32BE(at);
    const type = png.toString('latin1', at + 4, at + 8);
    chunks.push({ type, data: png.subarray(at + 8, at + 8 + length) });
    at += length + 12;
  }
  return chunks;
}

function chunk(type: string, data: Buffer): Buffer {
  const whole = Buffer.alloc(data.length + 12);
  whole.writeUInt32BE(data.length, 0);
  whole.write(type, 4, 'latin1');
  data.copy(whole, 8);
  whole.writeUInt32BE(crc32(whole.subarray(4, 8 + data.length)), 8 + data.length);
  return whole;
}

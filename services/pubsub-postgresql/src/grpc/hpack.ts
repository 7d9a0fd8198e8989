// Header compression of HTTP/2 (RFC 7541): decodes all of it, and encodes literals only, which need no state.
import { decodeHuffman } from './huffman.ts';

/** RFC 7541, appendix A; the first has index 1. */
const STATIC_TABLE: readonly (readonly [string, string])[] = [
  [':authority', ''],
  [':method', 'GET'],
  [':method', 'POST'],
  [':path', '/'],
  [':path', '/index.html'],
  [':scheme', 'http'],
  [':scheme', 'https'],
  [':status', '200'],
  [':status', '204'],
  [':status', '206'],
  [':status', '304'],
  [':status', '400'],
  [':status', '404'],
  [':status', '500'],
  ['accept-charset', ''],
  ['accept-encoding', 'gzip, deflate'],
  ['accept-language', ''],
  ['accept-ranges', ''],
  ['accept', ''],
  ['access-control-allow-origin', ''],
  ['age', ''],
  ['allow', ''],
  ['authorization', ''],
  ['cache-control', ''],
  ['content-disposition', ''],
  ['content-encoding', ''],
  ['content-language', ''],
  ['content-length', ''],
  ['content-location', ''],
  ['content-range', ''],
  ['content-type', ''],
  ['cookie', ''],
  ['date', ''],
  ['etag', ''],
  ['expect', ''],
  ['expires', ''],
  ['from', ''],
  ['host', ''],
  ['if-match', ''],
  ['if-modified-since', ''],
  ['if-none-match', ''],
  ['if-range', ''],
  ['if-unmodified-since', ''],
  ['last-modified', ''],
  ['link', ''],
  ['location', ''],
  ['max-forwards', ''],
  ['proxy-authenticate', ''],
  ['proxy-authorization', ''],
  ['range', ''],
  ['referer', ''],
  ['refresh', ''],
  ['retry-after', ''],
  ['server', ''],
  ['set-cookie', ''],
  ['strict-transport-security', ''],
  ['transfer-encoding', ''],
  ['user-agent', ''],
  ['vary', ''],
  ['via', ''],
  ['www-authenticate', ''],
];
/** SETTINGS_HEADER_TABLE_SIZE that a peer may use unless told otherwise; we never say otherwise. */
const TABLE_BYTES = 4_096;
/** RFC 7541, section 4.1: what an entry costs beside its name and value. */
const ENTRY_OVERHEAD = 32;
/** All names and values of one block: one byte can name an entry of 4 KiB, so a short block can hold a large list. */
const MAX_LIST_BYTES = 64 * 1024;
const MAX_INTEGER = 2 ** 28;

/** A header block that can't be decoded. The connection can't go on: both sides' tables differ from here. */
export class HpackError extends Error {}

/** A header: name and value. */
export type Header = readonly [string, string];

/** Decodes the header blocks of one connection, in their order. @throws HpackError */
export type HpackDecoder = (block: Buffer) => Header[];

/** Makes a decoder with an empty dynamic table. */
export function createHpackDecoder(): HpackDecoder {
  const table: Header[] = []; // the newest last
  let tableBytes = 0;
  let maxTableBytes = TABLE_BYTES;

  function evict(): void {
    while (tableBytes > maxTableBytes) {
      const oldest = table.shift();
      if (!oldest) return;
      tableBytes -= sizeOf(oldest);
    }
  }

  function remember(header: Header): void {
    table.push(header);
    tableBytes += sizeOf(header);
    evict();
  }

  function entry(index: number): Header {
    const found =
      index <= STATIC_TABLE.length
        ? STATIC_TABLE[index - 1]
        : table[table.length - (index - STATIC_TABLE.length)];
    if (!found) throw new HpackError(`no header has index ${index}`);
    return found;
  }

  return (block) => {
    const headers: Header[] = [];
    const cursor = { block, at: 0 };
    let listBytes = 0;
    while (cursor.at < block.length) {
      const first = block[cursor.at] ?? 0;
      let header: Header;
      if (first >= 0x80) header = entry(integer(cursor, 7));
      else if ((first & 0xe0) === 0x20) {
        const size = integer(cursor, 5);
        if (headers.length > 0 || size > TABLE_BYTES)
          throw new HpackError('a change of the table size where none may be');
        maxTableBytes = size;
        evict();
        continue;
      } else {
        const isIndexed = (first & 0xc0) === 0x40;
        const name = integer(cursor, isIndexed ? 6 : 4);
        header = [name === 0 ? text(cursor) : entry(name)[0], text(cursor)];
        if (isIndexed) remember(header);
      }
      listBytes += sizeOf(header);
      if (listBytes > MAX_LIST_BYTES) throw new HpackError('too many headers');
      headers.push(header);
    }
    return headers;
  };
}

const sizeOf = ([name, value]: Header): number => name.length + value.length + ENTRY_OVERHEAD;

interface Cursor {
  block: Buffer;
  at: number;
}

function nextByte(cursor: Cursor): number {
  const byte = cursor.block[cursor.at++];
  if (byte === undefined) throw new HpackError('the header block ends in the middle');
  return byte;
}

/** RFC 7541, section 5.1. */
function integer(cursor: Cursor, prefixBits: number): number {
  const limit = 2 ** prefixBits - 1;
  let value = nextByte(cursor) & limit;
  if (value < limit) return value;
  for (let shift = 0; ; shift += 7) {
    const byte = nextByte(cursor);
    value += (byte & 0x7f) * 2 ** shift;
    if (value > MAX_INTEGER || shift > 28) throw new HpackError('a number is too large');
    if (byte < 0x80) return value;
  }
}

/** RFC 7541, section 5.2. */
function text(cursor: Cursor): string {
  const isHuffman = (cursor.block[cursor.at] ?? 0) >= 0x80;
  const length = integer(cursor, 7);
  const end = cursor.at + length;
  if (end > cursor.block.length) throw new HpackError('the header block ends in the middle');
  const bytes = cursor.block.subarray(cursor.at, end);
  cursor.at = end;
  const decoded = isHuffman ? decodeHuffman(bytes) : bytes.toString('latin1');
  if (decoded === undefined) throw new HpackError('a string is not Huffman code');
  return decoded;
}

/** Encodes headers as literals that nobody's table remembers. Names in lower case. */
export function encodeHeaders(headers: readonly Header[]): Buffer {
  const parts: Buffer[] = [];
  for (const [name, value] of headers) {
    parts.push(Buffer.from([0]), prefixed(name), prefixed(value));
  }
  return Buffer.concat(parts);
}

function prefixed(value: string): Buffer {
  const bytes = Buffer.from(value, 'latin1');
  const limit = 0x7f;
  const length: number[] = [];
  if (bytes.length < limit) length.push(bytes.length);
  else {
    length.push(limit);
    let rest = bytes.length - limit;
    for (; rest >= 0x80; rest >>>= 7) length.push((rest & 0x7f) | 0x80);
    length.push(rest);
  }
  return Buffer.concat([Buffer.from(length), bytes]);
}

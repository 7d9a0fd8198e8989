// Protocol Buffers' wire format (https://protobuf.dev/programming-guides/encoding), as much as the component's messages use:
// varints, and fields with a length. Unknown fields are skipped.

/** A message that can't be read. */
export class ProtobufError extends Error {}

/** A place in a message. */
export interface Cursor {
  bytes: Buffer;
  at: number;
}

const VARINT = 0;
const FIXED64 = 1;
const LENGTH = 2;
const FIXED32 = 5;

/** Calls `visit` with each field's number. `visit` reads the field, or returns false to have it skipped. */
export function readFields(bytes: Buffer, visit: (field: number, cursor: Cursor) => boolean): void {
  const cursor = { bytes, at: 0 };
  while (cursor.at < bytes.length) {
    const tag = readVarint(cursor);
    const type = tag & 7;
    const field = Math.floor(tag / 8);
    if (field === 0) throw new ProtobufError('no field has number 0');
    // All fields of our messages have a length; another type in their place is no field of ours.
    if (type !== LENGTH || !visit(field, cursor)) skip(cursor, type);
  }
}

/** The bytes of a field with a length: a part of the message's buffer. */
export function readBytes(cursor: Cursor): Buffer {
  const length = readVarint(cursor);
  const end = cursor.at + length;
  if (end > cursor.bytes.length) throw new ProtobufError('a field ends after its message');
  const part = cursor.bytes.subarray(cursor.at, end);
  cursor.at = end;
  return part;
}

/** A field of UTF-8 text. */
export function readText(cursor: Cursor): string {
  return readBytes(cursor).toString('utf8');
}

/** Adds one entry of a map<string, string>. */
export function readEntry(cursor: Cursor, map: Record<string, string>): void {
  let key = '';
  let value = '';
  readFields(readBytes(cursor), (field, inner) => {
    if (field === 1) key = readText(inner);
    else if (field === 2) value = readText(inner);
    else return false;
    return true;
  });
  if (key !== '__proto__') map[key] = value;
  else
    Object.defineProperty(map, key, {
      value,
      enumerable: true,
      configurable: true,
      writable: true,
    });
}

function readVarint(cursor: Cursor): number {
  let value = 0;
  for (let shift = 0; shift < 70; shift += 7) {
    const byte = cursor.bytes[cursor.at++];
    if (byte === undefined) throw new ProtobufError('the message ends in the middle');
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return value;
  }
  throw new ProtobufError('a number is too long');
}

function skip(cursor: Cursor, type: number): void {
  if (type === VARINT) readVarint(cursor);
  else if (type === LENGTH) readBytes(cursor);
  else if (type === FIXED64) cursor.at += 8;
  else if (type === FIXED32) cursor.at += 4;
  else throw new ProtobufError(`no field has wire type ${type}`);
  if (cursor.at > cursor.bytes.length) throw new ProtobufError('the message ends in the middle');
}

/** Bytes that a field with so many bytes of content takes; an empty one is left out. Field numbers up to 15. */
export function fieldSize(contentBytes: number): number {
  return contentBytes === 0 ? 0 : 1 + varintSize(contentBytes) + contentBytes;
}

/** Bytes of a map entry's content. */
export function entrySize(key: string, value: string): number {
  return fieldSize(Buffer.byteLength(key)) + fieldSize(Buffer.byteLength(value));
}

/** Writes a field's tag and length; its content comes next. */
export function writeTag(cursor: Cursor, field: number, contentBytes: number): void {
  cursor.bytes[cursor.at++] = (field << 3) | LENGTH;
  let rest = contentBytes;
  for (; rest >= 0x80; rest >>>= 7) cursor.bytes[cursor.at++] = (rest & 0x7f) | 0x80;
  cursor.bytes[cursor.at++] = rest;
}

/** Writes a field; an empty one is left out. */
export function writeBytes(cursor: Cursor, field: number, content: Buffer): void {
  if (content.length === 0) return;
  writeTag(cursor, field, content.length);
  cursor.at += content.copy(cursor.bytes, cursor.at);
}

/** Writes a field of text; an empty one is left out. */
export function writeText(cursor: Cursor, field: number, text: string): void {
  if (text === '') return;
  writeTag(cursor, field, Buffer.byteLength(text));
  cursor.at += cursor.bytes.write(text, cursor.at, 'utf8');
}

function varintSize(value: number): number {
  let size = 1;
  for (let rest = value; rest >= 0x80; rest >>>= 7) size++;
  return size;
}

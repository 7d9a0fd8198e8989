// HTTP/2 frames (RFC 9113): their layout, constants, and the small ones that are the same for every stream.

/** RFC 9113, section 6. */
export const FRAME = {
  DATA: 0,
  HEADERS: 1,
  PRIORITY: 2,
  RST_STREAM: 3,
  SETTINGS: 4,
  PUSH_PROMISE: 5,
  PING: 6,
  GOAWAY: 7,
  WINDOW_UPDATE: 8,
  CONTINUATION: 9,
} as const;

/** RFC 9113, section 6. */
export const FLAG = { END_STREAM: 1, ACK: 1, END_HEADERS: 4, PADDED: 8, PRIORITY: 32 } as const;

/** RFC 9113, section 7. */
export const CODE = {
  NO_ERROR: 0,
  PROTOCOL_ERROR: 1,
  INTERNAL_ERROR: 2,
  FLOW_CONTROL_ERROR: 3,
  STREAM_CLOSED: 5,
  FRAME_SIZE_ERROR: 6,
  REFUSED_STREAM: 7,
  CANCEL: 8,
  COMPRESSION_ERROR: 9,
  ENHANCE_YOUR_CALM: 11,
} as const;

/** RFC 9113, section 6.5.2. */
export const SETTING = {
  ENABLE_PUSH: 2,
  MAX_CONCURRENT_STREAMS: 3,
  INITIAL_WINDOW_SIZE: 4,
  MAX_FRAME_SIZE: 5,
  MAX_HEADER_LIST_SIZE: 6,
} as const;

/** What a client sends first: RFC 9113, section 3.4. */
export const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1');
export const FRAME_HEADER_BYTES = 9;
/** The largest frame that everybody must take, and that we take. */
export const MAX_FRAME_BYTES = 16_384;
/** Windows before anybody changes them. */
export const DEFAULT_WINDOW = 65_535;
export const MAX_WINDOW = 2 ** 31 - 1;

/** A violation of the protocol. `stream`: only that one ends; undefined: the connection does. */
export class Http2Error extends Error {
  readonly code: number;
  readonly stream: number | undefined;
  constructor(code: number, message: string, stream?: number) {
    super(message);
    this.code = code;
    this.stream = stream;
  }
}

/** The nine bytes before a payload of `length` bytes. */
export function frameHeader(length: number, type: number, flags: number, stream: number): Buffer {
  const header = Buffer.allocUnsafe(FRAME_HEADER_BYTES);
  header.writeUIntBE(length, 0, 3);
  header[3] = type;
  header[4] = flags;
  header.writeUInt32BE(stream, 5);
  return header;
}

/** A whole frame. */
export function frame(type: number, flags: number, stream: number, payload: Buffer): Buffer {
  return Buffer.concat([frameHeader(payload.length, type, flags, stream), payload]);
}

/** SETTINGS with these values. */
export function settingsFrame(settings: Partial<Record<number, number>>): Buffer {
  const entries = Object.entries(settings);
  const payload = Buffer.alloc(entries.length * 6);
  entries.forEach(([id, value], index) => {
    payload.writeUInt16BE(Number(id), index * 6);
    payload.writeUInt32BE(value ?? 0, index * 6 + 2);
  });
  return frame(FRAME.SETTINGS, 0, 0, payload);
}

/** WINDOW_UPDATE: so many more bytes may come. */
export function windowUpdateFrame(stream: number, bytes: number): Buffer {
  return frame(FRAME.WINDOW_UPDATE, 0, stream, uint32(bytes));
}

/** RST_STREAM. */
export function resetFrame(stream: number, code: number): Buffer {
  return frame(FRAME.RST_STREAM, 0, stream, uint32(code));
}

/** GOAWAY: streams after `lastStream` were not begun. */
export function goAwayFrame(lastStream: number, code: number, why = ''): Buffer {
  return frame(
    FRAME.GOAWAY,
    0,
    0,
    Buffer.concat([uint32(lastStream), uint32(code), Buffer.from(why)]),
  );
}

function uint32(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

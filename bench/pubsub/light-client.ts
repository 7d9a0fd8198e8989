// A gRPC client that costs next to nothing, so that a benchmark of the component measures the component: @grpc/grpc-js takes
// more time for a message than what is measured. Speaks to either server; every window it has to respect, it does.
import { connect, type Socket } from 'node:net';
import {
  DEFAULT_WINDOW,
  FLAG,
  FRAME,
  frame,
  FRAME_HEADER_BYTES,
  MAX_FRAME_BYTES,
  PREFACE,
  SETTING,
  settingsFrame,
  windowUpdateFrame,
} from '../../services/pubsub-postgresql/src/grpc/frames.ts';
import {
  createHpackDecoder,
  encodeHeaders,
} from '../../services/pubsub-postgresql/src/grpc/hpack.ts';
import {
  createMessageReader,
  MESSAGE_PREFIX_BYTES,
  withPrefix,
} from '../../services/pubsub-postgresql/src/grpc/messages.ts';
import {
  fieldSize,
  readBytes,
  readFields,
  readText,
  writeBytes,
  writeTag,
  writeText,
} from '../../services/pubsub-postgresql/src/grpc/protobuf.ts';

const WINDOW = 16 * 1024 * 1024;
const LARGEST_MESSAGE = 16 * 1024 * 1024;
const SERVICE = '/dapr.proto.components.v1.PubSub';

/** A connection to the component for one of its instances. */
export interface LightClient {
  publish: (topic: string, data: string) => Promise<void>;
  /** Acknowledges each message after `handle`. @returns ends the subscription */
  pull: (topic: string, handle: (data: Buffer) => void) => () => void;
  close: () => void;
}

interface Call {
  message: (bytes: Buffer) => void;
  ended: (status: string, message: string) => void;
}

/** @param instance - the component's name */
export function connectLightly(path: string, instance: string): LightClient {
  const socket: Socket = connect(path);
  const calls = new Map<number, Call & { push: (bytes: Buffer) => void }>();
  const decode = createHpackDecoder();
  const headersOf = (method: string): Buffer =>
    encodeHeaders([
      [':method', 'POST'],
      [':scheme', 'http'],
      [':path', `${SERVICE}/${method}`],
      [':authority', 'localhost'],
      ['content-type', 'application/grpc'],
      ['te', 'trailers'],
      ['x-component-instance', instance],
    ]);
  const publishHeaders = headersOf('Publish');
  let nextStream = 1;
  let window = DEFAULT_WINDOW;
  let taken = 0;
  let rest: Buffer | undefined;
  let out: Buffer[] = [];
  const blocked: Buffer[] = [];

  function send(bytes: Buffer): void {
    if (out.length === 0) process.nextTick(flush);
    out.push(bytes);
  }

  function flush(): void {
    const pieces = out;
    out = [];
    socket.write(Buffer.concat(pieces));
  }

  /** Messages of a benchmark fit into one frame; the connection's window may have to open first. */
  function sendData(bytes: Buffer): void {
    const length = bytes.readUIntBE(0, 3);
    if (length > MAX_FRAME_BYTES) throw new Error(`a message of ${length} bytes is too large here`);
    if (blocked.length > 0 || length > window) blocked.push(bytes);
    else {
      window -= length;
      send(bytes);
    }
  }

  function growWindow(bytes: number): void {
    window += bytes;
    for (let next = blocked[0]; next && next.readUIntBE(0, 3) <= window; next = blocked[0]) {
      blocked.shift();
      window -= next.readUIntBE(0, 3);
      send(next);
    }
  }

  function open(headers: Buffer, call: Call): number {
    const id = nextStream;
    nextStream += 2;
    const reader = createMessageReader(LARGEST_MESSAGE, call.message);
    calls.set(id, { ...call, push: reader.push });
    send(frame(FRAME.HEADERS, FLAG.END_HEADERS, id, headers));
    return id;
  }

  function onFrame(type: number, flags: number, id: number, payload: Buffer): void {
    const call = calls.get(id);
    if (type === FRAME.DATA) {
      taken += payload.length;
      if (taken > WINDOW / 4) {
        send(windowUpdateFrame(0, taken));
        if (call) send(windowUpdateFrame(id, taken)); // of several streams: more than was taken, which harms nothing
        taken = 0;
      }
      call?.push(payload);
    } else if (type === FRAME.HEADERS) {
      const headers = decode(payload);
      if ((flags & FLAG.END_STREAM) === 0) return;
      calls.delete(id);
      const value = (name: string): string => headers.find(([own]) => own === name)?.[1] ?? '';
      call?.ended(value('grpc-status'), value('grpc-message'));
    } else if (type === FRAME.RST_STREAM) {
      calls.delete(id);
      call?.ended('reset', '');
    } else if (type === FRAME.SETTINGS && (flags & FLAG.ACK) === 0)
      send(frame(FRAME.SETTINGS, FLAG.ACK, 0, Buffer.alloc(0)));
    else if (type === FRAME.PING && (flags & FLAG.ACK) === 0)
      send(frame(FRAME.PING, FLAG.ACK, 0, payload));
    else if (type === FRAME.WINDOW_UPDATE && id === 0) growWindow(payload.readUInt32BE(0));
  }

  socket.on('data', (chunk: Buffer) => {
    const bytes = rest ? Buffer.concat([rest, chunk]) : chunk;
    let at = 0;
    while (bytes.length - at >= FRAME_HEADER_BYTES) {
      const from = at + FRAME_HEADER_BYTES;
      const to = from + bytes.readUIntBE(at, 3);
      if (to > bytes.length) break;
      onFrame(
        bytes[at + 3] ?? 0,
        bytes[at + 4] ?? 0,
        bytes.readUInt32BE(at + 5) & 0x7fffffff,
        bytes.subarray(from, to),
      );
      at = to;
    }
    rest = at < bytes.length ? bytes.subarray(at) : undefined;
  });
  socket.on('error', () => undefined); // 'close' follows
  socket.on('close', () => {
    for (const call of calls.values()) call.ended('closed', '');
    calls.clear();
  });
  send(PREFACE);
  send(settingsFrame({ [SETTING.INITIAL_WINDOW_SIZE]: WINDOW }));
  send(windowUpdateFrame(0, WINDOW - DEFAULT_WINDOW));

  return {
    publish: (topic, data) =>
      new Promise((done, failed) => {
        const id = open(publishHeaders, {
          message: () => undefined,
          ended: (status, message) => {
            if (status === '0') done();
            else failed(new Error(`publish: ${status} ${message}`));
          },
        });
        const bytes = Buffer.from(data);
        const size = fieldSize(bytes.length) + fieldSize(Buffer.byteLength(topic));
        const message = Buffer.allocUnsafe(MESSAGE_PREFIX_BYTES + size);
        const cursor = { bytes: message, at: MESSAGE_PREFIX_BYTES };
        writeBytes(cursor, 1, bytes);
        writeText(cursor, 3, topic);
        sendData(frame(FRAME.DATA, FLAG.END_STREAM, id, withPrefix(message)));
      }),
    pull: (topic, handle) => {
      const id = open(headersOf('PullMessages'), {
        ended: () => undefined,
        message: (bytes) => {
          let messageId = '';
          let data = bytes;
          readFields(bytes, (field, cursor) => {
            if (field === 1) data = readBytes(cursor);
            else if (field === 5) messageId = readText(cursor);
            else return false;
            return true;
          });
          handle(data);
          const answer = Buffer.allocUnsafe(MESSAGE_PREFIX_BYTES + fieldSize(messageId.length));
          writeText({ bytes: answer, at: MESSAGE_PREFIX_BYTES }, 2, messageId);
          sendData(frame(FRAME.DATA, 0, id, withPrefix(answer)));
        },
      });
      const content = fieldSize(Buffer.byteLength(topic));
      const first = Buffer.allocUnsafe(MESSAGE_PREFIX_BYTES + fieldSize(content));
      const cursor = { bytes: first, at: MESSAGE_PREFIX_BYTES };
      writeTag(cursor, 1, content);
      writeText(cursor, 1, topic);
      sendData(frame(FRAME.DATA, 0, id, withPrefix(first)));
      return () => {
        calls.delete(id);
        send(frame(FRAME.RST_STREAM, 0, id, Buffer.from([0, 0, 0, 8])));
      };
    },
    close: () => {
      socket.destroy();
    },
  };
}

// A gRPC server for one trusted local peer: unary and bidirectional calls over HTTP/2 on a Unix socket.
//
// Not here, because daprd uses none of it: TLS, compression, deadlines (the client resets its stream), custom metadata in
// answers. Why not @grpc/grpc-js: docs/decisions/0020.
import { createServer, type Server, type Socket } from 'node:net';
import {
  serveConnection,
  type Connection,
  type ResponseStream,
  type StreamReader,
} from './connection.ts';
import type { RequestHeaders } from './header-rules.ts';
import { encodeHeaders } from './hpack.ts';
import { createMessageReader } from './messages.ts';
import { STATUS, StatusError, type StatusCode } from './status.ts';

/** What a call's headers say beside its name; names in lower case. */
export type CallMetadata = (name: string) => string | undefined;

/** Answers one request message with one message, framed. What it rejects with becomes the status. */
export type UnaryHandler = (request: Buffer, metadata: CallMetadata) => Promise<Buffer>;

/** The answering half of a bidirectional call. */
export interface StreamCall {
  metadata: CallMetadata;
  /** Sends a framed message. */
  send: (framed: Buffer) => void;
  /** Ends the call. */
  finish: (code: StatusCode, message: string) => void;
}

/** The listening half of a bidirectional call. What `message` throws becomes the call's status. */
export interface StreamListener {
  message: (message: Buffer) => void;
  /** The client has nothing more to say. */
  end: () => void;
  /** The call is over: by us, by the client, or with the connection. Called once. */
  closed: () => void;
}

/** Opens a bidirectional call. */
export type StreamHandler = (call: StreamCall) => StreamListener;

/** A server that is not listening yet. */
export interface GrpcServer {
  listen: (path: string) => Promise<void>;
  /** Stops listening and cuts all connections. */
  forceShutdown: () => void;
}

const RESPONSE_HEADERS = encodeHeaders([
  [':status', '200'],
  ['content-type', 'application/grpc'],
]);
const NO_GRPC = encodeHeaders([[':status', '415']]);
const OK = encodeHeaders([['grpc-status', '0']]);

/**
 * @param options.unary - by path, like /package.Service/Method
 * @param options.streams - the same
 * @param options.statusOf - the status for what a handler failed with
 * @param options.maxMessageBytes - a larger request message is refused
 * @param options.pingEveryMs - keepalive; a peer silent for `pongWithinMs` after a ping is cut off
 */
export function createGrpcServer(options: {
  unary: Record<string, UnaryHandler>;
  streams: Record<string, StreamHandler>;
  statusOf: (error: unknown) => { code: StatusCode; message: string };
  maxMessageBytes: number;
  pingEveryMs: number;
  pongWithinMs: number;
}): GrpcServer {
  const unary = new Map(Object.entries(options.unary));
  const streams = new Map(Object.entries(options.streams));
  const connections = new Set<Connection>();
  const server: Server = createServer((socket: Socket) => {
    const connection = serveConnection(socket, {
      onRequest,
      pingEveryMs: options.pingEveryMs,
      pongWithinMs: options.pongWithinMs,
    });
    connections.add(connection);
    socket.on('close', () => connections.delete(connection));
  });

  function onRequest(headers: RequestHeaders, response: ResponseStream): StreamReader {
    const type = headers.get('content-type') ?? '';
    if (headers.method !== 'POST' || !type.startsWith('application/grpc')) {
      response.headers(NO_GRPC, true);
      return SILENT;
    }
    const one = unary.get(headers.path);
    if (one) return serveUnary(one, headers.get, response);
    const stream = streams.get(headers.path);
    if (stream) return serveStream(stream, headers.get, response);
    response.headers(trailersOnly(STATUS.UNIMPLEMENTED, `no method ${headers.path}`), true);
    return SILENT;
  }

  function serveUnary(
    handler: UnaryHandler,
    metadata: CallMetadata,
    response: ResponseStream,
  ): StreamReader {
    let request: Buffer | undefined;
    let isOver = false;
    const fail = (error: unknown): void => {
      isOver = true;
      const { code, message } = options.statusOf(error);
      response.headers(trailersOnly(code, message), true);
    };
    const reader = createMessageReader(options.maxMessageBytes, (message) => {
      if (request) throw new StatusError(STATUS.INTERNAL, 'more than one request message');
      request = message;
    });
    // async: what it throws at once is a rejection too
    const answer = async (message: Buffer): Promise<Buffer> => handler(message, metadata);
    return {
      data: (bytes) => {
        if (!isOver) push(reader, bytes, fail);
      },
      end: () => {
        if (isOver) return;
        if (!request || !reader.isBetweenMessages()) {
          fail(new StatusError(STATUS.INTERNAL, 'the request is not a whole message'));
          return;
        }
        answer(request).then((framed) => {
          response.headers(RESPONSE_HEADERS, false);
          response.write(framed);
          response.trailers(OK);
        }, fail);
        request = undefined;
      },
      closed: () => {
        isOver = true;
      },
    };
  }

  function serveStream(
    handler: StreamHandler,
    metadata: CallMetadata,
    response: ResponseStream,
  ): StreamReader {
    let hasHeaders = false;
    let isOver = false;
    const finish = (code: StatusCode, message: string): void => {
      if (isOver) return;
      isOver = true;
      if (hasHeaders) response.trailers(statusTrailers(code, message));
      else response.headers(trailersOnly(code, message), true);
      listener.closed();
    };
    const fail = (error: unknown): void => {
      const { code, message } = options.statusOf(error);
      finish(code, message);
    };
    const listener = handler({
      metadata,
      finish,
      send: (framed) => {
        if (isOver) return;
        if (!hasHeaders) response.headers(RESPONSE_HEADERS, false);
        hasHeaders = true;
        response.write(framed);
      },
    });
    const reader = createMessageReader(options.maxMessageBytes, listener.message);
    return {
      data: (bytes) => {
        if (!isOver) push(reader, bytes, fail);
      },
      end: () => {
        if (!isOver) listener.end();
      },
      closed: () => {
        if (isOver) return;
        isOver = true;
        listener.closed();
      },
    };
  }

  return {
    listen: (path) =>
      new Promise((done, failed) => {
        server.once('error', failed);
        server.listen(path, () => {
          server.off('error', failed);
          done();
        });
      }),
    forceShutdown: () => {
      server.close();
      for (const connection of connections) connection.close();
    },
  };
}

const SILENT: StreamReader = {
  data: () => undefined,
  end: () => undefined,
  closed: () => undefined,
};

function push(
  reader: ReturnType<typeof createMessageReader>,
  bytes: Buffer,
  onError: (error: unknown) => void,
): void {
  try {
    reader.push(bytes);
  } catch (error) {
    onError(error);
  }
}

function statusTrailers(code: StatusCode, message: string): Buffer {
  return encodeHeaders([
    ['grpc-status', String(code)],
    ['grpc-message', percentEncoded(message)],
  ]);
}

function trailersOnly(code: StatusCode, message: string): Buffer {
  return Buffer.concat([RESPONSE_HEADERS, statusTrailers(code, message)]);
}

/** As gRPC asks of grpc-message: UTF-8, and everything but printable ASCII and % escaped. A client refuses endless headers. */
function percentEncoded(message: string): string {
  return message
    .toWellFormed()
    .slice(0, 2_000)
    .toWellFormed()
    .replaceAll(/[^\u0020-\u0024\u0026-\u007e]/gu, (character) => encodeURIComponent(character));
}

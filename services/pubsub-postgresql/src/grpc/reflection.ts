// gRPC server reflection (v1 and v1alpha), the one question that daprd asks at its start: which services are there? Anything
// else is answered with an error: the descriptors are the .proto files in proto/.
import { MESSAGE_PREFIX_BYTES, withPrefix } from './messages.ts';
import { fieldSize, readFields, writeBytes, writeTag, writeText, type Cursor } from './protobuf.ts';
import type { StreamHandler } from './server.ts';
import { STATUS } from './status.ts';

const SERVICES = [
  'grpc.reflection.v1.ServerReflection',
  'grpc.reflection.v1alpha.ServerReflection',
];
/** Fields of ServerReflectionRequest and ServerReflectionResponse. */
const ASKED = { listServices: 7 };
const ANSWER = { originalRequest: 2, listServices: 6, error: 7 };

/**
 * The streams that answer for reflection itself and these services.
 * @param names - full names of services
 */
export function reflectionStreams(names: readonly string[]): Record<string, StreamHandler> {
  const all = [...names, ...SERVICES];
  const handler: StreamHandler = (call) => ({
    message: (request) => {
      call.send(isList(request) ? answer(request, all) : refusal(request));
    },
    end: () => {
      call.finish(STATUS.OK, '');
    },
    closed: () => undefined,
  });
  return Object.fromEntries(
    SERVICES.map((service) => [`/${service}/ServerReflectionInfo`, handler]),
  );
}

function isList(request: Buffer): boolean {
  let found = false;
  readFields(request, (field) => {
    found ||= field === ASKED.listServices;
    return false;
  });
  return found;
}

function answer(request: Buffer, names: readonly string[]): Buffer {
  const entries = names.map((name) =>
    message(fieldSize(name.length), (to) => {
      writeText(to, 1, name);
    }),
  );
  const list = message(
    entries.reduce((sum, entry) => sum + fieldSize(entry.length), 0),
    (to) => {
      for (const entry of entries) writeBytes(to, 1, entry);
    },
  );
  return response(request, ANSWER.listServices, list);
}

function refusal(request: Buffer): Buffer {
  const why = 'only list_services is answered';
  const error = message(2 + fieldSize(why.length), (to) => {
    to.bytes[to.at++] = 1 << 3; // error_code, a varint
    to.bytes[to.at++] = STATUS.UNIMPLEMENTED;
    writeText(to, 2, why);
  });
  return response(request, ANSWER.error, error);
}

function response(request: Buffer, field: number, content: Buffer): Buffer {
  const size = fieldSize(request.length) + fieldSize(content.length);
  const bytes = message(MESSAGE_PREFIX_BYTES + size, (to) => {
    to.at = MESSAGE_PREFIX_BYTES;
    writeBytes(to, ANSWER.originalRequest, request);
    writeTag(to, field, content.length);
    content.copy(to.bytes, to.at);
  });
  return withPrefix(bytes);
}

function message(size: number, write: (to: Cursor) => void): Buffer {
  const bytes = Buffer.alloc(size);
  write({ bytes, at: 0 });
  return bytes;
}

// The gRPC status of an answer: what daprd, and who called it, may conclude from a failure.
import { ComponentMetadataError } from './component-metadata.ts';
import { isPassing } from './database-errors.ts';
import { ProtobufError } from './grpc/protobuf.ts';
import { STATUS, StatusError, type StatusCode } from './grpc/status.ts';
import { TooMuchWaitingError } from './publisher.ts';

/** The status for any error: UNAVAILABLE says that trying again may help, INVALID_ARGUMENT that it won't. */
export function codeOf(error: unknown): StatusCode {
  if (error instanceof StatusError) return error.code;
  if (error instanceof ComponentMetadataError || error instanceof RangeError)
    return STATUS.INVALID_ARGUMENT;
  if (error instanceof ProtobufError) return STATUS.INTERNAL;
  if (error instanceof TooMuchWaitingError) return STATUS.RESOURCE_EXHAUSTED;
  return isPassing(error) ? STATUS.UNAVAILABLE : STATUS.INTERNAL;
}

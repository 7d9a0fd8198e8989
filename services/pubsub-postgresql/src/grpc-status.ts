// The gRPC status of an answer: what daprd, and who called it, may conclude from a failure.
import { status } from '@grpc/grpc-js';
import { ComponentMetadataError } from './component-metadata.ts';
import { isPassing } from './database-errors.ts';
import { TooMuchWaitingError } from './publisher.ts';

/** An answer with a gRPC status. */
export class StatusError extends Error {
  readonly code: status;
  constructor(code: status, message: string) {
    super(message);
    this.code = code;
  }
}

/** The status for any error: UNAVAILABLE says that trying again may help, INVALID_ARGUMENT that it won't. */
export function codeOf(error: unknown): status {
  if (error instanceof StatusError) return error.code;
  if (error instanceof ComponentMetadataError || error instanceof RangeError)
    return status.INVALID_ARGUMENT;
  if (error instanceof TooMuchWaitingError) return status.RESOURCE_EXHAUSTED;
  return isPassing(error) ? status.UNAVAILABLE : status.INTERNAL;
}

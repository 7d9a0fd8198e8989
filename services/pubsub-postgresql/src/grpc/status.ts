// gRPC's status codes: https://github.com/grpc/grpc/blob/master/doc/statuscodes.md.

/** Those that we answer with. */
export const STATUS = {
  OK: 0,
  CANCELLED: 1,
  INVALID_ARGUMENT: 3,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
} as const;

/** A status code. */
export type StatusCode = (typeof STATUS)[keyof typeof STATUS];

/** An answer with a gRPC status. */
export class StatusError extends Error {
  readonly code: StatusCode;
  constructor(code: StatusCode, message: string) {
    super(message);
    this.code = code;
  }
}

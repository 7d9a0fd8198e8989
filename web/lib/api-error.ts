// Why a call of the backend failed, apart from how calls are made: what waits on the device needs only this.

/** One wrong field of a request, as the backend names it. */
export interface FieldError {
  field: string;
  message: string;
  /** Of a text with a grammar: where it does not fit, in UTF-16 units. */
  start?: number;
  end?: number;
}

/** An answer that is not a success, or no answer at all (`status` 0: offline). */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly fields: readonly FieldError[];
  /** The service's name for the problem, such as `not-found`; empty where there is none. */
  readonly code: string;
  constructor(status: number, message: string, fields: readonly FieldError[] = [], code = '') {
    super(message);
    this.status = status;
    this.fields = fields;
    this.code = code;
  }
}

/** The body of an answer that is not a success (RFC 9457), as far as the page reads it. */
export interface ProblemAnswer {
  status: number;
  /** Names the problem; ours end in a code. */
  type?: string;
  title?: string;
  detail?: string;
  errors?: readonly FieldError[];
}

/** The error that a problem is. */
export function problemFrom({ status, type, title, detail, errors }: ProblemAnswer): ApiError {
  return new ApiError(status, detail ?? title ?? '', errors, codeOf(type));
}

/** The code in a problem's type: `urn:todo:problem:not-found` has `not-found`. */
export function codeOf(type: string | undefined): string {
  return type?.split(':').at(-1) ?? '';
}

// Why a call of the backend failed, apart from how calls are made: what waits on the device needs only this.

/** One wrong field of a request, as the backend names it. */
export interface FieldError {
  field: string;
  message: string;
}

/** An answer that is not a success, or no answer at all (`status` 0: offline). */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly fields: readonly FieldError[];
  constructor(status: number, message: string, fields: readonly FieldError[] = []) {
    super(message);
    this.status = status;
    this.fields = fields;
  }
}

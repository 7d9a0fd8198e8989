// Every error a caller sees has one shape: RFC 9457 problem+json, naming the fields that were wrong.
import type { z } from 'zod';

/** One wrong field: where it is (`reminders.0.at`) and what was expected. */
export interface FieldError {
  readonly field: string;
  readonly message: string;
  /** Of a text with a grammar: where it does not fit, in UTF-16 units from 0, `end` behind the last. */
  readonly start?: number;
  readonly end?: number;
}

/** The body of an error answer. */
export interface ProblemBody {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  readonly errors?: readonly FieldError[];
  readonly traceId?: string;
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Not signed in',
  403: 'Not allowed',
  404: 'Not found',
  408: 'Request timeout',
  409: 'Conflict',
  412: 'Precondition failed',
  413: 'Content too large',
  414: 'Path too long',
  415: 'Unsupported content type',
  421: 'Misdirected request',
  422: 'Change not possible',
  428: 'Precondition required',
  429: 'Too many requests',
  431: 'Headers too large',
  500: 'Internal error',
  502: 'Bad gateway',
  503: 'Temporarily unavailable',
};

/** An error that a caller may see. Domain code throws it; the server turns it into an answer. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;
  /** Short machine-readable name, the last part of the `type` URI. */
  readonly code: string;
  readonly fields: readonly FieldError[];
  /** Extra headers of the answer, such as `retry-after`. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: string,
    detail: string,
    more: {
      fields?: readonly FieldError[];
      headers?: Record<string, string>;
      cause?: unknown;
    } = {},
  ) {
    super(detail, more.cause === undefined ? {} : { cause: more.cause });
    this.status = status;
    this.code = code;
    this.fields = more.fields ?? [];
    this.headers = more.headers ?? {};
  }
}

/** The same 404 for what never existed and what belongs to somebody else. */
export function notFound(what: string): Problem {
  return new Problem(404, 'not-found', `There is no such ${what}. Check its id.`);
}

/** A 400 that names the wrong fields. */
export function invalidInput(fields: readonly FieldError[]): Problem {
  const names = fields.map((error) => error.field).join(', ');
  return new Problem(400, 'invalid-input', `Check these fields: ${names}.`, { fields });
}

/** The database or another part that we need can't be reached now; the caller may try again. */
export function unavailable(detail: string, cause?: unknown): Problem {
  return new Problem(503, 'unavailable', detail, { headers: { 'retry-after': '2' }, cause });
}

/** zod's issues as field errors; an issue of the whole body is named `(body)`. */
export function fieldErrors(error: z.core.$ZodError): FieldError[] {
  return error.issues.map((issue) => ({
    field:
      issue.code === 'unrecognized_keys'
        ? [...issue.path, issue.keys[0] ?? ''].join('.')
        : issue.path.join('.') || '(body)',
    message: issue.code === 'unrecognized_keys' ? 'unknown field' : issue.message,
  }));
}

const TYPE_PREFIX = 'urn:todo:problem:';

/**
 * Whether the body of an error answer is a problem of one of this system's services. A 404 that is none comes from whatever
 * else stands at the address now: a sidecar, a gateway without a backend.
 */
export function isOwnProblem(body: string): boolean {
  try {
    return ((JSON.parse(body) as Partial<ProblemBody> | null)?.type ?? '').startsWith(TYPE_PREFIX);
  } catch {
    return false;
  }
}

/** A problem as the body of an answer. */
export function problemBody(problem: Problem, traceId?: string): ProblemBody {
  return {
    type: `${TYPE_PREFIX}${problem.code}`,
    title: TITLES[problem.status] ?? 'Error',
    status: problem.status,
    detail: problem.message,
    ...(problem.fields.length > 0 ? { errors: problem.fields } : {}),
    ...(traceId ? { traceId } : {}),
  };
}

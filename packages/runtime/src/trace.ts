// W3C trace context carried through a request, the outbox row it writes and the deliveries that follow,
// so that one id finds a task's whole story in the logs of five processes. https://www.w3.org/TR/trace-context/
//
// Spans are recorded only where an operator asks for them (telemetry.ts). Without that, starting one costs a look at a
// variable, and an incoming `traceparent` is passed on as it came.
import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';

/** Where this work belongs: the trace, and the `traceparent` to hand on. */
export interface Trace {
  /** 32 lower-case hex digits. */
  readonly traceId: string;
  /** The header's whole value. */
  readonly traceparent: string;
}

/** Values of a span's attributes; names by OpenTelemetry's semantic conventions. Never what a person wrote. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** How a span begins. */
export interface SpanStart {
  /** Of few different values: a route's pattern, a topic, a table. */
  readonly name: string;
  /** https://opentelemetry.io/docs/specs/otel/trace/api/#spankind */
  readonly kind: 'internal' | 'server' | 'client' | 'producer' | 'consumer';
  readonly attributes?: SpanAttributes;
  /** `traceparent` of other work that this continues. */
  readonly links?: readonly string[];
}

/** Work under way: its place in the trace, and what is recorded of it. Setting anything on an unrecorded one does nothing. */
export interface Span extends Trace {
  readonly set: (attributes: SpanAttributes) => void;
  readonly rename: (name: string) => void;
  /** Marks it as failed, by the kind of error: messages may quote what a person wrote. */
  readonly fail: (error: unknown) => void;
  readonly end: () => void;
}

/** Makes recorded spans. @param parent undefined: the span begins a trace */
export type StartSpan = (start: SpanStart, parent: Trace | undefined) => Span;

// On the process and not in this module: Next bundles the start of the server and its pages apart.
const shared = ((globalThis as unknown as { todoTrace?: Shared }).todoTrace ??= {
  storage: new AsyncLocalStorage<Trace>(),
  record: undefined,
});
interface Shared {
  readonly storage: AsyncLocalStorage<Trace>;
  record: StartSpan | undefined;
}

const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/** Records spans from now on, or no more. */
export function recordSpans(record: StartSpan | undefined): void {
  shared.record = record;
}

/** Whether spans are recorded in this process. */
export function isRecording(): boolean {
  return shared.record !== undefined;
}

/**
 * Continues the trace of a `traceparent` value, or begins a new one when there is none or it is malformed.
 * @param traceparent a header's or an event attribute's value.
 */
export function continueTrace(traceparent?: string): Trace {
  const traceId = isTraceparent(traceparent) ? TRACEPARENT.exec(traceparent)?.[1] : undefined;
  if (traceparent !== undefined && traceId !== undefined) return { traceId, traceparent };
  const fresh = randomBytes(24).toString('hex');
  return {
    traceId: fresh.slice(0, 32),
    traceparent: `00-${fresh.slice(0, 32)}-${fresh.slice(32)}-01`,
  };
}

/** True for a well-formed `traceparent` with a trace id: not for empty text, which a sidecar that samples nothing writes. */
export function isTraceparent(value: unknown): value is string {
  const id = typeof value === 'string' ? TRACEPARENT.exec(value)?.[1] : undefined;
  return id !== undefined && !/^0+$/.test(id);
}

/** The trace of the work under way, if any. */
export function currentTrace(): Trace | undefined {
  return shared.storage.getStore();
}

/** Runs `work` inside a trace. */
export function withTrace<T>(trace: Trace, work: () => T): T {
  return shared.storage.run(trace, work);
}

/** Runs `work` outside of any trace: what serves everybody is not part of the request that woke it. */
export function withoutTrace<T>(work: () => T): T {
  return shared.storage.exit(work);
}

/** Puts the rest of the current asynchronous context inside a trace (for fastify's hooks). */
export function enterTrace(trace: Trace): void {
  shared.storage.enterWith(trace);
}

/**
 * Starts a span that continues the trace of a `traceparent` value, or begins a trace. It does not become the current one: see
 * {@link withTrace} and {@link enterTrace}. The caller ends it.
 */
export function startSpan(start: SpanStart, traceparent?: string): Span {
  const parent = isTraceparent(traceparent) ? continueTrace(traceparent) : undefined;
  return shared.record?.(start, parent) ?? unrecorded(parent ?? continueTrace());
}

/**
 * Runs `work` in a span of the current trace; a rejection marks it as failed. Without recording, or outside of a trace, it just
 * runs `work`: what a process does by itself names its own beginning with {@link inNewTrace}.
 */
export async function inSpan<T>(start: SpanStart, work: (span: Span) => Promise<T>): Promise<T> {
  const parent = currentTrace();
  if (parent === undefined || shared.record === undefined)
    return await work(unrecorded(parent ?? NOWHERE));
  return await runSpan(shared.record(start, parent), work);
}

/** Runs `work` in a span that continues the trace of a `traceparent` value, or begins a trace. */
export async function inNewTrace<T>(
  start: SpanStart,
  traceparent: string | undefined,
  work: (span: Span) => Promise<T>,
): Promise<T> {
  return await runSpan(startSpan(start, traceparent), work);
}

async function runSpan<T>(span: Span, work: (span: Span) => Promise<T>): Promise<T> {
  try {
    return await withTrace(span, () => work(span));
  } catch (error) {
    span.fail(error);
    throw error;
  } finally {
    span.end();
  }
}

/** Where work outside of any trace is, when nobody records it. */
const NOWHERE: Trace = { traceId: '0'.repeat(32), traceparent: '' };

function unrecorded({ traceId, traceparent }: Trace): Span {
  return { traceId, traceparent, set: nothing, rename: nothing, fail: nothing, end: nothing };
}

function nothing(): void {
  // not recorded
}

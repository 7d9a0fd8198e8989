// W3C trace context carried through a request, the outbox row it writes and the deliveries that follow,
// so that one id finds a task's whole story in the logs of five processes. https://www.w3.org/TR/trace-context/
import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';

/** Where this work belongs: the trace, and the `traceparent` to hand on. */
export interface Trace {
  /** 32 lower-case hex digits. */
  readonly traceId: string;
  /** The header's whole value. */
  readonly traceparent: string;
}

const storage = new AsyncLocalStorage<Trace>();
const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/**
 * Continues the trace of a `traceparent` value, or begins a new one when there is none or it is malformed.
 * @param traceparent a header's or an event attribute's value.
 */
export function continueTrace(traceparent?: string): Trace {
  const parts = isTraceparent(traceparent) ? TRACEPARENT.exec(traceparent) : undefined;
  const traceId = parts?.[1] ?? randomBytes(16).toString('hex');
  return {
    traceId,
    traceparent: `00-${traceId}-${randomBytes(8).toString('hex')}-${parts?.[3] ?? '01'}`,
  };
}

/** True for a well-formed `traceparent` with a trace id: not for empty text, which a sidecar that samples nothing writes. */
export function isTraceparent(value: unknown): value is string {
  const id = typeof value === 'string' ? TRACEPARENT.exec(value)?.[1] : undefined;
  return id !== undefined && !/^0+$/.test(id);
}

/** The trace of the work under way, if any. */
export function currentTrace(): Trace | undefined {
  return storage.getStore();
}

/** Runs `work` inside a trace. */
export function withTrace<T>(trace: Trace, work: () => T): T {
  return storage.run(trace, work);
}

/** Puts the rest of the current asynchronous context inside a trace (for fastify's hooks). */
export function enterTrace(trace: Trace): void {
  storage.enterWith(trace);
}

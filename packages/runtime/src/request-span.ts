// The span of an HTTP request that a service answers, by the semantic conventions for HTTP servers. Without the path and the
// query, which the conventions want too: a path that is no route of ours may hold anything, and a query holds search words.
// https://opentelemetry.io/docs/specs/semconv/http/http-spans/
import type { FastifyRequest } from 'fastify';
import { continueTrace, isRecording, startSpan } from './trace.ts';
import type { Span, Trace } from './trace.ts';

/** Methods by their own names; others are `_OTHER` in telemetry. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

const spans = new WeakMap<FastifyRequest, Span>();

/** A method as telemetry names it: anybody can send any word. */
export function methodName(method: string | undefined): string {
  return method !== undefined && METHODS.has(method) ? method : '_OTHER';
}

/**
 * The trace of a request: continued from its `traceparent`, in a span of its own where spans are recorded. Probes have none.
 * @param traceparent the header
 */
export function traceRequest(request: FastifyRequest, traceparent: string | undefined): Trace {
  if (!isRecording() || request.routeOptions.logLevel === 'silent')
    return continueTrace(traceparent);
  const method = methodName(request.method);
  const route = request.routeOptions.url;
  const span = startSpan(
    {
      name: route === undefined ? method : `${method} ${route}`,
      kind: 'server',
      attributes: { 'http.request.method': method, 'http.route': route, 'url.scheme': 'http' },
    },
    traceparent,
  );
  spans.set(request, span);
  return span;
}

/** Ends a request's span, if it has one. */
export function endRequestSpan(request: FastifyRequest, status: number): void {
  const span = spans.get(request);
  if (span === undefined) return;
  span.set({ 'http.response.status_code': status });
  if (status >= 500) span.fail(String(status));
  span.end();
}

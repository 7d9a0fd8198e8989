// The spans of what this server answers and of what it asks the backend for, by the semantic conventions for HTTP. Without paths
// and queries: they hold ids at best and search words at worst. https://opentelemetry.io/docs/specs/semconv/http/http-spans/
import type { IncomingMessage, ServerResponse } from 'node:http';
import { methodName } from '@todo/runtime/request-span';
import { currentTrace, enterTrace, inSpan, isRecording, startSpan } from '@todo/runtime/trace';

/** First part of the path → what telemetry calls all below it; files and probes are not recorded. */
const ROUTES: readonly (readonly [RegExp, string | undefined])[] = [
  [/^\/(?:_next\/|health$|readyz$|[^/]*\.[a-z]+$)/, undefined],
  [/^\/api\/v1\//, '/api/v1/*'],
  [/^\/api\/auth\//, '/api/auth/*'],
  [/^\/api\//, '/api/*'],
  [/^\/mcp$/, '/mcp'],
  [/^\/feeds\//, '/feeds/*'],
  [/^\/docs(?:\/|$)/, '/docs/*'],
];

/** What telemetry calls a path; undefined for one that is not recorded. */
function routeOf(pathname: string): string | undefined {
  const known = ROUTES.find(([pattern]) => pattern.test(pathname));
  return known === undefined ? '(page)' : known[1];
}

/** Begins the span of a request, which ends with its answer, and makes it the current one. Does nothing without recording. */
export function traceAnswer(
  request: IncomingMessage,
  response: ServerResponse,
  pathname: string,
): void {
  const route = isRecording() ? routeOf(pathname) : undefined;
  if (route === undefined) return;
  const method = methodName(request.method);
  const given = request.headers['traceparent'];
  const attributes = { 'http.request.method': method, 'http.route': route, 'url.scheme': 'http' };
  const span = startSpan(
    { name: `${method} ${route}`, kind: 'server', attributes },
    typeof given === 'string' ? given : undefined,
  );
  enterTrace(span);
  response.once('close', () => {
    span.set({ 'http.response.status_code': response.statusCode });
    if (response.statusCode >= 500) span.fail(String(response.statusCode));
    span.end();
  });
}

/** Asks the backend in a span of its own, from the request to the head of the answer. */
export function inBackendSpan(
  method: string,
  ask: () => Promise<IncomingMessage>,
): Promise<IncomingMessage> {
  const name = methodName(method);
  const attributes = { 'http.request.method': name, 'service.peer.name': 'todo-backend' };
  return inSpan({ name: `${name} todo-backend`, kind: 'client', attributes }, async (span) => {
    const answered = await ask();
    span.set({ 'http.response.status_code': answered.statusCode });
    return answered;
  });
}

/** The header that continues the current trace; none where nothing is recorded, so that the page's own is passed on. */
export function traceHeader(): { traceparent?: string } {
  const trace = currentTrace();
  return trace === undefined ? {} : { traceparent: trace.traceparent };
}

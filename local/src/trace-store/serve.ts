// The trace store over HTTP on loopback: takes OTLP at /v1/traces, shows pages to a browser and JSON to programs.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { spansOf } from './otlp-spans.ts';
import { listPage, messagePage, tracePage } from './pages.ts';
import { createTraceStore, type TraceStore } from './trace-store.ts';

/** Largest request, bytes: exporters send 512 spans at once. */
const MAX_BYTES = 16 * 1024 * 1024;
const SHOWN = 100;
/** No script, and styles of the page's own only. */
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'";

/**
 * Serves a store on 127.0.0.1.
 * @param port 0 takes any free one
 */
export async function serveTraceStore(
  port: number,
  store: TraceStore = createTraceStore(),
): Promise<Server> {
  const server = createServer((request, response) => {
    answer(request, response, store).catch((error: unknown) => {
      send(response, 400, 'text/plain', `The request could not be read: ${String(error)}\n`);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return server;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  store: TraceStore,
): Promise<void> {
  // a page elsewhere whose name was made to resolve to this machine
  if (!/^(?:localhost|127\.0\.0\.1)(?::\d+)?$/.test(request.headers.host ?? '')) {
    send(response, 421, 'text/plain', 'Ask for localhost or 127.0.0.1.\n');
    return;
  }
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  if (request.method === 'POST') {
    await take(request, response, pathname, store);
    return;
  }
  const service = searchParams.get('service') ?? undefined;
  const order = searchParams.get('order') === 'slowest' ? 'slowest' : 'newest';
  const query = { ...(service !== undefined && { service }), order } as const;
  const [, kind, traceId = ''] = /^\/(api\/)?traces?\/([0-9a-f]{32})$/.exec(pathname) ?? [];
  const spans = traceId === '' ? undefined : store.trace(traceId);
  if (pathname === '/readyz') send(response, 200, 'application/json', '{"status":"ready"}');
  else if (pathname === '/')
    send(
      response,
      200,
      'text/html',
      listPage(store.list({ ...query, limit: SHOWN }), store.services(), query),
    );
  else if (pathname === '/api/traces')
    send(response, 200, 'application/json', JSON.stringify(store.list({ ...query, limit: SHOWN })));
  else if (spans !== undefined && kind !== undefined)
    send(response, 200, 'application/json', JSON.stringify(spans));
  else if (spans !== undefined) send(response, 200, 'text/html', tracePage(traceId, spans));
  else if (traceId !== '')
    send(
      response,
      404,
      'text/html',
      messagePage('No span of this trace has arrived. Sidecars send theirs after up to 5 s.'),
    );
  else send(response, 404, 'text/html', messagePage('There is no such page.'));
}

async function take(
  request: IncomingMessage,
  response: ServerResponse,
  pathname: string,
  store: TraceStore,
): Promise<void> {
  const type = request.headers['content-type'] ?? '';
  // text/plain is what a page elsewhere could send without being asked
  if (pathname !== '/v1/traces' || !/^application\/(?:json|x-protobuf)/.test(type)) {
    request.resume();
    send(
      response,
      pathname === '/v1/traces' ? 415 : 404,
      'text/plain',
      'POST OTLP to /v1/traces.\n',
    );
    return;
  }
  if (Number(request.headers['content-length'] ?? 0) > MAX_BYTES) {
    request.resume();
    send(response, 413, 'text/plain', `Send at most ${MAX_BYTES} bytes.\n`);
    return;
  }
  const body = await buffer(request);
  const plain =
    request.headers['content-encoding'] === 'gzip'
      ? gunzipSync(body, { maxOutputLength: MAX_BYTES })
      : body;
  store.add(spansOf(plain, type));
  if (type.startsWith('application/json')) send(response, 200, 'application/json', '{}');
  else send(response, 200, 'application/x-protobuf', '');
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  const text = type.startsWith('text/') ? `${type}; charset=utf-8` : type;
  response.writeHead(status, {
    'content-type': text,
    'content-security-policy': POLICY,
    'x-content-type-options': 'nosniff',
  });
  response.end(body);
}

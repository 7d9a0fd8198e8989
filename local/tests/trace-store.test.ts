// The trace store of `--observe`: what exporters send is shown, bounded, and what a span holds is text and never markup.
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { hasOwnTelemetry } from '../src/parts/trace-store.ts';
import { spansOf } from '../src/trace-store/otlp-spans.ts';
import { serveTraceStore } from '../src/trace-store/serve.ts';
import { createTraceStore } from '../src/trace-store/trace-store.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const JSON_TYPE = { 'content-type': 'application/json' };
let server: Server;
let url: string;
beforeEach(async () => {
  server = await serveTraceStore(0, createTraceStore(50, 20));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});
const id = (n: number): string => n.toString(16).padStart(16, '0');
const span = (n: number, more: object = {}) => ({
  traceId: TRACE,
  spanId: id(n),
  ...(n > 1 && { parentSpanId: id(n - 1) }),
  name: `span ${n}`,
  kind: 2,
  startTimeUnixNano: String(1_800_000_000_000_000_000n + BigInt(n) * 1_000_000n),
  endTimeUnixNano: String(1_800_000_000_000_000_000n + BigInt(n) * 1_000_000n + 2_500_000_000n),
  ...more,
});
const body = (spans: object[], service = 'todo-backend'): string =>
  JSON.stringify({
    resourceSpans: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: service } }] },
        scopeSpans: [{ spans }],
      },
    ],
  });
const post = (content: string | Buffer, headers: Record<string, string> = JSON_TYPE) =>
  fetch(`${url}/v1/traces`, { method: 'POST', headers, body: content });
const page = async (path: string): Promise<string> => await (await fetch(url + path)).text();
const list = async (query = ''): Promise<{ traceId: string; ms: number }[]> =>
  (await (await fetch(`${url}/api/traces${query}`)).json()) as { traceId: string; ms: number }[];

describe('what is sent', () => {
  test('is listed and shown, each span below its parent', async () => {
    expect((await post(body([span(2), span(1)]))).status).toBe(200);
    expect((await post(body([span(3)], 'todo-backend-daprd'))).status).toBe(200);
    expect(await list()).toMatchObject([
      {
        ...{ traceId: TRACE, name: 'span 1', service: 'todo-backend', spans: 3, failed: false },
        services: ['todo-backend', 'todo-backend-daprd'],
      },
    ]);
    const shown = await page(`/trace/${TRACE}`);
    const at = ['span 1', 'span 2', 'span 3'].map((name) => shown.indexOf(name));
    expect(at).toEqual([...at].sort((a, b) => a - b));
    expect(at).not.toContain(-1);
    expect(shown).toContain('2.50 s');
    expect(await page('/')).toContain(`/trace/${TRACE}`);
  });

  test('may be gzipped', async () => {
    const answer = await post(gzipSync(body([span(1)])), {
      ...JSON_TYPE,
      'content-encoding': 'gzip',
    });
    expect(answer.status).toBe(200);
    expect(await list()).toHaveLength(1);
  });

  test('may be protobuf, as a sidecar sends it', async () => {
    // by hand, from the field numbers of opentelemetry/proto/trace/v1/trace.proto
    const field = (number: number, content: Buffer | string): Buffer =>
      Buffer.concat([Buffer.from([(number << 3) | 2, content.length]), Buffer.from(content)]);
    const fixed = (number: number, value: bigint): Buffer => {
      const bytes = Buffer.alloc(9);
      bytes[0] = (number << 3) | 1;
      bytes.writeBigUInt64LE(value, 1);
      return bytes;
    };
    const keyValue = (key: string, value: string): Buffer =>
      Buffer.concat([field(1, key), field(2, field(1, value))]);
    const wire = Buffer.concat([
      field(1, Buffer.from(TRACE, 'hex')),
      field(2, Buffer.from(id(7), 'hex')),
      field(4, Buffer.from(id(6), 'hex')),
      field(5, 'CallLocal/x'),
      Buffer.from([6 << 3, 3]),
      fixed(7, 1_800_000_000_000_000_000n),
      fixed(8, 1_800_000_000_250_000_000n),
      field(9, keyValue('rpc.system', 'grpc')),
      field(15, Buffer.from([3 << 3, 2])),
    ]);
    const sent = field(
      1,
      Buffer.concat([field(1, field(1, keyValue('service.name', 'd'))), field(2, field(2, wire))]),
    );
    expect(spansOf(sent, 'application/x-protobuf')).toEqual([
      {
        ...{ traceId: TRACE, spanId: id(7), parentSpanId: id(6), service: 'd' },
        ...{
          name: 'CallLocal/x',
          kind: 'client',
          start: 1_800_000_000_000,
          end: 1_800_000_000_250,
        },
        ...{ failed: true, attributes: [['rpc.system', 'grpc']], links: [] },
      },
    ]);
    expect((await post(sent, { 'content-type': 'application/x-protobuf' })).status).toBe(200);
    expect(await page(`/trace/${TRACE}`)).toContain('CallLocal/x');
  });

  test('is kept up to a number of traces and of spans, the newest', async () => {
    for (let n = 1; n <= 80; n += 1)
      await post(body([span(1, { traceId: n.toString(16).padStart(32, '0') })]));
    const kept = await list();
    expect(kept).toHaveLength(50);
    expect(kept.map(({ traceId }) => parseInt(traceId, 16)).sort((a, b) => a - b)[0]).toBe(31);
    await post(body(Array.from({ length: 100 }, (_, n) => span(n + 1))));
    expect(await (await fetch(`${url}/api/trace/${TRACE}`)).json()).toHaveLength(20);
  });

  test.each([
    ['nonsense', 'no json', JSON_TYPE, 400],
    ['a form', 'x=1', { 'content-type': 'text/plain' }, 415],
    ['broken protobuf', 'zzzz', { 'content-type': 'application/x-protobuf' }, 400],
  ])('is refused when it is %s', async (_what, content, headers, status) => {
    expect((await post(content, headers)).status).toBe(status);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
  });
});

describe('what is shown', () => {
  test('is text, whatever a span holds', async () => {
    const evil = `<script>alert(1)</script>"'&`;
    const attributes = [{ key: evil, value: { stringValue: evil } }];
    await post(body([span(1, { name: evil, attributes })], evil));
    for (const path of ['/', `/trace/${TRACE}`, `/?service=${encodeURIComponent(evil)}`]) {
      const shown = await page(path);
      expect(shown).not.toContain('<script');
      expect(shown).toContain('&#60;script&#62;');
    }
  });

  test('can be the slowest first, and one service’s', async () => {
    const other = '1'.repeat(32);
    await post(body([span(1), span(400)]));
    await post(body([span(500, { traceId: other, parentSpanId: '' })], 'web'));
    expect((await list('?order=slowest'))[0]?.traceId).toBe(TRACE);
    expect((await list('?order=newest'))[0]?.traceId).toBe(other);
    expect(await list('?service=web')).toMatchObject([{ traceId: other }]);
  });

  test('ends where parents go in a circle', async () => {
    await post(body([span(1, { parentSpanId: id(2) }), span(2)]));
    expect(await page(`/trace/${TRACE}`)).toContain('span 2');
  });

  test('is a word of what is missing for an unknown trace', async () => {
    const answer = await fetch(`${url}/trace/${'2'.repeat(32)}`);
    expect(answer.status).toBe(404);
    expect(await answer.text()).toContain('No span of this trace has arrived');
  });

  test('is nothing for a name that only resolves to this machine', async () => {
    const { port } = server.address() as AddressInfo;
    const answered = await new Promise<{ status: number | undefined; body: string }>(
      (done, failed) => {
        request(
          { port, host: '127.0.0.1', path: '/', headers: { host: 'evil.example' } },
          (answer) => {
            text(answer).then((content) => {
              done({ status: answer.statusCode, body: content });
            }, failed);
          },
        )
          .on('error', failed)
          .end();
      },
    );
    expect(answered.status).toBe(421);
  });
});

test.each([
  [{}, false],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318' }, true],
  [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://c:4318/v1/traces' }, true],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: '' }, false],
  [{ OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'http://c/v1/metrics' }, false],
  [{ OTEL_SDK_DISABLED: 'TRUE' }, true],
  [{ OTEL_TRACES_EXPORTER: 'none' }, true],
])('with %j the environment decides where spans go: %s', (env, decides) => {
  expect(hasOwnTelemetry(env)).toBe(decides);
});

// What an OTLP exporter really sends over HTTP, kept for a test to ask.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { logsOf, pointsOf, spansOf } from './otlp-json.ts';
import type { ExportedLog, ExportedPoint, ExportedSpan } from './otlp-json.ts';

/** A running receiver. */
export interface OtlpReceiver {
  /** For OTEL_EXPORTER_OTLP_ENDPOINT. */
  readonly url: string;
  readonly spans: readonly ExportedSpan[];
  readonly logs: readonly ExportedLog[];
  readonly points: readonly ExportedPoint[];
  /** All that came, as text, to be searched for what must not leave. */
  readonly raw: readonly string[];
  readonly close: () => Promise<void>;
}

/** Starts one on a free port of loopback. */
export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const spans: ExportedSpan[] = [];
  const logs: ExportedLog[] = [];
  const points: ExportedPoint[] = [];
  const raw: string[] = [];
  const server = createServer((request, response) => {
    text(request).then(
      (body) => {
        raw.push(body);
        const exported: unknown = JSON.parse(body);
        spans.push(...spansOf(exported));
        logs.push(...logsOf(exported));
        points.push(...pointsOf(exported));
        response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
      },
      () => response.destroy(),
    );
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    spans,
    logs,
    points,
    raw,
    close: () =>
      new Promise((closed) => {
        server.closeAllConnections();
        server.close(() => {
          closed();
        });
      }),
  };
}

// Spans out of an OTLP request, as JSON (the services) or protobuf (the sidecars). Only what the pages show is read.
// https://opentelemetry.io/docs/specs/otlp/#otlphttp
import protobuf from 'protobufjs';

/** A span as the pages show it. */
export interface StoredSpan {
  /** 32 lower-case hex digits. */
  readonly traceId: string;
  readonly spanId: string;
  /** Empty: it has none. */
  readonly parentSpanId: string;
  /** The resource's `service.name`. */
  readonly service: string;
  readonly name: string;
  readonly kind: string;
  /** ms since the epoch, with fractions. */
  readonly start: number;
  readonly end: number;
  readonly failed: boolean;
  readonly attributes: readonly (readonly [name: string, value: string])[];
  /** Trace ids of other work that it continues. */
  readonly links: readonly string[];
}

const KINDS = ['', 'internal', 'server', 'client', 'producer', 'consumer'];
/** https://opentelemetry.io/docs/specs/otel/trace/api/#set-status */
const STATUS_ERROR = 2;

/** Field numbers of opentelemetry/proto/trace/v1/trace.proto, as far as they are read. */
const PROTO = `syntax = "proto3";
message Request { repeated ResourceSpans resource_spans = 1; }
message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; }
message Resource { repeated KeyValue attributes = 1; }
message ScopeSpans { repeated Span spans = 2; }
message Span {
  bytes trace_id = 1;
  bytes span_id = 2;
  bytes parent_span_id = 4;
  string name = 5;
  int32 kind = 6;
  fixed64 start_time_unix_nano = 7;
  fixed64 end_time_unix_nano = 8;
  repeated KeyValue attributes = 9;
  repeated Link links = 13;
  Status status = 15;
}
message Link { bytes trace_id = 1; }
message Status { int32 code = 3; }
message KeyValue { string key = 1; AnyValue value = 2; }
message AnyValue { oneof value { string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4; } }`;
const request = protobuf.parse(PROTO).root.lookupType('Request');

interface KeyValue {
  key?: string;
  value?: Record<string, string | number | boolean>;
}
interface WireSpan {
  traceId?: string;
  spanId?: string;
  parentSpanId?: string;
  name?: string;
  kind?: number;
  startTimeUnixNano?: string | number;
  endTimeUnixNano?: string | number;
  attributes?: KeyValue[];
  links?: { traceId?: string }[];
  status?: { code?: number };
}
interface WireRequest {
  resourceSpans?: {
    resource?: { attributes?: KeyValue[] };
    scopeSpans?: { spans?: WireSpan[] }[];
  }[];
}

/**
 * Reads the body of `POST /v1/traces`.
 * @throws Error when it is neither
 */
export function spansOf(body: Buffer, contentType: string): StoredSpan[] {
  const isProtobuf = contentType.startsWith('application/x-protobuf');
  const message = isProtobuf
    ? ofProtobuf(body)
    : (JSON.parse(body.toString('utf8')) as WireRequest);
  const id = (value: string | undefined): string =>
    isProtobuf ? Buffer.from(value ?? '', 'base64').toString('hex') : (value ?? '').toLowerCase();
  return (message.resourceSpans ?? []).flatMap(({ resource, scopeSpans = [] }) => {
    const service =
      attributesOf(resource?.attributes).find(([name]) => name === 'service.name')?.[1] ?? '?';
    return scopeSpans.flatMap(({ spans = [] }) =>
      spans.map((span) => ({
        traceId: id(span.traceId),
        spanId: id(span.spanId),
        parentSpanId: id(span.parentSpanId),
        service,
        name: span.name ?? '',
        kind: KINDS[span.kind ?? 0] ?? '',
        start: milliseconds(span.startTimeUnixNano),
        end: milliseconds(span.endTimeUnixNano),
        failed: span.status?.code === STATUS_ERROR,
        attributes: attributesOf(span.attributes),
        links: (span.links ?? []).map((link) => id(link.traceId)),
      })),
    );
  });
}

/** As the JSON form has it, but with ids in base64: protobufjs knows bytes, and not that these are shown as hex. */
function ofProtobuf(body: Buffer): WireRequest {
  return request.toObject(request.decode(body), { bytes: String, longs: String });
}

/** Nanoseconds since the epoch are more than a number holds; microseconds are not. */
function milliseconds(nano: string | number = 0): number {
  return Number(BigInt(nano) / 1_000n) / 1_000;
}

function attributesOf(list: readonly KeyValue[] = []): (readonly [string, string])[] {
  return list.map(({ key = '', value = {} }) => [key, String(Object.values(value)[0] ?? '')]);
}

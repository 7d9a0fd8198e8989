// OTLP in its JSON form, as exporters send it and a collector's file exporter writes it, in the few words that tests ask about.
// https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
type Value = { [K in 'stringValue' | 'intValue' | 'doubleValue' | 'boolValue']?: unknown };
type Attributes = Readonly<Record<string, unknown>>;
interface KeyValue {
  key: string;
  value?: Value;
}
interface Export {
  resourceSpans?: {
    resource?: { attributes?: KeyValue[] };
    scopeSpans?: { scope?: { name?: string }; spans?: WireSpan[] }[];
  }[];
  resourceLogs?: {
    resource?: { attributes?: KeyValue[] };
    scopeLogs?: { logRecords?: WireLog[] }[];
  }[];
  resourceMetrics?: {
    resource?: { attributes?: KeyValue[] };
    scopeMetrics?: { metrics?: WireMetric[] }[];
  }[];
}
interface WireMetric {
  name: string;
  unit?: string;
  sum?: { dataPoints?: WirePoint[]; aggregationTemporality?: number; isMonotonic?: boolean };
  gauge?: { dataPoints?: WirePoint[] };
  histogram?: { dataPoints?: WirePoint[]; aggregationTemporality?: number };
}
interface WirePoint {
  attributes?: KeyValue[];
  asDouble?: number;
  asInt?: number | string;
  count?: number | string;
  sum?: number;
  bucketCounts?: (number | string)[];
  explicitBounds?: number[];
}
interface WireSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  attributes?: KeyValue[];
  links?: { traceId: string; spanId: string }[];
  status?: { code?: number };
}
interface WireLog {
  body?: Value;
  severityText?: string;
  traceId?: string;
  spanId?: string;
  attributes?: KeyValue[];
}

const KINDS = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'];
/** https://opentelemetry.io/docs/specs/otel/trace/api/#set-status */
const STATUS_ERROR = 2;

/** A span as it was exported. */
export interface ExportedSpan {
  /** The resource's `service.name`. */
  readonly service: string;
  /** The library that recorded it. */
  readonly scope: string;
  readonly traceId: string;
  readonly spanId: string;
  /** Empty: it has none. */
  readonly parentSpanId: string;
  readonly name: string;
  readonly kind: string;
  readonly attributes: Attributes;
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly failed: boolean;
}

/** A log line as it was exported. */
export interface ExportedLog {
  readonly service: string;
  readonly message: string;
  readonly level: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly attributes: Attributes;
}

/** One point of a metric as it was exported. */
export interface ExportedPoint {
  readonly service: string;
  /** The resource's `service.instance.id`. */
  readonly instance: string;
  readonly name: string;
  readonly unit: string;
  readonly kind: 'sum' | 'gauge' | 'histogram';
  readonly attributes: Attributes;
  /** Of a sum or a gauge. */
  readonly value: number | undefined;
  /** Of a histogram. Counts are of each bucket alone; the last is above every bound. */
  readonly histogram:
    | {
        readonly count: number;
        readonly sum: number;
        readonly bounds: readonly number[];
        readonly counts: readonly number[];
      }
    | undefined;
}

/** The spans of an export. */
export function spansOf(exported: unknown): ExportedSpan[] {
  return ((exported as Export).resourceSpans ?? []).flatMap(({ resource, scopeSpans = [] }) =>
    scopeSpans.flatMap(({ scope, spans = [] }) =>
      spans.map((span) => ({
        service: String(attributesOf(resource?.attributes)['service.name']),
        scope: scope?.name ?? '',
        traceId: span.traceId,
        spanId: span.spanId,
        parentSpanId: span.parentSpanId ?? '',
        name: span.name,
        kind: KINDS[span.kind] ?? String(span.kind),
        attributes: attributesOf(span.attributes),
        links: span.links ?? [],
        failed: span.status?.code === STATUS_ERROR,
      })),
    ),
  );
}

/** The log lines of an export. */
export function logsOf(exported: unknown): ExportedLog[] {
  return ((exported as Export).resourceLogs ?? []).flatMap(({ resource, scopeLogs = [] }) =>
    scopeLogs.flatMap(({ logRecords = [] }) =>
      logRecords.map((record) => ({
        service: String(attributesOf(resource?.attributes)['service.name']),
        message: String(record.body?.stringValue),
        level: record.severityText ?? '',
        traceId: record.traceId ?? '',
        spanId: record.spanId ?? '',
        attributes: attributesOf(record.attributes),
      })),
    ),
  );
}

/** The points of an export. */
export function pointsOf(exported: unknown): ExportedPoint[] {
  return ((exported as Export).resourceMetrics ?? []).flatMap(({ resource, scopeMetrics = [] }) => {
    const of = attributesOf(resource?.attributes);
    const from = {
      service: String(of['service.name']),
      instance: String(of['service.instance.id']),
    };
    return scopeMetrics.flatMap(({ metrics = [] }) =>
      metrics.flatMap((metric) => {
        const kind = metric.sum ? 'sum' : metric.gauge ? 'gauge' : 'histogram';
        return (metric[kind]?.dataPoints ?? []).map((point) => ({
          ...from,
          name: metric.name,
          unit: metric.unit ?? '',
          kind,
          attributes: attributesOf(point.attributes),
          value: kind === 'histogram' ? undefined : Number(point.asDouble ?? point.asInt),
          histogram: kind === 'histogram' ? histogramOf(point) : undefined,
        }));
      }),
    );
  });
}

function histogramOf({ count, sum, bucketCounts = [], explicitBounds = [] }: WirePoint) {
  return {
    count: Number(count),
    sum: Number(sum),
    bounds: explicitBounds,
    counts: bucketCounts.map(Number),
  };
}

/** Indented by who is whose parent: a trace that a person can read in a failed test. */
export function drawTrace(spans: readonly ExportedSpan[]): string {
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const below = (parents: readonly ExportedSpan[], depth: number): string[] =>
    parents.flatMap((span) => [
      `${'  '.repeat(depth)}${span.service}: ${span.name}${span.failed ? ' (failed)' : ''}`,
      ...below(
        spans.filter(({ parentSpanId }) => parentSpanId === span.spanId),
        depth + 1,
      ),
    ]);
  return below(
    spans.filter(({ parentSpanId }) => !ids.has(parentSpanId)),
    0,
  ).join('\n');
}

function attributesOf(list: readonly KeyValue[] = []): Attributes {
  return Object.fromEntries(list.map(({ key, value = {} }) => [key, Object.values(value)[0]]));
}

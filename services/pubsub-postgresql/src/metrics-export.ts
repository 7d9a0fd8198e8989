// The metrics by OTLP, where OpenTelemetry's standard variables ask for it: loaded only then. They are defined once, for
// prom-client; the SDK sends what it finds there (a MetricProducer, in the words of its specification), so that a series has the
// same name, labels and value as in a scrape. https://opentelemetry.io/docs/specs/otel/metrics/sdk/#metricproducer
import { randomUUID } from 'node:crypto';
import { diag, DiagLogLevel, ValueType } from '@opentelemetry/api';
import type { Attributes, HrTime } from '@opentelemetry/api';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import {
  detectResources,
  emptyResource,
  resourceAttributesEnvDetector,
  resourceFromAttributes,
  serviceNameEnvDetector,
} from '@opentelemetry/resources';
import {
  AggregationTemporality,
  DataPointType,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import type { DataPoint, Histogram, MetricData } from '@opentelemetry/sdk-metrics';
import type { Logger } from 'pino';
import type { Metrics, MetricValues } from './metrics.ts';

const NAME = 'pubsub-postgresql';
/** A failing export says so at most this often, ms. */
const COMPLAIN_EVERY_MS = 60_000;
/** What is left must be sent within this time when the process ends, ms. */
const CLOSE_WITHIN_MS = 2_000;

interface Times {
  readonly startTime: HrTime;
  readonly endTime: HrTime;
}

/**
 * Sends the metrics every so many ms. The exporter reads the rest of OTEL_EXPORTER_OTLP_*.
 * @returns sends them once more and stops; never rejects
 */
export function exportMetrics(
  metrics: Metrics,
  everyMs: number,
  timeoutMs: number,
  log: Logger,
): () => Promise<void> {
  const complain = complainTo(log);
  const startTime = hrTimeOf(Date.now());
  const producer = {
    collect: async () => {
      const times = { startTime, endTime: hrTimeOf(Date.now()) };
      const all = (await metrics.values()).flatMap((metric) => toMetric(metric, times));
      const scopeMetrics = [{ scope: { name: NAME }, metrics: all }];
      return { resourceMetrics: { resource: emptyResource(), scopeMetrics }, errors: [] };
    },
  };
  const provider = new MeterProvider({
    // Each sidecar has a component of its own, and all have one name: a backend must tell them apart.
    resource: resourceFromAttributes({ 'service.name': NAME, 'service.instance.id': randomUUID() })
      .merge(detectResources({ detectors: [resourceAttributesEnvDetector] }))
      .merge(detectResources({ detectors: [serviceNameEnvDetector] })),
    readers: [
      new PeriodicExportingMetricReader({
        exporter: new OTLPMetricExporter(),
        exportIntervalMillis: everyMs,
        exportTimeoutMillis: Math.min(timeoutMs, everyMs), // the reader refuses more
        metricProducers: [producer],
      }),
    ],
  });
  return async () => {
    const late = new Promise<void>((resolve) => {
      setTimeout(resolve, CLOSE_WITHIN_MS).unref();
    });
    await Promise.race([provider.shutdown().catch(complain), late]);
  };
}

function toMetric({ name, help, type, values }: MetricValues, times: Times): MetricData[] {
  const common = {
    descriptor: { name, description: help, unit: unitOf(name), valueType: ValueType.DOUBLE },
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
  };
  if (values.length === 0) return [];
  if (type === 'histogram')
    return [
      {
        ...common,
        dataPointType: DataPointType.HISTOGRAM,
        dataPoints: histograms(values, times),
      },
    ];
  const dataPoints = values.map(({ value, labels }) => ({
    ...times,
    value,
    attributes: attributesOf(labels),
  }));
  return type === 'counter'
    ? [{ ...common, dataPointType: DataPointType.SUM, isMonotonic: true, dataPoints }]
    : [{ ...common, dataPointType: DataPointType.GAUGE, dataPoints }];
}

/** prom-client has a value for each bound, which counts all that is not above it; OTLP has what is between two bounds. */
function histograms(values: MetricValues['values'], times: Times): DataPoint<Histogram>[] {
  const points = new Map<string, { attributes: Attributes; value: Histogram; below: number }>();
  for (const { value, labels, metricName } of values) {
    const { le, ...rest } = labels;
    const attributes = attributesOf(rest);
    const key = JSON.stringify(attributes);
    let point = points.get(key);
    if (point === undefined) {
      const buckets = { boundaries: [], counts: [] };
      point = { attributes, below: 0, value: { buckets, count: 0 } };
      points.set(key, point);
    }
    if (metricName?.endsWith('_sum')) point.value.sum = value;
    else if (metricName?.endsWith('_count')) point.value.count = value;
    else {
      if (le !== '+Inf') point.value.buckets.boundaries.push(Number(le));
      point.value.buckets.counts.push(value - point.below);
      point.below = value;
    }
  }
  return [...points.values()].map(({ attributes, value }) => ({ ...times, attributes, value }));
}

function attributesOf(labels: Readonly<Record<string, unknown>>): Attributes {
  return Object.fromEntries(Object.entries(labels).map(([key, value]) => [key, String(value)]));
}

/** UCUM's word for the unit that Prometheus has in the name. */
function unitOf(name: string): string {
  return /_seconds$/.test(name) ? 's' : /_bytes$/.test(name) ? 'By' : '';
}

function hrTimeOf(ms: number): HrTime {
  return [Math.floor(ms / 1_000), (ms % 1_000) * 1_000_000];
}

/** The SDK's own trouble, as lines of the log: a collector that is away is one fact, however many exports it costs. */
function complainTo(log: Logger): (problem: unknown) => void {
  let complainedAt = -Infinity;
  const complain = (...args: unknown[]): void => {
    const now = performance.now();
    if (now - complainedAt < COMPLAIN_EVERY_MS) return;
    complainedAt = now;
    log.warn({ problem: args.map(String).join(' ').slice(0, 500) }, 'metrics are not exported');
  };
  const quiet = (): void => undefined;
  diag.setLogger(
    { error: complain, warn: complain, info: quiet, debug: quiet, verbose: quiet },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
  return complain;
}

// The registry's numbers by OTLP. Metrics are defined once, for prom-client; OpenTelemetry's SDK sends what it finds there, which
// its specification calls a MetricProducer: https://opentelemetry.io/docs/specs/otel/metrics/sdk/#metricproducer
// So a series has the same name, labels and value in both, and a dashboard works with either.
import { ValueType } from '@opentelemetry/api';
import type { Attributes, HrTime } from '@opentelemetry/api';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { emptyResource } from '@opentelemetry/resources';
import {
  AggregationTemporality,
  DataPointType,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import type { DataPoint, Histogram, MetricData, MetricProducer } from '@opentelemetry/sdk-metrics';
import type { Registry } from 'prom-client';
import type { Logger } from './log.ts';
import type { TelemetryConfig } from './telemetry-config.ts';
import { CLOSE_WITHIN_MS, complainTo, resourceOf, SCOPE } from './telemetry-resource.ts';
import { within } from './time-limit.ts';

type PromMetric = Awaited<ReturnType<Registry['getMetricsAsJSON']>>[number];
type PromValue = PromMetric['values'][number] & { metricName?: string };

/** What all points of one export have in common. */
interface Times {
  readonly startTime: HrTime;
  readonly endTime: HrTime;
}

/**
 * Sends the registry's metrics as often as OTEL_METRIC_EXPORT_INTERVAL says, in memory: nothing is asked of the database.
 * @returns sends them once more and stops; never rejects
 */
export function exportMetrics(options: {
  readonly registry: Registry;
  /** The name without OTEL_SERVICE_NAME. */
  readonly service: string;
  readonly config: TelemetryConfig;
  readonly log: Logger;
}): () => Promise<void> {
  const { registry, service, config, log } = options;
  const complain = complainTo(log);
  const everyMs = config.OTEL_METRIC_EXPORT_INTERVAL;
  const provider = new MeterProvider({
    resource: resourceOf(service),
    readers: [
      new PeriodicExportingMetricReader({
        exporter: new OTLPMetricExporter(),
        exportIntervalMillis: everyMs,
        exportTimeoutMillis: Math.min(config.OTEL_METRIC_EXPORT_TIMEOUT, everyMs), // the reader refuses more
        metricProducers: [producerOf(registry)],
      }),
    ],
  });
  log.info({ everyMs }, 'metrics are exported');
  return async () => {
    await within(CLOSE_WITHIN_MS, provider.shutdown().catch(complain), () => undefined);
  };
}

function producerOf(registry: Registry): MetricProducer {
  const startTime = hrTimeOf(Date.now());
  return {
    collect: async () => {
      const times = { startTime, endTime: hrTimeOf(Date.now()) };
      const metrics = (await registry.getMetricsAsJSON()).flatMap((one) => toMetric(one, times));
      return {
        resourceMetrics: {
          resource: emptyResource(), // the reader takes the provider's
          scopeMetrics: [{ scope: { name: SCOPE }, metrics }],
        },
        errors: [],
      };
    },
  };
}

/** One metric; none for one without values, and for a summary, which the SDK doesn't know and nobody here uses. */
function toMetric(metric: PromMetric, times: Times): MetricData[] {
  const common = {
    descriptor: {
      name: metric.name,
      description: metric.help,
      unit: unitOf(metric.name),
      valueType: ValueType.DOUBLE,
    },
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
  };
  const values = metric.values as PromValue[];
  // prom-client's types call it an enumeration; its JSON has the word
  switch (metric.type as unknown as string) {
    case 'counter':
      return nonEmpty({
        ...common,
        dataPointType: DataPointType.SUM,
        isMonotonic: true,
        dataPoints: numbers(values, times),
      });
    case 'gauge':
      return nonEmpty({
        ...common,
        dataPointType: DataPointType.GAUGE,
        dataPoints: numbers(values, times),
      });
    case 'histogram':
      return nonEmpty({
        ...common,
        dataPointType: DataPointType.HISTOGRAM,
        dataPoints: histograms(values, times),
      });
    default:
      return [];
  }
}

function nonEmpty(metric: MetricData): MetricData[] {
  return metric.dataPoints.length > 0 ? [metric] : [];
}

/** NaN means "not measured yet" in prom-client, and JSON has no word for it. */
function numbers(values: readonly PromValue[], times: Times): DataPoint<number>[] {
  return values.flatMap(({ value, labels }) =>
    Number.isFinite(value) ? [{ ...times, value, attributes: attributesOf(labels) }] : [],
  );
}

/** prom-client has a value for each bound, which counts all that is not above it; OTLP has what is between two bounds. */
function histograms(values: readonly PromValue[], times: Times): DataPoint<Histogram>[] {
  const points = new Map<string, { attributes: Attributes; value: Histogram; below: number }>();
  for (const { value, labels, metricName } of values) {
    const { le, ...rest } = labels as Record<string, string | number>;
    const attributes = attributesOf(rest);
    const key = JSON.stringify(attributes);
    let point = points.get(key);
    if (point === undefined) {
      point = {
        attributes,
        below: 0,
        value: { buckets: { boundaries: [], counts: [] }, count: 0 },
      };
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
  return Object.fromEntries(Object.entries(labels).map(([name, value]) => [name, String(value)]));
}

/** Prometheus has the unit in the name; OTLP wants UCUM's word for it: https://ucum.org/ucum */
function unitOf(name: string): string {
  const [, unit = ''] = /_(seconds|bytes)(?:_total)?$/.exec(name) ?? [];
  return { seconds: 's', bytes: 'By' }[unit] ?? '';
}

function hrTimeOf(ms: number): HrTime {
  return [Math.floor(ms / 1_000), (ms % 1_000) * 1_000_000];
}

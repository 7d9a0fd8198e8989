// OpenTelemetry's standard variables, as far as they decide what is loaded, sampled and gathered. The exporter itself reads the
// rest of OTEL_EXPORTER_OTLP_*, and the resource OTEL_RESOURCE_ATTRIBUTES. https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
import { z } from 'zod';

const httpUrl = z.url({ protocol: /^https?$/, error: 'expected an http(s) URL' });

const SAMPLERS = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;

/** The specification: only the word true, in any case, disables it. */
const disabled = z.string().transform((text) => text.toLowerCase() === 'true');

const atLeastOne = z.coerce.number().int().min(1);

/** The specification also knows delta and lowmemory; a registry's counters only ever grow. */
const temporality = z.preprocess(
  (text) => (typeof text === 'string' ? text.toLowerCase() : text),
  z.enum(['cumulative'], { error: 'expected cumulative, the only one there is here' }),
);

const exporter = z.enum(['otlp', 'none'], { error: 'expected otlp or none' });

/** See docs/reference/telemetry.md; spread it into a process's own schema. */
export const telemetryConfig = {
  OTEL_SDK_DISABLED: disabled.default(false),
  /** Default: otlp where an endpoint is given, else none. */
  OTEL_TRACES_EXPORTER: exporter.optional(),
  OTEL_LOGS_EXPORTER: exporter.default('none'),
  /** Default: otlp where an endpoint is given, else none. Scrapes have METRICS_PORT. */
  OTEL_METRICS_EXPORTER: exporter.optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: httpUrl.optional(),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: httpUrl.optional(),
  OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: httpUrl.optional(),
  OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: httpUrl.optional(),
  OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: temporality.optional(),
  OTEL_SERVICE_NAME: z.string().min(1).optional(),
  OTEL_TRACES_SAMPLER: z
    .enum(SAMPLERS, { error: `expected one of ${SAMPLERS.join(', ')}` })
    .default('parentbased_always_on'),
  /** Share of traces, for the samplers with a ratio. */
  OTEL_TRACES_SAMPLER_ARG: z.coerce
    .number({ error: 'expected a number from 0 to 1' })
    .min(0, 'expected a number from 0 to 1')
    .max(1, 'expected a number from 0 to 1')
    .default(1),
  /** Longest time that a finished span waits, ms. */
  OTEL_BSP_SCHEDULE_DELAY: atLeastOne.default(5_000),
  /** Spans that may wait; more are dropped. */
  OTEL_BSP_MAX_QUEUE_SIZE: atLeastOne.default(2_048),
  OTEL_BSP_MAX_EXPORT_BATCH_SIZE: atLeastOne.default(512),
  /** Longest time that a log line waits, ms. */
  OTEL_BLRP_SCHEDULE_DELAY: atLeastOne.default(1_000),
  /** Between two exports of metrics, ms. */
  OTEL_METRIC_EXPORT_INTERVAL: atLeastOne.default(60_000),
  /** Longest time that one may take, ms; at most the interval. */
  OTEL_METRIC_EXPORT_TIMEOUT: atLeastOne.default(30_000),
};

/** The checked variables. */
export type TelemetryConfig = z.output<z.ZodObject<typeof telemetryConfig>>;

/** Which signals leave the process. */
export function wantedSignals(config: TelemetryConfig): {
  traces: boolean;
  logs: boolean;
  metrics: boolean;
} {
  if (config.OTEL_SDK_DISABLED) return { traces: false, logs: false, metrics: false };
  const base = config.OTEL_EXPORTER_OTLP_ENDPOINT;
  const wanted = (named: 'otlp' | 'none' | undefined, endpoint: string | undefined): boolean =>
    (named ?? (endpoint === undefined ? 'none' : 'otlp')) === 'otlp';
  return {
    traces: wanted(config.OTEL_TRACES_EXPORTER, config.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? base),
    logs: config.OTEL_LOGS_EXPORTER === 'otlp',
    metrics: wanted(
      config.OTEL_METRICS_EXPORTER,
      config.OTEL_EXPORTER_OTLP_METRICS_ENDPOINT ?? base,
    ),
  };
}

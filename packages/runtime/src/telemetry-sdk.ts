// OpenTelemetry's SDK behind the few calls that this code base makes: spans (trace.ts) and log lines (log.ts). Only this module,
// telemetry-resource.ts and metrics-export.ts import it, and they are imported only when somebody asks for telemetry.
//
// Nothing is registered globally: libraries that look for a global tracer (Next does) would record addresses with a person's
// search words in them.
import {
  ROOT_CONTEXT,
  SeverityNumber,
  SpanKind,
  SpanStatusCode,
  trace as otel,
} from '@opentelemetry/api';
import type { Attributes, Context, Link, SpanContext } from '@opentelemetry/api';
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { Sampler } from '@opentelemetry/sdk-trace';
import type { Logger } from './log.ts';
import type { TelemetryConfig } from './telemetry-config.ts';
import { CLOSE_WITHIN_MS, complainTo, resourceOf, SCOPE } from './telemetry-resource.ts';
import { currentTrace } from './trace.ts';
import type { Span, SpanAttributes, StartSpan, Trace } from './trace.ts';
import { within } from './time-limit.ts';

/** What leaves the process, in the words of trace.ts and log.ts. */
export interface Sdk {
  readonly record: StartSpan | undefined;
  readonly logLine: ((line: string) => void) | undefined;
  /** Sends what is left; never rejects. */
  readonly close: () => Promise<void>;
}

/** Starts the exporters. @param options see {@link startTelemetry} */
export function startSdk(options: {
  readonly service: string;
  readonly config: TelemetryConfig;
  readonly log: Logger;
  readonly edge?: boolean;
  readonly traces: boolean;
  readonly logs: boolean;
}): Sdk {
  const { config } = options;
  const complain = complainTo(options.log);
  const resource = resourceOf(options.service);
  const tracers = options.traces
    ? new TracerProvider({
        resource,
        sampler: samplerOf(config, options.edge ?? false),
        spanProcessors: [
          new BatchSpanProcessor({
            exporter: new OTLPTraceExporter(),
            scheduledDelayMillis: config.OTEL_BSP_SCHEDULE_DELAY,
            maxQueueSize: config.OTEL_BSP_MAX_QUEUE_SIZE,
            maxExportBatchSize: config.OTEL_BSP_MAX_EXPORT_BATCH_SIZE,
          }),
        ],
      })
    : undefined;
  const loggers = options.logs
    ? new LoggerProvider({
        resource,
        processors: [
          new BatchLogRecordProcessor({
            exporter: new OTLPLogExporter(),
            scheduledDelayMillis: config.OTEL_BLRP_SCHEDULE_DELAY,
          }),
        ],
      })
    : undefined;
  return {
    record: tracers && recorder(tracers),
    logLine: loggers && lineSender(loggers),
    close: async () => {
      const sent = Promise.all([tracers?.shutdown(), loggers?.shutdown()]).catch(complain);
      await within(CLOSE_WITHIN_MS, sent, () => undefined);
    },
  };
}

function samplerOf(config: TelemetryConfig, edge: boolean): Sampler {
  const name = config.OTEL_TRACES_SAMPLER;
  const root = name.endsWith('traceidratio')
    ? new TraceIdRatioBasedSampler(config.OTEL_TRACES_SAMPLER_ARG)
    : name.endsWith('always_off')
      ? new AlwaysOffSampler()
      : new AlwaysOnSampler();
  if (!name.startsWith('parentbased_')) return root;
  // a page's word would let anybody decide how much is stored
  return new ParentBasedSampler(
    edge ? { root, remoteParentSampled: root, remoteParentNotSampled: root } : { root },
  );
}

const KINDS = {
  internal: SpanKind.INTERNAL,
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
} as const;

/** A span of ours, with what the SDK needs to make children of it. */
interface Recorded extends Span {
  readonly context: Context;
  readonly sampled: boolean;
}

function recorder(provider: TracerProvider): StartSpan {
  const tracer = provider.getTracer(SCOPE);
  return ({ name, kind, attributes, links }, parent) => {
    if (isRecorded(parent) && !parent.sampled) return parent; // its descendants are not sampled either
    const context = parent === undefined ? ROOT_CONTEXT : contextOf(parent);
    const span = tracer.startSpan(
      name,
      {
        kind: KINDS[kind],
        ...(attributes && { attributes: defined(attributes) }),
        ...(links && { links: links.flatMap(linkTo) }),
      },
      context,
    );
    const { traceId, spanId, traceFlags } = span.spanContext();
    const recorded: Recorded = {
      traceId,
      traceparent: `00-${traceId}-${spanId}-0${traceFlags & 1}`,
      sampled: span.isRecording(),
      context: otel.setSpan(context, span),
      set: (more) => span.setAttributes(defined(more)),
      rename: (to) => span.updateName(to),
      fail: (error) => {
        span.setAttribute('error.type', kindOfError(error));
        span.setStatus({ code: SpanStatusCode.ERROR });
      },
      end: () => {
        span.end();
      },
    };
    return recorded;
  };
}

function isRecorded(trace: Trace | undefined): trace is Recorded {
  return trace !== undefined && 'context' in trace;
}

function contextOf(parent: Trace): Context {
  if (isRecorded(parent)) return parent.context;
  return otel.setSpanContext(ROOT_CONTEXT, spanContextOf(parent.traceparent));
}

function spanContextOf(traceparent: string): SpanContext {
  const [, traceId = '', spanId = '', flags = '00'] = traceparent.split('-');
  return { traceId, spanId, traceFlags: parseInt(flags, 16) & 1, isRemote: true };
}

function linkTo(traceparent: string): Link[] {
  const context = spanContextOf(traceparent);
  return context.traceId === '' ? [] : [{ context }];
}

/** Without what has no value. Almost all have one, and this runs for every span: it copies only where it must. */
function defined(attributes: SpanAttributes): Attributes {
  for (const name in attributes)
    if (attributes[name] === undefined)
      return Object.fromEntries(
        Object.entries(attributes).filter(([, value]) => value !== undefined),
      );
  return attributes;
}

/** The class or code of an error: its message may quote what a person wrote. */
function kindOfError(error: unknown): string {
  if (typeof error === 'string') return error;
  if (!(error instanceof Error)) return '_OTHER';
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : error.name;
}

const SEVERITIES: Readonly<Record<string, SeverityNumber>> = {
  trace: SeverityNumber.TRACE,
  debug: SeverityNumber.DEBUG,
  info: SeverityNumber.INFO,
  warn: SeverityNumber.WARN,
  error: SeverityNumber.ERROR,
  fatal: SeverityNumber.FATAL,
};

function lineSender(provider: LoggerProvider): (line: string) => void {
  const logger = provider.getLogger(SCOPE);
  return (line) => {
    const { level, time, msg, traceId, ...rest } = JSON.parse(line) as Record<string, unknown>;
    delete rest['service']; // the resource names it
    const current = currentTrace();
    const here = current !== undefined && current.traceId === traceId;
    logger.emit({
      timestamp: new Date(String(time)),
      severityText: String(level),
      severityNumber: SEVERITIES[String(level)] ?? SeverityNumber.UNSPECIFIED,
      body: typeof msg === 'string' ? msg : '',
      attributes: rest,
      ...(here
        ? { context: otel.setSpanContext(ROOT_CONTEXT, spanContextOf(current.traceparent)) }
        : typeof traceId === 'string' && { attributes: { ...(rest as object), traceId } }),
    });
  };
}

// Traces in memory, the newest of them: a laptop's trace store ends with the system.
import type { StoredSpan } from './otlp-spans.ts';

/** Traces that are kept; the one that was written to least recently goes first. */
const MAX_TRACES = 2_000;
/** Spans of one trace that are kept. */
const MAX_SPANS = 1_000;

/** A trace in the list. */
export interface TraceSummary {
  readonly traceId: string;
  /** Of its first span without a parent here. */
  readonly name: string;
  readonly service: string;
  /** ms since the epoch. */
  readonly start: number;
  /** From its first span's start to its last one's end, ms. */
  readonly ms: number;
  readonly spans: number;
  readonly services: readonly string[];
  readonly failed: boolean;
}

/** A store. */
export interface TraceStore {
  readonly add: (spans: readonly StoredSpan[]) => void;
  /** Its spans by their start; undefined: not known. */
  readonly trace: (traceId: string) => readonly StoredSpan[] | undefined;
  /** @param query `service`: with a span of that service; the slowest or the newest first */
  readonly list: (query: {
    readonly service?: string;
    readonly order: 'newest' | 'slowest';
    readonly limit: number;
  }) => TraceSummary[];
  /** Names of all services seen. */
  readonly services: () => string[];
}

/** Makes an empty one. */
export function createTraceStore(maxTraces = MAX_TRACES, maxSpans = MAX_SPANS): TraceStore {
  const traces = new Map<string, Map<string, StoredSpan>>();
  const summaries = (): TraceSummary[] =>
    [...traces].map(([traceId, spans]) => summaryOf(traceId, [...spans.values()]));
  return {
    add: (spans) => {
      for (const span of spans) {
        const known = traces.get(span.traceId) ?? new Map<string, StoredSpan>();
        traces.delete(span.traceId);
        traces.set(span.traceId, known);
        if (known.size < maxSpans || known.has(span.spanId)) known.set(span.spanId, span);
      }
      for (const oldest of traces.keys()) {
        if (traces.size <= maxTraces) break;
        traces.delete(oldest);
      }
    },
    trace: (traceId) => {
      const spans = traces.get(traceId);
      return spans && [...spans.values()].sort((a, b) => a.start - b.start);
    },
    list: ({ service, order, limit }) =>
      summaries()
        .filter(({ services }) => service === undefined || services.includes(service))
        .sort((a, b) => (order === 'slowest' ? b.ms - a.ms : b.start - a.start))
        .slice(0, limit),
    services: () => [...new Set(summaries().flatMap(({ services }) => services))].sort(),
  };
}

function summaryOf(traceId: string, spans: readonly StoredSpan[]): TraceSummary {
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const byStart = [...spans].sort((a, b) => a.start - b.start);
  const root = byStart.find(({ parentSpanId }) => !ids.has(parentSpanId)) ?? byStart[0];
  const start = byStart[0]?.start ?? 0;
  return {
    traceId,
    name: root?.name ?? '',
    service: root?.service ?? '',
    start,
    ms: Math.max(...spans.map(({ end }) => end)) - start,
    spans: spans.length,
    services: [...new Set(byStart.map(({ service }) => service))],
    failed: spans.some(({ failed }) => failed),
  };
}

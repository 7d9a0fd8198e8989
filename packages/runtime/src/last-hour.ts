// What this process did in the last hour, a minute at a time, for the status page: without Prometheus, without the database,
// and in some kilobytes. Percentiles are read from counts by size, each size 20 % above the one before.
import { hostname } from 'node:os';
import { onMeasured } from './measurements.ts';
import { methodName } from './request-span.ts';
import { currentTrace } from './trace.ts';
import { version } from './version.ts';
import type { StartedVersion } from './versions.ts';

/** Minutes that are kept. */
const MINUTES = 60;
const MINUTE_MS = 60_000;
const GROWTH = Math.log(1.2);
/** Slowest ones that are named. */
const NAMED = 10;

/** Answers that take as long as a person watches, files, and what nobody waits for: no latency. */
const NOT_TIMED =
  /^\/(?:health|readyz|api\/v1\/(?:live|import|export|audit\/export|chat\/.*|ops\/.*))$/;

/** One minute of a process. Percentiles are null in a minute without any. */
export interface Minute {
  /** Its start, ms since the epoch by this machine's clock. */
  readonly at: number;
  /** Answered requests that somebody waited for. */
  readonly requests: number;
  /** Those of them with a 5xx. */
  readonly failed: number;
  /** Half were faster. Absent, like the other two, in the answer of an older version. */
  readonly requestP50Ms?: number | null | undefined;
  /** 99 of 100 were faster. */
  readonly requestP99Ms: number | null;
  /** Events that had their effect here. */
  readonly events: number;
  /** From an event's time to its effect. */
  readonly eventP50Ms?: number | null | undefined;
  readonly eventP99Ms: number | null;
  /** From a change to its line in a live stream. */
  readonly liveP50Ms?: number | null | undefined;
  readonly liveP99Ms: number | null;
  /** The longest that an event waited in the outbox, as far as seen. */
  readonly outboxMs: number;
}

/** Something that took long. */
export interface Slow {
  /** When it was over, ms since the epoch by this machine's clock. */
  readonly at: number;
  /** A request: until its answer. An event: from its time to its effect. */
  readonly ms: number;
  /** `POST /api/v1/tasks` by the route's pattern, or the event's type. */
  readonly name: string;
  /** Answered with a 5xx. */
  readonly failed: boolean;
  /** To look for in logs and in a trace store; absent outside of a trace. */
  readonly traceId?: string | undefined;
}

/** What a process says of itself. */
export interface ProcessReport {
  readonly version: string;
  /** The pod's or the machine's name. */
  readonly instance: string;
  /** When the process started: an instant (RFC 3339). */
  readonly startedAt: string;
  /** Oldest first; minutes without anything are left out. */
  readonly lastHour: readonly Minute[];
  /** Slowest first. Absent in the answer of an older version. */
  readonly slowest?: readonly Slow[] | undefined;
  /** Versions that ran here, newest first. Absent where nobody asked the database, and in the answer of an older version. */
  readonly versions?: readonly StartedVersion[] | undefined;
}

/** How many there were of each size. */
type Sizes = Map<number, number>;

interface Counts {
  readonly at: number;
  requests: number;
  failed: number;
  events: number;
  outboxMs: number;
  readonly requestMs: Sizes;
  readonly eventMs: Sizes;
  readonly liveMs: Sizes;
  readonly slowest: Slow[];
}

/** Counts minutes. */
export interface LastHour {
  readonly minutes: () => Minute[];
  /** Slowest first. */
  readonly slowest: () => Slow[];
  readonly stop: () => void;
}

/** Starts to count what this process measures. @param now ms since the epoch, for tests */
export function countLastHour(now: () => number = Date.now): LastHour {
  const kept: Counts[] = [];
  let waitingSince: number | undefined;
  const current = (): Counts => {
    const at = Math.floor(now() / MINUTE_MS) * MINUTE_MS;
    const last = kept.at(-1);
    if (last && last.at >= at) return last; // also when the clock was set back
    const counts = { requests: 0, failed: 0, events: 0, outboxMs: 0 };
    const sizes = { requestMs: new Map(), eventMs: new Map(), liveMs: new Map() };
    const fresh: Counts = { at, ...counts, ...sizes, slowest: [] };
    kept.push(fresh);
    while (kept[0] && kept[0].at <= at - MINUTES * MINUTE_MS) kept.shift();
    return fresh;
  };
  const noteOutbox = (): void => {
    if (waitingSince === undefined) return;
    const minute = current();
    minute.outboxMs = Math.max(minute.outboxMs, performance.now() - waitingSince);
  };
  const note = ({ slowest }: Counts, name: string, ms: number, failed: boolean): void => {
    const fastest = slowest.at(-1);
    if (slowest.length >= NAMED && fastest !== undefined && fastest.ms >= ms) return;
    const traceId = currentTrace()?.traceId;
    slowest.push({ at: now(), ms: Math.round(ms), name, failed, ...(traceId && { traceId }) });
    slowest.sort((a, b) => b.ms - a.ms);
    slowest.length = Math.min(slowest.length, NAMED);
  };
  const stops = [
    onMeasured('http.answered', ({ method, route, status, ms }) => {
      if (NOT_TIMED.test(route)) return;
      const minute = current();
      minute.requests += 1;
      if (status >= 500) minute.failed += 1;
      add(minute.requestMs, ms);
      note(minute, `${methodName(method)} ${route}`, ms, status >= 500);
    }),
    onMeasured('event.delivered', ({ type, ageMs }) => {
      if (ageMs === undefined) return;
      const minute = current();
      minute.events += 1;
      add(minute.eventMs, ageMs);
      note(minute, type, ageMs, false);
    }),
    onMeasured('live.sent', ({ lagMs }) => {
      add(current().liveMs, lagMs);
    }),
    onMeasured('outbox.waiting', ({ oldestAt }) => {
      noteOutbox();
      waitingSince = oldestAt;
    }),
  ];
  return {
    minutes: () => {
      noteOutbox();
      const oldest = now() - MINUTES * MINUTE_MS;
      return kept.filter(({ at }) => at > oldest).map(toMinute);
    },
    slowest: () => {
      const oldest = now() - MINUTES * MINUTE_MS;
      return kept
        .flatMap(({ slowest }) => slowest)
        .filter(({ at }) => at > oldest)
        .sort((a, b) => b.ms - a.ms)
        .slice(0, NAMED);
    },
    stop: () => {
      for (const stop of stops) stop();
    },
  };
}

const startedAt = new Date(Date.now() - performance.now()).toISOString();
const ofThisProcess = countLastHour();

/** What this process says of itself; it counts from its first import on. */
export function processReport(): ProcessReport {
  return {
    ...{ version: version(), instance: hostname(), startedAt },
    lastHour: ofThisProcess.minutes(),
    slowest: ofThisProcess.slowest(),
  };
}

function add(sizes: Sizes, ms: number): void {
  const size = Math.max(0, Math.ceil(Math.log(Math.max(1, ms)) / GROWTH));
  sizes.set(size, (sizes.get(size) ?? 0) + 1);
}

/** The smallest size that this share of all is no larger than, ms: at most 20 % above the true one. @param share from 0 to 1 */
function percentile(sizes: Sizes, share: number): number | null {
  const total = [...sizes.values()].reduce((sum, count) => sum + count, 0);
  let below = 0;
  for (const [size, count] of [...sizes].sort(([a], [b]) => a - b)) {
    below += count;
    if (below >= total * share) return Math.round(Math.exp(size * GROWTH));
  }
  return null;
}

function toMinute({ requestMs, eventMs, liveMs, outboxMs, ...counts }: Counts): Minute {
  const { at, requests, failed, events } = counts;
  return {
    ...{ at, requests, failed, events },
    outboxMs: Math.round(outboxMs),
    requestP50Ms: percentile(requestMs, 0.5),
    requestP99Ms: percentile(requestMs, 0.99),
    eventP50Ms: percentile(eventMs, 0.5),
    eventP99Ms: percentile(eventMs, 0.99),
    liveP50Ms: percentile(liveMs, 0.5),
    liveP99Ms: percentile(liveMs, 0.99),
  };
}

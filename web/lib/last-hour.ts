// The last hour of each part, for the status page. Every answer has that of one replica, whichever was asked; the page keeps what
// it has seen and adds the replicas up.

/** One minute, as the backend's `/ops/status` has it. */
export interface Minute {
  /** Its start, ms since the epoch. */
  at: number;
  requests: number;
  failed: number;
  requestP99Ms: number | null;
  events: number;
  eventP99Ms: number | null;
  liveP99Ms: number | null;
  outboxMs: number;
}

/** What one replica says of itself. */
export interface Report {
  version: string;
  instance: string;
  startedAt: string;
  lastHour: Minute[];
}

/** A replica that was not seen for so long is gone, ms. */
const GONE_AFTER_MS = 5 * 60_000;
const HOUR_MS = 3_600_000;

/** Reports by service and replica, with the time they came. */
export type Reports = Map<string, Map<string, { seenAt: number; report: Report }>>;

/** Adds an answer's reports; null: the part said nothing. Changes `known`. */
export function noteReports(
  known: Reports,
  parts: readonly { service: string; process: Report | null }[],
  now: number,
): void {
  for (const { service, process: report } of parts) {
    const replicas = known.get(service) ?? new Map<string, { seenAt: number; report: Report }>();
    known.set(service, replicas);
    if (report !== null) {
      // A process that was started again counts from zero: what its predecessor did stays.
      replicas.set(`${report.instance} ${report.startedAt}`, { seenAt: now, report });
    }
    for (const [name, { seenAt, report: old }] of replicas) {
      const over = (old.lastHour.at(-1)?.at ?? 0) < now - HOUR_MS;
      if (seenAt < now - GONE_AFTER_MS && over) replicas.delete(name);
    }
  }
}

/** The last hour of a part: its replicas added up, the slowest of each minute. Oldest first. */
export function hourOf(known: Reports, service: string, now: number): Minute[] {
  const minutes = new Map<number, Minute>();
  for (const { report } of known.get(service)?.values() ?? [])
    for (const minute of report.lastHour) {
      if (minute.at <= now - HOUR_MS) continue;
      const other = minutes.get(minute.at);
      minutes.set(minute.at, other === undefined ? minute : together(other, minute));
    }
  return [...minutes.values()].sort((a, b) => a.at - b.at);
}

function together(a: Minute, b: Minute): Minute {
  return {
    at: a.at,
    requests: a.requests + b.requests,
    failed: a.failed + b.failed,
    requestP99Ms: slower(a.requestP99Ms, b.requestP99Ms),
    events: a.events + b.events,
    eventP99Ms: slower(a.eventP99Ms, b.eventP99Ms),
    liveP99Ms: slower(a.liveP99Ms, b.liveP99Ms),
    outboxMs: Math.max(a.outboxMs, b.outboxMs),
  };
}

function slower(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.max(a, b);
}

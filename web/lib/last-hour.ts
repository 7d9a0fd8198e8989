// The last hour of each part, for the status page. Every answer has that of one replica, whichever was asked; the page keeps what
// it has seen and adds the replicas up.

/** One minute, as the backend's `/ops/status` has it. */
export interface Minute {
  /** Its start, ms since the epoch. */
  at: number;
  requests: number;
  failed: number;
  /** Half were faster; absent, like the other two, in an older version's. */
  requestP50Ms?: number | null;
  /** 99 of 100 were faster. */
  requestP99Ms: number | null;
  events: number;
  eventP50Ms?: number | null;
  eventP99Ms: number | null;
  liveP50Ms?: number | null;
  liveP99Ms: number | null;
  outboxMs: number;
}

/** What one replica says of itself. */
export interface Report {
  version: string;
  instance: string;
  startedAt: string;
  lastHour: Minute[];
  /** Slowest first; absent in an older version's. */
  slowest?: Slow[];
  /** Versions that ran, newest first; absent in an older version's. */
  versions?: StartedVersion[];
}

/** A request or an event that took long. */
export interface Slow {
  /** When it was over, ms since the epoch. */
  at: number;
  ms: number;
  name: string;
  failed: boolean;
  traceId?: string;
}

/** A version, and the instant at which it began to run. */
export interface StartedVersion {
  version: string;
  since: string;
}

/** What all parts started at about the same time. */
export interface Deploy {
  version: string;
  /** The first part's instant. */
  since: string;
  /** In the order in which they started it. */
  services: string[];
}

/** Slowest ones that are shown. */
const SHOWN = 10;

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

/** The slowest of all parts in the last hour, slowest first. */
export function slowestOf(known: Reports, now: number): (Slow & { service: string })[] {
  return [...known]
    .flatMap(([service, replicas]) =>
      [...replicas.values()].flatMap(({ report }) =>
        (report.slowest ?? []).map((one) => ({ ...one, service })),
      ),
    )
    .filter(({ at }) => at > now - HOUR_MS)
    .sort((a, b) => b.ms - a.ms)
    .slice(0, SHOWN);
}

/** Which versions the replicas of a part run that were seen lately; the one with the most first. */
export function versionsOf(
  known: Reports,
  service: string,
  now: number,
): { version: string; replicas: number }[] {
  const latest = new Map<string, { seenAt: number; version: string }>();
  for (const { seenAt, report } of known.get(service)?.values() ?? [])
    if (seenAt >= now - GONE_AFTER_MS && seenAt >= (latest.get(report.instance)?.seenAt ?? 0))
      latest.set(report.instance, { seenAt, version: report.version });
  const counts = new Map<string, number>();
  for (const { version } of latest.values()) counts.set(version, (counts.get(version) ?? 0) + 1);
  return [...counts]
    .map(([version, replicas]) => ({ version, replicas }))
    .sort((a, b) => b.replicas - a.replicas);
}

/** What every part says it ran, as deploys: parts that started the same version one after the other. Newest first. */
export function deploysOf(parts: readonly { service: string; process: Report | null }[]): Deploy[] {
  const starts = parts
    .flatMap(({ service, process }) =>
      (process?.versions ?? []).map((started) => ({ ...started, service })),
    )
    .sort((a, b) => Date.parse(a.since) - Date.parse(b.since));
  const deploys: Deploy[] = [];
  for (const { version, since, service } of starts) {
    const last = deploys.at(-1);
    if (last?.version === version && !last.services.includes(service)) last.services.push(service);
    else deploys.push({ version, since, services: [service] });
  }
  return deploys.reverse();
}

function together(a: Minute, b: Minute): Minute {
  return {
    at: a.at,
    requests: a.requests + b.requests,
    failed: a.failed + b.failed,
    requestP50Ms: slower(a.requestP50Ms, b.requestP50Ms),
    requestP99Ms: slower(a.requestP99Ms, b.requestP99Ms),
    events: a.events + b.events,
    eventP50Ms: slower(a.eventP50Ms, b.eventP50Ms),
    eventP99Ms: slower(a.eventP99Ms, b.eventP99Ms),
    liveP50Ms: slower(a.liveP50Ms, b.liveP50Ms),
    liveP99Ms: slower(a.liveP99Ms, b.liveP99Ms),
    outboxMs: Math.max(a.outboxMs, b.outboxMs),
  };
}

function slower<M extends number | null | undefined>(a: M, b: M): M {
  return typeof a === 'number' && typeof b === 'number' ? (Math.max(a, b) as M) : (a ?? b);
}

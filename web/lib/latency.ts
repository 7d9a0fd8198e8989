// How long changes take from the database to this page: the number a person feels. Kept in memory, for the
// status page. The two clocks are the backend's and this device's; their difference is part of the number.

/** A point: ms since the epoch, and ms. */
export interface LatencyPoint {
  at: number;
  ms: number;
}

const KEPT = 200;
/** What took longer was replayed after a sleep or a cut: not a latency. */
const LONGEST_MS = 60_000;
const points: LatencyPoint[] = [];

/** Notes that a change made at `changedAt` (ISO 8601) has arrived now. */
export function noteLatency(changedAt: string): void {
  const at = Date.now();
  const ms = at - Date.parse(changedAt);
  if (!(ms >= 0 && ms <= LONGEST_MS)) return;
  points.push({ at, ms });
  if (points.length > KEPT) points.shift();
}

/** The latest points, oldest first. */
export function latencyPoints(): LatencyPoint[] {
  return [...points];
}

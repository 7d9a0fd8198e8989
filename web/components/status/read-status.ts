// Reads the backend's status answer into what the page shows. Every part is an entry with a `status` or
// `checks`; the page must not break over a part that was added later.

/** `/ops/status` as JSON. */
export type StatusAnswer = Record<string, unknown>;

/** One line of the table. */
export interface PartStatus {
  name: string;
  ok: boolean;
  detail: string;
}

/** A point of the plot: ms since the epoch, and ms. */
export interface LatencyPoint {
  at: number;
  ms: number;
}

const GOOD = /^(ok|ready|up|healthy|true)$/i;

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function partOf(name: string, value: unknown): PartStatus | null {
  if (typeof value === 'string')
    return { name, ok: GOOD.test(value), detail: GOOD.test(value) ? '' : value };
  if (typeof value === 'boolean') return { name, ok: value, detail: '' };
  if (!isRecord(value)) return null;
  const state = value['status'] ?? value['state'] ?? value['ok'];
  if (typeof state !== 'string' && typeof state !== 'boolean') return null;
  const checks = isRecord(value['checks']) ? value['checks'] : {};
  const facts = Object.entries({ ...value, ...checks })
    .filter(
      ([key, fact]) =>
        !['status', 'state', 'ok', 'name', 'service', 'checks'].includes(key) &&
        ['string', 'number', 'boolean'].includes(typeof fact),
    )
    .map(([key, fact]) => `${key}: ${String(fact)}`);
  return { name, ok: GOOD.test(String(state)), detail: facts.join(' · ') };
}

/** The parts, in the backend's order. */
export function readParts(answer: StatusAnswer): PartStatus[] {
  const parts: PartStatus[] = [];
  for (const [key, value] of Object.entries(answer)) {
    if (Array.isArray(value)) {
      for (const item of value) {
        if (!isRecord(item)) continue;
        const name = item['name'] ?? item['service'] ?? item['appId'] ?? item['id'];
        const part = typeof name === 'string' ? partOf(name, item) : null;
        if (part) parts.push(part);
      }
      continue;
    }
    if (isRecord(value)) {
      const own = partOf(key, value);
      if (own) parts.push(own);
      else {
        for (const [name, inner] of Object.entries(value)) {
          const part = partOf(name, inner);
          if (part) parts.push(part);
        }
      }
    }
  }
  return parts;
}

/** The event latency over time; empty when the backend does not tell. */
export function readLatency(answer: StatusAnswer): LatencyPoint[] {
  const series = answer['latency'] ?? answer['eventLatency'];
  const points = isRecord(series) ? (series['points'] ?? series['series']) : series;
  if (!Array.isArray(points)) return [];
  return points.flatMap((point: unknown) => {
    if (!isRecord(point)) return [];
    const at = point['at'] ?? point['time'];
    const ms = point['p99Ms'] ?? point['p95Ms'] ?? point['ms'] ?? point['p50Ms'];
    const time = typeof at === 'number' ? at : typeof at === 'string' ? Date.parse(at) : NaN;
    return typeof ms === 'number' && !Number.isNaN(time) ? [{ at: time, ms }] : [];
  });
}

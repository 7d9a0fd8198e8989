// What a soak measures of a running system, from outside: processes by Linux, heaps by their metrics, the database by its catalogue.
import { SERVICES } from '@todo/local/ports';
import type { System } from '@todo/local/system';
import type pg from 'pg';
import type { Load } from './load.ts';
import { processUse } from './process-use.ts';
import type { Allowance, Point } from './slope.ts';

const MB = 1024 * 1024;

/** A measured series. */
export interface Series {
  readonly unit: 'MB' | 'count' | 'ms' | 'rows';
  /** How much it may grow; undefined: it grows with what people do, and is only reported. */
  readonly allowed: Allowance | undefined;
  /** The smallest of each window counts, as for a heap. */
  readonly floor: boolean;
  readonly points: Point[];
}

/** All series by name. */
export type Measured = Map<string, Series>;

const MEMORY = { unit: 'MB', floor: true } as const;
const HEAP: Allowance = { absolute: 8, relative: 0.1 };
/** Resident memory is what the allocator keeps, too. */
const RESIDENT: Allowance = { absolute: 25, relative: 0.2 };
/** The load's own connections come and go: at most 20, more than once over while they close. */
const HANDLES: Allowance = { absolute: 45, relative: 0.1 };
/** Pools of 10 fill as far as a slow machine needs them. */
const CONNECTIONS: Allowance = { absolute: 20, relative: 0.1 };
const LATENCY: Allowance = { absolute: 25, relative: 0.5 };
const QUEUE: Allowance = { absolute: 50, relative: 0.5 };

const SIZES = `SELECT n.nspname || '.' || c.relname AS name, c.relkind = 'i' AS is_index, pg_relation_size(c.oid) AS bytes
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'i', 't') AND n.nspname IN ('todo', 'notification', 'recurring', 'audit', 'dapr_pubsub', 'pg_toast')`;

/** Takes one measurement of everything. @param at seconds since the beginning */
export async function measure(
  measured: Measured,
  { system, database, load }: { system: System; database: pg.Client; load: Load },
  at: number,
): Promise<void> {
  const note = (name: string, value: number, kind: Omit<Series, 'points'>): void => {
    const series = measured.get(name) ?? { ...kind, points: [] };
    series.points.push({ at, value });
    measured.set(name, series);
  };
  for (const { name, pid } of system.parts) {
    const use = processUse(pid() ?? 0);
    if (!use || name === 'postgres') continue; // its memory is that of many processes
    note(`${name} resident`, use.residentBytes / MB, { ...MEMORY, allowed: RESIDENT });
    note(`${name} handles`, use.handles, { unit: 'count', floor: false, allowed: HANDLES });
  }
  for (const service of SERVICES) {
    const used = await heapOf(system.ports.services[service].metrics);
    if (used !== undefined) note(`${service} heap`, used / MB, { ...MEMORY, allowed: HEAP });
  }
  await measureDatabase(database, note);
  const { latencies, failed, notSent } = load.take();
  if (latencies.length > 0) {
    const sorted = latencies.toSorted((a, b) => a - b);
    const kind = { unit: 'ms', floor: false, allowed: LATENCY } as const;
    note('latency p50', sorted[Math.floor(sorted.length * 0.5)] ?? 0, kind);
    note('latency p95', sorted[Math.floor(sorted.length * 0.95)] ?? 0, kind);
  }
  note('requests failed or not sent', failed + notSent, {
    unit: 'count',
    floor: false,
    allowed: QUEUE,
  });
}

async function measureDatabase(
  database: pg.Client,
  note: (name: string, value: number, kind: Omit<Series, 'points'>) => void,
): Promise<void> {
  const one = async (sql: string): Promise<number> => {
    const { rows } = await database.query<{ value: string }>(sql);
    return Number(rows[0]?.value ?? 0);
  };
  const connections = `SELECT count(*) AS value FROM pg_stat_activity WHERE datname = 'todo'`;
  note('database connections', await one(connections), {
    ...{ unit: 'count', floor: false },
    allowed: CONNECTIONS,
  });
  for (const schema of ['todo', 'recurring', 'notification'])
    note(`${schema} outbox`, await one(`SELECT count(*) AS value FROM ${schema}.outbox`), {
      ...{ unit: 'rows', floor: false },
      allowed: QUEUE,
    });
  const { rows } = await database.query<{ name: string; is_index: boolean; bytes: string }>(SIZES);
  for (const schema of ['todo', 'notification', 'recurring', 'audit', 'dapr_pubsub'])
    for (const isIndex of [false, true]) {
      const bytes = rows
        .filter((row) => row.name.startsWith(`${schema}.`) && row.is_index === isIndex)
        .reduce((total, row) => total + Number(row.bytes), 0);
      note(`${schema} ${isIndex ? 'indexes' : 'tables'}`, bytes / MB, {
        ...{ unit: 'MB', floor: false },
        allowed: undefined,
      });
    }
}

/** Bytes on the old generation of a service's heap, by its metrics; undefined when it does not answer. */
async function heapOf(port: number): Promise<number | undefined> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/metrics`, {
      signal: AbortSignal.timeout(5_000),
    });
    const line = /^todo_nodejs_heap_space_size_used_bytes\{[^}]*space="old"[^}]*\} (.+)$/m;
    const found = line.exec(await response.text())?.[1];
    return found === undefined ? undefined : Number(found);
  } catch {
    return undefined;
  }
}

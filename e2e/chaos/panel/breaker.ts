// Faults that somebody puts in by hand: one of parts at a time, beside it one of what is sent, each until everything is well again.
import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultRecord } from '../evidence.ts';
import {
  FAULTS,
  FAULT_NAMES,
  TRAFFIC_FAULTS,
  type Fault,
  type FaultName,
  type FaultTools,
} from '../faults/catalogue.ts';
import { putIn } from '../faults/engine.ts';
import type { Layout } from '../faults/layout.ts';
import { pick } from '../faults/schedule.ts';

/** Every part is healthy again within this time after a fault, ms. */
const HEALTHY_WITHIN_MS = 120_000;
/** A process that was killed answers its last request no later than this, ms. */
const NOTICED_MS = 500;
/** Faults of the past that are kept. */
const KEPT = 20;

/** A fault that can be put in. */
export interface Offer {
  readonly name: FaultName;
  readonly what: string;
  readonly targets: readonly string[];
  /** How long it lasts, ms: from, to. */
  readonly lastsMs: readonly [number, number];
}

/** One that is in, or whose traces are not gone yet. */
export interface Current {
  readonly number: number;
  readonly name: FaultName;
  readonly target: string;
  readonly begunAt: number;
  readonly lastsMs: number;
  /** `in` until it ends, then `healing` until every part is healthy. */
  readonly phase: 'in' | 'healing';
}

/** One of the past. */
export interface Past extends FaultRecord {
  /** When every part was healthy again, ms since the epoch; null: not within two minutes. */
  readonly healthyAt: number | null;
}

/** A fault can't be put in now. */
export class FaultRefused extends Error {
  override readonly name = 'FaultRefused';
}

/** What puts faults in by hand. */
export interface Breaker {
  readonly offers: readonly Offer[];
  /** @param target undefined: any of its targets. @throws FaultRefused */
  readonly put: (name: FaultName, target: string | undefined) => Current;
  /** The newest of the past first. */
  readonly state: () => { current: Current[]; past: Past[] };
  /** Since when no fault is in and all was healthy after the last, ms since the epoch; Infinity: one is. */
  readonly calmSince: () => number;
  /** Ends what is in, and resolves when it has ended. */
  readonly stop: () => Promise<void>;
}

/** @param waitUntilHealthy rejects when parts are not healthy after so many ms */
export function startBreaker(given: {
  readonly layout: Layout;
  readonly tools: Omit<FaultTools, 'random'>;
  readonly waitUntilHealthy: (timeoutMs: number) => Promise<void>;
  readonly say: (line: string) => void;
}): Breaker {
  const { layout, tools, waitUntilHealthy, say } = given;
  const current = new Map<number, Current>();
  const past: Past[] = [];
  const running = new Set<Promise<void>>();
  const stopping = new AbortController();
  const rest = (ms: number): Promise<unknown> =>
    sleep(ms, undefined, { signal: stopping.signal }).catch(() => undefined);
  let begun = 0;
  let calmSince = Date.now();

  async function run(fault: Current): Promise<void> {
    const { number } = fault;
    const seed = Math.floor(Math.random() * 2 ** 32);
    const record = await putIn({ ...fault, seed }, { number, tools, rest, say });
    current.set(number, { ...fault, phase: 'healing' });
    await rest(NOTICED_MS);
    const isHealthy = stopping.signal.aborted
      ? false
      : await waitUntilHealthy(HEALTHY_WITHIN_MS).then(
          () => true,
          () => false,
        );
    current.delete(number);
    past.unshift({ ...record, healthyAt: isHealthy ? Date.now() : null });
    past.splice(KEPT);
    calmSince = Date.now();
  }

  return {
    offers: FAULT_NAMES.map((name): Offer => {
      const { what, targets, lastsMs }: Fault = FAULTS[name];
      return { name, what, targets: targets(layout), lastsMs };
    }),
    put: (name, target) => {
      const fault: Fault = FAULTS[name];
      const targets = fault.targets(layout);
      if (target !== undefined && !targets.includes(target))
        throw new FaultRefused(`${name} cannot hit ${target}`);
      if (stopping.signal.aborted) throw new FaultRefused('The system is stopping.');
      const lane = TRAFFIC_FAULTS.includes(name);
      const other = [...current.values()].find((one) => TRAFFIC_FAULTS.includes(one.name) === lane);
      if (other)
        throw new FaultRefused(
          other.phase === 'in'
            ? `${other.name} is in. It ends by itself; then try again.`
            : `The system recovers from ${other.name}. Wait until every part is healthy.`,
        );
      const [from, to] = fault.lastsMs;
      const one: Current = {
        ...{ number: (begun += 1), name, phase: 'in', begunAt: Date.now() },
        target: target ?? pick(targets, Math.random),
        lastsMs: Math.round(from + Math.random() * (to - from)),
      };
      current.set(one.number, one);
      const done = run(one).finally(() => {
        running.delete(done);
      });
      running.add(done);
      return one;
    },
    state: () => ({ current: [...current.values()], past: [...past] }),
    calmSince: () => (current.size > 0 ? Infinity : calmSince),
    stop: async () => {
      stopping.abort();
      await Promise.all(running);
    },
  };
}

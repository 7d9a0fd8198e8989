// Which fault comes when: drawn from the seed alone, so that a seed's run can be repeated.
import { seededRandom } from '@todo/testing/seeded-random';
import { FAULTS, TRAFFIC_FAULTS, type Fault, type FaultName } from './catalogue.ts';
import type { Layout } from './layout.ts';

/** A fault to come. */
export interface Planned {
  readonly name: FaultName;
  readonly target: string;
  /** After the end of the one before, ms. */
  readonly afterMs: number;
  readonly lastsMs: number;
  /** Of what the fault itself draws. */
  readonly seed: number;
}

/** Least and most pause between two faults, ms. */
const PAUSE_MS = [600, 3_500] as const;

/** The faults of a run, one after the other, without an end. @param names those to draw from, at least one */
export function* scheduleOf(
  seed: number,
  names: readonly FaultName[],
  layout: Layout,
): Generator<Planned, never> {
  const random = seededRandom(seed);
  const weighted = names.flatMap((name) => {
    const { weight = 1 }: Fault = FAULTS[name];
    return Array.from({ length: weight }, () => name);
  });
  const between = ([from, to]: readonly [number, number]): number =>
    Math.round(from + random() * (to - from));
  for (;;) {
    const name = pick(weighted, random);
    const fault: Fault = FAULTS[name];
    yield {
      name,
      target: pick(fault.targets(layout), random),
      afterMs: between(PAUSE_MS),
      lastsMs: between(fault.lastsMs),
      seed: Math.floor(random() * 2 ** 32),
    };
  }
}

/** The schedules of a run: faults of parts, and beside them faults of what is sent. None for no names. */
export function schedulesOf(
  seed: number,
  names: readonly FaultName[],
  layout: Layout,
): Generator<Planned, never>[] {
  const traffic = names.filter((name) => TRAFFIC_FAULTS.includes(name));
  const parts = names.filter((name) => !TRAFFIC_FAULTS.includes(name));
  return [parts, traffic].flatMap((some, lane) =>
    some.length === 0 ? [] : [scheduleOf((seed + lane * 0x9e37_79b9) >>> 0, some, layout)],
  );
}

/** One of a list. @throws Error for an empty one */
export function pick<T>(list: readonly T[], random: () => number): T {
  const chosen = list[Math.floor(random() * list.length)];
  if (chosen === undefined) throw new Error('nothing to choose from');
  return chosen;
}

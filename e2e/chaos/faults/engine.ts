// Puts the faults of schedules into a running system, those of each schedule one after the other, and keeps a record of each.
import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '@todo/testing/seeded-random';
import type { FaultRecord } from '../evidence.ts';
import { FAULTS, type Fault, type FaultTools } from './catalogue.ts';
import type { Planned } from './schedule.ts';

/** A running engine. */
export interface FaultEngine {
  readonly records: readonly FaultRecord[];
  /** Ends the fault that is in, and puts in no more. */
  readonly stop: () => Promise<void>;
}

/**
 * Puts one fault in, and ends it when its time is over. Never rejects: the record says what went wrong.
 * @param rest resolves after so many ms, or earlier when all faults are to end
 * @param say gets a line at its beginning and at its end
 */
export async function putIn(
  planned: Pick<Planned, 'name' | 'target' | 'lastsMs' | 'seed'>,
  given: {
    readonly number: number;
    readonly tools: Omit<FaultTools, 'random'>;
    readonly rest: (ms: number) => Promise<unknown>;
    readonly say: (line: string) => void;
  },
): Promise<FaultRecord> {
  const { number, tools, rest, say } = given;
  const { name, target, lastsMs } = planned;
  const fault: Fault = FAULTS[name];
  const begunAt = Date.now();
  const record = (problem?: string): FaultRecord => {
    const failed = problem === undefined ? {} : { problem };
    const how = problem === undefined ? 'ended' : `not put in: ${problem}`;
    say(`fault ${number} ${name} (${target}) ${how} after ${Date.now() - begunAt} ms`);
    return { number, name, target, begunAt, endedAt: Date.now(), ...failed };
  };
  say(`fault ${number} ${name} (${target}) begins, for ${lastsMs} ms`);
  try {
    const end = await fault.begin(target, { ...tools, random: seededRandom(planned.seed) });
    await rest(lastsMs);
    await end();
    return record();
  } catch (error) {
    return record(error instanceof Error ? error.message : String(error));
  }
}

/**
 * @param schedules what comes when; they run side by side
 * @param say gets a line at each beginning and end
 */
export function startFaults(
  schedules: readonly Iterator<Planned, never>[],
  tools: Omit<FaultTools, 'random'>,
  say: (line: string) => void,
): FaultEngine {
  const records: FaultRecord[] = [];
  const stopping = new AbortController();
  let begun = 0;
  const rest = (ms: number): Promise<unknown> =>
    sleep(ms, undefined, { signal: stopping.signal }).catch(() => undefined);

  async function one(planned: Planned): Promise<void> {
    const number = (begun += 1);
    records.push(await putIn(planned, { number, tools, rest, say }));
  }

  async function all(schedule: Iterator<Planned, never>): Promise<void> {
    for (;;) {
      const planned = schedule.next().value;
      await rest(planned.afterMs);
      if (stopping.signal.aborted) return;
      await one(planned);
    }
  }

  const running = schedules.map(all);
  return {
    records,
    stop: async () => {
      stopping.abort();
      await Promise.all(running);
    },
  };
}

// Erases what has been in the trash for 30 days: once a day, and at the start. Replicas take turns by an advisory lock, which
// each batch takes and gives back with its transaction, so that none is left behind by a process that ends.
//
//   asleep → a day passed → lock? ─ another replica has it ─→ asleep
//                             → the oldest owner, locked → up to 500 of theirs, one transaction → more? again, up to a bound
//                             ↘ database away: again in an hour
import { createAlarm } from '@todo/runtime/clock';
import type { Clock } from '@todo/runtime/clock';
import { withTransaction } from '@todo/runtime/database';
import type { Pool } from '@todo/runtime/database';
import type { Logger } from '@todo/runtime/log';
import { keptSince } from './trash.ts';
import { eraseDeleted, ownerOfOldest, trashedBefore } from './trash-rows.ts';

/** Tasks of one transaction. */
const BATCH = 500;
/** Transactions of one round; what is left waits for the next. */
const MAX_BATCHES = 200;
const DAY_MS = 86_400_000;
/** Pause after an error, and after a round that reached its bound, ms. */
const AGAIN_MS = 3_600_000;

/** What erasing needs. */
export interface TrashCleaning {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly log: Logger;
}

/** The running cleaner. */
export interface TrashCleaner {
  /** Stops after the transaction under way. */
  stop: () => Promise<void>;
}

/** Starts it with a round. */
export function startTrashCleaner(parts: TrashCleaning): TrashCleaner {
  const stopping = new AbortController();
  const alarm = createAlarm(parts.clock, begin);
  let running: Promise<void> | undefined;

  const run = async (): Promise<void> => {
    let next = DAY_MS;
    try {
      const { erased, more } = await eraseOldTrash({ ...parts, signal: stopping.signal });
      if (erased > 0) parts.log.info({ erased, more }, 'old deleted tasks erased');
      if (more) next = AGAIN_MS;
    } catch (error) {
      parts.log.warn({ err: error, pauseMs: AGAIN_MS }, 'old deleted tasks are not erased yet');
      next = AGAIN_MS;
    }
    running = undefined;
    if (!stopping.signal.aborted) alarm.setIn(next);
  };
  function begin(): void {
    if (!stopping.signal.aborted) running ??= run();
  }
  begin();
  return {
    stop: async () => {
      stopping.abort();
      alarm.clear();
      await running;
    },
  };
}

/**
 * One round: erases what was deleted more than 30 days before the clock's now.
 * @returns how many tasks; `more`: the round ended at its bound, with something left. Another replica that is at it does the rest.
 * @throws the database's error; what was erased stays erased
 */
export async function eraseOldTrash(
  parts: Pick<TrashCleaning, 'pool' | 'clock'> & {
    readonly signal?: AbortSignal;
    readonly batch?: number;
    readonly maxBatches?: number;
  },
): Promise<{ erased: number; more: boolean }> {
  const { pool, clock, batch = BATCH, maxBatches = MAX_BATCHES } = parts;
  let erased = 0;
  for (let round = 0; round < maxBatches; round += 1) {
    if (parts.signal?.aborted === true) return { erased, more: true };
    const step = await eraseSome(pool, clock, batch);
    if (step === 'nothing' || step === 'busy') return { erased, more: false };
    erased += step;
  }
  return { erased, more: true };
}

async function eraseSome(
  pool: Pool,
  clock: Clock,
  batch: number,
): Promise<number | 'busy' | 'nothing'> {
  return await withTransaction(pool, async (client) => {
    const { rows } = await client.query<{ locked: boolean }>(
      "SELECT pg_try_advisory_xact_lock(hashtextextended('todo:trash', 0)) AS locked",
    );
    if (rows[0]?.locked !== true) return 'busy';
    const before = keptSince(clock());
    const owner = await ownerOfOldest(client, before);
    if (owner === undefined) return 'nothing';
    // as every writer of theirs does: nobody restores what is being erased
    await client.query('SELECT 1 FROM todo.users WHERE id = $1 FOR NO KEY UPDATE', [owner]);
    return await eraseDeleted(client, owner, await trashedBefore(client, owner, before, batch));
  });
}

// The database's clock, as a process can know it. Reminders, leases, quiet hours and tokens are rows that several machines
// decide about, and no two machines show the same time: so all go by the one clock they share, that of the database.
// Why an offset, and not now() in every statement: docs/decisions/0015-database-clock.md.
//
//   measured: when a process starts, with each BEGIN of a transaction (in the same round trip), and after other use of a
//   connection when the last measurement is minutes old. Never by a poll: an idle database may sleep.
//
// An answer says what the database's clock showed at some moment between question and answer, so a measurement is a range. Ranges
// that agree are intersected; one that contradicts what was known means that a clock was set, and replaces it.
import { systemClock } from './clock.ts';
import type { Clock } from './clock.ts';
import type { Pool } from 'pg';
import type { Logger } from './log.ts';

/** What is known grows old by this much, ms a ms: a clock that is being corrected runs wrong by 500 ppm at most (adjtimex), and so may both. */
const DRIFT = 0.001;

/** A measurement older than this is renewed when a connection is used anyway, ms. */
const RENEW_AFTER_MS = 60_000;

/** More than this between the two clocks is worth a warning, ms. */
export const SKEW_WARNING_MS = 2_000;

/** Reads the database's clock, ms since the epoch, as column `database_ms`. */
export const READ_DATABASE_CLOCK =
  'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS database_ms';

/** The database's clock. */
export interface DatabaseClock {
  /** The instant by the database's clock; the machine's own until a first measurement. */
  readonly now: Clock;
  /** How far the machine's clock is ahead of the database's, ms; negative: behind; undefined before a first measurement. */
  readonly aheadMs: () => number | undefined;
  /** Asks the database now. @throws the database's error */
  readonly measure: () => Promise<void>;
  /** Resolves at once after a first measurement, else measures. @throws the database's error */
  readonly known: () => Promise<void>;
  /** Notes an answer of the database: asked and answered by the machine's clock, ms since the epoch. */
  readonly note: (askedAt: number, answeredAt: number, databaseMs: number) => void;
  /** The machine's clock, which it corrects. */
  readonly machine: Clock;
}

const clocks = new WeakMap<Pool, DatabaseClock>();

/**
 * The clock of a pool's database: one for each pool, made at the first call.
 * @param options `log` warns when the two clocks differ by more than 2 s; `machine` is the clock to correct, for tests.
 */
export function databaseClock(
  pool: Pool,
  options: { log?: Logger; machine?: Clock } = {},
): DatabaseClock {
  const known = clocks.get(pool);
  if (known) return known;
  const made = makeClock(pool, options.log, options.machine ?? systemClock);
  clocks.set(pool, made);
  return made;
}

/** The clock of a pool, if it has one. */
export function clockOf(pool: Pool): DatabaseClock | undefined {
  return clocks.get(pool);
}

function makeClock(pool: Pool, log: Logger | undefined, machine: Clock): DatabaseClock {
  /** The database's clock minus the machine's, ms, when it was measured (by elapsed time). */
  let offset: { low: number; high: number; at: number } | undefined;
  let warnedAt = 0;
  let measuring = false;

  const note: DatabaseClock['note'] = (askedAt, answeredAt, databaseMs) => {
    const at = performance.now();
    let low = databaseMs - answeredAt;
    let high = databaseMs - askedAt;
    if (low > high) return; // the machine's clock was set back between question and answer
    if (offset) {
      const doubt = (at - offset.at) * DRIFT;
      const both = [
        Math.max(low, offset.low - doubt),
        Math.min(high, offset.high + doubt),
      ] as const;
      if (both[0] <= both[1]) [low, high] = both;
    }
    offset = { low, high, at };
    warn(-(low + high) / 2);
  };
  const aheadMs = (): number | undefined => offset && Math.round(-(offset.low + offset.high) / 2);
  function warn(ahead: number): void {
    if (Math.abs(ahead - warnedAt) <= SKEW_WARNING_MS) return;
    warnedAt = Math.abs(ahead) > SKEW_WARNING_MS ? ahead : 0;
    if (warnedAt === 0) log?.info({ aheadMs: Math.round(ahead) }, 'the clocks agree again');
    else
      log?.warn(
        { aheadMs: Math.round(ahead) },
        "this machine's clock differs from the database's clock, which is authoritative: synchronize it (NTP)",
      );
  }
  const measure = async (): Promise<void> => {
    const askedAt = machine().getTime();
    const { rows } = await pool.query<{ database_ms: number }>(READ_DATABASE_CLOCK);
    if (rows[0]) note(askedAt, machine().getTime(), rows[0].database_ms);
  };
  pool.on('release', () => {
    const old = !offset || performance.now() - offset.at > RENEW_AFTER_MS;
    if (!old || measuring || pool.ending) return;
    measuring = true;
    measure()
      .catch((error: unknown) => {
        log?.debug({ err: error }, 'could not read the database’s clock; retrying at the next use');
      })
      .finally(() => {
        measuring = false;
      });
  });
  return {
    now: () => new Date(machine().getTime() + (offset ? (offset.low + offset.high) / 2 : 0)),
    aheadMs,
    measure,
    known: async () => {
      if (!offset) await measure();
    },
    note,
    machine,
  };
}

// Calls the SQL function `maintain` while there is activity, and once more after it: never on an idle system.
import type { Logger } from 'pino';
import type { Database, Row } from './database.ts';
import { describeError } from './database-errors.ts';

/** While busy, at most this often; after the last activity, once more after as long. */
const GAP_MS = 5_000;
/** A segment is closed at this age, or at half the retention if that is longer, so that little traffic is cleared too. */
const LEAST_SEGMENT_AGE_MS = 60_000;

/** Keeps the log small. */
export interface Maintenance {
  /** Something was published or read. */
  activity: () => void;
  close: () => void;
}

interface EventRow extends Row {
  event: 'emptied' | 'expired' | 'lagging';
  segment: number;
  topic: string | null;
  group_name: string | null;
}

/** Durations in milliseconds. */
export function createMaintenance(options: {
  database: Database;
  retention: number;
  groupExpiry: number;
  segmentBytes: number;
  /** Done after each run, while the database is awake. */
  onRun: () => Promise<void>;
  log: Logger;
}): Maintenance {
  const { log } = options;
  let timer: NodeJS.Timeout | undefined;
  let again = false;

  async function run(): Promise<void> {
    const rows = await options.database.query<EventRow>(
      `select event, segment, topic, group_name from dapr_pubsub.maintain(
         $1::float8 * interval '1 millisecond', $2::float8 * interval '1 millisecond', $3,
         $4::float8 * interval '1 millisecond')`,
      [
        options.retention,
        options.groupExpiry,
        options.segmentBytes,
        Math.max(LEAST_SEGMENT_AGE_MS, options.retention / 2),
      ],
    );
    for (const { event, segment, topic, group_name: group } of rows) {
      if (event === 'emptied') log.debug({ segment }, 'all groups have read a segment; emptied it');
      else if (event === 'lagging') {
        log.warn(
          { topic, group },
          'ALARM: a consumer group has unread messages and no subscriber for half of groupExpiry; its messages stay in the log. Start the subscriber, or let the group expire',
        );
      } else {
        log.error(
          { topic, group },
          'ALARM: a consumer group expired (groupExpiry); its unread messages may be removed',
        );
      }
    }
  }

  async function runAndReport(): Promise<void> {
    await run();
    await options.onRun();
  }

  function schedule(): void {
    timer = setTimeout(() => {
      timer = undefined;
      runAndReport()
        .catch((error: unknown) => {
          log.warn(
            { error: describeError(error) },
            'maintenance failed; retrying at the next activity',
          );
        })
        .finally(() => {
          if (again) {
            again = false;
            schedule();
          }
        });
    }, GAP_MS).unref();
  }

  return {
    activity: () => {
      if (timer) again = true;
      else schedule();
    },
    close: () => {
      clearTimeout(timer);
    },
  };
}

// Moves stored instants when the time zone database changes: a task at 09:00 in a zone whose rules are others by now is due at
// another instant. Once for each release, by the first process that has it; a process with an older release changes nothing.
//
//   the row of zone_data, locked → people, some at a time, each in a transaction of their own → how far it came → … → the release
//
// Cut off anywhere, the next process goes on from there. Doing a person again changes nothing, so that is harmless.
import type { Pool } from '@todo/runtime/database';
import { withTransaction } from '@todo/runtime/database';
import type { Logger } from '@todo/runtime/log';
import { isAtLeast, zoneDataRelease } from '@todo/runtime/zone-data';

/** People whose tasks are moved between two notes of how far it came. */
const PEOPLE = 20;

/** What following needs. */
export interface ZoneFollowing {
  readonly pool: Pool;
  readonly log: Logger;
  /** Computes the instants of a person's open tasks again. @returns how many tasks moved */
  readonly recompute: (userId: string) => Promise<number>;
  /** This process's release; that of the runtime without it. */
  readonly release?: string;
  /** Ends it after the people at hand. */
  readonly signal?: AbortSignal;
}

/**
 * Brings the stored instants to this process's release. Another process that is at it is left alone.
 * @throws the database's error; what was moved stays, and the next call goes on
 */
export async function followZoneData(options: ZoneFollowing): Promise<void> {
  const release = options.release ?? zoneDataRelease();
  for (;;) {
    if (options.signal?.aborted === true) return;
    const step = await followSome(options, release);
    if (step === 'more') continue;
    if (step !== 'nothing')
      options.log.info({ release, tasks: step.moved }, 'due dates follow the time zone data');
    return;
  }
}

async function followSome(
  { pool, log, recompute }: ZoneFollowing,
  release: string,
): Promise<'more' | 'nothing' | { moved: number }> {
  return await withTransaction(pool, async (client) => {
    const { rows } = await client.query<{
      release: string | null;
      following: string | null;
      after_user: string;
      moved: number;
    }>('SELECT * FROM todo.zone_data FOR UPDATE SKIP LOCKED');
    const [row] = rows;
    if (!row || row.release === release) return 'nothing';
    if (!isAtLeast(release, row.release ?? '')) {
      log.warn(
        { release, stored: row.release },
        'this process has older time zone data than the stored due dates: update it',
      );
      return 'nothing';
    }
    const goesOn = row.following === release;
    const { rows: people } = await client.query<{ id: string }>(
      `SELECT id FROM todo.users WHERE id > $1 AND erased_at IS NULL ORDER BY id LIMIT ${PEOPLE}`,
      [goesOn ? row.after_user : ''],
    );
    let moved = goesOn ? row.moved : 0;
    for (const { id } of people) moved += await recompute(id);
    const isEnd = people.length < PEOPLE;
    await client.query(
      isEnd
        ? "UPDATE todo.zone_data SET release = $1, following = NULL, after_user = '', moved = $2"
        : 'UPDATE todo.zone_data SET following = $1, moved = $2, after_user = $3',
      isEnd ? [release, moved] : [release, moved, people.at(-1)?.id],
    );
    return isEnd ? { moved } : 'more';
  });
}

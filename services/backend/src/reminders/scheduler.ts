// Sends each reminder off when its instant has come: once, whichever replica gets to it first. The process sleeps until the
// next instant, or until a change may have brought a nearer one; it never polls. What came due while nothing ran goes off at
// start.
import { MAX_TIMER_MS } from '@todo/common/clock';
import type { Clock } from '@todo/common/clock';
import { withTransaction } from '@todo/common/database';
import type { Pool } from '@todo/common/database';
import { TOPICS } from '@todo/common/events';
import type { Logger } from '@todo/common/log';
import { appendEvent } from '@todo/common/outbox';
import { SCHEMA } from '../config.ts';

/** Reminders sent off in one transaction. */
const BATCH = 100;
/** Pause after a failure, ms. */
const RETRY_MS = 2_000;

/** Sends reminders off. */
export interface ReminderScheduler {
  /** Looks again at what is next; returns at once. */
  wake: () => void;
  stop: () => Promise<void>;
}

/** Starts the scheduler. @param options `fired` is called after each commit that wrote events */
export function startReminderScheduler(options: {
  pool: Pool;
  clock: Clock;
  log: Logger;
  fired: () => void;
}): ReminderScheduler {
  const { pool, clock, log } = options;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let wanted = false;
  let stopped = false;

  const sleepUntil = (ms: number): void => {
    clearTimeout(timer);
    timer = setTimeout(wake, Math.min(MAX_TIMER_MS, Math.max(0, ms)));
  };
  const pass = async (): Promise<void> => {
    while (wanted && !stopped) {
      wanted = false;
      clearTimeout(timer);
      try {
        const sent = await fireDue(pool, clock());
        if (sent > 0) options.fired();
        if (sent === BATCH) wanted = true;
        else {
          const next = await nextInstant(pool);
          if (next) sleepUntil(next.getTime() - clock().getTime());
        }
      } catch (error) {
        log.warn({ err: error }, 'reminders wait');
        sleepUntil(RETRY_MS);
      }
    }
    running = undefined;
  };
  function wake(): void {
    if (stopped) return;
    wanted = true;
    running ??= pass();
  }
  wake();
  return {
    wake,
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}

async function nextInstant(pool: Pool): Promise<Date | undefined> {
  const { rows } = await pool.query<{ next: Date | null }>(
    'SELECT min(remind_at) AS next FROM todo.reminders WHERE fired_at IS NULL AND remind_at IS NOT NULL',
  );
  return rows[0]?.next ?? undefined;
}

async function fireDue(pool: Pool, now: Date): Promise<number> {
  return await withTransaction(pool, async (client) => {
    const { rows } = await client.query<{
      id: string;
      remind_at: Date;
      task_id: string;
      user_id: string;
      title: string;
      due_at: Date | null;
      zone: string | null;
      locale: string | null;
    }>(
      `WITH due AS (
         SELECT r.id FROM todo.reminders r WHERE r.fired_at IS NULL AND r.remind_at <= $1 ORDER BY r.remind_at LIMIT $2 FOR UPDATE SKIP LOCKED),
       fired AS (UPDATE todo.reminders r SET fired_at = $1 FROM due WHERE r.id = due.id RETURNING r.id, r.remind_at, r.task_id)
       SELECT f.*, t.user_id, t.title, t.due_at, p.zone, p.locale FROM fired f
         JOIN todo.tasks t ON t.id = f.task_id LEFT JOIN todo.people p ON p.user_id = t.user_id
       ORDER BY f.remind_at`,
      [now, BATCH],
    );
    for (const row of rows) {
      await appendEvent(client, SCHEMA, {
        topic: TOPICS.reminders,
        type: 'todo.reminder.due.v1',
        key: row.task_id,
        time: now,
        data: {
          userId: row.user_id,
          taskId: row.task_id,
          reminderId: row.id,
          title: row.title,
          dueAt: row.due_at?.toISOString() ?? null,
          remindAt: row.remind_at.toISOString(),
          zone: row.zone ?? 'UTC',
          locale: row.locale ?? 'en',
        },
      });
    }
    return rows.length;
  });
}

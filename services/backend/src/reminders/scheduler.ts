// Sends reminders when they fall due. Sleeps until the next instant in the table; a change that sets an earlier one wakes it
// (this replica's own through wake(), another's through NOTIFY). There is no poll but a look every SWEEP_MS, for the rare
// reminder whose replica was taken away before anybody else heard of it.
//
//   asleep → timer or wake → take due rows (SKIP LOCKED) + outbox rows, one transaction → more? again : asleep until the next
//                          ↘ database away: again after a growing pause
import { createAlarm } from '@todo/runtime/clock';
import type { Clock } from '@todo/runtime/clock';
import { withTransaction } from '@todo/runtime/database';
import type { Pool } from '@todo/runtime/database';
import { TOPICS } from '@todo/contracts/events';
import type { Logger } from '@todo/runtime/log';
import { appendEvent } from '@todo/messaging/outbox';
import { measured } from '@todo/runtime/measurements';
import { inNewTrace, startSpan } from '@todo/runtime/trace';
import { SCHEMA } from '../schema.ts';
import { nextReminderAt, takeDueReminders } from './reminder-rows.ts';

/** Reminders of one transaction. */
const BATCH = 100;
/** Longest sleep, ms: 6 hours. */
const SWEEP_MS = 6 * 3_600_000;
/** Pause when another replica holds what is due, and the first one after an error, ms. */
const PAUSE_MS = 1_000;
const MAX_PAUSE_MS = 30_000;

/** The running scheduler. */
export interface ReminderScheduler {
  /** Says that a reminder falls due at `at`; without `at`: look now. Returns at once. */
  wake: (at?: Date) => void;
  /** True while a reminder is known to wait. */
  isWaiting: () => boolean;
  /** Stops after the transaction under way. */
  stop: () => Promise<void>;
}

/**
 * Starts the scheduler with a look at the table: what fell due while nobody ran is sent once, now.
 * @param options `onSent` is called after each commit, `onWaiting` when it becomes known whether reminders wait.
 */
export function startReminderScheduler(options: {
  pool: Pool;
  clock: Clock;
  log: Logger;
  onSent: () => void;
  onWaiting: (waiting: boolean) => void;
}): ReminderScheduler {
  const { clock, log } = options;
  const alarm = createAlarm(clock, look);
  let nextAt = Infinity;
  let running: Promise<void> | undefined;
  let again = false;
  let stopped = false;
  let waiting = false;
  let pause = PAUSE_MS;

  const setWaiting = (now: boolean): void => {
    waiting = now;
    options.onWaiting(now);
  };
  const sleepUntil = (at: number): void => {
    if (stopped) return;
    nextAt = at;
    alarm.setAt(at);
  };
  const sleepFor = (ms: number): void => {
    if (stopped) return;
    nextAt = clock().getTime() + ms;
    alarm.setIn(ms);
  };
  const lookAgain = (): boolean => again && !stopped;
  const run = async (): Promise<void> => {
    do {
      again = false;
      try {
        while ((await sendDue(options)) === BATCH && !stopped);
        const next = (await nextReminderAt(options.pool))?.getTime();
        const now = clock().getTime();
        setWaiting(next !== undefined);
        pause = PAUSE_MS;
        if (next === undefined || next > now + SWEEP_MS) sleepFor(SWEEP_MS);
        else if (next > now) sleepUntil(next);
        else sleepFor(PAUSE_MS); // due and still there: another replica is at it
      } catch (error) {
        log.warn(
          { err: error, pauseMs: pause },
          'reminders are delayed: the database does not answer',
        );
        sleepFor(pause);
        pause = Math.min(MAX_PAUSE_MS, pause * 2);
      }
    } while (lookAgain());
    running = undefined;
  };
  function look(): void {
    if (stopped) return;
    again = true;
    running ??= inNewTrace({ name: 'send due reminders', kind: 'internal' }, undefined, run);
  }
  look();
  return {
    wake: (at) => {
      if (at === undefined) {
        look();
        return;
      }
      if (!waiting) setWaiting(true);
      if (running) again = true;
      else if (at.getTime() < nextAt) sleepUntil(at.getTime());
    },
    isWaiting: () => waiting,
    stop: async () => {
      stopped = true;
      alarm.clear();
      await running;
    },
  };
}

async function sendDue(options: Parameters<typeof startReminderScheduler>[0]): Promise<number> {
  const taken = await withTransaction(options.pool, async (client) => {
    const now = options.clock(); // the transaction began with a look at the database's clock
    // each in a trace of its own: this runs in that of whoever woke the scheduler
    const due = (await takeDueReminders(client, now, BATCH)).map((reminder) => ({
      ...reminder,
      trace: startSpan({ name: 'reminder due', kind: 'internal' }),
    }));
    for (const reminder of due) {
      await appendEvent(client, SCHEMA, {
        topic: TOPICS.reminders,
        type: 'todo.reminder.due.v1',
        key: reminder.task_id,
        time: now,
        trace: reminder.trace,
        data: {
          userId: reminder.user_id,
          taskId: reminder.task_id,
          reminderId: reminder.id,
          title: reminder.title,
          dueAt: reminder.due_at?.toISOString() ?? null,
          due: reminder.due,
          remindAt: reminder.pending_at.toISOString(),
          zone: reminder.zone,
          locale: reminder.locale,
        },
      });
    }
    return due;
  });
  const sentAt = options.clock().getTime();
  for (const reminder of taken) {
    measured('reminder.sent', { lateMs: sentAt - reminder.pending_at.getTime() });
    reminder.trace.end();
    options.log.info(
      {
        traceId: reminder.trace.traceId,
        taskId: reminder.task_id,
        reminderId: reminder.id,
        remindAt: reminder.pending_at,
      },
      'reminder due',
    );
  }
  if (taken.length > 0) options.onSent();
  return taken.length;
}

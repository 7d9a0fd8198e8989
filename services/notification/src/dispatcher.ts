// Sends what the deliveries' table holds. One lane a channel, each by itself, so that a mail server that hangs holds back mail
// and nothing else. A lane sleeps until the next instant in the table; a commit of this process wakes it. There is no poll
// but a look every SWEEP_MS, for the rare row whose replica was taken away.
//
//   asleep → timer or wake → give up dead claims → claim, send, record … until nothing is due → asleep until the next
//                          ↘ database away: again after a growing pause
import { createAlarm } from '@todo/runtime/clock';
import type { Clock } from '@todo/runtime/clock';
import { withTransaction } from '@todo/runtime/database';
import type { Pool } from '@todo/runtime/database';
import type { Logger } from '@todo/runtime/log';
import { CHANNELS } from '@todo/contracts/notification-preferences';
import type { Channel } from '@todo/contracts/notification-preferences';
import { inNewTrace } from '@todo/runtime/trace';
import type { Outcome } from './channels/outcome.ts';
import { claimDeliveries, giveUpClaims, nextDeliveryAt, recordOutcome } from './deliveries.ts';
import type { ClaimedDelivery } from './deliveries.ts';
import { LATE_AFTER_MS } from './notifications.ts';

/** Messages of one channel that are on their way at once. */
const AT_ONCE = 10;
/** Longest sleep, ms: 6 hours. */
const SWEEP_MS = 6 * 3_600_000;
/** Pauses after an error of the database, ms. */
const MIN_PAUSE_MS = 1_000;
const MAX_PAUSE_MS = 30_000;

/** What a try came to: the channel's outcome, or nothing was sent because it is not wanted any more. */
export type SendResult = Outcome | { readonly kind: 'cancelled'; readonly reason: string };

/** What a dispatcher needs. */
export interface DispatcherOptions {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly log: Logger;
  /** Sends one message. */
  readonly send: (delivery: ClaimedDelivery, late: boolean) => Promise<SendResult>;
}

/** The running dispatcher. */
export interface Dispatcher {
  /** Says that something may be due; returns at once. Call it after a commit. */
  wake: (channels?: readonly Channel[]) => void;
  /** Resolves when every lane sleeps, for tests. */
  asleep: () => Promise<void>;
  /** Stops after the messages under way. */
  stop: () => Promise<void>;
}

/** Starts it with a look at the table. */
export function startDispatcher(options: DispatcherOptions): Dispatcher {
  const lanes = new Map(CHANNELS.map((channel) => [channel, startLane(channel, options)]));
  const all = [...lanes.values()];
  return {
    wake: (channels = CHANNELS) => {
      for (const channel of channels) lanes.get(channel)?.wake();
    },
    asleep: async () => {
      await Promise.all(all.map((lane) => lane.asleep()));
    },
    stop: async () => {
      await Promise.all(all.map((lane) => lane.stop()));
    },
  };
}

function startLane(channel: Channel, options: DispatcherOptions): Dispatcher {
  const { pool, clock, log } = options;
  const alarm = createAlarm(clock, wake);
  let running: Promise<void> | undefined;
  let pause = MIN_PAUSE_MS;
  const state = { again: false, stopped: false };

  const sleep = (how: { until: number } | { forMs: number }): void => {
    if (state.stopped) return;
    if ('until' in how) alarm.setAt(how.until);
    else alarm.setIn(how.forMs);
  };
  const lookAgain = (): boolean => state.again && !state.stopped;
  const run = async (): Promise<void> => {
    do {
      state.again = false;
      try {
        // in a transaction, which begins with a look at the database's clock
        const lost = await withTransaction(pool, (client) =>
          giveUpClaims(client, channel, clock()),
        );
        if (lost > 0)
          log.error(
            { channel, lost },
            'messages of a process that crashed; it is unknown whether they were sent',
          );
        while (!state.stopped && (await sendDue(channel, options)) > 0);
        const next = await nextDeliveryAt(pool, channel);
        pause = MIN_PAUSE_MS;
        if (next !== null && next.getTime() < clock().getTime() + SWEEP_MS)
          sleep({ until: next.getTime() });
        else sleep({ forMs: SWEEP_MS });
      } catch (error) {
        log.warn(
          { err: error, channel, pauseMs: pause },
          'messages are delayed: the database does not answer',
        );
        sleep({ forMs: pause });
        pause = Math.min(MAX_PAUSE_MS, pause * 2);
      }
    } while (lookAgain());
    running = undefined;
  };
  function wake(): void {
    if (state.stopped) return;
    state.again = true;
    running ??= inNewTrace({ name: 'send notifications', kind: 'internal' }, undefined, run); // not in the trace of whoever woke it
  }
  wake();
  return {
    wake,
    asleep: async () => {
      while (running) await running;
    },
    stop: async () => {
      state.stopped = true;
      alarm.clear();
      await running;
    },
  };
}

/** Sends a batch. @returns how many were claimed */
async function sendDue(channel: Channel, options: DispatcherOptions): Promise<number> {
  const { pool, clock, log } = options;
  const claimed = await claimDeliveries(pool, channel, clock(), AT_ONCE);
  await Promise.all(
    claimed.map(async (delivery) => {
      const { notificationId, taskId, target, attempts } = delivery;
      const late = clock().getTime() - delivery.remindAt.getTime() > LATE_AFTER_MS;
      const result = await options.send(delivery, late).catch((error: unknown): SendResult => {
        log.error({ err: error, channel, notificationId }, 'unexpected error while sending');
        return { kind: 'uncertain', reason: 'unexpected error' };
      });
      const status = await recordOutcome(pool, delivery, result, { now: clock(), late });
      const about = { channel, target, notificationId, taskId, attempts, late, status };
      if (result.kind === 'delivered') {
        if (status === 'delivered') log.info(about, 'notification sent');
        else log.warn(about, 'notification sent after its lease had expired');
      } else if (status === 'waiting' || status === 'cancelled')
        log.info({ ...about, reason: result.reason }, 'notification not sent');
      else log.warn({ ...about, reason: result.reason }, 'notification not sent; giving up');
    }),
  );
  return claimed.length;
}

// One subscription: a stream to daprd that gets a group's messages of a topic.
//
//   resting ──wake-up, timer, a batch is settled, a renewal is due──▶ writing and claiming ──▶ resting
//
// One loop owns everything that goes to the database: each turn writes down what became of finished batches, renews what
// is held, and claims the next messages, in one statement (group-statements.ts). What is in hand meanwhile, deliveries.ts
// knows; when to take a turn, pacing.ts.
//
// Whether a lease is still ours the database decides, by the shard's epoch: what another owner has got meanwhile is dropped
// here, the rest goes on. Time is the server's: this process only measures durations.
import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { ByteBudget } from './byte-budget.ts';
import type { Database } from './database.ts';
import { describeError } from './database-errors.ts';
import {
  createDeliveries,
  type Deliveries,
  type DeliverySettings,
  type Unwritten,
} from './deliveries.ts';
import { createGroupStatements, type Claimed, type GroupStatements } from './group-statements.ts';
import { createInterruptibleRest } from './interruptible-rest.ts';
import type { ClaimedMessage } from './message.ts';
import { createPacing, type PacingSettings } from './pacing.ts';
import { createRetryUntilClosed } from './retry-until-closed.ts';
import { NO_GROUP_OBSERVER, type GroupObserver } from './observer.ts';
import { mergeSettlements } from './settlement.ts';
import type { SlowAnswer } from './slow-messages.ts';

/** What one claim may bring at most, in payload bytes. */
const CLAIM_BYTES = 512 * 1024;
/** How long a subscription that closes tries to write down what it knows, for each statement. */
const LAST_RETRY_FOR_MS = 2_000;

/** How a subscription behaves. Durations in milliseconds. */
export interface SubscriptionSettings extends DeliverySettings, PacingSettings {
  /** Topic given-up messages go to; null: the table dead_letters. */
  deadTopicId: () => Promise<number | null>;
}

/** A running subscription. */
export interface Subscription {
  /** Something may be there. */
  wake: () => void;
  /** daprd's answer for a delivery; error undefined: handled. */
  acknowledge: (deliveryId: string, error: string | undefined) => void;
  pause: () => void;
  resume: () => void;
  /** Stops; what was acknowledged is written down, the rest is released. Resolves when that is done or has failed. */
  close: () => Promise<void>;
  /** Messages with daprd now. */
  inFlight: () => number;
}

/**
 * Starts to deliver.
 * @param options.groupId - resolves when the group exists; tried again for as long as it takes
 * @param options.budget - payload bytes that all subscriptions of the component may hold together
 * @param options.send - hands a message to daprd
 * @param options.onActivity - called for each batch that came or was written down
 * @param options.observer - counts what happens; default: nobody does
 * @param options.onStuck - nothing was answered for handlerTimeout; called once, what was held is released
 */
export function startSubscription(options: {
  database: Database;
  groupId: () => Promise<number>;
  settings: SubscriptionSettings;
  budget: ByteBudget;
  send: (deliveryId: string, message: ClaimedMessage) => void;
  onActivity: () => void;
  observer?: GroupObserver;
  onStuck: (reason: string) => void;
  log: Logger;
}): Subscription {
  const { database, settings, budget, log, observer = NO_GROUP_OBSERVER } = options;
  const owner = randomUUID();
  const pacing = createPacing(settings, performance.now());
  const { rest, interrupt, isClosed, ...resting } = createInterruptibleRest();
  const deliveries: Deliveries = createDeliveries({
    settings,
    pacing,
    budget,
    observer,
    send: options.send,
    onWork: interrupt,
    onDead: (reason) => {
      closeDown();
      options.onStuck(reason);
    },
    log,
  });
  /** A claim failed, and may have been committed. */
  let unanswered = false;
  const retryUntilClosed = createRetryUntilClosed({ rest, isClosed }, log);

  function wake(): void {
    pacing.wake();
    interrupt();
  }

  function closeDown(): void {
    deliveries.stop();
    resting.close();
  }

  /** Nothing in hand, or a statement goes out anyway: a claim costs little. */
  const alone = (): boolean => deliveries.isEmpty() || deliveries.hasSettlements();

  async function run(): Promise<void> {
    const group = await retryUntilClosed('subscribing', options.groupId);
    if (group === undefined) return;
    const statements = createGroupStatements({
      database,
      group,
      owner,
      visibilityTimeout: settings.visibilityTimeout,
      ordered: settings.ordered,
      deadTopicId: settings.deadTopicId,
    });
    for (;;) {
      const now = performance.now();
      const limit = deliveries.room();
      const ripe = limit > 0 && pacing.mayClaim(now, alone());
      const bytes = ripe ? budget.take(CLAIM_BYTES, deliveries.isEmpty()) : 0;
      const hasWork =
        bytes > 0 ||
        pacing.isRenewalDue(now) ||
        deliveries.hasSettlements() ||
        deliveries.hasAnswers();
      if (!hasWork && !isClosed()) {
        const timedOut = await rest(
          pacing.restMs(performance.now(), {
            room: limit > 0,
            alone: alone(),
            delivering: deliveries.isDelivering(),
          }),
        );
        if (timedOut) pacing.wake();
        continue;
      }
      const left = await takeTurn(statements, limit, bytes);
      if (left) {
        await writeLast(statements, left);
        return;
      }
    }
  }

  /**
   * Writes down, renews and claims.
   * @param bytes - payload that the claim may bring, taken from the budget; 0: no claim
   * @returns what was not written because the subscription closed; undefined: go on
   */
  async function takeTurn(
    statements: GroupStatements,
    limit: number,
    bytes: number,
  ): Promise<Unwritten | undefined> {
    const wanted = bytes > 0;
    if (wanted) pacing.claimStarted(performance.now());
    let unwritten: Unwritten = { settlement: mergeSettlements([]), answers: [] };
    const turn = await retryUntilClosed('claiming', async () => {
      // Put together for each try: while the database is away more is settled, and leases run out, which this very
      // statement would claim if it did not renew them.
      const renewing = pacing.isRenewalDue(performance.now());
      unwritten = gather(unwritten, renewing);
      const progress = renewing ? deliveries.progress() : [];
      const settlement = mergeSettlements([
        unwritten.settlement,
        ...progress.map((part) => part.settlement),
      ]);
      // Leases of slow messages are renewed after it, and not claimed before.
      const most = wanted && !(renewing && deliveries.holdsSlow()) ? limit : 0;
      if (unanswered) {
        // First what has its answers: it must not be given back, or it would come again.
        const claimed = await statements.acknowledgeAndClaim(settlement, 0, bytes);
        await statements.giveBack(deliveries.shards(), 0);
        unanswered = false;
        pacing.wake();
        return { claimed, renewing, progress };
      }
      unanswered = most > 0;
      const claimed = await statements.acknowledgeAndClaim(settlement, most, bytes);
      unanswered = false;
      return { claimed, renewing, progress };
    });
    budget.give(bytes);
    if (!turn) return unwritten;
    const { claimed, renewing, progress } = turn;
    for (const { confirm } of progress) confirm(claimed);
    if (unwritten.settlement.ends.length > 0) options.onActivity();
    if (wanted) observer.claimed(claimed.messages.length);
    if (claimed.lost.length > 0) {
      observer.leasesLost(claimed.lost.length);
      log.warn(
        { shards: claimed.lost },
        'another subscriber took over; late acknowledgements are rejected',
      );
    }
    if (wanted) {
      const full = claimed.messages.length >= limit || claimed.bytes >= bytes;
      pacing.setFull(full);
    }
    if (pacing.isFull()) pacing.wake();
    take(claimed);
    if (unwritten.answers.length > 0) {
      const { answers } = unwritten;
      const written = await retryUntilClosed('answering', async () => {
        await answerSlow(statements, answers, 0);
        return true;
      });
      if (!written) return { settlement: mergeSettlements([]), answers };
      pacing.wake(); // what waited behind them for its key may be due now
    }
    pacing.statementDone(claimed.askedAt, renewing, deliveries.holdsLeases());
    return undefined;
  }

  /** What is to be written with what was not written before; renewals that failed are made once more. */
  function gather(before: Unwritten, renewing: boolean): Unwritten {
    const { settlement, answers } = deliveries.takeUnwritten();
    return {
      settlement: mergeSettlements([before.settlement, settlement]),
      answers: [
        ...before.answers.filter(({ op }) => op !== 'renew'),
        ...answers,
        ...(renewing ? deliveries.slowRenewals() : []),
      ],
    };
  }

  /** What a claim brought goes on its way. */
  function take(claimed: Claimed): void {
    const brought = claimed.leases.length > 0;
    pacing.claimAnswered(performance.now(), claimed.wait, brought);
    if (brought) {
      options.onActivity();
      deliveries.hold(claimed);
    }
    deliveries.send();
  }

  async function answerSlow(
    statements: GroupStatements,
    answers: SlowAnswer[],
    retryForMs: number,
  ): Promise<void> {
    const lost = await statements.answerSlow(answers, retryForMs);
    if (deliveries.slowWritten(answers, lost))
      log.warn('another subscriber took over slow messages; late acknowledgements are rejected');
  }

  /** Closing: what is known is written down, the rest is for the next owner. */
  async function writeLast(statements: GroupStatements, unwritten: Unwritten): Promise<void> {
    const left = deliveries.abandon();
    const settlement = mergeSettlements([unwritten.settlement, left.settlement]);
    const answers = [...unwritten.answers, ...left.answers];
    try {
      // Again after an error that passes: what cut the connection of the claim before may have cut others of the pool too.
      if (settlement.ends.length > 0) await statements.acknowledge(settlement, LAST_RETRY_FOR_MS);
      if (answers.length > 0) await answerSlow(statements, answers, LAST_RETRY_FOR_MS);
      // Or nobody gets what that claim took until its lease ends.
      if (unanswered) await statements.giveBack([], LAST_RETRY_FOR_MS);
    } catch (error) {
      log.warn(
        { error: describeError(error) },
        'could not store the last acknowledgements; their messages will be redelivered',
      );
    }
  }

  const stopWaiting = budget.onFree(() => {
    if (pacing.isAwake()) interrupt();
  });
  const running = run()
    .catch((error: unknown) => {
      const reason = `a subscription ended because of a bug in the component: ${describeError(error)}`;
      log.error(reason);
      closeDown();
      options.onStuck(reason);
    })
    .finally(stopWaiting);

  return {
    wake,
    inFlight: deliveries.inFlight,
    acknowledge: deliveries.acknowledge,
    pause: deliveries.pause,
    resume: () => {
      deliveries.resume();
      wake();
    },
    close: async () => {
      closeDown();
      await running;
    },
  };
}

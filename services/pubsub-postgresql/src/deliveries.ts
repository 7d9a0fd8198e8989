// What a subscription holds in memory: the batches of its claims, the messages with daprd, and what is to be written down.
// Knows neither statements nor gRPC.
//
// Batches are delivered side by side, so a slow message holds up nothing but its own shard. Nor does it hold its shard for
// long: when all others of its batch are settled, it gets a lease of its own (a row in `retries` that falls due when the
// lease ends), and the shard goes on. What is without an answer for handlerTimeout has failed; when nothing at all is
// answered for so long, the stream is dead, and `onDead` is called.
//
// A message is sent only while its lease lasts: when that has run out, or nearly so, before the message's turn came, the
// renewal comes first.
import type { Logger } from 'pino';
import { createBatch, type Batch, type BatchRules } from './batch.ts';
import type { ByteBudget } from './byte-budget.ts';
import type { Claimed } from './group-statements.ts';
import { createInFlight } from './in-flight.ts';
import { deliveryId, type ClaimedMessage } from './message.ts';
import type { GroupObserver } from './observer.ts';
import type { Pacing } from './pacing.ts';
import { mergeSettlements, type Settlement } from './settlement.ts';
import { createSlowMessages, type SlowAnswer } from './slow-messages.ts';

/** How often what is in flight is inspected. */
const INSPECT_MS = 250;
/** The part of a lease that must be left for a message to be sent under it. */
const LEFT_OF_LEASE = 0.1;

/** How messages are delivered. Durations in milliseconds. */
export interface DeliverySettings extends BatchRules {
  visibilityTimeout: number;
  handlerTimeout: number;
  maxInFlight: number;
}

/** What is to be written down. */
export interface Unwritten {
  settlement: Settlement;
  answers: SlowAnswer[];
}

/** A batch being delivered. */
interface Held {
  batch: Batch;
  /** Until when its leases are surely ours, by performance.now(). */
  until: number;
  bytes: number;
  count: number;
  since: number;
}

/** The messages in hand. */
export interface Deliveries {
  /** Takes over what a claim brought, without sending yet. */
  hold: (claimed: Claimed) => void;
  /** Sends as much as may be in flight. */
  send: () => void;
  /** daprd's answer; error undefined: handled. */
  acknowledge: (deliveryId: string, error: string | undefined) => void;
  pause: () => void;
  resume: () => void;
  /** Nothing is sent any more. */
  stop: () => void;
  /** Neither paused nor stopped. */
  isDelivering: () => boolean;
  inFlight: () => number;
  /** No batch is in hand. */
  isEmpty: () => boolean;
  /** Something has a lease that must be renewed. */
  holdsLeases: () => boolean;
  holdsSlow: () => boolean;
  /** How many messages to ask for now; 0: none. */
  room: () => number;
  hasSettlements: () => boolean;
  hasAnswers: () => boolean;
  /** Hands over what is to be written down; it is not kept here. */
  takeUnwritten: () => Unwritten;
  /** For each batch, what renews its leases and moves its shards; `confirm` when a statement with all of it was answered. */
  progress: () => { settlement: Settlement; confirm: (answer: Claimed) => void }[];
  slowRenewals: () => SlowAnswer[];
  /** The answers were written, but these ids are another owner's. Returns whether a renewal was among them. */
  slowWritten: (answers: SlowAnswer[], lost: Set<string>) => boolean;
  /** Shards that are in hand. */
  shards: () => number[];
  /** Closing: what is known counts, the rest is for the next owner. Nothing is held any more. */
  abandon: () => Unwritten;
}

/**
 * @param options.send - hands a message to daprd
 * @param options.onWork - there is something to write down, or room for more
 * @param options.onDead - nothing was answered for handlerTimeout; called once
 */
export function createDeliveries(options: {
  settings: DeliverySettings;
  pacing: Pacing;
  budget: ByteBudget;
  observer: GroupObserver;
  send: (deliveryId: string, message: ClaimedMessage) => void;
  onWork: () => void;
  onDead: (reason: string) => void;
  log: Logger;
}): Deliveries {
  const { settings, pacing, budget, observer, log } = options;
  const holding = new Set<Held>();
  const flights = createInFlight<Held>(settings.handlerTimeout, observer.inFlight);
  const slow = createSlowMessages(settings);
  let settlements: Settlement[] = [];
  let answers: SlowAnswer[] = [];
  let paused = false;
  let stopped = false;
  let inspecting: NodeJS.Timeout | undefined;

  const isDelivering = (): boolean => !paused && !stopped;
  const isFull = (): boolean => flights.size() >= settings.maxInFlight;
  const holdsLeases = (): boolean => holding.size > 0 || slow.size() > 0;

  function room(): number {
    if (!isDelivering() || isFull()) return 0;
    const limit = pacing.claimLimit();
    let unsettled = 0;
    for (const { batch } of holding) unsettled += batch.unsettled();
    return unsettled < limit ? limit : 0;
  }

  function send(): void {
    const lastsUntil = performance.now() + settings.visibilityTimeout * LEFT_OF_LEASE;
    for (const held of holding) {
      while (isDelivering() && !isFull() && lastsUntil < held.until) {
        const message = held.batch.next();
        if (!message) break;
        const now = performance.now();
        flights.sent(message, held, now);
        observer.delivered(message.attempts === 1 ? now - message.publishedAt : undefined);
        options.send(deliveryId(message), message);
      }
      if (held.batch.isDone()) finish(held);
    }
    if (pacing.isAwake() && room() > 0) options.onWork();
    inspectWhileHolding();
  }

  function inspectWhileHolding(): void {
    if (holdsLeases() && !stopped) inspecting ??= setInterval(inspect, INSPECT_MS);
    else {
      clearInterval(inspecting);
      inspecting = undefined;
    }
  }

  /** All of a batch is settled, or too slow to wait for: to be written down. */
  function finish(held: Held): void {
    holding.delete(held);
    budget.give(held.bytes);
    const { settlement, slow: left } = held.batch.finish(settings.visibilityTimeout);
    const now = performance.now();
    for (const message of left) {
      if (flights.leaveBehind(deliveryId(message))) slow.add(message);
    }
    if (left.length > 0) pacing.leased(now);
    pacing.batchFinished(now, held.since, held.count - left.length);
    settlements.push(settlement);
    pacing.wake();
    options.onWork();
  }

  function drop(held: Held, shards: number[]): void {
    for (const message of held.batch.lose(shards)) flights.remove(deliveryId(message));
  }

  function inspect(): void {
    const seconds = Math.round(settings.handlerTimeout / 1_000);
    const verdicts = flights.inspect(performance.now(), (id, { batch }) => batch.isSlow(id));
    for (const { id, flight, is } of verdicts) {
      if (is === 'slow') {
        flight.holder?.batch.markSlow(id);
        continue;
      }
      if (flights.remove(id))
        conclude(id, flight, `no answer within handlerTimeout (${seconds} s)`);
      if (is === 'dead') {
        const reason = `no answer within ${settings.handlerTimeout} ms`;
        log.error(reason);
        options.onDead(reason);
        return;
      }
    }
    send();
  }

  function acknowledge(id: string, error: string | undefined): void {
    const flight = flights.answered(id, performance.now());
    if (flight) {
      if (error === undefined) observer.acknowledged(performance.now() - flight.sentAt);
      conclude(id, flight, error);
    } else log.debug({ deliveryId: id }, 'an acknowledgement came too late: the lease was lost');
  }

  function conclude(
    id: string,
    { message, holder }: { message: ClaimedMessage; holder: Held | undefined },
    error: string | undefined,
  ): void {
    if (error !== undefined && message.attempts < settings.maxDeliveries) observer.retried();
    if (holder) holder.batch.acknowledge(id, error);
    else {
      const answer = slow.acknowledge(message, error);
      if (answer) answers.push(answer);
      pacing.wake();
      options.onWork();
    }
    send();
  }

  function hold({ messages, leases, bytes, askedAt }: Claimed): void {
    budget.use(bytes);
    const shards = leases.map((lease) => lease.shard);
    for (const held of holding) drop(held, shards); // their leases had run out: they are ours once more, from the start
    const until = askedAt + settings.visibilityTimeout;
    if (until <= performance.now())
      log.warn(
        'a claim took longer than visibilityTimeout: check the database, or raise visibilityTimeout',
      );
    holding.add({
      batch: createBatch(messages, leases, settings),
      until,
      bytes,
      count: messages.length,
      since: performance.now(),
    });
  }

  function takeUnwritten(): Unwritten {
    const unwritten = { settlement: mergeSettlements(settlements), answers };
    settlements = [];
    answers = [];
    return unwritten;
  }

  return {
    hold,
    send,
    acknowledge,
    pause: () => {
      paused = true;
    },
    resume: () => {
      paused = false;
      send();
    },
    stop: () => {
      stopped = true;
      inspectWhileHolding();
    },
    isDelivering,
    inFlight: flights.size,
    isEmpty: () => holding.size === 0,
    holdsLeases,
    holdsSlow: () => slow.size() > 0,
    room,
    hasSettlements: () => settlements.length > 0,
    hasAnswers: () => answers.length > 0,
    takeUnwritten,
    progress: () =>
      [...holding].map((held) => {
        const { settlement, confirm } = held.batch.progress();
        return {
          settlement,
          confirm: ({ askedAt, lost }) => {
            confirm();
            held.until = askedAt + settings.visibilityTimeout;
            const own = new Set(held.batch.leases().map(({ shard }) => shard));
            drop(
              held,
              lost.filter((shard) => own.has(shard)),
            );
          },
        };
      }),
    slowRenewals: slow.renewals,
    slowWritten: (written, lost) => {
      const gone = slow.written(written, lost);
      for (const message of gone) flights.remove(deliveryId(message));
      return gone.length > 0;
    },
    shards: () => [...holding].flatMap(({ batch }) => batch.leases().map(({ shard }) => shard)),
    abandon: () => {
      for (const { bytes } of holding) budget.give(bytes);
      const left = [...holding].map(({ batch }) => batch.abandon());
      holding.clear();
      flights.clear();
      const { settlement, answers: known } = takeUnwritten();
      return {
        settlement: mergeSettlements([settlement, ...left]),
        answers: [...known, ...slow.returns()],
      };
    },
  };
}

// One subscription: a stream to daprd that gets a group's messages of a topic.
//
//   resting ──wake, timer, a batch is settled, a renewal is due──▶ writing and claiming ──▶ resting
//
// One loop owns everything that goes to the database: each turn writes down what became of finished batches, renews what
// is held, and claims the next messages, in one statement. What a claim brings is a batch; batches are delivered side by
// side, so a slow message holds up nothing but its own shard.
//
// A message that is slow does not hold its shard either: when all others of its batch are settled, it gets a lease of its
// own (a row in `retries` that falls due when the lease ends), and the shard goes on. What is without an answer for
// handlerTimeout has failed; when nothing at all is answered for so long, the stream is dead and `onStuck` says so.
//
// Resting ends by a wake-up (a NOTIFY, a message published by this very process, a knock), when a retry falls due, when
// another owner's lease may have ended, and by a poll that gets rarer and stops: under load one notification can be lost,
// with the publisher that died before it sent it. Idle for longer than that, a subscription sends nothing at all.
//
// A message is sent only while its lease lasts; when that has run out, or nearly so, before the message's turn came (a claim
// that was answered late, a renewal that has to wait for the database), the renewal comes first. Whether a lease is still
// ours the database decides, by the shard's epoch: what another owner has got meanwhile is dropped here, the rest goes on.
// Time is the server's: this process only measures durations.
import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { createBatch, deliveryId, type Batch, type BatchRules, type Lease } from './batch.ts';
import type { ByteBudget } from './byte-budget.ts';
import type { Database, Row } from './database.ts';
import { describeError } from './database-errors.ts';
import { payloadPassed } from './memory.ts';
import type { ClaimedMessage } from './message.ts';
import { mergeSettlements, type Settlement } from './settlement.ts';
import { createSlowMessages, SLOW_ANSWERS, type SlowAnswer } from './slow-messages.ts';

/** What one claim may bring at most, in payload bytes. */
const CLAIM_BYTES = 512 * 1024;
/** What a byte of payload costs on its way in: the driver's buffer, which doubles, and hexadecimal text. */
const GARBAGE_FACTOR = 6;
/** A claim takes what is handled in about this time, so that slow consumers leave work to others. */
const CLAIM_MS = 500;
const FIRST_CLAIM = 20;
const MOST_CLAIM = 500;
/** Takes back what an own claim took whose answer never came: nothing of it was handed out. $3: shards that are in hand. */
const GIVE_BACK = `update dapr_pubsub.cursors set lease_until = null, owner = null
  where group_id = $1 and owner = $2 and lease_until is not null and shard <> all($3::smallint[])`;
/** How often to look again while other owners hold leases; doubles up to pollIntervalMax. */
const OTHERS_POLL_MS = 250;
const ERROR_PAUSE_MS = 100;
const ERROR_PAUSE_MOST_MS = 5_000;
/** A timer never fires early, but a lease ends on the server's clock: look a little later. */
const AFTER_DUE_MS = 5;
/** How long a subscription that closes tries to write down what it knows, for each statement. */
const LAST_PATIENCE_MS = 2_000;
/** With batches in hand, wake-ups this close together share a claim: many small ones would cost more than they bring. */
const GATHER_MS = 20;
/** How often what is in flight is looked at. */
const CHECK_MS = 250;
/** In flight for longer than this is slow. */
const SLOW_MS = 1_000;
/** The part of a lease that must be left for a message to be sent under it. */
const LEFT_OF_LEASE = 0.1;

/** How a subscription behaves. Durations in milliseconds. */
export interface SubscriptionSettings extends BatchRules {
  visibilityTimeout: number;
  handlerTimeout: number;
  maxInFlight: number;
  pollInterval: number;
  pollIntervalMax: number;
  idleAfter: number;
  /** Topic given-up messages go to; null: the table dead_letters. */
  deadTopicId: () => Promise<number | null>;
}

/** A running subscription. */
export interface Subscription {
  /** Something may be there. */
  wake: () => void;
  /** daprd's answer for a delivery; error undefined: handled. */
  settle: (deliveryId: string, error: string | undefined) => void;
  pause: () => void;
  resume: () => void;
  /** Stops; what was settled is written down, the rest is released. Resolves when that is done or has failed. */
  close: () => Promise<void>;
  /** Messages with daprd now. */
  inFlight: () => number;
}

interface ClaimRow extends Row {
  source: 'log' | 'retry' | 'lease' | 'wait' | 'lost';
  shard: number;
  epoch: string;
  xid: string;
  id: string;
  key: string | null;
  attempts: number;
  ttl_ms: number | null;
  content_type: string | null;
  metadata: string | null;
  data: Buffer;
  wait_ms: number | null;
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

/** A message with daprd. */
interface Flight {
  message: ClaimedMessage;
  sequence: number;
  sentAt: number;
  /** When a message sent later was answered first: from then on this one is surely being handled, not waiting. */
  overtakenAt: number | undefined;
  /** Undefined: it has a lease of its own. */
  held: Held | undefined;
}

const SETTLE_AND_CLAIM = `select source, shard, epoch, xid, id, key, attempts, ttl_ms, content_type, metadata, data, wait_ms
  from dapr_pubsub.settle_and_claim($1, $2, $3::int * interval '1 millisecond', $4::smallint[], $5::bigint[], $6::xid8[],
    $7::bigint[], $8::boolean[], $9::jsonb, $10, $11, $12, $13)`;
const SETTLE = `select dapr_pubsub.settle($1, $2, $3::int * interval '1 millisecond', $4::smallint[], $5::bigint[],
  $6::xid8[], $7::bigint[], $8::boolean[], $9::jsonb, $10) as lost`;

const NOTHING: Settlement = { ends: [], exceptions: [] };

/**
 * Starts to deliver.
 * @param options.groupId - resolves when the group exists; tried again for as long as it takes
 * @param options.budget - payload bytes that all subscriptions of the component may hold together
 * @param options.send - hands a message to daprd
 * @param options.onActivity - called for each batch
 * @param options.onStuck - nothing was answered for handlerTimeout; called once, what was held is released
 */
export function startSubscription(options: {
  database: Database;
  groupId: () => Promise<number>;
  settings: SubscriptionSettings;
  budget: ByteBudget;
  send: (deliveryId: string, message: ClaimedMessage) => void;
  onActivity: () => void;
  onStuck: (reason: string) => void;
  log: Logger;
}): Subscription {
  const { database, settings, budget, log } = options;
  const owner = randomUUID();
  const closing = new AbortController();
  const holding = new Set<Held>();
  const flights = new Map<string, Flight>(); // in the order they were sent
  const slow = createSlowMessages(settings);
  let finished: Settlement[] = [];
  let answers: SlowAnswer[] = [];
  let sequence = 0;
  let lastAnswerAt = 0;
  let paused = false;
  let stuck = false;
  let rate = FIRST_CLAIM / CLAIM_MS; // settled messages a millisecond, smoothed
  let lastFinish = 0;
  let look = true; // there may be something to claim
  let full = false; // the last claim brought all it could
  let claimedAt = -Infinity;
  let renewAt = Infinity;
  let interrupt: (() => void) | undefined;
  let checking: NodeJS.Timeout | undefined;
  let lastActivity = performance.now();
  let poll = settings.pollInterval;
  let othersPoll = OTHERS_POLL_MS;
  let waitUntil = Infinity;
  let reachable = true;

  const isClosed = (): boolean => closing.signal.aborted;

  function kick(): void {
    interrupt?.();
  }

  function wake(): void {
    look = true;
    kick();
  }

  /** Sleeps until a kick or for `ms`; true when the time has passed. */
  function rest(ms: number): Promise<boolean> {
    return new Promise((done) => {
      const finish = (timedOut: boolean): void => {
        clearTimeout(timer);
        interrupt = undefined;
        done(timedOut);
      };
      const timer =
        ms === Infinity ? undefined : setTimeout(finish, Math.min(ms, 2 ** 31 - 1), true);
      interrupt = () => {
        finish(false);
      };
      if (isClosed()) finish(false);
    });
  }

  /** Tries until it works; the pause grows. Undefined when closed before. */
  async function insist<T>(what: string, attempt: () => Promise<T>): Promise<T | undefined> {
    for (let pause = ERROR_PAUSE_MS; ; pause = Math.min(ERROR_PAUSE_MOST_MS, pause * 2)) {
      if (isClosed()) return undefined;
      try {
        const result = await attempt();
        if (!reachable) log.info('the database answers again');
        reachable = true;
        return result;
      } catch (error) {
        if (reachable) log.warn({ error: describeError(error) }, `${what} failed; trying again`);
        reachable = false;
        await rest(pause * (0.5 + Math.random()));
      }
    }
  }

  async function parameters(group: number, settlement: Settlement): Promise<unknown[]> {
    const { ends, exceptions } = settlement;
    const dead = exceptions.some((exception) => exception.op === 'dead');
    return [
      group,
      owner,
      settings.visibilityTimeout,
      ends.map((end) => end.shard),
      ends.map((end) => end.epoch),
      ends.map((end) => (end.at === null ? null : end.at === 'unchanged' ? '0' : end.at.xid)),
      ends.map((end) => (end.at === null ? null : end.at === 'unchanged' ? '-1' : end.at.id)),
      ends.map((end) => end.release),
      JSON.stringify(exceptions),
      dead ? await settings.deadTopicId() : null,
    ];
  }

  function claimLimit(): number {
    return Math.max(1, Math.min(MOST_CLAIM, Math.ceil(rate * CLAIM_MS)));
  }

  function outstanding(): number {
    let count = 0;
    for (const { batch } of holding) count += batch.unsettled();
    return count;
  }

  /** How many messages to ask for now. */
  function room(): number {
    if (paused || stuck || isClosed() || flights.size >= settings.maxInFlight) return 0;
    const limit = claimLimit();
    return outstanding() < limit ? limit : 0;
  }

  /** From when on a claim is worth it. */
  function gatheredAt(): number {
    return holding.size === 0 || full || finished.length > 0 ? 0 : claimedAt + GATHER_MS;
  }

  interface Claimed {
    messages: ClaimedMessage[];
    leases: Lease[];
    lost: number[];
    bytes: number;
    waitMs: number;
    asked: number;
  }

  async function claim(
    group: number,
    settlement: Settlement,
    limit: number,
    most: number,
  ): Promise<Claimed> {
    const values = await parameters(group, settlement);
    const asked = performance.now();
    const rows = await database.query<ClaimRow>(SETTLE_AND_CLAIM, [
      ...values,
      settings.ordered,
      limit,
      most,
    ]);
    const claimed: Claimed = {
      messages: [],
      leases: [],
      lost: [],
      bytes: 0,
      waitMs: Infinity,
      asked,
    };
    for (const row of rows) {
      if (row.source === 'log' || row.source === 'retry') {
        claimed.bytes += row.data.length;
        payloadPassed(row.data.length, GARBAGE_FACTOR);
        claimed.messages.push(toMessage(row, row.source, asked));
      } else if (row.source === 'lease')
        claimed.leases.push({ shard: row.shard, epoch: row.epoch });
      else if (row.source === 'lost') claimed.lost.push(row.shard);
      else {
        claimed.waitMs = row.wait_ms ?? Infinity;
        if (row.ttl_ms !== null) {
          claimed.waitMs = Math.min(claimed.waitMs, row.ttl_ms, othersPoll);
          othersPoll = Math.min(settings.pollIntervalMax, othersPoll * 2);
        } else othersPoll = OTHERS_POLL_MS;
      }
    }
    return claimed;
  }

  /** Sends as much as may be in flight. */
  function pump(): void {
    const lastsUntil = performance.now() + settings.visibilityTimeout * LEFT_OF_LEASE;
    for (const held of holding) {
      while (
        !paused &&
        !stuck &&
        !isClosed() &&
        flights.size < settings.maxInFlight &&
        lastsUntil < held.until
      ) {
        const message = held.batch.next();
        if (!message) break;
        const flight = {
          message,
          sequence: ++sequence,
          sentAt: performance.now(),
          overtakenAt: undefined,
          held,
        };
        flights.set(deliveryId(message), flight);
        options.send(deliveryId(message), message);
      }
      if (held.batch.isDone()) finish(held);
    }
    if (look && room() > 0) kick();
    if (holding.size === 0 && slow.size() === 0) {
      clearInterval(checking);
      checking = undefined;
    } else checking ??= setInterval(check, CHECK_MS);
  }

  /** All of a batch is settled, or too slow to wait for: to be written down. */
  function finish(held: Held): void {
    holding.delete(held);
    budget.give(held.bytes);
    const { settlement, slow: left } = held.batch.finish(settings.visibilityTimeout);
    const now = performance.now();
    for (const message of left) {
      const flight = flights.get(deliveryId(message));
      if (!flight) continue;
      flight.held = undefined;
      slow.add(message);
    }
    if (left.length > 0) renewAt = Math.min(renewAt, now + settings.visibilityTimeout / 3);
    const answered = held.count - left.length;
    if (answered > 0) {
      const ms = now - Math.max(held.since, lastFinish);
      rate = rate * 0.5 + (answered / Math.max(ms, 1)) * 0.5;
    }
    lastFinish = now;
    finished.push(settlement);
    look = true;
    kick();
  }

  function drop(held: Held, shards: number[]): void {
    for (const message of held.batch.lose(shards)) flights.delete(deliveryId(message));
  }

  /** From when a message has surely been handled, if daprd handles one at a time: not while it waits behind another. */
  function runningSince(flight: Flight): number {
    return flight.overtakenAt ?? Math.max(flight.sentAt, lastAnswerAt);
  }

  function check(): void {
    const now = performance.now();
    let first = true;
    for (const [id, flight] of flights) {
      const since = runningSince(flight);
      if (now - since >= settings.handlerTimeout) {
        const seconds = Math.round(settings.handlerTimeout / 1_000);
        settle(id, `no answer within handlerTimeout (${seconds} s)`, true);
        if (flight.overtakenAt === undefined) {
          declareStuck();
          return;
        }
        continue;
      }
      if (!flight.held || now - since < SLOW_MS || flight.held.batch.isSlow(id)) continue;
      if (flight.overtakenAt !== undefined || first) flight.held.batch.markSlow(id);
      first = false; // of those that may only be waiting behind the first, one at a time
    }
    pump();
  }

  function declareStuck(): void {
    stuck = true;
    const reason = `nothing was answered for ${settings.handlerTimeout} ms`;
    log.error(reason);
    closeDown();
    options.onStuck(reason);
  }

  function closeDown(): void {
    closing.abort();
    clearInterval(checking);
    checking = undefined;
    kick();
  }

  function settle(id: string, error: string | undefined, late = false): void {
    const flight = flights.get(id);
    if (!flight) {
      log.debug({ deliveryId: id }, 'an answer came too late: its lease was lost');
      return;
    }
    flights.delete(id);
    const now = performance.now();
    if (!late) {
      lastAnswerAt = now;
      for (const earlier of flights.values()) {
        if (earlier.sequence > flight.sequence) break;
        earlier.overtakenAt ??= now;
      }
    }
    if (flight.held) flight.held.batch.settle(id, error);
    else {
      const answer = slow.settle(flight.message, error);
      if (answer) answers.push(answer);
      look = true;
      kick();
    }
    pump();
  }

  async function writeAnswers(group: number, toWrite: SlowAnswer[], patienceMs = 0): Promise<void> {
    const dead = toWrite.some((answer) => answer.op === 'dead');
    const [row] = await database.persist<{ lost: string[] }>(
      SLOW_ANSWERS,
      [group, JSON.stringify(toWrite), dead ? await settings.deadTopicId() : null],
      patienceMs,
    );
    const lost = new Set(row?.lost ?? []);
    const gone = slow.written(toWrite, lost);
    for (const message of gone) flights.delete(deliveryId(message));
    if (gone.length > 0)
      log.warn('another subscriber has taken over slow messages; late answers are refused');
  }

  async function run(): Promise<void> {
    const group = await insist('subscribing', options.groupId);
    if (group === undefined) return;
    const isRenewalDue = (): boolean => performance.now() >= renewAt;
    let unanswered = false; // a claim failed, and may have been committed
    for (;;) {
      const limit = room();
      const ripe = look && limit > 0 && performance.now() >= gatheredAt();
      const bytes = ripe ? budget.take(CLAIM_BYTES, holding.size === 0) : 0;
      const wanted = bytes > 0;
      if (
        !isRenewalDue() &&
        finished.length === 0 &&
        answers.length === 0 &&
        !wanted &&
        !isClosed()
      ) {
        const timedOut = await rest(restTime());
        if (timedOut) look = true;
        continue;
      }
      if (wanted) {
        look = false;
        claimedAt = performance.now();
      }
      let toWrite = NOTHING;
      let replies: SlowAnswer[] = [];
      const turn = await insist('claiming', async () => {
        // Put together anew for each try: while the database is away more is settled, and leases run out, which this very
        // statement would claim if it did not renew them.
        const renewing = isRenewalDue();
        toWrite = mergeSettlements([toWrite, ...finished]);
        finished = [];
        replies = [...replies.filter(({ op }) => op !== 'renew'), ...answers];
        answers = [];
        if (renewing) replies.push(...slow.renewals());
        const progress = renewing
          ? [...holding].map((held) => ({ held, ...held.batch.progress() }))
          : [];
        const settlements = [toWrite, ...progress.map((part) => part.settlement)];
        // Leases of slow messages are renewed after it, and not claimed before.
        const most = wanted && !(renewing && slow.size() > 0) ? limit : 0;
        if (unanswered) {
          // First what has its answers: it must not be given back, or it would come again.
          const found = await claim(group, mergeSettlements(settlements), 0, bytes);
          const inHand = [...holding].flatMap(({ batch }) => batch.leases());
          await database.query(GIVE_BACK, [group, owner, inHand.map(({ shard }) => shard)]);
          unanswered = false;
          look = true;
          return { found, renewing, progress };
        }
        unanswered = most > 0;
        const found = await claim(group, mergeSettlements(settlements), most, bytes);
        unanswered = false;
        return { found, renewing, progress };
      });
      budget.give(bytes);
      if (!turn) {
        await writeLast(group, toWrite, replies, unanswered);
        return;
      }
      const { found, renewing, progress } = turn;
      for (const { held, confirm } of progress) {
        confirm();
        held.until = found.asked + settings.visibilityTimeout;
        drop(
          held,
          found.lost.filter((shard) => held.batch.leases().some((l) => l.shard === shard)),
        );
      }
      if (found.lost.length > 0)
        log.warn(
          { shards: found.lost },
          'another subscriber has taken over; late answers are refused',
        );
      if (wanted) full = found.messages.length >= limit || found.bytes >= bytes;
      if (full) look = true;
      take(found);
      pump();
      if (replies.length > 0) {
        const said = await insist('answering', () => writeAnswers(group, replies).then(() => true));
        if (!said) {
          await writeLast(group, NOTHING, replies, unanswered);
          return;
        }
        look = true; // what waited behind them for its key may be due now
      }
      const next = found.asked + settings.visibilityTimeout / 3;
      if (holding.size === 0 && slow.size() === 0) renewAt = Infinity;
      else renewAt = renewing ? next : Math.min(renewAt, next);
    }
  }

  /** What a claim brought goes on its way. */
  function take(found: Claimed): void {
    waitUntil = performance.now() + found.waitMs + AFTER_DUE_MS;
    if (found.leases.length === 0) return;
    lastActivity = performance.now();
    poll = settings.pollInterval;
    othersPoll = OTHERS_POLL_MS;
    options.onActivity();
    budget.use(found.bytes);
    const shards = found.leases.map((lease) => lease.shard);
    for (const held of holding) drop(held, shards); // their leases had run out: they are ours once more, from the start
    const until = found.asked + settings.visibilityTimeout;
    if (until <= performance.now())
      log.warn(
        'a claim was answered later than visibilityTimeout: the database is too slow for it',
      );
    holding.add({
      batch: createBatch(found.messages, found.leases, settings),
      until,
      bytes: found.bytes,
      count: found.messages.length,
      since: performance.now(),
    });
  }

  /** Closing: what is known is written down, the rest is for the next owner. */
  async function writeLast(
    group: number,
    unwritten: Settlement,
    replies: SlowAnswer[],
    unanswered: boolean,
  ): Promise<void> {
    const left = [...holding].map((held) => {
      holding.delete(held);
      budget.give(held.bytes);
      return held.batch.abandon();
    });
    const last = mergeSettlements([unwritten, ...finished, ...left]);
    const lastAnswers = [...replies, ...answers, ...slow.returns()];
    try {
      // Again after an error that passes: what cut the connection of the claim before may have cut others of the pool too.
      if (last.ends.length > 0)
        await database.persist(SETTLE, await parameters(group, last), LAST_PATIENCE_MS);
      if (lastAnswers.length > 0) await writeAnswers(group, lastAnswers, LAST_PATIENCE_MS);
      // Or nobody gets what that claim took until its lease ends.
      if (unanswered) await database.persist(GIVE_BACK, [group, owner, []], LAST_PATIENCE_MS);
    } catch (error) {
      log.warn(
        { error: describeError(error) },
        'the last answers were not written down; they will be delivered again',
      );
    }
  }

  function restTime(): number {
    const now = performance.now();
    let until = renewAt;
    if (look && room() > 0 && now < gatheredAt()) until = Math.min(until, gatheredAt());
    if (!paused && !stuck) {
      until = Math.min(until, waitUntil);
      if (now - lastActivity < settings.idleAfter) {
        until = Math.min(until, now + poll);
        poll = Math.min(settings.pollIntervalMax, poll * 2);
      }
    }
    return Math.max(0, until - now);
  }

  const stopWaiting = budget.onFree(() => {
    if (look) kick();
  });
  const running = run()
    .catch((error: unknown) => {
      const reason = `a subscription ended by a mistake in the component: ${describeError(error)}`;
      log.error(reason);
      closeDown();
      options.onStuck(reason);
    })
    .finally(stopWaiting);

  return {
    wake,
    inFlight: () => flights.size,
    settle,
    pause: () => {
      paused = true;
    },
    resume: () => {
      paused = false;
      pump();
      wake();
    },
    close: async () => {
      closeDown();
      await running;
    },
  };
}

function toMessage(row: ClaimRow, source: 'log' | 'retry', asked: number): ClaimedMessage {
  return {
    source,
    shard: row.shard,
    epoch: row.epoch,
    xid: row.xid,
    id: row.id,
    key: row.key,
    attempts: row.attempts,
    expiresAt: row.ttl_ms === null ? Infinity : asked + row.ttl_ms,
    contentType: row.content_type ?? '',
    metadata: row.metadata === null ? {} : (JSON.parse(row.metadata) as Record<string, string>),
    data: row.data,
  };
}

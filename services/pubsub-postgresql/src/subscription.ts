// One subscription: a stream to daprd that gets a group's messages of a topic.
//
//   waiting ──wake, timer──▶ claiming ──messages──▶ delivering ──all settled──▶ claiming (with what to write of the last)
//      ▲                        │ nothing there                │
//      └────────────────────────┘                              ├── lease lost: forgets the batch ──▶ claiming
//                                                              └── closed: writes what was settled, releases the rest
//
// A lane goes round this circle. A second lane starts only while the first finds more than it can take, so that the
// stream does not run dry while a batch is written down.
//
// Waiting ends by a wake-up (a NOTIFY, a message published by this very process, a knock), when a retry falls due, when
// another owner's lease may have ended, and by a poll that gets rarer and stops: one notification can be lost, with the
// publisher that died before it sent it. Idle for longer than that, a subscription sends nothing at all.
//
// While a batch is in hand its leases are renewed; what cannot be renewed in time is dropped here before another owner
// can get it. Time is the server's: this process only measures durations.
import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { createBatch, type Batch, type BatchRules, type Lease, type Settlement } from './batch.ts';
import type { Database, Row } from './database.ts';
import { describeError } from './database-errors.ts';
import type { ClaimedMessage } from './message.ts';

/** What one claim may bring at most, in payload bytes: bounds memory. */
const CLAIM_BYTES = 2 * 1024 * 1024;
/** A claim takes what is handled in about this time, so that slow consumers leave work to others. */
const CLAIM_MS = 500;
const FIRST_CLAIM = 20;
const MOST_CLAIM = 500;
/** How often to look again while other owners hold leases; doubles up to pollIntervalMax. */
const OTHERS_POLL_MS = 250;
const ERROR_PAUSE_MS = 100;
const ERROR_PAUSE_MOST_MS = 5_000;
/** A timer never fires early, but a lease ends on the server's clock: look a little later. */
const AFTER_DUE_MS = 5;

/** How a subscription behaves. Durations in milliseconds. */
export interface SubscriptionSettings extends BatchRules {
  visibilityTimeout: number;
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

const SETTLE_AND_CLAIM = `select source, shard, epoch, xid, id, key, attempts, ttl_ms, content_type, metadata, data, wait_ms
  from dapr_pubsub.settle_and_claim($1, $2, $3::int * interval '1 millisecond', $4::smallint[], $5::bigint[], $6::xid8[],
    $7::bigint[], $8::boolean[], $9::jsonb, $10, $11, $12, $13)`;
const SETTLE = `select dapr_pubsub.settle($1, $2, $3::int * interval '1 millisecond', $4::smallint[], $5::bigint[],
  $6::xid8[], $7::bigint[], $8::boolean[], $9::jsonb, $10) as lost`;

const NOTHING: Settlement = { ends: [], exceptions: [] };

/**
 * Starts to deliver.
 * @param options.groupId - resolves when the group exists; tried again for as long as it takes
 * @param options.send - hands a message to daprd
 * @param options.onActivity - called for each batch
 */
export function startSubscription(options: {
  database: Database;
  groupId: () => Promise<number>;
  settings: SubscriptionSettings;
  send: (deliveryId: string, message: ClaimedMessage) => void;
  onActivity: () => void;
  log: Logger;
}): Subscription {
  const { database, settings, log } = options;
  const owner = randomUUID();
  const closing = new AbortController();
  const lanes = new Set<Promise<void>>();
  const batches = new Set<Batch>();
  let inFlight = 0;
  let paused = false;
  let rate = FIRST_CLAIM / CLAIM_MS; // settled messages a millisecond, smoothed
  let woken = true; // look once at the start
  let interrupt: (() => void) | undefined;
  let lastActivity = performance.now();
  let poll = settings.pollInterval;
  let othersPoll = OTHERS_POLL_MS;
  let reachable = true;
  let laneCount = 0;

  const isClosed = (): boolean => closing.signal.aborted;

  function wake(): void {
    woken = true;
    interrupt?.();
  }

  /** Sleeps until a wake-up or for `ms`; undefined: until a wake-up. */
  function rest(ms: number | undefined): Promise<void> {
    return new Promise((done) => {
      const timer =
        ms === undefined
          ? undefined
          : setTimeout(() => {
              finish();
            }, ms);
      const finish = (): void => {
        clearTimeout(timer);
        if (interrupt === finish) interrupt = undefined;
        done();
      };
      if (isClosed()) finish();
      else interrupt = finish;
    });
  }

  function parameters(group: number, settlement: Settlement, deadTopic: number | null): unknown[] {
    const { ends } = settlement;
    return [
      group,
      owner,
      settings.visibilityTimeout,
      ends.map((end) => end.shard),
      ends.map((end) => end.epoch),
      ends.map((end) => (end.at === null ? null : end.at === 'unchanged' ? '0' : end.at.xid)),
      ends.map((end) => (end.at === null ? null : end.at === 'unchanged' ? '-1' : end.at.id)),
      ends.map((end) => end.release),
      JSON.stringify(settlement.exceptions),
      deadTopic,
    ];
  }

  async function deadTopicOf(settlement: Settlement): Promise<number | null> {
    return settlement.exceptions.some((exception) => exception.op === 'dead')
      ? settings.deadTopicId()
      : null;
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

  function claimLimit(): number {
    return Math.max(1, Math.min(MOST_CLAIM, Math.ceil(rate * CLAIM_MS)));
  }

  async function claim(
    group: number,
    settlement: Settlement,
  ): Promise<{
    messages: ClaimedMessage[];
    leases: Lease[];
    full: boolean;
    waitMs: number | undefined;
    deadline: number;
  }> {
    const limit = paused || isClosed() ? 0 : claimLimit();
    const asked = performance.now();
    const rows = await database.query<ClaimRow>(SETTLE_AND_CLAIM, [
      ...parameters(group, settlement, await deadTopicOf(settlement)),
      settings.ordered,
      limit,
      CLAIM_BYTES,
    ]);
    const messages: ClaimedMessage[] = [];
    const leases: Lease[] = [];
    let bytes = 0;
    let waitMs: number | undefined;
    for (const row of rows) {
      if (row.source === 'log' || row.source === 'retry') {
        bytes += row.data.length;
        messages.push({
          source: row.source,
          shard: row.shard,
          epoch: row.epoch,
          xid: row.xid,
          id: row.id,
          key: row.key,
          attempts: row.attempts,
          expiresAt: row.ttl_ms === null ? Infinity : asked + row.ttl_ms,
          contentType: row.content_type ?? '',
          metadata:
            row.metadata === null ? {} : (JSON.parse(row.metadata) as Record<string, string>),
          data: row.data,
        });
      } else if (row.source === 'lease') leases.push({ shard: row.shard, epoch: row.epoch });
      else if (row.source === 'lost')
        log.warn({ shard: row.shard }, 'a lease was lost before its batch was written down');
      else {
        waitMs = row.wait_ms ?? undefined;
        if (row.ttl_ms !== null) {
          waitMs = Math.min(waitMs ?? Infinity, row.ttl_ms, othersPoll);
          othersPoll = Math.min(settings.pollIntervalMax, othersPoll * 2);
        } else othersPoll = OTHERS_POLL_MS;
      }
    }
    const full = messages.length >= limit || bytes >= CLAIM_BYTES;
    return { messages, leases, full, waitMs, deadline: asked + settings.visibilityTimeout };
  }

  /** Sends as much as may be in flight. */
  function pump(batch: Batch): void {
    while (!paused && !isClosed() && inFlight < settings.maxInFlight) {
      const message = batch.next();
      if (!message) return;
      inFlight++;
      options.send(batch.deliveryId(message), message);
    }
  }

  const settled = new Map<Batch, () => void>();

  function check(batch: Batch): void {
    if (batch.isDone() || isClosed()) settled.get(batch)?.();
  }

  /** Delivers a batch; resolves when all of it is settled, lost, or the subscription closes. */
  async function deliver(group: number, batch: Batch, deadline: number): Promise<void> {
    batches.add(batch);
    let until = deadline;
    let renewing = false;
    const renew = setInterval(() => {
      if (performance.now() >= until) {
        log.warn('leases could not be renewed in time; their messages will be delivered again');
        drop(
          batch,
          batch.leases().map((lease) => lease.shard),
        );
      } else if (!renewing) {
        renewing = true;
        extend()
          .catch((error: unknown) => {
            log.warn({ error: describeError(error) }, 'renewing leases failed');
          })
          .finally(() => {
            renewing = false;
          });
      }
    }, settings.visibilityTimeout / 3);
    const extend = async (): Promise<void> => {
      const asked = performance.now();
      const progress = batch.progress();
      const deadTopic = await deadTopicOf(progress);
      const rows = await database.query<{ lost: number[] }>(
        SETTLE,
        parameters(group, progress, deadTopic),
      );
      until = asked + settings.visibilityTimeout;
      const lost = rows[0]?.lost ?? [];
      if (lost.length > 0) {
        log.warn({ shards: lost }, 'another subscriber has taken over; late answers are refused');
        drop(batch, lost);
      }
    };
    try {
      const done = new Promise<void>((resolve) => settled.set(batch, resolve));
      pumpAll();
      await done;
    } finally {
      clearInterval(renew);
      settled.delete(batch);
      inFlight -= batch.inFlight();
      batches.delete(batch);
    }
  }

  function drop(batch: Batch, shards: number[]): void {
    const before = batch.inFlight();
    batch.lose(shards);
    inFlight -= before - batch.inFlight();
    pumpAll();
  }

  function pumpAll(): void {
    for (const batch of batches) {
      pump(batch);
      check(batch);
    }
  }

  async function lane(main: boolean): Promise<void> {
    const group = await insist('subscribing', options.groupId);
    let pending = NOTHING;
    while (group !== undefined) {
      woken = false;
      const toWrite = pending;
      const found = await insist('claiming', () => claim(group, toWrite));
      if (!found) {
        if (toWrite.ends.length > 0) await writeLast(group, toWrite);
        return;
      }
      pending = NOTHING;
      if (found.leases.length > 0) {
        lastActivity = performance.now();
        poll = settings.pollInterval;
        othersPoll = OTHERS_POLL_MS;
        options.onActivity();
        if (main && found.full && laneCount < 2) startLane(false);
        const started = performance.now();
        const batch = createBatch(found.messages, found.leases, settings);
        await deliver(group, batch, found.deadline);
        pending = batch.isDone() ? batch.finish() : batch.abandon();
        measure(found.messages.length, performance.now() - started);
      } else if (!main) return;
      // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- set by wake-ups while this awaits
      else if (!woken) await rest(waitTime(found.waitMs));
    }
  }

  async function writeLast(group: number, settlement: Settlement): Promise<void> {
    try {
      await database.query(SETTLE, parameters(group, settlement, await deadTopicOf(settlement)));
    } catch (error) {
      log.warn(
        { error: describeError(error) },
        'the last answers were not written down; they will be delivered again',
      );
    }
  }

  function measure(count: number, ms: number): void {
    if (count === 0) return;
    const measured = count / Math.max(ms, 1);
    rate = rate * 0.5 + measured * 0.5;
  }

  function waitTime(waitMs: number | undefined): number | undefined {
    if (paused) return undefined;
    let wait = waitMs === undefined ? undefined : waitMs + AFTER_DUE_MS;
    if (performance.now() - lastActivity < settings.idleAfter) {
      wait = Math.min(wait ?? Infinity, poll);
      poll = Math.min(settings.pollIntervalMax, poll * 2);
    }
    return wait;
  }

  function startLane(main: boolean): void {
    laneCount++;
    const running = lane(main)
      .catch((error: unknown) => {
        log.error(
          { error: describeError(error) },
          'a subscription ended by a mistake in the component',
        );
        throw error;
      })
      .finally(() => {
        laneCount--;
        lanes.delete(running);
      });
    lanes.add(running);
  }

  startLane(true);

  return {
    wake,
    inFlight: () => inFlight,
    settle: (deliveryId, error) => {
      for (const batch of batches) {
        if (batch.settle(deliveryId, error)) {
          inFlight--;
          pumpAll();
          return;
        }
      }
      log.debug({ deliveryId }, 'an answer came too late: its lease was lost');
    },
    pause: () => {
      paused = true;
    },
    resume: () => {
      paused = false;
      pumpAll();
      wake();
    },
    close: async () => {
      closing.abort();
      interrupt?.();
      for (const batch of batches) check(batch);
      await Promise.allSettled([...lanes]);
    },
  };
}

// The messages of one claim while they are being handled: which may be sent now, and what to write down in the end.
// Knows neither gRPC nor SQL.
//
// A message: waiting → in flight → settled (done, failed, or given up), or skipped (its TTL ran out).
// With ordering, a key has one message in flight; when it fails, what follows of that key goes behind it.
import type { ClaimedMessage } from './message.ts';

/** Something other than a plain success, as the SQL function `settle` takes it. */
export type Exception =
  | {
      op: 'park';
      shard: number;
      xid: string;
      id: string;
      attempts: number;
      ms: number;
      error?: string;
    }
  | { op: 'ack' | 'return'; shard: number; id: string }
  | { op: 'fail'; shard: number; id: string; ms: number; error: string }
  | { op: 'dead'; shard: number; id: string; error: string; metadata: string };

/** For one shard: up to where all is settled. `at` null: the whole batch; 'unchanged': nothing. */
export interface ShardEnd {
  shard: number;
  epoch: string;
  at: { xid: string; id: string } | 'unchanged' | null;
  release: boolean;
}

/** What `settle` is told. */
export interface Settlement {
  ends: ShardEnd[];
  exceptions: Exception[];
}

/** A shard held for the batch. */
export interface Lease {
  shard: number;
  epoch: string;
}

/** How a batch treats failures. */
export interface BatchRules {
  ordered: boolean;
  maxDeliveries: number;
  /** Milliseconds until the next delivery after so many. */
  backoffMs: (attempts: number) => number;
  /** Metadata of a message that is given up, with the reason in it. */
  deadMetadata: (message: ClaimedMessage, reason: string) => Record<string, string>;
  /** Told of each message that is given up. */
  onDead: (message: ClaimedMessage, reason: string) => void;
}

/** One claim's messages. */
export interface Batch {
  /** The next message that may be sent, now in flight; undefined when none may be sent now. */
  next: () => ClaimedMessage | undefined;
  /** Takes the outcome of a message in flight; false when it is not (any more) one of ours. */
  settle: (deliveryId: string, error: string | undefined) => boolean;
  /** The name of a delivery on the wire: differs for each lease, so a late answer is recognized. */
  deliveryId: (message: ClaimedMessage) => string;
  /** All messages are settled. */
  isDone: () => boolean;
  inFlight: () => number;
  leases: () => Lease[];
  /** Forgets the shards that were given to another owner. */
  lose: (shards: number[]) => void;
  /** To write when all is settled. */
  finish: () => Settlement;
  /** To write in between: extends the leases, and moves each shard as far as all before is settled. */
  progress: () => Settlement;
  /** To write when nobody will settle the rest: what was settled counts, the rest is for the next owner. */
  abandon: () => Settlement;
}

type State = 'waiting' | 'in flight' | 'settled';

interface Entry {
  message: ClaimedMessage;
  state: State;
  /** What to write about it; undefined for a success from the log. */
  exception?: Exception | undefined;
  deadly?: Exception | undefined;
  written: boolean;
}

/** @param now - performance.now, or a test's clock */
export function createBatch(
  messages: ClaimedMessage[],
  leases: Lease[],
  rules: BatchRules,
  now: () => number = () => performance.now(),
): Batch {
  let held = [...leases];
  let entries: Entry[] = messages
    .toSorted(byPosition)
    .map((message) => ({ message, state: 'waiting', written: false }));
  let cursor = 0; // entries before it are not waiting, unless their key is busy
  const byId = new Map(entries.map((entry) => [deliveryId(entry.message), entry]));
  const busyKeys = new Set<string>();
  let inFlight = 0;
  let unsettled = entries.length;

  function keyOf(message: ClaimedMessage): string | undefined {
    return rules.ordered && message.key !== null ? message.key : undefined;
  }

  function close(entry: Entry, exception?: Exception, deadly?: Exception): void {
    if (entry.state === 'in flight') inFlight--;
    entry.state = 'settled';
    entry.exception = exception;
    entry.deadly = deadly;
    unsettled--;
  }

  function succeed(entry: Entry): void {
    const { source, shard, id } = entry.message;
    close(entry, source === 'retry' ? { op: 'ack', shard, id } : undefined);
  }

  function giveUp(entry: Entry, reason: string): void {
    const { message } = entry;
    const { shard, xid, id, attempts } = message;
    const metadata = JSON.stringify(rules.deadMetadata(message, reason));
    const dead: Exception = { op: 'dead', shard, id, error: clean(reason), metadata };
    if (message.source === 'retry') close(entry, undefined, dead);
    else close(entry, { op: 'park', shard, xid, id, attempts, ms: 0, error: clean(reason) }, dead);
    rules.onDead(message, reason);
  }

  function fail(entry: Entry, error: string): void {
    const { source, shard, xid, id, attempts } = entry.message;
    if (attempts >= rules.maxDeliveries) {
      giveUp(entry, error);
      return;
    }
    const ms = rules.backoffMs(attempts);
    close(
      entry,
      source === 'log'
        ? { op: 'park', shard, xid, id, attempts, ms, error: clean(error) }
        : { op: 'fail', shard, id, ms, error: clean(error) },
    );
    const key = keyOf(entry.message);
    if (key !== undefined) {
      for (const other of entries) {
        if (other.state === 'waiting' && keyOf(other.message) === key) putBack(other);
      }
    }
  }

  /** A message that was not sent: it keeps its place behind an earlier one of its key. */
  function putBack(entry: Entry): void {
    const { source, shard, xid, id } = entry.message;
    close(
      entry,
      source === 'log'
        ? { op: 'park', shard, xid, id, attempts: 0, ms: 0 }
        : { op: 'return', shard, id },
    );
  }

  function take(entries_: Entry[]): Exception[] {
    const parks: Exception[] = [];
    const rest: Exception[] = [];
    for (const entry of entries_) {
      if (entry.written) continue;
      entry.written = true;
      if (entry.exception) (entry.exception.op === 'park' ? parks : rest).push(entry.exception);
      if (entry.deadly) rest.push(entry.deadly);
    }
    return [...parks, ...rest];
  }

  function logEntries(shard: number): Entry[] {
    return entries.filter(
      (entry) => entry.message.shard === shard && entry.message.source === 'log',
    );
  }

  return {
    deliveryId,
    isDone: () => unsettled === 0,
    inFlight: () => inFlight,
    leases: () => held,
    next: () => {
      while (cursor < entries.length && entries[cursor]?.state !== 'waiting') cursor++;
      for (let place = cursor; place < entries.length; place++) {
        const entry = entries[place];
        if (entry?.state !== 'waiting') continue;
        const { message } = entry;
        const key = keyOf(message);
        if (key !== undefined && busyKeys.has(key)) continue;
        if (message.expiresAt <= now()) {
          succeed(entry);
          continue;
        }
        if (message.attempts > rules.maxDeliveries) {
          giveUp(
            entry,
            `handed out ${rules.maxDeliveries} times and never answered: its consumer ended or lost its lease each time`,
          );
          continue;
        }
        entry.state = 'in flight';
        inFlight++;
        if (key !== undefined) busyKeys.add(key);
        return message;
      }
      return undefined;
    },
    settle: (id, error) => {
      const entry = byId.get(id);
      if (entry?.state !== 'in flight') return false;
      const key = keyOf(entry.message);
      if (key !== undefined) busyKeys.delete(key);
      if (error === undefined) succeed(entry);
      else fail(entry, error);
      return true;
    },
    lose: (shards) => {
      held = held.filter((lease) => !shards.includes(lease.shard));
      for (const entry of entries) {
        if (!shards.includes(entry.message.shard)) continue;
        if (entry.state !== 'settled') {
          if (entry.state === 'in flight') {
            const key = keyOf(entry.message);
            if (key !== undefined) busyKeys.delete(key);
          }
          close(entry);
        }
        byId.delete(deliveryId(entry.message));
      }
      entries = entries.filter((entry) => !shards.includes(entry.message.shard));
      cursor = 0;
    },
    finish: () => ({
      ends: held.map((lease) => ({ ...lease, at: null, release: true })),
      exceptions: take(entries),
    }),
    progress: () => {
      const exceptions = take(
        entries.filter((entry) => entry.state === 'settled' && entry.message.source === 'retry'),
      );
      const ends = held.map((lease): ShardEnd => {
        const own = logEntries(lease.shard);
        const open = own.findIndex((entry) => entry.state !== 'settled');
        const settled = open === -1 ? own : own.slice(0, open);
        exceptions.push(...take(settled));
        const last = settled.at(-1)?.message;
        return {
          ...lease,
          at: last ? { xid: last.xid, id: last.id } : 'unchanged',
          release: false,
        };
      });
      return { ends, exceptions };
    },
    abandon: () => {
      const ends = held.map((lease): ShardEnd => {
        const own = logEntries(lease.shard);
        const lastSettled = own.findLastIndex((entry) => entry.state === 'settled');
        for (const entry of own.slice(0, lastSettled + 1))
          if (entry.state !== 'settled') putBack(entry);
        const last = own[lastSettled]?.message;
        return { ...lease, at: last ? { xid: last.xid, id: last.id } : 'unchanged', release: true };
      });
      for (const entry of entries) {
        if (entry.message.source === 'retry' && entry.state !== 'settled') putBack(entry);
      }
      const exceptions = take(entries.filter((entry) => entry.state === 'settled'));
      return { ends, exceptions };
    },
  };
}

function deliveryId(message: ClaimedMessage): string {
  return `${message.shard}.${message.epoch}.${message.id}`;
}

/** What PostgreSQL's json and text types can hold. */
function clean(text: string): string {
  return text.replaceAll('\u0000', '\uFFFD').toWellFormed().slice(0, 2_000);
}

function byPosition(a: ClaimedMessage, b: ClaimedMessage): number {
  const byXid = BigInt(a.xid) - BigInt(b.xid);
  if (byXid !== 0n) return byXid < 0n ? -1 : 1;
  return BigInt(a.id) < BigInt(b.id) ? -1 : 1;
}

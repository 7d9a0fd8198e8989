// The messages of one claim while they are being handled: which may be sent now, and what to write down in the end.
// Knows neither gRPC nor SQL.
//
// A message: waiting → in flight → settled (done, failed, or given up), or skipped (its TTL ran out).
// With ordering, a key has one message in flight; when it fails, what follows of that key goes behind it.
// A message in flight can be marked slow: the batch does not wait for it, and leaves it behind when all else is settled.
import { byPosition, deliveryId, type ClaimedMessage } from './message.ts';
import * as outcome from './outcome.ts';
import type { Exception, Settlement, ShardEnd } from './settlement.ts';

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
  acknowledge: (deliveryId: string, error: string | undefined) => boolean;
  /** Nothing is left but what is slow. */
  isDone: () => boolean;
  /** Messages that are not settled yet. */
  unsettled: () => number;
  leases: () => Lease[];
  markSlow: (deliveryId: string) => void;
  isSlow: (deliveryId: string) => boolean;
  /** Forgets the shards that were given to another owner; returns their messages that were in flight. */
  lose: (shards: number[]) => ClaimedMessage[];
  /**
   * To write when the batch is done.
   * @param holdMs - length of the lease that each slow message gets
   * @returns also the slow messages, whose answers do not come here any more
   */
  finish: (holdMs: number) => { settlement: Settlement; slow: ClaimedMessage[] };
  /**
   * To write in between: extends the leases, and moves each shard as far as all before is settled.
   * @returns also what to call when it is surely written: until then it will be told again
   */
  progress: () => { settlement: Settlement; confirm: () => void };
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
  slow: boolean;
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
    .map((message) => ({ message, state: 'waiting', written: false, slow: false }));
  let cursor = 0; // entries before it are not waiting, unless their key is busy
  const byId = new Map(entries.map((entry) => [deliveryId(entry.message), entry]));
  const busyKeys = new Set<string>();
  let unsettled = entries.length;
  let slowCount = 0;

  function keyOf(message: ClaimedMessage): string | undefined {
    return rules.ordered && message.key !== null ? message.key : undefined;
  }

  function close(entry: Entry, exception?: Exception, deadly?: Exception): void {
    if (entry.slow) slowCount--;
    entry.slow = false;
    entry.state = 'settled';
    entry.exception = exception;
    entry.deadly = deadly;
    unsettled--;
  }

  function succeed(entry: Entry): void {
    close(entry, outcome.done(entry.message));
  }

  function giveUp(entry: Entry, reason: string): void {
    const { message } = entry;
    const { parked, dead } = outcome.givenUp(message, reason, rules.deadMetadata(message, reason));
    close(entry, parked, dead);
    rules.onDead(message, reason);
  }

  function fail(entry: Entry, error: string): void {
    const { attempts } = entry.message;
    if (attempts >= rules.maxDeliveries) {
      giveUp(entry, error);
      return;
    }
    close(entry, outcome.failed(entry.message, rules.backoffMs(attempts), error));
    putBackFollowers(entry);
  }

  function putBackFollowers(entry: Entry): void {
    const key = keyOf(entry.message);
    if (key === undefined) return;
    for (const other of entries) {
      if (other.state === 'waiting' && keyOf(other.message) === key) putBack(other);
    }
  }

  /** A message that was not sent: it keeps its place behind an earlier one of its key. */
  function putBack(entry: Entry): void {
    close(entry, outcome.notSent(entry.message));
  }

  /** What there is to write about these, and what marks it as written. */
  function take(chosen: Entry[]): { exceptions: Exception[]; confirm: () => void } {
    const unwritten = chosen.filter((entry) => !entry.written && entry.state === 'settled');
    return {
      exceptions: unwritten.flatMap((entry) => [
        ...(entry.exception ? [entry.exception] : []),
        ...(entry.deadly ? [entry.deadly] : []),
      ]),
      confirm: () => {
        for (const entry of unwritten) entry.written = true;
      },
    };
  }

  function logEntries(shard: number): Entry[] {
    return entries.filter(
      (entry) => entry.message.shard === shard && entry.message.source === 'log',
    );
  }

  return {
    isDone: () => unsettled === slowCount,
    unsettled: () => unsettled,
    leases: () => held,
    markSlow: (id) => {
      const entry = byId.get(id);
      if (entry?.state !== 'in flight' || entry.slow) return;
      entry.slow = true;
      slowCount++;
      putBackFollowers(entry);
    },
    isSlow: (id) => byId.get(id)?.slow ?? false,
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
            `delivered ${rules.maxDeliveries} times and never acknowledged: each time its consumer exited or lost its lease`,
          );
          continue;
        }
        entry.state = 'in flight';
        if (key !== undefined) busyKeys.add(key);
        return message;
      }
      return undefined;
    },
    acknowledge: (id, error) => {
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
      const sent: ClaimedMessage[] = [];
      for (const entry of entries) {
        if (!shards.includes(entry.message.shard)) continue;
        if (entry.state === 'in flight') {
          sent.push(entry.message);
          const key = keyOf(entry.message);
          if (key !== undefined) busyKeys.delete(key);
        }
        if (entry.state !== 'settled') close(entry);
        byId.delete(deliveryId(entry.message));
      }
      entries = entries.filter((entry) => !shards.includes(entry.message.shard));
      cursor = 0;
      return sent;
    },
    finish: (holdMs) => {
      const slow = entries.filter((entry) => entry.slow).map((entry) => entry.message);
      return {
        settlement: {
          ends: held.map((lease) => ({ ...lease, at: null, release: true })),
          exceptions: [
            ...take(entries).exceptions,
            ...slow.map((message) => outcome.stillHandled(message, holdMs)),
          ],
        },
        slow,
      };
    },
    progress: () => {
      // A retry has a row of its own; a message of the log counts when all before it in its shard is settled.
      const chosen = entries.filter((entry) => entry.message.source === 'retry');
      const ends = held.map((lease): ShardEnd => {
        const own = logEntries(lease.shard);
        const open = own.findIndex((entry) => entry.state !== 'settled');
        const settled = open === -1 ? own : own.slice(0, open);
        chosen.push(...settled);
        const last = settled.at(-1)?.message;
        return {
          ...lease,
          at: last ? { xid: last.xid, id: last.id } : 'unchanged',
          release: false,
        };
      });
      const { exceptions, confirm } = take(chosen);
      return { settlement: { ends, exceptions }, confirm };
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
      // Log messages after the last settled one stay in the log; putBack has parked those before it.
      return { ends, exceptions: take(entries).exceptions };
    },
  };
}

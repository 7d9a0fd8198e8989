// The messages with daprd: in which order they were sent, which are surely being handled, and which take too long. Pure:
// every function takes the time, by performance.now(), in milliseconds.
//
// daprd may handle one message at a time: one that was sent later and is answered already proves that an earlier one is
// being handled; without that proof an unanswered message may only be waiting behind another.
import { deliveryId, type ClaimedMessage } from './message.ts';

/** In flight for longer than this is slow, ms. */
const SLOW_MS = 1_000;

/** A message with daprd. `Holder`: what it belongs to; undefined when it has a lease of its own. */
export interface Flight<Holder> {
  message: ClaimedMessage;
  sequence: number;
  sentAt: number;
  /** When a message sent later was answered first: from then on this one is surely being handled, not waiting. */
  overtakenAt: number | undefined;
  holder: Holder | undefined;
}

/** What an inspection found about one message. */
export interface Verdict<Holder> {
  id: string;
  flight: Flight<Holder>;
  /**
   * `overdue`: being handled for handlerTimeout, it has failed. `dead`: nothing at all was answered for that long, the
   * stream is dead; always the last. `slow`: its batch need not wait for it.
   */
  is: 'overdue' | 'dead' | 'slow';
}

/** The messages in flight of one subscription. */
export interface InFlight<Holder> {
  size: () => number;
  sent: (message: ClaimedMessage, holder: Holder, now: number) => void;
  /** An answer came, and its message leaves; undefined: it is not (any more) in flight. */
  answered: (id: string, now: number) => Flight<Holder> | undefined;
  /** Leaves without an answer: overdue, or its lease is lost. */
  remove: (id: string) => Flight<Holder> | undefined;
  /** None is expected to be answered any more. */
  clear: () => void;
  /** Its batch goes without it: it has a lease of its own from now on. False when it is not in flight. */
  leaveBehind: (id: string) => boolean;
  /** @param isSlow - whether it is known to be slow already */
  inspect: (now: number, isSlow: (id: string, holder: Holder) => boolean) => Verdict<Holder>[];
}

/**
 * @param handlerTimeout - a message without an answer for so long has failed, ms
 * @param onChange - so many more (or fewer) are in flight
 */
export function createInFlight<Holder>(
  handlerTimeout: number,
  onChange: (change: number) => void = () => undefined,
): InFlight<Holder> {
  const flights = new Map<string, Flight<Holder>>(); // in the order they were sent
  let sequence = 0;
  let lastAnswerAt = 0;

  /** From when a message has surely been handled, if daprd handles one at a time: not while it waits behind another. */
  function runningSince(flight: Flight<Holder>): number {
    return flight.overtakenAt ?? Math.max(flight.sentAt, lastAnswerAt);
  }

  function remove(id: string): Flight<Holder> | undefined {
    const flight = flights.get(id);
    if (flights.delete(id)) onChange(-1);
    return flight;
  }

  return {
    size: () => flights.size,
    remove,
    clear: () => {
      onChange(-flights.size);
      flights.clear();
    },
    sent: (message, holder, now) => {
      if (!flights.has(deliveryId(message))) onChange(1);
      flights.set(deliveryId(message), {
        message,
        sequence: ++sequence,
        sentAt: now,
        overtakenAt: undefined,
        holder,
      });
    },
    answered: (id, now) => {
      const flight = remove(id);
      if (!flight) return undefined;
      lastAnswerAt = now;
      for (const earlier of flights.values()) {
        if (earlier.sequence > flight.sequence) break;
        earlier.overtakenAt ??= now;
      }
      return flight;
    },
    leaveBehind: (id) => {
      const flight = flights.get(id);
      if (flight) flight.holder = undefined;
      return flight !== undefined;
    },
    inspect: (now, isSlow) => {
      const verdicts: Verdict<Holder>[] = [];
      let first = true;
      for (const [id, flight] of flights) {
        const runningMs = now - runningSince(flight);
        if (runningMs >= handlerTimeout) {
          const isDead = flight.overtakenAt === undefined;
          verdicts.push({ id, flight, is: isDead ? 'dead' : 'overdue' });
          if (isDead) break;
          continue;
        }
        if (!flight.holder || runningMs < SLOW_MS || isSlow(id, flight.holder)) continue;
        if (flight.overtakenAt !== undefined || first) verdicts.push({ id, flight, is: 'slow' });
        first = false; // of those that may only be waiting behind the first, one at a time
      }
      return verdicts;
    },
  };
}

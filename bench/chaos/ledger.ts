// Who was told what, and when: decides whether anything was lost, came twice without a reason, or came out of order.
//
// Each key's messages are numbered from 0 and published one after the other. A group may see a number again (a redelivery,
// or a publish that was repeated because nobody knew whether it had worked), but never a number before its predecessor.

/** Something that was done to the system. */
export interface Disruption {
  at: number;
  what: string;
  /** The groups whose deliveries it can repeat; undefined: all, and publishes too. */
  groups?: string[];
  /** Whether it can repeat a publish. */
  publisher: boolean;
  /** When all worked again; undefined: not yet. */
  until?: number;
}

/** The judgement over a run. */
export interface Verdict {
  published: number;
  deliveries: number;
  lost: string[];
  outOfOrder: string[];
  redelivered: number;
  publishedTwice: number;
  unexplained: string[];
}

/** What a run writes down. Times by performance.now(). */
export interface Ledger {
  publishStarted: (key: string, number: number) => void;
  /** The publish was acknowledged: from now on it must not be lost. */
  publishDone: (key: string, number: number) => void;
  /** @param messageId - the log's own number of the message: differs when a publish was done twice */
  delivered: (group: string, key: string, number: number, messageId: string) => void;
  disrupted: (disruption: Disruption) => void;
  publishedCount: () => number;
  /** Messages the group has seen at least once. */
  deliveredCount: (group: string) => number;
  /** Every group has seen all that was published. */
  isComplete: () => boolean;
  verdict: () => Verdict;
}

interface Seen {
  id: string;
  at: number;
}

/**
 * An empty ledger.
 * @param now - milliseconds; a test's clock
 */
export function createLedger(
  groups: string[],
  now: () => number = () => performance.now(),
): Ledger {
  const publishes = new Map<string, { started: number; done?: number }>();
  const seen = new Map(groups.map((group) => [group, new Map<string, Seen[]>()]));
  const highest = new Map(groups.map((group) => [group, new Map<string, number>()]));
  const disruptions: Disruption[] = [];
  const outOfOrder: string[] = [];
  let published = 0;
  let deliveries = 0;

  function isExplained(from: number, to: number, concerns: (one: Disruption) => boolean): boolean {
    return disruptions.some(
      (one) => concerns(one) && one.at <= to && (one.until === undefined || one.until >= from),
    );
  }

  function duplicates(): Pick<Verdict, 'redelivered' | 'publishedTwice' | 'unexplained'> {
    let redelivered = 0;
    let publishedTwice = 0;
    const unexplained: string[] = [];
    for (const [group, messages] of seen) {
      for (const [message, times] of messages) {
        times.forEach((time, index) => {
          if (index === 0) return;
          const earlier = times.slice(0, index).findLast((other) => other.id === time.id);
          if (earlier) {
            redelivered++;
            const concerns = (one: Disruption): boolean => one.groups?.includes(group) ?? true;
            if (!isExplained(earlier.at, time.at, concerns))
              unexplained.push(`${group} got ${message} again after ${ms(time.at - earlier.at)}`);
          } else {
            publishedTwice++;
            const { started = 0, done = Infinity } = publishes.get(message) ?? {};
            if (!isExplained(started, done, (one) => one.publisher))
              unexplained.push(`${group} got ${message} from two publishes`);
          }
        });
      }
    }
    return { redelivered, publishedTwice, unexplained };
  }

  return {
    publishStarted: (key, number) => {
      const message = nameOf(key, number);
      if (!publishes.has(message)) publishes.set(message, { started: now() });
    },
    publishDone: (key, number) => {
      const entry = publishes.get(nameOf(key, number));
      if (!entry || entry.done !== undefined) return;
      entry.done = now();
      published++;
    },
    delivered: (group, key, number, messageId) => {
      deliveries++;
      const last = highest.get(group)?.get(key) ?? -1;
      if (number > last + 1) outOfOrder.push(`${group} got ${nameOf(key, number)} after ${last}`);
      if (number > last) highest.get(group)?.set(key, number);
      const times = seen.get(group)?.get(nameOf(key, number)) ?? [];
      times.push({ id: messageId, at: now() });
      seen.get(group)?.set(nameOf(key, number), times);
    },
    disrupted: (disruption) => disruptions.push(disruption),
    publishedCount: () => published,
    deliveredCount: (group) => seen.get(group)?.size ?? 0,
    isComplete: () => groups.every((group) => (seen.get(group)?.size ?? 0) >= publishes.size),
    verdict: () => {
      const lost: string[] = [];
      for (const [message, { done }] of publishes) {
        if (done === undefined) continue;
        for (const group of groups)
          if (!seen.get(group)?.has(message)) lost.push(`${group} never got ${message}`);
      }
      return { published, deliveries, lost, outOfOrder, ...duplicates() };
    },
  };
}

function nameOf(key: string, number: number): string {
  return `${key}#${number}`;
}

function ms(value: number): string {
  return `${value.toFixed(0)} ms`;
}

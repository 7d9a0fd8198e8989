// What the parts of a component report about themselves. Counting it is somebody else's: see metrics.ts. Durations in
// milliseconds.

import type { ListenerState } from './listener.ts';

/** What woke the subscriptions: a message of this process, a NOTIFY, another process's call, a LISTEN that is there again. */
export type WakeUpSource = 'own' | 'notify' | 'call' | 'listening';

/** How much one group has still to read. */
export interface Backlog {
  topic: string;
  group: string;
  /** Messages that are not settled; counted up to a bound. */
  unread: number;
  /** Age of the oldest of them by the server's clock, ms; 0 with none. */
  oldestMs: number;
  /** Since one of its subscribers last claimed something or looked for it, ms; to the minute. */
  inactiveMs: number;
  /** After groupExpiry: what it had not read may be gone. */
  isGivenUp: boolean;
}

/** Of one subscription. */
export interface GroupObserver {
  /** A message went to daprd; `latencyMs` since it was published, undefined for a later delivery of it. */
  delivered: (latencyMs: number | undefined) => void;
  /** daprd answered that it was handled, so long after it was sent. */
  acknowledged: (handledMs: number) => void;
  /** A delivery failed; there will be another. */
  retried: () => void;
  /** A message was given up. */
  dead: () => void;
  /** So many more (or fewer) messages are with daprd. */
  inFlight: (change: number) => void;
  /** A claim brought so many messages. */
  claimed: (messages: number) => void;
  /** Another subscriber has taken over so many leases. */
  leasesLost: (count: number) => void;
}

/** Of one component. */
export interface ComponentObserver {
  /** So many messages became durable, after so long; `failed` were not stored. */
  published: (topic: string, stored: number, failed: number, ms: number) => void;
  wokenUp: (source: WakeUpSource) => void;
  /** `logBytes`: the log's size on disk, indexes included. */
  backlog: (groups: Backlog[], logBytes: number) => void;
  /** Asked when somebody looks: what becomes of LISTEN? */
  watchListening: (state: () => ListenerState) => void;
  /** Whether anybody reads what costs a statement. */
  wantsBacklog: boolean;
  group: (topic: string, group: string) => GroupObserver;
  /** The component is gone: what it holds and has to read is nobody's any more. */
  close: () => void;
}

const ignore = (): void => undefined;

/** Counts nothing. */
export const NO_GROUP_OBSERVER: GroupObserver = {
  delivered: ignore,
  acknowledged: ignore,
  retried: ignore,
  dead: ignore,
  inFlight: ignore,
  claimed: ignore,
  leasesLost: ignore,
};

/** Counts nothing. */
export const NO_OBSERVER: ComponentObserver = {
  published: ignore,
  wokenUp: ignore,
  backlog: ignore,
  watchListening: ignore,
  wantsBacklog: false,
  group: () => NO_GROUP_OBSERVER,
  close: ignore,
};

/** A function that publishes, counted: what it stored, what it did not, and how long that took. */
export function observePublishes<Message>(
  publish: (topic: string, messages: Message[]) => Promise<(Error | undefined)[]>,
  observer: ComponentObserver,
): (topic: string, messages: Message[]) => Promise<(Error | undefined)[]> {
  return async (topic, messages) => {
    const startedAt = performance.now();
    let stored = 0;
    try {
      const errors = await publish(topic, messages);
      stored = errors.filter((error) => error === undefined).length;
      return errors;
    } finally {
      observer.published(topic, stored, messages.length - stored, performance.now() - startedAt);
    }
  };
}

// What every queue that is compared must do. Each contender does it in the way its own documentation recommends for speed.

/** A queue under test: publishes to a topic, and each group gets every message. */
export interface Contender {
  /** Makes queues and subscriptions; nothing is delivered yet. */
  setUp: (groups: string[]) => Promise<void>;
  /** Resolves when the message is durable for every group. */
  publish: (body: string) => Promise<void>;
  /**
   * Starts one consumer a group; a message counts as handled as soon as `handle` returns.
   * @param pace - 'drain' a backlog as fast as possible, or 'paced' messages as early as possible
   * @returns stops the consumers
   */
  consume: (
    handle: (group: string, body: string) => void,
    pace: 'drain' | 'paced',
  ) => Promise<() => Promise<void>>;
  /** Resident memory in bytes of what the contender runs outside this process; undefined: it is a library in it. */
  residentBytes?: () => number;
  /** Processor time of the same so far, ms. */
  cpuMs?: () => number;
  close: () => Promise<void>;
}

/** Starts a contender on an empty database. */
export type StartContender = (url: string) => Promise<Contender>;

/** Messages in one batch, where a contender has such a setting. */
export const BATCH = 500;

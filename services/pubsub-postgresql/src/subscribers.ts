// The subscriptions of one component: which of them a wake-up is for, and what is done to all of them at once.
import type { Subscription } from './subscription.ts';

/** The running subscriptions. */
export interface Subscribers {
  /** From now on it is paused, resumed, woken and closed with the others. */
  add: (subscription: Subscription) => void;
  remove: (subscription: Subscription) => void;
  /** Its topic and group are known: from now on it is woken with its topic. */
  joinTopic: (subscription: Subscription, topicId: number, groupId: number) => void;
  leaveTopic: (subscription: Subscription, topicId: number) => void;
  /** Topics and groups that this process has read for since its start. */
  topicIds: () => number[];
  groupIds: () => number[];
  wakeTopic: (topicId: number) => void;
  wakeAll: () => void;
  pause: () => void;
  resume: () => void;
  close: () => Promise<void>;
}

/** Without any yet. */
export function createSubscribers(): Subscribers {
  const all = new Set<Subscription>();
  const byTopicId = new Map<number, Set<Subscription>>();
  const groupIds = new Set<number>();
  let paused = false;
  return {
    add: (subscription) => {
      all.add(subscription);
      if (paused) subscription.pause();
    },
    remove: (subscription) => {
      all.delete(subscription);
    },
    joinTopic: (subscription, topicId, groupId) => {
      const peers = byTopicId.get(topicId) ?? new Set();
      byTopicId.set(topicId, peers.add(subscription));
      groupIds.add(groupId);
    },
    leaveTopic: (subscription, topicId) => {
      byTopicId.get(topicId)?.delete(subscription);
    },
    topicIds: () => [...byTopicId.keys()],
    groupIds: () => [...groupIds],
    wakeTopic: (topicId) => {
      for (const subscription of byTopicId.get(topicId) ?? []) subscription.wake();
    },
    wakeAll: () => {
      for (const subscription of all) subscription.wake();
    },
    pause: () => {
      paused = true;
      for (const subscription of all) subscription.pause();
    },
    resume: () => {
      paused = false;
      for (const subscription of all) subscription.resume();
    },
    close: async () => {
      await Promise.allSettled([...all].map((subscription) => subscription.close()));
    },
  };
}

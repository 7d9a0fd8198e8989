// When a subscription turns to the database, and how much it asks for. Pure: knows neither statements nor timers; every
// function takes the time, by performance.now(), in milliseconds.
//
// Resting ends by a wake-up, when a retry falls due, when another owner's lease may have ended, when a renewal is due, and
// by a poll that gets rarer and stops: under load one notification can be lost, with the publisher that died before it
// sent it. Idle for longer than that, a subscription sends nothing at all.

/** A claim takes what is handled in about this time, so that slow consumers leave work to others. */
const CLAIM_MS = 500;
const FIRST_CLAIM = 20;
const MAX_CLAIM = 500;
/** How often to look again while other owners hold leases; doubles up to pollIntervalMax. */
const OTHERS_POLL_MS = 250;
/** A timer never fires early, but a lease ends on the server's clock: look a little later. */
const AFTER_DUE_MS = 5;
/** With batches in hand, wake-ups this close together share a claim: many small ones would cost more than they bring. */
const GATHER_MS = 20;

/** Durations in milliseconds. */
export interface PacingSettings {
  visibilityTimeout: number;
  pollInterval: number;
  pollIntervalMax: number;
  idleAfter: number;
}

/** What a claim says of the time until there may be more, ms; Infinity: nothing to wait for. */
export interface ClaimWait {
  retryDueMs: number;
  othersLeaseMs: number;
}

/** The clock of one subscription. */
export interface Pacing {
  /** There may be something to claim. */
  wake: () => void;
  /** Whether something may be there that no claim has looked for. */
  isAwake: () => boolean;
  /** How many messages one claim may bring. */
  claimLimit: () => number;
  /** Whether a claim is worth it now, if there is room. `alone`: nothing in hand, or a statement goes out anyway. */
  mayClaim: (now: number, alone: boolean) => boolean;
  claimStarted: (now: number) => void;
  /** A claim was answered. `brought`: it leased something. */
  claimAnswered: (now: number, wait: ClaimWait, brought: boolean) => void;
  /** Whether the last claim brought all it could: the next need not wait for more to gather. */
  setFull: (full: boolean) => void;
  isFull: () => boolean;
  /** So many messages of a batch were answered, which was in hand since `since`. */
  batchFinished: (now: number, since: number, answered: number) => void;
  isRenewalDue: (now: number) => boolean;
  /** Something got a lease just now. */
  leased: (now: number) => void;
  /** A statement was asked at `askedAt`; `renewed`: it renewed all leases; `holds`: some are held. */
  statementDone: (askedAt: number, renewed: boolean, holds: boolean) => void;
  /**
   * How long to rest, ms; Infinity: until a wake-up.
   * @param options.room - there is room for a claim
   * @param options.delivering - false: paused or stuck, nothing is to be claimed
   */
  restMs: (now: number, options: { room: boolean; alone: boolean; delivering: boolean }) => number;
}

/** @param now - the time it starts at */
export function createPacing(settings: PacingSettings, now: number): Pacing {
  let rate = FIRST_CLAIM / CLAIM_MS; // answered messages a millisecond, smoothed
  let lastFinish = 0;
  let awake = true;
  let full = false;
  let claimedAt = -Infinity;
  let renewAt = Infinity;
  let lastActivity = now;
  let poll = settings.pollInterval;
  let othersPoll = OTHERS_POLL_MS;
  let waitUntil = Infinity;
  const renewEvery = settings.visibilityTimeout / 3;

  /** From when on a claim is worth it. */
  function gatheredAt(alone: boolean): number {
    return alone || full ? 0 : claimedAt + GATHER_MS;
  }

  return {
    wake: () => {
      awake = true;
    },
    isAwake: () => awake,
    claimLimit: () => Math.max(1, Math.min(MAX_CLAIM, Math.ceil(rate * CLAIM_MS))),
    mayClaim: (at, alone) => awake && at >= gatheredAt(alone),
    claimStarted: (at) => {
      awake = false;
      claimedAt = at;
    },
    claimAnswered: (at, { retryDueMs, othersLeaseMs }, brought) => {
      let waitMs = retryDueMs;
      if (othersLeaseMs < Infinity) {
        waitMs = Math.min(waitMs, othersLeaseMs, othersPoll);
        othersPoll = Math.min(settings.pollIntervalMax, othersPoll * 2);
      } else othersPoll = OTHERS_POLL_MS;
      waitUntil = at + waitMs + AFTER_DUE_MS;
      if (!brought) return;
      lastActivity = at;
      poll = settings.pollInterval;
      othersPoll = OTHERS_POLL_MS;
    },
    setFull: (value) => {
      full = value;
    },
    isFull: () => full,
    batchFinished: (at, since, answered) => {
      if (answered > 0) {
        const ms = at - Math.max(since, lastFinish);
        rate = rate * 0.5 + (answered / Math.max(ms, 1)) * 0.5;
      }
      lastFinish = at;
    },
    isRenewalDue: (at) => at >= renewAt,
    leased: (at) => {
      renewAt = Math.min(renewAt, at + renewEvery);
    },
    statementDone: (askedAt, renewed, holds) => {
      const next = askedAt + renewEvery;
      if (!holds) renewAt = Infinity;
      else renewAt = renewed ? next : Math.min(renewAt, next);
    },
    restMs: (at, { room, alone, delivering }) => {
      let until = renewAt;
      const gathered = gatheredAt(alone);
      if (awake && room && at < gathered) until = Math.min(until, gathered);
      if (delivering) {
        until = Math.min(until, waitUntil);
        if (at - lastActivity < settings.idleAfter) {
          until = Math.min(until, at + poll);
          poll = Math.min(settings.pollIntervalMax, poll * 2);
        }
      }
      return Math.max(0, until - at);
    },
  };
}

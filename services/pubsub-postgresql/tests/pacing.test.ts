// When a subscription turns to the database, with a clock of the test's own.
import { describe, expect, test } from 'vitest';
import { createPacing, type Pacing } from '../src/pacing.ts';

const NO_WAIT = { retryDueMs: Infinity, othersLeaseMs: Infinity };
const RESTING = { room: true, alone: true, delivering: true };

const paced = (now = 0): Pacing =>
  createPacing(
    { visibilityTimeout: 30_000, pollInterval: 1_000, pollIntervalMax: 5_000, idleAfter: 10_000 },
    now,
  );

describe('how much a claim asks for', () => {
  test('follows the pace of the consumer, never less than one message', () => {
    const pacing = paced();
    const first = pacing.claimLimit();
    pacing.batchFinished(100, 0, 100);
    const fast = pacing.claimLimit();
    expect(fast).toBeGreaterThan(first);
    let now = 100;
    for (let batch = 0; batch < 20; batch++) pacing.batchFinished((now += 60_000), now - 60_000, 1);
    expect(pacing.claimLimit()).toBe(1);
  });

  test('is bounded however fast the consumer is', () => {
    const pacing = paced();
    for (let batch = 1; batch < 20; batch++) pacing.batchFinished(batch, batch - 1, 10_000);
    expect(pacing.claimLimit()).toBe(500);
  });

  test('does not change by a batch in which nothing was answered', () => {
    const pacing = paced();
    const before = pacing.claimLimit();
    pacing.batchFinished(60_000, 0, 0);
    expect(pacing.claimLimit()).toBe(before);
  });
});

describe('when to claim', () => {
  test('a wake-up with nothing in hand leads to a claim at once', () => {
    const pacing = paced();
    pacing.claimStarted(0);
    expect(pacing.mayClaim(1, true)).toBe(false);
    pacing.wake();
    expect(pacing.mayClaim(1, true)).toBe(true);
  });

  test('with batches in hand, wake-ups close together share a claim', () => {
    const pacing = paced();
    pacing.claimStarted(100);
    pacing.wake();
    expect(pacing.mayClaim(110, false)).toBe(false);
    expect(pacing.restMs(110, { ...RESTING, alone: false })).toBe(10);
    expect(pacing.mayClaim(120, false)).toBe(true);
  });

  test('after a claim that brought all it could, the next does not wait', () => {
    const pacing = paced();
    pacing.claimStarted(100);
    pacing.setFull(true);
    pacing.wake();
    expect(pacing.mayClaim(100, false)).toBe(true);
  });
});

describe('how long to rest', () => {
  test('the poll gets rarer, and stops when idle', () => {
    const pacing = paced();
    pacing.claimStarted(0);
    pacing.claimAnswered(0, NO_WAIT, true);
    expect([0, 1, 2, 3].map(() => pacing.restMs(0, RESTING))).toEqual([1_000, 2_000, 4_000, 5_000]);
    expect(pacing.restMs(9_999, RESTING)).toBe(5_000);
    expect(pacing.restMs(10_000, RESTING)).toBe(Infinity);
  });

  test('a retry that falls due ends it, a little late rather than early', () => {
    const pacing = paced();
    pacing.claimStarted(0);
    pacing.claimAnswered(20_000, { ...NO_WAIT, retryDueMs: 400 }, false);
    expect(pacing.restMs(20_000, RESTING)).toBe(405);
  });

  test('while others hold leases it looks again, more and more rarely, and at the end of a lease', () => {
    const pacing = paced(-20_000);
    const others = { ...NO_WAIT, othersLeaseMs: 30_000 };
    const rests = [0, 1, 2, 3, 4, 5, 6].map(() => {
      pacing.claimStarted(0);
      pacing.claimAnswered(0, others, false);
      return pacing.restMs(0, RESTING);
    });
    expect(rests).toEqual([255, 505, 1_005, 2_005, 4_005, 5_005, 5_005]);
    pacing.claimAnswered(0, { ...NO_WAIT, othersLeaseMs: 70 }, false);
    expect(pacing.restMs(0, RESTING)).toBe(75);
  });

  test('paused, only a renewal ends it', () => {
    const pacing = paced();
    pacing.claimStarted(0);
    pacing.claimAnswered(0, { ...NO_WAIT, retryDueMs: 10 }, true);
    const paused = { room: false, alone: false, delivering: false };
    expect(pacing.restMs(0, paused)).toBe(Infinity);
    pacing.statementDone(0, false, true);
    expect(pacing.restMs(0, paused)).toBe(10_000);
  });
});

describe('renewals', () => {
  test('a third of a lease after the statement was asked, not after it was answered', () => {
    const pacing = paced();
    pacing.statementDone(1_000, true, true);
    expect(pacing.isRenewalDue(10_999)).toBe(false);
    expect(pacing.isRenewalDue(11_000)).toBe(true);
  });

  test('a later claim does not put off the renewal of what is held already', () => {
    const pacing = paced();
    pacing.statementDone(0, false, true);
    pacing.statementDone(9_000, false, true);
    expect(pacing.isRenewalDue(10_000)).toBe(true);
  });

  test('none with nothing held, until something gets a lease', () => {
    const pacing = paced();
    pacing.statementDone(0, false, true);
    pacing.statementDone(0, false, false);
    expect(pacing.isRenewalDue(1e9)).toBe(false);
    pacing.leased(5_000);
    expect(pacing.isRenewalDue(15_000)).toBe(true);
  });
});

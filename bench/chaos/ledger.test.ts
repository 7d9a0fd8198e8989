// The judge of the chaos run must see each kind of mistake, or its verdict says nothing.
import { describe, expect, test } from 'vitest';
import { createLedger } from './ledger.ts';

function ledgerAt(): { ledger: ReturnType<typeof createLedger>; at: (ms: number) => void } {
  let clock = 0;
  const ledger = createLedger(['g'], () => clock);
  return {
    ledger,
    at: (ms) => {
      clock = ms;
    },
  };
}

describe('the ledger', () => {
  test('all is well: nothing to report', () => {
    const { ledger } = ledgerAt();
    for (const number of [0, 1]) {
      ledger.publishStarted('k', number);
      ledger.publishDone('k', number);
      ledger.delivered('g', 'k', number, String(number));
    }
    expect(ledger.isComplete()).toBe(true);
    expect(ledger.verdict()).toEqual({
      published: 2,
      deliveries: 2,
      lost: [],
      outOfOrder: [],
      redelivered: 0,
      publishedTwice: 0,
      unexplained: [],
    });
  });

  test('an acknowledged message that never came is lost; one that was not acknowledged is not', () => {
    const { ledger } = ledgerAt();
    ledger.publishStarted('k', 0);
    ledger.publishDone('k', 0);
    ledger.publishStarted('k', 1);
    expect(ledger.isComplete()).toBe(false);
    expect(ledger.verdict().lost).toEqual(['g never got k#0']);
  });

  test('a number before its predecessor is out of order; going back is not', () => {
    const { ledger } = ledgerAt();
    for (const number of [0, 2, 1, 2]) ledger.delivered('g', 'k', number, String(number));
    expect(ledger.verdict().outOfOrder).toEqual(['g got k#2 after 0']);
  });

  test('a redelivery needs a disruption of that group between the two deliveries', () => {
    const { ledger, at } = ledgerAt();
    ledger.disrupted({ at: 5, until: 6, what: 'too early', publisher: true });
    at(10);
    ledger.delivered('g', 'k', 0, '1');
    ledger.disrupted({ at: 15, what: 'another group', groups: ['h'], publisher: false });
    at(20);
    ledger.delivered('g', 'k', 0, '1');
    expect(ledger.verdict().unexplained).toEqual(['g got k#0 again after 10 ms']);
    ledger.disrupted({ at: 12, until: 13, what: 'ours', groups: ['g'], publisher: false });
    expect(ledger.verdict().unexplained).toEqual([]);
    expect(ledger.verdict().redelivered).toBe(1);
  });

  test('two publishes of one message need a disruption of the publisher meanwhile', () => {
    const { ledger, at } = ledgerAt();
    ledger.publishStarted('k', 0);
    at(10);
    ledger.publishDone('k', 0);
    ledger.delivered('g', 'k', 0, '1');
    ledger.delivered('g', 'k', 0, '2');
    ledger.disrupted({ at: 5, what: 'a group', groups: ['g'], publisher: false });
    expect(ledger.verdict().unexplained).toEqual(['g got k#0 from two publishes']);
    ledger.disrupted({ at: 5, what: 'the database', publisher: true });
    expect(ledger.verdict()).toMatchObject({ publishedTwice: 1, unexplained: [] });
  });
});

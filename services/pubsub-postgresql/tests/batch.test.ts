// The rules of one batch, without a database: what may be sent, and what is written down of every outcome.
import { describe, expect, test } from 'vitest';
import { createBatch, type BatchRules } from '../src/batch.ts';
import { deliveryId, type ClaimedMessage } from '../src/message.ts';

const RULES: BatchRules = {
  ordered: true,
  maxDeliveries: 3,
  backoffMs: (attempts) => attempts * 100,
  deadMetadata: (_, reason) => ({ reason }),
  onDead: () => undefined,
};
const LEASES = [{ shard: 0, epoch: '7' }];

function message(id: number, over: Partial<ClaimedMessage> = {}): ClaimedMessage {
  return {
    source: 'log',
    shard: 0,
    epoch: '7',
    xid: '100',
    id: String(id),
    key: null,
    attempts: 1,
    publishedAt: 0,
    expiresAt: Infinity,
    contentType: '',
    metadata: {},
    data: Buffer.from(String(id)),
    ...over,
  };
}

describe('what is written', () => {
  test('all handled: the whole batch, nothing else', () => {
    const batch = createBatch([message(1), message(2)], LEASES, RULES);
    for (let one = batch.next(); one; one = batch.next())
      batch.acknowledge(deliveryId(one), undefined);
    expect(batch.isDone()).toBe(true);
    expect(batch.finish(1_000)).toEqual({
      settlement: { ends: [{ shard: 0, epoch: '7', at: null, release: true }], exceptions: [] },
      slow: [],
    });
  });

  test('a failure is told again and again until it is surely written: a cut connection must not swallow it', () => {
    const batch = createBatch([message(1), message(2)], LEASES, RULES);
    batch.next();
    batch.next();
    batch.acknowledge(deliveryId(message(1)), 'no');
    const lost = batch.progress(); // its statement fails: nobody confirms
    expect(lost.settlement.exceptions).toHaveLength(1);
    const second = batch.progress();
    expect(second.settlement).toEqual(lost.settlement);
    second.confirm();
    expect(batch.progress().settlement.exceptions).toEqual([]);
    batch.acknowledge(deliveryId(message(2)), undefined);
    expect(batch.finish(1_000).settlement.exceptions).toEqual([]);
  });

  test('progress moves a shard only as far as all before is settled', () => {
    const batch = createBatch([message(1), message(2), message(3)], LEASES, RULES);
    for (let n = 0; n < 3; n++) batch.next();
    batch.acknowledge(deliveryId(message(2)), undefined);
    expect(batch.progress().settlement.ends[0]!.at).toBe('unchanged');
    batch.acknowledge(deliveryId(message(1)), undefined);
    expect(batch.progress().settlement.ends[0]!.at).toEqual({ xid: '100', id: '2' });
  });

  test('abandoned: what is not settled before the last settled one is parked, undelivered; the rest stays in the log', () => {
    const batch = createBatch([message(1), message(2), message(3)], LEASES, RULES);
    for (let n = 0; n < 3; n++) batch.next();
    batch.acknowledge(deliveryId(message(2)), undefined);
    expect(batch.abandon()).toEqual({
      ends: [{ shard: 0, epoch: '7', at: { xid: '100', id: '2' }, release: true }],
      exceptions: [{ op: 'park', shard: 0, xid: '100', id: '1', attempts: 0, ms: 0 }],
    });
  });

  test('out of deliveries: parked and given up in one go', () => {
    const batch = createBatch([message(1, { attempts: 3 })], LEASES, RULES);
    batch.next();
    batch.acknowledge(deliveryId(message(1)), 'no');
    expect(batch.finish(1_000).settlement.exceptions.map(({ op }) => op)).toEqual(['park', 'dead']);
  });
});

describe('order', () => {
  test('one message of a key at a time; when it fails, the rest of the key goes behind it undelivered', () => {
    const keyed = [1, 2, 3].map((id) => message(id, { key: '5' }));
    const batch = createBatch([...keyed, message(4, { key: '6' })], LEASES, RULES);
    expect(batch.next()?.id).toBe('1');
    expect(batch.next()?.id).toBe('4');
    expect(batch.next()).toBeUndefined();
    batch.acknowledge(deliveryId(keyed[0]!), 'no');
    batch.acknowledge(deliveryId(message(4)), undefined);
    expect(batch.isDone()).toBe(true);
    expect(
      batch
        .finish(1_000)
        .settlement.exceptions.map((e) => [e.op, e.id, 'attempts' in e && e.attempts]),
    ).toEqual([
      ['park', '1', 1],
      ['park', '2', 0],
      ['park', '3', 0],
    ]);
  });

  test('messages are sent in the order of the log, whatever order the claim had them in', () => {
    const batch = createBatch(
      [message(3, { xid: '99' }), message(1), message(2, { xid: '98' })],
      LEASES,
      { ...RULES, ordered: false },
    );
    expect([batch.next()?.id, batch.next()?.id, batch.next()?.id]).toEqual(['2', '3', '1']);
  });
});

describe('slow messages', () => {
  test('the batch is done without them, and leaves them a lease', () => {
    const batch = createBatch([message(1), message(2)], LEASES, RULES);
    batch.next();
    batch.next();
    batch.acknowledge(deliveryId(message(2)), undefined);
    batch.markSlow(deliveryId(message(1)));
    expect(batch.isDone()).toBe(true);
    const { settlement, slow } = batch.finish(30_000);
    expect(slow.map(({ id }) => id)).toEqual(['1']);
    expect(settlement.exceptions).toEqual([
      { op: 'park', shard: 0, xid: '100', id: '1', attempts: 1, ms: 30_000 },
    ]);
  });

  test('one that is answered before the batch ends is settled like any other', () => {
    const batch = createBatch([message(1), message(2)], LEASES, RULES);
    batch.next();
    batch.next();
    batch.markSlow(deliveryId(message(1)));
    expect(batch.isDone()).toBe(false);
    batch.acknowledge(deliveryId(message(1)), undefined);
    batch.acknowledge(deliveryId(message(2)), undefined);
    expect(batch.finish(1_000)).toMatchObject({ settlement: { exceptions: [] }, slow: [] });
  });
});

test('a lost shard is forgotten: its late answers change nothing, the others go on', () => {
  const other = message(9, { shard: 1, epoch: '3' });
  const batch = createBatch([message(1), other], [...LEASES, { shard: 1, epoch: '3' }], RULES);
  batch.next();
  batch.next();
  expect(batch.lose([0]).map(({ id }) => id)).toEqual(['1']);
  expect(batch.acknowledge(deliveryId(message(1)), 'late')).toBe(false);
  batch.acknowledge(deliveryId(other), undefined);
  expect(batch.finish(1_000).settlement).toEqual({
    ends: [{ shard: 1, epoch: '3', at: null, release: true }],
    exceptions: [],
  });
});

test('a message whose time is over when its turn comes is not sent', () => {
  let now = 0;
  const batch = createBatch([message(1, { expiresAt: 10 })], LEASES, RULES, () => now);
  now = 11;
  expect(batch.next()).toBeUndefined();
  expect(batch.isDone()).toBe(true);
});

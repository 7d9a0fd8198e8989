// Which messages with daprd are late, with a clock of the test's own.
import { expect, test } from 'vitest';
import { createInFlight } from '../src/in-flight.ts';
import { deliveryId, type ClaimedMessage } from '../src/message.ts';

const HANDLER_TIMEOUT_MS = 10_000;
const BATCH = 'batch';

function message(id: number): ClaimedMessage {
  return {
    ...{ source: 'log', shard: 0, epoch: '1', xid: '1', id: String(id), key: null, attempts: 1 },
    ...{
      publishedAt: 0,
      expiresAt: Infinity,
      contentType: '',
      metadata: {},
      data: Buffer.alloc(0),
    },
  };
}
const idOf = (id: number): string => deliveryId(message(id));

function sentAt(now: number, ...ids: number[]) {
  const flights = createInFlight<string>(HANDLER_TIMEOUT_MS);
  for (const id of ids) flights.sent(message(id), BATCH, now);
  const seen = (at: number, slow: string[] = []): [string, string][] =>
    flights.inspect(at, (id) => slow.includes(id)).map(({ id, is }) => [id, is]);
  return { flights, seen };
}

test('nothing is late at first', () => {
  expect(sentAt(0, 1, 2, 3).seen(999)).toEqual([]);
});

test('only the first can be slow while none of the later ones was answered: they may wait behind it', () => {
  const { seen } = sentAt(0, 1, 2, 3);
  expect(seen(1_000)).toEqual([[idOf(1), 'slow']]);
  expect(seen(1_000, [idOf(1)])).toEqual([[idOf(2), 'slow']]);
});

test('an answer to a later message proves that all earlier ones are being handled', () => {
  const { flights, seen } = sentAt(0, 1, 2, 3, 4);
  expect(flights.answered(idOf(3), 100)?.message.id).toBe('3');
  expect(seen(1_100)).toEqual([
    [idOf(1), 'slow'],
    [idOf(2), 'slow'],
  ]);
});

test('an answer gives those behind it their time from then on', () => {
  const { flights, seen } = sentAt(0, 1, 2);
  flights.answered(idOf(1), 9_000);
  expect(seen(9_999)).toEqual([]);
  expect(seen(19_000)).toEqual([[idOf(2), 'dead']]);
});

test('an overtaken message that is never answered has failed; the stream lives on', () => {
  const { flights, seen } = sentAt(0, 1, 2);
  flights.answered(idOf(2), 0);
  expect(seen(10_000)).toEqual([[idOf(1), 'overdue']]);
  expect(flights.size()).toBe(1); // an inspection changes nothing
});

test('without any answer for handlerTimeout the stream is dead, and nothing else matters', () => {
  expect(sentAt(0, 1, 2, 3).seen(10_000)).toEqual([[idOf(1), 'dead']]);
});

test('a message with a lease of its own is not slow again, but can be overdue', () => {
  const { flights, seen } = sentAt(0, 1, 2);
  flights.answered(idOf(2), 0);
  expect(flights.leaveBehind(idOf(1))).toBe(true);
  expect(seen(5_000)).toEqual([]);
  expect(seen(10_000)).toEqual([[idOf(1), 'overdue']]);
});

test('what is not in flight changes nothing', () => {
  const { flights, seen } = sentAt(0, 1);
  expect(flights.answered('0.9.1', 500)).toBeUndefined();
  expect(flights.remove('0.9.1')).toBeUndefined();
  expect(flights.leaveBehind('0.9.1')).toBe(false);
  expect(seen(10_000)).toEqual([[idOf(1), 'dead']]);
});

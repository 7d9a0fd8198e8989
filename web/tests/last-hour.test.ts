// What the status page makes of reports that come from one replica at a time.
import { expect, test } from 'vitest';
import { hourOf, noteReports, type Minute, type Report, type Reports } from '@/lib/last-hour';

const now = Date.parse('2027-01-01T10:30:00Z');
const at = (minutesAgo: number) => now - minutesAgo * 60_000;
const minute = (minutesAgo: number, more: Partial<Minute> = {}): Minute => ({
  ...{ at: at(minutesAgo), requests: 1, failed: 0, requestP99Ms: 10, events: 0, eventP99Ms: null },
  ...{ liveP99Ms: null, outboxMs: 0 },
  ...more,
});
const report = (
  instance: string,
  lastHour: Minute[],
  startedAt = '2027-01-01T09:00:00Z',
): Report => ({
  version: '1',
  instance,
  startedAt,
  lastHour,
});
const note = (known: Reports, process: Report | null, when = now) => {
  noteReports(known, [{ service: 's', process }], when);
};

test('replicas are added up, the slower one counts', () => {
  const known: Reports = new Map();
  note(known, report('a', [minute(2, { requestP99Ms: null, eventP99Ms: 5 }), minute(1)]));
  note(known, report('b', [minute(2, { failed: 1, requestP99Ms: 90, outboxMs: 7 })]));
  expect(hourOf(known, 's', now)).toEqual([
    minute(2, { requests: 2, failed: 1, requestP99Ms: 90, eventP99Ms: 5, outboxMs: 7 }),
    minute(1),
  ]);
  expect(hourOf(known, 'unknown', now)).toEqual([]);
});

test('the same replica again replaces what it said; started again, it adds to what it was', () => {
  const known: Reports = new Map();
  note(known, report('a', [minute(3)]));
  note(known, report('a', [minute(3, { requests: 5 })]));
  expect(hourOf(known, 's', now).map(({ requests }) => requests)).toEqual([5]);
  note(known, report('a', [minute(1)], '2027-01-01T10:28:00Z'));
  note(known, null);
  expect(hourOf(known, 's', now).map(({ requests }) => requests)).toEqual([5, 1]);
});

test('what is older than an hour is forgotten', () => {
  const known: Reports = new Map();
  note(known, report('a', [minute(59), minute(61)]));
  expect(hourOf(known, 's', now)).toHaveLength(1);
  note(known, null, now + 2 * 3_600_000);
  expect(known.get('s')!.size).toBe(0);
});

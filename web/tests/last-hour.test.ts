// What the status page makes of reports that come from one replica at a time.
import { expect, test } from 'vitest';
import {
  deploysOf,
  hourOf,
  noteReports,
  slowestOf,
  versionsOf,
  type Minute,
  type Report,
  type Reports,
} from '@/lib/last-hour';

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

test('the slowest of all parts and replicas, without those of more than an hour ago', () => {
  const known: Reports = new Map();
  const slow = (ms: number, minutesAgo = 1) => ({
    at: at(minutesAgo),
    ms,
    name: 'x',
    failed: false,
  });
  const of = (instance: string, ...slowest: ReturnType<typeof slow>[]): Report => ({
    ...report(instance, []),
    slowest,
  });
  noteReports(known, [{ service: 's', process: of('a', slow(900), slow(9_000, 61)) }], now);
  noteReports(known, [{ service: 's', process: of('b', slow(1_200)) }], now);
  noteReports(known, [{ service: 't', process: of('c', slow(50)) }], now);
  noteReports(known, [{ service: 'older', process: report('d', []) }], now);
  expect(slowestOf(known, now)).toEqual([
    { ...slow(1_200), service: 's' },
    { ...slow(900), service: 's' },
    { ...slow(50), service: 't' },
  ]);
});

test('the versions that the replicas of a part run now', () => {
  const known: Reports = new Map();
  const of = (instance: string, version: string): Report => ({ ...report(instance, []), version });
  note(known, of('a', '1.0'), at(2));
  note(known, { ...of('a', '1.1'), startedAt: '2027-01-01T10:28:30Z' }, at(1));
  note(known, of('b', '1.1'));
  note(known, of('c', '1.0'));
  note(known, of('gone', '0.9'), at(6));
  expect(versionsOf(known, 's', now)).toEqual([
    { version: '1.1', replicas: 2 },
    { version: '1.0', replicas: 1 },
  ]);
});

test('deploys: the same version started by one part after the other, and a roll-back', () => {
  const part = (service: string, ...versions: [string, string][]) => ({
    service,
    process: {
      ...report('x', []),
      versions: versions.map(([version, since]) => ({ version, since: `2027-01-01T${since}Z` })),
    },
  });
  expect(
    deploysOf([
      part('a', ['1.0', '12:00:00'], ['1.1', '11:00:00'], ['1.0', '09:00:00']),
      part('b', ['1.0', '12:00:09'], ['1.1', '11:00:20'], ['1.0', '09:00:01']),
      { service: 'silent', process: null },
      { service: 'older', process: report('y', []) },
    ]),
  ).toEqual([
    { version: '1.0', since: '2027-01-01T12:00:00Z', services: ['a', 'b'] },
    { version: '1.1', since: '2027-01-01T11:00:00Z', services: ['a', 'b'] },
    { version: '1.0', since: '2027-01-01T09:00:00Z', services: ['a', 'b'] },
  ]);
});

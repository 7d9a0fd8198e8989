import { afterEach, expect, it } from 'vitest';
import { countLastHour } from '../src/last-hour.ts';
import type { LastHour } from '../src/last-hour.ts';
import { measured } from '../src/measurements.ts';
import { continueTrace, withTrace } from '../src/trace.ts';

let hour: LastHour;
let now = Date.parse('2027-01-01T10:00:30Z');
afterEach(() => {
  hour.stop();
});
const start = () => (hour = countLastHour(() => now));
const answer = (ms: number, more: object = {}) => {
  measured('http.answered', { method: 'GET', route: '/api/v1/tasks', status: 200, ms, ...more });
};
const handled = { topic: 'reminders', type: 'todo.reminder.due.v1', outcome: 'handled' } as const;

it('counts by the minute, and says how long half and 99 of 100 took at most', () => {
  start();
  for (let n = 0; n < 99; n += 1) answer(20);
  answer(9_000);
  now += 60_000;
  for (let n = 0; n < 9; n += 1) answer(20);
  answer(900, { status: 503 });
  measured('event.delivered', { ...handled, ageMs: 300 });
  measured('event.delivered', { ...handled, outcome: 'duplicate' });
  measured('live.sent', { lagMs: 40 });
  const [first, second] = hour.minutes();
  expect(first).toMatchObject({
    ...{ at: Date.parse('2027-01-01T10:00:00Z'), requests: 100, failed: 0, events: 0 },
    ...{ eventP99Ms: null, liveP99Ms: null, outboxMs: 0 },
  });
  expect(first!.requestP50Ms).toBeGreaterThanOrEqual(20);
  expect(first!.requestP50Ms).toBeLessThanOrEqual(24);
  expect(first!.requestP99Ms).toBeGreaterThanOrEqual(20);
  expect(first!.requestP99Ms).toBeLessThanOrEqual(24);
  expect(second).toMatchObject({ requests: 10, failed: 1, events: 1 });
  expect(second!.requestP50Ms).toBeLessThanOrEqual(24);
  expect(second!.requestP99Ms).toBeGreaterThanOrEqual(900);
  expect(second!.requestP99Ms).toBeLessThanOrEqual(1_080);
  expect(second!.eventP99Ms).toBeGreaterThanOrEqual(300);
  expect(second!.liveP50Ms).toBeGreaterThanOrEqual(40);
  expect(second!.liveP99Ms).toBeGreaterThanOrEqual(40);
});

it.each(['/health', '/readyz', '/api/v1/live', '/api/v1/chat/messages', '/api/v1/ops/status'])(
  'leaves out %s',
  (route) => {
    start();
    answer(60_000, { route });
    expect(hour.minutes()).toEqual([]);
  },
);

it('keeps an hour, however long it runs', () => {
  start();
  for (let n = 0; n < 500; n += 1) {
    answer(1);
    now += 60_000;
  }
  expect(hour.minutes().length).toBeLessThanOrEqual(60);
  expect(hour.minutes().length).toBeGreaterThanOrEqual(59);
  now += 3 * 3_600_000;
  expect(hour.minutes()).toEqual([]);
});

it('shows how long an event has waited in the outbox, while it waits and afterwards', () => {
  start();
  measured('outbox.waiting', { rows: 1, oldestAt: performance.now() - 70_000 });
  expect(hour.minutes().at(-1)!.outboxMs).toBeGreaterThanOrEqual(70_000);
  measured('outbox.waiting', { rows: 0, oldestAt: undefined });
  now += 60_000;
  answer(1);
  expect(hour.minutes().map(({ outboxMs }) => outboxMs > 0)).toEqual([true, false]);
});

it('a clock that is set back makes no second minute', () => {
  start();
  answer(1);
  now -= 600_000;
  answer(1);
  expect(hour.minutes().map(({ requests }) => requests)).toEqual([2]);
});

it('names the slowest of the hour, with the trace to look for', () => {
  start();
  const trace = continueTrace();
  for (let n = 0; n < 200; n += 1) answer(n);
  withTrace(trace, () => {
    answer(5_000, { method: 'POST', status: 503 });
  });
  measured('event.delivered', { ...handled, ageMs: 7_000 });
  measured('event.delivered', { ...handled, outcome: 'retried' });
  answer(90_000, { route: '/api/v1/live' });
  const slowest = hour.slowest();
  expect(slowest).toHaveLength(10);
  expect(slowest.slice(0, 3)).toEqual([
    { at: now, ms: 7_000, name: 'todo.reminder.due.v1', failed: false },
    { at: now, ms: 5_000, name: 'POST /api/v1/tasks', failed: true, traceId: trace.traceId },
    { at: now, ms: 199, name: 'GET /api/v1/tasks', failed: false },
  ]);
});

it('forgets the slowest after an hour, and never keeps many', () => {
  start();
  answer(60_000);
  now += 3_500_000;
  for (let n = 0; n < 5_000; n += 1) answer(n % 100);
  expect(hour.slowest()[0]?.ms).toBe(60_000);
  now += 161_000;
  expect(hour.slowest()[0]?.ms).toBe(99);
  now += 3_600_000;
  expect(hour.slowest()).toEqual([]);
});

it('names no path that a stranger made up, and no method', () => {
  start();
  answer(10, { method: 'STEEP', route: '(no route)' });
  expect(hour.slowest()[0]?.name).toBe('_OTHER (no route)');
});

// A leak is found in noise, and noise is not a leak; also that of a real process that leaks on purpose.
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '@todo/testing/seeded-random';
import { expect, test } from 'vitest';
import { processUse } from './process-use.ts';
import { floorOf, grows, slopeOf, warmedUp, type Point } from './slope.ts';

const MB = 1024 * 1024;
const HEAP = { absolute: 8 * MB, relative: 0.03 };

/** A saw: what is collected comes back; `leak` bytes a second stay. */
function heap(seed: number, seconds: number, leak: number): Point[] {
  const random = seededRandom(seed);
  return Array.from({ length: seconds }, (_, at) => ({
    at,
    value: 60 * MB + leak * at + ((at * 3) % 40) * MB * random(),
  }));
}

test('a line is found again, with the truth inside the interval', () => {
  const random = seededRandom(1);
  const points = Array.from({ length: 200 }, (_, at) => ({ at, value: 5 + 2 * at + random() }));
  const { slope, low, high } = slopeOf(points);
  expect(slope).toBeCloseTo(2, 2);
  expect(low).toBeLessThan(2);
  expect(high).toBeGreaterThan(2);
});

test('the interval is that of a worked example', () => {
  // Heights and weights of 15 women (en.wikipedia.org/wiki/Simple_linear_regression): 61.272 ± 3.8 at 95 %.
  const heights = [
    1.47, 1.5, 1.52, 1.55, 1.57, 1.6, 1.63, 1.65, 1.68, 1.7, 1.73, 1.75, 1.78, 1.8, 1.83,
  ];
  const weights = [
    52.21, 53.12, 54.48, 55.84, 57.2, 58.57, 59.93, 61.29, 63.11, 64.47, 66.28, 68.1, 69.92, 72.19,
    74.46,
  ];
  const { slope, low, high } = slopeOf(
    heights.map((at, index) => ({ at, value: weights[index] ?? 0 })),
  );
  expect(slope).toBeCloseTo(61.272, 2);
  expect(low).toBeCloseTo(57.4, 1);
  expect(high).toBeCloseTo(65.1, 1);
});

test.each([1, 2, 3, 4, 5])('a heap that is collected does not grow (seed %i)', (seed) => {
  const points = floorOf(warmedUp(heap(seed, 600, 0)));
  expect(grows(slopeOf(points), HEAP)).toBe(false);
});

test.each([1, 2, 3, 4, 5])('a leak of 64 KB a second is found in ten minutes (seed %i)', (seed) => {
  const points = floorOf(warmedUp(heap(seed, 600, 64 * 1024)));
  expect(grows(slopeOf(points), HEAP)).toBe(true);
});

test('what shrinks does not grow, and a warm-up does not count', () => {
  const shrinking = Array.from({ length: 60 }, (_, at) => ({ at, value: 1_000 - at }));
  expect(grows(slopeOf(shrinking), { absolute: 1, relative: 0 })).toBe(false);
  const warm = Array.from({ length: 100 }, (_, at) => ({ at, value: Math.min(at, 20) }));
  expect(grows(slopeOf(warmedUp(warm)), { absolute: 1, relative: 0 })).toBe(false);
  expect(() => slopeOf([])).toThrow('a slope needs 6 points');
});

test('a process that leaks memory and handles on purpose is found', async () => {
  const env = { ...process.env, SOAK_LEAK_BYTES: String(MB / 2), SOAK_LEAK_EVERY_MS: '20' };
  const child = fork(join(import.meta.dirname, 'leak.ts'), { env, execArgv: [] });
  try {
    const memory: Point[] = [];
    const handles: Point[] = [];
    const handlesNow = (): number => processUse(child.pid ?? 0)?.handles ?? 0;
    await expect.poll(handlesNow).toBeGreaterThan(25);
    // However slow the machine is: 40 rounds of the leak, 20 MB.
    const until = handlesNow() + 40;
    while (handlesNow() < until) {
      await sleep(20);
      const use = processUse(child.pid ?? 0);
      if (!use) throw new Error('the process ended');
      const at = performance.now() / 1_000;
      memory.push({ at, value: use.residentBytes });
      handles.push({ at, value: use.handles });
    }
    expect(grows(slopeOf(memory), HEAP)).toBe(true);
    expect(grows(slopeOf(handles), { absolute: 5, relative: 0 })).toBe(true);
  } finally {
    child.kill('SIGKILL');
  }
}, 120_000);

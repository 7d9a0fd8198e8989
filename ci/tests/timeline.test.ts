// When parts of a proof ran, and which of them the whole had to wait for.
import { describe, expect, test } from 'vitest';
import { criticalPath, timeline } from '../src/timeline.ts';
import type { Span } from '../src/timeline.ts';

const span = (title: string, from: number, ms: number, after: string[] = []): Span => ({
  ...{ title, from, ms, after },
  ok: true,
});
const titles = (spans: readonly Span[]) => criticalPath(spans).map(({ title }) => title);

describe('a timeline', () => {
  test('notes parts that run beside each other, in the order they began', async () => {
    let now = 100;
    const time = timeline(() => now);
    let end = (): void => undefined;
    const long = time.measure(
      'long',
      () =>
        new Promise<void>((done) => {
          end = done;
        }),
    );
    now = 130;
    await time.measure('short', () => Promise.resolve((now = 140)), ['x']);
    now = 200;
    end();
    await long;
    expect(time.spans()).toEqual([span('long', 0, 100), span('short', 30, 10, ['x'])]);
  });
  test('a part that fails is noted, and fails', async () => {
    const time = timeline(() => 0);
    await expect(time.measure('x', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(time.spans()).toEqual([{ ...span('x', 0, 0), ok: false }]);
  });
});

describe('the critical path', () => {
  test('is what the end had to wait for', () => {
    const spans = [
      span('cluster', 0, 20),
      span('image audit', 0, 50),
      span('image web', 0, 300),
      span('load audit', 50, 5, ['image audit', 'cluster']),
      span('load web', 300, 10, ['image web', 'cluster']),
      span('Dapr', 20, 60, ['cluster']),
    ];
    expect(titles(spans)).toEqual(['image web', 'load web']);
    expect(titles(spans.filter(({ title }) => !title.includes('web')))).toEqual([
      'cluster',
      'Dapr',
    ]);
  });
  test('of nothing is nothing; of parts that name themselves or each other it ends', () => {
    expect(titles([])).toEqual([]);
    expect(titles([span('a', 0, 1, ['a'])])).toEqual(['a']);
    expect(titles([span('a', 0, 2, ['b']), span('b', 0, 1, ['a'])])).toEqual(['b', 'a']);
  });
});

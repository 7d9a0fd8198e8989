// A large table is read piece by piece and leaves nothing behind.
import { expect, it, onTestFinished } from 'vitest';
import { csvReader } from '../../src/transfer/csv/read-csv.ts';

it('waiting for a slow reader leaves no listeners', async () => {
  const warnings: string[] = [];
  const hear = ({ message }: Error): void => {
    warnings.push(message);
  };
  process.on('warning', hear);
  onTestFinished(() => {
    process.off('warning', hear);
  });
  const piece = `${'a long title '.repeat(100)}\n`.repeat(100);
  const text = async function* (): AsyncGenerator<string> {
    yield 'title\n';
    for (let n = 0; n < 30; n += 1) yield await Promise.resolve(piece);
  };
  const reader = csvReader('title\n', { zone: 'UTC', locale: 'en', now: new Date(0) });
  let entries = 0;
  for await (const _entry of reader.entries(text())) entries += 1;
  expect(entries).toBe(3_000);
  expect(warnings).toEqual([]);
});

// Every bug that can be put in on purpose still fits the sources; a bug that does not apply would be "not found" for no reason.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from '@todo/local/data-folder';
import { expect, test } from 'vitest';
import { edited, MUTANT_NAMES, MUTANTS, type Edit } from '../mutants/catalogue.ts';
import { mutantsOf } from '../mutants/run-mutants.ts';

test.each(MUTANT_NAMES)('%s fits the sources', async (name) => {
  const sources = new Map<string, string>();
  for (const edit of MUTANTS[name].edits as readonly Edit[]) {
    const before = sources.get(edit.file) ?? (await readFile(join(ROOT, edit.file), 'utf8'));
    const after = edited(before, edit);
    expect(after).not.toBe(before);
    sources.set(edit.file, after);
  }
});

test('a place that is there twice, or not at all, is refused', () => {
  const edit = { file: 'a.ts', find: 'x', replace: 'y' };
  expect(edited('a x b', edit)).toBe('a y b');
  expect(() => edited('x x', edit)).toThrow('a.ts: the place of a mutant is there 2 times');
  expect(() => edited('z', edit)).toThrow('0 times');
});

test('bugs are chosen by name', () => {
  expect(mutantsOf('all')).toEqual(MUTANT_NAMES);
  expect(mutantsOf('id-order-reader')).toEqual(['id-order-reader']);
  expect(mutantsOf('id-order-reader,no-such-bug')).toBeUndefined();
});

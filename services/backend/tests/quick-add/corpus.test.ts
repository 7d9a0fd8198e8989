// Every line of the corpus is read right, in each language that quick add knows.
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { Due } from '@todo/contracts/task';
import { parseQuickAdd } from '../../src/quick-add/parse-quick-add.ts';
import { CORPUS_TIME, LOCALES, corpusOf } from './corpus/lines.ts';
import type { CorpusLine } from './corpus/lines.ts';

function short(due: Due | null): string | null {
  if (due === null) return null;
  return due.kind === 'date' ? due.date : due.kind === 'local' ? due.local : due.at;
}

function read(text: string, locale: string): CorpusLine {
  const parsed = parseQuickAdd(text, {
    now: new Date(CORPUS_TIME.now),
    zone: CORPUS_TIME.zone,
    locale,
  });
  return {
    text,
    title: parsed.title,
    due: short(parsed.due),
    rule: parsed.recurrence?.rule ?? null,
    reminders: parsed.reminders.map((reminder) =>
      'before' in reminder ? reminder.before : reminder.at,
    ),
    tags: parsed.tags,
    priority: parsed.priority,
    list: parsed.list,
  };
}

describe.each([
  ['en', 2_000],
  ['de', 1_500],
  ['fr', 1_400],
] as const)('the corpus in %s', (language, least) => {
  it(`has ${least} lines, all read right`, { timeout: 120_000 }, () => {
    const lines = corpusOf(language);
    expect(new Set(lines.map(({ text }) => text)).size).toBeGreaterThanOrEqual(least);
    const wrong = lines
      .map((line) => ({ expected: line, read: read(line.text, LOCALES[language]) }))
      .filter(({ expected, read: got }) => !isDeepStrictEqual(got, expected));
    expect(wrong).toEqual([]);
  });
});

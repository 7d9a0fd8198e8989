// Every line of the corpus is read right, in each language that quick add knows.
import { isDeepStrictEqual } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import type { Due } from '@todo/contracts/task';
import { parseQuickAdd } from '../../src/quick-add/parse-quick-add.ts';
import { CORPUS_TIME, LOCALES, corpusOf } from '@todo/testing/quick-add-corpus/lines';
import type { CorpusLine } from '@todo/testing/quick-add-corpus/lines';

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

const processZone = process.env['TZ'];
afterAll(() => {
  if (processZone === undefined) delete process.env['TZ'];
  else process.env['TZ'] = processZone;
});

describe.each([
  ['en', 2_000],
  ['de', 1_500],
  ['fr', 1_400],
] as const)('the corpus in %s', (language, least) => {
  const lines = corpusOf(language);

  it(`has ${least} lines`, () => {
    expect(new Set(lines.map(({ text }) => text)).size).toBeGreaterThanOrEqual(least);
  });

  it.each(['UTC', 'America/Los_Angeles', 'Asia/Tokyo'])(
    'is read right by a process in %s',
    { timeout: 120_000 },
    (tz) => {
      process.env['TZ'] = tz;
      const wrong = lines
        .map((line) => ({ expected: line, read: read(line.text, LOCALES[language]) }))
        .filter(({ expected, read: got }) => !isDeepStrictEqual(got, expected));
      expect(wrong).toEqual([]);
    },
  );
});

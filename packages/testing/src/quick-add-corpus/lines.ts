// The corpus: lines and what they mean, built from meanings.json. Each phrase there stands beside its meaning on one evening
// (Wednesday 2027-05-19, 21:00 in Berlin), reasoned by hand; a line puts phrases, titles and marks together, and what that means
// follows by the rules below. Nothing here asks the parser.
import { readFileSync } from 'node:fs';

/** Languages of the corpus, with the locale their lines are read in. */
export const LOCALES = { en: 'en-GB', de: 'de-DE', fr: 'fr-FR' } as const;
/** A language of the corpus. */
export type CorpusLanguage = keyof typeof LOCALES;

/** A line and its right reading. */
export interface CorpusLine {
  readonly text: string;
  readonly title: string;
  /** `2027-05-20`, `2027-05-20T09:00`, or null. */
  readonly due: string | null;
  readonly rule: string | null;
  /** ISO 8601 durations before the due. */
  readonly reminders: readonly string[];
  readonly tags: readonly string[];
  readonly priority: string;
  readonly list: string | null;
}

type ByLanguage = Readonly<Partial<Record<CorpusLanguage, readonly string[]>>>;

interface Meanings {
  readonly now: string;
  readonly zone: string;
  readonly dates: readonly (readonly [date: string, phrases: ByLanguage])[];
  readonly times: readonly (readonly [time: string, phrases: ByLanguage])[];
  readonly rules: readonly (readonly [rule: string, first: string, phrases: ByLanguage])[];
  readonly reminders: readonly (readonly [durations: readonly string[], phrases: ByLanguage])[];
  readonly titles: ByLanguage;
  readonly text: ByLanguage;
}

const meanings = JSON.parse(
  readFileSync(new URL('meanings.json', import.meta.url), 'utf8'),
) as Meanings;

/** When and where every line is typed. */
export const CORPUS_TIME = { now: meanings.now, zone: meanings.zone };

/** The day and the clock of that evening. */
const TODAY = '2027-05-19';
const TOMORROW = '2027-05-20';
const CLOCK = '21:00';
/** The weekday of that evening. */
const TODAYS_NAME = /^(?:on |am |le )?(?:wednesday|mittwoch|mercredi)$/i;
/** Every third phrase meets every time: enough to see that any two go together. */
const STEP = 3;

/** All lines of a language. */
export function corpusOf(language: CorpusLanguage): CorpusLine[] {
  const dates = flat(meanings.dates, language);
  const times = flat(meanings.times, language);
  const rules = meanings.rules.flatMap(([rule, first, phrases]) =>
    (phrases[language] ?? []).map((phrase) => ({ rule, first, phrase })),
  );
  const titles = meanings.titles[language] ?? [];
  let turn = 0;
  const title = (): string => titles[(turn += 1) % titles.length] ?? 'x';
  const lines: CorpusLine[] = [];
  const add = (text: string, of: Partial<CorpusLine> & { title: string }): void => {
    lines.push({ ...NOTHING, text, ...of });
  };

  for (const { meaning: due, phrase } of dates) {
    const [a, b, c, d] = [title(), title(), title(), title()];
    add(`${a} ${phrase}`, { title: a, due });
    add(`${b} ${phrase} !low`, { title: b, due, priority: 'low' });
    add(`${c} #home ${phrase} +family`, { title: c, due, tags: ['home'], list: 'family' });
    const reminder = meanings.reminders[turn % meanings.reminders.length];
    const [words = ''] = reminder?.[1][language] ?? [];
    add(`${d} ${phrase} ${words}`, { title: d, due, reminders: reminder?.[0] ?? [] });
  }
  dates.forEach(({ meaning: date, phrase }, index) => {
    if (index % STEP !== 0) return;
    for (const { meaning: time, phrase: clock } of times) {
      const name = title();
      // a weekday is today's when its time is still ahead
      const day = time > CLOCK && TODAYS_NAME.test(phrase) ? TODAY : date;
      add(`${name} ${phrase} ${clock}`, { title: name, due: `${day}T${time}` });
    }
  });
  for (const { meaning: time, phrase } of times) {
    const [a, b] = [title(), title()];
    const due = `${time > CLOCK ? TODAY : TOMORROW}T${time}`;
    add(`${a} ${phrase}`, { title: a, due });
    add(`${b} ${phrase} #home !high`, { title: b, due, tags: ['home'], priority: 'high' });
  }
  for (const { rule, first, phrase } of rules) {
    const [a, b, c, d] = [title(), title(), title(), title()];
    add(`${a} ${phrase}`, { title: a, due: first, rule });
    add(`${b} ${phrase} !high`, { title: b, due: first, rule, priority: 'high' });
    add(`${c} #home ${phrase}`, { title: c, due: first, rule, tags: ['home'] });
    if (first.length > 10 || first === TODAY) continue;
    for (const { meaning: time, phrase: clock } of times.filter((_, index) => index % 4 === 0))
      add(`${d} ${phrase} ${clock}`, { title: d, due: `${first}T${time}`, rule });
  }
  for (const [reminders, phrases] of meanings.reminders)
    for (const words of phrases[language] ?? [])
      for (const { meaning: due, phrase } of dates.slice(1, 7)) {
        const name = title();
        add(`${name} ${phrase} ${words}`, { title: name, due, reminders });
      }
  for (const text of meanings.text[language] ?? []) {
    add(text, { title: text });
    add(`${text} #home`, { title: text, tags: ['home'] });
    add(`!high ${text}`, { title: text, priority: 'high' });
  }
  return lines;
}

const NOTHING = {
  due: null,
  rule: null,
  reminders: [],
  tags: [],
  priority: 'none',
  list: null,
} as const;

function flat(
  table: readonly (readonly [string, ByLanguage])[],
  language: CorpusLanguage,
): { meaning: string; phrase: string }[] {
  return table.flatMap(([meaning, phrases]) =>
    (phrases[language] ?? []).map((phrase) => ({ meaning, phrase })),
  );
}

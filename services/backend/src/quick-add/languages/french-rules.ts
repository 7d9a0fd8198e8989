// How French says how often. "Tous les deuxièmes vendredis" needs "du mois" to be one; an adverb is a rule only at the end or
// before words that say when.
import { compile } from '../form.ts';
import type { Around, Form } from '../form.ts';
import type { RuleReading } from '../language.ts';
import { FOLLOWS } from './french-dates.ts';
import {
  DAY,
  MONTH,
  NUMBER,
  ORDINAL,
  PART,
  WEEKDAY,
  monthNumber,
  numberOf,
  ordinalOf,
  partKey,
  unitOf,
  weekdayNumber,
} from './french-words.ts';

const EVERY = '(?:tous\\s+les|toutes\\s+les|chaque)';
const DAY_WORD = `(?:${WEEKDAY}s?|week-?ends?|jours\\s+(?:ouvrés|ouvrables|de\\s+semaine)|jour\\s+(?:ouvré|ouvrable))`;
const AND = '(?:\\s*[,&/+]\\s*|\\s+et\\s+)';
const DAYS = `${DAY_WORD}(?:${AND}(?:(?:le|les|tous\\s+les)\\s+)?${DAY_WORD})*`;
const NTHS = `${DAY}(?:${AND}(?:le\\s+)?${DAY})*`;
const OF_EVERY = '\\s+(?:de\\s+chaque|chaque|de\\s+tous\\s+les)\\s+mois';
const EVERY_MONTHS = `(?:tous\\s+les\\s+(?:(?<n>${NUMBER})\\s+)?mois|chaque\\s+mois|(?<once>mensuellement|chaque\\s+trimestre))`;
const WEEKDAYS = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];

/** RRULE weekdays of "lundis et jeudis", "week-end", "jours ouvrés". */
export function daysIn(words: string): string[] {
  const days: string[] = [];
  for (const [word] of words.toLowerCase().matchAll(/week-?ends?|jours?\s+\p{L}+|\p{L}+/gu)) {
    if (word.startsWith('week')) days.push('SA', 'SU');
    else if (word.startsWith('jour')) days.push('MO', 'TU', 'WE', 'TH', 'FR');
    else {
      const day = WEEKDAYS[weekdayNumber(word)];
      if (day !== undefined) days.push(day);
    }
  }
  return [...new Set(days)];
}

function weekly(words = '', steps = 1, part?: string): RuleReading | 'text' {
  const days = daysIn(words);
  if (days.length === 0) return 'text';
  return {
    rule: `FREQ=WEEKLY${steps > 1 ? `;INTERVAL=${steps}` : ''};BYDAY=${days.join(',')}`,
    ...(part === undefined ? {} : { part: partKey(part) }),
  };
}

function monthly(n: string | undefined, once: string | undefined, by: string): RuleReading {
  const steps = n ? numberOf(n) : /trimestre/i.test(once ?? '') ? 3 : 1;
  return { rule: `FREQ=MONTHLY${steps > 1 ? `;INTERVAL=${steps}` : ''};${by}` };
}

const nthDay = (nth = '', day = ''): string =>
  `BYDAY=${daysIn(day)
    .map((name) => `${ordinalOf(nth)}${name}`)
    .join(',')}`;

function monthDays(words = ''): string {
  const days = [...words.matchAll(/\d{1,2}/g)].map(([word]) => Number(word));
  return `BYMONTHDAY=${[...new Set(days)].join(',')}`;
}

function everyUnit(amount: number, word: string): RuleReading | 'text' {
  const unit = unitOf(word);
  if (!unit || !(amount >= 1)) return 'text';
  const text = word.toLowerCase();
  // "tous les quinze jours" is how French says every two weeks
  const weeks = text.startsWith('jour') && amount === 15 ? 2 : 0;
  const freq =
    weeks || text.startsWith('semaine')
      ? 'WEEKLY'
      : text.startsWith('jour')
        ? 'DAILY'
        : /^ann?/.test(text)
          ? 'YEARLY'
          : 'MONTHLY';
  const steps = weeks || (text.startsWith('trimestre') ? amount * 3 : amount);
  return { rule: `FREQ=${freq}${steps > 1 ? `;INTERVAL=${steps}` : ''}` };
}

const ADVERBS: Readonly<Record<string, readonly [amount: number, unit: string]>> = {
  quotidiennement: [1, 'jour'],
  hebdomadairement: [1, 'semaine'],
  mensuellement: [1, 'mois'],
  trimestriellement: [3, 'mois'],
  annuellement: [1, 'an'],
};
const endsAdverb = ({ after }: Around): boolean =>
  FOLLOWS.test(after) || /^\s*\d+\s+fois/i.test(after);

const FORMS: readonly Form<RuleReading>[] = [
  {
    pattern: `${EVERY}\\s+(?<part>${PART})`,
    read: ({ part }) => ({ rule: 'FREQ=DAILY', part: partKey(part) }),
  },
  { pattern: `${EVERY}\\s+(?<list>${DAYS})`, read: ({ list }) => weekly(list) },
  {
    pattern: `toutes\\s+les\\s+(?<n>${NUMBER})\\s+semaines,?\\s+(?:le\\s+|les\\s+)?(?<list>${DAYS})`,
    read: ({ n, list }) => weekly(list, numberOf(n)),
  },
  {
    pattern: `chaque\\s+semaine,?\\s+(?:le\\s+|les\\s+)?(?<list>${DAYS})`,
    read: ({ list }) => weekly(list),
  },
  {
    pattern: `un\\s+(?<list>${WEEKDAY})\\s+sur\\s+(?<n>deux|trois|quatre)`,
    read: ({ list, n }) => weekly(list, numberOf(n)),
  },
  {
    pattern: `(?:un|une)\\s+(?<unit>jour|semaine|mois)\\s+sur\\s+(?<n>deux|trois|quatre)`,
    read: ({ unit, n }) => everyUnit(numberOf(n), unit ?? ''),
  },
  {
    pattern: `(?:${EVERY}\\s+|le\\s+)?(?<nth>${ORDINAL})s?\\s+(?<day>${WEEKDAY})s?${OF_EVERY}`,
    read: ({ nth, day }) => monthly(undefined, undefined, nthDay(nth, day)),
  },
  {
    pattern: `${EVERY}\\s+(?<nth>${ORDINAL})s?\\s+(?<day>${WEEKDAY})s?\\s+du\\s+mois`,
    read: ({ nth, day }) => monthly(undefined, undefined, nthDay(nth, day)),
  },
  {
    pattern: `${EVERY_MONTHS},?\\s+le\\s+(?<nth>${ORDINAL})\\s+(?<day>${WEEKDAY})`,
    read: ({ n, once, nth, day }) => monthly(n, once, nthDay(nth, day)),
  },
  {
    pattern: `(?:${EVERY_MONTHS},?\\s+le\\s+dernier\\s+jour|(?:le\\s+)?dernier\\s+jour${OF_EVERY}|à\\s+la\\s+fin${OF_EVERY})`,
    read: ({ n, once }) => monthly(n, once, 'BYMONTHDAY=-1'),
  },
  {
    pattern: `(?:le\\s+)?premier\\s+jour${OF_EVERY}`,
    read: () => monthly(undefined, undefined, 'BYMONTHDAY=1'),
  },
  {
    pattern: `${EVERY_MONTHS},?\\s+le\\s+(?<days>${NTHS})`,
    read: ({ n, once, days }) => monthly(n, once, monthDays(days)),
  },
  {
    pattern: `le\\s+(?<days>${NTHS})${OF_EVERY}`,
    read: ({ days }) => monthly(undefined, undefined, monthDays(days)),
  },
  {
    pattern: `(?:tous\\s+les|(?:chaque\\s+année|tous\\s+les\\s+ans|annuellement),?\\s+le)\\s+(?<d>${DAY})\\s+(?<month>${MONTH})`,
    read: ({ d, month }) => ({
      rule: `FREQ=YEARLY;BYMONTH=${monthNumber(month)};BYMONTHDAY=${Number.parseInt(d ?? '', 10)}`,
    }),
  },
  {
    pattern: `(?:tous|toutes)\\s+les\\s+(?:(?<n>${NUMBER})\\s+)?(?<unit>jours|semaines|mois|trimestres|ans|années)`,
    read: ({ n, unit }) => everyUnit(n ? numberOf(n) : 1, unit ?? ''),
  },
  {
    pattern: 'chaque\\s+(?<unit>jour|semaine|mois|trimestre|année)',
    read: ({ unit }) => everyUnit(1, unit ?? ''),
  },
  {
    pattern: `(?<word>${Object.keys(ADVERBS).join('|')})`,
    read: ({ word }) => everyUnit(...(ADVERBS[(word ?? '').toLowerCase()] ?? [0, ''])),
    meant: endsAdverb,
  },
  // what a rule can't say: nothing inside is read
  { pattern: `${EVERY}\\s+(?:${MONTH}|printemps|étés?|automnes?|hivers?)`, read: () => 'text' },
  {
    pattern: `${EVERY}\\s+${PART}\\s+(?:et|ou)\\s+(?:(?:tous\\s+)?les\\s+)?${PART}`,
    read: () => 'text',
  },
  {
    pattern: `(?:toutes\\s+les|chaque)\\s+(?:${NUMBER}\\s+)?(?:heures?|minutes?)`,
    read: () => 'text',
  },
  { pattern: '\\S+\\s+fois\\s+par\\s+(?:jour|semaine|mois|an)', read: () => 'text' },
];

/** Every French form. */
export const FRENCH_RULES = compile(FORMS);
/** Words for days in a list, as {@link daysIn} reads them. */
export const FRENCH_DAYS = DAYS;

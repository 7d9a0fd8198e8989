// How German says how often. "Jeden zweiten Freitag" is every other Friday, "jeden zweiten Freitag im Monat" the second one of
// each month; the first and the last can only be of a month.
import { compile } from '../form.ts';
import type { Around, Form, Groups } from '../form.ts';
import type { RuleReading } from '../language.ts';
import { FOLLOWS } from './german-dates.ts';
import {
  MONTH,
  NTH,
  ORDINAL,
  PART,
  WEEKDAY,
  WEEKDAY_NAME,
  monthNumber,
  numberOf,
  ordinalOf,
  partKey,
  unitOf,
  weekdayNumber,
} from './german-words.ts';

const EVERY = 'jede[nrsm]?(?<bang>!)?';
const WORKDAY = '(?:werk|arbeits|wochen)tage?s?';
const DAY_WORD = `(?:${WORKDAY}|wochenenden?|${WEEKDAY_NAME}s?|${WEEKDAY})`;
const AND = '(?:\\s*,\\s*und\\s+|\\s*[,&/+]\\s*|\\s+und\\s+)';
const THROUGH = '(?:\\s*(?:-|–)\\s*|\\s+bis\\s+)';
const DAYS = `${DAY_WORD}(?:(?:${AND}(?:(?:am|jede[nrs]?)\\s+)?|${THROUGH})${DAY_WORD})*`;
const ON_DAYS = `(?:${WEEKDAY_NAME}s|(?:werk|wochen)tags)`;
const NTHS = `(?:${NTH}|ersten)(?:${AND}${NTH})*`;
const AMOUNT = '(?:\\d{1,3}|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|zwölf)';
const OF_EVERY = `\\s+(?:(?:jedes|eines\\s+jeden)\\s+monats|(?:in|im)\\s+jedem\\s+monat)`;
const OF_MONTH = `(?:${OF_EVERY}|\\s+(?:im\\s+monat|des\\s+monats))`;
const EVERY_MONTHS = `(?:${EVERY}\\s+monat|alle\\s+(?<n>${AMOUNT})\\s+monate|(?<once>monatlich|vierteljährlich|${EVERY}\\s+quartal)|${EVERY}\\s+(?<nth3>zweiten|dritten)\\s+monat)`;
const WEEKDAYS = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];
const MONDAY_FIRST = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'];

/** RRULE weekdays of "Montag und Mittwoch", "montags bis freitags", "Wochenende". */
export function daysIn(words: string): string[] {
  const days: string[] = [];
  let through = false;
  for (const [word] of words.toLowerCase().matchAll(/\p{L}+|[-–]/gu)) {
    if (/^(?:-|–|bis)$/.test(word)) through = true;
    else if (/^(?:werk|arbeits|wochen)tag/.test(word)) days.push(...MONDAY_FIRST.slice(0, 5));
    else if (word.startsWith('wochenende')) days.push('SA', 'SU');
    else {
      const day = WEEKDAYS[weekdayNumber(word)];
      if (day === undefined || /^(?:am|und|jede.?)$/.test(word)) continue;
      const from = MONDAY_FIRST.indexOf(days.at(-1) ?? day);
      const length = through ? (MONDAY_FIRST.indexOf(day) - from + 7) % 7 : 0;
      for (let step = length; step >= 0; step -= 1)
        days.push(MONDAY_FIRST[(MONDAY_FIRST.indexOf(day) - step + 7) % 7] ?? day);
      through = false;
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

function monthly(groups: Groups, by: string): RuleReading {
  const { n, once, nth3 } = groups;
  const steps = n
    ? numberOf(n)
    : nth3
      ? ordinalOf(nth3)
      : /quartal|viertel/i.test(once ?? '')
        ? 3
        : 1;
  return { rule: `FREQ=MONTHLY${steps > 1 ? `;INTERVAL=${steps}` : ''};${by}` };
}

const nthDay = (nth = '', day = ''): string =>
  `BYDAY=${daysIn(day)
    .map((name) => `${ordinalOf(nth)}${name}`)
    .join(',')}`;

function monthDays(words = ''): string {
  const days = [...words.matchAll(/\d{1,2}|ersten/gi)].map(([word]) => ordinalOf(word));
  return `BYMONTHDAY=${[...new Set(days)].join(',')}`;
}

function everyUnit(amount: number, word: string): RuleReading | 'text' {
  const unit = unitOf(word);
  if (!unit || !(amount >= 1)) return 'text';
  const week = /^woche/i.test(word);
  const year = /^jahr/i.test(word);
  // "alle 14 Tage" is how German says every two weeks
  const weeks = unit.unit === 'day' && !week && amount === 14 ? 2 : 0;
  const freq =
    weeks || week ? 'WEEKLY' : unit.unit === 'day' ? 'DAILY' : year ? 'YEARLY' : 'MONTHLY';
  const steps = weeks || (/^quartal/i.test(word) ? amount * 3 : amount);
  return { rule: `FREQ=${freq}${steps > 1 ? `;INTERVAL=${steps}` : ''}` };
}

const yearly = (month: string | undefined, day: string | undefined): RuleReading => ({
  rule: `FREQ=YEARLY;BYMONTH=${monthNumber(month)};BYMONTHDAY=${Number.parseInt(day ?? '', 10)}`,
});

/** An adverb is a rule at the end or before words that say when: "täglich Brot" is none. */
const ADVERB_FOLLOWS = /^\s*(?:außer|ausser|ohne|\d{1,4}[\s-]?mal|beginnend)(?:[^\p{L}]|$)/iu;
const endsAdverb = ({ after }: Around): boolean =>
  FOLLOWS.test(after) || ADVERB_FOLLOWS.test(after) || /^\s*\d+\s+\p{L}+\s+lang/iu.test(after);
const ADVERBS: Readonly<Record<string, readonly [amount: number, unit: string]>> = {
  täglich: [1, 'tag'],
  wöchentlich: [1, 'woche'],
  zweiwöchentlich: [2, 'woche'],
  vierzehntägig: [2, 'woche'],
  '14-tägig': [2, 'woche'],
  monatlich: [1, 'monat'],
  vierteljährlich: [3, 'monat'],
  halbjährlich: [6, 'monat'],
  jährlich: [1, 'jahr'],
};

const FORMS: readonly Form<RuleReading>[] = [
  {
    pattern: `${EVERY}\\s+(?<part>${PART})`,
    read: ({ part }) => ({ rule: 'FREQ=DAILY', part: partKey(part) }),
  },
  { pattern: `${EVERY}\\s+(?<list>${DAYS})`, read: ({ list }) => weekly(list) },
  {
    pattern: `${EVERY}\\s+(?<list>${WEEKDAY_NAME})(?<part>${PART})`,
    read: ({ list, part }) => weekly(list, 1, part),
  },
  {
    pattern: `(?<list>${ON_DAYS}(?:(?:${AND}|${THROUGH})${ON_DAYS})*)`,
    read: ({ list }) => weekly(list),
    meant: (around) => /^\p{Ll}/u.test(around.words) || endsAdverb(around),
  },
  {
    pattern: `${EVERY}\\s+(?<nth>zweite|dritte|vierte|2\\.|3\\.|4\\.)n?\\s+(?<day>${WEEKDAY})`,
    read: ({ nth, day }) => weekly(day, ordinalOf(nth)),
  },
  {
    pattern: `${EVERY}\\s+(?<nth>${ORDINAL})\\s+(?<day>${WEEKDAY})${OF_MONTH}`,
    read: ({ nth, day }) => monthly({}, nthDay(nth, day)),
  },
  {
    pattern: `${EVERY}\\s+(?<nth>erste[nrs]?|letzte[nrs]?|1\\.)\\s+(?<day>${WEEKDAY})`,
    read: ({ nth, day }) => monthly({}, nthDay(nth, day)),
  },
  {
    pattern: `(?:am\\s+)?(?<nth>${ORDINAL})\\s+(?<day>${WEEKDAY})${OF_EVERY}`,
    read: ({ nth, day }) => monthly({}, nthDay(nth, day)),
  },
  {
    pattern: `${EVERY_MONTHS}\\s+am\\s+(?<nth>${ORDINAL})\\s+(?<day>${WEEKDAY})`,
    read: (groups) => monthly(groups, nthDay(groups['nth'], groups['day'])),
  },
  {
    pattern: `(?:${EVERY_MONTHS}\\s+am\\s+letzten(?:\\s+tag)?|(?:am\\s+)?letzten\\s+tag${OF_EVERY}|(?:am\\s+)?ende${OF_EVERY}|${EVERY}\\s+letzten\\s+(?:tag\\s+)?(?:im\\s+monat|des\\s+monats))`,
    read: (groups) => monthly(groups, 'BYMONTHDAY=-1'),
  },
  {
    pattern: `(?:am\\s+)?ersten\\s+tag${OF_EVERY}`,
    read: () => monthly({}, 'BYMONTHDAY=1'),
  },
  {
    pattern: `${EVERY_MONTHS}\\s+am\\s+(?<days>${NTHS})`,
    read: (groups) => monthly(groups, monthDays(groups['days'])),
  },
  {
    pattern: `(?:am\\s+)?(?<days>${NTHS})${OF_EVERY}`,
    read: ({ days }) => monthly({}, monthDays(days)),
  },
  {
    pattern: `${EVERY}\\s+(?<days>${NTH}(?:${AND}${NTH})*)(?<of>${OF_MONTH})?`,
    read: ({ days }) => monthly({}, monthDays(days)),
    // "jeden 15. zahlen": a verb, "jeden 2. Apfel" counts apples
    meant: ({ words, after }) =>
      /monats?$/i.test(words) || FOLLOWS.test(after) || /^\s+\p{Ll}/u.test(after),
  },
  {
    pattern: `(?:${EVERY}\\s+(?:jahr\\s+am\\s+)?|jährlich\\s+am\\s+)(?<d>${NTH})\\s+(?<month>${MONTH})`,
    read: ({ d, month }) => yearly(month, d),
  },
  {
    pattern: `(?:alle\\s+(?<n>${AMOUNT})\\s+wochen|${EVERY}\\s+(?:(?<nth>zweite|dritte|vierte|2\\.|3\\.|4\\.)\\s+)?woche|(?<once>wöchentlich|zweiwöchentlich))\\s+(?:(?:am|jeden)\\s+)?(?<list>${DAYS})`,
    read: ({ n, nth, once, list }) =>
      weekly(list, n ? numberOf(n) : nth ? ordinalOf(nth) : /^zwei/i.test(once ?? '') ? 2 : 1),
  },
  {
    pattern: `alle(?<bang>!)?\\s+(?<n>${AMOUNT})\\s+(?<unit>tage|wochen|monate|quartale|jahre)`,
    read: ({ n, unit }) => everyUnit(numberOf(n), unit ?? ''),
  },
  {
    pattern: `${EVERY}\\s+(?:(?<nth>zweite|dritte|vierte|fünfte|\\d{1,2}\\.)[nrs]?\\s+)?(?<unit>tag|woche|monat|quartal|jahr)`,
    read: ({ nth, unit }) => everyUnit(nth ? ordinalOf(nth) : 1, unit ?? ''),
  },
  {
    pattern: `(?<word>${Object.keys(ADVERBS).join('|')})`,
    read: ({ word }) => everyUnit(...(ADVERBS[(word ?? '').toLowerCase()] ?? [0, ''])),
    meant: endsAdverb,
  },
  // what a rule can't say: nothing inside is read
  { pattern: `${EVERY}\\s+(?:${MONTH}|frühling|sommer|herbst|winter)`, read: () => 'text' },
  { pattern: `${EVERY}\\s+${PART}(?:${AND}|\\s+oder\\s+)${PART}`, read: () => 'text' },
  {
    pattern: '(?:\\S+mal|\\S+\\s+mal)\\s+(?:am|pro|in\\s+der|im|die)\\s+(?:tag|woche|monat|jahr)',
    read: () => 'text',
  },
];

/** Every German form. */
export const GERMAN_RULES = compile(FORMS);
/** Words for days in a list, as {@link daysIn} reads them. */
export const GERMAN_DAYS = DAYS;

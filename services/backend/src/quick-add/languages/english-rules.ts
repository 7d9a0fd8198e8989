// How English says how often. An adverb (daily, weekly, …) is a rule only at the end of the text or before words that say
// when: "weekly report" is a title, "report weekly" and "report weekly on Friday" repeat.
//
// "every 2nd friday" is the second Friday of each month, as in other programs; every two weeks is "every other friday".
import { compile } from '../form.ts';
import type { Form, Groups } from '../form.ts';
import type { RuleReading } from '../language.ts';
import { FOLLOWS } from './english-dates.ts';
import {
  MONTH,
  NTH,
  ORDINAL,
  WEEKDAY,
  monthNumber,
  numberOf,
  ordinalOf,
  unitOf,
  weekdayNumber,
} from './english-words.ts';

const EVERY = '(?:every(?:\\s+single)?|each)(?<bang>!)?';
const EVERY_PLAIN = '(?:every|each)';
const WORKDAY = '(?:week|work|working|business)[\\s-]*days?';
const DAY_WORD = `(?:(?:${WORKDAY}|weekends?)(?![\\p{L}])|(?:sundays?|mondays?|tuesdays?|wednesdays?|thursdays?|fridays?|saturdays?|tues?|thu(?:rs?)?|fri|sun|mon|wed|sat)(?![\\p{L}])\\.?)`;
const AND = '(?:\\s*,\\s*and\\s+|\\s*[,&/+]\\s*|\\s+and\\s+)';
const THROUGH = '(?:\\s*(?:-|–)\\s*|\\s+(?:to|through|thru|till|until)\\s+)';
const DAYS = `${DAY_WORD}(?:(?:${AND}(?:(?:on|every|each)\\s+)?|${THROUGH})${DAY_WORD})*`;
const NTH_WORD = `(?:${NTH}|first|second|third|fourth|fifth)`;
const NTHS = `${NTH_WORD}(?:${AND}(?:the\\s+)?${NTH_WORD})*`;
const ORDINALS = `${ORDINAL}(?:${AND}(?:the\\s+)?${ORDINAL})*`;
const AMOUNT = '(?:\\d{1,3}|two|three|four|five|six|seven|eight|nine|ten|twelve)';
const OF_MONTH = `(?:\\s+(?:of|in)\\s+(?:the|every|each|a)\\s+month)`;
const OF_EVERY_MONTH = `\\s+(?:of|in)\\s+(?:every|each)\\s+month`;
const EVERY_MONTHS = `(?:${EVERY}\\s+(?:(?<n>${AMOUNT})\\s+months|(?<other>other|second|2nd)\\s+month|(?<nth3>third|3rd|fourth|4th|sixth|6th)\\s+month|(?<quarter>quarter)|month)|(?<once>once\\s+a\\s+month|monthly|quarterly))`;
const WEEKDAYS = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];
const MONDAY_FIRST = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'];

/** What may stand behind an adverb that is a rule. */
const ADVERB_FOLLOWS =
  /^\s*(?:$|[,.;!?)]|(?:at|@|on|in the|from|starting|beginning|until|till|through|for|after|except|but|remind|today|tomorrow|noon|midnight|\d{1,4}\s+times|\d{1,2}(?::\d\d|\s*[ap]\.?m))(?:\W|$))/i;

/** RRULE weekdays of "mon, wed and fri", "monday to friday", "weekends". */
export function daysIn(words: string): string[] {
  const days: string[] = [];
  let through = false;
  for (const [word] of words
    .toLowerCase()
    .replace(/(week|work|working|business)[\s-]*day/g, 'weekday')
    .matchAll(/[a-z]+|[-–]/g)) {
    if (/^(?:-|–|to|through|thru|till|until)$/.test(word)) through = true;
    else if (word.startsWith('weekday')) days.push('MO', 'TU', 'WE', 'TH', 'FR');
    else if (word.startsWith('weekend')) days.push('SA', 'SU');
    else {
      const day = WEEKDAYS[weekdayNumber(word)];
      if (day === undefined) continue;
      if (through) days.push(...between(days.at(-1) ?? day, day));
      else days.push(day);
      through = false;
    }
  }
  return [...new Set(days)];
}

function between(from: string, to: string): string[] {
  const start = MONDAY_FIRST.indexOf(from);
  const length = (MONDAY_FIRST.indexOf(to) - start + 7) % 7;
  return Array.from({ length: length + 1 }, (_, step) => MONDAY_FIRST[(start + step) % 7] ?? from);
}

function weekly(words = '', interval = ''): RuleReading | 'text' {
  const days = daysIn(words);
  return days.length === 0 ? 'text' : { rule: `FREQ=WEEKLY${interval};BYDAY=${days.join(',')}` };
}

function ordinalDays(nths = '', day = ''): string {
  const days = daysIn(day);
  return [...nths.matchAll(/\d+|[a-z]+/gi)]
    .map(([word]) => ordinalOf(word))
    .filter((nth) => nth !== 0 && !Number.isNaN(nth))
    .flatMap((nth) => days.map((name) => `${nth}${name}`))
    .join(',');
}

function monthDays(words = ''): string {
  const days = [...words.matchAll(/\d{1,2}|first|second|third|fourth|fifth/gi)].map(([word]) =>
    ordinalOf(word),
  );
  return [...new Set(days)].join(',');
}

/** How many months, weeks, … lie between. */
function interval({ n, other, nth3, quarter, once }: Groups): string {
  const amount = n
    ? numberOf(n)
    : other
      ? 2
      : nth3
        ? /^(?:six|6)/i.test(nth3)
          ? 6
          : ordinalOf(nth3)
        : quarter || /quarter/i.test(once ?? '')
          ? 3
          : 1;
  return amount > 1 ? `;INTERVAL=${amount}` : '';
}

function everyUnit(amount: number, word: string): RuleReading | 'text' {
  const unit = unitOf(word);
  if (!unit || amount < 1) return 'text';
  const singular = word.toLowerCase().replace(/s$/, '');
  const freq = { day: 'DAILY', week: 'WEEKLY', fortnight: 'WEEKLY', year: 'YEARLY' }[singular];
  const steps = amount * (singular === 'fortnight' ? 2 : singular === 'quarter' ? 3 : 1);
  return { rule: `FREQ=${freq ?? 'MONTHLY'}${steps > 1 ? `;INTERVAL=${steps}` : ''}` };
}

const yearly = (month: string | undefined, day: string | undefined): RuleReading => ({
  rule: `FREQ=YEARLY;BYMONTH=${monthNumber(month)};BYMONTHDAY=${Number.parseInt(day ?? '', 10)}`,
});
const lastDay = (groups: Groups): RuleReading => ({
  rule: `FREQ=MONTHLY${interval(groups)};BYMONTHDAY=-1`,
});
const endsAdverb = ({ after }: { after: string }): boolean => ADVERB_FOLLOWS.test(after);

const FORMS: readonly Form<RuleReading>[] = [
  {
    pattern: `${EVERY}\\s+(?<part>morning|afternoon|evening|night)`,
    read: ({ part }) => ({ rule: 'FREQ=DAILY', part: (part ?? '').toLowerCase() }),
  },
  { pattern: `${EVERY}\\s+(?<list>${DAYS})`, read: ({ list }) => weekly(list) },
  {
    pattern: `on\\s+(?<list>(?:week(?:day|end)|(?:sun|mon|tues|wednes|thurs|fri|satur)day)s(?:${AND}(?:week(?:day|end)|(?:sun|mon|tues|wednes|thurs|fri|satur)day)s)*)`,
    read: ({ list }) => weekly(list),
  },
  {
    pattern: `${EVERY}\\s+other\\s+(?<list>${DAYS})`,
    read: ({ list }) => weekly(list, ';INTERVAL=2'),
  },
  {
    pattern: `(?:${EVERY}\\s+(?:(?<n>${AMOUNT})\\s+weeks|(?<other>other|second|2nd)\\s+week|(?<nth3>third|3rd|fourth|4th)\\s+week|(?<fortnight>fortnight)|week)|(?<once>once\\s+a\\s+week|weekly|bi-?weekly|fortnightly))\\s+(?:on\\s+)?(?:every\\s+)?(?<list>${DAYS})`,
    read: (groups) =>
      weekly(
        groups['list'],
        groups['fortnight'] || /^(?:bi|fort)/i.test(groups['once'] ?? '')
          ? ';INTERVAL=2'
          : interval({ ...groups, once: undefined }),
      ),
  },
  {
    pattern: `${EVERY}\\s+(?<nths>${ORDINALS})\\s+(?<day>${WEEKDAY})${OF_MONTH}?`,
    read: ({ nths, day }) => ({ rule: `FREQ=MONTHLY;BYDAY=${ordinalDays(nths, day)}` }),
  },
  {
    pattern: `(?:on\\s+)?(?:the\\s+)?(?<nths>${ORDINALS})\\s+(?<day>${WEEKDAY})${OF_EVERY_MONTH}`,
    read: ({ nths, day }) => ({ rule: `FREQ=MONTHLY;BYDAY=${ordinalDays(nths, day)}` }),
  },
  {
    pattern: `${EVERY_MONTHS}\\s+on\\s+(?:the\\s+)?(?<nths>${ORDINALS})\\s+(?<day>${WEEKDAY})`,
    read: (groups) => ({
      rule: `FREQ=MONTHLY${interval(groups)};BYDAY=${ordinalDays(groups['nths'], groups['day'])}`,
    }),
  },
  {
    pattern: `(?:${EVERY}\\s+|(?:on\\s+)?(?:the\\s+)?)(?<nth>first|last|1st)\\s+${WORKDAY}${OF_EVERY_MONTH}`,
    read: ({ nth }) => workday(nth),
  },
  {
    pattern: `${EVERY}\\s+(?<nth>first|last|1st)\\s+${WORKDAY}${OF_MONTH}`,
    read: ({ nth }) => workday(nth),
  },
  { pattern: `${EVERY_MONTHS}\\s+on\\s+(?:the\\s+)?last\\s+day`, read: lastDay },
  {
    pattern: `(?:on\\s+)?(?:the\\s+)?(?:last\\s+day|end)\\s+of\\s+${EVERY_PLAIN}\\s+month`,
    read: lastDay,
  },
  { pattern: `${EVERY}\\s+last\\s+day${OF_MONTH}`, read: lastDay },
  { pattern: `${EVERY}\\s+month[\\s-]end`, read: lastDay },
  {
    pattern: `(?:on\\s+)?(?:the\\s+)?first\\s+day${OF_EVERY_MONTH}`,
    read: () => ({ rule: 'FREQ=MONTHLY;BYMONTHDAY=1' }),
  },
  {
    pattern: `${EVERY}\\s+first\\s+day${OF_MONTH}`,
    read: () => ({ rule: 'FREQ=MONTHLY;BYMONTHDAY=1' }),
  },
  {
    pattern: `${EVERY_MONTHS}\\s+on\\s+(?:the\\s+)?(?<days>${NTHS})`,
    read: (groups) => ({
      rule: `FREQ=MONTHLY${interval(groups)};BYMONTHDAY=${monthDays(groups['days'])}`,
    }),
  },
  {
    pattern: `(?:on\\s+)?(?:the\\s+)?(?<days>${NTHS})${OF_EVERY_MONTH}`,
    read: ({ days }) => ({ rule: `FREQ=MONTHLY;BYMONTHDAY=${monthDays(days)}` }),
  },
  {
    pattern: `${EVERY}\\s+(?<days>${NTH}(?:${AND}(?:the\\s+)?${NTH})*)${OF_MONTH}?`,
    read: ({ days }) => ({ rule: `FREQ=MONTHLY;BYMONTHDAY=${monthDays(days)}` }),
    // "every 2nd book" counts books
    meant: ({ before, words, after }) =>
      before.trim() === '' || /month$/i.test(words) || FOLLOWS.test(after),
  },
  {
    pattern: `(?:${EVERY}\\s+(?:year\\s+on\\s+)?|(?:yearly|annually|once\\s+a\\s+year)\\s+on\\s+)(?:the\\s+)?(?:(?<month>${MONTH})\\s+(?:the\\s+)?(?<d>${NTH}|\\d{1,2})|(?<d2>${NTH}|\\d{1,2})\\s+(?:of\\s+)?(?<month2>${MONTH}))`,
    read: ({ month, d, d2, month2 }) => yearly(month ?? month2, d ?? d2),
  },
  {
    pattern: `${EVERY}\\s+(?:(?<n>${AMOUNT})\\s+(?<unit>days|weeks|fortnights|months|quarters|years)|(?<one>day|week|fortnight|month|quarter|year))`,
    read: ({ n, unit, one }) => everyUnit(n ? numberOf(n) : 1, unit ?? one ?? ''),
  },
  {
    pattern: `${EVERY}\\s+(?:(?<other>other)|(?<nth>second|third|fourth|fifth|sixth|2nd|3rd|[4-9]th|1\\dth|[23]\\dth))\\s+(?<unit>day|week|month|quarter|year)`,
    read: ({ other, nth, unit }) =>
      everyUnit(other ? 2 : /^sixth$/i.test(nth ?? '') ? 6 : ordinalOf(nth), unit ?? ''),
  },
  {
    pattern: 'once\\s+(?:a|every|per)\\s+(?<unit>day|week|fortnight|month|quarter|year)',
    read: ({ unit }) => everyUnit(1, unit ?? ''),
  },
  {
    pattern:
      '(?<word>daily|everyday|weekly|bi-?weekly|fortnightly|monthly|quarterly|yearly|annually)',
    read: ({ word = '' }) => adverb(word.toLowerCase()),
    meant: endsAdverb,
  },
  {
    pattern: 'weekdays',
    read: () => weekly('weekdays'),
    meant: ({ before, after }) =>
      endsAdverb({ after }) && !/\b(?:the|my|our|for)\s+$/i.test(before),
  },
  // what a rule can't say: nothing inside is read
  {
    pattern: `${EVERY}\\s+(?:other\\s+)?(?:${MONTH}|spring|summer|autumn|fall|winter|season)`,
    read: () => 'text',
  },
  { pattern: `${EVERY}\\s+${AMOUNT}\\s+${DAY_WORD}`, read: () => 'text' },
  { pattern: `${EVERY}\\s+(?:first|1st)\\s+(?:week|month|quarter|year)`, read: () => 'text' },
  {
    pattern: `${EVERY}\\s+(?:morning|afternoon|evening|night)(?:${AND}|\\s+or\\s+)(?:morning|afternoon|evening|night)`,
    read: () => 'text',
  },
  {
    pattern: `(?:twice|thrice|\\S+\\s+times)\\s+(?:a|per|every|each)\\s+(?:day|week|month|year)`,
    read: () => 'text',
  },
];

function workday(nth = ''): RuleReading {
  return { rule: `FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=${ordinalOf(nth)}` };
}

function adverb(word: string): RuleReading | 'text' {
  switch (word.replace('-', '')) {
    case 'daily':
    case 'everyday':
      return everyUnit(1, 'day');
    case 'weekly':
      return everyUnit(1, 'week');
    case 'monthly':
      return everyUnit(1, 'month');
    case 'quarterly':
      return everyUnit(1, 'quarter');
    case 'yearly':
    case 'annually':
      return everyUnit(1, 'year');
    default:
      return everyUnit(2, 'week');
  }
}

/** Every English form. */
export const ENGLISH_RULES = compile(FORMS);
/** Words for days in a list, as {@link daysIn} reads them. */
export const ENGLISH_DAYS = DAYS;

// Finds "every …" and makes an RRULE of it. Only the rule: its first day follows from the date words, or from the rule.
//
// An adverb (daily, weekly, …) is a rule only at the end of the text or before words that say when: "weekly report" is a
// title, "report weekly" and "report weekly on Friday" repeat.
import type { Recurrence } from '@todo/contracts/task';
import { NUMBER_WORDS } from './date-phrase.ts';
import type { Range } from './source-text.ts';

/** A phrase that says how often. */
export interface RecurrencePhrase extends Range {
  readonly recurrence: Recurrence;
  /** The time of day it implies ("every morning"), if no other is named: `09:00`. */
  readonly time?: string;
}

const DAYS: Readonly<Record<string, string>> = {
  sunday: 'SU',
  sun: 'SU',
  monday: 'MO',
  mon: 'MO',
  tuesday: 'TU',
  tues: 'TU',
  tue: 'TU',
  wednesday: 'WE',
  wed: 'WE',
  thursday: 'TH',
  thurs: 'TH',
  thur: 'TH',
  thu: 'TH',
  friday: 'FR',
  fri: 'FR',
  saturday: 'SA',
  sat: 'SA',
};
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const ORDINALS: Readonly<Record<string, number>> = {
  first: 1,
  '1st': 1,
  second: 2,
  '2nd': 2,
  third: 3,
  '3rd': 3,
  fourth: 4,
  '4th': 4,
  fifth: 5,
  '5th': 5,
  last: -1,
};
const PARTS_OF_DAY: Readonly<Record<string, string>> = {
  morning: '09:00',
  afternoon: '15:00',
  evening: '18:00',
  night: '20:00',
};

const DAY =
  '(?:sun(?:day)?|mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:r(?:s(?:day)?)?)?|fri(?:day)?|sat(?:urday)?)s?';
const DAY_LIST = `${DAY}(?:\\s*(?:,\\s*and|,|and|&|/)\\s*${DAY})*`;
const MONTH =
  '(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)';
const ORDINAL = '(?:first|second|third|fourth|fifth|last|1st|2nd|3rd|4th|5th)';
const NTH = '(?:0?[1-9]|[12]\\d|3[01])(?:st|nd|rd|th)';
const NTH_LIST = `${NTH}(?:\\s*(?:,\\s*and|,|and|&)\\s*${NTH})*`;
const AMOUNT = '(?:\\d{1,3}|two|three|four|five|six|seven|eight|nine|ten)';
const EVERY = '(?:every|each)';
const COMPLETION =
  '(?:\\s+after\\s+(?:completion|completing(?:\\s+it)?|i\\s+(?:complete|finish|do)\\s+it|it\\s+is\\s+done|done)|\\s+(?:from|after)\\s+completion|\\s+when\\s+done)';
const END = '(?=$|[\\s,.;:!?)])';

type Reader = (parts: Readonly<Record<string, string | undefined>>) => {
  rule: string;
  time?: string;
};

/** The forms, the more specific before the more general. */
const FORMS: readonly (readonly [pattern: string, read: Reader])[] = [
  [
    `${EVERY}(?<bang>!)?\\s+(?<part>morning|afternoon|evening|night)`,
    ({ part }) => ({ rule: 'FREQ=DAILY', time: PARTS_OF_DAY[key(part)] ?? '09:00' }),
  ],
  [
    `${EVERY}(?<bang>!)?\\s+(?:week|work|business)\\s*days?`,
    () => ({ rule: 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR' }),
  ],
  [`${EVERY}(?<bang>!)?\\s+weekends?`, () => ({ rule: 'FREQ=WEEKLY;BYDAY=SA,SU' })],
  [
    `${EVERY}(?<bang>!)?\\s+(?<nth>${ORDINAL})\\s+(?<day>${DAY})\\s+(?:of|in)\\s+(?:the|every|each)\\s+month`,
    ({ nth, day }) => ({ rule: `FREQ=MONTHLY;BYDAY=${ordinalDay(nth, day)}` }),
  ],
  [
    `(?:on\\s+)?(?:the\\s+)?(?<nth>${ORDINAL})\\s+(?<day>${DAY})\\s+of\\s+(?:every|each)\\s+month`,
    ({ nth, day }) => ({ rule: `FREQ=MONTHLY;BYDAY=${ordinalDay(nth, day)}` }),
  ],
  [
    `${EVERY}(?<bang>!)?\\s+(?:(?<n>${AMOUNT})\\s+months|(?<other>other)\\s+month|month)\\s+on\\s+(?:the\\s+)?(?<nth>${ORDINAL})\\s+(?<day>${DAY})`,
    (p) => ({ rule: `FREQ=MONTHLY${interval(p)};BYDAY=${ordinalDay(p['nth'], p['day'])}` }),
  ],
  [
    `${EVERY}(?<bang>!)?\\s+(?:(?<n>${AMOUNT})\\s+months|(?<other>other)\\s+month|month)\\s+on\\s+(?:the\\s+)?(?:last\\s+day)`,
    (p) => ({ rule: `FREQ=MONTHLY${interval(p)};BYMONTHDAY=-1` }),
  ],
  [
    `(?:(?:on\\s+)?(?:the\\s+|${EVERY}(?<bang>!)?\\s+)?last\\s+day\\s+of\\s+(?:every|each)\\s+month|${EVERY}\\s+last\\s+day\\s+of\\s+the\\s+month)`,
    () => ({ rule: 'FREQ=MONTHLY;BYMONTHDAY=-1' }),
  ],
  [
    `${EVERY}(?<bang>!)?\\s+(?:(?<n>${AMOUNT})\\s+months|(?<other>other)\\s+month|month)\\s+on\\s+(?:the\\s+)?(?<days>${NTH_LIST})`,
    (p) => ({ rule: `FREQ=MONTHLY${interval(p)};BYMONTHDAY=${numbers(p['days'])}` }),
  ],
  [
    `(?:on\\s+)?the\\s+(?<days>${NTH_LIST})\\s+of\\s+(?:every|each)\\s+month`,
    ({ days }) => ({ rule: `FREQ=MONTHLY;BYMONTHDAY=${numbers(days)}` }),
  ],
  [
    `${EVERY}(?<bang>!)?\\s+(?:year\\s+on\\s+)?(?:the\\s+)?(?:(?<month>${MONTH})\\s+(?<dom>${NTH}|\\d{1,2})|(?<dom2>${NTH}|\\d{1,2})\\s+(?:of\\s+)?(?<month2>${MONTH}))`,
    (p) => ({
      rule: `FREQ=YEARLY;BYMONTH=${monthNumber(p['month'] ?? p['month2'])};BYMONTHDAY=${numbers(p['dom'] ?? p['dom2'])}`,
    }),
  ],
  [
    `${EVERY}(?<bang>!)?\\s+(?<days>${NTH_LIST})(?:\\s+(?:of\\s+the|of\\s+each|of\\s+every)\\s+month)?`,
    ({ days }) => ({ rule: `FREQ=MONTHLY;BYMONTHDAY=${numbers(days)}` }),
  ],
  [
    `${EVERY}(?<bang>!)?\\s+(?:(?<n>${AMOUNT})\\s+weeks|(?<other>other|second)\\s+week|week)\\s+on\\s+(?<list>${DAY_LIST})`,
    (p) => ({ rule: `FREQ=WEEKLY${interval(p)};BYDAY=${dayList(p['list'])}` }),
  ],
  [
    `${EVERY}(?<bang>!)?\\s+(?:(?<other>other|second)\\s+)?(?<list>${DAY_LIST})`,
    (p) => ({ rule: `FREQ=WEEKLY${interval(p)};BYDAY=${dayList(p['list'])}` }),
  ],
  [
    `${EVERY}(?<bang>!)?\\s+(?:(?<n>${AMOUNT})\\s+(?<units>days|weeks|fortnights|months|quarters|years)|(?<other>other|second|third|fourth)\\s+(?<unit2>day|week|month|quarter|year)|(?<unit>day|week|fortnight|month|quarter|year))`,
    (p) => ({ rule: unitRule(p) }),
  ],
];

/** "repeats" said in one word; the place in the text decides whether it is meant. */
const ADVERB = `(?<word>daily|weekly|biweekly|fortnightly|monthly|quarterly|yearly|annually)(?:\\s+on\\s+(?:(?<list>${DAY_LIST})|(?:the\\s+)?(?<days>${NTH_LIST})))?`;
const ADVERB_RULES: Readonly<Record<string, string>> = {
  daily: 'FREQ=DAILY',
  weekly: 'FREQ=WEEKLY',
  biweekly: 'FREQ=WEEKLY;INTERVAL=2',
  fortnightly: 'FREQ=WEEKLY;INTERVAL=2',
  monthly: 'FREQ=MONTHLY',
  quarterly: 'FREQ=MONTHLY;INTERVAL=3',
  yearly: 'FREQ=YEARLY',
  annually: 'FREQ=YEARLY',
};
const ADVERB_END =
  /^\s*(?:$|[,.;!?]|(?:at|@|on|from|starting|until|till|for|after|remind|today|tomorrow|noon|midnight|\d{1,2}(?::\d\d|\s*[ap]m))(?:\W|$))/i;

const COMPILED = FORMS.map(
  ([pattern, read]) =>
    [new RegExp(`(?<=^|[\\s(,])${pattern}(?<completion>${COMPLETION})?${END}`, 'i'), read] as const,
);
const COMPILED_ADVERB = new RegExp(`(?<=^|\\s)${ADVERB}(?<completion>${COMPLETION})?${END}`, 'gi');

/** The first phrase that says how often; undefined if the text does not repeat. */
export function findRecurrence(text: string): RecurrencePhrase | undefined {
  for (const [pattern, read] of COMPILED) {
    const match = pattern.exec(text);
    if (!match) continue;
    const parts = match.groups ?? {};
    const { rule, time } = read(parts);
    return phrase(match, rule, time);
  }
  for (const match of text.matchAll(COMPILED_ADVERB)) {
    const end = match.index + match[0].length;
    if (!ADVERB_END.test(text.slice(end))) continue;
    const { word, list, days } = match.groups ?? {};
    const rule = ADVERB_RULES[key(word)] ?? 'FREQ=DAILY';
    if (list && !rule.startsWith('FREQ=WEEKLY')) continue;
    if (days && !rule.startsWith('FREQ=MONTHLY')) continue;
    return phrase(
      match,
      `${rule}${list ? `;BYDAY=${dayList(list)}` : ''}${days ? `;BYMONTHDAY=${numbers(days)}` : ''}`,
    );
  }
  return undefined;
}

/** How often it ends: "10 times", "for 6 times". */
export function findCount(text: string): (Range & { count: number }) | undefined {
  const match = /(?<=^|\s)(?:for\s+)?(\d{1,4})\s+times(?=$|[\s,.;!?])/i.exec(text);
  const count = Number(match?.[1]);
  if (!match || count < 1) return undefined;
  return { start: match.index, end: match.index + match[0].length, count };
}

function phrase(match: RegExpExecArray, rule: string, time?: string): RecurrencePhrase {
  const { bang, completion } = match.groups ?? {};
  return {
    start: match.index,
    end: match.index + match[0].length,
    recurrence: { rule, from: bang || completion ? 'completion' : 'due' },
    ...(time === undefined ? {} : { time }),
  };
}

function unitRule(p: Readonly<Record<string, string | undefined>>): string {
  const unit = key(p['units'] ?? p['unit2'] ?? p['unit']).replace(/s$/, '');
  let amount = p['n'] ? amountOf(p['n']) : p['other'] ? (ORDINALS[key(p['other'])] ?? 2) : 1;
  const freq =
    {
      day: 'DAILY',
      week: 'WEEKLY',
      fortnight: 'WEEKLY',
      month: 'MONTHLY',
      quarter: 'MONTHLY',
      year: 'YEARLY',
    }[unit] ?? 'DAILY';
  if (unit === 'fortnight') amount *= 2;
  if (unit === 'quarter') amount *= 3;
  return `FREQ=${freq}${amount > 1 ? `;INTERVAL=${amount}` : ''}`;
}

function interval(p: Readonly<Record<string, string | undefined>>): string {
  const amount = p['n'] ? amountOf(p['n']) : p['other'] ? 2 : 1;
  return amount > 1 ? `;INTERVAL=${amount}` : '';
}

function amountOf(text: string): number {
  return Math.max(1, NUMBER_WORDS[text.toLowerCase()] ?? Number(text));
}

function dayList(text = ''): string {
  const days = [...text.toLowerCase().matchAll(/[a-z]+/g)]
    .map(([word]) => DAYS[word] ?? DAYS[word.replace(/s$/, '')])
    .filter((day) => day !== undefined);
  return [...new Set(days)].join(',');
}

function ordinalDay(nth = '', day = ''): string {
  return `${ORDINALS[nth.toLowerCase()] ?? 1}${dayList(day)}`;
}

function numbers(text = ''): string {
  return [...new Set([...text.matchAll(/\d{1,2}/g)].map(([digits]) => Number(digits)))].join(',');
}

function monthNumber(text = ''): number {
  return MONTHS.indexOf(text.slice(0, 3).toLowerCase()) + 1;
}

function key(text = ''): string {
  return text.toLowerCase();
}

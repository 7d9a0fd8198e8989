// How English names a day.
import { AT_END, compile } from '../form.ts';
import type { Around, Form } from '../form.ts';
import type { DateReading } from '../language.ts';
import {
  dayOfMonth,
  dayOfMonthIn,
  inDays,
  lastDayOf,
  later,
  monthDay,
  nextOf,
  nextPeriod,
  nthOfAnyMonth,
  nthOfMonthIn,
  nthOfMonthNamed,
  numericDate,
  thisWeekday,
  thisWeekend,
  weekdayInWeeks,
} from '../readings.ts';
import type { ParseContext } from '../local-now.ts';
import { today } from '../local-now.ts';
import { COMMON_DATES } from './common-dates.ts';
import {
  DAY,
  MONTH,
  NTH,
  NUMBER,
  ORDINAL,
  WEEKDAY,
  YEAR,
  monthNumber,
  numberOf,
  ordinalOf,
  unitOf,
  weekdayNumber,
} from './english-words.ts';

const UNIT = '(?:days?|weeks?|fortnights?|months?|quarters?|years?)';
const ARTICLE = /\b(?:the|an?|my|our|your|his|her|their|every|each|last|past|this|that)\s+$/i;
/** Weekday names that are words or names too. */
const SHORT_WORD = /^(?:sun|sat|wed|mon)\.?$/i;
/** What may follow "the 15th", which else counts something ("the 2nd floor"). */
export const FOLLOWS =
  /^\s*(?:$|[,.;!?)…]|(?:at|on|by|every|each|today|tomorrow|tonight|remind|daily|weekly|monthly|yearly|annually|to|for|with|and|until|till|starting|in the|around|from|noon|midnight|\d{1,2}(?::\d\d|\s*[ap]\.?m))(?:\W|$)|@)/i;
/** Nouns that "3/10" counts. */
const COUNTED_NOUN =
  '(?:pages?|chapters?|parts?|steps?|episodes?|sections?|items?|questions?|lessons?|levels?|scored?|rated?|ratios?|scales?|odds|mix(?:ed)?|versions?|v|sizes?|grades?|rooms?|no\\.?|nr\\.?)';
const COUNTED = new RegExp(`\\b${COUNTED_NOUN}\\s+$`, 'i');
/** What "march 10" and "may 5" count when they are no dates. */
const NOT_COUNTING =
  '(?!\\s*(?:km|kms|miles?|mi|m|metres?|meters?|steps|times|people|persons|guests|hours?|minutes?|mins?|days?|weeks?|%|[ap]\\.?m\\b)(?![\\p{L}\\p{N}]))(?![:.]\\d)';

const edgeOrFollows = ({ after }: Around): boolean => FOLLOWS.test(after);

/** A slash date without a year is a date where nothing else is likely: at an end, behind "on", with a time. */
function isSlashDate({ before, lead, words, after, joined }: Around): boolean {
  const parts = words.split('/').map(Number);
  const plainly = /^0\d\/|\/0\d/.test(words) || parts.some((part) => part > 12);
  if (words === '24/7' || ARTICLE.test(before) || COUNTED.test(before)) return false;
  return (
    AT_END.test(after) ||
    /^\s*(?:[,;]|(?:every|each|remind)\s)/i.test(after) ||
    lead !== '' ||
    joined ||
    (before.trim() === '' && plainly)
  );
}

/** "mon ami", "the sun": short names need a word that leads to them, a time, or (mon) the end. */
function isWeekday({ before, lead, words, after, joined }: Around): boolean {
  if (ARTICLE.test(before) && !(AT_END.test(after) || joined)) return false;
  if (!SHORT_WORD.test(words) || joined || lead !== '') return true;
  return /^mon/i.test(words) && AT_END.test(after) && !ARTICLE.test(before);
}

function shift(n: string | undefined, unit: string | undefined) {
  const size = unitOf(unit ?? '');
  return size ? [{ n: numberOf(n), ...size }] : [];
}

function anchored(word: string, context: ParseContext): string | undefined {
  if (/^today$/i.test(word)) return today(context);
  const reading = /^tomorrow$/i.test(word)
    ? inDays(1, context)
    : nextOf(weekdayNumber(word), context);
  return reading === 'text' ? undefined : reading.date;
}

const WD = `(?<wd>${WEEKDAY})`;
const OPTIONAL_WD = `(?:(?<wd>${WEEKDAY}),?\\s+)?`;
const weekdayOrNone = (word: string | undefined): number | undefined =>
  word === undefined ? undefined : weekdayNumber(word);
const yearOrNone = (year: string | undefined): number | undefined =>
  year === undefined ? undefined : Number(year);

function weekdaysOf(word = ''): number[] {
  if (/^(?:week|work|business)\s*day/i.test(word)) return [1, 2, 3, 4, 5];
  return /^day/i.test(word) ? [0, 1, 2, 3, 4, 5, 6] : [weekdayNumber(word)];
}

const FORMS: readonly Form<DateReading>[] = [
  ...COMMON_DATES,
  { pattern: 'today', read: (_, context) => inDays(0, context) },
  {
    pattern: 'tonight',
    read: (_, context) => ({ date: today(context), part: 'tonight' }),
  },
  { pattern: '(?:tomorrow|tmrw|tmr)', read: (_, context) => inDays(1, context) },
  {
    pattern: '(?:the\\s+)?day\\s+after\\s+tomorrow',
    read: (_, context) => inDays(2, context),
  },
  {
    pattern: `${OPTIONAL_WD}(?:the\\s+)?(?<!\\b${COUNTED_NOUN}\\s+)(?<d>${NTH}|${DAY})\\s*(?:of\\s+)?(?<month>${MONTH})(?!\\s+${NTH})(?:,?\\s+(?<y>${YEAR}))?`,
    read: ({ wd, d, month, y }, context) =>
      monthDay(
        {
          day: Number.parseInt(d ?? '', 10),
          month: monthNumber(month),
          year: yearOrNone(y),
          weekday: weekdayOrNone(wd),
        },
        context,
      ),
  },
  {
    pattern: `${OPTIONAL_WD}(?<month>${MONTH})\\s+(?:the\\s+)?(?<d>${NTH}|${DAY})${NOT_COUNTING}(?:,?\\s+(?<y>${YEAR}))?`,
    read: ({ wd, d, month, y }, context) =>
      monthDay(
        {
          day: Number.parseInt(d ?? '', 10),
          month: monthNumber(month),
          year: yearOrNone(y),
          weekday: weekdayOrNone(wd),
        },
        context,
      ),
  },
  {
    // "the first of june"
    pattern: `(?:the\\s+)?(?<n>first|second|third|fourth|fifth)\\s+of\\s+(?<month>${MONTH})(?:,?\\s+(?<y>${YEAR}))?`,
    read: ({ n, month, y }, context) =>
      monthDay({ day: ordinalOf(n), month: monthNumber(month), year: yearOrNone(y) }, context),
  },
  {
    // "3 to 10 June", "June 3-10": a range begins
    pattern: `(?:the\\s+)?(?<d>${DAY})(?:st|nd|rd|th)?\\s*(?:-|–|to|until|till|through)\\s*(?:the\\s+)?${DAY}(?:st|nd|rd|th)?\\s+(?:of\\s+)?(?<month>${MONTH})(?:,?\\s+(?<y>${YEAR}))?`,
    read: ({ d, month, y }, context) =>
      ranged(monthDay({ day: Number(d), month: monthNumber(month), year: yearOrNone(y) }, context)),
  },
  {
    pattern: `(?<month>${MONTH})\\s+(?<d>${DAY})(?:st|nd|rd|th)?\\s*(?:-|–|to|until|till|through)\\s*${DAY}(?:st|nd|rd|th)?(?:,?\\s+(?<y>${YEAR}))?`,
    read: ({ d, month, y }, context) =>
      ranged(monthDay({ day: Number(d), month: monthNumber(month), year: yearOrNone(y) }, context)),
  },
  {
    pattern: `(?:the\\s+)?(?<n>${ORDINAL})\\s+(?<what>${WEEKDAY}|day|(?:week|work|business)\\s*day)\\s+(?:of|in)\\s+(?:(?:the|this)\\s+month|(?<next>next)\\s+month|(?<month>${MONTH})(?:\\s+(?<y>${YEAR}))?)`,
    read: ({ n, what, next, month, y }, context) => {
      const days = weekdaysOf(what);
      if (month)
        return nthOfMonthNamed(ordinalOf(n), days, monthNumber(month), yearOrNone(y), context);
      return next
        ? nthOfMonthIn(1, ordinalOf(n), days, context)
        : nthOfAnyMonth(ordinalOf(n), days, context);
    },
  },
  {
    pattern: `(?:(?:the\\s+)?end\\s+of|month[\\s-]end\\s+of)\\s+(?:(?:the|this)\\s+)?(?<next>next\\s+)?(?<unit>month|year)`,
    read: ({ next, unit }, context) =>
      lastDayOf(unit?.toLowerCase() === 'year' ? 'year' : 'month', next ? 1 : 0, context),
    meant: ({ lead, after }) => lead !== '' || AT_END.test(after),
  },
  {
    // "on the 15th", "Friday the 13th"
    pattern: `${OPTIONAL_WD}the\\s+(?<d>${NTH})`,
    read: ({ wd, d }, context) =>
      dayOfMonth(Number.parseInt(d ?? '', 10), context, weekdayOrNone(wd)),
    meant: edgeOrFollows,
  },
  {
    pattern: `${OPTIONAL_WD}(?<d>${NTH})`,
    read: ({ wd, d }, context) =>
      dayOfMonth(Number.parseInt(d ?? '', 10), context, weekdayOrNone(wd)),
    meant: (around) => /\b(?:on|by|due)\s+$/i.test(around.lead) && edgeOrFollows(around),
  },
  {
    pattern: `(?:the\\s+)?(?<d>${NTH})\\s+of\\s+(?:(?<next>next)|this|the)\\s+month`,
    read: ({ d, next }, context) =>
      next
        ? dayOfMonthIn(1, Number.parseInt(d ?? '', 10), context)
        : dayOfMonth(Number.parseInt(d ?? '', 10), context),
  },
  { pattern: WD, read: ({ wd }, context) => nextOf(weekdayNumber(wd), context), meant: isWeekday },
  {
    pattern: `(?:this\\s+coming|this|coming)\\s+${WD}`,
    read: ({ wd }, context) => thisWeekday(weekdayNumber(wd), context),
  },
  {
    pattern: `(?:next\\s+${WD}|(?<wd2>${WEEKDAY})\\s+(?:of\\s+)?next\\s+week|next\\s+week(?:\\s+on)?\\s+(?<wd3>${WEEKDAY}))`,
    read: ({ wd, wd2, wd3 }, context) =>
      weekdayInWeeks(weekdayNumber(wd ?? wd2 ?? wd3), 1, context),
    meant: ({ before }) => !/\bthe\s+$/i.test(before),
  },
  {
    pattern: `(?:${WD}\\s+in\\s+(?<n>${NUMBER})\\s+weeks?|in\\s+(?<n2>${NUMBER})\\s+weeks?(?:\\s+time)?\\s+on\\s+(?<wd2>${WEEKDAY}))`,
    read: ({ wd, wd2, n, n2 }, context) =>
      weekdayInWeeks(weekdayNumber(wd ?? wd2), numberOf(n ?? n2), context),
  },
  { pattern: 'this\\s+weekend', read: (_, context) => thisWeekend(context) },
  { pattern: 'next\\s+weekend', read: (_, context) => weekdayInWeeks(6, 1, context) },
  {
    pattern: 'the\\s+weekend',
    read: (_, context) => thisWeekend(context),
    meant: ({ lead, after }) => lead !== '' && AT_END.test(after),
  },
  {
    pattern: `(?:in|within)\\s+(?<n>${NUMBER})\\s+(?<unit>${UNIT})(?:['’]?\\s+time)?`,
    read: ({ n, unit }, context) => later(shift(n, unit), context),
  },
  {
    pattern: `in\\s+(?<n>${NUMBER})\\s+(?<unit>${UNIT})(?:,|\\s+and)\\s+(?<n2>${NUMBER})\\s+(?<unit2>${UNIT})`,
    read: ({ n, unit, n2, unit2 }, context) =>
      later([...shift(n, unit), ...shift(n2, unit2)], context),
  },
  {
    pattern: `(?<n>${NUMBER})\\s+(?<unit>${UNIT})\\s+(?:from\\s+(?:now|today)|later|hence)`,
    read: ({ n, unit }, context) => later(shift(n, unit), context),
  },
  {
    pattern: `(?<n>${NUMBER})\\s+(?<unit>days?|weeks?|months?)\\s+(?:from|after|on)\\s+(?<from>today|tomorrow|${WEEKDAY})`,
    read: ({ n, unit, from }, context) => {
      const start = anchored(from ?? '', context);
      return start === undefined ? 'text' : later(shift(n, unit), context, start);
    },
  },
  {
    pattern: 'next\\s+(?<unit>week|month|quarter|year)',
    read: ({ unit }, context) =>
      nextPeriod((unit ?? '').toLowerCase() as 'week' | 'month' | 'quarter' | 'year', context),
    meant: ({ before }) => !/\bthe\s+$/i.test(before),
  },
  {
    pattern: `${OPTIONAL_WD}(?<a>\\d{1,2})/(?<b>\\d{1,2})`,
    read: ({ wd, a, b }, context) =>
      numericDate(Number(a), Number(b), undefined, context, weekdayOrNone(wd)),
    meant: isSlashDate,
  },
  // what only looks like a date: the past, counts, names
  {
    pattern: `(?:last|past)\\s+(?:${WEEKDAY}|${MONTH}|night|week|weekend|month|year|quarter)`,
    read: () => 'text',
  },
  { pattern: `${NUMBER}\\s+(?:${UNIT}|hours?|minutes?)\\s+ago`, read: () => 'text' },
  { pattern: `${WEEKDAY}\\s+(?:after\\s+next|before\\s+last)`, read: () => 'text' },
  { pattern: '24/7', read: () => 'text' },
  {
    pattern: `(?<d>${DAY})\\.(?<m>0?[1-9]|1[0-2])\\.`,
    read: ({ d, m }, context) => numericDotted(Number(d), Number(m), context),
    meant: ({ before }) => !COUNTED.test(before) && !/\b(?:to|no|nr)\.?\s+$/i.test(before),
  },
];

/** "31.5.": only where the day is written first. */
function numericDotted(day: number, month: number, context: ParseContext): DateReading | 'text' {
  const reading = monthDay({ day, month }, context);
  const other = numericDate(day, month, undefined, context);
  return reading !== 'text' && other !== 'text' && reading.date === other.date ? reading : 'text';
}

function ranged(reading: DateReading | 'text'): DateReading | 'text' {
  return reading === 'text' ? reading : { ...reading, range: true };
}

/** Every English form. */
export const ENGLISH_DATES = compile(FORMS);

// How German names a day.
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
  thisWeekday,
  thisWeekend,
  weekdayInWeeks,
} from '../readings.ts';
import { COMMON_DATES } from './common-dates.ts';
import {
  DAY,
  MONTH,
  NTH,
  NUMBER,
  ORDINAL,
  PART,
  WEEKDAY,
  WEEKDAY_NAME,
  YEAR,
  monthNumber,
  numberOf,
  ordinalOf,
  partKey,
  unitOf,
  weekdayNumber,
} from './german-words.ts';

const UNIT = '(?:tag(?:en?)?|wochen?|monat(?:en?)?|quartal(?:en?)?|jahr(?:en?)?)';
const NEXT = '(?:nächste[nrsm]?|kommende[nrsm]?)';
/** What may follow "am 15.", which else counts something ("der 2. Stock"). */
export const FOLLOWS =
  /^\s*(?:$|[,.;!?)…]|(?:um|am|ab|bis|von|gegen|jede[nrsm]?|alle|heute|morgen|erinnere?|täglich|wöchentlich|monatlich|jährlich|für|mit|und|früh|mittags|abends|\d{1,2}(?::\d\d|\s*uhr))(?:[^\p{L}]|$)|@)/iu;
const ARTICLE =
  /(?<![\p{L}])(?:der|die|das|den|dem|des|ein|eine[nmrs]?|mein\p{L}*|unser\p{L}*)\s+$/iu;
const COUNTED =
  /(?<![\p{L}])(?:kapitel|seiten?|teil|folge|version|raum|zimmer|nr\.?|nummer|stufe|größe|abschnitt|punkt)\s+$/iu;

/** A small letter begins a verb ("am 15. zahlen"), a capital a noun ("am 2. Stock"). */
const edgeOrFollows = ({ after }: Around): boolean =>
  FOLLOWS.test(after) || /^\s+\p{Ll}/u.test(after);
const OPTIONAL_WD = `(?:(?<wd>${WEEKDAY}),?\\s+(?:(?:den|dem|der)\\s+)?)?`;
const weekdayOrNone = (word: string | undefined): number | undefined =>
  word === undefined ? undefined : weekdayNumber(word);
const yearOrNone = (year: string | undefined): number | undefined =>
  year === undefined ? undefined : Number(year);

function shift(n: string | undefined, unit: string | undefined) {
  const size = unitOf(unit ?? '');
  return size ? [{ n: numberOf(n), ...size }] : [];
}

/** Short names ("so", "do") need a word that leads to them or a time. */
function isWeekday({ before, lead, words, after, joined }: Around): boolean {
  if (ARTICLE.test(before) && !AT_END.test(after) && !joined) return false;
  return words.length > 3 || lead !== '' || joined;
}

/** "morgen" is tomorrow, "Morgen" inside a text the morning. */
function isTomorrow({ before, words }: Around): boolean {
  return words.startsWith('m') || before.trim() === '';
}

function daysNamed(word = ''): number[] {
  if (/^(?:werk|arbeits)tag/i.test(word)) return [1, 2, 3, 4, 5];
  return /^tag/i.test(word) ? [0, 1, 2, 3, 4, 5, 6] : [weekdayNumber(word)];
}

const FORMS: readonly Form<DateReading>[] = [
  ...COMMON_DATES,
  { pattern: 'heute', read: (_, context) => inDays(0, context) },
  { pattern: 'morgen', read: (_, context) => inDays(1, context), meant: isTomorrow },
  { pattern: 'übermorgen', read: (_, context) => inDays(2, context) },
  {
    pattern: `${OPTIONAL_WD}(?<d>${DAY})\\.\\s*(?<month>${MONTH})(?:\\s+(?<y>${YEAR}))?`,
    read: ({ wd, d, month, y }, context) =>
      monthDay(
        {
          day: Number(d),
          month: monthNumber(month),
          year: yearOrNone(y),
          weekday: weekdayOrNone(wd),
        },
        context,
      ),
    meant: ({ before }) => !ARTICLE.test(before) && !/(?<![\p{L}])(?:vom)\s+$/iu.test(before),
  },
  {
    pattern: `(?<n>ersten|zweiten|dritten|vierten|fünften)\\s+(?<month>${MONTH})(?:\\s+(?<y>${YEAR}))?`,
    read: ({ n, month, y }, context) =>
      monthDay({ day: ordinalOf(n), month: monthNumber(month), year: yearOrNone(y) }, context),
    meant: ({ lead }) => lead !== '',
  },
  {
    pattern: `${OPTIONAL_WD}(?<d>${DAY})\\.(?<m>0?[1-9]|1[0-2])\\.`,
    read: ({ wd, d, m }, context) =>
      monthDay({ day: Number(d), month: Number(m), weekday: weekdayOrNone(wd) }, context),
    meant: ({ before }) => !COUNTED.test(before),
  },
  {
    // "3. bis 10. Juni": a range begins
    pattern: `(?<d>${DAY})\\.?\\s*(?:-|–|bis)\\s*(?:zum\\s+)?${DAY}\\.\\s*(?<month>${MONTH})(?:\\s+(?<y>${YEAR}))?`,
    read: ({ d, month, y }, context) => {
      const reading = monthDay(
        { day: Number(d), month: monthNumber(month), year: yearOrNone(y) },
        context,
      );
      return reading === 'text' ? reading : { ...reading, range: true };
    },
  },
  {
    pattern: `(?:${OPTIONAL_WD})(?<d>${NTH})`,
    read: ({ wd, d }, context) =>
      dayOfMonth(Number.parseInt(d ?? '', 10), context, weekdayOrNone(wd)),
    meant: (around) =>
      /(?:^|\s)(?:am|zum|bis|ab|fällig)\s+$/i.test(around.lead) && edgeOrFollows(around),
  },
  {
    pattern: `(?<d>${NTH})\\s+(?:(?<next>nächsten|kommenden)|dieses|des)\\s+monats`,
    read: ({ d, next }, context) =>
      next
        ? dayOfMonthIn(1, Number.parseInt(d ?? '', 10), context)
        : dayOfMonth(Number.parseInt(d ?? '', 10), context),
  },
  {
    pattern: `(?<n>${ORDINAL})\\s+(?<what>${WEEKDAY}|(?:werk|arbeits)?tag)\\s+(?:(?:im|in\\s+diesem)\\s+monat|(?:des|dieses)\\s+monats|(?<next>nächsten|kommenden)\\s+monats|(?:im|des)\\s+(?<month>${MONTH})(?:\\s+(?<y>${YEAR}))?)`,
    read: ({ n, what, next, month, y }, context) => {
      const days = daysNamed(what);
      if (month)
        return nthOfMonthNamed(ordinalOf(n), days, monthNumber(month), yearOrNone(y), context);
      return next
        ? nthOfMonthIn(1, ordinalOf(n), days, context)
        : nthOfAnyMonth(ordinalOf(n), days, context);
    },
  },
  {
    pattern: `(?:(?:zum\\s+)?ende\\s+(?:(?:des|dieses)|(?<next>nächsten|kommenden))\\s+(?<unit>monats|jahres)|(?:zum\\s+)?(?<unit2>monats|jahres)ende)`,
    read: ({ next, unit, unit2 }, context) =>
      lastDayOf(/^j/i.test(unit ?? unit2 ?? '') ? 'year' : 'month', next ? 1 : 0, context),
    meant: ({ lead, after }) => lead !== '' || AT_END.test(after),
  },
  {
    pattern: `(?<wd>${WEEKDAY})`,
    read: ({ wd }, context) => nextOf(weekdayNumber(wd), context),
    meant: isWeekday,
  },
  {
    // "Samstagmorgen"
    pattern: `(?<wd>${WEEKDAY_NAME})(?<part>${PART})`,
    read: ({ wd, part }, context) => ({
      ...(nextOf(weekdayNumber(wd), context) as DateReading),
      part: partKey(part),
    }),
  },
  {
    pattern: `(?:diese[nrsm]?|kommenden)\\s+(?<wd>${WEEKDAY})`,
    read: ({ wd }, context) => thisWeekday(weekdayNumber(wd), context),
  },
  {
    pattern: `(?:nächste[nr]\\s+(?<wd>${WEEKDAY})|(?<wd2>${WEEKDAY})\\s+(?:der\\s+)?nächste[rn]?\\s+woche|${NEXT}\\s+woche(?:\\s+am)?\\s+(?<wd3>${WEEKDAY}))`,
    read: ({ wd, wd2, wd3 }, context) =>
      weekdayInWeeks(weekdayNumber(wd ?? wd2 ?? wd3), 1, context),
  },
  {
    pattern: `(?:(?<wd>${WEEKDAY})\\s+in\\s+(?<n>${NUMBER})\\s+wochen?|in\\s+(?<n2>${NUMBER})\\s+wochen?\\s+am\\s+(?<wd2>${WEEKDAY}))`,
    read: ({ wd, wd2, n, n2 }, context) =>
      weekdayInWeeks(weekdayNumber(wd ?? wd2), numberOf(n ?? n2), context),
  },
  { pattern: '(?:dieses|kommendes)\\s+wochenende', read: (_, context) => thisWeekend(context) },
  { pattern: 'nächstes\\s+wochenende', read: (_, context) => weekdayInWeeks(6, 1, context) },
  {
    pattern: 'wochenende',
    read: (_, context) => thisWeekend(context),
    meant: ({ lead, after }) => lead !== '' && AT_END.test(after),
  },
  {
    pattern: `(?:in|binnen)\\s+(?<n>${NUMBER})\\s+(?<unit>${UNIT})`,
    read: ({ n, unit }, context) => later(shift(n, unit), context),
  },
  {
    pattern: `in\\s+(?<n>${NUMBER})\\s+(?<unit>${UNIT})\\s+und\\s+(?<n2>${NUMBER})\\s+(?<unit2>${UNIT})`,
    read: ({ n, unit, n2, unit2 }, context) =>
      later([...shift(n, unit), ...shift(n2, unit2)], context),
  },
  {
    pattern: `(?<day>heute|morgen)\\s+in\\s+(?<n>${NUMBER})\\s+(?<unit>${UNIT})`,
    read: ({ day, n, unit }, context) => {
      const start = inDays(/^m/i.test(day ?? '') ? 1 : 0, context);
      return start === 'text' ? start : later(shift(n, unit), context, start.date);
    },
  },
  {
    pattern: `${NEXT}\\s+(?<unit>woche|monat|quartal|jahr)`,
    read: ({ unit }, context) =>
      nextPeriod(
        ({ woche: 'week', monat: 'month', quartal: 'quarter', jahr: 'year' } as const)[
          (unit ?? '').toLowerCase() as 'woche'
        ],
        context,
      ),
    meant: ({ before }) => !ARTICLE.test(before),
  },
  // what only looks like a date
  {
    pattern: `(?:letzte|vorige|vergangene)[nrsm]?\\s+(?:${WEEKDAY}|${MONTH}|nacht|woche|wochenende|monat|jahr|quartal)`,
    read: () => 'text',
  },
  { pattern: `vor\\s+${NUMBER}\\s+(?:${UNIT}|stunden?|minuten?)`, read: () => 'text' },
  { pattern: `${WEEKDAY}\\s+(?:vor|nach)\\s+`, read: () => 'text' },
];

/** Every German form. */
export const GERMAN_DATES = compile(FORMS);

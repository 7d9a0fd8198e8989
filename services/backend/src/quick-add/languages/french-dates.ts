// How French names a day.
import { AT_END, compile } from '../form.ts';
import type { Around, Form } from '../form.ts';
import type { DateReading } from '../language.ts';
import {
  dayOfMonth,
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
import { today } from '../local-now.ts';
import { COMMON_DATES } from './common-dates.ts';
import {
  DAY,
  MONTH,
  NUMBER,
  ORDINAL,
  WEEKDAY,
  YEAR,
  monthNumber,
  numberOf,
  ordinalOf,
  unitOf,
  weekdayNumber,
} from './french-words.ts';

const UNIT = '(?:jours?|semaines?|mois|trimestres?|ans?|années?)';
/** What may follow "le 15", which else counts something. */
export const FOLLOWS =
  /^\s*(?:$|[,.;!?)…]|(?:à|au|le|chaque|tous|toutes|jusqu|dès|pour|et|avec|demain|rappelle|sauf|pendant|de|du|\d{1,2}\s*(?:h|:\d\d))(?:[^\p{L}]|$)|@)/iu;
const ARTICLE = /(?<![\p{L}])(?:un|une|mon|ma|mes|notre|son|sa|du|des|au|chaque)\s+$/iu;
const COUNTED = /(?<![\p{L}])(?:pages?|chapitre|partie|version|salle|n°|numéro|score|taille)\s+$/iu;
const LE = '(?:le\\s+)?';

const weekdayOrNone = (word: string | undefined): number | undefined =>
  word === undefined ? undefined : weekdayNumber(word);
const yearOrNone = (year: string | undefined): number | undefined =>
  year === undefined ? undefined : Number(year);

function shift(n: string | undefined, unit: string | undefined) {
  const size = unitOf(unit ?? '');
  return size ? [{ n: numberOf(n), ...size }] : [];
}

function isSlashDate({ before, lead, words, after, joined }: Around): boolean {
  if (words === '24/7' || COUNTED.test(before) || ARTICLE.test(before)) return false;
  return AT_END.test(after) || lead !== '' || joined || FOLLOWS.test(after);
}

const isWeekday = ({ before, after, joined }: Around): boolean =>
  !ARTICLE.test(before) || AT_END.test(after) || joined;

function daysNamed(word = ''): number[] {
  if (/^jour\s+ouvr/i.test(word)) return [1, 2, 3, 4, 5];
  return /^jour/i.test(word) ? [0, 1, 2, 3, 4, 5, 6] : [weekdayNumber(word)];
}

const FORMS: readonly Form<DateReading>[] = [
  ...COMMON_DATES,
  { pattern: "aujourd['’]hui", read: (_, context) => inDays(0, context) },
  { pattern: 'ce\\s+soir', read: (_, context) => ({ date: today(context), part: 'ce soir' }) },
  { pattern: 'demain', read: (_, context) => inDays(1, context) },
  { pattern: 'après[\\s-]demain', read: (_, context) => inDays(2, context) },
  {
    pattern: `${LE}(?:(?<wd>${WEEKDAY}),?\\s+)?${LE}(?<d>${DAY})\\s+(?<month>${MONTH})(?:\\s+(?<y>${YEAR}))?`,
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
    meant: ({ before }) => !ARTICLE.test(before) && !COUNTED.test(before),
  },
  {
    // "du 3 au 10 juin": a range begins
    pattern: `(?:du\\s+)?(?<d>${DAY})\\s*(?:-|–|au)\\s*${DAY}\\s+(?<month>${MONTH})(?:\\s+(?<y>${YEAR}))?`,
    read: ({ d, month, y }, context) => {
      const said = {
        day: Number.parseInt(d ?? '', 10),
        month: monthNumber(month),
        year: yearOrNone(y),
      };
      const reading = monthDay(said, context);
      return reading === 'text' ? reading : { ...reading, range: true };
    },
  },
  {
    pattern: `le\\s+(?:(?<wd>${WEEKDAY})\\s+)?(?<d>${DAY})`,
    read: ({ wd, d }, context) =>
      dayOfMonth(Number.parseInt(d ?? '', 10), context, weekdayOrNone(wd)),
    meant: ({ after }) => FOLLOWS.test(after),
  },
  {
    pattern: `(?:le\\s+)?(?<n>${ORDINAL})\\s+(?<what>${WEEKDAY}|jour(?:\\s+ouvré)?)\\s+(?:du\\s+mois(?<next>\\s+prochain)?|(?:de\\s+|d['’])(?<month>${MONTH})(?:\\s+(?<y>${YEAR}))?)`,
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
    pattern:
      "(?:(?:à|avant|d['’]ici)\\s+(?:la\\s+)?)?fin\\s+(?:du\\s+(?<mois>mois)|de\\s+l['’]année)(?<next>\\s+prochaine?)?",
    read: ({ mois, next }, context) => lastDayOf(mois ? 'month' : 'year', next ? 1 : 0, context),
    meant: ({ words, lead, after }) => /^[àad]/iu.test(words) || lead !== '' || AT_END.test(after),
  },
  {
    pattern: `${LE}(?<wd>${WEEKDAY})`,
    read: ({ wd }, context) => nextOf(weekdayNumber(wd), context),
    meant: isWeekday,
  },
  {
    pattern: `ce\\s+(?<wd>${WEEKDAY})`,
    read: ({ wd }, context) => thisWeekday(weekdayNumber(wd), context),
  },
  {
    pattern: `(?:${LE}(?<wd>${WEEKDAY})\\s+(?:prochain|de\\s+la\\s+semaine\\s+prochaine)|la\\s+semaine\\s+prochaine,?\\s+${LE}(?<wd2>${WEEKDAY}))`,
    read: ({ wd, wd2 }, context) => weekdayInWeeks(weekdayNumber(wd ?? wd2), 1, context),
  },
  {
    pattern: `${LE}(?<wd>${WEEKDAY})\\s+dans\\s+(?<n>${NUMBER})\\s+semaines?`,
    read: ({ wd, n }, context) => weekdayInWeeks(weekdayNumber(wd), numberOf(n), context),
  },
  { pattern: 'ce\\s+week-?end', read: (_, context) => thisWeekend(context) },
  { pattern: 'le\\s+week-?end\\s+prochain', read: (_, context) => weekdayInWeeks(6, 1, context) },
  {
    pattern: `(?:dans|d['’]ici)\\s+(?<n>${NUMBER})\\s+(?<unit>${UNIT})`,
    read: ({ n, unit }, context) =>
      // "dans quinze jours" is in two weeks, "dans huit jours" in one, in words only
      later(
        /^quinze$/i.test(n ?? '') && /^jour/i.test(unit ?? '') ? shift('14', unit) : shift(n, unit),
        context,
      ),
  },
  {
    pattern:
      "(?:la\\s+(?<week>semaine)\\s+prochaine|le\\s+(?:(?<month>mois)|(?<quarter>trimestre))\\s+prochain|l['’](?:année\\s+prochaine|an\\s+prochain))",
    read: ({ week, month, quarter }, context) =>
      nextPeriod(week ? 'week' : month ? 'month' : quarter ? 'quarter' : 'year', context),
  },
  {
    pattern: `${LE}(?<a>\\d{1,2})/(?<b>\\d{1,2})`,
    read: ({ a, b }, context) => numericDate(Number(a), Number(b), undefined, context),
    meant: isSlashDate,
  },
  // what only looks like a date
  {
    pattern: `(?:(?:le|la|l['’])\\s*)?(?:${WEEKDAY}|semaine|mois|week-?end|an|année|trimestre)\\s+(?:derni(?:er|ère)|passée?)`,
    read: () => 'text',
  },
  { pattern: `il\\s+y\\s+a\\s+${NUMBER}\\s+(?:${UNIT}|heures?|minutes?)`, read: () => 'text' },
  { pattern: '24/7', read: () => 'text' },
  { pattern: '(?:mardi\\s+gras|vendredi\\s+saint)', read: () => 'text' },
];

/** Every French form. */
export const FRENCH_DATES = compile(FORMS);

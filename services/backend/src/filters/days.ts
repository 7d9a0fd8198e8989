// Days as a filter names them: "friday", "next week", "2027-05-17". One day is read as quick add reads it, in the person's
// language; whole weeks, months and days behind are a filter's own.
import { dateOf, addMonths, mondayOf } from '../quick-add/calendar.ts';
import { longest } from '../quick-add/form.ts';
import type { Language } from '../quick-add/language.ts';
import { languagesOf } from '../quick-add/languages-of.ts';
import { english } from '../quick-add/languages/english.ts';
import { french } from '../quick-add/languages/french.ts';
import { german } from '../quick-add/languages/german.ts';
import { addDays, today, weekdayOf } from '../quick-add/local-now.ts';
import type { ParseContext } from '../quick-add/local-now.ts';
import { weekdayNumber, WEEKDAY } from '../quick-add/languages/english-words.ts';
import type { Days } from './expression.ts';

/** Words that a day may have. */
export const MAX_DAY_WORDS = 8;

type Span = readonly [first: string, last: string];

const MONTH_NAMES =
  'january february march april may june july august september october november december'.split(
    ' ',
  );

/** What spans are called. Weeks are Monday to Sunday. */
const SPANS: readonly (readonly [
  RegExp,
  (today: string, groups: Readonly<Record<string, string>>) => Span | undefined,
])[] = [
  [/^(?:yesterday|gestern|hier)$/, (now) => [addDays(now, -1), addDays(now, -1)]],
  [/^(?:this week|diese woche|cette semaine)$/, (now) => weekOf(now, 0)],
  [/^(?:next week|nächste woche|la semaine prochaine)$/, (now) => weekOf(now, 1)],
  [/^(?:last week|letzte woche|la semaine dernière)$/, (now) => weekOf(now, -1)],
  [/^(?:this |the )?weekend$/, (now) => weekendOf(now, 0)],
  [/^next weekend$/, (now) => weekendOf(now, 1)],
  [/^last weekend$/, (now) => weekendOf(now, -1)],
  [/^(?:this month|diesen monat|ce mois)$/, (now) => monthOf(now, 0)],
  [/^(?:next month|nächsten monat|le mois prochain)$/, (now) => monthOf(now, 1)],
  [/^(?:last month|letzten monat|le mois dernier)$/, (now) => monthOf(now, -1)],
  [/^this year$/, (now) => yearOf(now, 0)],
  [/^next year$/, (now) => yearOf(now, 1)],
  [/^last year$/, (now) => yearOf(now, -1)],
  [
    /^(?:in |within )?(?:the )?(?:next|coming) (?<n>\d{1,3}) (?<unit>days?|weeks?|months?)$/,
    (now, { n, unit }) => [now, shifted(now, Number(n), unit)],
  ],
  [
    /^(?:in |within )?(?:the )?(?:last|past) (?<n>\d{1,3}) (?<unit>days?|weeks?|months?)$/,
    (now, { n, unit }) => [shifted(now, -Number(n), unit), now],
  ],
  [
    /^(?<n>\d{1,3}) (?<unit>days?|weeks?|months?) ago$/,
    (now, { n, unit }) => oneDay(shifted(now, -Number(n), unit)),
  ],
  [
    new RegExp(`^last (?<wd>${WEEKDAY})$`),
    (now, { wd }) => oneDay(addDays(now, -(((weekdayOf(now) - weekdayNumber(wd) + 6) % 7) + 1))),
  ],
  [
    new RegExp(`^(?:in )?(?<month>${MONTH_NAMES.join('|')})(?: (?<year>\\d{4}))?$`),
    (now, { month = '', year }) => namedMonth(now, month, year),
  ],
];

/**
 * The days that words name; undefined when they name none. What they mean depends on the day, whether they mean anything
 * does not: a filter that is stored stays readable.
 * @param words separated by single spaces
 */
export function readDays(words: string, context: ParseContext): Days | undefined {
  const plain = words.toLowerCase();
  const now = today(context);
  for (const [pattern, span] of SPANS) {
    const match = pattern.exec(plain);
    if (match) return daysOf(span(now, match.groups ?? {}), plain);
  }
  const date = isoDate(plain);
  if (date !== undefined) return daysOf(oneDay(date), date);
  const year = yearIn(plain);
  // a day with a year is the same day for ever, also when it is behind: read as of the end of the year before
  const asOf =
    year === undefined ? context : { ...context, now: new Date(Date.UTC(year, 0, 1) - 43_200_000) };
  const day = readDay(plain, asOf);
  return day === undefined ? undefined : daysOf(oneDay(day), year === undefined ? plain : day);
}

/** One day, as quick add reads it: all the words, without a time. The person's language comes first. */
function readDay(words: string, context: ParseContext): string | undefined {
  for (const language of new Set<Language>([
    ...languagesOf(context.locale),
    english,
    german,
    french,
  ])) {
    const found = longest(language.dates, words, 0);
    if (found?.end !== words.length) continue;
    const reading = found.form.read(found.groups, context);
    if (reading === 'text' || reading.time !== undefined || reading.range) continue;
    const around = { before: '', first: true, lead: 'on ', words, after: '', joined: false };
    if (found.form.meant?.(around) !== false) return reading.date;
  }
  return undefined;
}

function isoDate(words: string): string | undefined {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(words) ?? [];
  return year === undefined ? undefined : dateOf(Number(year), Number(month), Number(day));
}

/** The year that words name: four digits at an end ("in 2000 days" has none), or two at the end of a date in numbers. */
function yearIn(words: string): number | undefined {
  const { long, first, short } =
    /(?<!\d)(?<long>\d{4})$|^(?<first>\d{4})[-/]|^\d{1,2}[/.]\d{1,2}[/.](?<short>\d\d)$/.exec(words)
      ?.groups ?? {};
  if (short !== undefined) return 2000 + Number(short);
  const year = long ?? first;
  return year === undefined ? undefined : Number(year);
}

/** Only years that the database, the calendar and an ISO date of four digits agree on. */
function daysOf(span: Span | undefined, words: string): Days | undefined {
  if (!span?.every((date) => /^\d{4}-\d\d-\d\d$/.test(date) && date > '1000' && date < '9999'))
    return undefined;
  const [first, last] = span;
  return { first, last, words };
}

function oneDay(date: string): Span {
  return [date, date];
}

function weekOf(date: string, weeks: number): Span {
  const monday = addDays(mondayOf(date), weeks * 7);
  return [monday, addDays(monday, 6)];
}

function weekendOf(date: string, weeks: number): Span {
  const [monday] = weekOf(date, weeks);
  return [addDays(monday, 5), addDays(monday, 6)];
}

function monthOf(date: string, months: number): Span {
  const first = addMonths(`${date.slice(0, 7)}-01`, months);
  return [first, addDays(addMonths(first, 1), -1)];
}

function yearOf(date: string, years: number): Span {
  const year = Number(date.slice(0, 4)) + years;
  return [`${year}-01-01`, `${year}-12-31`];
}

/** A month without a year is the next one, or the one that it is. */
function namedMonth(now: string, name: string, year: string | undefined): Span {
  const month = String(MONTH_NAMES.indexOf(name) + 1).padStart(2, '0');
  const next = Number(now.slice(0, 4)) + (month < now.slice(5, 7) ? 1 : 0);
  return monthOf(`${year ?? next}-${month}-01`, 0);
}

function shifted(date: string, amount: number, unit = ''): string {
  if (unit.startsWith('month')) return addMonths(date, amount);
  return addDays(date, amount * (unit.startsWith('week') ? 7 : 1));
}

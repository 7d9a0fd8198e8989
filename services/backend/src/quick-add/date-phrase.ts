// Finds the words that say when. chrono-node reads them; this file decides which of its findings a person meant, and
// resolves them in the person's zone and into the future.
//
// chrono does its arithmetic with the process's own local time. So it is asked at noon of the person's date, written as
// local time of the process: no clock change happens at noon, and only dates and clock times are taken from its answer,
// never an instant. What depends on the current time of day ("in 2 hours", "9am" when it is ten) is decided here.
//
// Policies, one line each, also in docs/quick-add.md:
//   a weekday is the next one; today only when a time is named that is still ahead
//   a time without a date is the next time the clock shows it; "at 1" to "at 6" without am or pm is the afternoon
//   a day and month without a year is the next one
//   "next week" is its Monday, "next month" its first day
//   the past ("yesterday", "3 May 2020") is no due date: the words stay in the title
//   a month, a number, a part of the day alone, a range's end, a possessive ("Friday's") are text
//   a zone behind a time ("9am Tokyo time", "9am Europe/London") is whose clock is meant; the day is the person's own
import { GB, casual } from 'chrono-node/en';
import type { Chrono } from 'chrono-node/en';
import type { ParsedResult } from 'chrono-node';
import { localDate, localInstant, localTime } from '@todo/contracts/due';
import type { Due } from '@todo/contracts/task';
import { addDays, clockTime, today, weekdayOf, writesDayFirst } from './local-now.ts';
import type { ParseContext } from './local-now.ts';
import { zoneAtStart } from './zone-phrase.ts';

/** When, as far as the words say: a date, a time of day, both, or an instant (the words named an offset). */
export interface When {
  readonly date?: string;
  /** `09:00`. */
  readonly time?: string;
  readonly instant?: Date;
  /** The date follows from a weekday's name and may move with the time. */
  readonly weekday?: number;
  /** IANA zone of the time, when the words name one. */
  readonly zone?: string;
}

/** A phrase that says when. */
export interface DatePhrase {
  readonly start: number;
  readonly end: number;
  readonly when: When;
  /** True when the words say more than a due can hold (the end of a range): they stay in the title. */
  readonly keepInTitle: boolean;
}

/** Hours that parts of the day stand for. */
const PARTS_OF_DAY: Readonly<Record<string, string>> = {
  morning: '09:00',
  noon: '12:00',
  midday: '12:00',
  afternoon: '15:00',
  evening: '18:00',
  tonight: '20:00',
  night: '20:00',
  midnight: '00:00',
};

const PREPOSITION = /(?:^|\s)(?:on|by|due|until|till|before|from|starting|at|this|next|for|@)\s*$/i;
const LEAD =
  /(?:^|(?<=\s))(?:due\s+(?:on\s+|by\s+|at\s+)?|by\s+|on\s+(?:the\s+)?|at\s+the\s+|at\s+|@\s*|until\s+|before\s+|for\s+|from\s+|starting\s+(?:on\s+|from\s+|at\s+)?)$/i;
/** Days with a name of their own. */
const NAMED_DAY =
  /\b(?:black|good|cyber|ash|palm|easter|super|taco|bloody|whit|shrove|casual|giving|maundy|boxing|ruby)\s+$/i;
const ARTICLE = /\b(?:the|a|an|my|our|your|his|her|their|every|each|last|past)\s+$/i;
/** Weekday names that are words or names too. */
const SHORT_WORD = /^(?:sun|sat|wed|mon)\b/i;
/** Nouns that "3/10" counts. */
const COUNTED =
  /\b(?:pages?|chapters?|parts?|steps?|episodes?|sections?|items?|questions?|lessons?|levels?|score|rated?)\s+$/i;
const AT_END = /^[\s.,;:!?)]*$/;
const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];

/**
 * Every phrase of a text that says when, in order, none overlapping.
 * @param text may hold blanks where something was claimed and U+FFFC for literal text.
 */
export function findDates(text: string, context: ParseContext): DatePhrase[] {
  const noon = noonOf(today(context));
  const chrono = writesDayFirst(context.locale) ? dayFirst : monthFirst;
  const fromNow = findFromNow(text, context);
  let rest = text;
  for (const phrase of fromNow)
    rest =
      rest.slice(0, phrase.start) + ' '.repeat(phrase.end - phrase.start) + rest.slice(phrase.end);
  const found = chrono
    .parse(rest, noon, { forwardDate: true })
    .flatMap((result) => readResult(rest, result, context));
  return joinLists(
    text,
    [...fromNow, ...found].sort((a, b) => a.start - b.start),
  );
}

/** "at 8am and 8pm": a due is one, so the first counts and all the words stay in the title. */
function joinLists(text: string, phrases: readonly DatePhrase[]): DatePhrase[] {
  const joined: DatePhrase[] = [];
  for (const phrase of phrases) {
    const last = joined.at(-1);
    const list =
      last !== undefined &&
      /^\s*(?:and|or|&|,|,\s*and)\s*$/i.test(text.slice(last.end, phrase.start)) &&
      combine(last.when, phrase.when) === undefined;
    if (list) joined[joined.length - 1] = { ...last, end: phrase.end, keepInTitle: true };
    else joined.push(phrase);
  }
  return joined;
}

/**
 * A phrase as a due.
 * @param fallback the date of a phrase that names only a time.
 */
export function toDue(when: When, context: ParseContext, fallback?: string): Due {
  if (when.instant) return { kind: 'instant', at: when.instant.toISOString() };
  const { time } = when;
  const zone = when.zone ?? context.zone;
  const date = when.date ?? fallback ?? nextDateAt(time ?? '00:00', { ...context, zone });
  if (time === undefined) return { kind: 'date', date };
  const moved = when.weekday === undefined ? date : weekdayDate(when.weekday, time, context);
  return { kind: 'local', local: `${moved}T${time}`, zone };
}

/** Two phrases in one: a date from one, the time from the other; undefined when they don't complete each other. */
export function combine(a: When, b: When): When | undefined {
  if (a.instant || b.instant) return undefined;
  if (a.date !== undefined && a.time === undefined && b.date === undefined && b.time !== undefined)
    return { ...a, time: b.time, ...(b.zone === undefined ? {} : { zone: b.zone }) };
  if (b.date !== undefined && b.time === undefined && a.date === undefined && a.time !== undefined)
    return { ...b, time: a.time, ...(a.zone === undefined ? {} : { zone: a.zone }) };
  return undefined;
}

// --- what chrono found ------------------------------------------------------------------------------------------------

function readResult(text: string, result: ParsedResult, context: ParseContext): DatePhrase[] {
  const { start: at } = result;
  const before = text.slice(0, result.index);
  const time = timeOf(result);
  let end = result.index + result.text.length;
  const zone =
    time === undefined || at.isCertain('timezoneOffset') ? undefined : zoneAtStart(text.slice(end));
  if (zone) end += zone.length;
  const after = text.slice(end);
  const tags = result.tags();
  if (
    [
      'casualReference/now',
      'parser/ENMonthNameParser',
      'parser/ENSlashMonthFormatParser',
      'parser/ENYearMonthNameParser',
      'parser/ENTimeUnitAgoFormatParser',
      'result/relativeDateAndTime',
    ].some((tag) => tags.has(tag))
  )
    return [];
  if (
    /^['’]s\b/.test(after) ||
    /[\p{L}\p{N}_/-]$/u.test(before) ||
    /^(?:[-/][\p{L}\p{N}]|[\p{L}\p{N}_])/u.test(after)
  )
    return [];
  if (/\b(?:last|past|ago|yesterday)\b/i.test(result.text) || /\blast\s+$/i.test(before)) return [];

  const inYears = at.isCertain('year') && tags.has('result/relativeDate');
  const weekday = at.isCertain('weekday') && !at.isCertain('day') ? at.get('weekday') : null;
  const hasDate = weekday !== null || at.isCertain('day') || at.isCertain('month') || inYears;
  if (!hasDate && time === undefined) return [];
  const certainTime = time !== undefined;
  if (!meant(result, before, after, { hasDate, certainTime, weekday: weekday !== null })) return [];

  const offset =
    at.isCertain('timezoneOffset') && at.isCertain('hour') ? at.get('timezoneOffset') : null;
  const lead = LEAD.exec(before)?.[0].length ?? 0;
  const phrase = {
    start: result.index - lead,
    end,
    keepInTitle: Boolean(result.end),
  };
  const date = hasDate ? dateOf(result, weekday, time, context) : undefined;
  if (hasDate && date === undefined) return [];
  if (offset !== null && time !== undefined)
    return [{ ...phrase, when: { instant: atOffset(date, time, offset, context) } }];
  return [
    {
      ...phrase,
      when: {
        ...(date === undefined ? {} : { date }),
        ...(time === undefined ? {} : { time }),
        ...(weekday !== null && !/\b(?:this|next)\b/i.test(result.text) ? { weekday } : {}),
        ...(zone === undefined ? {} : { zone: zone.zone }),
      },
    },
  ];
}

/** Which findings a person meant as a date: the words around decide. */
function meant(
  result: ParsedResult,
  before: string,
  after: string,
  has: { hasDate: boolean; certainTime: boolean; weekday: boolean },
): boolean {
  const words = result.text.trim();
  const edge = AT_END.test(after);
  const prepared = PREPOSITION.test(before);
  if (has.weekday) {
    if (NAMED_DAY.test(before)) return false;
    if (/^(?:weekend|weekday)/i.test(words)) return /\b(?:the|at|on)\s+$/i.test(before) && edge;
    if (
      SHORT_WORD.test(words) &&
      !prepared &&
      !has.certainTime &&
      !/^(?:on|this|next)\b/i.test(words)
    )
      return /^mon\b/i.test(words) && edge && !ARTICLE.test(before);
    return true;
  }
  if (has.hasDate) {
    const numbers = /^\d{1,2}\/\d{1,2}\b/.exec(words);
    if (numbers && !result.start.isCertain('year'))
      return (
        words.slice(0, 4) !== '24/7' &&
        (edge || prepared || has.certainTime || (before.trim() === '' && isPlainlyDate(words))) &&
        !ARTICLE.test(before) &&
        !COUNTED.test(before)
      );
    if (/^this\s+(?:week|month|year|quarter)/i.test(words)) return false;
    if (result.tags().has('result/relativeDate'))
      return /^(?:in|within|next)\b|\b(?:from now|later|hence)$/i.test(words);
    return true;
  }
  // a time alone
  if (/^(?:at\b|@)/i.test(words) || /@\s*$/.test(before) || /\bat\s+$/i.test(before))
    return (
      /(?:[ap]\.?m\.?|:\d\d|o\W*clock|noon|midnight|midday)/i.test(words) ||
      AT_END.test(after) ||
      followsWith(after)
    );
  if (/\d\s*[ap]\.?m\.?\b|o\W*clock/i.test(words)) return true;
  if (/^(?:noon|midday|midnight)$/i.test(words)) return edge && !ARTICLE.test(before);
  if (/^\d{1,2}[:.]\d\d/.test(words)) return edge || before.trim() === '' || prepared;
  if (/^from\b/i.test(words)) return /[:]|[ap]m/i.test(words) || edge;
  return /^this\s/i.test(words);
}

/** "01/02 dentist", "25/12 dinner" begin with a date, "1/2 cup" and "10/12 done" don't. */
function isPlainlyDate(numbers: string): boolean {
  return /^0\d\/|\/0\d/.test(numbers) || numbers.split('/').some((part) => Number(part) > 12);
}

/** A bare "at 5" is a time only when no name follows ("at 5 Oak Street"). */
function followsWith(after: string): boolean {
  return /^\s*(?:[,.;!?]|(?:on|by|every|each|today|tomorrow|tonight|remind|daily|weekly|monthly|yearly|to|for|with|and|until|in the)\b)/i.test(
    after,
  );
}

function timeOf(result: ParsedResult): string | undefined {
  const { start: at } = result;
  const part = /\b(morning|noon|midday|afternoon|evening|tonight|night|midnight)\b/i.exec(
    result.text,
  )?.[1];
  if (!at.isCertain('hour')) {
    return part === undefined ? undefined : PARTS_OF_DAY[part.toLowerCase()];
  }
  if (part && /noon|midday|midnight/i.test(part) && !/\d/.test(result.text))
    return PARTS_OF_DAY[part.toLowerCase()];
  let hour = at.get('hour') ?? 0;
  // "at 5" is the afternoon; "at 05:00" and "5am" are what they say
  const bare =
    !at.isCertain('meridiem') && /(?:^|\D)(\d)(?::\d\d)?(?:\D|$)/.test(timeWords(result.text));
  if (bare && hour >= 1 && hour <= 6) hour += 12;
  return `${two(hour)}:${two(at.get('minute') ?? 0)}`;
}

/** The part of a phrase that holds the clock time: after "at" if there is one. */
function timeWords(text: string): string {
  return (
    /(?:\b(?:at|from)|@)\s*(.*)$/i.exec(text)?.[1] ??
    /^\s*\d{1,2}(?::\d\d)?(?!\s*(?:st|nd|rd|th|\/|\.|-))/i.exec(text)?.[0] ??
    '00'
  );
}

function dateOf(
  result: ParsedResult,
  weekday: number | null,
  time: string | undefined,
  context: ParseContext,
): string | undefined {
  const { start: at } = result;
  const words = result.text;
  if (weekday !== null && !/\b(?:this|next)\b/i.test(words))
    return weekdayDate(weekday, time, context);
  const now = today(context);
  if (/\bnext\s+week$/i.test(words.trim())) return addDays(now, 8 - (weekdayOf(now) || 7));
  const year = at.get('year') ?? 0;
  const month = at.get('month') ?? 0;
  if (/\bnext\s+month$/i.test(words.trim())) return `${year}-${two(month)}-01`;
  if (/\bnext\s+year$/i.test(words.trim())) return `${year}-01-01`;
  let date = `${String(year).padStart(4, '0')}-${two(month)}-${two(at.get('day') ?? 1)}`;
  if (!at.isCertain('year') && at.isCertain('month')) {
    // the next time this day comes; 29 February waits for its year
    const monthDay = date.slice(5);
    let next = Number(now.slice(0, 4));
    while (`${next}-${monthDay}` < now || !exists(`${next}-${monthDay}`)) {
      next += 1;
      if (next > year + 9) return undefined;
    }
    date = `${next}-${monthDay}`;
  }
  if (!exists(date)) return undefined;
  if (date < now && weekday !== null) return addDays(date, 7);
  return date < now ? undefined : date;
}

/** The next date with that weekday: today only if a time is named that is still ahead. */
function weekdayDate(weekday: number, time: string | undefined, context: ParseContext): string {
  const now = today(context);
  const days = (weekday - weekdayOf(now) + 7) % 7;
  if (days === 0 && !(time !== undefined && time > clockTime(context))) return addDays(now, 7);
  return addDays(now, days);
}

/** The date on which the clock next shows that time. */
function nextDateAt(time: string, context: ParseContext): string {
  return time > clockTime(context) ? today(context) : addDays(today(context), 1);
}

function atOffset(
  date: string | undefined,
  time: string,
  offsetMinutes: number,
  context: ParseContext,
): Date {
  const at = (day: string): Date =>
    new Date(Date.parse(`${day}T${time}:00Z`) - offsetMinutes * 60_000);
  if (date !== undefined) return at(date);
  const first = at(addDays(today(context), -1));
  while (first <= context.now) first.setTime(first.getTime() + 86_400_000);
  return first;
}

// --- "in 2 hours" -----------------------------------------------------------------------------------------------------

const AMOUNT =
  '(\\d{1,4}(?:[.,]\\d{1,2})?|an?|half an|one|two|three|four|five|six|ten|fifteen|twenty|thirty)';
const FROM_NOW = new RegExp(
  `(?<=^|\\s)(?:in\\s+${AMOUNT}\\s*(hours?|hrs?|h|minutes?|mins?|m)(?:\\s*(?:and\\s*)?(\\d{1,2})\\s*(?:minutes?|mins?|m))?|${AMOUNT}\\s*(hours?|hrs?|minutes?|mins?)\\s+from\\s+now)(?=$|[\\s,.;!?])`,
  'gi',
);

/** Numbers that people write as words. */
export const NUMBER_WORDS: Readonly<Record<string, number>> = {
  a: 1,
  an: 1,
  'half an': 0.5,
  one: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10,
  fifteen: 15,
  twenty: 20,
  thirty: 30,
};

function findFromNow(text: string, context: ParseContext): DatePhrase[] {
  return [...text.matchAll(FROM_NOW)].flatMap((match) => {
    const amount = match[1] ?? match[4] ?? '';
    const unit = match[2] ?? match[5] ?? '';
    const value = NUMBER_WORDS[amount.toLowerCase()] ?? Number(amount.replace(',', '.'));
    const minutes = value * (/^h/i.test(unit) ? 60 : 1) + Number(match[3] ?? 0);
    const at = new Date(context.now.getTime() + Math.round(minutes) * 60_000);
    // a due has minutes: never earlier than what was said
    if (at.getTime() % 60_000 > 0) at.setTime(Math.ceil(at.getTime() / 60_000) * 60_000);
    const local = localTime(at, context.zone).slice(0, 16);
    const exact = localInstant(local, context.zone).getTime() === at.getTime();
    return [
      {
        start: match.index,
        end: match.index + match[0].length,
        keepInTitle: false,
        // in the second of two equal hours of an autumn night only the instant is right
        when: exact
          ? { date: localDate(at, context.zone), time: local.slice(11) }
          : { instant: at },
      },
    ];
  });
}

// --- what chrono lacks ------------------------------------------------------------------------------------------------

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const monthFirst = extended(casual);
const dayFirst = extended(GB);
dayFirst.parsers.unshift({
  // "July 14": a day, though chrono takes it for July 2014 where the day is written first
  pattern: () =>
    /(?<=^|[\s(])(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+([12]\d|3[01])(?![\d:]|st|nd|rd|th|,?\s*\d{4})(?=\W|$)/i,
  extract: (_context, match) => ({
    day: Number(match[2]),
    month: MONTHS.indexOf((match[1] ?? '').toLowerCase()) + 1,
  }),
});
dayFirst.parsers.unshift({
  // "31.5.": day and month with points, where the day comes first
  pattern: () => /(?<=^|\s)(0?[1-9]|[12]\d|3[01])\.(0?[1-9]|1[0-2])\.(?!\d)/,
  extract: (_context, match) => ({ day: Number(match[1]), month: Number(match[2]) }),
});

function extended(base: Chrono): Chrono {
  const chrono = base.clone();
  chrono.parsers.unshift(
    {
      // "on the 15th", "the 1st at 9": with an article or preposition, and nothing it could count behind it
      pattern: () =>
        /(?<=^|\s)(?:(?:on|by|due)\s+(?:the\s+)?|the\s+)(0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)(?=\s*(?:$|[,.;!?]|at\s+\d|@|\d{1,2}(?::\d\d|\s*[ap]m)|every|each|remind|starting|until))/i,
      extract: (context, match) => {
        const day = Number(match[1]);
        const at = new Date(context.refDate);
        const todayDay = at.getDate();
        at.setDate(1);
        if (day < todayDay) at.setMonth(at.getMonth() + 1);
        while (new Date(at.getFullYear(), at.getMonth(), day).getDate() !== day)
          at.setMonth(at.getMonth() + 1);
        return { day, month: at.getMonth() + 1, year: at.getFullYear() };
      },
    },
    {
      pattern: () => /(?<=^|\s)(?:the\s+)?day\s+after\s+tomorrow(?=\W|$)/i,
      extract: (context) => dateAfter(context.refDate, 2),
    },
    {
      pattern: () => /(?<=^|\s)in\s+(a|one|two|three|\d)\s+fortnights?(?=\W|$)/i,
      extract: (context, match) => {
        const amount = NUMBER_WORDS[(match[1] ?? '').toLowerCase()] ?? Number(match[1]);
        return dateAfter(context.refDate, amount * 14);
      },
    },
    {
      // "@ 5": chrono knows "at 5" only
      pattern: () => /(?<=^|\s)@\s*([01]?\d|2[0-3])(?::([0-5]\d))?(?=\s*(?:$|[,.;!?]))/,
      extract: (_context, match) => ({ hour: Number(match[1]), minute: Number(match[2] ?? 0) }),
    },
    {
      // "a week from Friday", "two weeks from tomorrow"
      pattern: () =>
        /(?<=^|\s)(a|one|two|three|four|\d{1,2})\s+(days?|weeks?)\s+(?:from|after)\s+(today|tomorrow|sunday|monday|tuesday|wednesday|thursday|friday|saturday)(?=\W|$)/i,
      extract: (context, match) => {
        const amount = NUMBER_WORDS[(match[1] ?? '').toLowerCase()] ?? Number(match[1]);
        const days = amount * (/^w/i.test(match[2] ?? '') ? 7 : 1);
        const from = (match[3] ?? '').toLowerCase();
        const weekday = WEEKDAYS.indexOf(from);
        const base =
          weekday < 0
            ? Number(from === 'tomorrow')
            : (weekday - context.refDate.getDay() + 7) % 7 || 7;
        return dateAfter(context.refDate, base + days);
      },
    },
  );
  return chrono;
}

function dateAfter(from: Date, days: number): { day: number; month: number; year: number } {
  const at = new Date(from.getFullYear(), from.getMonth(), from.getDate() + days, 12);
  return { day: at.getDate(), month: at.getMonth() + 1, year: at.getFullYear() };
}

function noonOf(date: string): Date {
  return new Date(
    Number(date.slice(0, 4)),
    Number(date.slice(5, 7)) - 1,
    Number(date.slice(8, 10)),
    12,
  );
}

function exists(date: string): boolean {
  const at = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().slice(0, 10) === date;
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}

// Which days a question is about: "this week", "on friday", "the next 3 days". Weeks are Monday to Sunday, as in quick add.
// What is due up to a day that is near includes what is overdue: who asks what is due today wants to hear of yesterday.
import { findDates } from '../../quick-add/date-phrase.ts';
import { NUMBER_WORDS } from '../../quick-add/languages/english-words.ts';
import { addDays, today, weekdayOf } from '../../quick-add/local-now.ts';
import type { ParseContext } from '../../quick-add/local-now.ts';

/** Days, inclusive, as local dates. */
export interface TimeSpan {
  /** First day; without one everything earlier counts, overdue included. */
  readonly from?: string;
  readonly to?: string;
  /** Without `from`: the first day that the words mean; what is due earlier is only overdue. */
  readonly first?: string;
  /** For the answer: "today", "this week". */
  readonly label: string;
  /** The words without what named the days. */
  readonly rest: string;
}

/** A day without a year that is further ahead was rather meant in the past. */
const FAR_AHEAD_DAYS = 274;
const NUMBERS: Readonly<Record<string, number>> = { ...NUMBER_WORDS, couple: 2, few: 3 };

/** The days that words name; undefined when they name none. */
export function readSpan(words: string, context: ParseContext): TimeSpan | undefined {
  const now = today(context);
  const weekday = weekdayOf(now) || 7; // Monday is 1
  const sunday = addDays(now, 7 - weekday);
  const named: readonly (readonly [RegExp, () => Pick<TimeSpan, 'from' | 'to' | 'first'>])[] = [
    [
      /\b(?:(?:for|in|during)\s+)?(?:the\s+)?next\s+week\b/i,
      () => ({ from: addDays(sunday, 1), to: addDays(sunday, 7) }),
    ],
    [
      /\b(?:(?:for|in|during|by the end of)\s+)?this\s+week\b/i,
      () => ({ to: sunday, first: addDays(sunday, -6) }),
    ],
    [
      /\b(?:(?:for|on|at|over)\s+)?(?:this|the)\s+weekend\b/i,
      () => ({ from: addDays(sunday, -1), to: sunday }),
    ],
    [/\b(?:(?:for|in|during)\s+)?next\s+month\b/i, () => monthOf(nextMonth(now))],
    [
      /\b(?:(?:for|in|during)\s+)?this\s+month\b/i,
      () => ({ to: monthOf(now).to, first: monthOf(now).from }),
    ],
    [/\b(?:(?:for|on|by)\s+)?(?:today|tonight)\b/i, () => ({ to: now, first: now })],
    [
      /\b(?:(?:for|on)\s+)?(?<!after\s)tomorrow\b/i,
      () => ({ from: addDays(now, 1), to: addDays(now, 1) }),
    ],
  ];
  const between = readBetween(words, context) ?? readMonth(words, now);
  if (between) return between;
  for (const [pattern, span] of named) {
    const match = pattern.exec(words);
    if (match)
      return { ...span(), label: label(match[0]), rest: cut(words, match.index, match[0]) };
  }
  const days =
    /\b(?:in\s+|for\s+|within\s+)?(?:the\s+)?(?:next|coming|following)\s+(\d{1,3}|two|three|four|five|six|seven|ten|couple(?:\s+of)?|few)\s+(day|week)s?\b/i.exec(
      words,
    );
  if (days) {
    const amount = NUMBERS[(days[1] ?? '').toLowerCase().replace(/\s+of$/, '')] ?? Number(days[1]);
    const count = amount * (/^w/i.test(days[2] ?? '') ? 7 : 1);
    return {
      to: addDays(now, count),
      label: `in the next ${count} days`,
      rest: cut(words, days.index, days[0]),
    };
  }
  return readDate(words, context);
}

/** "between thursday and saturday", "from monday to friday". */
function readBetween(words: string, context: ParseContext): TimeSpan | undefined {
  const match = /\b(?:between\s+(.+?)\s+and|from\s+(.+?)\s+(?:to|until|till))\s+(.+?)\s*$/i.exec(
    words.replace(/[?.!]+$/, ''),
  );
  const [first, last] = [match?.[1] ?? match?.[2], match?.[3]].map(
    (text) => findDates(text ?? '', context)[0]?.when.date,
  );
  if (!match || first === undefined || last === undefined || last < first) return undefined;
  return {
    from: first,
    to: last,
    label: `from ${first} to ${last}`,
    rest: cut(words, match.index, match[0]),
  };
}

const MONTHS =
  'january february march april may june july august september october november december'.split(
    ' ',
  );

/** "in june": the next one, or the one that it is. */
function readMonth(words: string, now: string): TimeSpan | undefined {
  const match = new RegExp(`\\b(?:in|during|for)\\s+(${MONTHS.join('|')})\\b(?!\\s+\\d)`, 'i').exec(
    words,
  );
  if (!match?.[1]) return undefined;
  const month = MONTHS.indexOf(match[1].toLowerCase()) + 1;
  const year = Number(now.slice(0, 4)) + (month < Number(now.slice(5, 7)) ? 1 : 0);
  return {
    ...monthOf(`${year}-${String(month).padStart(2, '0')}-01`),
    label: `in ${MONTHS[month - 1]?.replace(/^./, (first) => first.toUpperCase()) ?? ''}`,
    rest: cut(words, match.index, match[0]),
  };
}

function readDate(words: string, context: ParseContext): TimeSpan | undefined {
  const [phrase] = findDates(words, context);
  const date = phrase && nearest(phrase.when.date, words.slice(phrase.start, phrase.end), context);
  if (!phrase || date === undefined) return undefined;
  const before = words.slice(0, phrase.start);
  const piece = words.slice(phrase.start, phrase.end);
  const word =
    /\b(before|until|till|by|after|from|since|starting)\s*$/i.exec(before)?.[1] ??
    /^(before|until|till|by|after|from)\b/i.exec(piece)?.[1] ??
    'on';
  const start =
    phrase.start -
    (/\b(?:before|until|till|by|after|from|since|starting)\s*$/i.exec(before)?.[0].length ?? 0);
  const rest = cut(words, start, words.slice(start, phrase.end));
  switch (word.toLowerCase()) {
    case 'before':
      return { to: addDays(date, -1), label: `before ${date}`, rest };
    case 'until':
    case 'till':
    case 'by':
      return { to: date, label: `until ${date}`, rest };
    case 'after':
      return { from: addDays(date, 1), label: `after ${date}`, rest };
    case 'from':
    case 'since':
    case 'starting':
      return { from: date, label: `from ${date} on`, rest };
    default:
      return { from: date, to: date, label: `on ${date}`, rest };
  }
}

/** A question may be about a day behind, so a day of a month without a year is the nearest one; a due is always ahead. */
function nearest(
  date: string | undefined,
  words: string,
  context: ParseContext,
): string | undefined {
  if (date === undefined || /\d{4}/.test(words) || date < addDays(today(context), FAR_AHEAD_DAYS))
    return date;
  return `${Number(date.slice(0, 4)) - 1}${date.slice(4)}`;
}

function monthOf(date: string): { from: string; to: string } {
  const from = `${date.slice(0, 7)}-01`;
  return { from, to: addDays(nextMonth(from), -1) };
}

function nextMonth(date: string): string {
  const [year = 0, month = 0] = date.split('-').map(Number);
  return month === 12 ? `${year + 1}-01-01` : `${year}-${String(month + 1).padStart(2, '0')}-01`;
}

function label(words: string): string {
  return words
    .toLowerCase()
    .replace(/^(?:for|during|by the end of|by|on|at|over)\s+/, '')
    .trim();
}

function cut(words: string, at: number, piece: string): string {
  return `${words.slice(0, at)} ${words.slice(at + piece.length)}`.replace(/\s+/g, ' ').trim();
}

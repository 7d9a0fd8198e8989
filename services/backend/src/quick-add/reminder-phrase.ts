// Finds "remind me …". Three forms:
//   before ..... "remind me a day before", "remind me 1 hour and 10 minutes before": counts back from the due
//   at ......... "remind me at 8am", "remind me on Friday at noon": a time of its own, when the text also says when it is due
//   plain ...... "remind me to call mum tomorrow at 9": the due is the reminder's time
import { NUMBER_WORDS } from './date-phrase.ts';
import type { Range } from './source-text.ts';

/** Reminders that count back: ISO 8601 durations, one for each that was named. */
export interface BeforePhrase extends Range {
  readonly durations: string[];
}

const WORD_AMOUNT =
  '(?:an?|half\\s+an|one|two|three|four|five|six|seven|eight|nine|ten|fifteen|twenty|thirty)';
const UNIT = '(?:minutes?|mins?|m|hours?|hrs?|h|days?|d|weeks?|w|months?)';
const PIECE = `(?:\\d{1,4}\\s*|${WORD_AMOUNT}\\s+)${UNIT}`;
const PIECES = `${PIECE}(?:\\s*(?:,\\s*and|,|and|&)\\s*${PIECE})*`;
const BEFORE = new RegExp(
  `(?<=^|[\\s,(])(?:(?:and\\s+)?(?:remind(?:\\s+me)?|reminders?|alert(?:\\s+me)?|notify(?:\\s+me)?)(?:\\s+me)?:?\\s+)(${PIECES})(?:\\s+(?:before(?:hand)?|earlier|early|in\\s+advance|ahead|prior))(?:\\s+(?:and|,)\\s+(${PIECES})\\s+(?:before|earlier))?(?=$|[\\s,.;:!?)])`,
  'gi',
);
const AT_DUE =
  /(?<=^|[\s,(])(?:and\s+)?remind\s+me(?:\s+(?:then|on\s+time|when\s+(?:it['’]s|it\s+is)\s+due))?(?:\s+(?:to|that|about|of))?(?=$|[\s,.;:!?)])/i;

/** Every "… before". */
export function findBefore(text: string): BeforePhrase[] {
  return [...text.matchAll(BEFORE)].map((match) => ({
    start: match.index,
    end: match.index + match[0].length,
    durations: [match[1], match[2]].flatMap((list) => (list ? durationsOf(list) : [])),
  }));
}

/** The words "remind me (to)", which are no part of a title. */
export function findRemindMe(text: string): Range | undefined {
  const match = AT_DUE.exec(text);
  return match ? { start: match.index, end: match.index + match[0].length } : undefined;
}

// "a day and an hour before" is two reminders, "an hour and 10 minutes before" is one
function durationsOf(list: string): string[] {
  const pieces = [...list.matchAll(PIECE_PARTS)].map((match) => ({
    amount: amountOf(match[1] ?? ''),
    unit: unitOf((match[2] ?? '').toLowerCase()),
  }));
  const durations: string[] = [];
  for (let index = 0; index < pieces.length; index += 1) {
    const piece = pieces[index];
    const next = pieces[index + 1];
    if (!piece) break;
    if (piece.unit === 'H' && next?.unit === 'M') {
      durations.push(`PT${piece.amount}H${next.amount}M`);
      index += 1;
    } else durations.push(durationOf(piece.amount, piece.unit));
  }
  return [...new Set(durations)];
}

const PIECE_PARTS = new RegExp(`\\b(\\d{1,4}|${WORD_AMOUNT}(?=\\s))\\s*(${UNIT})\\b`, 'gi');

function amountOf(text: string): number {
  return NUMBER_WORDS[text.toLowerCase().replace(/\s+/g, ' ')] ?? Number(text);
}

type Unit = 'MONTH' | 'W' | 'D' | 'H' | 'M';

function unitOf(text: string): Unit {
  if (text.startsWith('mo')) return 'MONTH';
  if (text.startsWith('m')) return 'M';
  if (text.startsWith('h')) return 'H';
  return text.startsWith('d') ? 'D' : 'W';
}

function durationOf(amount: number, unit: Unit): string {
  if (amount === 0.5) return unit === 'H' ? 'PT30M' : 'PT12H';
  if (unit === 'MONTH') return `P${amount}M`;
  return unit === 'H' || unit === 'M' ? `PT${amount}${unit}` : `P${amount}${unit}`;
}
